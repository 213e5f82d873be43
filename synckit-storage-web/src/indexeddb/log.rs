//! The operations of the store, each one transaction.

use js_sys::{Array, Uint8Array};
use synckit::storage::{Chunk, ChunkId, StorageError};
use wasm_bindgen::prelude::*;
use web_sys::{IdbCursor, IdbKeyRange, IdbObjectStore};

use super::connection::Connection;
use super::request::result;
use super::schema::{CHUNKS, COUNTERS, LAST_ID, RECORDS, REPLICAS};
use super::transaction::{Durability, Transaction};
use crate::error::storage_error;
use crate::lease::MAX_REPLICAS;
use crate::limits::{MAX_RECORD_BYTES, MAX_UPDATE_BYTES};
use crate::operation::{Answer, Operation, insert};

/// Chunks that are fetched at once.
const PAGE: u32 = 512;
/// Largest integer that a JavaScript number holds exactly; ids end there.
const MAX_ID: u64 = (1 << 53) - 1;

/// Performs `operation` in one transaction.
pub(super) async fn perform(
    connection: &Connection,
    durability: Durability,
    operation: &Operation,
) -> Result<Answer, StorageError> {
    let (stores, mode): (&[&str], &str) = match operation {
        Operation::Load { .. } | Operation::Documents => (&[CHUNKS], "readonly"),
        Operation::Append { .. } | Operation::Compact { .. } => (&[CHUNKS, COUNTERS], "readwrite"),
        Operation::Delete { .. } => (&[CHUNKS], "readwrite"),
        Operation::Record { .. } => (&[RECORDS], "readonly"),
        Operation::SetRecord { .. } => (&[RECORDS], "readwrite"),
        Operation::Replicas => (&[REPLICAS], "readonly"),
        Operation::AddReplica { .. } => (&[REPLICAS], "readwrite"),
    };
    let transaction = Transaction::begin(connection, stores, mode, durability)?;
    let work = steps(&transaction, operation).await;
    transaction.end(work).await
}

async fn steps(transaction: &Transaction, operation: &Operation) -> Result<Answer, StorageError> {
    match operation {
        Operation::Load { document, after } => {
            load(&transaction.store(CHUNKS)?, document, *after).await.map(Answer::Chunks)
        }
        Operation::Append { document, update } => {
            replace(transaction, document, &[], update).await.map(Answer::Id)
        }
        Operation::Compact { document, read, snapshot } => {
            replace(transaction, document, read, snapshot).await.map(Answer::Id)
        }
        Operation::Delete { document } => {
            ask(transaction.store(CHUNKS)?.delete(&range(document, None)?.into()))?;
            Ok(Answer::Nothing)
        }
        Operation::Documents => documents(&transaction.store(CHUNKS)?).await.map(Answer::Names),
        Operation::Record { key } => {
            let value = result(&ask(transaction.store(RECORDS)?.get(&key.into()))?).await?;
            let value = if value.is_undefined() { None } else { Some(bytes(&value, MAX_RECORD_BYTES)?) };
            Ok(Answer::Value(value))
        }
        Operation::SetRecord { key, value } => {
            let value = Uint8Array::from(value.as_slice());
            ask(transaction.store(RECORDS)?.put_with_key(&value, &key.into()))?;
            Ok(Answer::Nothing)
        }
        Operation::Replicas => {
            let store = transaction.store(REPLICAS)?;
            let keys = ask(store.get_all_keys_with_key_and_limit(&JsValue::UNDEFINED, MAX_REPLICAS))?;
            let keys: Array = result(&keys).await?.unchecked_into();
            Ok(Answer::Names(keys.iter().filter_map(|key| key.as_string()).collect()))
        }
        Operation::AddReplica { replica } => {
            let store = transaction.store(REPLICAS)?;
            let count = result(&ask(store.count())?).await?;
            let room = number(&count).is_some_and(|count| count < u64::from(MAX_REPLICAS));
            if room {
                ask(store.put_with_key(&js_sys::Date::now().into(), &replica.into()))?;
            }
            Ok(Answer::Yes(room))
        }
    }
}

async fn load(
    store: &IdbObjectStore,
    document: &str,
    mut after: Option<ChunkId>,
) -> Result<Vec<Chunk>, StorageError> {
    let mut chunks: Vec<Chunk> = Vec::new();
    loop {
        let range = range(document, after)?;
        let keys = ask(store.get_all_keys_with_key_and_limit(&range, PAGE))?;
        let values = ask(store.get_all_with_key_and_limit(&range, PAGE))?;
        // Answered in the order of asking: after the second the first is there too.
        let values: Array = result(&values).await?.unchecked_into();
        let keys: Array = ask(keys.result())?.unchecked_into();
        for (key, value) in keys.iter().zip(values.iter()) {
            chunks.push(Chunk { id: id(&key)?, update: bytes(&value, MAX_UPDATE_BYTES)? });
        }
        if keys.length() < PAGE {
            return Ok(chunks);
        }
        after = chunks.last().map(|chunk| chunk.id);
    }
}

