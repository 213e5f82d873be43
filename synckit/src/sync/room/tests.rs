mod delivery;
mod durability;
mod limits;

use super::*;
use crate::sync::testing::{Writer, fields, update, version};
use crate::wire::Change;

const NOW: u64 = 1_000_000;
const A: SessionId = SessionId(1);
const B: SessionId = SessionId(2);
const C: SessionId = SessionId(3);

fn room() -> Room {
    Room::new("doc".into(), RoomLimits::default())
}

fn effects(room: &mut Room) -> Vec<RoomEffect> {
    std::iter::from_fn(|| room.poll_effect()).collect()
}

/// What was sent to one session.
fn sent(effects: &[RoomEffect], session: SessionId) -> Vec<Message> {
    let to = |effect: &RoomEffect| match effect {
        RoomEffect::Send { to, message } if to.contains(&session) => Some(message.clone()),
        _ => None,
    };
    effects.iter().filter_map(to).collect()
}

fn join(room: &mut Room, session: SessionId) {
    room.subscribe(session, PeerId(session.0 + 10), VersionVector::new());
}

/// A room with these sessions live and everything delivered.
fn live(sessions: &[SessionId]) -> Room {
    let mut room = room();
    sessions.iter().for_each(|&session| join(&mut room, session));
    room.loaded(Vec::new());
    effects(&mut room);
    room
}

fn token(effects: &[RoomEffect]) -> CommitToken {
    let persist = |effect: &RoomEffect| match effect {
        RoomEffect::Persist { token, .. } => Some(*token),
        _ => None,
    };
    effects.iter().find_map(persist).unwrap()
}

fn persists(effects: &[RoomEffect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, RoomEffect::Persist { .. })).count()
}

fn commit(room: &mut Room, session: SessionId, changes: &[Change]) -> Vec<RoomEffect> {
    room.changes(session, &update(changes), NOW);
    let stored = token(&effects(room));
    room.committed(stored);
    effects(room)
}

fn ack(entries: &[(u64, u64)]) -> Message {
    Message::Ack { document: "doc".into(), version: version(entries) }
}

fn nacks(messages: &[Message]) -> Vec<(NackCode, Option<(u64, u64)>)> {
    let nack = |message: &Message| match message {
        Message::Nack { code, change, .. } => {
            Some((*code, change.map(|(replica, seq)| (replica.get(), seq))))
        }
        _ => None,
    };
    messages.iter().filter_map(nack).collect()
}

fn caught_up(messages: &[Message]) -> Option<VersionVector> {
    messages.iter().find_map(|message| match message {
        Message::CaughtUp { version, .. } => Some(version.clone()),
        _ => None,
    })
}

fn receive(writer: &mut Writer, messages: &[Message]) {
    for message in messages {
        if let Message::Changes { update, .. } = message {
            writer.apply(update);
        }
    }
}
