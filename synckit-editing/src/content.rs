//! What a text field can be bound to.

use synckit::{FieldRef, Observable, ReadError, Subscription, TextRef, UndoManager};

use crate::binding::Binding;

/// A text that several people write in at the same time, or a field that is one value.
///
/// ```
/// use synckit::SyncKit;
/// use synckit_editing::content::Content;
///
/// let note = SyncKit::in_memory(1).text("note");
/// note.push("one\ntwo").unwrap();
/// assert_eq!(Content::from(note).shown(true), "one two");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A text.
    Text(TextRef),
    /// A field.
    Field(FieldRef<String>),
}

impl Content {
    /// Binds a text field of a page to it.
    pub fn binding(&self) -> Binding {
        match self {
            Self::Text(text) => Binding::plain(text.clone()),
            Self::Field(field) => Binding::field(field.clone()),
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&TextRef> {
        match self {
            Self::Text(text) => Some(text),
            Self::Field(_) => None,
        }
    }

    /// What a text field shows of it now, of one line or of several: what it cannot show is something else of the same length.
    pub fn shown(&self, one_line: bool) -> String {
        let content = self.get().unwrap_or_default();
        if one_line { content.replace(['\r', '\n'], " ") } else { content.replace('\r', "\u{200b}") }
    }

    /// What a text field of several lines shows of it now, as HTML between its tags.
    pub fn html(&self) -> String {
        let shown = self.shown(false);
        let mut html = String::with_capacity(shown.len());
        for character in shown.chars() {
            match character {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                other => html.push(other),
            }
        }
        html
    }

    /// Undo and redo of the document that it is in.
    pub fn undo_manager(&self) -> UndoManager {
        match self {
            Self::Text(text) => text.undo_manager(),
            Self::Field(field) => field.undo_manager(),
        }
    }
}

impl Observable for Content {
    type Value = String;

    fn get(&self) -> Result<String, ReadError> {
        match self {
            Self::Text(text) => text.get(),
            Self::Field(field) => field.get(),
        }
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        match self {
            Self::Text(text) => text.observe(callback),
            Self::Field(field) => field.observe(callback),
        }
    }
}

impl From<TextRef> for Content {
    fn from(text: TextRef) -> Self {
        Self::Text(text)
    }
}

impl From<FieldRef<String>> for Content {
    fn from(field: FieldRef<String>) -> Self {
        Self::Field(field)
    }
}
