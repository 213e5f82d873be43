//! Whole clients with their loop, against a server in memory.

mod network;

use std::time::{Duration, Instant};

use network::{
    Disk, Machine, Note, Server, client, eventually, is_connected, offline_client, pending, saved,
};
use synckit::platform::Hint;
use synckit::prelude::*;
use synckit::storage::MemoryStorage;
use synckit::wire::{Message, Update};
use synckit::{Connection, RefusalCode};

#[test]
fn a_write_reaches_the_other_client_and_is_acknowledged() {
    let server = Server::start();
    let (a, b) = (client(&server, Disk::new(10)), client(&server, MemoryStorage::default()));
    let (here, there) = (a.document::<Note>("note"), b.document::<Note>("note"));
    here.votes().increment(3).unwrap();
    eventually("the vote arrives", || there.votes().get().unwrap() == 3);
    pollster::block_on(here.flush(Tier::Server)).unwrap();
    assert_eq!((pending(&a), saved(&a)), (0, Tier::Server));
    there.votes().increment(4).unwrap();
    eventually("the answer arrives", || here.votes().get().unwrap() == 7);
}

#[test]
fn one_connection_is_enough_for_two_tabs() {
    let (server, disk) = (Server::start(), Disk::new(10));
    let a = client(&server, disk.clone());
    let b = offline_client(&Server::down(), disk.clone());
    let (here, there) = (a.document::<Note>("note"), b.document::<Note>("note"));
    eventually("connected", || is_connected(&a) && here.status().get().unwrap().synced);
    there.votes().increment(5).unwrap();
    let c = client(&server, Disk::new(20));
    let elsewhere = c.document::<Note>("note");
    eventually("the other tab's write is sent on", || elsewhere.votes().get().unwrap() == 5);
    elsewhere.votes().increment(1).unwrap();
    eventually("what the connected tab gets is in both", || there.votes().get().unwrap() == 6);
    eventually("nothing waits", || pending(&a) == 0);
}

#[test]
fn tabs_that_are_both_connected_do_not_send_each_others_changes() {
    let (server, disk) = (Server::start(), Disk::new(10));
    let (a, b) = (client(&server, disk.clone()), client(&server, disk.clone()));
    let (here, there) = (a.document::<Note>("note"), b.document::<Note>("note"));
    let synced = |note: &<Note as Document>::Ref| note.status().get().unwrap().synced;
    eventually("both are in step", || synced(&here) && synced(&there));
    server.take_received();
    here.votes().increment(1).unwrap();
    eventually("it arrives", || there.votes().get().unwrap() == 1);
    std::thread::sleep(Duration::from_millis(600));
    let sent = |message: &Message| matches!(message, Message::Changes { .. });
    assert_eq!(server.take_received().iter().filter(|message| sent(message)).count(), 1);
}

#[test]
fn row_2_what_the_server_could_not_store_is_sent_again() {
    let server = Server::start();
    let client = client(&server, Disk::new(10));
    let note = client.document::<Note>("note");
    eventually("connected", || note.status().get().unwrap().synced);
    server.fail_commits(true);
    note.votes().increment(1).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(pending(&client), 1);
    assert!(note.status().get().unwrap().refused.is_none());
    server.fail_commits(false);
    eventually("it is acknowledged after all", || pending(&client) == 0);
    let applied: usize = server.backup()["note"].iter().map(|update| update.changes.len()).sum();
    assert_eq!(applied, 1);
}

#[test]
fn row_10_a_server_restored_from_a_backup_gets_back_what_it_lost() {
    let (server, disk) = (Server::start(), Disk::new(10));
    let a = client(&server, disk.clone());
    let note = a.document::<Note>("note");
    note.title().set("in the backup").unwrap();
    pollster::block_on(note.flush(Tier::Server)).unwrap();
    let backup = server.backup();
    note.title().set("lost").unwrap();
    note.votes().increment(1).unwrap();
    pollster::block_on(note.flush(Tier::Server)).unwrap();
    server.kill();
    server.restore(backup);
    server.restart();
    let c = client(&server, MemoryStorage::default());
    let elsewhere = c.document::<Note>("note");
    eventually("it is back", || {
        elsewhere.title().get().unwrap() == "lost" && elsewhere.votes().get().unwrap() == 1
    });
}

