use super::*;

/// The waits between attempts when every attempt fails at once, for this many milliseconds.
fn pauses(seed: u64, outage: u64) -> Vec<u64> {
    let mut client = Client::seeded(seed);
    let mut pauses = Vec::new();
    while client.now < START + outage {
        client.session.disconnected(client.now);
        client.run();
        client.effects.clear();
        let begin = client.now;
        while client.did(&Effect::Connect) == 0 {
            client.pass(client.session.wake_in().unwrap().max(1));
        }
        pauses.push(client.now - begin);
    }
    pauses
}

#[test]
fn pauses_between_attempts_are_random_short_at_first_and_grow_with_the_outage() {
    let first_minute: Vec<u64> = (0..20).flat_map(|seed| pauses(seed, 59_000)).collect();
    assert!(first_minute.iter().all(|&pause| (30..=750).contains(&pause)));
    let mean = first_minute.iter().sum::<u64>() / first_minute.len() as u64;
    assert!((300..480).contains(&mean), "{mean}");
    assert_ne!(pauses(1, 10_000), pauses(2, 10_000), "no two clients at the same time");
    let hour = pauses(3, 3_600_000);
    assert!(hour.iter().all(|&pause| pause <= 30_000));
    assert!(hour[hour.len() - 20..].iter().any(|&pause| pause > 10_000));
    assert!(hour.len() < 1_000, "{} attempts in an hour", hour.len());
}

#[test]
fn only_a_stable_connection_ends_an_outage() {
    // A server that accepts and dies at once is not asked more often than one that does not answer.
    let mut client = Client::new();
    for _ in 0..500 {
        client.connect();
        client.session.disconnected(client.now);
        client.run();
        client.effects.clear();
        while client.did(&Effect::Connect) == 0 {
            client.pass(client.session.wake_in().unwrap().max(1));
        }
    }
    assert!(client.now - START > 1_000_000, "{}", client.now - START);
    client.connect();
    client.clear();
    for _ in 0..10 {
        client.pass(2_000);
        client.receive(Message::Pong { nonce: 0 });
    }
    client.session.disconnected(client.now);
    assert!(client.session.wake_in().unwrap() <= 750);
}

#[test]
fn a_hint_that_the_network_is_back_makes_the_next_attempt_come_at_once() {
    for hint in [Hint::Online, Hint::Visible] {
        let mut client = Client::new();
        client.session.disconnected(client.now);
        client.run();
        client.clear();
        client.session.hint(client.now, hint);
        client.run();
        assert_eq!(client.did(&Effect::Connect), 1);
    }
}

#[test]
fn the_wait_that_a_server_asks_for_is_obeyed() {
    let mut client = Client::online();
    let message = "going away".to_owned();
    client.receive(Message::Failure { code: FailureCode::Unavailable, message, retry_after: 4_000 });
    assert_eq!(client.did(&Effect::Disconnect), 1);
    client.pass(3_999);
    assert_eq!(client.did(&Effect::Connect), 0);
    client.pass(1);
    assert_eq!(client.did(&Effect::Connect), 1);
}

#[test]
fn a_client_that_is_not_wanted_says_why_and_asks_rarely() {
    let reason = "wrong token".to_owned();
    let cases = [
        (FailureCode::Unauthenticated, LinkStatus::NeedsAuth { reason: reason.clone() }),
        (FailureCode::Protocol, LinkStatus::Refused { reason: reason.clone() }),
    ];
    for (code, status) in cases {
        let mut client = Client::new();
        client.session.connected(client.now);
        client.run();
        client.receive(Message::Failure { code, message: reason.clone(), retry_after: 0 });
        assert_eq!(client.session.link(), &status);
        client.clear();
        client.pass(29_000);
        assert_eq!(client.did(&Effect::Connect), 0);
        client.pass(1_000);
        assert_eq!(client.did(&Effect::Connect), 1);
        client.session.disconnected(client.now);
        client.run();
        assert_eq!(client.session.link(), &status, "stays until the server says otherwise");
        client.pass(60_000);
        client.connect();
        assert_eq!(client.session.link(), &LinkStatus::Connected);
    }
}

