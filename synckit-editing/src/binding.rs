//! What one element of a page knows of one text.

mod source;

use std::collections::VecDeque;

use synckit::{Cursor, FieldRef, Side, TextRef, WriteError};

use crate::caret::Caret;
use crate::delta::{Delta, OutOfStep, Utf16Map};
use crate::message::{FromPage, PageCaret, ToPage};
use source::Source;

/// Carets that are shown at once.
const MAX_CARETS: usize = 64;
/// Characters of a name on a label.
const MAX_NAME: usize = 40;

/// Keeps one element of a page and one text the same.
///
/// The page shows every keystroke at once and tells of it afterwards. What others write is sent to it as patches, one at a
/// time; it refuses one that was made before an edit of its own arrived here, or while somebody composes a character. Nothing is
/// lost: the edit is transformed, and what was refused is sent anew on top of it.
///
/// It does no I/O: whoever holds it passes on what the page says to [`receive`](Self::receive), calls
/// [`changed`](Self::changed) when the text has changed, and sends what [`next_message`](Self::next_message) returns.
///
/// ```
/// use synckit::{Observable, SyncKit};
/// use synckit_editing::binding::Binding;
/// use synckit_editing::delta::Delta;
/// use synckit_editing::message::{FromPage, ToPage};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let note = SyncKit::in_memory(1).text("note");
/// note.push("Hello")?;
/// let mut binding = Binding::plain(note.clone());
/// let reset = ToPage::Reset { number: 1, seen: 0, delta: Delta::new().insert("Hello") };
/// assert_eq!(binding.next_message(), Some(reset));
/// binding.receive(FromPage::parse(r#"{"type":"edit","number":1,"applied":1,"delta":[5," you"]}"#)?);
/// assert_eq!(note.get()?, "Hello you");
///
/// note.insert(0, "» ")?; // somebody else
/// binding.changed();
/// let patch = ToPage::Patch { number: 2, seen: 1, delta: Delta::new().insert("» "), selection: None };
/// assert_eq!(binding.next_message(), Some(patch));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Binding {
    source: Source,
    /// What the page is known to show.
    page: Utf16Map,
    /// A patch that the page was sent; nobody knows yet whether it has applied it.
    in_flight: Option<Sent>,
    /// What leads from there to the text.
    pending: Delta,
    /// The number of the last patch sent.
    sent: u64,
    /// The number of the last edit received.
    edits: u64,
    /// Where the caret shall go with the next patch, in the text.
    goal: Option<usize>,
    selection: Option<(Cursor, Cursor)>,
    carets: Vec<(String, Caret)>,
    /// The carets that the page was told last; none when it may have dropped them.
    told: Option<Vec<PageCaret>>,
    outbox: VecDeque<ToPage>,
    error: Option<WriteError>,
}

#[derive(Debug)]
enum Sent {
    Reset,
    Patch(Delta),
}

/// Why an edit was not written.
enum Failed {
    /// It does not fit what the page is known to show.
    OutOfStep,
    Write(WriteError),
}

impl From<OutOfStep> for Failed {
    fn from(_: OutOfStep) -> Self {
        Self::OutOfStep
    }
}

impl From<WriteError> for Failed {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl Binding {
    /// Binds a text field: marks are not its concern, and what is typed takes those around it.
    pub fn plain(text: TextRef) -> Self {
        Self::new(Source::text(text, false))
    }

    /// Binds an editor that shows marks and says of all that it inserts how it is marked.
    pub fn rich(text: TextRef) -> Self {
        Self::new(Source::text(text, true))
    }

    /// Binds a text field to a field that is one value: of two people who write at the same time the last one wins.
    pub fn field(field: FieldRef<String>) -> Self {
        Self::new(Source::field(field))
    }

    fn new(source: Source) -> Self {
        let mut binding = Self {
            source,
            page: Utf16Map::default(),
            in_flight: None,
            pending: Delta::new(),
            sent: 0,
            edits: 0,
            goal: None,
            selection: None,
            carets: Vec::new(),
            told: Some(Vec::new()),
            outbox: VecDeque::new(),
            error: None,
        };
        binding.reset();
        binding
    }

    /// What is to be sent to the page, in order. Ask until there is nothing more.
    pub fn next_message(&mut self) -> Option<ToPage> {
        self.outbox.pop_front()
    }

