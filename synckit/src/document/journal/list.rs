//! What happens to a list.

use super::{MAX_STEPS, Recorder};
use crate::crdt::container::Content;
use crate::crdt::list::{Item, ListState};
use crate::crdt::operation::Action;
use crate::version::Dot;

/// An item came, went, moved or got another value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed {
    pub(crate) item: Dot,
    /// Where it stood, unless it comes, and the operation that its value came from.
    pub(crate) from: Option<(usize, Dot)>,
    /// The same afterwards, unless it goes.
    pub(crate) to: Option<(usize, Dot)>,
}

#[derive(Default)]
pub(crate) struct Listed {
    steps: Vec<Placed>,
    /// The item that an operation acts on right now, and where it stands.
    current: Option<(Dot, Option<(usize, Dot)>)>,
    /// Whether there were more than can be kept.
    overflown: bool,
}

fn place(list: &ListState, item: Dot) -> Option<(usize, Dot)> {
    Some((list.index_of(item)?, list.item(item).map(Item::slot_dot)?))
}

impl Listed {
    /// Adds a step, which may go on with the last one or take it back.
    fn add(&mut self, step: Placed) {
        if self.overflown {
            return;
        }
        let joined = self.steps.last_mut().filter(|last| last.item == step.item);
        let is_nothing = match joined {
            Some(last) => {
                last.to = step.to;
                last.from == last.to
            }
            None if step.from == step.to => return,
            None => {
                self.steps.push(step);
                false
            }
        };
        if is_nothing {
            self.steps.pop();
        }
        if self.steps.len() > MAX_STEPS {
            (self.steps, self.overflown) = (Vec::new(), true);
        }
    }
}

impl Recorder for Listed {
    type Change = Vec<Placed>;

    fn start(_content: &mut Content) -> Self {
        Self::default()
    }

    fn before(&mut self, content: &mut Content, dot: Dot, action: &Action) {
        let Content::List(list) = content else { return };
        let item = match action {
            Action::ListMove { item, .. }
            | Action::ListSet { item, .. }
            | Action::ListDelete { item }
            | Action::ListRestore { item } => *item,
            _ => dot,
        };
        self.current = Some((item, place(list, item)));
    }

    fn after(&mut self, content: &Content) {
        if let Content::List(list) = content
            && let Some((item, from)) = self.current.take()
        {
            self.add(Placed { item, from, to: place(list, item) });
        }
    }

    fn end(&mut self, _content: &mut Content, _is_last: bool) -> (Option<Vec<Placed>>, usize) {
        let steps = std::mem::take(&mut self.steps);
        match std::mem::take(&mut self.overflown) {
            true => (None, 1),
            false => {
                let count = steps.len();
                (Some(steps), count)
            }
        }
    }
}
