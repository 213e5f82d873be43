//! What two programs say to each other, typed: one message is one frame.

mod codes;

use std::fmt;
use std::sync::Arc;

use prost::encoding::{self, WireType};

pub use self::codes::{FailureCode, NackCode};
use super::generated as pb;
use super::limits::{DecodeError, Limits, check};
use super::update::{Update, vector_from_wire, vector_to_wire};
use crate::version::{ReplicaId, VersionVector};

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
                frame(1, &pb::Hello { protocol: *protocol, peer: peer.0, token: token.clone() })
            }
            &Self::Welcome { session, server_time, epoch, max_message, heartbeat } => {
                frame(2, &pb::Welcome { session, server_time, epoch, max_message, heartbeat })
            }
            Self::Failure { code, message, retry_after } => frame(
                3,
                &pb::Failure { code: code.number(), message: cut(message), retry_after: *retry_after },
            ),
            Self::Subscribe { document, version } => frame(
                4,
                &pb::Subscribe { document: document.to_string(), version: Some(vector_to_wire(version)) },
            ),
            Self::Unsubscribe { document } => frame(5, &pb::Unsubscribe { document: document.to_string() }),
            Self::Changes { document, update } => {
                frame(6, &RawChanges { document: document.to_string(), update: update.encode() })
            }
            Self::CaughtUp { document, version } => frame(
                7,
                &pb::CaughtUp { document: document.to_string(), version: Some(vector_to_wire(version)) },
            ),
            Self::Ack { document, version } => {
                frame(8, &pb::Ack { document: document.to_string(), version: Some(vector_to_wire(version)) })
            }
            Self::Nack { document, change, code, message, retry_after } => frame(
                9,
                &pb::Nack {
                    document: document.to_string(),
                    replica: change.map_or(0, |(replica, _)| replica.get()),
                    first_seq: change.map_or(0, |(_, first_seq)| first_seq),
                    code: code.number(),
                    message: cut(message),
                    retry_after: *retry_after,
                },
            ),
            Self::Presence { document, peer, state } => frame(
                10,
                &pb::Presence { document: document.to_string(), peer: peer.0, state: state.clone() },
            ),
            &Self::Ping { nonce } => frame(11, &pb::Ping { nonce }),
            &Self::Pong { nonce } => frame(12, &pb::Pong { nonce }),
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
        let id = |document: String| document_id(document, limits);
        let vector = |version: Option<pb::VersionVector>| vector_from_wire(version.unwrap_or_default());
        Ok(match tag {
            1 => {
                let pb::Hello { protocol, peer, token } = read(body)?;
                check("token", token.len(), limits.token)?;
                Self::Hello { protocol, peer: PeerId(peer), token }
            }
            2 => {
                let pb::Welcome { session, server_time, epoch, max_message, heartbeat } = read(body)?;
                Self::Welcome { session, server_time, epoch, max_message, heartbeat }
            }
            3 => {
                let pb::Failure { code, message, retry_after } = read(body)?;
                check("explanation", message.len(), MAX_TEXT)?;
                Self::Failure { code: FailureCode::from_number(code), message, retry_after }
            }
            4 => {
                let pb::Subscribe { document, version } = read(body)?;
                Self::Subscribe { document: id(document)?, version: vector(version)? }
            }
            5 => Self::Unsubscribe { document: id(read::<pb::Unsubscribe>(body)?.document)? },
            6 => {
                let RawChanges { document, update } = read(body)?;
                Self::Changes { document: id(document)?, update: Arc::new(Update::decode(&update)?) }
            }
            7 => {
                let pb::CaughtUp { document, version } = read(body)?;
                Self::CaughtUp { document: id(document)?, version: vector(version)? }
            }
            8 => {
                let pb::Ack { document, version } = read(body)?;
                Self::Ack { document: id(document)?, version: vector(version)? }
            }
            9 => {
                let pb::Nack { document, replica, first_seq, code, message, retry_after } = read(body)?;
                check("explanation", message.len(), MAX_TEXT)?;
                let change = (replica != 0).then(|| (ReplicaId::new(replica), first_seq));
                let code = NackCode::from_number(code);
                Self::Nack { document: id(document)?, change, code, message, retry_after }
            }
            10 => {
                let pb::Presence { document, peer, state } = read(body)?;
                check("presence", state.len(), limits.presence)?;
                Self::Presence { document: id(document)?, peer: PeerId(peer), state }
            }
            11 => Self::Ping { nonce: read::<pb::Ping>(body)?.nonce },
            12 => Self::Pong { nonce: read::<pb::Pong>(body)?.nonce },
            number => return Err(DecodeError::Unknown { what: "message", number: u64::from(number) }),
        })
    }
}

/// `Changes` with its update still encoded: [`Update`] has one reader and one writer, for the wire and the disk.
#[derive(Clone, PartialEq, prost::Message)]
struct RawChanges {
    #[prost(string, tag = "1")]
    document: String,
    #[prost(bytes = "vec", tag = "2")]
    update: Vec<u8>,
}

/// A version vector by itself, for records on the device.
pub(crate) fn encode_version(version: &VersionVector) -> Vec<u8> {
    prost::Message::encode_to_vec(&vector_to_wire(version))
}

/// Reads what [`encode_version`] wrote.
pub(crate) fn decode_version(bytes: &[u8]) -> Result<VersionVector, DecodeError> {
    vector_from_wire(read(bytes)?)
}

/// An envelope around one message.
fn frame(tag: u32, message: &impl prost::Message) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(message.encoded_len() + 12);
    encoding::message::encode(tag, message, &mut bytes);
    bytes
}

/// Takes the envelope off.
fn open(mut bytes: &[u8]) -> Result<(u32, &[u8]), DecodeError> {
    let (tag, kind) = encoding::decode_key(&mut bytes)?;
    if kind != WireType::LengthDelimited {
        return Err(DecodeError::Invalid("a frame that is not an envelope"));
    }
    let len = encoding::decode_varint(&mut bytes)?;
    if len != bytes.len() as u64 {
        return Err(DecodeError::Invalid("a frame must hold exactly one message"));
    }
    Ok((tag, bytes))
}

fn read<M: prost::Message + Default>(body: &[u8]) -> Result<M, DecodeError> {
    Ok(M::decode(body)?)
}

fn document_id(document: String, limits: &Limits) -> Result<Arc<str>, DecodeError> {
    check("document id", document.len(), limits.document_id)?;
    if document.is_empty() {
        return Err(DecodeError::Invalid("a message about a document without an id"));
    }
    Ok(document.into())
}

fn cut(text: &str) -> String {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

#[cfg(test)]
mod tests;
