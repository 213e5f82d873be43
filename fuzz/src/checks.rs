//! What must hold whatever the bytes are. Through the public interface alone, so that a test of synckit can run it on the
//! inputs that were kept.

use std::alloc::System;
use std::sync::{Arc, Mutex, OnceLock};

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use synckit::document::{DocumentState, Origin};
use synckit::prelude::*;
use synckit::version::VersionVector;
use synckit::wire::{Limits, Message, Snapshot, Update};
use synckit::{Cursor, Expand, Set, Side, TextStep};

/// Bytes that may be reserved, in all, for each byte read.
const FACTOR: usize = 400;
/// And for none.
const BASE: usize = 64 << 10;

/// A document with one of everything.
#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Page {
    title: String,
    done: bool,
    votes: Counter,
    tags: Set<String>,
    steps: List<Step>,
    people: Map<Step>,
    body: Text,
}

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Step {
    name: String,
    note: Text,
}

fn page(seed: u64) -> PageRef {
    SyncKit::in_memory(seed).document::<Page>("page")
}

fn view(page: &PageRef) -> String {
    format!("{:?} {:?} {}", page.get(), page.body().spans(), page.body().utf16_len())
}

/// Writes something of every kind. Also makes the first inputs of the targets.
fn write(page: &PageRef, word: &str) {
    page.title().set(word).unwrap();
    page.done().set(true).unwrap();
    page.votes().increment(3).unwrap();
    page.tags().insert(word).unwrap();
    page.tags().insert("more").unwrap();
    page.tags().remove(&"more".to_owned()).unwrap();
    let step = page.steps().push(Step { name: word.into(), note: "note".into() }).unwrap();
    page.steps().insert(0, Step::default()).unwrap();
    page.steps().move_to(step.id(), 0).unwrap();
    step.note().push("!").unwrap();
    page.people().insert(word, Step { name: "Ada".into(), note: Text::default() }).unwrap();
    page.people().insert("gone", Step::default()).unwrap();
    page.people().remove("gone").unwrap();
    let (body, middle) = (page.body(), page.body().len() / 2);
    body.insert(middle, "grüße 👩‍👩‍👧 日本語 plain").unwrap();
    body.push(word).unwrap();
    body.delete(middle + 1..middle + 4).unwrap();
    let end = body.len();
    body.mark(middle..end - 1, "bold", true, Expand::After).unwrap();
    body.mark(middle + 2..end, "link", "https://example.org".to_owned(), Expand::None).unwrap();
    body.unmark(middle + 4..middle + 6, "bold").unwrap();
    page.steps().remove(page.steps().at(1).unwrap().id()).unwrap();
}

/// The document that hostile updates meet, and its snapshot.
fn base() -> &'static (DocumentState, Vec<u8>) {
    static BASE: OnceLock<(DocumentState, Vec<u8>)> = OnceLock::new();
    BASE.get_or_init(|| {
        let (here, there) = (page(1), page(2));
        write(&here, "one");
        there.import(&here.export()).unwrap();
        write(&there, "two");
        here.import(&there.export()).unwrap();
        let snapshot = here.export();
        let mut state = DocumentState::new();
        state.restore(&Snapshot::decode(&snapshot).unwrap(), Origin::Load).unwrap();
        (state, snapshot)
    })
}

/// Honest inputs for [`apply`], [`snapshot`] and [`decode`].
pub fn honest() -> Vec<Vec<u8>> {
    let (_, snapshot) = base();
    let (old, new) = (page(3), page(4));
    old.import(snapshot).unwrap();
    let mut inputs = vec![snapshot.clone()];
    let mut known = old.version();
    for round in 0..4 {
        write(&old, ["three", "größe", "", "👩‍👩‍👧"][round]);
        old.undo_manager().undo();
        inputs.push(old.export_since(&known));
        known = old.version();
    }
    inputs.push(old.export_since(&VersionVector::new()));
    inputs.push(old.export());
    new.body().insert(0, &"a long text ".repeat(40)).unwrap();
    inputs.push(new.export());
    let id = || Arc::<str>::from("page");
    let update = Arc::new(Update::decode(&new.export_since(&VersionVector::new())).unwrap());
    let messages = [
        Message::Changes { document: id(), update },
        Message::Subscribe { document: id(), version: old.version() },
        Message::Presence { document: id(), peer: synckit::PeerId(7), state: vec![1, 2, 3] },
        Message::Hello { protocol: 1, peer: synckit::PeerId(7), token: "secret".into() },
        Message::Ping { nonce: 300 },
    ];
    inputs.extend(messages.iter().map(Message::encode));
    let (kept, floored) = (page(7), page(8));
    write(&kept, "before");
    kept.history().keep().unwrap();
    kept.history().sign("Ada").unwrap();
    write(&kept, "after");
    kept.history().checkpoint("here").unwrap();
    write(&kept, "and on");
    inputs.push(kept.export());
    inputs.push(kept.export_since(&VersionVector::new()));
    floored.import(&kept.export()).unwrap();
    let floor = floored.version();
    write(&floored, "beyond");
    floored.history().forget_before(&floor).unwrap();
    inputs.push(floored.export());
    inputs.push(floored.export_since(&floor));
    inputs
}

