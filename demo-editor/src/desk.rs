//! One document on the screen: what its parts have to know of each other.

use dioxus::prelude::*;
use synckit::Expand;
use synckit_dioxus::{RichText, use_rich_text};

use crate::digest::{Digest, QUOTE};
use crate::history::Past;
use crate::model::{Comment, DocumentRef, ElementId, PageRef, WriteError};
use crate::rich::COMMENT;

/// What can stand beside the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    Outline,
    Comments,
    History,
}

/// A passage that somebody is about to comment on, in characters of the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) quote: String,
}

/// One document on the screen. A handle: cheap to copy, shared by everything on the page.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Desk {
    page: CopyValue<PageRef>,
    pub(crate) digest: Signal<Digest>,
    pub(crate) tab: Signal<Option<Tab>>,
    pub(crate) draft: Signal<Option<Draft>>,
    /// The comment that the visitor looks at, by its id.
    pub(crate) active: Signal<Option<String>>,
    /// The address that the selection links to, while somebody is asked for one.
    pub(crate) link: Signal<Option<Option<String>>>,
    /// The version that is looked at; none for the document as it is.
    pub(crate) past: Signal<Option<Past>>,
    pub(crate) editor: RichText,
}

impl Desk {
    /// A hook.
    pub(crate) fn provide(page: &PageRef, digest: Signal<Digest>) -> Self {
        let page = page.clone();
        let editor = use_rich_text();
        use_context_provider(|| Self {
            page: CopyValue::new(page),
            digest,
            tab: Signal::new(None),
            draft: Signal::new(None),
            active: Signal::new(None),
            link: Signal::new(None),
            past: Signal::new(None),
            editor,
        })
    }

    pub(crate) fn page(self) -> PageRef {
        self.page.cloned()
    }

    /// Opens the panel at a tab, or closes it.
    pub(crate) fn toggle(&mut self, tab: Tab) {
        let open = *self.tab.peek() == Some(tab);
        self.tab.set((!open).then_some(tab));
        // Without the slider there is no way to tell which version it is.
        self.past.set(None);
        self.link.set(None);
    }

    /// Back from the panel to the text.
    pub(crate) fn leave_panel(&mut self) {
        self.tab.set(None);
        self.focus_text();
    }

    pub(crate) fn focus_text(self) {
        self.editor.focus();
    }

    /// Selects a passage and brings it into view.
    pub(crate) fn show(self, start: usize, end: usize) {
        self.editor.select(start, end);
    }

    /// Asks for words about what is selected. Tells whether anything is.
    pub(crate) fn begin_comment(&mut self) -> bool {
        let (from, to) = {
            let state = self.editor.state();
            let state = state.peek();
            (state.anchor.min(state.focus), state.anchor.max(state.focus))
        };
        if from == to {
            return false;
        }
        let quote = self.page().body().slice(from..to.min(from + QUOTE)).replace('\n', " ");
        self.draft.set(Some(Draft { start: from, end: to, quote }));
        // One question at a time.
        self.link.set(None);
        self.tab.set(Some(Tab::Comments));
        true
    }

    /// Asks for the address of a link at the selection.
    pub(crate) fn ask_for_link(&mut self) {
        let now = self.editor.state().peek().link.clone();
        self.link.set(Some(now));
    }

    /// Shows the comments on a passage that was chosen in the text.
    pub(crate) fn show_comments(&mut self, ids: &[String]) {
        self.tab.set(Some(Tab::Comments));
        self.active.set(ids.first().cloned());
    }

    /// Adds a comment and marks what it is about, as one change. Returns the comment's id.
    pub(crate) fn comment_on(self, draft: &Draft, comment: Comment) -> Result<String, WriteError> {
        self.page().update(|page| {
            let id = page.comments().push(comment)?.id().to_string();
            // Others may have deleted some of it meanwhile.
            let end = draft.end.min(page.body().len());
            page.body().mark(draft.start.min(end)..end, &format!("{COMMENT}{id}"), true, Expand::None)?;
            Ok(id)
        })
    }

    /// Removes a comment and its mark, as one change.
    pub(crate) fn delete_comment(self, id: ElementId) -> Result<(), WriteError> {
        self.page().update(|page| {
            let body = page.body();
            page.comments().remove(id)?;
            body.unmark(0..body.len(), &format!("{COMMENT}{id}"))
        })
    }
}
