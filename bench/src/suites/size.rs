//! Bytes of a stored document.

use std::io::Write as _;

use anyhow::Result;
use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::contest::{Contest, contenders};
use crate::measure::{Outcome, Probe};
use crate::ours::Ours;
use crate::peers::{Automerge, Cola, DiamondTypes, Loro, Yrs};
use crate::replica::StoredText;

use super::Workloads;

pub(super) fn run(workloads: &Workloads, contest: &mut Contest<'_>) {
    contest.run(contenders![sizes(workloads): Ours, Automerge, Cola, DiamondTypes, Loro, Yrs]);
}

/// A library that offers none of the two ways leaves an empty vector.
fn sizes<T: StoredText>(probe: &Probe, workloads: &Workloads) -> Result<Outcome> {
    let session = &workloads.paper;
    let state = workloads.stored::<T>("state", || {
        let mut document = T::create(1)?;
        document.replay(&session.edits)?;
        Ok(document.state()?.unwrap_or_default())
    })?;
    let history = workloads.stored::<T>("history", || {
        let mut document = T::create_with_history(1)?;
        document.replay(&session.edits)?;
        Ok(document.history()?.unwrap_or_default())
    })?;
    let mut outcome = probe.outcome();
    for (case, bytes) in [("state", state), ("full history", history)] {
        if !bytes.is_empty() {
            let case = format!("{}, {case}", session.name);
            outcome.bytes(&case, "bytes, compressed", compressed(&bytes)? as f64);
            outcome.bytes(&case, "bytes, as encoded", bytes.len() as f64);
        }
    }
    Ok(outcome)
}

/// The smaller of the bytes as they are, which may be compressed already, and deflated.
fn compressed(bytes: &[u8]) -> Result<usize> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len().min(bytes.len()))
}
