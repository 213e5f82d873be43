//! What two programs say to each other, typed: one message is one frame.

mod codes;

use std::fmt;
use std::sync::Arc;

pub use self::codes::{FailureCode, NackCode};
use super::bytes::Bytes as Reader;
use super::fields::{self, Field, Fields, Kind};
use super::limits::{DecodeError, Limits, check};
use super::update::{Update, read_vector, write_vector};
use crate::version::{ReplicaId, VersionVector};
use Field::{Bytes, Fixed, Varint};

/// The version of the protocol that this library speaks.
pub const PROTOCOL: u32 = 1;

/// Bytes of an explanation inside a message; longer ones are cut when written and refused when read.
const MAX_TEXT: usize = 1 << 10;

/// Names one connection among the peers of a document's presence. Drawn anew for every connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u64);

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// One frame: an `Envelope` of `proto/synckit/v1/session.proto`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Message {
    /// Client to server, first of all.
    Hello {
        /// Version of the protocol, see [`PROTOCOL`].
        protocol: u32,
        /// Names the client among the peers of a document's presence.
        peer: PeerId,
        /// Proof of identity, empty when the server asks for none.
        token: String,
    },
    /// Server to client, in answer to `Hello`.
    Welcome {
        /// Names the connection, for logs.
        session: u64,
        /// Milliseconds since 1970 at the server.
        server_time: u64,
        /// Names the server's store.
        epoch: u64,
        /// Largest message the server reads, in bytes.
        max_message: u64,
        /// Milliseconds between two pings.
        heartbeat: u64,
    },
    /// The connection is refused or ends.
    Failure {
        /// Why.
        code: FailureCode,
        /// Why, for people.
        message: String,
        /// Milliseconds to wait before the next attempt; 0 when the sender has no opinion.
        retry_after: u64,
    },
    /// Client to server: send me what I lack of this document and everything that comes.
    Subscribe {
        /// The document's id.
        document: Arc<str>,
        /// What the client has.
        version: VersionVector,
    },
    /// Client to server: no more of this document.
    Unsubscribe {
        /// The document's id.
        document: Arc<str>,
    },
    /// Changes of a document, either way. From the server only what is durable there.
    Changes {
        /// The document's id.
        document: Arc<str>,
        /// The changes.
        update: Arc<Update>,
    },
    /// Server to client: everything the server has is sent.
    CaughtUp {
        /// The document's id.
        document: Arc<str>,
        /// What is durable at the server.
        version: VersionVector,
    },
    /// Server to client: durable now.
    Ack {
        /// The document's id.
        document: Arc<str>,
        /// Only entries of what this client has sent.
        version: VersionVector,
    },
    /// Server to client: a change was refused, or the document cannot be had.
    Nack {
        /// The document's id.
        document: Arc<str>,
        /// Whose change and its first sequence number; everything the client sent of that replica after it is refused
        /// too. `None`: the document as a whole.
        change: Option<(ReplicaId, u64)>,
        /// Why.
        code: NackCode,
        /// Why, for people.
        message: String,
        /// Milliseconds to wait before sending again; only with [`NackCode::Storage`].
        retry_after: u64,
    },
    /// Who is here and what they do: never stored, the last one counts.
    Presence {
        /// The document's id.
        document: Arc<str>,
        /// Whose it is: set by the server.
        peer: PeerId,
        /// The program's own bytes; empty when the peer has left.
        state: Vec<u8>,
    },
    /// Asks for a `Pong` with the same number.
    Ping {
        /// Any number.
        nonce: u64,
    },
    /// Answers a `Ping`.
    Pong {
        /// The number of the ping.
        nonce: u64,
    },
}

