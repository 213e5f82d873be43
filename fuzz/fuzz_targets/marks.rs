//! Bytes as a program of edits and marks on three replicas.
#![no_main]

synckit_fuzz::target!(synckit_fuzz::checks::marks, plain);
