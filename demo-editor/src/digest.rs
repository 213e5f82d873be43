//! What can be said about a text as a whole: its headings, its length, what its comments are about.

use std::time::Duration;

use dioxus::prelude::*;

use crate::model::{Observable, TextRef};
use crate::platform;
use crate::rich::{Kind, blocks, commented};

/// How long a pause in writing is before the text is read again: reading it is O(n), typing is not.
const PAUSE: Duration = Duration::from_millis(180);
/// A text of up to so many characters is read before it is shown, a longer one after.
const SHORT: usize = 20_000;
/// How much of a passage a comment repeats, in characters.
pub(crate) const QUOTE: usize = 120;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Digest {
    /// Whether the text has been read.
    pub(crate) known: bool,
    pub(crate) headings: Vec<Heading>,
    pub(crate) words: usize,
    pub(crate) characters: usize,
    /// The passages that comments are about, in the order of the text.
    pub(crate) passages: Vec<Passage>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heading {
    pub(crate) level: u8,
    pub(crate) text: String,
    /// Where it begins, in characters.
    pub(crate) start: usize,
}

/// A stretch of the text that a comment is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Passage {
    /// The id of the comment.
    pub(crate) comment: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) quote: String,
}

/// The digest of a text, brought up to date in the pauses of writing. A hook.
pub(crate) fn use_digest(text: &TextRef) -> Signal<Digest> {
    let is_short = text.len() <= SHORT;
    let mut digest = use_signal(|| if is_short { digest(text) } else { Digest::default() });
    let writing = use_coroutine({
        let text = text.clone();
        move |mut changes: UnboundedReceiver<()>| {
            let text = text.clone();
            async move {
                while changes.recv().await.is_ok() {
                    platform::sleep(PAUSE).await;
                    // Everything that was changed meanwhile is read in one go.
                    while changes.try_recv().is_ok() {}
                    let now = self::digest(&text);
                    if *digest.peek() != now {
                        digest.set(now);
                    }
                }
            }
        }
    });
    use_hook(|| {
        let changed = writing.tx();
        if !is_short {
            drop(changed.unbounded_send(()));
        }
        // When the page is gone, nobody is told.
        CopyValue::new(text.observe(move || drop(changed.unbounded_send(()))))
    });
    digest
}

fn digest(text: &TextRef) -> Digest {
    let spans = text.spans();
    let blocks = blocks(&spans);
    let headings = blocks.iter().filter_map(|block| match block.kind {
        Kind::Heading(level) => Some(Heading { level, text: block.text(), start: block.start }),
        _ => None,
    });
    let passages = commented(&spans).into_iter().map(|(comment, start, end)| {
        let quote = text.slice(start..end.min(start + QUOTE)).replace('\n', " ");
        Passage { comment, start, end, quote }
    });
    Digest {
        known: true,
        headings: headings.filter(|heading| !heading.text.trim().is_empty()).collect(),
        words: blocks.iter().map(|block| words(&block.text())).sum(),
        characters: text.len(),
        passages: passages.collect(),
    }
}

/// How many words there are: stretches with a letter or a digit between spaces.
fn words(text: &str) -> usize {
    text.split(char::is_whitespace).filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

#[cfg(test)]
mod tests {
    use synckit::{Expand, SyncKit};

    use super::{digest, words};

    #[test]
    fn words_are_counted_as_people_do() {
        assert_eq!(words("Hello – it's a well-kept  garden. 2 🙂"), 6);
        assert_eq!(words(""), 0);
        assert_eq!(words("שלום עולם"), 2);
    }

    #[test]
    fn a_digest_tells_headings_and_passages() {
        let text = SyncKit::in_memory(1).text("a");
        text.push("Title\nsome words\n\n").unwrap();
        text.mark(5..6, "block", "h2".to_owned(), Expand::None).unwrap();
        text.mark(17..18, "block", "h1".to_owned(), Expand::None).unwrap();
        text.mark(6..10, "comment:x", true, Expand::None).unwrap();
        let digest = digest(&text);
        assert_eq!(digest.words, 3);
        assert_eq!(digest.headings.len(), 1, "an empty heading leads nowhere");
        assert_eq!((digest.headings[0].level, digest.headings[0].start), (2, 0));
        let passage = &digest.passages[0];
        assert_eq!((passage.comment.as_str(), passage.start, passage.end), ("x", 6, 10));
        assert_eq!(passage.quote, "some");
    }
}
