//! Bytes as updates, messages and names.
#![no_main]

synckit_fuzz::target!(synckit_fuzz::checks::decode, structured);
