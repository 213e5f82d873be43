use super::*;

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
