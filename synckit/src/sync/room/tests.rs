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

#[test]
fn row_1_nothing_is_acknowledged_or_shown_to_others_before_it_is_durable() {
    let mut room = live(&[A, B]);
    let mut writer = Writer::new(1);
    room.changes(A, &update(&[writer.set("a", "1")]), NOW);
    let before = effects(&mut room);
    assert_eq!(persists(&before), 1);
    assert!(sent(&before, A).is_empty() && sent(&before, B).is_empty());
    assert!(room.version().is_empty());

    room.committed(token(&before));
    let after = effects(&mut room);
    assert_eq!(sent(&after, A), [ack(&[(1, 1)])]);
    assert!(matches!(sent(&after, B)[..], [Message::Changes { .. }]));
}

#[test]
fn row_1_a_new_subscriber_sees_nothing_that_is_not_durable() {
    let mut room = live(&[A]);
    let mut writer = Writer::new(1);
    commit(&mut room, A, &[writer.set("a", "1")]);
    room.changes(A, &update(&[writer.set("a", "2")]), NOW);
    let second = token(&effects(&mut room));
    join(&mut room, B);
    room.changes(A, &update(&[writer.set("a", "3")]), NOW);
    let waiting = effects(&mut room);
    assert!(sent(&waiting, B).is_empty());
    room.committed(second);
    let messages = sent(&effects(&mut room), B);
    assert_eq!(caught_up(&messages), Some(version(&[(1, 2)])));
    // The third change reaches it the ordinary way.
    room.committed(token(&waiting));
    let messages = sent(&effects(&mut room), B);
    assert!(matches!(&messages[..], [Message::Changes { update, .. }] if update.changes[0].first_seq == 3));
}

#[test]
fn row_2_a_failed_commit_is_refused_and_leaves_nothing_behind() {
    let mut room = live(&[A, B]);
    let mut writer = Writer::new(1);
    let kept = writer.set("a", "kept");
    commit(&mut room, A, std::slice::from_ref(&kept));
    let lost = writer.set("a", "lost");
    room.changes(A, &update(std::slice::from_ref(&lost)), NOW);
    let failed = token(&effects(&mut room));
    room.commit_failed(failed, "disk full");
    let after = effects(&mut room);
    assert_eq!(nacks(&sent(&after, A)), [(NackCode::Storage, Some((1, 2)))]);
    assert!(sent(&after, B).is_empty());
    assert!(after.contains(&RoomEffect::Load));
    // Too late: it has been refused.
    room.committed(failed);
    assert!(effects(&mut room).is_empty());

    room.loaded(vec![update(&[kept])]);
    assert_eq!(room.version(), &version(&[(1, 1)]));
    join(&mut room, C);
    let mut reader = Writer::new(3);
    receive(&mut reader, &sent(&effects(&mut room), C));
    assert_eq!(fields(&reader.state)["a"], "kept");
    // What the client sends before it has noticed is not looked at; after subscribing again it is taken.
    room.changes(A, &update(&[lost.clone()]), NOW);
    assert_eq!(persists(&effects(&mut room)), 0);
    join(&mut room, A);
    effects(&mut room);
    assert!(sent(&commit(&mut room, A, &[lost]), A).contains(&ack(&[(1, 2)])));
}

#[test]
fn row_2_what_turned_out_to_be_durable_after_a_failure_reaches_everybody() {
    let mut room = live(&[A, B]);
    let mut writer = Writer::new(1);
    let change = writer.set("a", "1");
    room.changes(A, &update(std::slice::from_ref(&change)), NOW);
    let unclear = token(&effects(&mut room));
    room.commit_failed(unclear, "connection lost");
    effects(&mut room);
    room.loaded(vec![update(&[change])]);
    let messages = sent(&effects(&mut room), B);
    assert!(matches!(messages[0], Message::Changes { .. }));
    assert_eq!(caught_up(&messages), Some(version(&[(1, 1)])));
}

#[test]
fn row_3_nothing_is_stored_over_a_document_that_could_not_be_read() {
    let mut room = room();
    join(&mut room, A);
    assert_eq!(effects(&mut room), [RoomEffect::Load]);
    let mut writer = Writer::new(1);
    let change = writer.set("a", "1");
    room.load_failed("disk error");
    assert_eq!(nacks(&sent(&effects(&mut room), A)), [(NackCode::Storage, None)]);
    room.changes(A, &update(std::slice::from_ref(&change)), NOW);
    let after = effects(&mut room);
    assert_eq!(persists(&after), 0);
    assert!(caught_up(&sent(&after, A)).is_none());
    // The next subscriber makes it try again.
    join(&mut room, A);
    assert_eq!(effects(&mut room), [RoomEffect::Load]);
    room.changes(A, &update(&[change]), NOW);
    assert_eq!(persists(&effects(&mut room)), 0);
}

