//! Text fields that several people write in at the same time.

use std::cell::RefCell;
use std::rc::Rc;

use dioxus::prelude::dioxus_core::queue_effect;
use dioxus::prelude::*;
use synckit::{FieldRef, Observable as _, TextRef, WriteError};
use synckit_editing::caret::Carets;
use synckit_editing::content::Content;
use synckit_editing::scripts::{CARETS, DIFFERENCE, PLAIN, inline};

use crate::editing::{Mount, Page, Session, element_id};

/// Typing within so many milliseconds is one step to undo, unless said otherwise.
const UNDO: u64 = 800;

/// A `textarea` that shows a text and writes it. What others write appears while somebody types, and caret and selection stay
/// where they are among the characters. Undo and redo take back one's own typing alone.
///
/// Attributes may be added as to any `textarea`. Another `text` rebinds it; when it goes away, everything that was typed has
/// been written.
///
/// - `carets`: shows where others are and tells them where this one is, see [`Carets`].
/// - `onerror`: told when something typed cannot be written; the field then shows what is in the text.
/// - `merge_undo_within`: typing within so many milliseconds is one step to undo, 800 unless given; this is set for the whole
///   document.
///
/// ```
/// # use dioxus::prelude::*;
/// use synckit_dioxus::{Caret, Carets, SyncTextarea, use_synckit, use_text};
///
/// #[component]
/// fn Note() -> Element {
///     let note = use_text("note-456");
///     let carets = Carets::new(use_synckit().presence::<Caret>("note-456"), "Ada");
///     rsx! { SyncTextarea { text: note, carets, rows: 8, placeholder: "Write something" } }
/// }
/// ```
#[component]
pub fn SyncTextarea(
    text: TextRef,
    carets: Option<Carets>,
    onerror: Option<Callback<WriteError>>,
    #[props(default = UNDO)] merge_undo_within: u64,
    #[props(extends = GlobalAttributes, extends = textarea)] attributes: Vec<Attribute>,
) -> Element {
    let content = Content::Text(text);
    let initial = use_hook(|| content.html());
    let name = use_field(content, carets, onerror, merge_undo_within);
    rsx! {
        textarea {
            "data-synckit-field": name,
            autocomplete: "off",
            dangerous_inner_html: initial,
            ..attributes,
        }
    }
}

/// An `input` of one line that shows a text, or a field that holds a string, and writes it.
///
/// With `text` several people can write in it at the same time, as in a [`SyncTextarea`]; line breaks are shown as spaces. With
/// `field` what was written last counts, as a whole. One of the two is given.
///
/// The other properties are those of [`SyncTextarea`]; carets are those of a `text`.
///
/// ```
/// # use dioxus::prelude::*;
/// # use synckit::prelude::*;
/// use synckit_dioxus::SyncInput;
///
/// #[component]
/// fn Title(title: FieldRef<String>, summary: TextRef) -> Element {
///     rsx! {
///         SyncInput { field: title, placeholder: "Title" }
///         SyncInput { text: summary, id: "summary" }
///     }
/// }
/// ```
#[component]
pub fn SyncInput(
    text: Option<TextRef>,
    field: Option<FieldRef<String>>,
    carets: Option<Carets>,
    onerror: Option<Callback<WriteError>>,
    #[props(default = UNDO)] merge_undo_within: u64,
    #[props(extends = GlobalAttributes, extends = input)] attributes: Vec<Attribute>,
) -> Element {
    let Some(content) = text.map(Content::Text).or(field.map(Content::Field)) else {
        return rsx! { input { r#type: "text", disabled: true, ..attributes } };
    };
    rsx! { BoundInput { content, carets, onerror, merge_undo_within, attributes } }
}

#[component]
fn BoundInput(
    content: Content,
    carets: Option<Carets>,
    onerror: Option<Callback<WriteError>>,
    merge_undo_within: u64,
    attributes: Vec<Attribute>,
) -> Element {
    let initial = use_hook(|| content.shown(true));
    let name = use_field(content, carets, onerror, merge_undo_within);
    rsx! {
        input {
            r#type: "text",
            "data-synckit-field": name,
            autocomplete: "off",
            initial_value: initial,
            ..attributes,
        }
    }
}

/// Binds the element with the attribute that is returned; none in the first rendering, which may be on a server. A hook.
fn use_field(
    content: Content,
    carets: Option<Carets>,
    onerror: Option<Callback<WriteError>>,
    merge_undo_within: u64,
) -> Option<String> {
    let name = use_name();
    let current = use_hook(|| Rc::new(RefCell::new(None::<Rc<Session>>)));
    let at_work = current.clone();
    let followed = use_hook(|| Rc::new(RefCell::new(None::<Carets>)));
    followed.replace(carets);
    let to_follow = followed.clone();
    use_effect(use_reactive((&content, &merge_undo_within), move |(content, merge_undo_within)| {
        let Some(name) = name() else { return };
        content.undo_manager().merge_within(merge_undo_within);
        let observed = content.clone();
        let next = Session::begin(Mount {
            binding: content.binding(),
            page: Page::bind(
                &format!("[data-synckit-field='{name}']"),
                &inline(&[DIFFERENCE, CARETS, PLAIN]),
                "bind",
                "{}",
            ),
            text: content.text().cloned(),
            observe: Box::new(move |changed| observed.observe(changed)),
            on_error: Box::new(move |error| {
                if let Some(onerror) = onerror {
                    onerror.call(error);
                }
            }),
            on_other: Box::new(|_, _| ()),
        });
        let before = at_work.replace(Some(next.clone()));
        if let Some(before) = before {
            before.release();
        }
        let carets = to_follow.borrow().clone();
        next.follow_carets(carets.as_ref());
    }));
    if let Some(session) = current.borrow().clone() {
        // After the rendering: telling others of a caret runs their callbacks.
        let carets = followed.borrow().clone();
        queue_effect(move || session.follow_carets(carets.as_ref()));
    }
    use_drop(move || {
        if let Some(session) = current.take() {
            session.release();
        }
    });
    name()
}

/// A name for an element, from the first effect on: a page that was rendered on a server knows none. A hook.
fn use_name() -> Signal<Option<String>> {
    let mut name = use_signal(|| None);
    use_effect(move || {
        if name.peek().is_none() {
            name.set(Some(element_id()));
        }
    });
    name
}
