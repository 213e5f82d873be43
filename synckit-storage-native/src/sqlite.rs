//! The file: one thread that writes and one that reads, each with a connection of its own.

pub(crate) mod connection;
mod identity;
pub(crate) mod reader;
mod schema;
pub(crate) mod writer;
