//! Without the feature `text` there are no text operations to encode.

use super::generated::{self as pb, OperationKind};
use super::table::Table;
use crate::crdt::text::TextAction;
use crate::version::Dot;

pub(super) fn push(
    _columns: &mut pb::Operations,
    _table: &mut Table,
    _own: Dot,
    action: &TextAction,
) -> OperationKind {
    match *action {}
}
