use super::*;

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