    /// Where the selection of the page began and where it ends, if the element has it. Not of a [`field`](Self::field).
    pub fn selection(&self) -> Option<(Cursor, Cursor)> {
        self.selection
    }

    /// Why the last edit could not be written, if so, once. The page shows what is in the text then.
    pub fn take_error(&mut self) -> Option<WriteError> {
        self.error.take()
    }

    /// The text, or what it is bound to, may have changed. O(change).
    pub fn changed(&mut self) {
        self.pull();
        self.flush();
    }

    /// Shows these carets of others: each with what tells it from the others. Those that are in other texts are left out.
    pub fn set_carets(&mut self, carets: Vec<(String, Caret)>) {
        self.carets = carets;
        self.carets.truncate(MAX_CARETS);
        self.changed();
    }

    /// Takes in what the page says. O(message + change since the last one).
    pub fn receive(&mut self, message: FromPage) {
        match message {
            FromPage::Edit { number, applied, delta, selection } => {
                self.edit(number, applied, &delta);
                self.select(selection);
            }
            FromPage::Select { applied, selection } => {
                self.confirm(applied);
                self.pull();
                self.select(selection);
            }
            FromPage::Applied { number } => {
                self.confirm(number);
                if number < self.sent {
                    self.refused();
                }
                self.pull();
            }
            FromPage::Undo => self.undo(false),
            FromPage::Redo => self.undo(true),
            FromPage::Resync => self.reset(),
        }
        self.flush();
    }

    fn edit(&mut self, number: u64, applied: u64, delta: &Delta) {
        let follows = number == self.edits + 1;
        self.edits = number;
        self.confirm(applied);
        if !follows || applied > self.sent {
            return self.reset();
        }
        if matches!(self.in_flight, Some(Sent::Reset)) {
            // Made of something that nobody knows any more.
            return self.reset();
        }
        self.refused();
        self.forget_carets();
        let written = match self.source.clone_text() {
            Some(text) => text.update(|_| self.write(delta)),
            None => self.write(delta),
        };
        match written {
            Ok(()) => {}
            Err(Failed::OutOfStep) => self.reset(),
            Err(Failed::Write(error)) => {
                self.error = Some(error);
                self.show_anew(delta);
            }
        }
    }

    /// The page shows an edit that could not be written: it gets what is in the text.
    fn show_anew(&mut self, delta: &Delta) {
        let Ok(edit) = self.page.delta_to_scalars(delta) else { return self.reset() };
        self.page.apply(&edit);
        self.pending = Delta::new().delete(self.page.len()).compose(&self.read());
    }

    /// Brings an edit of the page together with what it did not know, and writes it.
    fn write(&mut self, delta: &Delta) -> Result<(), Failed> {
        self.pull();
        let edit = self.page.delta_to_scalars(delta)?;
        let edit = if self.source.is_rich() { edit } else { edit.plain() };
        // What is typed stands before what others have inserted at the same place: the caret stays where it is.
        let ours = self.pending.transform(&edit, false);
        self.source.write(&ours)?;
        self.page.apply(&edit);
        self.pending = edit.transform(&self.pending, true);
        if let Some(goal) = &mut self.goal {
            *goal = ours.transform_position(*goal, false);
        }
        let written = self.source.pull();
        if self.source.is_rich() {
            let differs = self.source.difference(&ours, &written);
            self.pending = self.pending.compose(&differs);
        }
        Ok(())
    }

    fn undo(&mut self, redo: bool) {
        self.pull();
        let undo = self.source.undo_manager();
        let done = if redo { undo.redo() } else { undo.undo() };
        let change = self.pull();
        if done && let Some(change) = change.last_change() {
            self.goal = Some(change);
        }
    }

    /// Takes in what happened to the text.
    fn pull(&mut self) -> Delta {
        let change = self.source.pull();
        if !change.is_empty() {
            self.pending = self.pending.compose(&change);
            self.goal = self.goal.map(|goal| change.transform_position(goal, false));
        }
        change
    }

    /// The page has applied this patch.
    fn confirm(&mut self, applied: u64) {
        if applied == self.sent
            && let Some(Sent::Patch(delta)) = self.in_flight.take()
        {
            self.page.apply(&delta);
        }
    }

