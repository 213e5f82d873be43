//! The server through its real doors: sockets, a SQLite file, signals.

mod client;
mod crash;
mod exchange;
mod http;
mod limits;
mod running;
mod shutdown;
mod slow;
mod storage;
mod writer;
