//! Places that stay with the characters around them.

use std::fmt;
use std::str::FromStr;

use crate::crdt::marks::{Anchor, Side};
use crate::value::{FieldValue, Value};
use crate::version::ParseDotError;

/// A place in a text that stays with the characters around it, also when they are deleted. Its text can be stored and
/// sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor(pub(super) Anchor);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = if self.0.side == Side::Before { '<' } else { '>' };
        match self.0.dot {
            Some(dot) => write!(f, "{side}{dot}"),
            None => write!(f, "{side}"),
        }
    }
}

impl FromStr for Cursor {
    type Err = ParseDotError;

    fn from_str(text: &str) -> Result<Self, ParseDotError> {
        let (side, dot) = match (text.strip_prefix('<'), text.strip_prefix('>')) {
            (Some(dot), _) => (Side::Before, dot),
            (_, Some(dot)) => (Side::After, dot),
            _ => return Err(ParseDotError::new(text)),
        };
        let dot = if dot.is_empty() { None } else { Some(dot.parse()?) };
        Ok(Self(Anchor { dot, side }))
    }
}

/// The start of a text.
impl Default for Cursor {
    fn default() -> Self {
        Self(Anchor::START)
    }
}

/// Stored as its text.
impl FieldValue for Cursor {
    const EXPECTED: &'static str = "cursor";

    fn into_value(self) -> Value {
        Value::String(self.to_string().into())
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }
}
