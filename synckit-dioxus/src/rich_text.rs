//! A rich text editor that several people write in at the same time.

use std::cell::RefCell;
use std::rc::Rc;

use dioxus::prelude::*;
use synckit::{IntoValue, Observable as _, TextRef, WriteError};
use synckit_editing::binding::Binding;
use synckit_editing::caret::Carets;
use synckit_editing::rich::{Command, Notice, Options, RichState};
use synckit_editing::scripts::RICH;

use crate::editing::{Mount, Page, Session, element_id};

/// Typing within so many milliseconds is one step to undo, unless said otherwise.
const UNDO: u64 = 800;

/// What a toolbar and a [`SyncRichText`] share: what is selected, and what shall be done with it. Cheap to copy. Made by
/// [`use_rich_text`].
///
/// Commands act on what is selected; one that comes while there is no editor does nothing.
#[derive(Clone, Copy, PartialEq)]
pub struct RichText {
    state: Signal<RichState>,
    /// The same, made once: each one made belongs to a component until that goes away.
    shown: ReadSignal<RichState>,
    session: CopyValue<Option<Rc<Session>>>,
}

/// A [`RichText`] for an editor below. A hook.
///
/// ```
/// # use dioxus::prelude::*;
/// use synckit_dioxus::{SyncRichText, use_rich_text, use_text};
///
/// #[component]
/// fn Note() -> Element {
///     let editor = use_rich_text();
///     let state = editor.state();
///     rsx! {
///         button {
///             aria_pressed: state.read().marks.iter().any(|mark| mark == "bold"),
///             onclick: move |_| editor.toggle("bold"),
///             "Bold"
///         }
///         SyncRichText { text: use_text("note-456"), editor, label: "Note" }
///     }
/// }
/// ```
pub fn use_rich_text() -> RichText {
    let state = use_signal(RichState::default);
    let (shown, session) = use_hook(|| (ReadSignal::from(state), CopyValue::new(None)));
    RichText { state, shown, session }
}

impl RichText {
    /// What is selected, for a toolbar.
    pub fn state(self) -> ReadSignal<RichState> {
        self.shown
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

    /// Selects from one place to another, in characters, and scrolls there.
    pub fn select(self, anchor: usize, focus: usize) {
        let Some(session) = self.session() else { return };
        let Some(text) = session.text() else { return };
        let place = |at: usize| text.utf16_at(at.min(text.len()));
        session.say(Command::Select(place(anchor), place(focus)).to_json());
    }

    /// Puts the caret where it was.
    pub fn focus(self) {
        self.command(&Command::Focus);
    }

    fn command(self, command: &Command) {
        if let Some(session) = self.session() {
            session.say(command.to_json());
        }
    }

    fn session(self) -> Option<Rc<Session>> {
        self.session.try_read().ok().and_then(|session| session.clone())
    }
}

impl std::fmt::Debug for RichText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RichText").finish_non_exhaustive()
    }
}

/// A rich text editor that shows a text with its marks and writes it. What others write appears while somebody types, and caret and
/// selection stay where they are among the characters. Undo and redo take back one's own changes alone.
///
/// Marks are `bold`, `italic`, `underline`, `strike`, `code` and `link`; a range with a mark `comment:<id>` is shown as commented.
/// A paragraph ends with a line break, and a mark `block` on that line break says what it is: `h1`, `h2`, `h3`, `bullet`, `ordered`,
/// `quote` or `code`. `docs/editing.md` tells keys and how it looks.
///
/// ```
/// # use dioxus::prelude::*;
/// use synckit_dioxus::{Caret, Carets, SyncRichText, use_synckit, use_text};
///
/// #[component]
/// fn Note(name: String) -> Element {
///     let carets = Carets::new(use_synckit().presence::<Caret>("note-456"), name);
///     rsx! { SyncRichText { text: use_text("note-456"), carets, label: "Note", placeholder: "Write something" } }
/// }
/// ```
#[component]
pub fn SyncRichText(
    /// The text.
    text: TextRef,
    /// What a toolbar shares with it.
    editor: Option<RichText>,
    /// Where others are, and where they are told that this one is.
    carets: Option<Carets>,
    /// What it is called, for those who hear the page instead of seeing it.
    #[props(into, default)]
    label: String,
    /// What is shown while it is empty.
    #[props(into, default)]
    placeholder: String,
    /// Whether it is only to be read.
    #[props(default)]
    readonly: bool,
    /// Told the ids of the comments at a range that somebody chose.
    oncomment: Option<Callback<Vec<String>>>,
    /// Told when somebody wants a link, with the address that what is selected has now.
    onlink: Option<Callback<Option<String>>>,
    /// Told when something typed cannot be written; the editor then shows what is in the text.
    onerror: Option<Callback<WriteError>>,
    /// Typing within so many milliseconds is one step to undo; this is set for the whole document.
    #[props(default = UNDO)]
    merge_undo_within: u64,
    /// Attributes of the element around it.
    #[props(extends = GlobalAttributes)]
    attributes: Vec<Attribute>,
) -> Element {
    let own = use_rich_text();
    let editor = editor.unwrap_or(own);
    // Another text is another editor.
    let shown = use_hook(|| Rc::new(RefCell::new((text.clone(), 0_u64))));
    let generation = {
        let mut shown = shown.borrow_mut();
        if shown.0 != text {
            *shown = (text.clone(), shown.1 + 1);
        }
        shown.1
    };
    let options = Options { label, placeholder, readonly, ..Options::default() };
    rsx! {
        for number in [generation] {
            RichPage {
                key: "{number}",
                text: text.clone(),
                editor,
                carets: carets.clone(),
                options: options.clone(),
                heard: Heard { comment: oncomment, link: onlink, error: onerror },
                merge_undo_within,
                attributes: attributes.clone(),
            }
        }
    }
}

