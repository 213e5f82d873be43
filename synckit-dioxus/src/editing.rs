//! An element of the page that is bound to a text. The page's side is evaluated as a script, in a browser and on the desktop alike.

mod changes;
mod page;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use dioxus::prelude::dioxus_core::{Task, spawn_forever};
use dioxus::prelude::*;
use synckit::{Cursor, Observable as _, Subscription, TextRef, WriteError};
use synckit_editing::binding::Binding;
use synckit_editing::caret::Carets;
use synckit_editing::message::FromPage;

use changes::Changes;
pub(crate) use page::{Page, element_id};

/// One binding at work. Nothing of it is borrowed while user code runs.
pub(crate) struct Session {
    binding: RefCell<Binding>,
    page: Page,
    text: Option<TextRef>,
    carets: RefCell<Option<Followed>>,
    changes: Arc<Changes>,
    told: Cell<Option<(Cursor, Cursor)>>,
    on_error: Box<dyn Fn(WriteError)>,
    /// What the binding does not know: messages between a page and its component.
    on_other: OnOther,
    /// While its component is there: what wakes it when the text has changed, and what does then.
    alive: RefCell<Option<(Subscription, Task)>>,
}

type OnOther = Box<dyn Fn(&Session, &str)>;
type Observe = Box<dyn FnOnce(Box<dyn Fn() + Send + Sync>) -> Subscription>;

struct Followed {
    carets: Carets,
    _subscription: Subscription,
}

/// What a session is made of.
pub(crate) struct Mount {
    pub(crate) binding: Binding,
    pub(crate) page: Page,
    pub(crate) text: Option<TextRef>,
    pub(crate) observe: Observe,
    pub(crate) on_error: Box<dyn Fn(WriteError)>,
    pub(crate) on_other: OnOther,
}

impl Session {
    /// Begins a session. It ends when whoever began it calls [`release`](Self::release) and the page has said everything then.
    pub(crate) fn begin(mount: Mount) -> Rc<Self> {
        let Mount { binding, page, text, observe, on_error, on_other } = mount;
        let changes = Arc::new(Changes::default());
        let subscription = {
            let changes = changes.clone();
            observe(Box::new(move || changes.tell_text()))
        };
        let session = Rc::new(Self {
            binding: RefCell::new(binding),
            page,
            text,
            carets: RefCell::default(),
            changes: changes.clone(),
            told: Cell::default(),
            on_error,
            on_other,
            alive: RefCell::default(),
        });
        session.work();
        // Not a task of the component: what is under way when that goes away is still taken in.
        spawn_forever({
            let session = session.clone();
            async move {
                while let Some(message) = session.page.hear().await {
                    session.heard(&message);
                }
            }
        });
        let waking = spawn({
            let session = session.clone();
            async move {
                loop {
                    let (text, carets) = changes.next().await;
                    if carets {
                        session.show_carets();
                    }
                    if text {
                        session.binding.borrow_mut().changed();
                    }
                    session.work();
                }
            }
        });
        session.alive.replace(Some((subscription, waking)));
        session
    }

    fn is_alive(&self) -> bool {
        self.alive.borrow().is_some()
    }

    fn heard(&self, message: &str) {
        match FromPage::parse(message) {
            Ok(message) => self.binding.borrow_mut().receive(message),
            Err(_) if self.is_alive() => (self.on_other)(self, message),
            Err(_) => {}
        }
        self.work();
    }

    /// Sends what there is to send.
    fn work(&self) {
        loop {
            let message = self.binding.borrow_mut().next_message();
            let Some(message) = message else { break };
            self.page.say(message.to_json());
        }
        self.tell_selection();
        let error = self.binding.borrow_mut().take_error();
        if let Some(error) = error.filter(|_| self.is_alive()) {
            (self.on_error)(error);
        }
    }

    /// Says something to the page that is no business of the binding.
    pub(crate) fn say(&self, message: String) {
        self.page.say(message);
    }

    pub(crate) fn text(&self) -> Option<&TextRef> {
        self.text.as_ref()
    }

    /// Where the selection began and where it ends, in characters.
    pub(crate) fn selection(&self) -> Option<(usize, usize)> {
        let (anchor, focus) = self.binding.borrow().selection()?;
        let text = self.text.as_ref()?;
        Some((text.position_of(&anchor)?, text.position_of(&focus)?))
    }

    /// Shows the carets of others and tells them of this one, from now on.
    pub(crate) fn follow_carets(&self, carets: Option<&Carets>) {
        if self.carets.borrow().as_ref().map(|followed| &followed.carets) == carets {
            return;
        }
        let next = carets.map(|carets| {
            let changes = self.changes.clone();
            let subscription = carets.observe(move || changes.tell_carets());
            Followed { carets: carets.clone(), _subscription: subscription }
        });
        let before = self.carets.replace(next);
        drop(before);
        if let Some(carets) = carets {
            carets.tell(self.text.as_ref(), self.told.get());
        }
        self.show_carets();
        self.work();
    }

    fn followed(&self) -> Option<Carets> {
        self.carets.borrow().as_ref().map(|followed| followed.carets.clone())
    }

    fn show_carets(&self) {
        let others = self.followed().map(|carets| carets.others()).unwrap_or_default();
        self.binding.borrow_mut().set_carets(others);
    }

    fn tell_selection(&self) {
        let selection = self.binding.borrow().selection();
        if self.told.replace(selection) == selection {
            return;
        }
        if let Some(carets) = self.followed() {
            carets.tell(self.text.as_ref(), selection);
        }
    }

    /// The element goes away, or is bound to something else.
    pub(crate) fn release(&self) {
        let Some((subscription, waking)) = self.alive.take() else { return };
        drop(subscription);
        waking.cancel();
        self.page.close();
        let wrote = self.told.take().is_some();
        let followed = self.carets.take();
        if let Some(followed) = followed.filter(|_| wrote) {
            followed.carets.tell(None, None);
        }
    }
}
