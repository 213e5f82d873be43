//! Bytes as a snapshot that is loaded and worked on.
#![no_main]

synckit_fuzz::target!(synckit_fuzz::checks::snapshot, structured);
