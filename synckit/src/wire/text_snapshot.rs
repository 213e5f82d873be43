//! A text of a snapshot, with the container that it is.

use prost::Message;

use super::generated as pb;
use super::limits::DecodeError;
use super::table::{Table, Tables};
use crate::crdt::container::{ContainerId, Kind};
use crate::sequence::Sequence;
use crate::version::ReplicaId;

/// The tables need a replica that is told elsewhere; here every one is told.
const NOBODY: u64 = 1;

pub(crate) fn encode(id: &ContainerId, mut columns: pb::TextSnapshot) -> Vec<u8> {
    let mut table = Table::new(ReplicaId::new(NOBODY));
    table.container(id);
    let mut tables = pb::Operations::default();
    table.finish(&mut tables);
    columns.tables = Some(tables);
    columns.encode_to_vec()
}

pub(crate) fn decode(bytes: &[u8]) -> Result<(ContainerId, Sequence), DecodeError> {
    let mut columns = pb::TextSnapshot::decode(bytes)?;
    let mut tables = columns.tables.take().unwrap_or_default();
    let last = (tables.container_table.len() as u32).checked_sub(1);
    let tables = Tables::read(ReplicaId::new(NOBODY), &mut tables)?;
    let id = tables.container(last.ok_or(DecodeError::Invalid("a text without a container"))?)?;
    if id.kind() != Kind::Text {
        return Err(DecodeError::Invalid("a text that is another kind of container"));
    }
    Ok((id, Sequence::from_columns(columns)?))
}
