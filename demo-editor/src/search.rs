//! Finds documents by the words in them, in all that this device has of them.

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use dioxus::prelude::*;

use crate::address::page_in;
use crate::home::Device;
use crate::model::{DocumentRef, Observable, Page, SeenPageRef, SyncKit, TextRef, document_id, use_synckit};
use crate::notices::Notices;
use crate::opening::{loaded, within};
use crate::platform;

/// How long a pause in typing is before texts are read.
const PAUSE: Duration = Duration::from_millis(150);
/// How many documents are read, the newest first.
const MOST: usize = 500;
/// How long is waited for one of them to come from the device.
const PATIENCE: Duration = Duration::from_secs(2);
/// How much of a text is read in one go, in characters: a page has to answer meanwhile.
const SLICE: usize = 16_384;
/// How much of a text is shown before and behind what was found, in characters.
const BEFORE: usize = 24;
const BEHIND: usize = 80;
/// The least that texts are read for, in characters.
const LEAST: usize = 2;

/// Where the words stand in a text: the first place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passage {
    pub(crate) before: String,
    pub(crate) words: String,
    pub(crate) behind: String,
}

/// What somebody looks for, and what was found. Cheap to copy.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Search {
    pub(crate) words: Signal<String>,
    /// Whether texts are still being read.
    pub(crate) is_busy: Signal<bool>,
    /// By the id of the document.
    passages: Signal<HashMap<String, Passage>>,
    /// A document that was opened for words in it, and these.
    sought: Signal<Option<(String, String)>>,
}

impl Search {
    /// A hook.
    pub(crate) fn provide() -> Self {
        let search = use_context_provider(|| Self {
            words: Signal::default(),
            is_busy: Signal::default(),
            passages: Signal::default(),
            sought: Signal::default(),
        });
        let (sync, device) = (use_synckit(), use_context::<Device>());
        let notices = use_context::<Notices>();
        // Other words end the search for these, wherever it has come to.
        use_resource(move || {
            let words = folded(search.words.read().trim());
            let sync = sync.clone();
            async move { search.read_texts(&sync, device, notices, &words).await }
        });
        search
    }

    async fn read_texts(mut self, sync: &SyncKit, device: Device, notices: Notices, words: &str) {
        if words.chars().count() < LEAST || page_in(words).is_some() {
            self.is_busy.set(false);
            self.passages.set(HashMap::new());
            return;
        }
        self.is_busy.set(true);
        platform::sleep(PAUSE).await;
        let documents = device.home().documents();
        for seen in documents.elements().into_iter().take(MOST) {
            let Ok(id) = seen.page().get() else { continue };
            let found = passage_in(sync, &id, words).await;
            // What was found for the words before stays until now: the list does not jump.
            if self.passages.peek().get(&id) != found.as_ref() {
                match found {
                    Some(found) => self.passages.write().insert(id, found),
                    None => self.passages.write().remove(&id),
                };
            }
        }
        self.is_busy.set(false);
        let count = documents.elements().iter().filter(|seen| self.finds(seen)).count();
        notices.announce(match count {
            0 => "Nothing found".to_owned(),
            1 => "1 document found".to_owned(),
            count => format!("{count} documents found"),
        });
    }

    /// Whether a document has to do with the words: by its title, how it begins, or what is known of its text.
    pub(crate) fn finds(self, seen: &SeenPageRef) -> bool {
        let words = folded(self.words.read().trim());
        // An address is opened, not looked for.
        if words.is_empty() || page_in(&words).is_some() {
            return true;
        }
        let holds = |text: String| folded(&text).contains(&words);
        seen.title().get().is_ok_and(holds)
            || seen.beginning().get().is_ok_and(holds)
            || seen.page().get().is_ok_and(|page| self.passages.read().contains_key(&page))
    }

    /// The place in a document's text.
    pub(crate) fn passage(self, page: &str) -> Option<Passage> {
        self.passages.read().get(page).cloned()
    }

