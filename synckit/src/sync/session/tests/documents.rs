use super::*;

#[test]
fn a_change_leaves_the_device_only_when_it_is_stored_there() {
    let mut client = Client::live(VersionVector::new());
    let change = client.write("a");
    assert!(client.sent.is_empty());
    assert!(!client.status().settled);
    client.store(&change);
    assert_eq!(client.sent_changes(), [(OWN, 1, 1)]);
    // The same when it was written before the connection.
    let mut client = Client::online();
    let change = client.writer.set("field", "a");
    client.session.open(
        client.now,
        "doc".into(),
        VersionVector::new(),
        VersionVector::new(),
        ReplicaId::new(OWN),
    );
    client.session.written("doc", std::slice::from_ref(&change));
    client.run();
    client.receive(Message::CaughtUp { document: "doc".into(), version: VersionVector::new() });
    assert!(client.sent_changes().is_empty());
    client.store(&change);
    assert_eq!(client.sent_changes(), [(OWN, 1, 1)]);
}

#[test]
fn row_1_a_change_waits_until_it_is_acknowledged_and_is_sent_again_over_the_next_connection() {
    let mut client = Client::live(VersionVector::new());
    let change = client.write("a");
    client.store(&change);
    assert!(!client.status().settled);
    client.session.disconnected(client.now);
    client.pass(1_000);
    client.clear();
    client.connect();
    assert_eq!(client.subscriptions(), [version(&[(OWN, 1)])]);
    assert!(client.sent_changes().is_empty(), "first it listens");
    client.receive(Message::CaughtUp { document: "doc".into(), version: VersionVector::new() });
    assert_eq!(client.sent_changes(), [(OWN, 1, 1)]);
    client.receive(Message::Ack { document: "doc".into(), version: version(&[(OWN, 1)]) });
    assert!(client.status().settled);
    let acknowledged = Effect::Acknowledged { document: "doc".into(), version: version(&[(OWN, 1)]) };
    assert_eq!(client.did(&acknowledged), 1);
}

#[test]
fn row_2_a_change_that_could_not_be_stored_there_is_sent_again_after_the_wait() {
    let mut client = Client::live(VersionVector::new());
    let change = client.write("a");
    client.store(&change);
    client.clear();
    client.nack(NackCode::Storage, Some((OWN, 1)), 3_000);
    client.pass(2_999);
    assert!(client.sent.is_empty());
    assert!(!client.status().settled && client.status().refused.is_none());
    client.pass(1);
    assert_eq!(client.subscriptions().len(), 1);
    client.receive(Message::CaughtUp { document: "doc".into(), version: VersionVector::new() });
    assert_eq!(client.sent_changes(), [(OWN, 1, 1)]);
}

#[test]
fn row_6_what_the_server_got_before_the_connection_broke_is_only_confirmed() {
    let mut client = Client::live(VersionVector::new());
    let change = client.write("a");
    client.store(&change);
    client.session.disconnected(client.now);
    client.pass(1_000);
    client.connect();
    client.clear();
    // It arrived, but its acknowledgement did not: the server is asked whether it is the same one.
    client.receive(Message::CaughtUp { document: "doc".into(), version: version(&[(OWN, 1)]) });
    assert_eq!(client.sent_changes(), [(OWN, 1, 1)]);
    client.receive(Message::Ack { document: "doc".into(), version: version(&[(OWN, 1)]) });
    assert!(client.status().settled);
    // What was acknowledged before is not asked about again.
    client.session.disconnected(client.now);
    client.pass(1_000);
    client.connect();
    client.clear();
    client.receive(Message::CaughtUp { document: "doc".into(), version: version(&[(OWN, 1)]) });
    assert!(client.sent_changes().is_empty());
}

#[test]
fn row_7_a_gap_makes_it_ask_again_and_not_in_a_storm() {
    let mut client = Client::live(VersionVector::new());
    let mut other = Writer::new(2);
    other.set("x", "1");
    let second = other.set("x", "2");
    client.now += 1_000;
    client.changes(&[second]);
    assert_eq!(client.subscriptions(), [VersionVector::new()], "from what it has without a gap");
    let mut rounds = 0;
    for _ in 0..100 {
        client.clear();
        client.nack(NackCode::Gap, None, 0);
        client.pass(20);
        rounds += client.subscriptions().len();
    }
    assert!((2..=5).contains(&rounds), "{rounds} in two seconds");
}

