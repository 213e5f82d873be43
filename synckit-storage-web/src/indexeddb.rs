//! IndexedDB: a log of chunks, records and known replica ids in one database.
//!
//! | object store | content |
//! |---|---|
//! | `chunks` | encoded updates under `[document, id]` |
//! | `records` | small records under their key |
//! | `counters` | the last chunk id that was given; it outlives the chunks, so ids are never used again |
//! | `replicas` | replica ids that were used with this store, and when they were first used |
//!
//! Written in JavaScript (`js/indexeddb.js`), as its requests are: a fifth of what browsers download of the same in Rust,
//! where every request takes glue on both sides. The reasons are here, for both.
//!
//! # Opening
//! `UPGRADES` lead from the version that is their index to the next; they are only ever added. An upgrade that fails ends
//! its transaction: the older database stays as it was. Other tabs have 2 s to let go of an older version, and a browser
//! has 15 s to open a database at all, as one behind a blocked one hears nothing of it. A database that opens when nobody
//! waits any more is closed, or it would block the next one. What a page may not do and what a disk cannot do look alike
//! here: no store.
//!
//! A connection closes when another tab wants to upgrade or delete, after what is under way, and the next operation
//! opens again behind that tab. Not every closing is announced: an operation that finds its connection `GONE` is done
//! once more on another one.
//!
//! # Transactions
//! An operation is one transaction, all of it or nothing, and over when that is complete. When it fails, its end tells
//! more than what came of its requests, unless it says no more than that it `ENDED`. `commit` is not in every browser and
//! only spares a turn of the event loop. Requests are answered in the order of asking.
//!
//! Compacting deletes neighbours that were all read by one range; a chunk that somebody else wrote between them ends the
//! range. Listing documents jumps from the first chunk of one to the first chunk of the next: arrays sort after numbers.

/// What a completed write has survived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// It is with the operating system: it survives the end of the tab and of the browser, also by a crash, but the last
    /// moments may be lost when the machine loses power. What browsers do unless told otherwise.
    #[default]
    Relaxed,
    /// It is flushed to the disk: it survives a loss of power too. Slower by a disk's flush.
    Strict,
}

impl Durability {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Relaxed => "relaxed",
            Self::Strict => "strict",
        }
    }
}
