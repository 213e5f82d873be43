//! Without the feature `sets` there are no operations on sets.

use super::operations::Writer;
use crate::crdt::set::SetAction;
use crate::version::Dot;

#[derive(Default)]
pub(super) struct Additions {}

pub(super) fn code_of(action: &SetAction) -> u8 {
    match *action {}
}

pub(super) fn put(_: &mut Writer, _: usize, _: Dot, action: &SetAction) {
    match *action {}
}
