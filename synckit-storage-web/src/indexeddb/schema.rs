//! The object stores and how an older database becomes a current one.

use wasm_bindgen::JsValue;
use web_sys::IdbDatabase;

/// Encoded updates under `[document, id]`.
pub(super) const CHUNKS: &str = "chunks";
/// Small records under their key.
pub(super) const RECORDS: &str = "records";
/// The last chunk id that was given, under [`LAST_ID`].
pub(super) const COUNTERS: &str = "counters";
/// Replica ids that were used with this store, in hexadecimal, and when they were first used.
pub(super) const REPLICAS: &str = "replicas";

/// Key in [`COUNTERS`].
pub(super) const LAST_ID: &str = "last-id";

/// One step of an upgrade: from the version that is its index to the next. Steps are only ever added.
type Step = fn(&IdbDatabase) -> Result<(), JsValue>;

const STEPS: &[Step] = &[
    |database| {
        for store in [CHUNKS, RECORDS, COUNTERS] {
            database.create_object_store(store)?;
        }
        Ok(())
    },
    |database| database.create_object_store(REPLICAS).map(drop),
];

/// The version of the current schema.
pub(super) const VERSION: u32 = STEPS.len() as u32;

/// Brings a database of version `from` (0: new) up to [`VERSION`].
pub(super) fn upgrade(database: &IdbDatabase, from: u32) -> Result<(), JsValue> {
    STEPS.iter().skip(from as usize).try_for_each(|step| step(database))
}
