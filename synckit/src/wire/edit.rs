//! A change that is one edit of a text.

use super::names::Names;
use super::operations::{Cursor, Writer};
use super::text;
use super::update::Change;
use crate::crdt::container::ContainerId;
use crate::sequence::{Lent, What};
use crate::version::{Dot, VersionVector};

/// The edit that is all there is in a change with these operations, if it is one of `container`, and that is a field of the root.
/// What cannot be read is none.
pub(crate) fn read<'a>(change: &Change, operations: &'a [u8], container: &ContainerId) -> Option<Lent<'a>> {
    let mut cursor = Cursor::new(change, operations, None);
    if !cursor.named.takes_field(&mut cursor.bytes, container) {
        return None;
    }
    let head = cursor.bytes.byte().ok()?;
    let own = Dot::new(change.replica, change.first_seq);
    let edit = text::edit(&mut cursor, head & 15, head >> 4, own)?.ok()?;
    (cursor.bytes.is_empty() && edit.len as u64 == change.len).then_some(edit)
}

/// The operations of a change that is this edit, unless it is one of more than so many bytes, or of characters that are gone.
pub(crate) fn write(
    dependencies: &VersionVector,
    container: &ContainerId,
    edit: Lent<'_>,
    max: usize,
) -> Option<Vec<u8>> {
    let len = match edit.what {
        What::Insert { text, .. } => text?.len(),
        What::Delete { .. } => 0,
    };
    if len > max {
        return None;
    }
    let names = Names::new(edit.dot.replica, edit.dot.seq, dependencies);
    let mut writer = Writer::new(48 + len, names);
    writer.names.spell(&mut writer.bytes, container);
    text::put_edit(&mut writer, edit, true);
    Some(writer.bytes)
}
