//! How marks grow, by key: the page says what is marked, never how marks behave.

use synckit::Expand;

/// The key of the mark on a line break that says what kind of block it ends: a heading, an item of a list.
pub const BLOCK: &str = "block";

/// Whether what is typed at the ends of a mark takes part in it: bold goes on when somebody types behind it, a link does not.
///
/// ```
/// use synckit::Expand;
/// use synckit_editing::marks::expand;
///
/// assert_eq!(expand("bold"), Expand::After);
/// assert_eq!(expand("link"), Expand::None);
/// assert_eq!(expand("comment:7"), Expand::None);
/// ```
pub fn expand(key: &str) -> Expand {
    match key {
        "bold" | "italic" | "underline" | "strike" | "code" => Expand::After,
        _ => Expand::None,
    }
}
