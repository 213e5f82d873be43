//! Without the feature `sets` there are no sets: nothing is ever of these types, and what would handle them is left out.

use super::operation::{Action, Live, Stamp};
use crate::version::{Dot, VersionVector};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SetAction {}

impl SetAction {
    pub(crate) fn weight(&self) -> usize {
        match *self {}
    }

    pub(crate) fn renamed(
        self,
        _names: impl FnOnce(Vec<Dot>) -> Vec<Dot>,
        _name: impl FnOnce(Dot) -> Dot,
    ) -> Action {
        match self {}
    }
}

#[derive(Debug, Clone)]
pub(crate) enum SetState {}

impl SetState {
    pub(crate) fn apply(&mut self, _stamp: Stamp, _action: &SetAction) -> bool {
        match *self {}
    }

    pub(crate) fn loaded(&mut self) {
        match *self {}
    }

    pub(crate) fn live(&self, _known: &VersionVector, _emit: &mut dyn FnMut(Live)) {
        match *self {}
    }

    pub(crate) fn byte_size(&self) -> usize {
        match *self {}
    }
}
