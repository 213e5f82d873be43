//! The client of a device: the same calls, in a browser and elsewhere.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed assumption stops the test")]

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use synckit::prelude::*;
use synckit::{LoadState, Tier};
use synckit_dioxus::{ClientError, connect};

/// Nobody listens there.
const NO_SERVER: &str = "ws://127.0.0.1:9/v1/sync";

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Note {
    title: String,
}

/// Writes with one client of a name and reads with the next.
async fn what_is_written_is_there_for_the_next_client(store: &str) {
    let first = connect(store, NO_SERVER).await.unwrap();
    assert!(first.status().get().unwrap().storage.is_persistent());
    let note = first.document::<Note>("note");
    note.title().set("Milk").unwrap();
    note.flush(Tier::Device).await.unwrap();
    drop((note, first));
    let second = connect(store, NO_SERVER).await.unwrap();
    let note = second.document::<Note>("note");
    read_from_the_device(&note).await;
    assert_eq!(note.title().get().unwrap(), "Milk");
}

async fn read_from_the_device(note: &NoteRef) {
    let waiting = Arc::new(Mutex::new(None::<Waker>));
    let told = waiting.clone();
    let _subscription = note.status().observe(move || {
        if let Some(waker) = told.lock().unwrap().take() {
            waker.wake();
        }
    });
    poll_fn(|context| {
        waiting.lock().unwrap().replace(context.waker().clone());
        let loading = note.status().get().unwrap().load == LoadState::Loading;
        if loading { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
}

async fn what_is_no_address_is_refused(store: &str) {
    let Err(error) = connect(store, "example.org").await else { panic!("it is no address") };
    assert!(matches!(error, ClientError::Connect(_)), "{error:?}");
    assert!(error.to_string().contains("use ws://"), "{error}");
}

#[cfg(target_arch = "wasm32")]
mod in_a_browser {
    use synckit::Observable;
    use synckit_dioxus::{DeviceStorage, connect_with};
    use synckit_storage_web::Backend;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    async fn the_store_of_a_name_is_the_browsers() {
        super::what_is_written_is_there_for_the_next_client("dioxus-client").await;
        super::what_is_no_address_is_refused("dioxus-client").await;
    }

    #[wasm_bindgen_test]
    async fn another_store_can_be_chosen_and_the_status_tells() {
        let storage = DeviceStorage::builder("dioxus-chosen").backend(Backend::Memory).open().await;
        let sync = connect_with(storage, super::NO_SERVER).await.unwrap();
        assert!(!sync.status().get().unwrap().storage.is_persistent());
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod on_this_machine {
    use std::process::Command;

    use synckit::Tier;
    use synckit::prelude::*;
    use synckit_dioxus::{ClientError, DeviceStorage, connect, connect_with};
    use synckit_server::Server;
    use synckit_server::settings::Settings;

    use super::{NO_SERVER, Note};

    /// A process of its own looks for its data in another place than the user's.
    #[tokio::test]
    async fn the_store_of_a_name_is_a_file_where_the_system_has_data() {
        const PLACE: &str = "SYNCKIT_TEST_PLACE";
        if std::env::var_os(PLACE).is_some() {
            super::what_is_written_is_there_for_the_next_client("dioxus-client").await;
            super::what_is_no_address_is_refused("dioxus-client").await;
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "on_this_machine::the_store_of_a_name_is_a_file_where_the_system_has_data"]);
        for variable in ["HOME", "XDG_DATA_HOME", "LOCALAPPDATA", PLACE] {
            child.env(variable, folder.path());
        }
        let output = child.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        if cfg!(target_os = "linux") {
            assert!(folder.path().join("dioxus-client/synckit.sqlite").exists());
        }
    }

    #[tokio::test]
    async fn a_name_that_leaves_its_folder_is_refused() {
        let Err(error) = connect("../elsewhere", NO_SERVER).await else { panic!("it is no name") };
        assert!(matches!(error, ClientError::Store(_)), "{error:?}");
    }

    #[tokio::test]
    async fn what_is_written_reaches_the_server() {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::default();
        settings.listen = Some(([127, 0, 0, 1], 0).into());
        settings.data = Some(folder.path().join("server.sqlite"));
        let server = Server::bind(settings.resolve().unwrap()).await.unwrap();
        let url = format!("ws://{}/v1/sync", server.address());
        let serving = tokio::spawn(server.run(std::future::pending::<()>()));
        let storage = DeviceStorage::open_at(&folder.path().join("device.sqlite")).await.unwrap();
        let sync = connect_with(storage, url).await.unwrap();
        let note = sync.document::<Note>("note");
        note.title().set("Milk").unwrap();
        note.flush(Tier::Server).await.unwrap();
        serving.abort();
    }
}
