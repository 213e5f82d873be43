//! A rich text editor that several people write in at the same time.
#![allow(unreachable_pub, reason = "what `#[component]` generates besides the component")]

use leptos::html::Div;
use leptos::prelude::*;
use synckit::{IntoValue, TextRef, WriteError};
use synckit_editing::caret::Carets;
use synckit_editing::rich::{Command, Options, RichState};

#[cfg(target_arch = "wasm32")]
use crate::session::Session;

/// Typing within so many milliseconds is one step to undo, unless said otherwise.
const UNDO: u64 = 800;

/// What a toolbar and a [`SyncRichText`] share: what is selected, and what shall be done with it. Cheap to copy.
///
/// Commands act on what is selected; one that comes while there is no editor does nothing.
///
/// ```
/// # use leptos::prelude::*;
/// use synckit_leptos::{RichText, SyncRichText, use_text};
///
/// fn note() -> impl IntoView {
///     let note = use_text(|| "note-456".to_owned());
///     let editor = RichText::new();
///     let bold = move || editor.state().with(|state| state.marks.iter().any(|mark| mark == "bold"));
///     view! {
///         <button aria-pressed=move || bold().to_string() on:click=move |_| editor.toggle("bold")>"Bold"</button>
///         <SyncRichText text=note editor label="Note"/>
///     }
/// }
/// ```
#[derive(Clone, Copy)]
pub struct RichText {
    state: ReadSignal<RichState>,
    #[cfg(target_arch = "wasm32")]
    set_state: WriteSignal<RichState>,
    #[cfg(target_arch = "wasm32")]
    session: StoredValue<Option<std::rc::Rc<Session>>, LocalStorage>,
}

impl RichText {
    /// One for an editor of the component that makes it, or of one below.
    pub fn new() -> Self {
        // Both made once: each one made belongs to a component until that goes away.
        #[cfg_attr(
            not(target_arch = "wasm32"),
            allow(unused_variables, reason = "only a browser has an editor")
        )]
        let (state, set_state) = signal(RichState::default());
        Self {
            state,
            #[cfg(target_arch = "wasm32")]
            set_state,
            #[cfg(target_arch = "wasm32")]
            session: StoredValue::new_local(None),
        }
    }

    /// What is selected, for a toolbar.
    pub fn state(self) -> ReadSignal<RichState> {
        self.state
    }

    /// Sets `bold`, `italic`, `underline`, `strike` or `code`, or takes it away when all of the selection has it. With nothing
    /// selected, for what is typed next.
    pub fn toggle(self, mark: &str) {
        self.command(&Command::Toggle(mark.to_owned()));
    }

    /// Sets a mark with any key to a value; null takes it away.
    pub fn format(self, mark: &str, value: impl IntoValue) {
        self.command(&Command::Format(mark.to_owned(), value.into_value()));
    }

    /// Makes the selected blocks `h1`, `h2`, `h3`, `bullet`, `ordered`, `quote` or `code`. None makes them plain, and so does the
    /// kind that they are already.
    pub fn block(self, kind: Option<&str>) {
        self.command(&Command::Block(kind.map(str::to_owned)));
    }

    /// Makes a link of what is selected, to an address of http, https or mailto; any other is refused. None takes links away.
    pub fn link(self, address: Option<&str>) {
        self.command(&Command::Link(address.map(str::to_owned)));
    }

    /// Puts the caret where it was.
    pub fn focus(self) {
        self.command(&Command::Focus);
    }
}

impl Default for RichText {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for RichText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RichText").finish_non_exhaustive()
    }
}

#[cfg(target_arch = "wasm32")]
impl RichText {
    /// Selects from one place to another, in characters, and scrolls there.
    pub fn select(self, anchor: usize, focus: usize) {
        let Some(session) = self.session() else { return };
        let Some(text) = session.text() else { return };
        let place = |at: usize| text.utf16_at(at.min(text.len()));
        self.command(&Command::Select(place(anchor), place(focus)));
    }

    fn command(self, command: &Command) {
        if let Some(field) = self.session().and_then(|session| session.field()) {
            field.receive_json(&command.to_json());
        }
    }

    fn session(self) -> Option<std::rc::Rc<Session>> {
        self.session.try_get_value().flatten()
    }
}

/// Only a browser has an editor.
#[cfg(not(target_arch = "wasm32"))]
impl RichText {
    /// Selects from one place to another, in characters, and scrolls there.
    pub fn select(self, _anchor: usize, _focus: usize) {}

    fn command(self, _command: &Command) {}
}