/// Whom the page's messages concern.
#[derive(Clone, Copy, PartialEq)]
struct Heard {
    comment: Option<Callback<Vec<String>>>,
    link: Option<Callback<Option<String>>>,
    error: Option<Callback<WriteError>>,
}

/// The editor of one text.
#[component]
fn RichPage(
    text: TextRef,
    editor: RichText,
    carets: Option<Carets>,
    options: Options,
    heard: Heard,
    merge_undo_within: u64,
    attributes: Vec<Attribute>,
) -> Element {
    let id = use_hook(element_id);
    let mut begun = use_hook(|| CopyValue::new(None::<Rc<Session>>));
    let shown = use_hook(|| Rc::new(RefCell::new(options.clone())));
    if let Some(session) = begun.peek().clone() {
        // After the rendering: telling others of a caret runs their callbacks.
        let carets = carets.clone();
        let session_of_effect = session.clone();
        dioxus::core::queue_effect(move || session_of_effect.follow_carets(carets.as_ref()));
        if *shown.borrow() != options {
            session.say(options.to_message());
            *shown.borrow_mut() = options.clone();
        }
    }
    let mut begin = {
        let id = id.clone();
        move || {
            text.undo_manager().merge_within(merge_undo_within);
            let observed = text.clone();
            let session = Session::begin(Mount {
                binding: Binding::rich(text.clone()),
                page: Page::bind(&format!("#{id}"), RICH, "bindRich", &shown.borrow().to_json()),
                text: Some(text.clone()),
                observe: Box::new(move |changed| observed.observe(changed)),
                on_error: Box::new(move |error| {
                    if let Some(told) = heard.error {
                        told.call(error);
                    }
                }),
                on_other: Box::new(move |session, message| notice(session, message, editor, heard)),
            });
            session.follow_carets(carets.as_ref());
            begun.set(Some(session.clone()));
            let mut current = editor.session;
            current.set(Some(session));
        }
    };
    use_drop(move || {
        let session = begun.write().take();
        if let Some(session) = session {
            session.release();
            let mut current = editor.session;
            if let Ok(mut current) = current.try_write()
                && current.as_ref().is_some_and(|current| Rc::ptr_eq(current, &session))
            {
                *current = None;
            }
        }
    });
    rsx! {
        div { id, onmounted: move |_| begin(), ..attributes }
    }
}

fn notice(session: &Session, message: &str, editor: RichText, heard: Heard) {
    match Notice::parse(message) {
        Some(Notice::State(mut now)) => {
            (now.anchor, now.focus) = session.selection().unwrap_or_default();
            let mut state = editor.state;
            if state.try_peek().is_ok_and(|before| *before != now) {
                state.set(now);
            }
        }
        Some(Notice::Comment(ids)) => {
            if let Some(told) = heard.comment {
                told.call(ids);
            }
        }
        Some(Notice::Link(address)) => {
            if let Some(told) = heard.link {
                told.call(address);
            }
        }
        Some(Notice::TooLarge { size, limit }) => {
            if let Some(told) = heard.error {
                told.call(WriteError::TooLarge { what: "what was pasted", size, limit });
            }
        }
        _ => {}
    }
}
