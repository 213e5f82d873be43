//! The process is killed in the middle of a burst, again and again.

use std::time::Duration;

use futures_util::SinkExt;
use synckit::version::VersionVector;
use synckit::wire::Message;
use tokio_tungstenite::tungstenite;

use crate::client::Client;
use crate::running::{Folder, Process};
use crate::writer::{Writer, update};

const ROUNDS: u64 = 24;
const DOCUMENTS: u64 = 3;

/// What one client sent and what was acknowledged to it, over all its connections.
struct Author {
    document: String,
    writer: Writer,
    acknowledged: u64,
}

impl Author {
    /// Looks at what is stored.
    async fn begin(&mut self, client: &mut Client) {
        let known = client.subscribe(&self.document).await.version;
        let stored = known.get(self.writer.replica());
        assert!(
            stored >= self.acknowledged,
            "acknowledged {} but only {stored} are stored",
            self.acknowledged
        );
        // What was under way when the server died is lost with it: this author begins again behind what is stored.
        self.writer.rewind(stored);
    }

    /// Sends changes and reads acknowledgements until the connection breaks.
    async fn burst(mut self, mut client: Client) -> Self {
        loop {
            let change = self.writer.set("title", &format!("{} {}", self.document, self.writer.seq()));
            let update = std::sync::Arc::new(update([change]));
            let message = Message::Changes { document: self.document.as_str().into(), update };
            if client.socket.send(tungstenite::Message::Binary(message.encode().into())).await.is_err() {
                return self;
            }
            // Up to 64 under way.
            while self.writer.seq() - self.acknowledged > 64 {
                match client.try_receive().await {
                    Some(Message::Ack { version, .. }) => {
                        self.acknowledged = self.acknowledged.max(version.get(self.writer.replica()));
                    }
                    Some(Message::Changes { .. }) => {}
                    Some(other) => panic!("unexpected: {other:?}"),
                    None => return self,
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_dash_nine() {
    let folder = Folder::new();
    let mut authors: Vec<_> = (0..DOCUMENTS)
        .map(|number| Author {
            document: format!("list{number}"),
            writer: Writer::new(100 + number),
            acknowledged: 0,
        })
        .collect();
    for round in 0..ROUNDS {
        let process = Process::start(&folder.data(), &[]).await;
        let mut bursts = Vec::new();
        for mut author in authors.drain(..) {
            let mut client = Client::connect(process.address).await;
            author.begin(&mut client).await;
            bursts.push(tokio::spawn(author.burst(client)));
        }
        // Another moment each time, without a clock's help.
        tokio::time::sleep(Duration::from_millis(15 + round * 37 % 120)).await;
        process.kill().await;
        for burst in bursts {
            authors.push(burst.await.unwrap());
        }
    }
    let server = folder.start().await;
    let mut client = Client::connect(server.address).await;
    for author in &authors {
        let document = client.subscribe_from(&author.document, VersionVector::new()).await;
        let stored = document.version.get(author.writer.replica());
        assert!(author.acknowledged > ROUNDS, "only {} acknowledged", author.acknowledged);
        assert!(stored >= author.acknowledged, "{} of {} stored", stored, author.acknowledged);
        assert!(stored <= author.writer.seq());
        let covered: u64 = document.changes.iter().map(|change| change.len).sum();
        assert_eq!(covered, stored, "every change once");
    }
    server.stop().await;
}
