//! Without the feature `text` there are no texts: nothing is ever of these types, and what would handle them is left out.

use super::operation::{Live, Stamp};
use crate::version::{Dot, ReplicaId, VersionVector};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TextAction {}

impl TextAction {
    pub(crate) fn span(&self) -> u64 {
        match *self {}
    }

    pub(crate) fn is_timed(&self) -> bool {
        match *self {}
    }

    pub(crate) fn dependencies(&self) -> [Option<Dot>; 2] {
        match *self {}
    }

    pub(crate) fn split_off(&mut self, _end: u64) -> Option<(Dot, Self)> {
        match *self {}
    }

    pub(crate) fn rename(self, _own: Dot, _name: &dyn Fn(Dot) -> Dot) -> Vec<(Dot, Self)> {
        match self {}
    }

    pub(crate) fn fingerprints(&self, _max: usize) -> Option<Vec<(u64, u64)>> {
        match *self {}
    }

    pub(crate) fn weight(&self) -> usize {
        match *self {}
    }
}

#[derive(Debug, Clone)]
pub(crate) enum TextState {}

impl TextState {
    pub(crate) fn execute(&mut self, _stamp: Stamp, _action: &TextAction) -> bool {
        match *self {}
    }

    pub(crate) fn edits_by(&self, _replica: ReplicaId, _first: u64, _last: u64) -> Vec<(Dot, TextAction)> {
        match *self {}
    }

    pub(crate) fn live(&self, _known: &VersionVector, _emit: &mut dyn FnMut(Live)) {
        match *self {}
    }

    pub(crate) fn byte_size(&self) -> usize {
        match *self {}
    }
}
