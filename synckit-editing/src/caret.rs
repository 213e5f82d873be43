//! Where others write.

use std::fmt;
use std::sync::Arc;

use synckit::{Cursor, FieldValue, Observable, PeerId, Presence, ReadError, Subscription, TextRef};

/// Somebody's caret or selection in a text, as others are told of it through a [`Presence`].
///
/// ```
/// use synckit::{Side, SyncKit};
/// use synckit_editing::caret::{Caret, color_of};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let note = SyncKit::in_memory(1).text("note");
/// note.push("Hello")?;
/// let here = note.cursor_at(5, Side::After);
/// let caret = Caret {
///     name: "Ada".into(),
///     color: color_of("Ada").into(),
///     place: note.place(),
///     anchor: here,
///     focus: here,
/// };
/// assert_eq!(note.position_of(&caret.focus), Some(5));
/// # Ok(())
/// # }
/// ```
#[derive(FieldValue, Debug, Clone, Default, PartialEq)]
pub struct Caret {
    /// Whose it is; shown on a label.
    pub name: String,
    /// A CSS colour, as `#c026d3`; anything else than letters, digits and `#` is not shown.
    pub color: String,
    /// Which text of the document it is in: [`TextRef::place`](synckit::TextRef::place).
    pub place: String,
    /// Where the selection began.
    pub anchor: Cursor,
    /// Where the caret is.
    pub focus: Cursor,
}

/// Letters in white can be read on each of them: contrast 4.5 and more (WCAG 2, AA).
const COLORS: [&str; 8] =
    ["#c84308", "#27833a", "#1971c2", "#9c36b5", "#c2255c", "#0b7a8d", "#a06a00", "#5f3dc4"];

/// A colour for a name, always the same; white letters can be read on it.
pub fn color_of(name: &str) -> &'static str {
    let sum = name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    COLORS[sum as usize % COLORS.len()]
}

/// Carets that people at a document share: what an editor shows of the others and tells of its own.
///
/// ```
/// use synckit::SyncKit;
/// use synckit_editing::caret::{Caret, Carets};
///
/// let sync = SyncKit::in_memory(1);
/// let carets = Carets::new(sync.presence::<Caret>("note"), "Ada");
/// assert_eq!(carets.others().len(), 0);
/// ```
#[derive(Clone)]
pub struct Carets {
    shared: Shared,
    name: Arc<str>,
    color: Arc<str>,
}

#[derive(Clone)]
enum Shared {
    Alone(Presence<Caret>),
    Source(Arc<dyn CaretSource>),
}

/// Where carets come from and are told, if not through a [`Presence`] as it is.
pub trait CaretSource: Send + Sync {
    /// The carets of the others.
    fn others(&self) -> Vec<(PeerId, Caret)>;

    /// Tells the others one's own.
    fn tell(&self, caret: Caret);

    /// Calls back when a caret of the others has moved.
    fn observe(&self, callback: Box<dyn Fn() + Send + Sync>) -> Subscription;
}

struct PartOf<P, R, W> {
    presence: Presence<P>,
    read: R,
    write: W,
}

impl<P, R, W> CaretSource for PartOf<P, R, W>
where
    P: FieldValue,
    R: Fn(P) -> Option<Caret> + Send + Sync,
    W: Fn(Caret) -> P + Send + Sync,
{
    fn others(&self) -> Vec<(PeerId, Caret)> {
        let others = self.presence.others().into_iter();
        others.filter_map(|(peer, other)| Some((peer, (self.read)(other)?))).collect()
    }

    fn tell(&self, caret: Caret) {
        self.presence.set((self.write)(caret));
    }

    fn observe(&self, callback: Box<dyn Fn() + Send + Sync>) -> Subscription {
        self.presence.observe(callback)
    }
}

impl Carets {
    /// Shared through a presence that holds nothing else. The colour is made from the name.
    pub fn new(presence: Presence<Caret>, name: impl Into<String>) -> Self {
        Self::of(Shared::Alone(presence), name.into())
    }

    /// Shared as a part of a presence that tells more of people: `read` says where somebody is, `write` what is told
    /// when one's own caret moves.
    ///
    /// Two of them are never equal: keep one and clone it, instead of making a new one for each rendering.
    pub fn within<P: FieldValue>(
        presence: Presence<P>,
        name: impl Into<String>,
        read: impl Fn(P) -> Option<Caret> + Send + Sync + 'static,
        write: impl Fn(Caret) -> P + Send + Sync + 'static,
    ) -> Self {
        Self::from_source(Arc::new(PartOf { presence, read, write }), name)
    }

    /// Shared in another way.
    pub fn from_source(source: Arc<dyn CaretSource>, name: impl Into<String>) -> Self {
        Self::of(Shared::Source(source), name.into())
    }

    fn of(shared: Shared, name: String) -> Self {
        Self { shared, color: color_of(&name).into(), name: name.into() }
    }

    /// With another colour: CSS, letters, digits and `#` alone.
    #[must_use]
    pub fn color(mut self, color: impl Into<Arc<str>>) -> Self {
        self.color = color.into();
        self
    }

    /// The carets of the others, with what tells one from another.
    pub fn others(&self) -> Vec<(String, Caret)> {
        let others = match &self.shared {
            Shared::Alone(presence) => presence.others(),
            Shared::Source(source) => source.others(),
        };
        others.into_iter().map(|(peer, caret)| (peer.to_string(), caret)).collect()
    }

    /// Tells the others where one's own selection in a text began and where it ends; without a text, that one is here and
    /// writes nothing.
    pub fn tell(&self, text: Option<&TextRef>, selection: Option<(Cursor, Cursor)>) {
        let (anchor, focus) = selection.unwrap_or_default();
        let place = text.filter(|_| selection.is_some()).map(TextRef::place).unwrap_or_default();
        let caret =
            Caret { name: self.name.to_string(), color: self.color.to_string(), place, anchor, focus };
        match &self.shared {
            Shared::Alone(presence) => presence.set(caret),
            Shared::Source(source) => source.tell(caret),
        }
    }
}

impl Observable for Carets {
    type Value = Vec<(String, Caret)>;

    fn get(&self) -> Result<Self::Value, ReadError> {
        Ok(self.others())
    }

    fn observe(&self, callback: impl Fn() + Send + Sync + 'static) -> Subscription {
        match &self.shared {
            Shared::Alone(presence) => presence.observe(callback),
            Shared::Source(source) => source.observe(Box::new(callback)),
        }
    }
}

/// Two are equal when they show and tell the same, as far as that can be seen.
impl PartialEq for Carets {
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.shared, &other.shared) {
            (Shared::Alone(one), Shared::Alone(other)) => one == other,
            (Shared::Source(one), Shared::Source(other)) => Arc::ptr_eq(one, other),
            _ => false,
        };
        same && self.name == other.name && self.color == other.color
    }
}

impl fmt::Debug for Carets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carets").field("name", &self.name).field("color", &self.color).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::COLORS;

    /// Relative luminance, as WCAG 2 has it.
    fn luminance(color: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn white_letters_can_be_read_on_every_color() {
        for color in COLORS {
            let contrast = 1.05 / (luminance(color) + 0.05);
            assert!(contrast >= 4.5, "{color}: {contrast}");
        }
    }
}
