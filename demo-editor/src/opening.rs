//! How the program begins: with the store, and with what is to be shown as this device knows it. So the first thing that is
//! drawn is the document, not the frame that it is missing from.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use synckit_dioxus::connect_with;

use crate::model::{
    DocumentRef, DocumentStatusRef, Home, HomeRef, LoadState, Observable, Page, PageRef, SyncKit, document_id,
};
use crate::platform;

/// How long the frame is held back for a document that is slow to come from the device.
const PATIENCE: Duration = Duration::from_millis(400);

/// The documents that are open until the page has opened them itself.
type Held = Option<(HomeRef, Option<PageRef>)>;

/// A client, and the documents that are open before anything is on the screen.
#[derive(Clone)]
pub(crate) struct Opened {
    pub(crate) sync: SyncKit,
    pub(crate) held: Arc<Mutex<Held>>,
}

impl PartialEq for Opened {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.held, &other.held)
    }
}

/// What [`open`] comes to. Where a program can begin before there is anything to draw on, it has begun by now.
pub(crate) async fn opened() -> Result<Opened, String> {
    match platform::begun() {
        Some(opened) => opened.await,
        None => open().await,
    }
}

/// Opens the store and reads what the page is going to show.
pub(crate) async fn open() -> Result<Opened, String> {
    let storage = platform::storage().await.map_err(|error| error.to_string())?;
    let sync = connect_with(storage, platform::server()).await.map_err(|error| error.to_string())?;
    let home = sync.local::<Home>("home");
    let asked = platform::page_asked_for();
    // At once, so that the store is asked for both together.
    let page = asked.map(|page| sync.document::<Page>(&document_id(&page)));
    let read = async {
        loaded(home.status()).await;
        let last = || home.last().get().ok().filter(|last| !last.is_empty());
        let page = page.or_else(|| Some(sync.document::<Page>(&document_id(&last()?))));
        if let Some(page) = &page {
            loaded(page.status()).await;
        }
        page
    };
    let page = within(PATIENCE, read).await.flatten();
    Ok(Opened { held: Arc::new(Mutex::new(Some((home, page)))), sync })
}

impl Opened {
    /// Lets go of the documents.
    pub(crate) fn release(&self) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(held);
    }
}

/// Waits until a document has been read from this device, or could not be.
pub(crate) async fn loaded(status: DocumentStatusRef) {
    let waiting = Arc::new(Mutex::new(None::<Waker>));
    let told = waiting.clone();
    let _subscription = status.observe(move || {
        let waker = told.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    });
    poll_fn(|context| {
        // First the waker, then the look: what happens in between wakes.
        waiting.lock().unwrap_or_else(PoisonError::into_inner).replace(context.waker().clone());
        if status.get().is_ok_and(|status| status.load == LoadState::Loading) {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}

/// What comes of some work, or nothing when it takes too long.
pub(crate) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut end) = (pin!(work), pin!(platform::sleep(limit)));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => end.as_mut().poll(context).map(|()| None),
    })
    .await
}
