//! Where others write.

use synckit::{Cursor, FieldValue};

/// Somebody's caret or selection in a text, as others are told of it through a
/// [`Presence`](synckit::Presence).
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

/// A colour for a name, always the same; each can be read on white and on black.
pub fn color_of(name: &str) -> &'static str {
    const COLORS: [&str; 8] =
        ["#d9480f", "#2f9e44", "#1c7ed6", "#9c36b5", "#c2255c", "#0c8599", "#a06a00", "#5f3dc4"];
    let sum = name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    COLORS[sum as usize % COLORS.len()]
}
