//! A shared list for two terminals: whatever one adds or removes, the other sees; offline too, and later.
//!
//! ```sh
//! cargo run -p synckit-server                                                           # one terminal
//! cargo run -p synckit-storage-native --example two_terminals -- --name Ada             # another
//! cargo run -p synckit-storage-native --example two_terminals -- --name Ben             # and another
//! ```
//!
//! Stop the server, go on writing, leave, come back, start the server again: everything arrives.

// On `wasm32` there are no terminals.
#[cfg(not(target_arch = "wasm32"))]
mod terminal {
    use std::future::poll_fn;
    use std::path::PathBuf;
    use std::pin::Pin;
    use std::time::Duration;

    use futures_core::Stream;
    use synckit::prelude::*;
    use synckit::{Connection, Presence, ReadError};
    use synckit_storage_native::{Native, NativeStorage};
    use tokio::io::{AsyncBufReadExt as _, BufReader};

    /// A shared list in the terminal.
    #[derive(clap::Parser)]
    pub(crate) struct Arguments {
        /// What others see you as.
        #[arg(long)]
        name: String,
        /// The server.
        #[arg(long, default_value = "ws://127.0.0.1:8787/v1/sync")]
        url: String,
        /// The list: whoever names the same one shares it.
        #[arg(long, default_value = "two-terminals")]
        list: String,
        /// Where it is kept on this device. Two people at one machine may share a file or have one each.
        #[arg(long, default_value = "two-terminals.sqlite")]
        store: PathBuf,
    }

    #[derive(Document, Clone, Debug, Default, PartialEq)]
    struct Shopping {
        items: List<String>,
    }

    #[derive(FieldValue, Clone, Debug, Default, PartialEq)]
    struct Me {
        name: String,
    }

    pub(crate) async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
        let storage = NativeStorage::open_at(&arguments.store).await?;
        let client = SyncKit::builder(Native::new()?).url(&arguments.url).storage(storage);
        let sync = client.connect().await?;
        let shopping = sync.document::<Shopping>(&arguments.list);
        let presence = sync.presence::<Me>(&arguments.list);
        presence.set(Me { name: arguments.name });

        println!("Write a line to add it, -2 to remove the second one, ? to see the list, Ctrl-D to leave.");
        tokio::spawn(show_changes(sync.clone(), shopping.clone(), presence.clone()));
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        while let Some(line) = lines.next_line().await? {
            if let Err(error) = obey(&shopping, line.trim()) {
                println!("That did not work: {error}");
            }
        }
        presence.leave();
        // What is on the disk is sent the next time, if the server cannot be reached now.
        shopping.flush(Tier::Device).await?;
        let sent = tokio::time::timeout(Duration::from_secs(2), shopping.flush(Tier::Server)).await;
        println!(
            "{}",
            if matches!(sent, Ok(Ok(()))) { "Saved on the server." } else { "Saved on this device." }
        );
        Ok(())
    }

    fn obey(shopping: &ShoppingRef, line: &str) -> Result<(), Box<dyn std::error::Error>> {
        let items = shopping.items();
        match line.strip_prefix('-').map(str::parse::<usize>) {
            Some(number) => {
                let item = items.at(number?.wrapping_sub(1)).ok_or("there is no such line")?;
                items.remove(item.id())?;
            }
            None if line == "?" => show(shopping)?,
            None if line.is_empty() => {}
            None => drop(items.push(line.to_owned())?),
        }
        Ok(())
    }

    fn show(shopping: &ShoppingRef) -> Result<(), ReadError> {
        for (number, item) in (1..).zip(shopping.items().elements()) {
            println!("{number:>4}. {}", item.get()?);
        }
        Ok(())
    }

    /// Prints the list, the connection and who is here whenever one of them changes.
    async fn show_changes(sync: SyncKit, shopping: ShoppingRef, presence: Presence<Me>) {
        let (mut items, mut status, mut others) =
            (shopping.stream(), sync.status().stream(), presence.stream());
        let mut shown = String::new();
        loop {
            poll_fn(|context| {
                // All of them, so that each one wakes this task.
                let changed = [
                    Pin::new(&mut items).poll_next(context).is_ready(),
                    Pin::new(&mut status).poll_next(context).is_ready(),
                    Pin::new(&mut others).poll_next(context).is_ready(),
                ];
                if changed.contains(&true) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
            })
            .await;
            let (Ok(status), Ok(others)) = (sync.status().get(), presence.get()) else { continue };
            let connection = match status.connection {
                Connection::Connected => "connected".to_owned(),
                Connection::Offline { .. } => format!("offline, changes that wait: {}", status.pending),
                other => format!("{other:?}").to_lowercase(),
            };
            let names: Vec<_> = others.into_iter().map(|(_, other)| other.name).collect();
            let here = if names.is_empty() { "nobody else".to_owned() } else { names.join(", ") };
            let items = shopping.get().map(|shopping| format!("{:?}", shopping.items)).unwrap_or_default();
            let now = format!("[{connection}; {here} here] {items}");
            if now != shown {
                println!("[{connection}; here: {here}]");
                if show(&shopping).is_err() {
                    println!("      (written by another program)");
                }
                shown = now;
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    terminal::run(clap::Parser::parse()).await
}

#[cfg(target_arch = "wasm32")]
fn main() {}
