//! Bytes as an update of a document that holds something.
#![no_main]

synckit_fuzz::target!(synckit_fuzz::checks::apply, structured);
