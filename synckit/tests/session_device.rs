//! Whole clients and their disks: reloads, tabs, failures, copies.

mod network;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use network::{Disk, Note, Server, client, end, eventually, is_connected, pending, saved};
use synckit::prelude::*;
use synckit::storage::MemoryStorage;
use synckit::{Connection, LoadState, Origin};

#[test]
fn what_was_written_offline_survives_reloads_and_arrives_within_a_second_of_the_server() {
    let (server, disk) = (Server::down(), Disk::new(10));
    let first = client(&server, disk.clone());
    let note = first.document::<Note>("note");
    for _ in 0..3 {
        note.votes().increment(1).unwrap();
    }
    pollster::block_on(note.flush(Tier::Device)).unwrap();
    assert_eq!((pending(&first), saved(&first)), (3, Tier::Device));
    drop(note);
    end(first, &disk);

    let second = client(&server, disk.clone());
    let note = second.document::<Note>("note");
    eventually("it is read", || note.status().get().unwrap().load == LoadState::Ready);
    assert_eq!(note.votes().get().unwrap(), 3);
    eventually("the waiting changes are counted", || pending(&second) == 3);
    assert!(matches!(second.status().get().unwrap().connection, Connection::Offline { .. }));
    note.votes().increment(1).unwrap();
    eventually("one more waits", || pending(&second) == 4);

    for _ in 0..3 {
        let begin = Instant::now();
        server.restart();
        eventually("everything is at the server", || pending(&second) == 0 && saved(&second) == Tier::Server);
        assert!(begin.elapsed() < Duration::from_secs(1), "took {:?}", begin.elapsed());
        server.kill();
        eventually("the end is noticed", || !is_connected(&second));
        note.votes().increment(1).unwrap();
        eventually("it waits", || pending(&second) == 1);
        std::thread::sleep(Duration::from_millis(300));
    }
}

#[test]
fn the_count_of_what_waits_is_right_after_a_reload_without_a_server() {
    let (server, disk) = (Server::start(), Disk::new(10));
    let first = client(&server, disk.clone());
    let note = first.document::<Note>("note");
    note.title().set("acknowledged").unwrap();
    pollster::block_on(note.flush(Tier::Server)).unwrap();
    server.kill();
    note.title().set("waits").unwrap();
    pollster::block_on(note.flush(Tier::Device)).unwrap();
    drop(note);
    end(first, &disk);
    let second = client(&server, disk.clone());
    let note = second.document::<Note>("note");
    eventually("it is read", || note.status().get().unwrap().load == LoadState::Ready);
    assert_eq!(note.title().get().unwrap(), "waits");
    eventually("one change waits", || pending(&second) == 1);
}

#[test]
fn what_came_from_others_is_there_after_a_reload_without_a_server() {
    let (server, disk) = (Server::start(), Disk::new(10));
    let other = client(&server, Disk::new(20));
    other.document::<Note>("note").title().set("from afar").unwrap();
    let first = client(&server, disk.clone());
    let note = first.document::<Note>("note");
    eventually("it arrives", || note.title().get().unwrap() == "from afar");
    drop(note);
    end(first, &disk);
    server.kill();
    let second = client(&server, disk);
    let note = second.document::<Note>("note");
    eventually("it is read", || note.status().get().unwrap().load == LoadState::Ready);
    assert_eq!(note.title().get().unwrap(), "from afar");
    assert_eq!(pending(&second), 0);
}

/// Those who follow are told where a change came from: this device's store, another tab, or the server.
#[test]
fn a_change_says_whether_it_was_loaded_or_came_from_the_server() {
    let (server, disk) = (Server::start(), Disk::new(10));
    let author = client(&server, Disk::new(20));
    let other = author.document::<Note>("note");
    other.votes().increment(1).unwrap();
    let first = client(&server, disk.clone());
    let note = first.document::<Note>("note");
    let (mut votes, mut tags) = (note.votes().follower(), note.tags().follower());
    eventually("it arrives", || note.votes().get().unwrap() == 1);
    assert_eq!(votes.next().map(|delta| delta.origin), Some(Origin::Remote));
    other.tags().insert("red").unwrap();
    eventually("the next one arrives", || note.tags().len() == 1);
    let delta = tags.next().unwrap();
    assert_eq!((delta.origin, delta.change.unwrap().added), (Origin::Remote, vec!["red".to_owned()]));
    server.kill();

    let second = client(&server, disk.clone());
    let loaded = second.document::<Note>("note");
    let mut tags = loaded.tags().follower();
    eventually("it is read", || loaded.tags().len() == 1);
    assert_eq!(tags.next().map(|delta| delta.origin), Some(Origin::Load));
    note.tags().insert("blue").unwrap();
    eventually("the other tab sees it", || loaded.tags().len() == 2);
    let delta = tags.next().unwrap();
    assert_eq!((delta.origin, delta.change.unwrap().added), (Origin::Load, vec!["blue".to_owned()]));
}

