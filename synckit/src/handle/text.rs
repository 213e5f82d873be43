//! Text that several people write at the same time.

use std::ops::{Deref, Range};
use std::sync::Arc;

use super::cursor::Cursor;
use super::error::ReadError;
use super::node::Node;
use super::observable::Observable;
use super::schema::Schema;
use super::undo::UndoManager;
use crate::client::Subscription;
use crate::crdt::marks::{Anchor, Expand, Side};
use crate::crdt::text::TextState;
use crate::document::WriteError;
use crate::document::text::check_insertion;
use crate::value::{IntoValue, Value};

/// A text. Positions count Unicode scalar values; [`utf16_at`](Self::utf16_at) and [`at_utf16`](Self::at_utf16) convert
/// from and to what browsers count.
///
/// ```
/// use synckit::{Expand, Observable, SyncKit};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let note = SyncKit::in_memory(1).text("note-456");
/// note.insert(0, "Hello world")?;
/// let caret = note.cursor_at(5, synckit::Side::After);
/// note.mark(0..5, "bold", true, Expand::After)?;
/// note.insert(0, "» ")?;
/// assert_eq!(note.get()?, "» Hello world");
/// assert_eq!(note.position_of(&caret), Some(7));
/// assert_eq!(note.spans()[1].text, "Hello");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TextRef {
    pub(super) node: Node,
}

/// A stretch of text with the same marks.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TextSpan {
    /// The characters.
    pub text: String,
    /// Keys and values of the marks on all of them, ascending by key.
    pub marks: Vec<(Arc<str>, Value)>,
}

impl TextRef {
    pub(super) fn new(node: Node) -> Self {
        Self { node }
    }

    /// Inserts `text` of at most 1 MiB so that it begins at position `at`. O(log n), typing O(1).
    ///
    /// # Errors
    /// [`WriteError::OutOfBounds`] past the end, [`WriteError::TooLarge`], [`WriteError::Exhausted`] when this replica has
    /// written 2^32 characters.
    pub fn insert(&self, at: usize, text: &str) -> Result<(), WriteError> {
        self.node.cell.write(|transaction| transaction.text_insert(&self.node.id, at, text).map(drop))
    }

