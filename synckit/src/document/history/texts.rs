//! Which texts come back when a part of a document does.

use std::collections::HashMap;

use super::DocumentState;
use crate::crdt::container::{ContainerId, Content};

/// What holds each container that an operation created, as far as it shows.
type Holders<'a> = HashMap<ContainerId, &'a ContainerId>;

impl DocumentState {
    /// The texts that show within a container both here and in `past`. O(both documents).
    pub(crate) fn texts_within(&self, past: &Self, container: &ContainerId) -> Vec<ContainerId> {
        let holders = [self.holders(), past.holders()];
        let texts = self.texts().map(|(id, _)| id);
        texts.filter(|id| holders.iter().all(|holders| is_within(holders, id, container))).cloned().collect()
    }

    fn holders(&self) -> Holders<'_> {
        let mut holders = Holders::new();
        for (id, content) in &self.containers {
            let mut hold = |slot: Option<ContainerId>| holders.extend(slot.map(|inner| (inner, id)));
            match content {
                Content::Map(map) => map.iter().for_each(|(_, slot)| hold(slot.container())),
                Content::List(list) => {
                    list.iter().for_each(|item| hold(item.slot().and_then(|slot| slot.container())));
                }
                _ => {}
            }
        }
        holders
    }
}

fn is_within<'a>(holders: &Holders<'a>, mut id: &'a ContainerId, container: &ContainerId) -> bool {
    // Whoever writes by hand can have a container hold itself.
    for _ in 0..=holders.len() + crate::wire::limits::MAX_DEPTH {
        if id == container {
            return true;
        }
        match id.parent().or_else(|| holders.get(id).copied()) {
            Some(outer) => id = outer,
            None => return false,
        }
    }
    false
}
