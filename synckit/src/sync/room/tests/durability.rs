use super::*;

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
    room.changes(A, &update(std::slice::from_ref(&lost)), NOW);
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
