//! Another process with the same file: this test program once more, which does one job and reports line by line.

use std::io::{BufRead, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use synckit::LoadState;
use synckit::prelude::*;
use synckit::storage::{ChunkId, Storage};
use synckit_storage_native::{Native, NativeStorage};

/// How the other process knows its job: a name and a path.
const JOB: &str = "SYNCKIT_TEST_JOB";
const FILE: &str = "SYNCKIT_TEST_FILE";

/// What the processes write together.
#[derive(Document, Clone, Debug, Default, PartialEq)]
pub(crate) struct Board {
    pub(crate) hits: Counter,
    pub(crate) lines: List<String>,
}

/// What another process does until it is ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Job {
    /// Appends number after number to three documents, eight at a time, and folds them into snapshots now and then. Reports
    /// each number that is stored.
    Append,
    /// Counts hits as a whole client and reports each one that is saved on the device.
    Count,
    /// Adds a hundred lines as a whole client, reports that it has, and goes on listening.
    Add,
    /// Leases a replica id, reports and keeps it.
    Lease,
}

impl Job {
    fn name(self) -> &'static str {
        match self {
            Self::Append => "append",
            Self::Count => "count",
            Self::Add => "add",
            Self::Lease => "lease",
        }
    }
}

/// Another process. Dropping it kills it.
pub(crate) struct OtherProcess {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl OtherProcess {
    pub(crate) fn start(job: Job, file: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child::does_its_job", "--nocapture", "--test-threads", "1", "--quiet"])
            .env(JOB, job.name())
            .env(FILE, file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next report; blocks until it comes.
    pub(crate) fn report(&mut self) -> String {
        self.lines
            .find_map(|line| report(&line.expect("it reports text")))
            .expect("the other process ended before it reported")
    }

    /// Ends it without a chance to do anything more. Answers what it has reported besides.
    pub(crate) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // A line without its end was not reported.
        let mut reports: Vec<String> = Vec::new();
        for line in self.lines.by_ref() {
            let Ok(line) = line else { break };
            reports.extend(report(&line));
        }
        reports
    }
}

impl Drop for OtherProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reports are marked at both ends, so that neither the words of the test harness nor half a line count as one.
fn report(line: &str) -> Option<String> {
    Some(line.rsplit_once('<')?.1.strip_suffix('>')?.to_owned())
}

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("<{text}>\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// Runs in the other process; in the first one there is no job, and it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn does_its_job() {
    let (Ok(job), Some(file)) = (std::env::var(JOB), std::env::var_os(FILE)) else { return };
    let storage = open_among_writers(Path::new(&file)).await;
    match job.as_str() {
        "append" => append(storage).await,
        "lease" => {
            let lease = storage.lease().await.unwrap();
            say(&lease.replica.to_string());
            std::future::pending::<()>().await;
            drop(lease);
        }
        job => {
            let sync = SyncKit::builder(Native::new().unwrap()).storage(storage).connect().await.unwrap();
            let board = sync.document::<Board>("board");
            if job == "count" { count(board).await } else { add(board).await }
        }
    }
}

/// Waits until what earlier processes wrote is read.
pub(crate) async fn loaded(board: &BoardRef) {
    while board.status().get().unwrap().load != LoadState::Ready {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn count(board: BoardRef) {
    loaded(&board).await;
    say(&board.hits().get().unwrap().to_string());
    loop {
        board.hits().increment(1).unwrap();
        board.flush(Tier::Device).await.unwrap();
        say(&board.hits().get().unwrap().to_string());
    }
}

async fn add(board: BoardRef) {
    loaded(&board).await;
    for number in 0..100 {
        board.lines().push(format!("{} {number}", std::process::id())).unwrap();
        board.hits().increment(1).unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    board.flush(Tier::Device).await.unwrap();
    say("added");
    while board.hits().get().unwrap() < 300 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    say("all there");
    std::future::pending::<()>().await;
}

async fn append(storage: NativeStorage) {
    let mut writers = Vec::new();
    for lane in 0..8_u64 {
        let storage = storage.clone();
        writers.push(tokio::spawn(async move {
            let document = format!("d{}", lane % 3);
            for round in 0_u64.. {
                let number = round * 8 + lane;
                storage.append(&document, payload(&[number])).await.unwrap();
                say(&number.to_string());
                if round % 8 == 7 && lane < 3 {
                    compact(&storage, &document).await;
                }
                // In a burst at first, and slower the more there is: compacting writes all of it again, and nothing else may
                // come to its turn until the document is larger than a store takes.
                if round >= 100 {
                    tokio::time::sleep(Duration::from_millis(round / 100)).await;
                }
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
}

/// Opens a store beside others that write without a pause: SQLite looks for its turn now and then, so one of them may go
/// without for longer than a program with pauses ever would.
pub(crate) async fn open_among_writers(file: &Path) -> NativeStorage {
    NativeStorage::builder_at(file).patience(Duration::from_secs(120)).open().await.unwrap()
}

/// Replaces what is stored of a document by one chunk of the same numbers.
pub(crate) async fn compact(storage: &NativeStorage, document: &str) {
    let chunks = storage.load(document, None).await.unwrap();
    let read: Vec<ChunkId> = chunks.iter().map(|chunk| chunk.id).collect();
    let all: Vec<u64> = chunks.iter().flat_map(|chunk| numbers(&chunk.update)).collect();
    storage.compact(document, &read, payload(&all)).await.unwrap();
}

/// Numbers, followed by as many bytes that follow from each, so that chunks of many sizes are written.
pub(crate) fn payload(numbers: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in numbers {
        let filling = number * 37 % 3_000;
        bytes.extend(number.to_le_bytes());
        bytes.extend(filling.to_le_bytes());
        bytes.extend((0..filling).map(|index| (number + index) as u8));
    }
    bytes
}

/// The numbers of a chunk, which has to be whole.
pub(crate) fn numbers(mut chunk: &[u8]) -> Vec<u64> {
    let mut numbers = Vec::new();
    while let Some((number, rest)) = chunk.split_first_chunk() {
        let number = u64::from_le_bytes(*number);
        let (filling, rest) = rest.split_first_chunk().unwrap();
        let filling = u64::from_le_bytes(*filling) as usize;
        let (filled, rest) = rest.split_at(filling);
        assert!((0..).zip(filled).all(|(index, byte): (u64, _)| (number + index) as u8 == *byte));
        numbers.push(number);
        chunk = rest;
    }
    assert!(chunk.is_empty(), "half a number");
    numbers
}