#[test]
fn row_3_a_damaged_log_is_not_served() {
    let mut writer = Writer::new(1);
    let (first, second) = (writer.set("a", "1"), writer.set("a", "2"));
    let mut broken = first.clone();
    broken.operations = vec![0xff; 9];
    for log in [vec![update(&[second])], vec![update(&[broken])]] {
        let mut room = room();
        join(&mut room, A);
        effects(&mut room);
        room.loaded(log);
        let messages = sent(&effects(&mut room), A);
        assert_eq!(nacks(&messages), [(NackCode::Storage, None)]);
        assert!(caught_up(&messages).is_none());
    }
}

#[test]
fn row_4_a_document_is_loaded_once_for_all_who_wait() {
    let mut room = room();
    join(&mut room, A);
    join(&mut room, B);
    join(&mut room, A);
    assert_eq!(effects(&mut room), [RoomEffect::Load]);
    let mut writer = Writer::new(1);
    room.loaded(vec![update(&[writer.set("a", "1")])]);
    let after = effects(&mut room);
    for session in [A, B] {
        let messages = sent(&after, session);
        assert_eq!(messages.len(), 2);
        assert_eq!(caught_up(&messages), Some(version(&[(1, 1)])));
    }
    // An answer that nobody asked for changes nothing.
    room.loaded(Vec::new());
    assert_eq!(room.version(), &version(&[(1, 1)]));
}

#[test]
fn row_5_a_room_goes_only_when_nobody_is_in_it_and_nothing_is_on_its_way() {
    let mut room = room();
    assert!(room.is_idle());
    join(&mut room, A);
    assert!(!room.is_idle());
    effects(&mut room);
    room.leave(A);
    assert!(!room.is_idle(), "the load is on its way");
    join(&mut room, B);
    room.loaded(Vec::new());
    effects(&mut room);
    let mut writer = Writer::new(1);
    room.changes(B, &update(&[writer.set("a", "1")]), NOW);
    let stored = token(&effects(&mut room));
    room.leave(B);
    assert!(!room.is_idle(), "a commit is on its way");
    room.committed(stored);
    assert!(room.is_idle());
    join(&mut room, C);
    assert!(!room.is_idle());
}

#[test]
fn row_6_a_change_that_is_sent_again_is_acknowledged_again_and_has_no_second_effect() {
    let mut room = live(&[A, B]);
    let mut writer = Writer::new(1);
    let change = writer.set("a", "1");
    commit(&mut room, A, std::slice::from_ref(&change));
    room.changes(A, &update(std::slice::from_ref(&change)), NOW);
    let after = effects(&mut room);
    assert_eq!(persists(&after), 0);
    assert_eq!(sent(&after, A), [ack(&[(1, 1)])]);
    assert!(sent(&after, B).is_empty());
    // Twice in one message, and while the first is still on its way to the disk.
    let change = writer.set("a", "2");
    room.changes(A, &update(&[change.clone(), change.clone()]), NOW);
    room.changes(B, &update(&[change]), NOW);
    let after = effects(&mut room);
    assert_eq!(persists(&after), 1);
    assert!(sent(&after, A).is_empty() && sent(&after, B).is_empty());
    room.committed(token(&after));
    let after = effects(&mut room);
    assert!(sent(&after, A).contains(&ack(&[(1, 2)])));
    assert!(sent(&after, B).contains(&ack(&[(1, 2)])));
}

#[test]
fn row_7_a_gap_is_refused_and_never_skipped() {
    let mut room = live(&[A]);
    let mut writer = Writer::new(1);
    let (first, second, third) = (writer.set("a", "1"), writer.set("a", "2"), writer.set("a", "3"));
    room.changes(A, &update(&[second.clone(), third.clone()]), NOW);
    let after = effects(&mut room);
    assert_eq!(persists(&after), 0);
    assert_eq!(nacks(&sent(&after, A)), [(NackCode::Gap, Some((1, 2)))]);
    // Whatever else comes of that replica waits for the client to start over.
    room.changes(A, &update(std::slice::from_ref(&first)), NOW);
    assert!(effects(&mut room).is_empty());
    join(&mut room, A);
    effects(&mut room);
    assert_eq!(sent(&commit(&mut room, A, &[first, second, third]), A), [ack(&[(1, 3)])]);
}