/// Appends `update` and deletes the chunks in `read`.
async fn replace(
    transaction: &Transaction,
    document: &str,
    read: &[ChunkId],
    update: &[u8],
) -> Result<ChunkId, StorageError> {
    let store = transaction.store(CHUNKS)?;
    // One counter for the whole store: it outlives the chunks, so ids are never used again.
    let counters = transaction.store(COUNTERS)?;
    let last = result(&ask(counters.get(&LAST_ID.into()))?).await?;
    let next = number(&last).unwrap_or(0) + 1;
    if next > MAX_ID {
        return Err(StorageError::Corrupt("the ids of chunks are used up".into()));
    }
    ask(counters.put_with_key(&(next as f64).into(), &LAST_ID.into()))?;
    ask(store.add_with_key(&Uint8Array::from(update), &key(document, next)))?;
    if !read.is_empty() {
        let mut sorted = Vec::new();
        read.iter().for_each(|id| insert(&mut sorted, id.0));
        delete_read(&store, document, &sorted).await?;
    }
    Ok(ChunkId(next))
}

async fn documents(store: &IdbObjectStore) -> Result<Vec<String>, StorageError> {
    let cursors = ask(store.open_key_cursor())?;
    let mut documents = Vec::new();
    loop {
        let cursor = result(&cursors).await?;
        let Some(cursor) = cursor.dyn_ref::<IdbCursor>() else { return Ok(documents) };
        let document = Array::from(&ask(cursor.key())?).get(0).as_string().ok_or_else(unknown_key)?;
        // To the first chunk of the next document: arrays sort after all numbers.
        let next = Array::of2(&document.as_str().into(), &Array::new());
        // IndexedDB sorts by UTF-16 code units.
        insert(&mut documents, document);
        ask(cursor.continue_with_key(&next))?;
    }
}

/// Deletes those chunks of `document` that are in `read`, which is ascending, in as few requests as possible.
async fn delete_read(store: &IdbObjectStore, document: &str, read: &[u64]) -> Result<(), StorageError> {
    let (Some(first), Some(last)) = (read.first(), read.last()) else { return Ok(()) };
    let range = bound(&key(document, *first), &key(document, (*last).min(MAX_ID)), false)?;
    let stored: Array = result(&ask(store.get_all_keys_with_key(&range))?).await?.unchecked_into();
    // Neighbours that were all read go by one range; a chunk that somebody else wrote between them ends the range.
    let mut run: Option<(u64, u64)> = None;
    for key in stored.iter() {
        let id = id(&key)?.0;
        if read.binary_search(&id).is_ok() {
            run = Some((run.map_or(id, |(first, _)| first), id));
        } else if let Some(run) = run.take() {
            delete_run(store, document, run)?;
        }
    }
    run.map_or(Ok(()), |run| delete_run(store, document, run))
}

fn delete_run(store: &IdbObjectStore, document: &str, run: (u64, u64)) -> Result<(), StorageError> {
    let range = bound(&key(document, run.0), &key(document, run.1), false)?;
    ask(store.delete(&range)).map(drop)
}

fn ask<T>(asked: Result<T, JsValue>) -> Result<T, StorageError> {
    asked.map_err(|thrown| storage_error(&thrown))
}

fn key(document: &str, id: u64) -> JsValue {
    Array::of2(&document.into(), &(id as f64).into()).into()
}

/// All chunks of a document, or those after one.
fn range(document: &str, after: Option<ChunkId>) -> Result<IdbKeyRange, StorageError> {
    let last = Array::of2(&document.into(), &Array::new());
    let after = after.map_or(0, |after| after.0.min(MAX_ID));
    bound(&key(document, after), &last, true)
}

fn bound(first: &JsValue, last: &JsValue, after_first: bool) -> Result<IdbKeyRange, StorageError> {
    ask(IdbKeyRange::bound_with_lower_open(first, last, after_first))
}

fn unknown_key() -> StorageError {
    StorageError::Corrupt("a chunk has a key that this program did not write".into())
}

/// The id in a chunk's key.
fn id(key: &JsValue) -> Result<ChunkId, StorageError> {
    number(&Array::from(key).get(1)).map(ChunkId).ok_or_else(unknown_key)
}

/// A natural number that JavaScript holds exactly.
fn number(value: &JsValue) -> Option<u64> {
    let number = value.as_f64()?;
    (number >= 0.0 && number <= MAX_ID as f64 && number.fract() == 0.0).then_some(number as u64)
}

/// Stored bytes, checked before they are copied.
fn bytes(value: &JsValue, limit: usize) -> Result<Vec<u8>, StorageError> {
    let Some(array) = value.dyn_ref::<Uint8Array>() else {
        return Err(StorageError::Corrupt("something else than bytes".into()));
    };
    if array.length() as usize > limit {
        return Err(StorageError::Corrupt(format!("{} bytes where {limit} are the most", array.length())));
    }
    Ok(array.to_vec())
}
