//! Whole clients with their loop, against a server in memory.

mod network;

use std::time::{Duration, Instant};

use network::{Disk, Server, client, eventually, offline_client};
use synckit::prelude::*;
use synckit::storage::MemoryStorage;
use synckit::{Connection, LoadState};

fn connected(client: &SyncKit) -> bool {
    client.status().get().unwrap().connection == Connection::Connected
}

fn pending(client: &SyncKit) -> usize {
    client.status().get().unwrap().pending
}

fn saved(client: &SyncKit) -> Tier {
    client.status().get().unwrap().saved
}

#[test]
fn a_write_reaches_the_other_client_and_is_acknowledged() {
    let server = Server::start();
    let (a, b) = (client(&server, Disk::new(10)), client(&server, MemoryStorage::default()));
    let (here, there) = (a.counter("votes"), b.counter("votes"));
    here.increment(3).unwrap();
    eventually("the vote arrives", || there.get().unwrap() == 3);
    eventually("it is acknowledged", || pending(&a) == 0 && saved(&a) == Tier::Server);
    there.increment(4).unwrap();
    eventually("the answer arrives", || here.get().unwrap() == 7);
}