#[test]
fn row_7_a_missing_dependency_is_a_gap() {
    let mut room = live(&[A]);
    let mut writer = Writer::new(1);
    let mut change = writer.set("a", "1");
    change.dependencies = version(&[(7, 1)]);
    room.changes(A, &update(&[change]), NOW);
    assert_eq!(nacks(&sent(&effects(&mut room), A)), [(NackCode::Gap, Some((1, 1)))]);
}

#[test]
fn row_8_another_change_under_a_known_number_is_refused() {
    let mut room = live(&[A, B]);
    let (mut writer, mut copy) = (Writer::new(1), Writer::new(1));
    copy.now += 500;
    commit(&mut room, A, &[writer.set("a", "1")]);
    let (other, after_it) = (copy.set("a", "other"), copy.set("b", "later"));
    room.changes(B, &update(&[other]), NOW);
    let answer = effects(&mut room);
    assert_eq!(nacks(&sent(&answer, B)), [(NackCode::Forked, Some((1, 1)))]);
    assert_eq!(persists(&answer), 0);
    // What follows it under the same replica fits the server's numbers, but belongs to the other history.
    room.changes(B, &update(&[after_it]), NOW);
    assert!(effects(&mut room).is_empty());
}

#[test]
fn row_8_a_copy_is_noticed_after_a_restart_of_the_server_and_in_merged_changes() {
    let (mut writer, mut copy) = (Writer::new(1), Writer::new(1));
    copy.now += 500;
    let mut room = room();
    join(&mut room, B);
    room.loaded(vec![update(&[writer.set("a", "1")]), update(&[writer.set("b", "2")])]);
    effects(&mut room);
    copy.set("a", "other");
    copy.set("b", "other");
    copy.set("c", "other");
    copy.state.acknowledge(&version(&[(1, 3)]));
    let merged = copy.state.since(&VersionVector::new());
    assert_eq!(merged.changes.len(), 1);
    room.changes(B, &merged, NOW);
    assert_eq!(nacks(&sent(&effects(&mut room), B)), [(NackCode::Forked, Some((1, 1)))]);
}

#[test]
fn row_8_the_same_change_cut_in_another_way_is_not_another_change() {
    let mut room = live(&[A]);
    let mut writer = Writer::new(1);
    commit(&mut room, A, &[writer.set("a", "1")]);
    commit(&mut room, A, &[writer.set("a", "2"), writer.set("b", "3")]);
    writer.set("b", "4");
    writer.state.acknowledge(&version(&[(1, 4)]));
    let merged = writer.state.since(&VersionVector::new());
    let after = commit(&mut room, A, &merged.changes);
    assert_eq!(sent(&after, A), [ack(&[(1, 4)])]);
}

#[test]
fn row_10_a_server_restored_from_a_backup_takes_back_what_it_lost() {
    let mut writer = Writer::new(1);
    let (old, lost) = (writer.set("a", "1"), writer.set("a", "2"));
    let mut room = room();
    room.subscribe(A, PeerId(1), writer.state.version().clone());
    effects(&mut room);
    room.loaded(vec![update(&[old])]);
    let messages = sent(&effects(&mut room), A);
    assert_eq!(caught_up(&messages), Some(version(&[(1, 1)])), "tells what it has, not what the client has");
    assert_eq!(sent(&commit(&mut room, A, &[lost]), A), [ack(&[(1, 2)])]);
}

#[test]
fn row_13_a_slow_reader_starts_over_from_the_version_it_has() {
    let mut room = live(&[A, B]);
    let mut writer = Writer::new(1);
    commit(&mut room, A, &[writer.set("a", "1")]);
    room.overflowed(B);
    assert_eq!(effects(&mut room), [RoomEffect::AwaitDrain { session: B }]);
    for value in ["2", "3"] {
        assert!(sent(&commit(&mut room, A, &[writer.set("a", value)]), B).is_empty());
    }
    room.drained(B);
    assert_eq!(nacks(&sent(&effects(&mut room), B)), [(NackCode::Gap, None)]);
    assert!(sent(&commit(&mut room, A, &[writer.set("b", "4")]), B).is_empty());
    room.subscribe(B, PeerId(12), version(&[(1, 1)]));
    let messages = sent(&effects(&mut room), B);
    let mut reader = Writer::new(2);
    reader.apply(&writer.state.since(&VersionVector::new()).split(1)[0].clone());
    receive(&mut reader, &messages);
    assert_eq!(fields(&reader.state), fields(&writer.state));
    assert_eq!(caught_up(&messages), Some(version(&[(1, 4)])));
    assert_eq!(sent(&commit(&mut room, A, &[writer.set("b", "5")]), B).len(), 1);
}