#[test]
fn row_7_a_gap_at_the_server_is_filled_from_what_the_server_has() {
    let mut client = Client::live(VersionVector::new());
    for value in ["a", "b", "c"] {
        let change = client.write(value);
        client.store(&change);
    }
    client.now += 1_000;
    client.clear();
    client.nack(NackCode::Gap, Some((OWN, 3)), 0);
    client.receive(Message::CaughtUp { document: "doc".into(), version: version(&[(OWN, 1)]) });
    let sent = client.sent_changes();
    assert_eq!((sent.first().unwrap().1 <= 2, sent.last().unwrap().2), (true, 3));
}

#[test]
fn row_8_changes_under_its_own_replica_that_it_never_made_are_a_copy() {
    let mut client = Client::live(VersionVector::new());
    let change = client.write("a");
    client.store(&change);
    client.receive(Message::Ack { document: "doc".into(), version: version(&[(OWN, 1)]) });
    let mut copy = client.writer.clone();
    copy.now += 50;
    client.clear();
    client.changes(&[copy.set("field", "of the copy")]);
    assert_eq!(client.reissues(), [Dot::new(ReplicaId::new(OWN), 2)]);
    assert_eq!(client.writer.state.version(), &version(&[(OWN, 1)]), "not applied before it has new numbers");
    // Afterwards it starts over, and the copy's change is welcome.
    client.session.reissued(client.now, "doc", ReplicaId::new(77), version(&[(OWN, 1)]));
    client.now += 1_000;
    client.session.tick(client.now);
    client.run();
    assert_eq!(client.subscriptions(), [version(&[(OWN, 1)])]);
}

#[test]
fn row_8_a_server_that_has_more_of_its_replica_than_it_ever_made_knows_a_copy() {
    let mut client = Client::online();
    let _ = client.writer.set("field", "a");
    client.open(version(&[(OWN, 1)]));
    client.receive(Message::CaughtUp { document: "doc".into(), version: version(&[(OWN, 5)]) });
    assert_eq!(client.reissues(), [Dot::new(ReplicaId::new(OWN), 2)]);
}

#[test]
fn row_8_a_change_that_the_server_knows_with_other_content_gets_a_new_number() {
    let mut client = Client::live(VersionVector::new());
    let change = client.write("a");
    client.store(&change);
    client.nack(NackCode::Forked, Some((OWN, 1)), 0);
    assert_eq!(client.reissues(), [Dot::new(ReplicaId::new(OWN), 1)]);
    client.clear();
    // Nothing is sent and nothing is taken in until that is done.
    client.changes(&[Writer::new(3).set("x", "1")]);
    client.nack(NackCode::Forked, Some((OWN, 1)), 0);
    assert!(client.reissues().is_empty() && client.sent.is_empty());
}

#[test]
fn row_8_a_copy_that_wrote_as_much_is_found_out_by_asking() {
    let mut client = Client::online();
    client.writer.set("field", "a");
    client.writer.set("field", "b");
    // One change was acknowledged to this device; the server has two, maybe from a copy.
    client.open(version(&[(OWN, 1)]));
    client.clear();
    client.receive(Message::CaughtUp { document: "doc".into(), version: version(&[(OWN, 2)]) });
    assert_eq!(client.sent_changes(), [(OWN, 2, 2)]);
    assert!(!client.status().settled);
}

#[test]
fn row_10_what_a_restored_server_lost_is_sent_although_it_was_acknowledged() {
    let mut client = Client::live(VersionVector::new());
    for value in ["a", "b"] {
        let change = client.write(value);
        client.store(&change);
    }
    client.receive(Message::Ack { document: "doc".into(), version: version(&[(OWN, 2)]) });
    let mut other = Writer::new(2);
    client.changes(&[other.set("x", "1")]);
    assert!(client.status().settled);
    client.session.disconnected(client.now);
    client.pass(1_000);
    client.connect();
    client.clear();
    client.receive(Message::CaughtUp { document: "doc".into(), version: version(&[(OWN, 1)]) });
    assert!(!client.status().settled);
    assert_eq!(client.sent_changes(), [(OWN, 2, 2), (2, 1, 1)], "others' changes too");
}

