//! Following a list.

use super::{Delta, Follower};
use crate::client::Subscription;
use crate::document::event::Target;
use crate::document::journal::{Listed, Placed};
use crate::handle::{Element, ElementId, ListRef};

/// One thing that happened to a list. Positions are those at its time: in order, the steps lead from the list before to the list
/// after. `R` is the handle of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListStep<R> {
    /// An element came, for the first time or back.
    Insert {
        /// Where it stands.
        at: usize,
        /// Its id.
        id: ElementId,
        /// Its handle.
        element: R,
    },
    /// An element went.
    Remove {
        /// Where it stood.
        at: usize,
        /// Its id.
        id: ElementId,
    },
    /// An element moved.
    Move {
        /// Where it stood.
        from: usize,
        /// Where it stands: the place that it has after it was taken out of the other one.
        to: usize,
        /// Its id.
        id: ElementId,
    },
    /// An element that is a plain value got another one.
    Set {
        /// Where it stands.
        at: usize,
        /// Its id.
        id: ElementId,
        /// Its handle, which tells the value.
        element: R,
    },
}

/// What one transaction or update did to a list, and where it came from.
pub type ListDelta<R> = Delta<Vec<ListStep<R>>>;

impl<T: Element> ListRef<T> {
    /// Is told from now on what happens to the list: which elements come, go, move, and get other values. What is inside of elements
    /// that are documents is told by their own handles.
    pub fn follower(&self) -> Follower<Vec<ListStep<T::Ref>>> {
        let list = self.clone();
        Follower::new::<Listed>(&self.node, move |steps| Some(list.steps(steps)))
    }

    /// Calls back with what happened, once for a transaction, step by step. O(log n) to find the place of an element, besides
    /// what the write itself costs.
    ///
    /// ```
    /// use synckit::prelude::*;
    /// use synckit::ListStep;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let list = SyncKit::in_memory(1).list::<String>("list");
    /// let mut follower = list.follower();
    /// let milk = list.push("milk".into())?;
    /// list.insert(0, "bread".into())?;
    /// list.move_to(milk.id(), 0)?;
    /// let id = milk.id();
    /// let mut steps = || follower.next().and_then(|delta| delta.change).unwrap();
    /// assert_eq!(steps(), [ListStep::Insert { at: 0, id, element: milk.clone() }]);
    /// assert!(matches!(steps()[..], [ListStep::Insert { at: 0, .. }]));
    /// assert_eq!(steps(), [ListStep::Move { from: 1, to: 0, id }]);
    /// assert!(follower.next().is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn follow(&self, callback: impl Fn(&ListDelta<T::Ref>) + Send + Sync + 'static) -> Subscription {
        // Values of elements are watched by what is around them.
        self.follower().call(Target::Deep(self.node.id.clone()), callback)
    }

    fn steps(&self, placed: Vec<Placed>) -> Vec<ListStep<T::Ref>> {
        let mut steps = Vec::with_capacity(placed.len());
        self.node.cell.read(|state| {
            let Some(list) = state.list(&self.node.id) else { return };
            for Placed { item, from, to } in placed {
                let id = ElementId(item);
                let Some(element) = list.item(item).map(|item| self.handle(item)) else { continue };
                match (from, to) {
                    (None, Some((at, _))) => steps.push(ListStep::Insert { at, id, element }),
                    (Some((at, _)), None) => steps.push(ListStep::Remove { at, id }),
                    (Some((from, was)), Some((to, is))) => {
                        if from != to {
                            steps.push(ListStep::Move { from, to, id });
                        }
                        if was != is {
                            steps.push(ListStep::Set { at: to, id, element });
                        }
                    }
                    (None, None) => {}
                }
            }
        });
        steps
    }
}
