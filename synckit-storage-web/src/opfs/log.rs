//! The operations on documents.

use synckit::storage::{Chunk, ChunkId, StorageError};

use super::files::Folder;
use super::frame::{Frame, Kind, Segment};
use super::names;
use super::segments::{Content, Segments, live};
use crate::operation::insert;

pub(super) async fn load(
    documents: &Folder,
    document: &str,
    after: Option<ChunkId>,
) -> Result<Vec<Chunk>, StorageError> {
    let Some(folder) = documents.find_path(&names::path(document)).await? else { return Ok(Vec::new()) };
    let after = after.map_or(0, |after| after.0);
    // Nothing is wanted of what lies before a segment that begins at or before `after`.
    let further = |segment: &Segment<'_>| segment.frames.first().is_none_or(|frame| frame.id > after);
    let contents = Segments::of(folder).await?.read_back(&further).await?;
    let frames = frames(&contents)?;
    let wanted = live(&frames).filter(|frame| frame.id > after);
    Ok(wanted.map(|frame| Chunk { id: ChunkId(frame.id), update: frame.content.to_vec() }).collect())
}

/// Appends `snapshot` and deletes the chunks in `read`.
pub(super) async fn compact(
    documents: &Folder,
    document: &str,
    read: &[ChunkId],
    snapshot: &[u8],
) -> Result<ChunkId, StorageError> {
    let mut sorted = Vec::new();
    read.iter().for_each(|id| insert(&mut sorted, id.0));
    let segments = Segments::of(documents.make_path(&names::path(document)).await?).await?;
    let contents = segments.read_back(&|_| true).await?;
    let frames = frames(&contents)?;
    // Ascending, as the frames are.
    let staying: Vec<u64> =
        live(&frames).map(|frame| frame.id).filter(|id| sorted.binary_search(id).is_err()).collect();
    let stays = |frame: &Frame<'_>| staying.binary_search(&frame.id).is_ok();
    // Also what was replaced before and could not be removed: whatever replaced it goes now.
    let replaced = runs(&frames, |frame| !stays(frame));
    let end = segments.replace(Segments::end(&contents)?, Kind::Update, &replaced, snapshot).await?;
    for content in &contents {
        if !content.frames()?.frames.iter().any(stays) {
            segments.remove(content.number).await;
        }
    }
    Ok(ChunkId(end.last))
}

pub(super) async fn delete(documents: &Folder, document: &str) -> Result<(), StorageError> {
    match documents.find_path(&names::path(document)).await? {
        Some(folder) => Segments::of(folder).await?.delete_all().await,
        None => Ok(()),
    }
}

pub(super) async fn documents(documents: &Folder) -> Result<Vec<String>, StorageError> {
    let mut found = Vec::new();
    let mut waiting = vec![(String::new(), documents.clone())];
    while let Some((before, folder)) = waiting.pop() {
        for (name, folder) in folder.entries().await?.folders {
            if names::goes_on(&name) {
                waiting.push((before.clone() + name.trim_end_matches('+'), folder));
            } else if let Some(id) = names::id(&(before.clone() + &name))
                && is_stored(folder).await?
            {
                insert(&mut found, id);
            }
        }
    }
    Ok(found)
}

/// Whether something of a document is stored: nothing comes after its last frame, so that one is live or a deletion.
async fn is_stored(folder: Folder) -> Result<bool, StorageError> {
    let contents = Segments::of(folder).await?.read_back(&|segment| segment.frames.is_empty()).await?;
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
fn runs(frames: &[Frame<'_>], wanted: impl Fn(&Frame<'_>) -> bool) -> Vec<(u64, u64)> {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    let mut going = false;
    for frame in frames {
        let wanted = wanted(frame);
        match runs.last_mut() {
            Some((_, last)) if going && wanted => *last = frame.id,
            _ if wanted => runs.push((frame.id, frame.id)),
            _ => {}
        }
        going = wanted;
    }
    runs
}
