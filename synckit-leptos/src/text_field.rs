//! Text fields that several people write in at the same time.
#![allow(unreachable_pub, reason = "what `#[component]` generates besides the component")]

use leptos::html::{Input, Textarea};
use leptos::prelude::*;
use synckit::{FieldRef, TextRef, WriteError};
use synckit_editing::caret::Carets;
use synckit_editing::content::Content;

/// Typing within so many milliseconds is one step to undo, unless said otherwise.
const UNDO: u64 = 800;

/// A `<textarea>` that shows a text and writes it. What others write appears while somebody types, and caret and selection stay
/// where they are among the characters. Undo and redo take back one's own typing alone.
///
/// Attributes, classes and styles may be added as to any element: `<SyncTextarea text attr:rows=8 attr:placeholder="Notes"/>`.
/// Another `text` rebinds it; when it goes away, everything that was typed has been written.
///
/// - `carets`: shows where others are and tells them where this one is, see [`Carets`].
/// - `on_error`: told when something typed cannot be written; the field then shows what is in the text.
/// - `merge_undo_within`: typing within so many milliseconds is one step to undo; this is set for the whole document.
///
/// ```
/// # use leptos::prelude::*;
/// use synckit_leptos::{Caret, Carets, SyncTextarea, use_synckit, use_text};
///
/// fn note() -> impl IntoView {
///     let note = use_text(|| "note-456".to_owned());
///     let carets = Carets::new(use_synckit().presence::<Caret>("note-456"), "Ada");
///     view! { <SyncTextarea text=note carets attr:placeholder="Write something"/> }
/// }
/// ```
#[component]
pub fn SyncTextarea(
    /// The text.
    #[prop(into)]
    text: Signal<TextRef>,
    /// Where others are.
    #[prop(optional, into)]
    carets: MaybeProp<Carets>,
    /// Told when something typed cannot be written.
    #[prop(optional, into)]
    on_error: Option<Callback<WriteError>>,
    /// Typing within so many milliseconds is one step to undo.
    #[prop(default = UNDO)]
    merge_undo_within: u64,
) -> impl IntoView {
    let content = Memo::new(move |_| Content::Text(text.get()));
    let element = NodeRef::<Textarea>::new();
    bind(element, content, carets, on_error, merge_undo_within);
    let mut initial = content.with_untracked(Content::html);
    if cfg!(feature = "ssr") && initial.starts_with('\n') {
        // A page that is loaded leaves out a line break at the beginning.
        initial.insert(0, '\n');
    }
    view! { <textarea node_ref=element autocomplete="off" inner_html=initial></textarea> }
}

/// An `<input>` of one line that shows a text, or a field that holds a string, and writes it.
///
/// With `text` several people can write in it at the same time, as in a [`SyncTextarea`]; line breaks are shown as spaces. With
/// `field` what was written last counts, as a whole. One of the two is given.
///
/// The other properties are those of [`SyncTextarea`]; carets are those of a `text`.
///
/// ```
/// # use leptos::prelude::*;
/// # use synckit::prelude::*;
/// use synckit_leptos::SyncInput;
///
/// fn title(title: FieldRef<String>, summary: TextRef) -> impl IntoView {
///     view! {
///         <SyncInput field=title attr:placeholder="Title"/>
///         <SyncInput text=summary attr:id="summary"/>
///     }
/// }
/// ```
#[component]
pub fn SyncInput(
    /// The text.
    #[prop(optional, into)]
    text: MaybeProp<TextRef>,
    /// The field, where there is no text.
    #[prop(optional, into)]
    field: MaybeProp<FieldRef<String>>,
    /// Where others are.
    #[prop(optional, into)]
    carets: MaybeProp<Carets>,
    /// Told when something typed cannot be written.
    #[prop(optional, into)]
    on_error: Option<Callback<WriteError>>,
    /// Typing within so many milliseconds is one step to undo.
    #[prop(default = UNDO)]
    merge_undo_within: u64,
) -> impl IntoView {
    let content =
        Memo::new(move |_| text.get().map(Content::Text).or_else(|| field.get().map(Content::Field)));
    let element = NodeRef::<Input>::new();
    bind(element, content, carets, on_error, merge_undo_within);
    let initial = content
        .with_untracked(|content| content.as_ref().map(|content| content.shown(true)).unwrap_or_default());
    view! { <input type="text" node_ref=element autocomplete="off" value=initial/> }
}

#[cfg(target_arch = "wasm32")]
fn bind<E, C>(
    element: NodeRef<E>,
    content: Memo<C>,
    carets: MaybeProp<Carets>,
    on_error: Option<Callback<WriteError>>,
    merge_undo_within: u64,
) where
    E: leptos::html::ElementType + 'static,
    E::Output: leptos::wasm_bindgen::JsCast + Clone + AsRef<leptos::wasm_bindgen::JsValue> + 'static,
    C: Into<Option<Content>> + Clone + Send + Sync + 'static,
{
    use crate::session::{Mount, mount};
    use synckit::Observable as _;
    use synckit_editing::modules::Field;

    Effect::new(move |_| {
        let (Some(element), Some(content)) = (element.get(), content.get().into()) else { return };
        let content: Content = content;
        content.undo_manager().merge_within(merge_undo_within);
        let observed = content.clone();
        mount(Mount {
            binding: content.binding(),
            text: content.text().cloned(),
            connect: Box::new(move |send| Field::plain(element.as_ref(), send)),
            observe: Box::new(move |changed| observed.observe(changed)),
            carets,
            on_error: Box::new(move |error| {
                if let Some(on_error) = on_error {
                    on_error.run(error);
                }
            }),
            on_other: Box::new(|_| ()),
        });
    });
}

/// Only a browser has elements.
#[cfg(not(target_arch = "wasm32"))]
fn bind<E, C>(
    _element: NodeRef<E>,
    _content: Memo<C>,
    _carets: MaybeProp<Carets>,
    _on_error: Option<Callback<WriteError>>,
    _merge_undo_within: u64,
) where
    E: leptos::html::ElementType + 'static,
    C: Into<Option<Content>> + Clone + Send + Sync + 'static,
{
}
