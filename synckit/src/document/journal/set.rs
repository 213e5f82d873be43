//! What happens to a set.

use super::{MAX_STEPS, Recorder};
use crate::crdt::container::Content;
use crate::crdt::operation::Action;
use crate::crdt::set::SetAction;
use crate::sorted::sort_by;
use crate::value::Value;
use crate::version::Dot;

/// Elements that came or went, ascending, and whether they are there now.
pub(crate) type MemberedChange = Vec<(Value, bool)>;

#[derive(Default)]
pub(crate) struct Membered {
    /// Elements that came or went, and whether they were there.
    changed: Vec<(Value, bool)>,
    /// The same of the element that an operation acts on right now.
    current: Option<(Value, bool)>,
}

impl Recorder for Membered {
    type Change = MemberedChange;

    fn start(_content: &mut Content) -> Self {
        Self::default()
    }

    fn before(&mut self, content: &mut Content, _dot: Dot, action: &Action) {
        let (Content::Set(set), Action::Set(action)) = (content, action) else { return };
        if self.changed.len() > MAX_STEPS {
            return;
        }
        let value = match action {
            SetAction::Write { value, .. } => Some(value.clone()),
            SetAction::Forget { addition } => set.added_by(*addition),
        };
        self.current = value.map(|value| {
            let was = set.contains(&value);
            (value, was)
        });
    }

    fn after(&mut self, content: &Content) {
        if let Content::Set(set) = content
            && let Some((value, was)) = self.current.take()
            && set.contains(&value) != was
        {
            self.changed.push((value, was));
        }
    }

    fn end(&mut self, content: &mut Content, _is_last: bool) -> (Option<MemberedChange>, usize) {
        let mut changed = std::mem::take(&mut self.changed);
        let Content::Set(set) = content else { return (None, 0) };
        if changed.len() > MAX_STEPS {
            return (None, 1);
        }
        // Stable: of several changes of one element the first one knows what was before.
        sort_by(&mut changed, |one, other| one.0 < other.0);
        changed.dedup_by(|next, kept| next.0 == kept.0);
        changed.retain(|(value, was)| set.contains(value) != *was);
        changed.iter_mut().for_each(|(_, was)| *was = !*was);
        let count = changed.len();
        (Some(changed), count)
    }
}
