//! The server through its real doors: sockets, a SQLite file, signals.
//!
//! `cfg(test)` on the modules says to clippy what they are: here a failed assumption should stop the test.

#[cfg(test)]
mod client;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod exchange;
#[cfg(test)]
mod http;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod process;
#[cfg(test)]
mod running;
#[cfg(test)]
mod shutdown;
#[cfg(test)]
mod slow;
#[cfg(test)]
mod storage;
#[cfg(test)]
mod writer;
