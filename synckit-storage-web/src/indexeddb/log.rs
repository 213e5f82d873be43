//! The operations of the store, each one transaction.

use std::collections::BTreeSet;

use js_sys::{Array, Uint8Array};
use synckit::storage::{Chunk, ChunkId, StorageError};
use wasm_bindgen::prelude::*;
use web_sys::{IdbCursor, IdbKeyRange, IdbObjectStore, IdbRequest};

use super::Database;
use super::request::result;
use super::schema::{CHUNKS, COUNTERS, LAST_ID, RECORDS, REPLICAS};
use super::transaction::{read, write};
use crate::error::storage_error;
use crate::lease::Replicas;
use crate::limits::{MAX_RECORD_BYTES, MAX_UPDATE_BYTES};

/// Chunks that are fetched at once.
const PAGE: u32 = 512;
/// Largest integer that a JavaScript number holds exactly; ids end there.
const MAX_ID: u64 = (1 << 53) - 1;

impl Database {
    pub(crate) async fn load(
        &self,
        document: &str,
        after: Option<ChunkId>,
    ) -> Result<Vec<Chunk>, StorageError> {
        self.run(async |connection| {
            read(connection, &[CHUNKS], async |transaction| {
                let store = transaction.store(CHUNKS)?;
                let mut chunks: Vec<Chunk> = Vec::new();
                let mut after = after;
                loop {
                    let range = range(document, after)?;
                    let keys = request(store.get_all_keys_with_key_and_limit(&range, PAGE))?;
                    let values = request(store.get_all_with_key_and_limit(&range, PAGE))?;
                    // Answered in the order of asking: after the second the first is there too.
                    let values: Array = result(&values).await?.unchecked_into();
                    let keys: Array =
                        keys.result().map_err(|thrown| storage_error(&thrown))?.unchecked_into();
                    for (key, value) in keys.iter().zip(values.iter()) {
                        chunks.push(Chunk { id: id(&key)?, update: bytes(&value, MAX_UPDATE_BYTES)? });
                    }
                    if keys.length() < PAGE {
                        return Ok(chunks);
                    }
                    after = chunks.last().map(|chunk| chunk.id);
                }
            })
            .await
        })
        .await
    }

    /// Appends `update` and deletes the chunks in `read`.
    pub(crate) async fn replace(
        &self,
        document: &str,
        read: &[ChunkId],
        update: &[u8],
    ) -> Result<ChunkId, StorageError> {
        let read: BTreeSet<ChunkId> = read.iter().copied().collect();
        self.run(async |connection| {
            write(connection, &[CHUNKS, COUNTERS], self.durability, async |transaction| {
                let store = transaction.store(CHUNKS)?;
                // One counter for the whole store: it outlives the chunks, so ids are never used again.
                let counters = transaction.store(COUNTERS)?;
                let last = result(&request(counters.get(&LAST_ID.into()))?).await?;
                let next = number(&last).unwrap_or(0) + 1;
                if next > MAX_ID {
                    return Err(StorageError::Corrupt("the ids of chunks are used up".into()));
                }
                request(counters.put_with_key(&(next as f64).into(), &LAST_ID.into()))?;
                request(store.add_with_key(&Uint8Array::from(update), &key(document, next)))?;
                if let (Some(first), Some(last)) = (read.first(), read.last()) {
                    delete_read(&store, document, (*first, *last), &read).await?;
                }
                Ok(ChunkId(next))
            })
            .await
        })
        .await
    }

    pub(crate) async fn delete(&self, document: &str) -> Result<(), StorageError> {
        self.run(async |connection| {
            write(connection, &[CHUNKS], self.durability, async |transaction| {
                let range = range(document, None)?.into();
                request(transaction.store(CHUNKS)?.delete(&range)).map(drop)
            })
            .await
        })
        .await
    }

