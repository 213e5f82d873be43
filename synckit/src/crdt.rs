//! The data types alone: each merges operations in any order to the same state, knows nothing of documents,
//! transactions or observers, and can say which of its operations are still live.
//!
//! | container | merges by | source |
//! |---|---|---|
//! | [`map`] | last writer wins per key, by (time, replica, sequence) | Shapiro et al. 2011, LWW-Register |
//! | [`list`] | one last-writer-wins register each for place, value and life of an item | Kleppmann 2020, "Moving Elements in List CRDTs" |
//! | [`counter`] | the latest totals of every replica | Shapiro et al. 2011, PN-Counter |
//! | [`text`] | a sequence of characters with left and right origins, and marks between characters | Weidner and Kleppmann 2023, FugueMax; Litt et al. 2022, Peritext |
//! | [`set`] | observed remove, add wins, by version vector per element | Bieniusa et al. 2012, optimised OR-Set |

pub(crate) mod causal;
pub(crate) mod container;
pub(crate) mod counter;
pub(crate) mod list;
pub(crate) mod map;
#[cfg(feature = "text")]
pub(crate) mod marks;
pub(crate) mod operation;
pub(crate) mod position;
pub(crate) mod register;
#[cfg_attr(not(feature = "sets"), path = "crdt/no_set.rs")]
pub(crate) mod set;
#[cfg_attr(not(feature = "text"), path = "crdt/no_text.rs")]
pub(crate) mod text;
