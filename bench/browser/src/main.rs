//! SyncKit as a page sees it: what the contest in the browser runs, and what is weighed.
//!
//! The loops over a workload are in here, as an application's are: it is Rust that writes to documents.

#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "it runs in the browser"))]

mod document;
#[cfg(feature = "text")]
mod text;

fn main() {}
