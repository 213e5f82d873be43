//! What the tests share: a page in a `VirtualDom`, which is rendered when it has work to do and shown to nobody.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "every test file uses a part of it; a failed assumption stops the test"
)]

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use dioxus::prelude::dioxus_core::NoOpMutations;
use dioxus::prelude::*;
use synckit::SyncKit;
use synckit_dioxus::use_synckit_provider;

/// A page whose content follows from a value.
pub(crate) struct Page<T: Clone + PartialEq + 'static> {
    pub(crate) dom: VirtualDom,
    value: Signal<T>,
}

#[derive(Clone)]
struct Start<T: 'static> {
    sync: SyncKit,
    value: T,
    render: fn(T) -> Element,
    /// Where the signal is put once it is made.
    signal: Rc<Cell<Option<Signal<T>>>>,
}

impl<T: Clone + PartialEq + 'static> Page<T> {
    pub(crate) fn new(sync: SyncKit, value: T, render: fn(T) -> Element) -> Self {
        let signal = Rc::new(Cell::new(None));
        let start = Start { sync, value, render, signal: signal.clone() };
        let mut dom = VirtualDom::new(root::<T>).with_root_context(start);
        dom.rebuild_in_place();
        Self { dom, value: signal.get().unwrap() }
    }

    /// Changes what the page is to show, from the outside.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut T)) {
        let mut value = self.value;
        self.dom.in_scope(ScopeId::ROOT, || change(&mut value.write()));
    }

    /// Runs everything that is scheduled.
    pub(crate) async fn turn(&mut self) {
        while self.has_work().await {
            self.dom.render_immediate(&mut NoOpMutations);
        }
    }

    /// Whether there is something to render, after all tasks have run that can.
    async fn has_work(&mut self) -> bool {
        let mut waiting = pin!(self.dom.wait_for_work());
        std::future::poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context).is_ready())).await
    }

    /// Sleeps until there is something to render, for a second at most.
    pub(crate) async fn woken(&mut self) {
        if tokio::time::timeout(Duration::from_secs(1), self.dom.wait_for_work()).await.is_ok() {
            self.dom.render_immediate(&mut NoOpMutations);
        }
        self.turn().await;
    }

    /// What it shows now, as HTML.
    pub(crate) fn html(&self) -> String {
        dioxus_ssr::render(&self.dom)
    }
}

fn root<T: Clone + PartialEq + 'static>() -> Element {
    let start = use_hook(consume_context::<Start<T>>);
    use_synckit_provider(|| start.sync.clone());
    let value = use_signal(|| start.value.clone());
    start.signal.set(Some(value));
    (start.render)(value())
}
