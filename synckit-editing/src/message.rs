//! What a page and its [`Binding`](crate::binding::Binding) tell each other, as JSON.
//!
//! Numbers count UTF-16 units. In a delta a positive number retains, a negative one deletes, a string is inserted; `["text",
//! {..}]` inserts with marks and `[3, {..}]` retains and sets marks, where null takes one away.

use synckit::Value;

use crate::delta::{Attributes, Delta, Op};
use crate::json;

/// The longest message that is read, in bytes.
pub const MAX_MESSAGE: usize = 64 << 20;

/// What a page says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FromPage {
    /// Somebody edited what the page shows.
    Edit {
        /// The how many-th edit it is.
        number: u64,
        /// The last patch that the page had applied before.
        applied: u64,
        /// The edit.
        delta: Delta,
        /// The selection after it: where it began and where it ends, if the element has it.
        selection: Option<(usize, usize)>,
    },
    /// The selection is another one, or the element has it no more.
    Select {
        /// The last patch that the page has applied.
        applied: u64,
        /// Where it began and where it ends.
        selection: Option<(usize, usize)>,
    },
    /// This is the last patch that the page has applied. With an earlier number than the one under way: that one was dropped.
    Applied {
        /// Its number.
        number: u64,
    },
    /// Somebody wants the last change undone.
    Undo,
    /// Somebody wants what was undone again.
    Redo,
    /// The page asks for everything.
    Resync,
}

/// What is said to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToPage {
    /// Show this and nothing else, if exactly `seen` edits have been made and no composition is under way.
    Reset {
        /// The number it has among the patches.
        number: u64,
        /// How many edits of the page were received before.
        seen: u64,
        /// Insertions alone.
        delta: Delta,
    },
    /// Change what is shown, if exactly `seen` edits have been made and no composition is under way.
    Patch {
        /// Its number.
        number: u64,
        /// How many edits of the page it takes into account.
        seen: u64,
        /// The change.
        delta: Delta,
        /// Where the selection goes; none: it stays where it is among the characters.
        selection: Option<(usize, usize)>,
    },
    /// Show these carets, if this is the last patch applied and exactly `seen` edits have been made.
    Carets {
        /// The patch.
        applied: u64,
        /// The edits.
        seen: u64,
        /// The carets.
        carets: Vec<PageCaret>,
    },
}

/// Somebody else's caret or selection in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCaret {
    /// Tells it from others.
    pub id: String,
    /// The name on the label.
    pub name: String,
    /// A CSS colour.
    pub color: String,
    /// Where the selection began.
    pub anchor: usize,
    /// Where the caret is.
    pub focus: usize,
}

/// Why a message could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// More than [`MAX_MESSAGE`].
    #[error("a message of {size} bytes is over the limit of {MAX_MESSAGE}: insert less at once")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// Not a message of this version.
    #[error("not a message of this version: load the page anew")]
    Invalid,
}

impl FromPage {
    /// Reads a message.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn parse(text: &str) -> Result<Self, MessageError> {
        if text.len() > MAX_MESSAGE {
            return Err(MessageError::TooLarge { size: text.len() });
        }
        let value = json::parse(text).map_err(|_| MessageError::Invalid)?;
        read(&value).ok_or(MessageError::Invalid)
    }
}

fn read(value: &Value) -> Option<FromPage> {
    let Some(Value::String(kind)) = value.entry("type") else { return None };
    let number = |key| match value.entry(key) {
        Some(Value::Int(number)) => u64::try_from(*number).ok(),
        _ => None,
    };
    let place = |key| number(key).and_then(|place| usize::try_from(place).ok());
    let selection = || place("anchor").zip(place("focus"));
    Some(match &**kind {
        "edit" => FromPage::Edit {
            number: number("number")?,
            applied: number("applied")?,
            delta: read_delta(value.entry("delta")?)?,
            selection: selection(),
        },
        "select" => FromPage::Select { applied: number("applied")?, selection: selection() },
        "applied" => FromPage::Applied { number: number("number")? },
        "undo" => FromPage::Undo,
        "redo" => FromPage::Redo,
        "resync" => FromPage::Resync,
        _ => return None,
    })
}

fn read_delta(value: &Value) -> Option<Delta> {
    let Value::List(ops) = value else { return None };
    ops.iter()
        .map(|op| match op {
            Value::List(pair) => match &**pair {
                [op, Value::Map(marks)] => {
                    let known = |value: &Value| (*value != Value::Null).then(|| value.clone());
                    let marks = marks.iter().map(|(key, value)| (key.clone(), known(value)));
                    read_op(op, marks.collect())
                }
                _ => None,
            },
            op => read_op(op, Attributes::new()),
        })
        .collect()
}

fn read_op(op: &Value, attributes: Attributes) -> Option<Op> {
    match op {
        Value::String(text) => Some(Op::Insert(text.to_string(), attributes)),
        // Sums of these stay in range.
        Value::Int(len) if len.unsigned_abs() > u64::from(u32::MAX) => None,
        Value::Int(len) if *len >= 0 => Some(Op::Retain(usize::try_from(*len).ok()?, attributes)),
        Value::Int(len) => Some(Op::Delete(usize::try_from(len.unsigned_abs()).ok()?)),
        _ => None,
    }
}

