//! The text of a document as blocks: what the outline, the count of words and Markdown work with.
//!
//! In the document a block is what ends with a line break, and its kind is a mark on that line break.

use crate::model::{TextRef, TextSpan, Value, WriteError};

/// The key of the mark that tells the kind of a block.
const BLOCK: &str = "block";
/// Begins the keys of marks of what a comment is about.
pub(crate) const COMMENT: &str = "comment:";
/// A line break within a block.
pub(crate) const SOFT_BREAK: char = '\u{2028}';

/// What a block is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Paragraph,
    Heading(u8),
    Bullet,
    Ordered,
    Quote,
    Code,
}

impl Kind {
    /// The value of the mark; none for a paragraph.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Paragraph => None,
            Self::Heading(1) => Some("h1"),
            Self::Heading(2) => Some("h2"),
            Self::Heading(_) => Some("h3"),
            Self::Bullet => Some("bullet"),
            Self::Ordered => Some("ordered"),
            Self::Quote => Some("quote"),
            Self::Code => Some("code"),
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "h1" => Self::Heading(1),
            "h2" => Self::Heading(2),
            "h3" => Self::Heading(3),
            "bullet" => Self::Bullet,
            "ordered" => Self::Ordered,
            "quote" => Self::Quote,
            "code" => Self::Code,
            _ => Self::Paragraph,
        }
    }
}

/// How a run of characters looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) underline: bool,
    pub(crate) strike: bool,
    pub(crate) code: bool,
    pub(crate) link: Option<String>,
}

/// Characters of one look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) look: Look,
}

/// A paragraph, a heading, an entry of a list ...
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) kind: Kind,
    pub(crate) runs: Vec<Run>,
    /// Where it begins, in characters of the document.
    pub(crate) start: usize,
}

impl Block {
    /// Its characters.
    pub(crate) fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }

    /// Appends characters; a run of the same look grows.
    pub(crate) fn push(&mut self, text: &str, look: &Look) {
        if text.is_empty() {
            return;
        }
        match self.runs.last_mut() {
            Some(last) if last.look == *look => last.text.push_str(text),
            _ => self.runs.push(Run { text: text.to_owned(), look: look.clone() }),
        }
    }
}

/// The blocks of a text. The last one may have no line break yet.
pub(crate) fn blocks(spans: &[TextSpan]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut current = Block::default();
    let mut at = 0;
    for span in spans {
        let look = look_of(span);
        let mut parts = span.text.split('\n').peekable();
        while let Some(part) = parts.next() {
            current.push(part, &look);
            at += part.chars().count();
            if parts.peek().is_some() {
                at += 1;
                current.kind = kind_of(span);
                blocks.push(std::mem::replace(&mut current, Block { start: at, ..Block::default() }));
            }
        }
    }
    if !current.runs.is_empty() {
        blocks.push(current);
    }
    blocks
}

/// Writes blocks at the end of a text.
pub(crate) fn append(text: &TextRef, blocks: &[Block]) -> Result<(), WriteError> {
    use synckit::Expand;

    let mut at = text.len();
    let whole: String = blocks.iter().map(|block| block.text() + "\n").collect();
    text.insert(at, &whole)?;
    for block in blocks {
        for run in &block.runs {
            let range = at..at + run.text.chars().count();
            at = range.end;
            let look = &run.look;
            for (key, on) in [
                ("bold", look.bold),
                ("italic", look.italic),
                ("underline", look.underline),
                ("strike", look.strike),
                ("code", look.code),
            ] {
                if on {
                    text.mark(range.clone(), key, true, Expand::After)?;
                }
            }
            if let Some(link) = &look.link {
                text.mark(range, "link", link.clone(), Expand::None)?;
            }
        }
        if let Some(name) = block.kind.name() {
            text.mark(at..at + 1, BLOCK, name.to_owned(), Expand::None)?;
        }
        at += 1;
    }
    Ok(())
}

/// The stretches that comments are about: id of the comment, begin and end in characters, in the order of the text.
pub(crate) fn commented(spans: &[TextSpan]) -> Vec<(String, usize, usize)> {
    let mut found: Vec<(String, usize, usize)> = Vec::new();
    let mut at = 0;
    for span in spans {
        let end = at + span.text.chars().count();
        for (key, _) in &span.marks {
            let Some(id) = key.strip_prefix(COMMENT) else { continue };
            match found.iter_mut().find(|(known, _, _)| known == id) {
                Some((_, _, last)) => *last = end,
                None => found.push((id.to_owned(), at, end)),
            }
        }
        at = end;
    }
    found
}

fn look_of(span: &TextSpan) -> Look {
    let mut look = Look::default();
    for (key, value) in &span.marks {
        let on = *value == Value::Bool(true);
        match &**key {
            "bold" => look.bold = on,
            "italic" => look.italic = on,
            "underline" => look.underline = on,
            "strike" => look.strike = on,
            "code" => look.code = on,
            "link" => {
                if let Value::String(link) = value {
                    look.link = Some(link.to_string());
                }
            }
            _ => {}
        }
    }
    look
}

fn kind_of(span: &TextSpan) -> Kind {
    let kind = span.marks.iter().find(|(key, _)| &**key == BLOCK);
    match kind {
        Some((_, Value::String(name))) => Kind::named(name),
        _ => Kind::Paragraph,
    }
}

#[cfg(test)]
mod tests {
    use synckit::{Expand, SyncKit};

    use super::*;

    fn plain(kind: Kind, text: &str) -> Block {
        let mut block = Block { kind, ..Block::default() };
        block.push(text, &Look::default());
        block
    }

    #[test]
    fn what_is_appended_is_what_is_read() {
        let text = SyncKit::in_memory(1).text("a");
        let mut written = vec![plain(Kind::Heading(1), "Überschrift 🙂"), plain(Kind::Paragraph, "")];
        let mut block = plain(Kind::Bullet, "a ");
        block.push("b", &Look { bold: true, italic: true, ..Look::default() });
        block.push("c", &Look { link: Some("https://a.b".into()), ..Look::default() });
        written.push(block);
        append(&text, &written).unwrap();
        let read = blocks(&text.spans());
        assert_eq!(read.iter().map(|block| block.start).collect::<Vec<_>>(), [0, 14, 15]);
        let without_places: Vec<_> = read.into_iter().map(|block| Block { start: 0, ..block }).collect();
        assert_eq!(without_places, written);
    }

    #[test]
    fn a_last_line_without_its_break_is_a_paragraph() {
        let text = SyncKit::in_memory(1).text("a");
        text.push("one\ntwo").unwrap();
        text.mark(3..4, "block", "h2".to_owned(), Expand::None).unwrap();
        let kinds: Vec<_> = blocks(&text.spans()).iter().map(|block| (block.kind, block.text())).collect();
        assert_eq!(kinds, [(Kind::Heading(2), "one".into()), (Kind::Paragraph, "two".into())]);
    }

    #[test]
    fn a_comment_is_about_one_stretch_whatever_else_lies_on_it() {
        let text = SyncKit::in_memory(1).text("a");
        text.push("one two three").unwrap();
        text.mark(4..13, "comment:x", true, Expand::None).unwrap();
        text.mark(6..8, "bold", true, Expand::After).unwrap();
        text.mark(0..5, "comment:y", true, Expand::None).unwrap();
        assert_eq!(commented(&text.spans()), [("y".to_owned(), 0, 5), ("x".to_owned(), 4, 13)]);
    }
}