/// Runs something that read `len` bytes, and sees what it has reserved.
fn bounded<R>(what: &str, len: usize, run: impl FnOnce() -> R) -> R {
    let allocator: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;
    let region = Region::new(allocator);
    let result = run();
    let bytes = region.change().bytes_allocated;
    assert!(bytes <= FACTOR * len + BASE, "{what} of {len} bytes has reserved {bytes}");
    result
}

/// Whatever can be read is written as the same thing.
pub fn decode(data: &[u8]) {
    if let Ok(message) = bounded("decoding a message", data.len(), || Message::decode(data, &Limits::DEFAULT))
    {
        assert_eq!(Message::decode(&message.encode(), &Limits::DEFAULT), Ok(message));
    }
    if let Ok(update) = bounded("decoding an update", data.len(), || Update::decode(data)) {
        let bytes = update.encode();
        assert!(bytes.len() <= update.encoded_len() + 24 * update.changes.len());
        let parts: Vec<_> = update.clone().split(100).into_iter().flat_map(|part| part.changes).collect();
        assert_eq!(parts, update.changes);
        assert_eq!(Update::decode(&bytes), Ok(update));
    }
    if let Ok(snapshot) = bounded("decoding a snapshot", data.len(), || Snapshot::decode(data)) {
        assert_eq!(Snapshot::decode(&snapshot.encode()), Ok(snapshot));
    }
    if let Ok(name) = std::str::from_utf8(data) {
        if let Ok(cursor) = name.parse::<Cursor>() {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        if let Ok(id) = name.parse::<ElementId>() {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }
}

/// An update is refused and changes nothing, or is taken and can be passed on.
pub fn apply(data: &[u8]) {
    let Ok(update) = Update::decode(data) else { return };
    let (base, snapshot) = base();
    let nothing = VersionVector::new();
    let mut state = base.clone();
    match bounded("applying", data.len(), || state.apply(&update, Origin::Remote)) {
        Err(_) => {
            assert_eq!(state.version(), base.version());
            assert!(!state.is_parked());
            assert_eq!(state.since(&nothing), base.since(&nothing));
        }
        Ok(_) => {
            let known = data.len() + snapshot.len();
            let changes = bounded("everything", known, || state.since(&nothing).encode());
            let whole = bounded("a snapshot", known, || state.snapshot().encode());
            for bytes in [&changes, &whole] {
                assert!(bytes.len() <= 16 * known, "{} bytes became {}", data.len(), bytes.len());
            }
            let again = state.apply(&update, Origin::Remote).expect("taken before");
            assert!(again.changes.is_empty(), "the same update is news a second time");
            let one = page(5);
            one.import(snapshot).expect("honest");
            one.import(data).expect("taken before");
            for bytes in [&changes, &whole] {
                let other = page(6);
                other.import(bytes).expect("what was taken can be given");
                assert_eq!(other.version(), one.version());
                assert_eq!(view(&one), view(&other));
            }
        }
    }
}

/// What loads can be worked on, and the work can be passed on.
pub fn snapshot(data: &[u8]) {
    let Ok(snapshot) = Snapshot::decode(data) else { return };
    let mut state = DocumentState::new();
    if bounded("loading", data.len(), || state.restore(&snapshot, Origin::Load)).is_err() {
        assert!(state.version().is_empty());
        return;
    }
    let (base, mut merged) = (&base().0, base().0.clone());
    if merged.restore(&snapshot, Origin::Remote).is_err() {
        assert_eq!(merged.version(), base.version());
        assert_eq!(merged.snapshot(), base.snapshot());
    }
    let (here, there) = (page(5), page(6));
    here.import(data).expect("loaded before");
    let before = view(&here);
    there.import(&here.export()).expect("what was taken can be given");
    assert_eq!(before, view(&there));
    assert_eq!(here.version(), there.version());
    let by_changes = page(7);
    by_changes.import(&here.export_since(&VersionVector::new())).expect("what was taken can be given");
    assert_eq!(before, view(&by_changes));
    past(&here, &there);
    let known = there.version();
    // What is there may leave no room for more: a refusal is fine, a difference is not.
    let wrote = here.update(|page| {
        let body = page.body();
        body.insert(body.len() / 2, "中 between")?;
        body.delete(0..body.len().min(3))?;
        body.mark(0..body.len().min(5), "bold", true, Expand::Both)?;
        page.steps().insert(page.steps().len() / 2, Step::default())?;
        page.votes().increment(1)?;
        page.tags().insert("new")?;
        page.title().set("new")
    });
    there.import(&here.export_since(&known)).expect("honest");
    assert_eq!(view(&here), view(&there));
    if wrote.is_ok() {
        assert!(here.undo_manager().undo());
        there.import(&here.export_since(&there.version())).expect("honest");
        assert_eq!(view(&here), view(&there));
    }
}

/// What can be seen of the past is the same everywhere.
fn past(here: &PageRef, there: &PageRef) {
    assert_eq!(here.history().is_kept(), there.history().is_kept());
    assert_eq!(here.history().checkpoints(), there.history().checkpoints());
    let body = here.body();
    assert_eq!(body.blame(0..body.len()), there.body().blame(0..body.len()));
    let versions = here.history().versions();
    let few = versions.len().div_ceil(8).max(1);
    for entry in versions.iter().step_by(few) {
        let shown = |page: &PageRef| page.at(&entry.version).map(|past| view(&past));
        assert_eq!(shown(here), shown(there), "{:?}", entry.version);
        let _ = body.diff(&entry.version, &here.version());
    }
}

/// One of the replicas that run a program, and a text that follows its text step by step.
struct Writer {
    page: PageRef,
    mirror: Arc<Mutex<Vec<char>>>,
    _following: Subscription,
}

impl Writer {
    fn new(seed: u64) -> Self {
        let page = page(seed);
        let mirror = Arc::<Mutex<Vec<char>>>::default();
        let (copy, body) = (mirror.clone(), page.body());
        let following = page.body().follow(move |delta| {
            let mut copy = copy.lock().unwrap();
            match &delta.change {
                Some(steps) => steps.iter().for_each(|step| match step {
                    TextStep::Insert { at, text } => drop(copy.splice(at..at, text.chars())),
                    TextStep::Delete { at, len } => drop(copy.drain(*at..at + len)),
                    TextStep::Mark { range, .. } => assert!(range.end <= copy.len() && !range.is_empty()),
                    other => panic!("an unknown step: {other:?}"),
                }),
                None => *copy = body.get().unwrap().chars().collect(),
            }
        });
        Self { page, mirror, _following: following }
    }

    fn pull(&self, from: &Self) {
        self.page.import(&from.page.export_since(&self.page.version())).unwrap();
    }

    fn check(&self) {
        let (body, mirror) = (self.page.body(), self.mirror.lock().unwrap());
        let text: String = mirror.iter().collect();
        assert_eq!(body.get().unwrap(), text);
        assert_eq!(body.len(), mirror.len());
        assert_eq!(body.utf16_len(), text.encode_utf16().count());
        let spans: String = body.spans().into_iter().map(|span| span.text).collect();
        assert_eq!(spans, text);
    }
}

const WORDS: [&str; 8] = ["a", "xyz", "日本", "é", "👩‍👩‍👧", "😀", "a longer stretch", "\u{301}"];
const EXPAND: [Expand; 4] = [Expand::None, Expand::Before, Expand::After, Expand::Both];

/// Runs the bytes as a program on three replicas: they end with the same text and the same marks.
pub fn marks(data: &[u8]) {
    let writers = [1, 2, 3].map(Writer::new);
    let mut bytes = data.iter().take(600).map(|&byte| usize::from(byte));
    while let Some(code) = bytes.next() {
        let mut next = || bytes.next().unwrap_or(0);
        let writer = &writers[code % 3];
        let body = writer.page.body();
        let len = body.len();
        let mut range = || {
            let from = next() % (len + 1);
            from..(from + next() % 8).min(len)
        };
        match code / 3 % 12 {
            0..=2 => body.insert(range().start, WORDS[next() % WORDS.len()]).unwrap(),
            3 => body.delete(range()).unwrap(),
            4 => body.replace(range(), WORDS[next() % WORDS.len()]).unwrap(),
            5 | 6 => {
                let (range, choice) = (range(), next());
                let (key, value) = [("bold", "1"), ("link", "a"), ("link", "b")][choice % 3];
                body.mark(range, key, value.to_owned(), EXPAND[choice / 3 % 4]).unwrap();
            }
            7 => body.unmark(range(), ["bold", "link"][next() % 2]).unwrap(),
            8 => drop(writer.page.undo_manager().undo()),
            9 => drop(writer.page.undo_manager().redo()),
            10 => {
                let (at, other) = (range().start, &writers[(code + 1) % 3]);
                let cursor = body.cursor_at(at, [Side::Before, Side::After][next() % 2]);
                assert_eq!(body.position_of(&cursor), Some(at));
                other.pull(writer);
                assert!(other.page.body().position_of(&cursor).is_some());
                other.check();
            }
            _ => writers[(code + 2) % 3].pull(writer),
        }
        writer.check();
    }
    converge(&writers);
    for writer in &writers {
        while writer.page.undo_manager().undo() {}
    }
    converge(&writers);
}

fn converge(writers: &[Writer; 3]) {
    let [a, b, c] = writers;
    a.pull(b);
    a.pull(c);
    b.pull(a);
    c.pull(a);
    let fresh = page(9);
    fresh.import(&a.page.export()).unwrap();
    for writer in writers {
        writer.check();
        assert_eq!(view(&writer.page), view(&fresh));
    }
}
