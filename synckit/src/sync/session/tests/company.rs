use super::*;

#[test]
fn changes_of_another_tab_are_sent_only_if_that_tab_does_not() {
    let mut client = Client::live(VersionVector::new());
    let mut tab = Writer::new(2);
    let first = tab.set("x", "1");
    client.writer.apply(&update(std::slice::from_ref(&first)));
    client.session.found(client.now, "doc", std::slice::from_ref(&first));
    client.run();
    client.pass(299);
    assert!(client.sent.is_empty());
    client.pass(1);
    assert_eq!(client.sent_changes(), [(2, 1, 1)]);
    client.receive(Message::Ack { document: "doc".into(), version: version(&[(2, 1)]) });
    client.clear();
    // The other tab is connected: the server sends the change before the time is over.
    let second = tab.set("x", "2");
    client.writer.apply(&update(std::slice::from_ref(&second)));
    client.session.found(client.now, "doc", std::slice::from_ref(&second));
    client.run();
    client.pass(100);
    client.changes(&[second]);
    client.pass(1_000);
    assert!(client.sent.is_empty());
    assert!(client.status().settled);
}

#[test]
fn a_write_does_not_wait_for_another_tabs_change() {
    let mut client = Client::live(VersionVector::new());
    let first = Writer::new(2).set("x", "1");
    client.writer.apply(&update(std::slice::from_ref(&first)));
    client.session.found(client.now, "doc", &[first]);
    let change = client.write("a");
    client.store(&change);
    assert_eq!(client.sent_changes(), [(OWN, 1, 1)]);
}

#[test]
fn presence_is_throttled_ends_with_the_last_value_and_is_told_again() {
    let mut client = Client::live(VersionVector::new());
    let states = |client: &Client| -> Vec<Vec<u8>> {
        let state = |message: &Message| match message {
            Message::Presence { state, .. } => Some(state.clone()),
            _ => None,
        };
        client.sent.iter().filter_map(state).collect()
    };
    for step in 0..100u8 {
        client.session.set_presence("doc", vec![step]);
        client.run();
        client.pass(1);
    }
    client.pass(100);
    assert_eq!(states(&client).len(), 3);
    assert_eq!(states(&client).last().unwrap(), &[99]);
    client.session.set_presence("doc", vec![99]);
    client.pass(100);
    assert_eq!(states(&client).len(), 3, "nothing new");
    client.session.disconnected(client.now);
    client.pass(1_000);
    client.clear();
    client.connect();
    client.receive(Message::CaughtUp { document: "doc".into(), version: VersionVector::new() });
    assert_eq!(states(&client), [[99]]);
}

#[test]
fn peers_come_and_go_and_all_are_gone_without_a_connection() {
    let mut client = Client::live(VersionVector::new());
    let presence = |peer, state: &[u8]| Message::Presence {
        document: "doc".into(),
        peer: PeerId(peer),
        state: state.to_vec(),
    };
    let peer = |peer, state: Option<&[u8]>| Effect::Peer {
        document: "doc".into(),
        peer: PeerId(peer),
        state: state.map(<[u8]>::to_vec),
    };
    client.receive(presence(5, &[1]));
    client.receive(presence(6, &[2]));
    client.receive(presence(5, &[]));
    client.receive(presence(5, &[]));
    assert_eq!(client.did(&peer(5, Some(&[1]))), 1);
    assert_eq!(client.did(&peer(5, None)), 1);
    client.session.disconnected(client.now);
    client.run();
    assert_eq!(client.did(&peer(6, None)), 1);
    assert_eq!(client.did(&peer(5, None)), 1);
}

#[test]
fn a_document_that_is_closed_is_unsubscribed_and_takes_nothing_more() {
    let mut client = Client::live(VersionVector::new());
    client.session.close("doc");
    client.run();
    assert_eq!(client.sent, [Message::Unsubscribe { document: "doc".into() }]);
    client.changes(&[Writer::new(2).set("x", "1")]);
    assert!(client.writer.state.version().is_empty());
}

#[test]
fn documents_take_turns() {
    let mut client = Client::online();
    let mut large = Writer::new(OWN);
    for at in 0..50 {
        large.set(&format!("key{at}"), "x".repeat(30_000));
    }
    let caught_up =
        |id: &str| Message::CaughtUp { document: id.into(), version: VersionVector::new() }.encode();
    for id in ["a", "b"] {
        let version = large.state.version().clone();
        client.session.open(client.now, id.into(), version, VersionVector::new(), ReplicaId::new(OWN));
    }
    while client.session.poll_frame(client.now, &mut One(&large.state)).is_some() {}
    ["a", "b"].iter().for_each(|id| client.session.received(client.now, &caught_up(id)));
    let order: Vec<_> = std::iter::from_fn(|| client.session.poll_frame(client.now, &mut One(&large.state)))
        .map(|frame| match Message::decode(&frame, &Limits::DEFAULT).unwrap() {
            Message::Changes { document, .. } => document.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(order.len() > 4);
    assert_eq!(order[..4], ["a", "b", "a", "b"]);
}
