//! Set: observed remove, add wins.
//!
//! For every element there is the short list of operations that no other operation has observed, and a version vector
//! of what has been observed. An operation replaces everything on its element that its writer had observed, so one
//! usually stands for all; concurrent ones stay side by side until somebody has seen both. The element is in the set
//! when at least one of them is an add.

use std::collections::BTreeMap;

use super::operation::{Action, Live, Stamp};
use crate::value::Value;
use crate::version::{Dot, VersionVector};

/// Adds an element or removes it, in the place of everything that its writer had observed on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SetAction {
    pub(crate) adds: bool,
    pub(crate) value: Value,
    pub(crate) observed: Vec<Dot>,
}

impl SetAction {
    /// Roughly how many bytes it takes when encoded.
    pub(crate) fn weight(&self) -> usize {
        self.value.byte_size() + 12 * self.observed.len()
    }

    /// The same, with other names for what it has observed.
    pub(crate) fn renamed(self, names: impl FnOnce(Vec<Dot>) -> Vec<Dot>) -> Action {
        Action::Set(Self { observed: names(self.observed), ..self })
    }
}

#[derive(Debug, Clone, Default)]
struct Element {
    /// Operations that none has observed yet: (stamp, whether it adds).
    heads: Vec<(Stamp, bool)>,
    /// Everything that some operation on this element has observed.
    observed: VersionVector,
}

impl Element {
    fn present(&self) -> bool {
        self.heads.iter().any(|head| head.1)
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct SetState {
    elements: BTreeMap<Value, Element>,
    len: usize,
}

impl SetState {
    /// Adds or removes an element. Returns whether the set is another one now. O(log n).
    pub(crate) fn apply(&mut self, stamp: Stamp, action: &SetAction) -> bool {
        let SetAction { adds, value, observed } = action;
        if !self.elements.contains_key(value) {
            self.elements.insert(value.clone(), Element::default());
        }
        let Some(element) = self.elements.get_mut(value) else { return false };
        let before = element.present();
        observed.iter().for_each(|dot| element.observed.advance(dot.replica, dot.seq));
        let observed = &element.observed;
        element.heads.retain(|(head, _)| !observed.contains(head.dot));
        let known =
            observed.contains(stamp.dot) || element.heads.iter().any(|(head, _)| head.dot == stamp.dot);
        if !known {
            element.heads.push((stamp, *adds));
        }
        let after = element.present();
        match (before, after) {
            (false, true) => self.len += 1,
            (true, false) => self.len -= 1,
            _ => {}
        }
        before != after
    }

    pub(crate) fn contains(&self, value: &Value) -> bool {
        self.elements.get(value).is_some_and(Element::present)
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Elements that are in the set, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Value> {
        self.elements.iter().filter(|(_, element)| element.present()).map(|(value, _)| value)
    }

    /// What a new operation on this element would have observed: of every replica the last one.
    pub(crate) fn observe(&self, value: &Value) -> Vec<Dot> {
        let Some(element) = self.elements.get(value) else { return Vec::new() };
        let mut observed = element.observed.clone();
        element.heads.iter().for_each(|(head, _)| observed.advance(head.dot.replica, head.dot.seq));
        observed.iter().map(|(replica, seq)| Dot::new(replica, seq)).collect()
    }

    /// Heads may have observed different things; each is handed out with all that has been observed on its element.
    /// That is sound: what one operation has observed stays replaced, whichever operation says so.
    ///
    /// Hands over what `known` lacks.
    pub(crate) fn live(&self, known: &VersionVector, emit: &mut dyn FnMut(Live)) {
        for (value, element) in &self.elements {
            for &(stamp, adds) in element.heads.iter().filter(|(stamp, _)| !known.contains(stamp.dot)) {
                let value = value.clone();
                let observed = element.observed.iter().map(|(replica, seq)| Dot::new(replica, seq)).collect();
                emit(Live { stamp, action: Action::Set(SetAction { adds, value, observed }) });
            }
        }
    }

    pub(crate) fn byte_size(&self) -> usize {
        let element = |element: &Element| element.heads.len() * 32 + element.observed.len() * 16;
        self.elements.iter().map(|(value, state)| 48 + value.byte_size() + element(state)).sum()
    }
}
