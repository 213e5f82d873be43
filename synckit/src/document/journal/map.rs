//! What happens to a map.

use std::sync::Arc;

use super::{MAX_STEPS, Recorder};
use crate::crdt::container::Content;
use crate::crdt::operation::Action;
use crate::sorted::sort_by;
use crate::version::Dot;

/// Keys that were written, ascending, and whether there is something under them now.
pub(crate) type KeyedChange = Vec<(Arc<str>, bool)>;

#[derive(Default)]
pub(crate) struct Keyed {
    /// Keys that were written, and whether there was something under them.
    written: Vec<(Arc<str>, bool)>,
    /// The same of the key that an operation writes right now, and the operation.
    current: Option<(Arc<str>, bool, Dot)>,
}

impl Recorder for Keyed {
    type Change = KeyedChange;

    fn start(_content: &mut Content) -> Self {
        Self::default()
    }

    fn before(&mut self, content: &mut Content, dot: Dot, action: &Action) {
        if let (Content::Map(map), Action::MapSet { key, .. } | Action::MapDelete { key }) = (content, action)
            && self.written.len() <= MAX_STEPS
        {
            self.current = Some((key.clone(), map.get(key).is_some(), dot));
        }
    }

    fn after(&mut self, content: &Content) {
        if let Content::Map(map) = content
            && let Some((key, was, dot)) = self.current.take()
            && map.register(&key).is_some_and(|register| register.stamp.dot == dot)
        {
            self.written.push((key, was));
        }
    }

    fn end(&mut self, content: &mut Content, _is_last: bool) -> (Option<KeyedChange>, usize) {
        let mut written = std::mem::take(&mut self.written);
        let Content::Map(map) = content else { return (None, 0) };
        if written.len() > MAX_STEPS {
            return (None, 1);
        }
        // Stable: of several writes of one key the first one knows what was there before.
        sort_by(&mut written, |one, other| one.0 < other.0);
        written.dedup_by(|next, kept| next.0 == kept.0);
        let now = written.into_iter().map(|(key, was)| {
            let is = map.get(&key).is_some();
            (key, was, is)
        });
        let changed = now.filter(|&(_, was, is)| was || is).map(|(key, _, is)| (key, is));
        let changed: KeyedChange = changed.collect();
        let count = changed.len();
        (Some(changed), count)
    }
}
