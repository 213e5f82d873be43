//! A text of a snapshot, with the container that it is.

use super::bytes::Bytes;
use super::limits::DecodeError;
use super::names::{Named, Names};
use crate::crdt::container::{ContainerId, Kind};
use crate::sequence::Sequence;
use crate::version::{ReplicaId, VersionVector};

/// The names need a replica that is told elsewhere; here every one is told.
const NOBODY: u64 = 1;

/// `None` when it has to be stored by its edits instead.
pub(crate) fn encode(id: &ContainerId, sequence: &Sequence) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    Names::new(ReplicaId::new(NOBODY), 0, &VersionVector::new()).put_container(&mut bytes, id);
    sequence.write(&mut bytes).then_some(bytes)
}

pub(crate) fn decode(bytes: &[u8]) -> Result<(ContainerId, Sequence), DecodeError> {
    let mut bytes = Bytes::new(bytes);
    let id = Named::new(ReplicaId::new(NOBODY), 0, &VersionVector::new(), None).container(&mut bytes)?;
    if id.kind() != Kind::Text {
        return Err(DecodeError::Invalid("a text that is another kind of container"));
    }
    Ok((id, Sequence::read(bytes)?))
}
