//! A text of a snapshot, with the container that it is.

use super::bytes::{Bytes, put_number, put_sized};
use super::limits::DecodeError;
use super::names::{Named, Names};
use crate::crdt::container::{ContainerId, Kind};
use crate::sequence::{Columns, Sequence};
use crate::version::{ReplicaId, VersionVector};

/// The names need a replica that is told elsewhere; here every one is told.
const NOBODY: u64 = 1;

pub(crate) fn encode(id: &ContainerId, columns: &Columns) -> Vec<u8> {
    let mut bytes = Vec::new();
    Names::new(ReplicaId::new(NOBODY), 0, &VersionVector::new()).put_container(&mut bytes, id);
    put_sized(&mut bytes, columns.text.as_bytes());
    put_number(&mut bytes, columns.writers.len() as u64);
    for writer in &columns.writers {
        bytes.extend_from_slice(&writer.to_le_bytes());
    }
    for column in [&columns.piece_writers, &columns.piece_lens, &columns.edit_counts, &columns.edit_gaps] {
        put_column(&mut bytes, column.iter().map(|&number| u64::from(number)));
    }
    put_column(&mut bytes, columns.piece_seqs.iter().map(|&number| ((number << 1) ^ (number >> 63)) as u64));
    for column in [&columns.edits, &columns.references] {
        put_column(&mut bytes, column.iter().copied());
    }
    bytes
}

pub(crate) fn decode(bytes: &[u8]) -> Result<(ContainerId, Sequence), DecodeError> {
    let mut bytes = Bytes::new(bytes);
    let id = Named::new(ReplicaId::new(NOBODY), 0, &VersionVector::new()).container(&mut bytes)?;
    if id.kind() != Kind::Text {
        return Err(DecodeError::Invalid("a text that is another kind of container"));
    }
    let len = bytes.number()?;
    let mut columns = Columns { text: bytes.text(len)?.to_owned(), ..Columns::default() };
    for _ in 0..bytes.number()? {
        columns.writers.push(u64::from_le_bytes(bytes.array()?));
    }
    let small = [
        &mut columns.piece_writers,
        &mut columns.piece_lens,
        &mut columns.edit_counts,
        &mut columns.edit_gaps,
    ];
    for column in small {
        for _ in 0..bytes.number()? {
            column.push(
                u32::try_from(bytes.number()?)
                    .map_err(|_| DecodeError::Invalid("a number in a text out of range"))?,
            );
        }
    }
    for _ in 0..bytes.number()? {
        columns.piece_seqs.push(bytes.signed()?);
    }
    for column in [&mut columns.edits, &mut columns.references] {
        for _ in 0..bytes.number()? {
            column.push(bytes.number()?);
        }
    }
    Ok((id, Sequence::from_columns(columns)?))
}

fn put_column(bytes: &mut Vec<u8>, numbers: impl ExactSizeIterator<Item = u64>) {
    put_number(bytes, numbers.len() as u64);
    numbers.for_each(|number| put_number(bytes, number));
}
