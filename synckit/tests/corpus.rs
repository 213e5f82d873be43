//! What the fuzz targets have found worth keeping (`fuzz/corpus`), checked again without a fuzzer.
//!
//! `SYNCKIT_SEED_CORPUS=1 cargo test -p synckit --test corpus` first adds honest inputs to the corpus.

#![allow(clippy::unwrap_used)]

#[path = "../../fuzz/src/checks.rs"]
// The fuzz targets are a crate of their own.
#[allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod checks;

use std::path::PathBuf;
use std::sync::Mutex;

#[global_allocator]
static ALLOCATOR: &stats_alloc::StatsAlloc<std::alloc::System> = &stats_alloc::INSTRUMENTED_SYSTEM;

/// One test at a time: the checks count what is reserved meanwhile.
static TURN: Mutex<()> = Mutex::new(());

fn corpus(target: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "fuzz", "corpus", target].iter().collect()
}

fn replay(target: &str, check: impl Fn(&[u8])) {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = corpus(target);
    if std::env::var_os("SYNCKIT_SEED_CORPUS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        for (number, input) in checks::honest().into_iter().enumerate() {
            std::fs::write(folder.join(format!("honest-{number:02}")), input).unwrap();
        }
    }
    let mut inputs: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    inputs.sort();
    assert!(!inputs.is_empty(), "no inputs in {}", folder.display());
    for path in inputs {
        let input = std::fs::read(&path).unwrap();
        // Names the input when the check fails.
        println!("{}", path.display());
        check(&input);
    }
}

#[test]
fn decode() {
    replay("decode", checks::decode);
}

#[test]
fn apply() {
    replay("apply", checks::apply);
}

#[test]
fn snapshot() {
    replay("snapshot", checks::snapshot);
}

#[test]
fn marks() {
    replay("marks", checks::marks);
}