#[test]
fn two_tabs_share_a_store_without_a_server() {
    let (server, disk) = (Server::down(), Disk::new(10));
    let (a, b) = (client(&server, disk.clone()), client(&server, disk.clone()));
    let (here, there) = (a.document::<Note>("note"), b.document::<Note>("note"));
    here.votes().increment(1).unwrap();
    eventually("the other tab sees it", || there.votes().get().unwrap() == 1);
    there.votes().increment(1).unwrap();
    eventually("and the first one the answer", || here.votes().get().unwrap() == 2);
    eventually("both count what waits", || pending(&a) == 2 && pending(&b) == 2);
}

#[test]
fn row_3_nothing_is_stored_over_a_document_that_cannot_be_read() {
    let (server, disk) = (Server::start(), Disk::new(10));
    let first = client(&server, disk.clone());
    let note = first.document::<Note>("note");
    note.title().set("precious").unwrap();
    pollster::block_on(note.flush(Tier::Server)).unwrap();
    drop(note);
    end(first, &disk);
    let before = disk.chunks("note");

    disk.fail_reads(true);
    let second = client(&Server::down(), disk.clone());
    let note = second.document::<Note>("note");
    let load = || note.status().get().unwrap().load;
    eventually("the failure is shown", || matches!(load(), LoadState::Failed { .. }));
    note.votes().increment(1).unwrap();
    eventually("it is only in memory", || saved(&second) == Tier::Memory);
    assert!(second.status().get().unwrap().error.is_some());
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(disk.chunks("note"), before);
    // As soon as it can be read, both are there and stored.
    disk.fail_reads(false);
    eventually("it is read", || load() == LoadState::Ready);
    assert_eq!(note.title().get().unwrap(), "precious");
    pollster::block_on(note.flush(Tier::Device)).unwrap();
    assert!(disk.chunks("note").len() > before.len());
    assert_eq!(second.status().get().unwrap().error, None);
}

#[test]
fn a_damaged_chunk_is_a_failed_load() {
    let (server, disk) = (Server::down(), Disk::new(10));
    pollster::block_on(synckit::storage::Storage::append(&disk, "note", vec![0xff; 20])).unwrap();
    let before = disk.chunks("note");
    let client = client(&server, disk.clone());
    let note = client.document::<Note>("note");
    eventually("the failure is shown", || {
        matches!(note.status().get().unwrap().load, LoadState::Failed { .. })
    });
    note.votes().increment(1).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(disk.chunks("note"), before);
}

#[test]
fn a_store_that_refuses_is_shown_tried_again_and_does_not_keep_changes_from_the_server() {
    let (server, disk) = (Server::start(), Disk::new(10));
    let client = client(&server, disk.clone());
    let note = client.document::<Note>("note");
    eventually("connected", || note.status().get().unwrap().synced);
    disk.fail_writes(true);
    server.fail_commits(true);
    note.votes().increment(1).unwrap();
    eventually("the error is shown", || client.status().get().unwrap().error.is_some());
    assert_eq!(note.status().get().unwrap().saved, Tier::Memory);
    server.fail_commits(false);
    eventually("the server has it", || pending(&client) == 0);
    disk.fail_writes(false);
    eventually("the device has it", || !disk.chunks("note").is_empty());
    eventually("the error is gone", || client.status().get().unwrap().error.is_none());
    assert_eq!(note.votes().get().unwrap(), 1);
}

#[test]
fn row_8_a_copied_store_loses_nothing() {
    let (server, disk) = (Server::start(), Disk::new(10));
    let first = client(&server, disk.clone());
    let note = first.document::<Note>("note");
    note.votes().increment(1).unwrap();
    pollster::block_on(note.flush(Tier::Server)).unwrap();
    drop(note);
    end(first, &disk);
    let copied = disk.copy();
    server.kill();

    // Both write offline, under the same replica id and the same numbers.
    let (a, b) = (client(&server, disk.clone()), client(&server, copied.clone()));
    let (here, there) = (a.document::<Note>("note"), b.document::<Note>("note"));
    let ready = |note: &<Note as Document>::Ref| note.status().get().unwrap().load == LoadState::Ready;
    eventually("both are read", || ready(&here) && ready(&there));
    here.votes().increment(10).unwrap();
    here.tags().insert("here".to_owned()).unwrap();
    std::thread::sleep(Duration::from_millis(5));
    there.votes().increment(100).unwrap();
    there.tags().insert("there".to_owned()).unwrap();
    there.title().set("the copy wrote more").unwrap();
    pollster::block_on(here.flush(Tier::Device)).unwrap();
    pollster::block_on(there.flush(Tier::Device)).unwrap();
    server.restart();
    let c = client(&server, MemoryStorage::default());
    let elsewhere = c.document::<Note>("note");
    for note in [&here, &there, &elsewhere] {
        eventually("everything is everywhere", || {
            note.votes().get().unwrap() == 111 && note.tags().get().unwrap().len() == 2
        });
    }
    eventually("nothing waits", || pending(&a) == 0 && pending(&b) == 0);
    // And it stays that way after a reload of either.
    drop((here, there));
    end(a, &disk);
    end(b, &copied);
    for disk in [&disk, &copied] {
        let client = client(&Server::down(), disk.clone());
        let note = client.document::<Note>("note");
        eventually("it is read", || note.status().get().unwrap().load == LoadState::Ready);
        assert_eq!(note.votes().get().unwrap(), 111);
        assert_eq!(note.title().get().unwrap(), "the copy wrote more");
    }
}