    /// A document is going to be opened: shows the words in it, if that is what it was found for.
    pub(crate) fn seek(mut self, page: &str) {
        let words = folded(self.words.peek().trim());
        let is_in_text = self.passages.peek().contains_key(page);
        self.sought.set(is_in_text.then(|| (page.to_owned(), words)));
    }

    /// The words that this document was opened for, once.
    pub(crate) fn take_sought(mut self, page: &str) -> Option<String> {
        let is_this = matches!(&*self.sought.read(), Some((sought, _)) if sought == page);
        if is_this { self.sought.take().map(|(_, words)| words) } else { None }
    }
}

/// Looks for words in a document as this device has it.
async fn passage_in(sync: &SyncKit, id: &str, words: &str) -> Option<Passage> {
    let page = sync.document::<Page>(&document_id(id));
    within(PATIENCE, loaded(page.status())).await?;
    let body = page.body();
    let place = place_of(&body, words).await?;
    // One line, however the text is broken.
    let line = |range: Range<usize>| body.slice(range).replace(|c: char| c.is_whitespace(), " ");
    let begin = place.start.saturating_sub(BEFORE);
    let mut before = line(begin..place.start);
    if begin > 0 {
        // From the beginning of a word.
        let whole = before.split_once(' ').map_or("", |(_, whole)| whole);
        before = format!("…{}", whole.trim_start_matches(|c: char| !c.is_alphanumeric()));
    }
    Some(Passage { before, words: line(place.clone()), behind: line(place.end..place.end + BEHIND) })
}

/// Where words, folded, stand in a text for the first time, in characters. The text is read in slices, with pauses.
pub(crate) async fn place_of(text: &TextRef, words: &str) -> Option<Range<usize>> {
    let overlap = words.chars().count();
    let mut start = 0;
    loop {
        let slice = text.slice(start..start + SLICE + overlap);
        if let Some(place) = place_in(&slice, words) {
            return Some(start + place.start..start + place.end);
        }
        start += SLICE;
        if start >= text.len() {
            return None;
        }
        platform::sleep(Duration::ZERO).await;
    }
}

/// Where words, folded, stand in a text, in characters.
fn place_in(text: &str, words: &str) -> Option<Range<usize>> {
    let begin = folded(text).find(words)?;
    // Folding may change how long a character is: count along.
    let (mut length, mut place) = (0, None);
    for (at, c) in text.chars().enumerate() {
        if length >= begin && place.is_none() {
            place = Some(at);
        }
        length += fold(c).map(char::len_utf8).sum::<usize>();
        if length >= begin + words.len() {
            // Words that begin within what one character is folded to begin with that character.
            return Some(place.unwrap_or(at)..at + 1);
        }
    }
    None
}

/// As it is compared: without upper case, each space the same.
fn folded(text: &str) -> String {
    text.chars().flat_map(fold).collect()
}

fn fold(c: char) -> std::char::ToLowercase {
    (if c.is_whitespace() { ' ' } else { c }).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_in_characters_of_the_text() {
        let place = |text: &str, words: &str| place_in(text, &folded(words));
        assert_eq!(place("Flour and Water", "AND w"), Some(6..11));
        assert_eq!(place("Zoë mag Öl", "öl"), Some(8..10));
        assert_eq!(place("İstanbul, Tram", "tram"), Some(10..14), "one character that is folded to two");
        assert_eq!(place("one\ntwo", "one two"), Some(0..7), "also over the end of a line");
        assert_eq!(place("👩‍👩‍👧 at home", "home"), Some(9..13));
        assert_eq!(place("nothing", "something"), None);
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[test]
    fn words_across_two_slices_are_found() {
        let sync = SyncKit::in_memory(1);
        let text = sync.text("long");
        text.insert(0, &format!("{}needle {}", "x".repeat(2 * SLICE - 3), "y".repeat(SLICE))).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            assert_eq!(place_of(&text, "needle").await, Some(2 * SLICE - 3..2 * SLICE + 3));
            assert_eq!(place_of(&text, "needles").await, None);
        });
    }
}
