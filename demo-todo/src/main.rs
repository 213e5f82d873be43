//! Shared to-do lists: the demo of SyncKit with Leptos.

fn main() {}
