//! Pages that type, compose and refuse, while the text changes elsewhere and messages are under way.
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

mod page;

use page::Page;
use proptest::prelude::*;
use synckit::prelude::*;
use synckit::{Expand, TextRef};
use synckit_editing::binding::Binding;
use synckit_editing::delta::{Attributes, Delta, Op};
use synckit_editing::message::FromPage;

/// What can happen.
#[derive(Debug, Clone)]
enum Event {
    Type { at: prop::sample::Index, text: String, marks: Attributes },
    Erase { at: prop::sample::Index, len: usize },
    Format { at: prop::sample::Index, len: usize, marks: Attributes },
    ComposeBegin,
    ComposeEnd,
    Remote { at: prop::sample::Index, delete: usize, text: String },
    RemoteMark { at: prop::sample::Index, len: usize, bold: Option<bool> },
    Undo,
    Redo,
    PageReceives,
    BindingReceives,
    Changed,
}

fn marks() -> impl Strategy<Value = Attributes> {
    prop_oneof![
        Just(Attributes::new()),
        Just(Attributes::new().with("bold", true)),
        Just(Attributes::new().with("link", "a")),
        Just(Attributes::new().with("bold", true).with("link", "b")),
    ]
}

fn formats() -> impl Strategy<Value = Attributes> {
    prop_oneof![marks(), Just(Attributes::new().without("bold")), Just(Attributes::new().without("link"))]
}

fn event() -> impl Strategy<Value = Event> {
    let at = any::<prop::sample::Index>;
    let text = || "[a-d🙂\n]{1,3}";
    prop_oneof![
        4 => (at(), text(), marks()).prop_map(|(at, text, marks)| Event::Type { at, text, marks }),
        2 => (at(), 1..4_usize).prop_map(|(at, len)| Event::Erase { at, len }),
        1 => (at(), 1..6_usize, formats()).prop_map(|(at, len, marks)| Event::Format { at, len, marks }),
        1 => Just(Event::ComposeBegin),
        1 => Just(Event::ComposeEnd),
        3 => (at(), 0..3_usize, "[x-z🌍]{0,3}").prop_map(|(at, delete, text)| Event::Remote { at, delete, text }),
        1 => (at(), 1..6_usize, prop::option::of(any::<bool>()))
            .prop_map(|(at, len, bold)| Event::RemoteMark { at, len, bold }),
        1 => Just(Event::Undo),
        1 => Just(Event::Redo),
        5 => Just(Event::PageReceives),
        5 => Just(Event::BindingReceives),
        3 => Just(Event::Changed),
    ]
}

struct World {
    text: TextRef,
    binding: Binding,
    page: Page,
    /// What has been composed since the composition began.
    composed: Delta,
    rich: bool,
}

impl World {
    fn new(rich: bool) -> Self {
        let text = SyncKit::in_memory(1).text("note");
        text.push("one 🙂 two\n").unwrap();
        text.mark(0..3, "bold", true, Expand::After).unwrap();
        let binding = if rich { Binding::rich(text.clone()) } else { Binding::plain(text.clone()) };
        let page = Page::default();
        let mut world = Self { text, binding, page, composed: Delta::new(), rich };
        world.send();
        world.page.receive();
        world
    }

    fn send(&mut self) {
        page::send(&mut self.binding, &mut self.page);
    }

    fn type_in(&mut self, change: Delta) {
        let change = if self.rich { change } else { change.plain() };
        if self.page.composing {
            self.composed = self.composed.compose(&change);
        }
        self.page.edit(&change);
    }

