//! What a text field can be bound to.

use synckit::{FieldRef, Observable, Subscription, TextRef, UndoManager};

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
        let content = match self {
            Self::Text(text) => text.get(),
            Self::Field(field) => field.get(),
        };
        let content = content.unwrap_or_default();
        if one_line { content.replace(['\r', '\n'], " ") } else { content.replace('\r', "\u{200b}") }
    }

    /// Calls back when it has changed.
    pub fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        match self {
            Self::Text(text) => text.observe(callback),
            Self::Field(field) => field.observe(callback),
        }
    }

    /// Undo and redo of the document that it is in.
    pub fn undo_manager(&self) -> UndoManager {
        match self {
            Self::Text(text) => text.undo_manager(),
            Self::Field(field) => field.undo_manager(),
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
