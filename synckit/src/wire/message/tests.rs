use prost::Message as _;

use super::*;
use crate::version::Timestamp;
use crate::wire::bytes::put_number;
use crate::wire::{Change, generated as pb};

fn vector() -> VersionVector {
    [(ReplicaId::new(7), 3), (ReplicaId::new(9), 1 << 40)].into_iter().collect()
}

fn one_of_each() -> Vec<Message> {
    let document: Arc<str> = "todo/1".into();
    let change = Change {
        replica: ReplicaId::new(7),
        first_seq: 4,
        len: 2,
        time: Timestamp::from_millis(1_700_000_000_000),
        operations: vec![1, 2, 3],
        dependencies: vector(),
    };
    let update = Arc::new(Update { changes: vec![change] });
    vec![
        Message::Hello { protocol: PROTOCOL, peer: PeerId(3), token: "secret".into() },
        Message::Welcome { session: 1, server_time: 2, epoch: 3, max_message: 4, heartbeat: 5 },
        Message::Failure { code: FailureCode::Limit, message: "too many".into(), retry_after: 9 },
        Message::Subscribe { document: document.clone(), version: vector() },
        Message::Unsubscribe { document: document.clone() },
        Message::Changes { document: document.clone(), update },
        Message::CaughtUp { document: document.clone(), version: vector() },
        Message::Ack { document: document.clone(), version: vector() },
        Message::Nack {
            document: document.clone(),
            change: Some((ReplicaId::new(7), 4)),
            code: NackCode::Forked,
            message: "other content".into(),
            retry_after: 0,
        },
        Message::Presence { document, peer: PeerId(3), state: vec![9, 8] },
        Message::Ping { nonce: 12 },
        Message::Pong { nonce: u64::MAX },
    ]
}

#[test]
fn every_message_reads_back_and_is_an_envelope() {
    for message in one_of_each() {
        let bytes = message.encode();
        assert_eq!(Message::decode(&bytes, &Limits::DEFAULT).unwrap(), message);
        let envelope = pb::Envelope::decode(bytes.as_slice()).unwrap();
        assert!(envelope.message.is_some(), "{message:?}");
        assert_eq!(envelope.encode_to_vec(), bytes, "{message:?}");
    }
}

#[test]
fn an_update_is_a_message_of_changes() {
    let Some(Message::Changes { update, .. }) = one_of_each().into_iter().nth(5) else {
        panic!("not changes")
    };
    let twice = Update { changes: vec![update.changes[0].clone(), update.changes[0].clone()] };
    let message = pb::Update::decode(twice.encode().as_slice()).unwrap();
    assert_eq!(message.changes.len(), 2);
    assert_eq!(message.encode_to_vec(), twice.encode());
    let snapshot =
        crate::wire::Snapshot { update: twice, texts: vec![vec![1, 2], Vec::new()], ..Default::default() };
    let message = pb::Snapshot::decode(snapshot.encode().as_slice()).unwrap();
    assert_eq!((message.changes.len(), message.texts), (2, snapshot.texts.clone()));
}

#[test]
fn a_header_is_read_as_it_was_written() {
    for counter in [0, 1, 62, 63, 64, u64::from(u16::MAX)] {
        for (first_seq, len) in [(1, 1), (300, 2), ((1 << 53) - 9, 8)] {
            for dependencies in [VersionVector::new(), vector()] {
                let time = Timestamp(Timestamp::from_millis(u64::MAX).0 | counter);
                let replica = ReplicaId::new(u64::MAX);
                let change = Change { replica, first_seq, len, time, operations: vec![1], dependencies };
                let update = Update { changes: vec![change] };
                let bytes = update.encode();
                assert!(bytes.len() <= update.encoded_len());
                assert_eq!(Update::decode(&bytes), Ok(update));
            }
        }
    }
}

#[test]
fn every_cut_and_every_flipped_byte_is_an_error_or_a_message_but_never_a_panic() {
    for message in one_of_each() {
        let bytes = message.encode();
        for end in 0..bytes.len() {
            assert!(Message::decode(&bytes[..end], &Limits::DEFAULT).is_err(), "{message:?} cut at {end}");
        }
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut bytes = bytes.clone();
                bytes[at] ^= 1 << bit;
                let _ = Message::decode(&bytes, &Limits::DEFAULT);
            }
        }
    }
}

#[test]
fn row_17_a_length_beyond_the_message_is_refused_before_memory_is_reserved() {
    // A presence whose state claims 2^60 bytes.
    let mut body = vec![0x0a, 1, b'd', 0x1a];
    put_number(&mut body, 1 << 60);
    let mut bytes = vec![0x52];
    put_number(&mut bytes, body.len() as u64);
    bytes.extend(&body);
    assert!(matches!(Message::decode(&bytes, &Limits::DEFAULT), Err(DecodeError::Protobuf(_))));
    // An envelope that claims 2^60 bytes.
    let mut bytes = vec![0x52];
    put_number(&mut bytes, 1 << 60);
    assert!(matches!(Message::decode(&bytes, &Limits::DEFAULT), Err(DecodeError::Invalid(_))));
}

#[test]
fn row_17_a_message_of_empty_changes_is_refused_before_memory_is_reserved_for_them() {
    let update = [0x0a, 0].repeat(1 << 20);
    let frame = frame(6, &[Bytes(b"d"), Bytes(&update)]);
    let error = Message::decode(&frame, &Limits::DEFAULT).unwrap_err();
    assert_eq!(error, DecodeError::Invalid("a change without a header"));
}

#[test]
fn row_17_limits_are_checked() {
    let limits = Limits { message: 100, document_id: 4, presence: 8, token: 8, ..Limits::DEFAULT };
    let too_large = |message: Message| {
        matches!(Message::decode(&message.encode(), &limits), Err(DecodeError::TooLarge { .. }))
    };
    let document: Arc<str> = "four".into();
    assert!(!too_large(Message::Unsubscribe { document: document.clone() }));
    assert!(too_large(Message::Unsubscribe { document: "fives".into() }));
    let presence =
        |len| Message::Presence { document: document.clone(), peer: PeerId(1), state: vec![0; len] };
    assert!(!too_large(presence(8)));
    assert!(too_large(presence(9)));
    let hello = |len| Message::Hello { protocol: 1, peer: PeerId(1), token: "x".repeat(len) };
    assert!(!too_large(hello(8)));
    assert!(too_large(hello(9)));
    assert!(too_large(presence(101)));
    let empty = Message::Unsubscribe { document: "".into() };
    assert!(matches!(Message::decode(&empty.encode(), &limits), Err(DecodeError::Invalid(_))));
}

#[test]
fn an_unknown_message_is_named() {
    let error = Message::decode(&[0x6a, 0], &Limits::DEFAULT).unwrap_err();
    assert_eq!(error, DecodeError::Unknown { what: "message", number: 13 });
}

#[test]
fn two_messages_in_one_frame_are_refused() {
    let mut bytes = Message::Ping { nonce: 1 }.encode();
    bytes.extend(Message::Ping { nonce: 2 }.encode());
    assert!(matches!(Message::decode(&bytes, &Limits::DEFAULT), Err(DecodeError::Invalid(_))));
}

#[test]
fn a_long_explanation_is_cut_when_written() {
    let message = "ä".repeat(MAX_TEXT);
    let failure = Message::Failure { code: FailureCode::Malformed, message, retry_after: 0 };
    let Message::Failure { message, .. } = Message::decode(&failure.encode(), &Limits::DEFAULT).unwrap()
    else {
        panic!("not a failure")
    };
    assert_eq!(message.len(), MAX_TEXT);
}