    /// Appends `text`.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    pub fn push(&self, text: &str) -> Result<(), WriteError> {
        self.node.cell.write(|transaction| {
            let len = transaction.state.text(&self.node.id).map_or(0, |text| text.sequence().len());
            transaction.text_insert(&self.node.id, len, text).map(drop)
        })
    }

    /// Deletes the characters in `range`. O(log n) for each stretch that was typed in one go.
    ///
    /// # Errors
    /// [`WriteError::OutOfBounds`] past the end.
    pub fn delete(&self, range: Range<usize>) -> Result<(), WriteError> {
        self.node.cell.write(|transaction| transaction.text_delete(&self.node.id, range))
    }

    /// Replaces the characters in `range`, as one transaction.
    ///
    /// # Errors
    /// As [`insert`](Self::insert) and [`delete`](Self::delete); nothing has changed then.
    pub fn replace(&self, range: Range<usize>, text: &str) -> Result<(), WriteError> {
        self.node.cell.write(|transaction| {
            let at = range.start;
            check_insertion(text)?;
            transaction.text_delete(&self.node.id, range)?;
            transaction.text_insert(&self.node.id, at, text).map(drop)
        })
    }

    /// Brings the text to this content by replacing what lies between a common front and a common end.
    ///
    /// # Errors
    /// As [`replace`](Self::replace).
    pub fn set(&self, text: &str) -> Result<(), WriteError> {
        let now = self.get().unwrap_or_default();
        let same = |pair: &(char, char)| pair.0 == pair.1;
        let front = now.chars().zip(text.chars()).take_while(same).count();
        let (old, new) = (now.chars().count(), text.chars().count());
        let back =
            now.chars().rev().zip(text.chars().rev()).take(old.min(new) - front).take_while(same).count();
        let middle: String = text.chars().skip(front).take(new - front - back).collect();
        if old == new && middle.is_empty() {
            return Ok(());
        }
        self.replace(front..old - back, &middle)
    }

    /// Runs several writes as one transaction: one change, one notification, one undo step. Nobody else writes meanwhile.
    /// When it fails, what was written is taken back.
    ///
    /// # Errors
    /// Whatever `make` returns.
    pub fn update<R, E>(&self, make: impl FnOnce(&Self) -> Result<R, E>) -> Result<R, E> {
        self.node.cell.update(|| make(self))
    }

    /// Undo and redo of this program's own writes to the document that the text lies in.
    pub fn undo_manager(&self) -> UndoManager {
        UndoManager::new(self.node.cell.clone())
    }

    /// A name that tells it from the other texts of its document, the same for everybody.
    pub fn place(&self) -> String {
        self.node.id.name()
    }

    /// Gives a key a value over `range`: `"bold"` and `true`, `"link"` and an address, `"comment:<id>"` and anything.
    /// `expand` says whether characters typed at the ends take part.
    ///
    /// # Errors
    /// [`WriteError::OutOfBounds`] past the end, [`WriteError::TooLarge`] for a key over 1 KiB or a value over 1 MiB.
    pub fn mark(
        &self,
        range: Range<usize>,
        key: &str,
        value: impl IntoValue,
        expand: Expand,
    ) -> Result<(), WriteError> {
        self.put_mark(range, key, Some(value.into_value()), expand)
    }

    /// Takes a key away from `range`, and only there.
    ///
    /// # Errors
    /// As [`mark`](Self::mark).
    pub fn unmark(&self, range: Range<usize>, key: &str) -> Result<(), WriteError> {
        self.unmark_as(range, key, Expand::None)
    }

    /// Takes a key away from `range`; `expand` says whether characters typed at the ends go without it too, as when
    /// somebody switches bold off and types on.
    ///
    /// # Errors
    /// As [`mark`](Self::mark).
    pub fn unmark_as(&self, range: Range<usize>, key: &str, expand: Expand) -> Result<(), WriteError> {
        self.put_mark(range, key, None, expand)
    }

    fn put_mark(
        &self,
        range: Range<usize>,
        key: &str,
        value: Option<Value>,
        expand: Expand,
    ) -> Result<(), WriteError> {
        let key = Arc::from(key);
        self.node
            .cell
            .write(|transaction| transaction.text_mark(&self.node.id, range, &key, value, expand).map(drop))
    }

    /// How many characters there are. O(1).
    pub fn len(&self) -> usize {
        self.look(|text| text.sequence().len()).unwrap_or(0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a range; what is past the end is left out. O(log n + length).
    pub fn slice(&self, range: Range<usize>) -> String {
        self.look(|text| text.sequence().slice(range)).unwrap_or_default()
    }

    /// The text in stretches of equal marks. O(n + marks log marks).
    pub fn spans(&self) -> Vec<TextSpan> {
        self.spans_in(0..usize::MAX)
    }

    /// A range of the text in stretches of equal marks; what is past the end is left out. O(marks log n + length).
    pub fn spans_in(&self, range: Range<usize>) -> Vec<TextSpan> {
        self.look(|text| {
            let sequence = text.sequence();
            let end = range.end.min(sequence.len());
            let spans = text.spans(range.start.min(end)..end).into_iter();
            spans.map(|(range, marks)| TextSpan { text: sequence.slice(range), marks }).collect()
        })
        .unwrap_or_default()
    }

    /// The marks on the character at a position. O(marks log n).
    pub fn marks_at(&self, at: usize) -> Vec<(Arc<str>, Value)> {
        let spans = self.look(|text| text.spans(at..at.saturating_add(1).min(text.sequence().len())));
        spans.unwrap_or_default().pop().map(|(_, marks)| marks).unwrap_or_default()
    }

    /// How many UTF-16 units there are. O(1).
    pub fn utf16_len(&self) -> usize {
        self.look(|text| text.sequence().utf16_len()).unwrap_or(0)
    }

    /// How many UTF-16 units stand before a position. O(log n).
    pub fn utf16_at(&self, at: usize) -> usize {
        self.look(|text| text.sequence().utf16_at(at)).unwrap_or(0)
    }

    /// The position before which so many UTF-16 units stand. O(log n).
    pub fn at_utf16(&self, utf16: usize) -> usize {
        self.look(|text| text.sequence().at_utf16(utf16)).unwrap_or(0)
    }

    /// A place that stays where it is among the characters: [`Side::After`] the one before a position, or [`Side::Before`]
    /// the one behind it. Characters inserted right there come behind the former and before the latter.
    pub fn cursor_at(&self, at: usize, side: Side) -> Cursor {
        let anchor = self.look(|text| match side {
            Side::Before => Anchor::before(text.sequence(), at),
            Side::After => Anchor::after(text.sequence(), at),
        });
        Cursor(anchor.unwrap_or(if side == Side::Before { Anchor::END } else { Anchor::START }))
    }

    /// Where a cursor is now. `None` when its character has not arrived here. O(log n).
    pub fn position_of(&self, cursor: &Cursor) -> Option<usize> {
        self.change(|text| cursor.0.position(text.sequence())).flatten()
    }

    pub(super) fn look<R>(&self, look: impl FnOnce(&TextState) -> R) -> Option<R> {
        self.node.cell.read(|state| state.text(&self.node.id).map(look))
    }

    pub(super) fn change<R>(&self, change: impl FnOnce(&mut TextState) -> R) -> Option<R> {
        self.node.cell.with_state(|state| state.text_mut(&self.node.id).map(change))
    }
}

impl Observable for TextRef {
    type Value = String;

    fn get(&self) -> Result<String, ReadError> {
        Ok(self.look(|text| text.sequence().to_string()).unwrap_or_default())
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        self.node.observe_content(callback)
    }
}

/// The characters of a text at one moment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text(pub String);

impl Deref for Text {
    type Target = String;

    fn deref(&self) -> &String {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Text {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl Schema for Text {
    type Ref = TextRef;

    fn at(node: &Node, key: &Arc<str>) -> TextRef {
        node.text(key.clone())
    }

    fn read(node: &Node, key: &Arc<str>) -> Result<Self, ReadError> {
        Self::at(node, key).get().map(Self)
    }

    fn write(&self, node: &Node, key: &Arc<str>) -> Result<(), WriteError> {
        Self::at(node, key).set(&self.0)
    }
}