#[test]
fn dropping_the_client_stores_and_sends_what_is_left() {
    let (server, disk) = (Server::start(), Disk::new(10));
    let first = client(&server, disk.clone());
    let note = first.document::<Note>("note");
    eventually("connected", || note.status().get().unwrap().synced);
    note.title().set("last words").unwrap();
    drop(note);
    network::end(first, &disk);
    assert!(!disk.chunks("note").is_empty());
    eventually("the server has it", || server.backup().contains_key("note"));
}

#[test]
fn a_refused_change_is_shown_and_sent_again_when_asked_to() {
    let server = Server::start();
    let mut limits = synckit::sync::RoomLimits::default();
    limits.document = 1_000;
    server.set_limits(limits);
    let client = client(&server, Disk::new(10));
    let note = client.document::<Note>("note");
    note.title().set("x".repeat(2_000)).unwrap();
    eventually("it is refused", || {
        note.status().get().unwrap().refused.is_some_and(|refused| refused.code == RefusalCode::TooLarge)
    });
    assert_eq!(pending(&client), 1);
    assert!(pollster::block_on(note.flush(Tier::Server)).is_err());
    // Not sent again by itself, not even over a new connection.
    server.kill();
    limits.document = 1 << 20;
    server.set_limits(limits);
    server.restart();
    eventually("connected again", || is_connected(&client));
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(pending(&client), 1);
    note.status().retry();
    pollster::block_on(note.flush(Tier::Server)).unwrap();
    assert_eq!(note.status().get().unwrap().refused, None);
}

#[test]
fn a_hint_makes_the_next_attempt_come_at_once() {
    let server = Server::down();
    let machine = Machine::new(&server);
    let builder = SyncKit::builder(machine.clone()).url("ws://test/").storage(MemoryStorage::default());
    let client = pollster::block_on(builder.connect()).unwrap();
    eventually("it is offline", || {
        matches!(client.status().get().unwrap().connection, Connection::Offline { .. })
    });
    for _ in 0..20 {
        let before = server.attempts();
        machine.hint(Hint::Online);
        let begin = Instant::now();
        eventually("an attempt", || server.attempts() > before);
        assert!(begin.elapsed() < Duration::from_millis(30 + 200));
    }
    server.restart();
    machine.hint(Hint::Visible);
    eventually("it is connected", || is_connected(&client));
    machine.hint(Hint::Offline);
    eventually("it connects again by itself", || server.attempts() > 0 && is_connected(&client));
}

#[test]
fn presence_is_shown_to_the_others_and_ends_with_its_client() {
    let server = Server::start();
    let (a, b) = (client(&server, MemoryStorage::default()), client(&server, MemoryStorage::default()));
    let (mine, theirs) = (a.presence::<String>("note"), b.presence::<String>("note"));
    mine.set("Ada".to_owned());
    theirs.set("Bob".to_owned());
    let others = |presence: &synckit::Presence<String>| -> Vec<String> {
        presence.others().into_iter().map(|(_, name)| name).collect()
    };
    eventually("they see each other", || others(&mine) == ["Bob"] && others(&theirs) == ["Ada"]);
    for step in 0..50 {
        mine.set(format!("Ada {step}"));
    }
    eventually("the last value arrives", || others(&theirs) == ["Ada 49"]);
    server.kill();
    eventually("nobody is there without a connection", || others(&theirs).is_empty());
    server.restart();
    eventually("it is told again", || others(&theirs) == ["Ada 49"]);
    drop((mine, a));
    eventually("it is gone", || others(&theirs).is_empty());
}

#[test]
fn a_thousand_changes_that_waited_are_acknowledged_in_less_than_a_second() {
    let (server, disk) = (Server::down(), Disk::new(10));
    let client = client(&server, disk);
    let note = client.document::<Note>("note");
    for round in 0..1_000 {
        note.title().set(format!("title {round}")).unwrap();
    }
    pollster::block_on(note.flush(Tier::Device)).unwrap();
    assert_eq!(pending(&client), 1_000);
    server.restart();
    let begin = Instant::now();
    eventually("everything is acknowledged", || pending(&client) == 0);
    assert!(begin.elapsed() < Duration::from_secs(1), "took {:?}", begin.elapsed());
}

#[test]
fn a_document_that_nobody_holds_is_still_sent() {
    let (server, disk) = (Server::down(), Disk::new(10));
    let client = client(&server, disk);
    client.document::<Note>("note").title().set("and forgotten").unwrap();
    server.restart();
    eventually("it arrives", || server.backup().contains_key("note"));
    let titles = |updates: &[Update]| updates.iter().map(|update| update.changes.len()).sum::<usize>();
    assert_eq!(titles(&server.backup()["note"]), 1);
}