#[test]
fn row_13_a_slow_reader_that_is_told_so_subscribes_from_the_version_it_has() {
    let mut client = Client::live(VersionVector::new());
    let mut other = Writer::new(2);
    client.changes(&[other.set("x", "1")]);
    client.now += 1_000;
    client.clear();
    client.nack(NackCode::Gap, None, 0);
    assert_eq!(client.subscriptions(), [version(&[(2, 1)])]);
}

#[test]
fn row_22_a_catch_up_that_broke_off_is_resumed_from_what_was_reached() {
    let mut client = Client::online();
    client.open(VersionVector::new());
    let mut other = Writer::new(2);
    let parts: Vec<_> = (0..5).map(|at| other.set("x", format!("{at}"))).collect();
    client.changes(&parts[..2]);
    client.changes(&parts[2..3]);
    client.session.disconnected(client.now);
    client.pass(1_000);
    client.clear();
    client.connect();
    assert_eq!(client.subscriptions(), [version(&[(2, 3)])]);
    // Parts that come twice have no second effect.
    client.changes(&parts[1..]);
    assert_eq!(client.writer.state.version(), other.state.version());
}

#[test]
fn row_22_what_the_server_lacks_goes_in_parts_and_waits_for_room() {
    let mut client = Client::online();
    for at in 0..100 {
        client.writer.set(&format!("key{at}"), "x".repeat(30_000));
    }
    let state = client.writer.state.clone();
    client.session.open(
        client.now,
        "doc".into(),
        state.version().clone(),
        VersionVector::new(),
        ReplicaId::new(OWN),
    );
    client.run();
    client.clear();
    let caught_up = Message::CaughtUp { document: "doc".into(), version: VersionVector::new() };
    client.session.received(client.now, &caught_up.encode());
    // The loop asks for one frame at a time: no more is cut than that and what is kept ready.
    let mut frames = 0;
    while let Some(frame) = client.session.poll_frame(client.now, &mut One(&state)) {
        assert!(frame.len() <= 129 << 10, "{}", frame.len());
        let kept: usize =
            client.session.documents.get("doc").unwrap().outbox.iter().map(Update::encoded_len).sum();
        assert!(kept <= (1 << 20) + (128 << 10), "{kept} bytes kept");
        frames += 1;
    }
    assert!(frames >= 100 * 30_000 / (128 << 10));
    assert!(client.session.documents.get("doc").unwrap().cut.includes(state.version()));
}

#[test]
fn row_23_a_change_that_the_server_would_not_read_is_not_sent() {
    let mut client = Client::live(VersionVector::new());
    let change = client.write(&"x".repeat((1 << 20) - 16));
    client.store(&change);
    assert!(client.sent.is_empty());
    assert_eq!(client.status().refused.unwrap().code, NackCode::TooLarge);
}

#[test]
fn what_is_refused_for_good_is_shown_and_sent_again_only_when_asked_to() {
    for code in [NackCode::Forbidden, NackCode::TooLarge, NackCode::Invalid, NackCode::Clock] {
        let mut client = Client::live(VersionVector::new());
        let change = client.write("a");
        client.store(&change);
        client.nack(code, Some((OWN, 1)), 0);
        assert_eq!(client.status().refused.unwrap().code, code);
        client.clear();
        let change = client.write("b");
        client.store(&change);
        client.pass(5_000);
        client.receive(Message::Pong { nonce: 0 });
        assert!(client.sent_changes().is_empty());
        // What others write still arrives.
        client.changes(&[Writer::new(2).set("x", "1")]);
        assert_eq!(client.writer.state.version().get(ReplicaId::new(2)), 1);
        client.session.retry(client.now, "doc");
        client.run();
        client.receive(Message::CaughtUp { document: "doc".into(), version: VersionVector::new() });
        let sent = client.sent_changes();
        assert!(sent.contains(&(OWN, 1, 1)) && sent.contains(&(OWN, 2, 2)), "{sent:?}");
        assert_eq!(client.status().refused, None);
    }
}
