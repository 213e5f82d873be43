//! Texts as programs use them: two or more clients that exchange what they have written.

#![allow(clippy::unwrap_used, clippy::panic)]

mod cursors;
mod documents;
mod follow;
mod limits;
mod marks;
mod marks_together;
mod read;
mod undo;
mod unicode;

use synckit::prelude::*;
use synckit::{TextSpan, Value};

/// A document with a text.
#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Note {
    title: String,
    body: Text,
}

fn note(seed: u64) -> NoteRef {
    SyncKit::in_memory(seed).document::<Note>("note")
}

/// Clients that all hold this text, written by the first.
fn notes<const N: usize>(text: &str) -> [NoteRef; N] {
    let notes = std::array::from_fn(|at| note(at as u64 + 1));
    notes[0].body().push(text).unwrap();
    exchange(&notes);
    notes
}

/// Brings everybody what the others have, in one order there and in another one back.
fn exchange(notes: &[NoteRef]) {
    for to in notes {
        for from in notes.iter().rev() {
            to.import(&from.export_since(&to.version())).unwrap();
        }
    }
    for pair in notes.windows(2) {
        pair[0].import(&pair[1].export()).unwrap();
        pair[1].import(&pair[0].export()).unwrap();
    }
    for pair in notes.windows(2) {
        assert_eq!(read(&pair[0]), read(&pair[1]));
        assert_eq!(pair[0].body().spans(), pair[1].body().spans());
    }
}

fn read(note: &NoteRef) -> String {
    note.body().get().unwrap()
}

/// A text with its marks: `[bold:so]`, and `[link=a:so]` where the value is a string.
fn drawn(note: &NoteRef) -> String {
    let draw = |TextSpan { text, marks, .. }: TextSpan| {
        let tag = |(key, value): &(std::sync::Arc<str>, Value)| match value {
            Value::Bool(true) => key.to_string(),
            Value::String(value) => format!("{key}={value}"),
            other => format!("{key}={other:?}"),
        };
        let tags: Vec<String> = marks.iter().map(tag).collect();
        if tags.is_empty() { text } else { format!("[{}:{text}]", tags.join(",")) }
    };
    note.body().spans().into_iter().map(draw).collect()
}

/// A random sequence (xorshift64*, Marsaglia 2003) that a seed repeats.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end.max(1)
    }
}
