//! The messages between an element and its text.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use leptos::prelude::*;
use leptos::reactive::traits::{Notify, Track};
use synckit::{Cursor, Observable as _, Subscription, TextRef, WriteError};
use synckit_editing::binding::Binding;
use synckit_editing::caret::Carets;
use synckit_editing::message::FromPage;
use synckit_editing::modules::Field;

/// One binding at work. Nothing of it is borrowed while the page is called or user code runs.
pub(crate) struct Session {
    binding: RefCell<Binding>,
    field: RefCell<Option<Rc<Field>>>,
    inbox: RefCell<VecDeque<String>>,
    working: Cell<bool>,
    text: Option<TextRef>,
    carets: RefCell<Option<Carets>>,
    told: RefCell<Option<(Cursor, Cursor)>>,
    on_error: Box<dyn Fn(WriteError)>,
    /// What the binding does not know: messages between a page and its component.
    on_other: Box<dyn Fn(&str)>,
}

/// How a page is reached that says what it has to say to a closure.
pub(crate) type Connect = Box<dyn FnOnce(Box<dyn Fn(String)>) -> Field>;

/// Calls back when what is bound has changed.
pub(crate) type Observe = Box<dyn FnOnce(Box<dyn Fn() + Send + Sync>) -> Subscription>;

impl Session {
    fn new(
        binding: Binding,
        text: Option<TextRef>,
        on_error: Box<dyn Fn(WriteError)>,
        on_other: Box<dyn Fn(&str)>,
    ) -> Rc<Self> {
        Rc::new(Self {
            binding: RefCell::new(binding),
            field: RefCell::default(),
            inbox: RefCell::default(),
            working: Cell::new(false),
            text,
            carets: RefCell::default(),
            told: RefCell::default(),
            on_error,
            on_other,
        })
    }

    fn connect(self: &Rc<Self>, connect: Connect) {
        let session = Rc::downgrade(self);
        let field = connect(Box::new(move |message| {
            if let Some(session) = Weak::upgrade(&session) {
                session.inbox.borrow_mut().push_back(message);
                session.work();
            }
        }));
        *self.field.borrow_mut() = Some(Rc::new(field));
        self.work();
    }

    /// The page, while it is there.
    pub(crate) fn field(&self) -> Option<Rc<Field>> {
        self.field.borrow().clone()
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&TextRef> {
        self.text.as_ref()
    }

    /// Where the selection began and where it ends, in characters.
    pub(crate) fn selection(&self) -> Option<(usize, usize)> {
        let (anchor, focus) = self.binding.borrow().selection()?;
        let text = self.text.as_ref()?;
        Some((text.position_of(&anchor)?, text.position_of(&focus)?))
    }

    /// The text has changed.
    fn changed(&self) {
        self.binding.borrow_mut().changed();
        self.work();
    }

    fn set_carets(&self, carets: Option<Carets>) {
        let others = carets.as_ref().map(Carets::others).unwrap_or_default();
        self.binding.borrow_mut().set_carets(others);
        self.carets.replace(carets);
        self.work();
    }

    /// Takes in and sends what there is. The page answers while it is called: that is taken in afterwards.
    fn work(&self) {
        if self.working.replace(true) {
            return;
        }
        loop {
            let message = self.inbox.borrow_mut().pop_front();
            if let Some(message) = message {
                match FromPage::parse(&message) {
                    Ok(message) => self.binding.borrow_mut().receive(message),
                    Err(_) => (self.on_other)(&message),
                }
                continue;
            }
            let message = self.binding.borrow_mut().next_message();
            let Some(message) = message else { break };
            if let Some(field) = self.field() {
                field.receive(&message);
            }
        }
        self.working.set(false);
        self.tell_selection();
        let error = self.binding.borrow_mut().take_error();
        if let Some(error) = error {
            (self.on_error)(error);
        }
    }

    fn tell_selection(&self) {
        let selection = self.binding.borrow().selection();
        if self.told.replace(selection) == selection {
            return;
        }
        let carets = self.carets.borrow().clone();
        if let Some(carets) = carets {
            carets.tell(self.text.as_ref(), selection);
        }
    }

    fn release(&self) {
        // The page says what it has not said yet.
        let field = self.field.borrow_mut().take();
        drop(field);
        let wrote = self.told.take().is_some();
        if let Some(carets) = self.carets.take().filter(|_| wrote) {
            carets.tell(None, None);
        }
    }
}

/// Ends a session when what it was mounted in goes away, also when effects of it still wait to be dropped.
struct Mounted {
    session: Rc<Session>,
    _subscription: Subscription,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.session.release();
    }
}

/// What a session is made of.
pub(crate) struct Mount {
    pub(crate) binding: Binding,
    pub(crate) text: Option<TextRef>,
    pub(crate) connect: Connect,
    pub(crate) observe: Observe,
    pub(crate) carets: MaybeProp<Carets>,
    pub(crate) on_error: Box<dyn Fn(WriteError)>,
    pub(crate) on_other: Box<dyn Fn(&str)>,
}

/// Begins a session inside of an effect; it ends when that effect runs again or its component goes away.
pub(crate) fn mount(mount: Mount) -> Rc<Session> {
    let Mount { binding, text, connect, observe, carets, on_error, on_other } = mount;
    let session = Session::new(binding, text, on_error, on_other);
    let changed = ArcTrigger::new();
    let subscription = {
        let changed = changed.clone();
        observe(Box::new(move || changed.notify()))
    };
    StoredValue::new_local(Mounted { session: session.clone(), _subscription: subscription });
    session.connect(connect);
    Effect::new({
        let session = session.clone();
        move |_| {
            changed.track();
            if session.field().is_some() {
                session.changed();
            }
        }
    });
    Effect::new({
        let session = session.clone();
        move |_| follow_carets(&session, carets.get())
    });
    session
}

/// Shows the carets of others, as they move, until this runs again.
fn follow_carets(session: &Rc<Session>, carets: Option<Carets>) {
    if let Some(carets) = &carets {
        let moved = ArcTrigger::new();
        let subscription = {
            let moved = moved.clone();
            carets.observe(move || moved.notify())
        };
        StoredValue::new_local(subscription);
        carets.tell(session.text.as_ref(), *session.told.borrow());
        let (session, carets) = (session.clone(), carets.clone());
        Effect::new(move |_| {
            moved.track();
            if session.field().is_some() {
                session.set_carets(Some(carets.clone()));
            }
        });
    } else {
        session.set_carets(None);
    }
}
