//! What the page says to the visitor: a spoken line for screen readers, a toast, an error with its remedy.

use std::fmt::Display;
use std::rc::Rc;
use std::time::Duration;

use dioxus::prelude::*;

use crate::icon::{Icon, Picture};
use crate::model::{Connection, Status, use_status};
use crate::platform;

/// How long a toast stays.
const TOAST: Duration = Duration::from_secs(6);

/// What takes back what a message tells of. Not a callback of a component: that may be what has just been removed.
pub(crate) type Undo = Rc<dyn Fn()>;

/// A short message with an optional way back.
#[derive(Clone)]
pub(crate) struct Toast {
    number: u32,
    text: String,
    undo: Option<Undo>,
}

/// The page's way to speak.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Notices {
    spoken: Signal<String>,
    toast: Signal<Option<Toast>>,
    error: Signal<Option<String>>,
    number: Signal<u32>,
}

impl Notices {
    /// A hook.
    pub(crate) fn provide() -> Self {
        use_context_provider(|| Self {
            spoken: Signal::default(),
            toast: Signal::default(),
            error: Signal::default(),
            number: Signal::default(),
        })
    }

    /// Tells a screen reader what happened.
    pub(crate) fn announce(mut self, text: impl Into<String>) {
        let mut text = text.into();
        // The same words twice would not be spoken again: a trailing space makes them new.
        if *self.spoken.peek() == text {
            text.push('\u{a0}');
        }
        self.spoken.set(text);
    }

    /// Shows a message for a while, with a button that takes it back.
    pub(crate) fn toast(mut self, text: impl Into<String>, undo: Option<Undo>) {
        let text = text.into();
        self.announce(text.clone());
        let number = self.number.peek().wrapping_add(1);
        self.number.set(number);
        self.toast.set(Some(Toast { number, text, undo }));
        dioxus::core::spawn_forever(async move {
            platform::sleep(TOAST).await;
            if self.toast.peek().as_ref().is_some_and(|toast| toast.number == number) {
                self.hide_toast();
            }
        });
    }

    pub(crate) fn hide_toast(mut self) {
        self.toast.set(None);
    }

    /// Shows the error of an operation that failed; nothing when it succeeded.
    pub(crate) fn check<T, E: Display>(self, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.fail(error);
                None
            }
        }
    }

    /// Shows an error until the visitor puts it away.
    pub(crate) fn fail(mut self, error: impl Display) {
        self.error.set(Some(error.to_string()));
    }
}

/// The toast and the spoken line. Both are always in the page: a live region that appears together with its text is
/// not read out.
#[component]
pub(crate) fn NoticeArea() -> Element {
    let mut notices = use_context::<Notices>();
    let status = use_status();
    // What is wrong with the whole client stays as long as it is wrong.
    let trouble = use_memo(move || trouble_of(&status.read()));
    let mut put_away = use_signal(|| None::<(&'static str, String)>);
    let shown = trouble().filter(|trouble| put_away.read().as_ref() != Some(trouble));
    rsx! {
        div { class: "visually-hidden", aria_live: "polite", {notices.spoken} }
        div { class: "notices",
            if let Some((title, text)) = shown {
                Banner { title, text, close: move |()| put_away.set(trouble()) }
            }
            if let Some(text) = notices.error.cloned() {
                Banner { title: "That did not work", text, close: move |()| notices.error.set(None) }
            }
            if let Some(toast) = notices.toast.cloned() {
                div { class: "toast", "data-testid": "toast",
                    span { class: "what", "{toast.text}" }
                    if let Some(undo) = toast.undo {
                        button {
                            class: "button",
                            r#type: "button",
                            onclick: move |_| {
                                notices.hide_toast();
                                undo();
                            },
                            "Undo"
                        }
                    }
                }
            }
        }
    }
}

/// What is wrong with the whole client: a title, the cause and the remedy.
fn trouble_of(status: &Status) -> Option<(&'static str, String)> {
    if let Some(error) = &status.error {
        return Some(("Something is in the way", error.clone()));
    }
    if let Connection::Refused { reason } | Connection::NeedsAuth { reason } = &status.connection {
        return Some(("The server does not let this program in", reason.clone()));
    }
    (!status.storage.is_persistent()).then(|| ("Nothing is kept on this device", status.storage.to_string()))
}

/// One error, with what can be done about it.
#[component]
pub(crate) fn Banner(
    /// What went wrong, in a few words.
    title: &'static str,
    /// The cause and the remedy.
    text: String,
    /// Lets the visitor put it away.
    close: Option<Callback<()>>,
) -> Element {
    rsx! {
        div { class: "banner", role: "alert",
            Icon { of: Picture::Warning }
            p {
                strong { "{title}" }
                span { "{text}" }
            }
            if let Some(close) = close {
                button { class: "icon-button", r#type: "button", aria_label: "Dismiss", onclick: move |_| close.call(()),
                    Icon { of: Picture::Close }
                }
            }
        }
    }
}
