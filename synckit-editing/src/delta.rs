//! Changes of a text as a whole, in the order of its characters: what is kept, what comes, what goes.
//!
//! The algebra is that of operational transformation, with marks as attributes. Two deltas of the same text are brought
//! together by [`Delta::transform`], two that follow each other by [`Delta::compose`].

mod attributes;
mod compose;
mod transform;
mod utf16;

pub use attributes::Attributes;
pub use utf16::{OutOfStep, Utf16Map};

/// One piece of a [`Delta`]. Lengths count Unicode scalar values; in messages to and from the page UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// So many characters stay; their marks change.
    Retain(usize, Attributes),
    /// Characters come, with these marks.
    Insert(String, Attributes),
    /// So many characters go.
    Delete(usize),
}

impl Op {
    /// How many characters it keeps, inserts or deletes. O(length) for an insertion.
    pub fn len(&self) -> usize {
        match self {
            Self::Retain(len, _) | Self::Delete(len) => *len,
            Self::Insert(text, _) => text.chars().count(),
        }
    }

    /// Whether it does nothing at all.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Retain(len, _) | Self::Delete(len) => *len == 0,
            Self::Insert(text, _) => text.is_empty(),
        }
    }
}

/// A change of a text. What is behind the last piece stays as it is.
///
/// Kept in a normal form: neighbours of one kind are one piece, an insertion stands before a deletion at the same place, and
/// nothing that only stays is at the end (but for one that was built by hand, piece by piece). So two deltas are equal when
/// they do the same.
///
/// ```
/// use synckit_editing::delta::Delta;
///
/// // Of "ac": one inserts "b" in the middle, the other deletes the "a".
/// let insert = Delta::new().retain(1).insert("b");
/// let delete = Delta::new().delete(1);
/// let both = insert.compose(&insert.transform(&delete, true));
/// assert_eq!(both, delete.compose(&delete.transform(&insert, false)));
/// assert_eq!(both.apply("ac").as_deref(), Some("bc"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delta {
    ops: Vec<Op>,
}