#[test]
fn the_status_tells_since_when_and_does_not_flicker() {
    let mut client = Client::new();
    assert_eq!(client.effects, [Effect::Link(LinkStatus::Connecting), Effect::Connect]);
    client.connect();
    assert_eq!(client.session.link(), &LinkStatus::Connected);
    client.pass(1_000);
    let since = client.now;
    client.session.disconnected(client.now);
    client.run();
    for _ in 0..5 {
        let LinkStatus::Offline { since: shown, .. } = *client.session.link() else {
            panic!("{:?}", client.session.link())
        };
        assert_eq!(shown, since);
        client.pass(1_000);
        client.session.disconnected(client.now);
        client.run();
    }
}

#[test]
fn a_server_that_is_silent_for_two_intervals_is_given_up() {
    let mut client = Client::online();
    client.pass(10_000);
    assert!(matches!(client.sent[..], [Message::Ping { .. }]));
    client.pass(9_999);
    assert_eq!(client.did(&Effect::Disconnect), 0);
    client.pass(1);
    assert_eq!(client.did(&Effect::Disconnect), 1);
    assert!(matches!(client.session.link(), LinkStatus::Offline { .. }));
}

#[test]
fn a_server_that_answers_is_kept() {
    let mut client = Client::online();
    for _ in 0..100 {
        client.pass(10_000);
        let Some(Message::Ping { nonce }) = client.sent.pop() else { panic!("no ping") };
        client.pass(5_000);
        client.receive(Message::Pong { nonce });
        client.now -= 5_000;
    }
    assert_eq!(client.did(&Effect::Disconnect), 0);
}

#[test]
fn a_window_that_comes_to_the_front_checks_its_connection() {
    let mut client = Client::online();
    client.session.hint(client.now, Hint::Visible);
    client.run();
    assert!(matches!(client.sent[..], [Message::Ping { .. }]));
    client.pass(4_999);
    assert_eq!(client.did(&Effect::Disconnect), 0);
    client.pass(1);
    assert_eq!(client.did(&Effect::Disconnect), 1);
}

#[test]
fn a_network_that_is_said_to_be_gone_is_not_waited_for() {
    let mut client = Client::online();
    client.session.hint(client.now, Hint::Offline);
    client.run();
    assert_eq!(client.did(&Effect::Disconnect), 1);
    client.pass(1_000);
    assert_eq!(client.did(&Effect::Connect), 1, "it may not be true");
}

#[test]
fn a_server_that_does_not_greet_in_time_is_given_up() {
    let mut client = Client::new();
    client.session.connected(client.now);
    client.run();
    assert!(matches!(client.sent[..], [Message::Hello { .. }]));
    client.pass(9_999);
    assert_eq!(client.did(&Effect::Disconnect), 0);
    client.pass(1);
    assert_eq!(client.did(&Effect::Disconnect), 1);
}

#[test]
fn what_cannot_be_read_ends_the_connection() {
    let mut client = Client::online();
    client.session.received(client.now, &[0xff; 3]);
    client.run();
    assert_eq!(client.did(&Effect::Disconnect), 1);
    client.pass(4_999);
    assert_eq!(client.did(&Effect::Connect), 0, "not again at once");
}

#[test]
fn a_clock_that_is_set_back_does_not_stop_the_session() {
    let mut client = Client::online();
    client.now -= 3_600_000;
    client.session.tick(client.now);
    assert!(client.session.wake_in().unwrap() <= 10_000);
    client.pass(10_000);
    assert!(client.sent.iter().any(|message| matches!(message, Message::Ping { .. })));
}

#[test]
fn every_connection_has_a_peer_of_its_own() {
    let mut client = Client::new();
    client.connect();
    client.session.disconnected(client.now);
    client.pass(1_000);
    client.connect();
    let peer = |message: &Message| match message {
        Message::Hello { peer, .. } => Some(*peer),
        _ => None,
    };
    let peers: Vec<_> = client.sent.iter().filter_map(peer).collect();
    assert_eq!(peers.len(), 2);
    assert_ne!(peers[0], peers[1]);
}
