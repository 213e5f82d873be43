//! The messages between an element of the page and its text.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dioxus::document::{self, Eval};
use dioxus::prelude::dioxus_core::spawn_forever;
use dioxus::prelude::*;
use synckit::{Cursor, TextRef, WriteError};
use synckit_editing::binding::Binding;
use synckit_editing::caret::Carets;
use synckit_editing::message::FromPage;

/// Said to the page when it is to let go of its element, by the page when it has said everything, and in answer to that.
const RELEASE: &str = "release";
const RELEASED: &str = "released";
const END: &str = "end";

/// The page's side, after the scripts that define `bind`. An element that is bound already is released first: what was typed
/// goes to the text that it was typed into.
const CONNECT: &str = r#"
const find = () => document.querySelector('[data-synckit-field="NAME"]');
for (let tries = 0; !find() && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
const element = find();
if (element) {
  const fields = (window.synckitFields ??= new WeakMap());
  fields.get(element)?.release();
  const bound = bind(element, OPTIONS, (message) => dioxus.send(JSON.stringify(message)));
  fields.set(element, bound);
  for (;;) {
    const message = await dioxus.recv();
    if (message === "release") break;
    bound.receive(JSON.parse(message));
  }
  bound.release();
}
dioxus.send("released");
await dioxus.recv();
"#;

/// One binding at work. It outlives its component until the page has said everything.
pub(crate) struct Session {
    binding: RefCell<Binding>,
    eval: Eval,
    released: Cell<bool>,
    text: Option<TextRef>,
    carets: RefCell<Option<Carets>>,
    told: Cell<Option<(Cursor, Cursor)>>,
    on_error: Option<Callback<WriteError>>,
    /// What the binding does not know: messages between a page and its component.
    on_other: Box<dyn Fn(&str)>,
}

/// What a session is made of.
pub(crate) struct Start<'a> {
    pub(crate) binding: Binding,
    pub(crate) text: Option<TextRef>,
    /// The value of the element's attribute `data-synckit-field`.
    pub(crate) name: &'a str,
    /// The source of `bind`.
    pub(crate) script: String,
    /// What `bind` is given, as JSON.
    pub(crate) options: &'a str,
    pub(crate) on_error: Option<Callback<WriteError>>,
    pub(crate) on_other: Box<dyn Fn(&str)>,
}

impl Session {
    /// Begins; to be called in an effect.
    pub(crate) fn start(start: Start<'_>) -> Rc<Self> {
        let connect = CONNECT.replace("NAME", start.name).replace("OPTIONS", start.options);
        let eval = document::eval(&format!("{}{connect}", start.script));
        let session = Rc::new(Self {
            binding: RefCell::new(start.binding),
            eval,
            released: Cell::new(false),
            text: start.text,
            carets: RefCell::default(),
            told: Cell::default(),
            on_error: start.on_error,
            on_other: start.on_other,
        });
        session.work();
        // Not a task of the component: what is under way when that goes away is still taken in.
        spawn_forever({
            let (session, mut eval) = (session.clone(), eval);
            async move {
                while let Ok(message) = eval.recv::<String>().await {
                    if message == RELEASED {
                        let _ = eval.send(END);
                        break;
                    }
                    session.receive(&message);
                }
            }
        });
        session
    }

    /// Says something to the page.
    pub(crate) fn say(&self, json: &str) {
        // A page that is gone has nothing to show.
        let _ = self.eval.send(json);
    }

    /// The text has changed.
    pub(crate) fn changed(&self) {
        self.binding.borrow_mut().changed();
        self.work();
    }

    pub(crate) fn set_carets(&self, carets: Option<Carets>) {
        let others = carets.as_ref().map(Carets::others).unwrap_or_default();
        self.binding.borrow_mut().set_carets(others);
        let known = *self.carets.borrow() == carets;
        self.carets.replace(carets);
        self.work();
        if !known {
            self.tell_selection(true);
        }
    }

    /// Lets go of the element.
    pub(crate) fn release(&self) {
        if self.released.replace(true) {
            return;
        }
        self.say(RELEASE);
        if let Some(carets) = self.carets.take() {
            carets.tell(None, None);
        }
    }

    fn receive(&self, message: &str) {
        let Ok(read) = FromPage::parse(message) else {
            if !self.released.get() {
                (self.on_other)(message);
            }
            return;
        };
        self.binding.borrow_mut().receive(read);
        self.work();
    }

    fn work(&self) {
        loop {
            let message = self.binding.borrow_mut().next_message();
            match message {
                Some(message) => self.say(&message.to_json()),
                None => break,
            }
        }
        self.tell_selection(false);
        let error = self.binding.borrow_mut().take_error();
        if let (Some(error), Some(on_error), false) = (error, self.on_error, self.released.get()) {
            on_error.call(error);
        }
    }

    fn tell_selection(&self, anew: bool) {
        let selection = self.binding.borrow().selection();
        if self.told.replace(selection) == selection && !anew {
            return;
        }
        let carets = self.carets.borrow().clone();
        if let Some(carets) = carets {
            carets.tell(self.text.as_ref(), selection);
        }
    }
}
