//! What the scripts do, as a model: an element, and the messages that are under way to and from it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "every test file uses a part of it; a failed assumption stops the test"
)]

use std::collections::VecDeque;

use synckit_editing::binding::Binding;
use synckit_editing::delta::{Delta, Utf16Map};
use synckit_editing::message::FromPage;

/// An element.
#[derive(Default)]
pub(crate) struct Page {
    /// What it shows, as insertions.
    pub(crate) shown: Delta,
    /// What it has told of.
    pub(crate) told: Delta,
    pub(crate) edits: u64,
    pub(crate) applied: u64,
    pub(crate) composing: bool,
    pub(crate) dropped: bool,
    pub(crate) resets: usize,
    pub(crate) selection: Option<(usize, usize)>,
    pub(crate) inbox: VecDeque<String>,
    pub(crate) outbox: VecDeque<FromPage>,
}

impl Page {
    pub(crate) fn text(&self) -> String {
        Delta::new().compose(&self.shown).apply("").unwrap()
    }

    pub(crate) fn map(&self) -> Utf16Map {
        Utf16Map::of(&self.text())
    }

    /// Somebody types: shown at once, told unless a composition is under way.
    pub(crate) fn edit(&mut self, change: &Delta) {
        self.shown = self.shown.compose(change);
        if !self.composing && self.applied > 0 {
            self.tell(change);
        }
    }

    pub(crate) fn tell(&mut self, change: &Delta) {
        let before = Utf16Map::of(&Delta::new().compose(&self.told).apply("").unwrap());
        let delta = before.delta_to_utf16(change).unwrap();
        self.told = self.shown.clone();
        self.edits += 1;
        self.dropped = false;
        let caret = change.last_change().map(|at| self.map().to_utf16(at));
        self.selection = caret.map(|at| (at, at));
        let (number, applied, selection) = (self.edits, self.applied, self.selection);
        self.outbox.push_back(FromPage::Edit { number, applied, delta, selection });
    }

    /// What was composed is told as one edit.
    pub(crate) fn compose_end(&mut self, composed: &Delta) {
        self.composing = false;
        if !composed.is_empty() {
            self.tell(composed);
        } else if self.dropped {
            self.dropped = false;
            self.outbox.push_back(FromPage::Applied { number: self.applied });
        }
    }

    /// Takes in one message, as the scripts do.
    pub(crate) fn receive(&mut self) -> bool {
        let Some(json) = self.inbox.pop_front() else { return false };
        let seen: u64 = json.split("\"seen\":").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
        if seen != self.edits {
            return true;
        }
        if self.composing {
            self.dropped = true;
            return true;
        }
        // What a page reads is what is written: the delta goes through JSON.
        let as_edit = |json: &str, kind| json.replace(kind, "\"type\":\"edit\",\"applied\":0");
        if json.contains("\"type\":\"reset\"") {
            let FromPage::Edit { number, delta, .. } =
                FromPage::parse(&as_edit(&json, "\"type\":\"reset\"")).unwrap()
            else {
                unreachable!()
            };
            self.shown = delta;
            self.told = self.shown.clone();
            self.applied = number;
            self.dropped = false;
            self.resets += 1;
            self.outbox.push_back(FromPage::Applied { number });
        } else if json.contains("\"type\":\"patch\"") {
            let FromPage::Edit { number, delta, .. } =
                FromPage::parse(&as_edit(&json, "\"type\":\"patch\"")).unwrap()
            else {
                unreachable!()
            };
            let seen: u64 =
                json.split("\"seen\":").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
            if seen != self.edits {
                return true;
            }
            if self.composing {
                self.dropped = true;
                return true;
            }
            let delta = self.map().delta_to_scalars(&delta).unwrap();
            self.shown = self.shown.compose(&delta);
            self.told = self.shown.clone();
            self.applied = number;
            self.outbox.push_back(FromPage::Applied { number });
        }
        true
    }
}

/// Lets a binding send what it has to send.
pub(crate) fn send(binding: &mut Binding, page: &mut Page) {
    while let Some(message) = binding.next_message() {
        page.inbox.push_back(message.to_json());
    }
}

/// Everything arrives.
pub(crate) fn settle(binding: &mut Binding, page: &mut Page) {
    binding.changed();
    for _ in 0..1000 {
        send(binding, page);
        let more = page.receive();
        match page.outbox.pop_front() {
            Some(message) => binding.receive(message),
            None if !more => return,
            None => {}
        }
    }
    unreachable!("they go on for ever");
}
