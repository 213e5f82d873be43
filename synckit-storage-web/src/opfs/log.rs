//! The segment files of one document: what is read of them, what is live in them and what is written next.

use synckit::storage::{Chunk, ChunkId, StorageError};
use web_sys::FileSystemFileHandle;

use super::append::Append;
use super::files::{self, Folder, Place};
use super::frame::{self, Frame, Kind, MAGIC, Segment};
use crate::limits::MAX_UPDATE_BYTES;
use crate::operation::{Answer, insert};

/// A segment of this size is not written to any more, in bytes.
const FULL: usize = 64 << 10;
/// Largest segment in bytes: one that is just not full, a batch of appends or the largest update, and all that a snapshot
/// may replace.
const LARGEST: usize = FULL + 2 * MAX_UPDATE_BYTES + (32 << 20);

/// Something to do with one document.
pub(super) enum Step<'a> {
    /// Its chunks after this id.
    Load(u64),
    /// Whether it has any.
    IsStored,
    /// Answers the id of the first.
    Append(&'a [Append]),
    Compact(&'a [ChunkId], &'a [u8]),
    Delete,
}

/// The end of a document's log.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tail {
    /// The last segment.
    number: u64,
    /// Its size in bytes.
    size: usize,
    /// How many of them are whole frames.
    valid: usize,
    /// The last id that was given.
    last: u64,
}

/// Frames to be written.
struct Write {
    frames: Vec<u8>,
    /// The id of the last.
    last: u64,
    /// What replaces others begins a segment, and theirs are removed when nothing in them stays. The ids that stay.
    staying: Option<Vec<u64>>,
}

/// The bytes of one segment.
struct Content {
    number: u64,
    bytes: Vec<u8>,
}

impl Content {
    /// Its frames. Only the last of all may be unfinished.
    fn frames(&self) -> Result<Segment<'_>, StorageError> {
        frame::decode(&self.bytes)
            .map_err(|reason| StorageError::Corrupt(format!("segment {}: {reason}", self.number)))
    }
}

/// Does it. `known` is where the log ended after the last time; if it still does it need not be read to append.
pub(super) async fn perform(
    folder: &Folder,
    step: Step<'_>,
    known: Option<Tail>,
) -> Result<(Answer, Tail), StorageError> {
    let mut segments: Vec<(u64, FileSystemFileHandle)> = Vec::new();
    for entry in folder.entries().await? {
        // Other names are copies that a browser writes to before they take a file's place.
        let Ok(number) = u64::from_str_radix(&entry.name(), 16) else { continue };
        // There are few, and a browser lists them in order.
        let at = segments.partition_point(|(other, _)| *other < number);
        segments.insert(at, (number, wasm_bindgen::JsCast::unchecked_into(entry)));
    }
    let mut contents = Vec::new();
    let mut tail = None;
    for (number, file) in segments.iter().rev() {
        let file = files::snapshot(file).await?;
        tail = known.filter(|known| (known.number, known.size) == (*number, file.size() as usize));
        if tail.is_some() {
            break;
        }
        contents.insert(0, Content { number: *number, bytes: files::read(&file, LARGEST).await? });
        if !step.needs_before(&contents[0].frames()?) {
            break;
        }
    }
    let tail = tail.map_or_else(|| end(&contents), Ok)?;
    let (answer, write) = step.plan(&contents, tail)?;
    let Some(Write { frames: mut bytes, last, staying }) = write else { return Ok((answer, tail)) };
    let (number, place) = if staying.is_none() && (1..FULL).contains(&tail.valid) {
        // Behind the last whole frame: an unfinished one is overwritten.
        (tail.number, Place { position: tail.valid, size: tail.size })
    } else {
        bytes.splice(..0, *MAGIC);
        (segments.last().map_or(0, |(number, _)| *number) + 1, Place::default())
    };
    folder.write(&name(number), place, &bytes).await?;
    if let Some(staying) = staying {
        for (number, _) in segments {
            let content = contents.iter().find(|content| content.number == number);
            if !content.is_some_and(|content| holds(content, &staying)) {
                // When it cannot be removed now that is done another time: what is in it is replaced already.
                let _ = folder.remove(&name(number)).await;
            }
        }
    }
    let size = place.position + bytes.len();
    Ok((answer, Tail { number, size, valid: size, last }))
}