#[test]
fn row_9_two_programs_with_one_store_write_under_two_replica_ids() {
    let (server, disk) = (Server::start(), Disk::new(10));
    let (a, b) = (client(&server, disk.clone()), client(&server, disk.clone()));
    for client in [&a, &b] {
        let note = client.document::<Note>("note");
        eventually("it is read", || note.status().get().unwrap().load == LoadState::Ready);
        note.votes().increment(1).unwrap();
        pollster::block_on(note.flush(Tier::Server)).unwrap();
    }
    let mut writers: Vec<_> = server.backup()["note"]
        .iter()
        .flat_map(|update| &update.changes)
        .map(|change| change.replica.get())
        .collect();
    writers.sort_unstable();
    assert_eq!(writers, [10, 11]);
}

#[test]
fn many_writes_are_compacted_and_nothing_is_lost() {
    let (server, disk) = (Server::down(), Disk::new(10));
    let first = client(&server, disk.clone());
    let note = first.document::<Note>("note");
    for round in 0..300 {
        note.votes().increment(1).unwrap();
        if round % 3 == 0 {
            pollster::block_on(note.flush(Tier::Device)).unwrap();
        }
    }
    pollster::block_on(note.flush(Tier::Device)).unwrap();
    eventually("chunks were replaced", || disk.chunks("note").len() <= 65);
    drop(note);
    end(first, &disk);
    let second = client(&server, disk);
    let note = second.document::<Note>("note");
    eventually("it is read", || note.votes().get().unwrap() == 300);
}

/// The snapshot holds it already, so it is not appended; it has to be sent all the same.
#[test]
fn what_is_written_while_the_store_is_about_to_be_compacted_is_sent() {
    let (server, disk) = (Server::start(), Disk::new(10));
    let first = client(&server, disk.clone());
    let note = first.document::<Note>("note");
    let (written, votes) = (Arc::new(AtomicI64::new(1)), note.votes());
    disk.when_appended({
        let written = written.clone();
        move || {
            // After the driver has looked for writes, and before it decides what to do next.
            votes.increment(1).unwrap();
            written.fetch_add(1, Ordering::SeqCst);
        }
    });
    note.votes().increment(1).unwrap();
    eventually("the chunks are replaced", || {
        written.load(Ordering::SeqCst) > 60 && disk.chunks("note").len() < 60
    });
    eventually("everything is at the server", || pending(&first) == 0 && saved(&first) == Tier::Server);
    let second = client(&server, Disk::new(20));
    let note = second.document::<Note>("note");
    eventually("it is there", || note.votes().get().unwrap() == written.load(Ordering::SeqCst));
}

#[test]
fn a_local_document_is_stored_and_never_sent() {
    let (server, disk) = (Server::start(), Disk::new(10));
    let first = client(&server, disk.clone());
    let (note, shared) = (first.local::<Note>("note"), first.document::<Note>("note"));
    note.title().set("mine").unwrap();
    shared.title().set("ours").unwrap();
    pollster::block_on(note.flush(Tier::Device)).unwrap();
    pollster::block_on(shared.flush(Tier::Server)).unwrap();
    assert_eq!((pending(&first), saved(&first)), (0, Tier::Server));
    assert_eq!(server.backup().keys().map(|id| id.to_string()).collect::<Vec<_>>(), ["note"]);
    drop((note, shared));
    end(first, &disk);
    let second = client(&server, disk);
    let note = second.local::<Note>("note");
    eventually("it is read", || note.title().get().unwrap() == "mine");
}

/// Whoever makes up an address must not get at what stays on the device.
#[test]
fn a_local_document_is_not_opened_as_a_shared_one() {
    let (server, disk) = (Server::start(), Disk::new(10));
    let first = client(&server, disk.clone());
    let local = first.local::<Note>("note");
    local.title().set("mine").unwrap();
    pollster::block_on(local.flush(Tier::Device)).unwrap();
    drop(local);
    end(first, &disk);
    let second = client(&server, disk);
    let shared = second.document::<Note>("\u{1}local/note");
    eventually("it is refused", || matches!(shared.status().get().unwrap().load, LoadState::Failed { .. }));
    shared.votes().increment(1).unwrap();
    assert_eq!(shared.title().get().unwrap(), "");
    let local = second.local::<Note>("note");
    eventually("it is read", || local.title().get().unwrap() == "mine");
    let other = second.document::<Note>("other");
    other.title().set("shared").unwrap();
    pollster::block_on(other.flush(Tier::Server)).unwrap();
    assert_eq!(server.backup().keys().map(|id| id.to_string()).collect::<Vec<_>>(), ["other"]);
}
