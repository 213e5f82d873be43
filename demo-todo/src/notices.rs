//! What the page says to the visitor: a spoken line for screen readers, a toast, an error with its remedy.

use std::fmt::Display;
use std::time::Duration;

use leptos::prelude::*;

use crate::icon::{Icon, icon};
use crate::model::{Connection, Status, use_status};

/// How long a toast stays.
const TOAST: Duration = Duration::from_secs(6);

/// A short message with an optional way back.
#[derive(Clone)]
pub(crate) struct Toast {
    number: u32,
    text: String,
    undo: Option<Callback<()>>,
}

/// The page's way to speak.
#[derive(Clone, Copy)]
pub(crate) struct Notices {
    spoken: RwSignal<String>,
    toast: RwSignal<Option<Toast>>,
    error: RwSignal<Option<String>>,
    number: StoredValue<u32>,
}

impl Notices {
    pub(crate) fn provide() -> Self {
        let notices = Self {
            spoken: RwSignal::default(),
            toast: RwSignal::default(),
            error: RwSignal::default(),
            number: StoredValue::default(),
        };
        provide_context(notices);
        notices
    }

    /// Tells a screen reader what happened.
    pub(crate) fn announce(self, text: impl Into<String>) {
        let mut text = text.into();
        // The same words twice would not be spoken again: a trailing space makes them new.
        if self.spoken.with_untracked(|spoken| *spoken == text) {
            text.push('\u{a0}');
        }
        self.spoken.set(text);
    }

    /// Shows a message for a while, with a button that takes it back.
    pub(crate) fn toast(self, text: impl Into<String>, undo: Option<Callback<()>>) {
        let text = text.into();
        self.announce(text.clone());
        let number = self.number.get_value().wrapping_add(1);
        self.number.set_value(number);
        self.toast.set(Some(Toast { number, text, undo }));
        set_timeout(
            move || {
                if self
                    .toast
                    .with_untracked(|toast| toast.as_ref().is_some_and(|toast| toast.number == number))
                {
                    self.hide_toast();
                }
            },
            TOAST,
        );
    }

    pub(crate) fn hide_toast(self) {
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
    pub(crate) fn fail(self, error: impl Display) {
        self.error.set(Some(error.to_string()));
    }
}

/// The toast and the spoken line. Both are always in the page: a live region that appears together with its text is
/// not read out.
#[component]
pub(crate) fn NoticeArea() -> impl IntoView {
    let notices = expect_context::<Notices>();
    let status = use_status();
    // What is wrong with the whole client stays as long as it is wrong.
    let trouble = Memo::new(move |_| status.with(trouble_of));
    let put_away = RwSignal::new(None);
    view! {
        <div class="visually-hidden" aria-live="polite">{move || notices.spoken.get()}</div>
        <div class="notices">
            {move || trouble.get().filter(|trouble| put_away.get().as_ref() != Some(trouble)).map(|trouble| {
                let (title, text) = trouble.clone();
                let close = Callback::new(move |()| put_away.set(Some(trouble.clone())));
                view! { <Banner title text close/> }
            })}
            {move || notices.error.get().map(|text| view! {
                <Banner title="That did not work" text close=Callback::new(move |()| notices.error.set(None))/>
            })}
            {move || notices.toast.get().map(|toast| view! {
                <div class="toast">
                    <span class="what">{toast.text}</span>
                    {toast.undo.map(|undo| view! {
                        <button class="button" type="button" on:click=move |_| {
                            notices.hide_toast();
                            undo.run(());
                        }>"Undo"</button>
                    })}
                </div>
            })}
        </div>
    }
}

/// What is wrong with the whole client: a title, the cause and the remedy.
fn trouble_of(status: &Status) -> Option<(&'static str, String)> {
    if let Some(error) = &status.error {
        return Some(("Something is in the way", error.clone()));
    }
    if let Connection::Refused { reason } | Connection::NeedsAuth { reason } = &status.connection {
        return Some(("The server does not let this page in", reason.clone()));
    }
    (!status.storage.is_persistent()).then(|| ("Nothing is kept on this device", status.storage.to_string()))
}

/// One error, with what can be done about it.
#[component]
pub(crate) fn Banner(
    /// What went wrong, in a few words.
    title: &'static str,
    /// The cause and the remedy.
    #[prop(into)]
    text: String,
    /// Lets the visitor put it away.
    #[prop(optional)]
    close: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <div class="banner" role="alert">
            {icon(Icon::Warning)}
            <p><strong>{title}</strong><span>{text}</span></p>
            {close.map(|close| view! {
                <button class="icon-button" type="button" aria-label="Dismiss" on:click=move |_| close.run(())>
                    {icon(Icon::Close)}
                </button>
            })}
        </div>
    }
}