impl Delta {
    /// The change that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Its pieces.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.ops.iter().all(|op| matches!(op, Op::Retain(_, attributes) if attributes.is_empty()))
    }

    /// Keeps `len` more characters.
    #[must_use]
    pub fn retain(self, len: usize) -> Self {
        self.then(Op::Retain(len, Attributes::new()))
    }

    /// Inserts characters.
    #[must_use]
    pub fn insert(self, text: impl Into<String>) -> Self {
        self.then(Op::Insert(text.into(), Attributes::new()))
    }

    /// Deletes `len` characters.
    #[must_use]
    pub fn delete(self, len: usize) -> Self {
        self.then(Op::Delete(len))
    }

    /// Adds a piece.
    #[must_use]
    pub fn then(mut self, op: Op) -> Self {
        self.push(op);
        self
    }

    /// How many characters of a text it goes over, and so how many the text has at least.
    pub fn base_len(&self) -> usize {
        self.ops.iter().map(|op| if matches!(op, Op::Insert(..)) { 0 } else { op.len() }).sum()
    }

    /// The text after it; none when the text is shorter than what it goes over.
    pub fn apply(&self, text: &str) -> Option<String> {
        let mut rest = text.chars();
        let mut after = String::with_capacity(text.len());
        for op in &self.ops {
            match op {
                Op::Insert(text, _) => after.push_str(text),
                Op::Retain(len, _) => {
                    for _ in 0..*len {
                        after.push(rest.next()?);
                    }
                }
                Op::Delete(len) => len.checked_sub(1).map_or(Some(' '), |last| rest.nth(last)).map(drop)?,
            }
        }
        after.push_str(rest.as_str());
        Some(after)
    }

    /// Where a place among the characters is after it. `stays`: characters inserted right there come behind it.
    pub fn transform_position(&self, position: usize, stays: bool) -> usize {
        let mut from = 0;
        let mut to = position;
        for op in &self.ops {
            if from > position {
                break;
            }
            match op {
                Op::Retain(len, _) => from += len,
                Op::Delete(len) => {
                    to -= (*len).min(position - from);
                    from += len;
                }
                Op::Insert(..) if from == position && stays => {}
                Op::Insert(text, _) => to += text.chars().count(),
            }
        }
        to
    }

    /// The place behind the last character that comes or goes, or whose marks change: where somebody looks who undid it.
    pub fn last_change(&self) -> Option<usize> {
        let (mut at, mut last) = (0, None);
        for op in &self.ops {
            match op {
                Op::Retain(len, attributes) => {
                    at += len;
                    if !attributes.is_empty() {
                        last = Some(at);
                    }
                }
                Op::Insert(..) => {
                    at += op.len();
                    last = Some(at);
                }
                Op::Delete(_) => last = Some(at),
            }
        }
        last
    }

    /// The same without marks.
    #[must_use]
    pub fn plain(self) -> Self {
        let mut plain = Self::new();
        for op in self.ops {
            plain.push(match op {
                Op::Retain(len, _) => Op::Retain(len, Attributes::new()),
                Op::Insert(text, _) => Op::Insert(text, Attributes::new()),
                Op::Delete(len) => Op::Delete(len),
            });
        }
        plain.trim();
        plain
    }

    /// Adds a piece, keeping the normal form but for what stays at the end.
    fn push(&mut self, op: Op) {
        if op.is_empty() {
            return;
        }
        let deletes = matches!(self.ops.last(), Some(Op::Delete(_)));
        if let (true, Op::Insert(..)) = (deletes, &op) {
            let delete = self.ops.pop();
            self.push(op);
            self.ops.extend(delete);
            return;
        }
        match (self.ops.last_mut(), op) {
            (Some(Op::Delete(len)), Op::Delete(more)) => *len += more,
            (Some(Op::Retain(len, same)), Op::Retain(more, attributes)) if *same == attributes => {
                *len += more;
            }
            (Some(Op::Insert(text, same)), Op::Insert(more, attributes)) if *same == attributes => {
                text.push_str(&more);
            }
            (_, op) => self.ops.push(op),
        }
    }

    fn trim(&mut self) {
        while matches!(self.ops.last(), Some(Op::Retain(_, attributes)) if attributes.is_empty()) {
            self.ops.pop();
        }
    }
}

impl FromIterator<Op> for Delta {
    fn from_iter<I: IntoIterator<Item = Op>>(ops: I) -> Self {
        let mut delta = Self::new();
        ops.into_iter().for_each(|op| delta.push(op));
        delta.trim();
        delta
    }
}

/// Goes over the pieces of a delta and cuts them where it is asked to.
struct Pieces<'a> {
    rest: std::slice::Iter<'a, Op>,
    now: Option<Op>,
}

impl<'a> Pieces<'a> {
    fn of(delta: &'a Delta) -> Self {
        let mut rest = delta.ops.iter();
        let now = rest.next().cloned();
        Self { rest, now }
    }

    fn peek(&self) -> Option<&Op> {
        self.now.as_ref()
    }

    /// The whole piece that is next.
    fn take(&mut self) -> Option<Op> {
        let next = self.rest.next().cloned();
        std::mem::replace(&mut self.now, next)
    }

    /// At most `max` characters of the next piece.
    fn take_at_most(&mut self, max: usize) -> Option<Op> {
        let rest = match self.now.as_mut()? {
            Op::Retain(len, attributes) if *len > max => Op::Retain(*len - max, attributes.clone()),
            Op::Delete(len) if *len > max => Op::Delete(*len - max),
            Op::Insert(text, attributes) => match text.char_indices().nth(max) {
                Some((at, _)) => Op::Insert(text.split_off(at), attributes.clone()),
                None => return self.take(),
            },
            _ => return self.take(),
        };
        let mut piece = self.now.replace(rest);
        if let Some(Op::Retain(len, _) | Op::Delete(len)) = &mut piece {
            *len = max;
        }
        piece
    }
}
