//! Developer commands: demo, test, size, tidy, ci.

fn main() {}
