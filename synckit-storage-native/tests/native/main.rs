//! The store, the socket and whole clients, through real files, processes and connections.
#![cfg(not(target_arch = "wasm32"))]

#[cfg(test)]
mod contract;
