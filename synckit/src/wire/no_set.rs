//! Without the feature `sets` there are no operations on sets.

use super::operations::Writer;
use crate::crdt::set::SetAction;
use crate::version::Dot;

pub(super) fn code_of(action: &SetAction) -> u8 {
    match *action {}
}

pub(super) fn put(_: &mut Writer, _: Dot, action: &SetAction) {
    match *action {}
}
