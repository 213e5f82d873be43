//! The session between a client and a server as two state machines: bytes, events and the time go in, bytes and effects
//! come out. Nothing here awaits, sleeps, reads a clock or draws a random number, so that a browser, a server and a test
//! drive the same code.
//!
//! - [`Session`] is a client's connection and the documents it keeps in step.
//! - [`Room`] is one document at the server: who reads it, what is being stored, what may be acknowledged.

mod room;
mod session;

pub use room::{CommitToken, Room, RoomEffect, RoomLimits, SessionId};
pub use session::{DocumentSync, Effect, LinkStatus, Refused, Session, Source};

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod testing;
