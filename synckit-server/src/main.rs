//! The SyncKit server program.

fn main() {}
