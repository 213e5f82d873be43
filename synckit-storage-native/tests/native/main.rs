//! The store, the socket and whole clients, through real files, processes and connections.
#![cfg(not(target_arch = "wasm32"))]

#[cfg(test)]
mod child;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod history;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod platform;
#[cfg(test)]
mod processes;
#[cfg(test)]
mod server;
#[cfg(test)]
mod socket;
