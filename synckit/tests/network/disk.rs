use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_core::Stream;
use synckit::storage::{
    Chunk, ChunkId, MemoryStorage, ReplicaLease, Storage, StorageError, StorageEvent, StorageMode,
};
use synckit::version::ReplicaId;

/// A disk: survives its programs, leases replica ids, can be made to fail. Clones are other programs with the same disk.
#[derive(Clone)]
pub struct Disk {
    content: MemoryStorage,
    switches: Arc<Switches>,
}

#[derive(Default)]
struct Switches {
    reads_fail: AtomicBool,
    writes_fail: AtomicBool,
    writes: AtomicUsize,
    appended: Mutex<Option<Box<dyn FnMut() + Send>>>,
    leased: Mutex<BTreeSet<u64>>,
    first_id: u64,
}

impl Disk {
    /// An empty disk whose replica ids begin here.
    pub fn new(first_id: u64) -> Self {
        let switches = Switches { first_id, ..Switches::default() };
        Self { content: MemoryStorage::new("a disk of a test"), switches: Arc::new(switches) }
    }

    pub fn fail_reads(&self, fail: bool) {
        self.switches.reads_fail.store(fail, Ordering::SeqCst);
    }

    pub fn fail_writes(&self, fail: bool) {
        self.switches.writes_fail.store(fail, Ordering::SeqCst);
    }

    pub fn writes(&self) -> usize {
        self.switches.writes.load(Ordering::SeqCst)
    }

    /// Is called after every append, before its writer learns that it is done.
    pub fn when_appended(&self, call: impl FnMut() + Send + 'static) {
        *self.switches.appended.lock().unwrap() = Some(Box::new(call));
    }

    pub fn chunks(&self, document: &str) -> Vec<Chunk> {
        pollster::block_on(self.content.load(document, None)).unwrap()
    }

    /// A copy of everything, as a backup or a cloned machine has it.
    pub fn copy(&self) -> Self {
        let copy = Self::new(self.switches.first_id);
        for document in pollster::block_on(self.content.documents()).unwrap() {
            for chunk in self.chunks(&document) {
                pollster::block_on(copy.content.append(&document, chunk.update)).unwrap();
            }
            let key = format!("acknowledged/{document}");
            if let Some(record) = pollster::block_on(self.content.record(&key)).unwrap() {
                pollster::block_on(copy.content.set_record(&key, record)).unwrap();
            }
        }
        copy
    }

    /// Whether no program uses it any more.
    pub fn is_free(&self) -> bool {
        self.switches.leased.lock().unwrap().is_empty()
    }

    fn write(&self) -> Result<(), StorageError> {
        self.switches.writes.fetch_add(1, Ordering::SeqCst);
        match self.switches.writes_fail.load(Ordering::SeqCst) {
            true => Err(StorageError::Quota("the test says so".into())),
            false => Ok(()),
        }
    }
}

struct Lease(Arc<Switches>, u64);

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.leased.lock().unwrap().remove(&self.1);
    }
}

impl Storage for Disk {
    async fn load(&self, document: &str, after: Option<ChunkId>) -> Result<Vec<Chunk>, StorageError> {
        if self.switches.reads_fail.load(Ordering::SeqCst) {
            return Err(StorageError::Aborted("the test says so".into()));
        }
        self.content.load(document, after).await
    }

    async fn append(&self, document: &str, update: Vec<u8>) -> Result<ChunkId, StorageError> {
        self.write()?;
        let id = self.content.append(document, update).await?;
        if let Some(call) = &mut *self.switches.appended.lock().unwrap() {
            call();
        }
        Ok(id)
    }

    async fn compact(
        &self,
        document: &str,
        read: &[ChunkId],
        snapshot: Vec<u8>,
    ) -> Result<ChunkId, StorageError> {
        self.write()?;
        self.content.compact(document, read, snapshot).await
    }

    async fn delete(&self, document: &str) -> Result<(), StorageError> {
        self.content.delete(document).await
    }

    async fn documents(&self) -> Result<Vec<String>, StorageError> {
        self.content.documents().await
    }

    async fn record(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.content.record(key).await
    }

    async fn set_record(&self, key: &str, value: Vec<u8>) -> Result<(), StorageError> {
        self.write()?;
        self.content.set_record(key, value).await
    }

    async fn lease(&self) -> Option<ReplicaLease> {
        let mut leased = self.switches.leased.lock().unwrap();
        let id = (self.switches.first_id..).find(|id| !leased.contains(id))?;
        leased.insert(id);
        let guard = Box::new(Lease(self.switches.clone(), id));
        Some(ReplicaLease { replica: ReplicaId::new(id), guard })
    }

    fn mode(&self) -> StorageMode {
        StorageMode::Persistent { backend: "test", protected: true, reason: "a test".into() }
    }

    fn events(&self) -> impl Stream<Item = StorageEvent> + Send + Unpin + 'static {
        self.content.events()
    }
}