    fn step(&mut self, event: Event) {
        let len = self.page.map().len();
        match event {
            Event::Type { at, text, marks } => {
                let insert = Delta::new().retain(at.index(len + 1)).then(Op::Insert(text, marks));
                self.type_in(insert);
            }
            Event::Erase { at, len: count } => {
                let at = at.index(len + 1);
                self.type_in(Delta::new().retain(at).delete(count.min(len - at)));
            }
            Event::Format { at, len: count, marks } => {
                let at = at.index(len + 1);
                let format = Op::Retain(count.min(len - at), marks);
                self.type_in([Delta::new().retain(at).ops(), &[format]].concat().into_iter().collect());
            }
            Event::ComposeBegin => self.page.composing = true,
            Event::ComposeEnd if self.page.composing => {
                let composed = std::mem::take(&mut self.composed);
                self.page.compose_end(&composed);
            }
            Event::ComposeEnd => {}
            Event::Remote { at, delete, text } => {
                let at = at.index(self.text.len() + 1);
                let end = (at + delete).min(self.text.len());
                self.text.replace(at..end, &text).unwrap();
            }
            Event::RemoteMark { at, len, bold } => {
                let at = at.index(self.text.len() + 1);
                let range = at..(at + len).min(self.text.len());
                match bold {
                    Some(bold) => self.text.mark(range, "bold", bold, Expand::After).unwrap(),
                    None => self.text.unmark(range, "bold").unwrap(),
                }
            }
            Event::Undo => self.page.outbox.push_back(FromPage::Undo),
            Event::Redo => self.page.outbox.push_back(FromPage::Redo),
            Event::PageReceives => drop(self.page.receive()),
            Event::BindingReceives => {
                if let Some(message) = self.page.outbox.pop_front() {
                    self.binding.receive(message);
                    self.send();
                }
            }
            Event::Changed => {
                self.binding.changed();
                self.send();
            }
        }
    }

    /// Everything arrives.
    fn settle(&mut self) {
        self.step(Event::ComposeEnd);
        page::settle(&mut self.binding, &mut self.page);
    }

    fn check(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.page.text(), self.text.get().unwrap());
        prop_assert_eq!(self.page.resets, 1, "they came together, not one over the other");
        if self.rich {
            let spans = self.text.spans().into_iter();
            let there: Delta = spans.map(|span| Op::Insert(span.text, span.marks.into())).collect();
            prop_assert_eq!(&self.page.shown, &there);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_text_field_and_its_text_end_up_the_same(events in prop::collection::vec(event(), 0..60)) {
        let mut world = World::new(false);
        events.into_iter().for_each(|event| world.step(event));
        world.settle();
        world.check()?;
    }

    #[test]
    fn a_rich_editor_and_its_text_end_up_the_same(events in prop::collection::vec(event(), 0..60)) {
        let mut world = World::new(true);
        events.into_iter().for_each(|event| world.step(event));
        world.settle();
        world.check()?;
    }

    #[test]
    fn nothing_that_is_typed_gets_lost(events in prop::collection::vec(event(), 0..60)) {
        let mut world = World::new(false);
        let mut typed = Vec::new();
        for (number, event) in events.into_iter().enumerate() {
            // Every letter that is typed is another one, and nobody erases any.
            match event {
                Event::Type { at, .. } => {
                    let letter = char::from_u32(0x4e00 + u32::try_from(number).unwrap()).unwrap();
                    typed.push(letter);
                    world.step(Event::Type { at, text: letter.into(), marks: Attributes::new() });
                }
                Event::Remote { at, text, .. } => world.step(Event::Remote { at, delete: 0, text }),
                Event::Erase { .. } | Event::Undo | Event::Redo => {}
                other => world.step(other),
            }
        }
        world.settle();
        world.check()?;
        let text = world.text.get().unwrap();
        prop_assert!(typed.iter().all(|letter| text.contains(*letter)), "{text}");
    }

    #[test]
    fn a_field_and_its_element_end_up_the_same(
        steps in prop::collection::vec((any::<prop::sample::Index>(), "[a-c🙂]{0,2}", any::<u8>()), 0..40)
    ) {
        #[derive(Document, Clone, Debug, Default, PartialEq)]
        struct Note { title: String }
        let title = SyncKit::in_memory(1).document::<Note>("note").title();
        title.set("Title").unwrap();
        let (mut binding, mut page) = (Binding::field(title.clone()), Page::default());
        page::send(&mut binding, &mut page);
        page.receive();
        for (at, text, kind) in steps {
            match kind % 4 {
                0 => page.edit(&Delta::new().retain(at.index(page.map().len() + 1)).insert(text)),
                1 => title.set(text).unwrap(),
                2 => drop(page.receive()),
                _ => page.outbox.pop_front().into_iter().for_each(|message| binding.receive(message)),
            }
            binding.changed();
            page::send(&mut binding, &mut page);
        }
        page::settle(&mut binding, &mut page);
        prop_assert_eq!(page.text(), title.get().unwrap());
    }
}
