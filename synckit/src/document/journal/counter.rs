//! What happens to a counter.

use super::Recorder;
use crate::crdt::container::Content;
use crate::crdt::operation::Action;
use crate::version::Dot;

/// Its value before the transaction, once that has written it.
#[derive(Default)]
pub(crate) struct Counted(Option<i64>);

fn value(content: &Content) -> i64 {
    if let Content::Counter(counter) = content { counter.value() } else { 0 }
}

impl Recorder for Counted {
    /// Before and after.
    type Change = (i64, i64);

    fn start(_content: &mut Content) -> Self {
        Self::default()
    }

    fn before(&mut self, content: &mut Content, _dot: Dot, _action: &Action) {
        self.0.get_or_insert_with(|| value(content));
    }

    fn end(&mut self, content: &mut Content, _is_last: bool) -> (Option<(i64, i64)>, usize) {
        let now = value(content);
        let before = self.0.take().unwrap_or(now);
        (Some((before, now)), usize::from(before != now))
    }
}
