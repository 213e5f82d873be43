//! The origin private file system: a folder for every document with segment files, and one file for every record.
//!
//! ```text
//! synckit/<store>/documents/<document>/<number>   segments
//!                 records/<key>                   a segment with one frame
//!                 replicas/<id>                   empty
//! ```
//!
//! Written in JavaScript (`js/opfs.js`), as its promises are: a third of what browsers download of the same in Rust. A page
//! loads it when it opens such a store, or may have one: IndexedDB is what most use.
//!
//! # Writing
//! A segment is rewritten with the new frame at its end, which the browser does in a copy that takes the file's place
//! when it is closed: a writer that ends half way has changed nothing, and a write that fails leaves the file as it was.
//! Small appends share a segment of up to 64 KiB, so that the copy stays small and ten thousand changes are a few files.
//! Every operation runs under one Web Lock per store, reading shared, writing alone, and waits for it 15 s at most.
//! Appends that wait for the lock at the same time are written together, those of one document by one write of about
//! 4 MiB at most; whoever comes after the last one was taken begins anew, in the same turn of the event loop.
//!
//! # Segments
//! A segment is `SYNCKIT1`, where the digit is the version of the layout, and then frames, integers little-endian. A document
//! or record with a higher version is neither read nor written, as when the database's is higher. The frames:
//!
//! | bytes | content |
//! |---|---|
//! | 4 | CRC-32 (IEEE) of everything after these four bytes |
//! | 4 | length of the content in bytes |
//! | 4 | number of replaced ranges |
//! | 8 | id of the chunk |
//! | 1 | kind: 1 an update, 2 the document was deleted here |
//! | 16 each | a replaced range: first and last id |
//! | length | the content |
//!
//! A frame at the end that is not whole, or has the length but not the content, was being written when its writer ended:
//! it is left out, and the next write overwrites it. Anywhere else it is damage. A segment may be empty: made by a writer
//! that ended before it had written.
//!
//! A chunk is live unless a later frame replaces it or deletes the document. Compacting replaces what was read and what
//! had been replaced before, as whatever replaced that goes now; segments without a live chunk are removed, or another
//! time, as what is in them is replaced already. Files with other names are copies that a browser writes to.
//!
//! A step reads segments from the last one back, as many as it `reads`, and its `plan` has the `answer`, new `frames`
//! with the `last` id in them, and the ids that are `staying` if the others are replaced. Where a log ended when it was
//! last written from here is remembered for 256 documents, with the file's size, so that appending reads nothing.
//!
//! # Names
//! Ids of any characters and length become names that differ without regard to case: all but `a`-`z`, `0`-`9` and `-` as
//! `_` and two hexadecimal digits a byte, in parts of 120 with a `+` behind all but the last.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

/// Nobody calls this, but scripts with nothing in them to be called are left out: now it lies beside the other one, where that
/// looks for it, and bundlers do with the feature or without.
#[wasm_bindgen(module = "/js/made/opfs.js")]
extern "C" {
    fn open_opfs(store: &str, emptied: &JsValue) -> Promise;
}

#[cfg(all(test, feature = "opfs"))]
mod tests;