#[test]
fn row_21_the_origin_gets_its_acknowledgement_and_no_echo() {
    let mut room = live(&[A, B, C]);
    let mut writer = Writer::new(1);
    let after = commit(&mut room, A, &[writer.set("a", "1")]);
    assert_eq!(sent(&after, A), [ack(&[(1, 1)])]);
    for session in [B, C] {
        assert!(matches!(sent(&after, session)[..], [Message::Changes { .. }]));
    }
    let shared = |effect: &&RoomEffect| matches!(effect, RoomEffect::Send { to, .. } if to.len() == 2);
    assert_eq!(after.iter().filter(shared).count(), 1, "one message for all");
}

#[test]
fn row_22_a_catch_up_comes_in_parts_that_can_be_resumed_and_repeated() {
    let limits = RoomLimits { part: 40_000, window: 100_000, ..RoomLimits::default() };
    let mut room = Room::new("doc".into(), limits);
    let mut writer = Writer::new(1);
    let log: Vec<_> =
        (0..200).map(|at| update(&[writer.set(&format!("key{at}"), "x".repeat(2_000))])).collect();
    join(&mut room, A);
    room.loaded(log);
    let first = effects(&mut room);
    let parts = sent(&first, A);
    assert!(parts.len() > 1 && caught_up(&parts).is_none());
    assert!(first.contains(&RoomEffect::AwaitDrain { session: A }), "more when the queue is empty");
    let bytes: usize = parts.iter().map(|part| part.encode().len()).sum();
    assert!(bytes < 150_000, "{bytes} bytes at once");
    // The connection drops; the client resumes from what it reached, and some parts come twice.
    let mut reader = Writer::new(2);
    receive(&mut reader, &parts);
    room.leave(A);
    room.subscribe(B, PeerId(2), reader.state.version().clone());
    receive(&mut reader, &parts[..1]);
    loop {
        let messages = sent(&effects(&mut room), B);
        receive(&mut reader, &messages);
        let resent = messages.iter().any(|message| parts.contains(message));
        assert!(!resent, "goes on where it was");
        if caught_up(&messages).is_some() {
            break;
        }
        room.drained(B);
    }
    assert_eq!(fields(&reader.state), fields(&writer.state));
}

#[test]
fn row_22_changes_during_a_catch_up_are_in_it_or_come_after_it() {
    let limits = RoomLimits { part: 40_000, window: 40_000, ..RoomLimits::default() };
    let mut room = Room::new("doc".into(), limits);
    let mut writer = Writer::new(1);
    let mut reader = Writer::new(2);
    join(&mut room, A);
    room.loaded((0..50).map(|at| update(&[writer.set(&format!("key{at}"), "x".repeat(9_000))])).collect());
    effects(&mut room);
    for _ in 0..100 {
        room.drained(A);
    }
    effects(&mut room);
    join(&mut room, B);
    let mut done = false;
    for round in 0.. {
        let messages = sent(&effects(&mut room), B);
        done |= caught_up(&messages).is_some();
        receive(&mut reader, &messages);
        if done && round > 20 {
            break;
        }
        room.changes(A, &update(&[writer.set(&format!("key{round}"), "y".repeat(9_000))]), NOW);
        let waiting = effects(&mut room);
        receive(&mut reader, &sent(&waiting, B));
        room.drained(B);
        let between = effects(&mut room);
        receive(&mut reader, &sent(&between, B));
        done |= caught_up(&sent(&between, B)).is_some();
        room.committed(token(&waiting));
    }
    assert_eq!(fields(&reader.state), fields(&writer.state));
    assert!(!reader.state.is_parked());
}