impl Step<'_> {
    /// Whether what lies before this segment has to be read too.
    fn needs_before(&self, segment: &Segment<'_>) -> bool {
        match self {
            Self::Load(after) => segment.frames.first().is_none_or(|frame| frame.id > *after),
            Self::Compact(..) => true,
            // A segment may be empty: made by a writer that ended before it had written.
            Self::IsStored | Self::Append(_) | Self::Delete => segment.frames.is_empty(),
        }
    }

    /// The answer, and what has to be written before it is given.
    fn plan(&self, contents: &[Content], tail: Tail) -> Result<(Answer, Option<Write>), StorageError> {
        let mut frames = Vec::new();
        for content in contents {
            frames.append(&mut content.frames()?.frames);
        }
        let mut last = tail.last + 1;
        Ok(match self {
            Self::Load(after) => {
                let wanted = live(&frames).filter(|frame| frame.id > *after);
                let chunk =
                    |frame: &Frame<'_>| Chunk { id: ChunkId(frame.id), update: frame.content.to_vec() };
                (Answer::Chunks(wanted.map(chunk).collect()), None)
            }
            // Nothing comes after the last frame: it is live, or says that all was deleted.
            Self::IsStored => {
                (Answer::Yes(frames.last().is_some_and(|frame| frame.kind == Kind::Update)), None)
            }
            Self::Append(appends) => {
                let answer = Answer::Id(ChunkId(last));
                let mut bytes = Vec::new();
                for append in *appends {
                    bytes.extend(frame::encode(last, Kind::Update, &[], &append.update));
                    last += 1;
                }
                (answer, Some(Write { frames: bytes, last: last - 1, staying: None }))
            }
            Self::Compact(read, snapshot) => {
                let mut sorted = Vec::new();
                read.iter().for_each(|id| insert(&mut sorted, id.0));
                let staying: Vec<u64> = live(&frames)
                    .map(|frame| frame.id)
                    .filter(|id| sorted.binary_search(id).is_err())
                    .collect();
                // Also what was replaced before and could not be removed: whatever replaced it goes now.
                let replaced = runs(&frames, |frame| staying.binary_search(&frame.id).is_err());
                let frames = frame::encode(last, Kind::Update, &replaced, snapshot);
                (Answer::Id(ChunkId(last)), Some(Write { frames, last, staying: Some(staying) }))
            }
            Self::Delete if frames.is_empty() => (Answer::Nothing, None),
            Self::Delete => {
                let frames = frame::encode(last, Kind::Deleted, &[], &[]);
                (Answer::Nothing, Some(Write { frames, last, staying: Some(Vec::new()) }))
            }
        })
    }
}

fn name(number: u64) -> String {
    format!("{number:016x}")
}

/// Where the next frame goes, from contents that reach to the end.
fn end(contents: &[Content]) -> Result<Tail, StorageError> {
    let mut tail = Tail::default();
    for content in contents {
        let segment = content.frames()?;
        tail.number = content.number;
        tail.size = content.bytes.len();
        tail.valid = segment.valid;
        tail.last = segment.frames.last().map_or(tail.last, |frame| frame.id);
    }
    Ok(tail)
}

fn holds(content: &Content, ids: &[u64]) -> bool {
    let Ok(segment) = content.frames() else { return true };
    segment.frames.iter().any(|frame| ids.binary_search(&frame.id).is_ok())
}

/// The frames that hold an update which is still valid, ascending. `frames` has to go on to the end of the log: what
/// replaces a frame comes later.
fn live<'a, 'b>(frames: &'a [Frame<'b>]) -> impl Iterator<Item = &'a Frame<'b>> {
    let mut replaced = Vec::new();
    frames.iter().flat_map(|frame| &frame.replaced).for_each(|range| insert(&mut replaced, *range));
    let deleted = frames.iter().rev().find(|frame| frame.kind == Kind::Deleted).map_or(0, |frame| frame.id);
    let mut next = 0;
    let mut until = deleted;
    frames.iter().filter(move |frame| {
        while let Some((_, last)) = replaced.get(next).filter(|(first, _)| *first <= frame.id) {
            until = until.max(*last);
            next += 1;
        }
        frame.id > until
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn frame(id: u64, kind: Kind, replaced: &[(u64, u64)]) -> Frame<'static> {
        Frame { id, kind, replaced: replaced.to_vec(), content: b"" }
    }

    fn ids(frames: &[Frame<'_>]) -> Vec<u64> {
        live(frames).map(|frame| frame.id).collect()
    }

    #[wasm_bindgen_test]
    fn what_was_replaced_or_deleted_is_not_live() {
        let update = |id| frame(id, Kind::Update, &[]);
        assert_eq!(ids(&[update(1), update(2)]), [1, 2]);
        assert_eq!(
            ids(&[update(1), update(2), update(3), frame(4, Kind::Update, &[(1, 1), (3, 3)])]),
            [2, 4]
        );
        assert_eq!(ids(&[update(1), frame(2, Kind::Deleted, &[]), update(3)]), [3]);
        assert_eq!(
            ids(&[update(1), frame(2, Kind::Update, &[(1, 1)]), frame(3, Kind::Update, &[(2, 2)])]),
            [3]
        );
        assert_eq!(ids(&[update(4), update(5), frame(6, Kind::Update, &[(1, 5), (2, 3)])]), [6]);
    }

    #[wasm_bindgen_test]
    fn neighbours_are_one_range() {
        let frames: Vec<_> = [1, 2, 3, 5, 8, 9].map(|id| frame(id, Kind::Update, &[])).into();
        assert_eq!(runs(&frames, |_| true), [(1, 9)]);
        assert_eq!(runs(&frames, |frame| frame.id != 3), [(1, 2), (5, 9)]);
        assert_eq!(runs(&frames, |frame| frame.id == 8), [(8, 8)]);
        assert_eq!(runs(&frames, |_| false), []);
    }
}
