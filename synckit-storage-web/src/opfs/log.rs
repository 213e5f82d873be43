//! The operations on documents.

use std::collections::BTreeSet;

use synckit::storage::{Chunk, ChunkId, StorageError};

use super::files::Folder;
use super::frame::{Frame, Kind, Segment};
use super::segments::{Content, Segments, Tail, live};
use super::{Directory, names};

/// Most documents whose end of the log is remembered.
const MAX_TAILS: usize = 256;

impl Directory {
    pub(crate) async fn load(
        &self,
        document: &str,
        after: Option<ChunkId>,
    ) -> Result<Vec<Chunk>, StorageError> {
        self.run(false, |folders| async move {
            let Some(folder) = find(&folders.documents, document).await? else { return Ok(Vec::new()) };
            let after = after.map_or(0, |after| after.0);
            // Nothing is wanted of what lies before a segment that begins at or before `after`.
            let further = |segment: &Segment<'_>| segment.frames.first().is_none_or(|frame| frame.id > after);
            let contents = Segments::of(folder).await?.read_back(further).await?;
            let frames = frames(&contents)?;
            let wanted = live(&frames).filter(|frame| frame.id > after);
            Ok(wanted.map(|frame| Chunk { id: ChunkId(frame.id), update: frame.content.to_vec() }).collect())
        })
        .await
    }

    pub(crate) async fn compact(
        &self,
        document: &str,
        read: &[ChunkId],
        snapshot: &[u8],
    ) -> Result<ChunkId, StorageError> {
        let read: BTreeSet<u64> = read.iter().map(|id| id.0).collect();
        let read = &read;
        self.run(true, |folders| async move {
            let segments = Segments::of(open(&folders.documents, document).await?).await?;
            let contents = segments.read_back(|_| true).await?;
            let frames = frames(&contents)?;
            let staying: BTreeSet<u64> =
                live(&frames).map(|frame| frame.id).filter(|id| !read.contains(id)).collect();
            // Also what was replaced before and could not be removed: whatever replaced it goes now.
            let replaced = runs(&frames, |id| !staying.contains(&id));
            let end = segments.replace(Segments::end(&contents)?, Kind::Update, &replaced, snapshot).await?;
            let mut gone = Vec::new();
            for content in &contents {
                if content.frames()?.frames.iter().all(|frame| !staying.contains(&frame.id)) {
                    gone.push(content.number);
                }
            }
            segments.remove(&gone).await;
            Ok(ChunkId(end.last))
        })
        .await
    }

    pub(crate) async fn delete(&self, document: &str) -> Result<(), StorageError> {
        self.run(true, |folders| async move {
            let Some(folder) = find(&folders.documents, document).await? else { return Ok(()) };
            Segments::of(folder).await?.delete_all().await
        })
        .await
    }

    pub(crate) async fn documents(&self) -> Result<Vec<String>, StorageError> {
        self.run(false, |folders| async move {
            let mut documents = Vec::new();
            let mut waiting = vec![(String::new(), folders.documents)];
            while let Some((before, folder)) = waiting.pop() {
                for (name, folder) in folder.entries().await?.folders {
                    if names::goes_on(&name) {
                        waiting.push((before.clone() + name.trim_end_matches('+'), folder));
                    } else if let Some(id) = names::id(&(before.clone() + &name))
                        && is_stored(folder).await?
                    {
                        documents.push(id);
                    }
                }
            }
            documents.sort_unstable();
            Ok(documents)
        })
        .await
    }
}

impl Directory {
    pub(super) fn tail(&self, document: &str) -> Option<Tail> {
        self.tails.borrow().get(document).copied()
    }

    /// Remembers where a log ended, of a few documents at a time.
    pub(super) fn remember(&self, document: &str, end: Tail) {
        let mut tails = self.tails.borrow_mut();
        if tails.len() >= MAX_TAILS {
            tails.clear();
        }
        tails.insert(document.to_owned(), end);
    }
}

/// Whether something of a document is stored: nothing comes after its last frame, so that one is live or a deletion.
async fn is_stored(folder: Folder) -> Result<bool, StorageError> {
    let contents = Segments::of(folder).await?.read_back(|segment| segment.frames.is_empty()).await?;
    Ok(frames(&contents)?.last().is_some_and(|frame| frame.kind == Kind::Update))
}

/// The frames of several segments. An unfinished one can only be the last of all.
fn frames(contents: &[Content]) -> Result<Vec<Frame<'_>>, StorageError> {
    let mut frames = Vec::new();
    for content in contents {
        frames.append(&mut content.frames()?.frames);
    }
    Ok(frames)
}

/// The ids of `frames` that satisfy `wanted` as ranges, neighbours in one.
fn runs(frames: &[Frame<'_>], wanted: impl Fn(u64) -> bool) -> Vec<(u64, u64)> {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    let mut going = false;
    for frame in frames {
        let wanted = wanted(frame.id);
        match runs.last_mut() {
            Some((_, last)) if going && wanted => *last = frame.id,
            _ if wanted => runs.push((frame.id, frame.id)),
            _ => {}
        }
        going = wanted;
    }
    runs
}

async fn find(documents: &Folder, document: &str) -> Result<Option<Folder>, StorageError> {
    let mut folder = documents.clone();
    for part in names::path(document) {
        match folder.find_folder(&part).await? {
            Some(next) => folder = next,
            None => return Ok(None),
        }
    }
    Ok(Some(folder))
}

pub(super) async fn open(documents: &Folder, document: &str) -> Result<Folder, StorageError> {
    let mut folder = documents.clone();
    for part in names::path(document) {
        folder = folder.folder(&part).await?;
    }
    Ok(folder)
}