/// A rich text editor that shows a text with its marks and writes it. What others write appears while somebody types, and caret and
/// selection stay where they are among the characters. Undo and redo take back one's own changes alone.
///
/// Marks are `bold`, `italic`, `underline`, `strike`, `code` and `link`; a range with a mark `comment:<id>` is shown as commented.
/// A paragraph ends with a line break, and a mark `block` on that line break says what it is: `h1`, `h2`, `h3`, `bullet`, `ordered`,
/// `quote` or `code`. `docs/editing.md` tells keys and how it looks.
///
/// Another `text` makes another editor. Attributes, classes and styles are those of the element around it.
///
/// ```
/// # use leptos::prelude::*;
/// use synckit_leptos::{Caret, Carets, SyncRichText, use_synckit, use_text};
///
/// fn note() -> impl IntoView {
///     let note = use_text(|| "note-456".to_owned());
///     let carets = Carets::new(use_synckit().presence::<Caret>("note-456"), "Ada");
///     view! { <SyncRichText text=note carets label="Note" placeholder="Write something" attr:class="note"/> }
/// }
/// ```
#[component]
pub fn SyncRichText(
    /// The text.
    #[prop(into)]
    text: Signal<TextRef>,
    /// What a toolbar shares with it.
    #[prop(optional)]
    editor: Option<RichText>,
    /// Where others are, and where they are told that this one is.
    #[prop(optional, into)]
    carets: MaybeProp<Carets>,
    /// What it is called, for those who hear the page instead of seeing it.
    #[prop(optional, into)]
    label: MaybeProp<String>,
    /// What is shown while it is empty.
    #[prop(optional, into)]
    placeholder: MaybeProp<String>,
    /// Whether it is only to be read.
    #[prop(optional, into)]
    readonly: Signal<bool>,
    /// Told the ids of the comments at a range that somebody chose.
    #[prop(optional, into)]
    on_comment: Option<Callback<Vec<String>>>,
    /// Told when somebody wants a link, with the address that what is selected has now.
    #[prop(optional, into)]
    on_link: Option<Callback<Option<String>>>,
    /// Told when something typed cannot be written; the editor then shows what is in the text.
    #[prop(optional, into)]
    on_error: Option<Callback<WriteError>>,
    /// Typing within so many milliseconds is one step to undo; this is set for the whole document.
    #[prop(default = UNDO)]
    merge_undo_within: u64,
) -> impl IntoView {
    let editor = editor.unwrap_or_default();
    let element = NodeRef::<Div>::new();
    let options = Memo::new(move |_| Options {
        label: label.get().unwrap_or_default(),
        placeholder: placeholder.get().unwrap_or_default(),
        readonly: readonly.get(),
        ..Options::default()
    });
    bind(Editor { element, text, editor, carets, options, on_comment, on_link, on_error, merge_undo_within });
    view! { <div node_ref=element></div> }
}

/// An editor to be.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only a browser has elements"))]
struct Editor {
    element: NodeRef<Div>,
    text: Signal<TextRef>,
    editor: RichText,
    carets: MaybeProp<Carets>,
    options: Memo<Options>,
    on_comment: Option<Callback<Vec<String>>>,
    on_link: Option<Callback<Option<String>>>,
    on_error: Option<Callback<WriteError>>,
    merge_undo_within: u64,
}

#[cfg(not(target_arch = "wasm32"))]
fn bind(_editor: Editor) {}

#[cfg(target_arch = "wasm32")]
fn bind(editor: Editor) {
    use synckit::Observable;
    use synckit_editing::binding::Binding;
    use synckit_editing::modules::Field;

    use crate::session::{Mount, mount};

    let Editor { element, text, editor: handle, carets, options, on_comment, on_link, on_error, .. } = editor;
    let heard = Heard { handle, on_comment, on_link, on_error };
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let text = text.get();
        text.undo_manager().merge_within(editor.merge_undo_within);
        let observed = text.clone();
        let session = mount(Mount {
            binding: Binding::rich(text.clone()),
            text: Some(text),
            connect: Box::new(move |send| {
                Field::rich(element.as_ref(), &options.get_untracked().to_json(), send)
            }),
            observe: Box::new(move |changed| observed.observe(changed)),
            carets,
            on_error: Box::new(move |error| {
                if let Some(told) = on_error {
                    told.run(error);
                }
            }),
            on_other: Box::new(move |message| heard.notice(message)),
        });
        handle.session.set_value(Some(session.clone()));
        // Keeping it for a moment after its element is gone does no harm: it has no page any more.
        Effect::new(move |before: Option<Options>| {
            let now = options.get();
            if before.is_some_and(|before| before != now)
                && let Some(field) = session.field()
            {
                field.receive_json(&now.to_message());
            }
            now
        });
    });
}

/// Whom the page's messages concern.
#[cfg(target_arch = "wasm32")]
#[derive(Clone, Copy)]
struct Heard {
    handle: RichText,
    on_comment: Option<Callback<Vec<String>>>,
    on_link: Option<Callback<Option<String>>>,
    on_error: Option<Callback<WriteError>>,
}

#[cfg(target_arch = "wasm32")]
impl Heard {
    fn notice(self, message: &str) {
        use synckit_editing::rich::Notice;

        match Notice::parse(message) {
            Some(Notice::State(mut now)) => {
                let selection = self.handle.session().and_then(|session| session.selection());
                (now.anchor, now.focus) = selection.unwrap_or_default();
                if self.handle.state.try_with_untracked(|before| *before != now) == Some(true) {
                    self.handle.set_state.set(now);
                }
            }
            Some(Notice::Comment(ids)) => {
                if let Some(told) = self.on_comment {
                    told.run(ids);
                }
            }
            Some(Notice::Link(address)) => {
                if let Some(told) = self.on_link {
                    told.run(address);
                }
            }
            Some(Notice::TooLarge { size, limit }) => {
                if let Some(told) = self.on_error {
                    told.run(WriteError::TooLarge { what: "what was pasted", size, limit });
                }
            }
            _ => {}
        }
    }
}