impl ToPage {
    /// Writes the message.
    pub fn to_json(&self) -> String {
        let mut json = String::from("{\"type\":\"");
        match self {
            Self::Reset { number, seen, delta } => {
                json.push_str("reset");
                write_number("\",\"number", *number, &mut json);
                write_number(",\"seen", *seen, &mut json);
                write_delta(delta, &mut json);
            }
            Self::Patch { number, seen, delta, selection } => {
                json.push_str("patch");
                write_number("\",\"number", *number, &mut json);
                write_number(",\"seen", *seen, &mut json);
                write_delta(delta, &mut json);
                if let Some((anchor, focus)) = selection {
                    write_number(",\"anchor", *anchor as u64, &mut json);
                    write_number(",\"focus", *focus as u64, &mut json);
                }
            }
            Self::Carets { applied, seen, carets } => {
                json.push_str("carets");
                write_number("\",\"applied", *applied, &mut json);
                write_number(",\"seen", *seen, &mut json);
                json.push_str(",\"carets\":");
                json::write_list(carets.iter(), &mut json, |caret, json| {
                    for (key, text) in
                        [("{\"id", &caret.id), (",\"name", &caret.name), (",\"color", &caret.color)]
                    {
                        json.push_str(key);
                        json.push_str("\":");
                        json::write_string(text, json);
                    }
                    write_number(",\"anchor", caret.anchor as u64, json);
                    write_number(",\"focus", caret.focus as u64, json);
                    json.push('}');
                });
            }
        }
        json.push('}');
        json
    }
}

fn write_number(key: &str, number: u64, json: &mut String) {
    json.push_str(key);
    json.push_str("\":");
    json.push_str(&number.to_string());
}

fn write_delta(delta: &Delta, json: &mut String) {
    json.push_str(",\"delta\":");
    json::write_list(delta.ops().iter(), json, |op, json| {
        let attributes = match op {
            Op::Retain(_, attributes) | Op::Insert(_, attributes) if !attributes.is_empty() => {
                Some(attributes)
            }
            _ => None,
        };
        if attributes.is_some() {
            json.push('[');
        }
        match op {
            Op::Retain(len, _) => json.push_str(&len.to_string()),
            Op::Delete(len) => {
                json.push('-');
                json.push_str(&len.to_string());
            }
            Op::Insert(text, _) => json::write_string(text, json),
        }
        if let Some(attributes) = attributes {
            json.push(',');
            json::write_entries(attributes.iter().map(|(key, value)| (&**key, value)), json);
            json.push(']');
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_read_with_their_marks() {
        let json = r#"{"type":"edit","number":3,"applied":2,"anchor":4,"focus":5,
            "delta":[1,["x",{"bold":true}],-2,[4,{"link":null}],"y"]}"#;
        let delta = Delta::new()
            .retain(1)
            .then(Op::Insert("x".into(), Attributes::new().with("bold", true)))
            .delete(2)
            .then(Op::Retain(4, Attributes::new().without("link")))
            .insert("y");
        let edit = FromPage::Edit { number: 3, applied: 2, delta: delta.clone(), selection: Some((4, 5)) };
        assert_eq!(FromPage::parse(json), Ok(edit));
        let patch = ToPage::Patch { number: 4, seen: 3, delta, selection: Some((1, 2)) }.to_json();
        let expected = r#"{"type":"patch","number":4,"seen":3,"delta":[1,["x",{"bold":true}],-2,[4,{"link":null}],"y"],"anchor":1,"focus":2}"#;
        assert_eq!(patch, expected);
    }

    #[test]
    fn carets_and_resets_are_json() {
        let caret =
            PageCaret { id: "1".into(), name: "\"A\"".into(), color: "red".into(), anchor: 0, focus: 9 };
        let carets = ToPage::Carets { applied: 1, seen: 2, carets: vec![caret.clone(), caret] };
        let one = r#"{"id":"1","name":"\"A\"","color":"red","anchor":0,"focus":9}"#;
        let expected = format!(r#"{{"type":"carets","applied":1,"seen":2,"carets":[{one},{one}]}}"#);
        assert_eq!(carets.to_json(), expected);
        let reset = ToPage::Reset { number: 1, seen: 0, delta: Delta::new().insert("a") };
        assert_eq!(reset.to_json(), r#"{"type":"reset","number":1,"seen":0,"delta":["a"]}"#);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for json in [
            "",
            "{}",
            r#"{"type":"other"}"#,
            r#"{"type":"edit","number":1,"applied":0}"#,
            r#"{"type":"edit","number":-1,"applied":0,"delta":[]}"#,
            r#"{"type":"edit","number":1,"applied":0,"delta":[99999999999]}"#,
            r#"{"type":"edit","number":1,"applied":0,"delta":[[1,2,3]]}"#,
        ] {
            assert_eq!(FromPage::parse(json), Err(MessageError::Invalid), "{json}");
        }
        let long = " ".repeat(MAX_MESSAGE + 1);
        assert_eq!(FromPage::parse(&long), Err(MessageError::TooLarge { size: long.len() }));
    }
}