    pub(crate) async fn documents(&self) -> Result<Vec<String>, StorageError> {
        self.run(async |connection| {
            let mut documents = read(connection, &[CHUNKS], async |transaction| {
                let cursors = request(transaction.store(CHUNKS)?.open_key_cursor())?;
                let mut documents = Vec::new();
                loop {
                    let cursor = result(&cursors).await?;
                    let Some(cursor) = cursor.dyn_ref::<IdbCursor>() else { return Ok(documents) };
                    let key = cursor.key().map_err(|thrown| storage_error(&thrown))?;
                    let document = Array::from(&key).get(0).as_string().ok_or_else(unknown_key)?;
                    // To the first chunk of the next document: arrays sort after all numbers.
                    let next = Array::of2(&document.as_str().into(), &Array::new());
                    documents.push(document);
                    cursor.continue_with_key(&next).map_err(|thrown| storage_error(&thrown))?;
                }
            })
            .await?;
            // IndexedDB sorts by UTF-16 code units.
            documents.sort_unstable();
            Ok(documents)
        })
        .await
    }

    pub(crate) async fn record(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.run(async |connection| {
            read(connection, &[RECORDS], async |transaction| {
                let value = result(&request(transaction.store(RECORDS)?.get(&key.into()))?).await?;
                if value.is_undefined() { Ok(None) } else { bytes(&value, MAX_RECORD_BYTES).map(Some) }
            })
            .await
        })
        .await
    }

    pub(crate) async fn set_record(&self, key: &str, value: &[u8]) -> Result<(), StorageError> {
        self.run(async |connection| {
            write(connection, &[RECORDS], self.durability, async |transaction| {
                let value = Uint8Array::from(value);
                request(transaction.store(RECORDS)?.put_with_key(&value, &key.into())).map(drop)
            })
            .await
        })
        .await
    }
}

impl Replicas for Database {
    async fn replicas(&self, limit: u32) -> Result<Vec<String>, StorageError> {
        self.run(async |connection| {
            read(connection, &[REPLICAS], async |transaction| {
                let all = JsValue::UNDEFINED;
                let keys =
                    request(transaction.store(REPLICAS)?.get_all_keys_with_key_and_limit(&all, limit))?;
                let keys: Array = result(&keys).await?.unchecked_into();
                Ok(keys.iter().filter_map(|key| key.as_string()).collect())
            })
            .await
        })
        .await
    }

    async fn add_replica(&self, replica: &str, limit: u32) -> Result<bool, StorageError> {
        self.run(async |connection| {
            write(connection, &[REPLICAS], self.durability, async |transaction| {
                let store = transaction.store(REPLICAS)?;
                let count = result(&request(store.count())?).await?;
                let room = number(&count).is_some_and(|count| count < u64::from(limit));
                if room {
                    request(store.put_with_key(&js_sys::Date::now().into(), &replica.into()))?;
                }
                Ok(room)
            })
            .await
        })
        .await
    }
}

/// Deletes those chunks of `document` from `first` to `last` that are in `read`, in as few requests as possible.
async fn delete_read(
    store: &IdbObjectStore,
    document: &str,
    (first, last): (ChunkId, ChunkId),
    read: &BTreeSet<ChunkId>,
) -> Result<(), StorageError> {
    let range = bound(&key(document, first.0), &key(document, last.0.min(MAX_ID)), false)?;
    let stored: Array = result(&request(store.get_all_keys_with_key(&range))?).await?.unchecked_into();
    // Neighbours that were all read go by one range; a chunk that somebody else wrote between them ends the range.
    let mut run: Option<(u64, u64)> = None;
    for key in stored.iter() {
        let id = id(&key)?;
        if read.contains(&id) {
            run = Some((run.map_or(id.0, |(first, _)| first), id.0));
        } else if let Some(run) = run.take() {
            delete_run(store, document, run)?;
        }
    }
    run.map_or(Ok(()), |run| delete_run(store, document, run))
}

fn delete_run(store: &IdbObjectStore, document: &str, run: (u64, u64)) -> Result<(), StorageError> {
    let range = bound(&key(document, run.0), &key(document, run.1), false)?;
    request(store.delete(&range)).map(drop)
}

fn request(asked: Result<IdbRequest, JsValue>) -> Result<IdbRequest, StorageError> {
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
    IdbKeyRange::bound_with_lower_open(first, last, after_first).map_err(|thrown| storage_error(&thrown))
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