    /// The page has dropped what is in flight, if anything is.
    fn refused(&mut self) {
        match self.in_flight.take() {
            Some(Sent::Patch(delta)) => {
                self.pending = delta.compose(&self.pending);
                self.forget_carets();
            }
            Some(Sent::Reset) => self.reset(),
            None => {}
        }
    }

    fn reset(&mut self) {
        let content = self.read();
        self.page = Utf16Map::default();
        self.page.apply(&content);
        self.pending = Delta::new();
        self.forget_carets();
        self.sent += 1;
        self.in_flight = Some(Sent::Reset);
        self.outbox.push_back(ToPage::Reset { number: self.sent, seen: self.edits, delta: content });
    }

    /// All of the text, while nobody writes to it.
    fn read(&mut self) -> Delta {
        match self.source.clone_text() {
            Some(text) => text.update(|_| Ok::<_, WriteError>(self.source.read())).unwrap_or_default(),
            None => self.source.read(),
        }
    }

    /// Sends what the page lacks, unless it has something under way.
    fn flush(&mut self) {
        let due = !self.pending.is_empty() || self.goal.is_some();
        if due && self.in_flight.is_none() {
            let delta = std::mem::take(&mut self.pending);
            let Ok(message) = self.page.delta_to_utf16(&delta) else { return self.reset() };
            self.in_flight = Some(Sent::Patch(delta));
            let goal = self.goal.take().map(|goal| self.text_map().to_utf16(goal));
            self.sent += 1;
            self.outbox.push_back(ToPage::Patch {
                number: self.sent,
                seen: self.edits,
                delta: message,
                selection: goal.map(|goal| (goal, goal)),
            });
        }
        if self.pending.is_empty() {
            self.send_carets();
        }
    }

    /// The text's places, while nothing is pending.
    fn text_map(&self) -> Utf16Map {
        let mut map = self.page.clone();
        if let Some(Sent::Patch(delta)) = &self.in_flight {
            map.apply(delta);
        }
        map
    }

    fn send_carets(&mut self) {
        let nobody = self.carets.is_empty() && self.told.as_ref().is_some_and(Vec::is_empty);
        let Some(text) = self.source.clone_text().filter(|_| !nobody) else { return };
        let (place, map) = (text.place(), self.text_map());
        let at = |cursor| text.position_of(cursor).map(|at| map.to_utf16(at.min(map.len())));
        let here = self.carets.iter().filter(|(_, caret)| caret.place == place);
        let carets = here.filter_map(|(id, caret)| {
            let is_color = |c: char| c.is_ascii_alphanumeric() || c == '#';
            Some(PageCaret {
                id: id.clone(),
                name: caret.name.chars().take(MAX_NAME).collect(),
                color: caret.color.chars().filter(|c| is_color(*c)).take(MAX_NAME).collect(),
                anchor: at(&caret.anchor)?,
                focus: at(&caret.focus)?,
            })
        });
        let carets: Vec<PageCaret> = carets.collect();
        if self.told.as_ref() != Some(&carets) {
            self.told = Some(carets.clone());
            self.outbox.push_back(ToPage::Carets { applied: self.sent, seen: self.edits, carets });
        }
    }

    /// The page may not have taken in the carets that it was told last.
    fn forget_carets(&mut self) {
        if self.told.as_ref().is_none_or(|told| !told.is_empty()) {
            self.told = None;
        }
    }

    /// Takes note of the selection of the page, in UTF-16 units of what it shows.
    fn select(&mut self, selection: Option<(usize, usize)>) {
        let Some(text) = self.source.clone_text() else { return };
        let place = |utf16: usize| {
            let mut at = self.page.to_scalars(utf16)?;
            if let Some(Sent::Patch(delta)) = &self.in_flight {
                at = delta.transform_position(at, true);
            }
            Some(self.pending.transform_position(at, true))
        };
        let places = selection.and_then(|(anchor, focus)| Some((place(anchor)?, place(focus)?)));
        self.selection = places.map(|(anchor, focus)| {
            // A selection does not take in what others insert at its ends.
            let side = |begins| if begins { Side::Before } else { Side::After };
            (text.cursor_at(anchor, side(anchor < focus)), text.cursor_at(focus, side(focus < anchor)))
        });
    }
}