#[test]
fn row_23_what_a_room_keeps_is_bounded() {
    let limits = RoomLimits { subscribers: 2, document: 2_000, in_flight: 600, ..RoomLimits::default() };
    let mut room = Room::new("doc".into(), limits);
    [A, B, C].into_iter().for_each(|session| join(&mut room, session));
    room.loaded(Vec::new());
    let after = effects(&mut room);
    assert_eq!(nacks(&sent(&after, C)), [(NackCode::Storage, None)]);
    assert_eq!(room.subscribers(), 2);

    let mut writer = Writer::new(1);
    room.changes(A, &update(&[writer.set("a", "x".repeat(300))]), NOW);
    let mut other = Writer::new(2);
    room.changes(B, &update(&[other.set("b", "x".repeat(300))]), NOW);
    let after = effects(&mut room);
    assert_eq!(nacks(&sent(&after, B)), [(NackCode::Storage, Some((2, 1)))]);
    assert_eq!(persists(&after), 1);
    room.committed(token(&after));
    // A document that has been overwritten many times is as large as what is left of it.
    for _ in 0..20 {
        commit(&mut room, A, &[writer.set("a", "x".repeat(300))]);
    }
    let mut size = 0;
    let refused = loop {
        room.changes(A, &update(&[writer.set(&format!("key{size}"), "x".repeat(300))]), NOW);
        let after = effects(&mut room);
        match nacks(&sent(&after, A)).first() {
            Some(&(code, _)) => break code,
            None => room.committed(token(&after)),
        }
        effects(&mut room);
        size += 300;
        assert!(size < 3_000);
    };
    assert_eq!(refused, NackCode::TooLarge);
}

#[test]
fn a_change_from_the_far_future_is_refused() {
    let mut room = live(&[A]);
    let mut writer = Writer::new(1);
    writer.now = NOW + 5 * 60_000 - 1;
    assert_eq!(sent(&commit(&mut room, A, &[writer.set("a", "1")]), A), [ack(&[(1, 1)])]);
    writer.now += 10;
    let mut change = writer.set("a", "2");
    room.changes(A, &update(std::slice::from_ref(&change)), NOW);
    assert_eq!(nacks(&sent(&effects(&mut room), A)), [(NackCode::Clock, Some((1, 2)))]);
    // Hiding the time of a later operation behind an early header does not help.
    join(&mut room, A);
    effects(&mut room);
    let honest = writer.state.since(&version(&[(1, 1)]));
    change = honest.changes[0].clone();
    assert!(change.time.millis() > NOW + 5 * 60_000);
    room.changes(A, &honest, NOW);
    assert_eq!(nacks(&sent(&effects(&mut room), A)), [(NackCode::Clock, Some((1, 2)))]);
}

#[test]
fn an_unreadable_change_is_refused_and_the_others_are_taken() {
    let mut room = live(&[A]);
    let (mut good, mut bad) = (Writer::new(1), Writer::new(2));
    let mut broken = bad.set("a", "1");
    broken.operations = vec![0xff; 5];
    room.changes(A, &update(&[broken, good.set("b", "2")]), NOW);
    let after = effects(&mut room);
    assert_eq!(nacks(&sent(&after, A)), [(NackCode::Invalid, Some((2, 1)))]);
    room.committed(token(&after));
    assert_eq!(sent(&effects(&mut room), A), [ack(&[(1, 1)])]);
}

#[test]
fn changes_without_a_subscription_are_refused() {
    let mut room = live(&[A]);
    let mut writer = Writer::new(1);
    room.changes(B, &update(&[writer.set("a", "1")]), NOW);
    let after = effects(&mut room);
    assert_eq!((persists(&after), nacks(&sent(&after, B))), (0, vec![(NackCode::Gap, None)]));
}

#[test]
fn presence_reaches_the_others_and_leaves_with_its_session() {
    let mut room = live(&[A, B]);
    room.presence(A, vec![1]);
    let presence =
        |state: &[u8]| Message::Presence { document: "doc".into(), peer: PeerId(11), state: state.to_vec() };
    let after = effects(&mut room);
    assert!(sent(&after, A).is_empty());
    assert_eq!(sent(&after, B), [presence(&[1])]);
    join(&mut room, C);
    assert_eq!(sent(&effects(&mut room), C).last(), Some(&presence(&[1])));
    room.leave(A);
    assert_eq!(sent(&effects(&mut room), B), [presence(&[])]);
    room.leave(B);
    assert!(effects(&mut room).is_empty(), "who shows nothing leaves unnoticed");
}

#[test]
fn a_snapshot_holds_only_what_is_durable() {
    let mut room = live(&[A]);
    let mut writer = Writer::new(1);
    room.changes(A, &update(&[writer.set("a", "1")]), NOW);
    assert_eq!(room.snapshot(), None);
    let stored = token(&effects(&mut room));
    room.committed(stored);
    let mut reader = Writer::new(2);
    reader.apply(&room.snapshot().unwrap());
    assert_eq!(fields(&reader.state), fields(&writer.state));
}