impl Message {
    /// The bytes of its frame.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Hello { protocol, peer, token } => {
                frame(1, &[Varint(u64::from(*protocol)), Fixed(peer.0), Bytes(token.as_bytes())])
            }
            &Self::Welcome { session, server_time, epoch, max_message, heartbeat } => frame(
                2,
                &[Fixed(session), Varint(server_time), Fixed(epoch), Varint(max_message), Varint(heartbeat)],
            ),
            Self::Failure { code, message, retry_after } => {
                let code = u64::from(code.number());
                frame(3, &[Varint(code), Bytes(cut(message)), Varint(*retry_after)])
            }
            Self::Subscribe { document, version } => about_version(4, document, version),
            Self::Unsubscribe { document } => frame(5, &[Bytes(document.as_bytes())]),
            Self::Changes { document, update } => {
                frame(6, &[Bytes(document.as_bytes()), Bytes(&update.encode())])
            }
            Self::CaughtUp { document, version } => about_version(7, document, version),
            Self::Ack { document, version } => about_version(8, document, version),
            Self::Nack { document, change, code, message, retry_after } => {
                let (replica, first_seq) = change.map_or((0, 0), |(replica, seq)| (replica.get(), seq));
                frame(
                    9,
                    &[
                        Bytes(document.as_bytes()),
                        Fixed(replica),
                        Varint(first_seq),
                        Varint(u64::from(code.number())),
                        Bytes(cut(message)),
                        Varint(*retry_after),
                    ],
                )
            }
            Self::Presence { document, peer, state } => {
                frame(10, &[Bytes(document.as_bytes()), Fixed(peer.0), Bytes(state)])
            }
            Self::Ping { nonce } => frame(11, &[Varint(*nonce)]),
            Self::Pong { nonce } => frame(12, &[Varint(*nonce)]),
        }
    }

    /// The size of the frame of changes in bytes, never too small; of other messages 0, as they are small.
    pub(crate) fn encoded_len(&self) -> usize {
        match self {
            Self::Changes { document, update } => 24 + document.len() + update.encoded_len(),
            _ => 0,
        }
    }

    /// Reads a frame: exactly one message and nothing after it. The operations inside of changes are read later, when
    /// they are applied.
    ///
    /// # Errors
    /// [`DecodeError`] when the bytes are not such a message or something in it is over the limits. Every length is
    /// checked against the bytes that are there before memory is reserved.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Self, DecodeError> {
        check("message", bytes.len(), limits.message)?;
        let (tag, body) = open(bytes)?;
        let Some(kinds) = KINDS.get((tag as usize).wrapping_sub(1)) else {
            return Err(DecodeError::Unknown { what: "message", number: u64::from(tag) });
        };
        let fields = Fields::read(body, kinds)?;
        let text = |tag, what, limit| -> Result<String, DecodeError> {
            let text = fields.text(tag)?;
            check(what, text.len(), limit)?;
            Ok(text.to_owned())
        };
        let code = |tag| fields.number(tag) as u32;
        let document: Arc<str> = match kinds[0] {
            Kind::Bytes => document_id(fields.text(1)?, limits)?,
            _ => Arc::default(),
        };
        let version = || read_vector(fields.bytes(2));
        Ok(match tag {
            1 => Self::Hello {
                protocol: code(1),
                peer: PeerId(fields.number(2)),
                token: text(3, "token", limits.token)?,
            },
            2 => Self::Welcome {
                session: fields.number(1),
                server_time: fields.number(2),
                epoch: fields.number(3),
                max_message: fields.number(4),
                heartbeat: fields.number(5),
            },
            3 => Self::Failure {
                code: FailureCode::from_number(code(1)),
                message: text(2, "explanation", MAX_TEXT)?,
                retry_after: fields.number(3),
            },
            4 => Self::Subscribe { document, version: version()? },
            5 => Self::Unsubscribe { document },
            6 => Self::Changes { document, update: Arc::new(Update::decode(fields.bytes(2))?) },
            7 => Self::CaughtUp { document, version: version()? },
            8 => Self::Ack { document, version: version()? },
            9 => Self::Nack {
                document,
                change: (fields.number(2) != 0).then(|| (ReplicaId::new(fields.number(2)), fields.number(3))),
                code: NackCode::from_number(code(4)),
                message: text(5, "explanation", MAX_TEXT)?,
                retry_after: fields.number(6),
            },
            10 => {
                let state = fields.bytes(3);
                check("presence", state.len(), limits.presence)?;
                Self::Presence { document, peer: PeerId(fields.number(2)), state: state.to_vec() }
            }
            11 => Self::Ping { nonce: fields.number(1) },
            _ => Self::Pong { nonce: fields.number(1) },
        })
    }
}

/// The fields of each message, by its number in the envelope less one.
const KINDS: [&[Kind]; 12] = {
    use Kind::{Bytes, Fixed, Varint};
    [
        &[Varint, Fixed, Bytes],
        &[Fixed, Varint, Fixed, Varint, Varint],
        &[Varint, Bytes, Varint],
        &[Bytes, Bytes],
        &[Bytes],
        &[Bytes, Bytes],
        &[Bytes, Bytes],
        &[Bytes, Bytes],
        &[Bytes, Fixed, Varint, Varint, Bytes, Varint],
        &[Bytes, Fixed, Bytes],
        &[Varint],
        &[Varint],
    ]
};

/// A version vector by itself, for records on the device.
pub(crate) fn encode_version(version: &VersionVector) -> Vec<u8> {
    write_vector(version)
}

/// Reads what [`encode_version`] wrote.
pub(crate) fn decode_version(bytes: &[u8]) -> Result<VersionVector, DecodeError> {
    read_vector(bytes)
}

fn about_version(tag: u32, document: &str, version: &VersionVector) -> Vec<u8> {
    frame(tag, &[Bytes(document.as_bytes()), Field::Message(&write_vector(version))])
}

/// An envelope around one message.
fn frame(tag: u32, message: &[Field<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    fields::write(&mut body, message);
    let mut bytes = Vec::with_capacity(body.len() + 12);
    fields::write_bytes(&mut bytes, tag, &body);
    bytes
}

/// Takes the envelope off.
fn open(bytes: &[u8]) -> Result<(u32, &[u8]), DecodeError> {
    let mut bytes = Reader::new(bytes);
    let (tag, wire) = fields::key(&mut bytes)?;
    if wire != fields::SIZED {
        return Err(DecodeError::Invalid("a frame that is not an envelope"));
    }
    if bytes.number()? != bytes.len() as u64 {
        return Err(DecodeError::Invalid("a frame must hold exactly one message"));
    }
    Ok((tag, bytes.rest()))
}

fn document_id(document: &str, limits: &Limits) -> Result<Arc<str>, DecodeError> {
    check("document id", document.len(), limits.document_id)?;
    if document.is_empty() {
        return Err(DecodeError::Invalid("a message about a document without an id"));
    }
    Ok(document.into())
}

fn cut(text: &str) -> &[u8] {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text.as_bytes()[..end]
}

#[cfg(test)]
mod tests;
