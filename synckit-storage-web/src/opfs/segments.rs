//! The segment files of one document: which there are, what lives in them, and what is written next.

use synckit::storage::StorageError;
use web_sys::FileSystemFileHandle;

use super::files::{self, Folder, Place};
use super::frame::{self, Frame, Kind, MAGIC, Segment};
use crate::limits::MAX_UPDATE_BYTES;
use crate::operation::insert;

/// A segment of this size is not written to any more, in bytes.
const FULL: usize = 64 << 10;
/// Largest segment in bytes: one that is just not full and the largest update with all that it may replace.
const LARGEST: usize = FULL + MAX_UPDATE_BYTES + (32 << 20);

/// The segment files of a document in ascending order.
pub(super) struct Segments {
    folder: Folder,
    files: Vec<(u64, FileSystemFileHandle)>,
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
    pub(super) last: u64,
}

/// The bytes of one segment file.
pub(super) struct Content {
    pub(super) number: u64,
    bytes: Vec<u8>,
}

impl Content {
    /// Its frames. Only the last segment may end in an unfinished one.
    pub(super) fn frames(&self) -> Result<Segment<'_>, StorageError> {
        frame::decode(&self.bytes)
            .map_err(|reason| StorageError::Corrupt(format!("segment {}: {reason}", self.number)))
    }
}

impl Segments {
    pub(super) async fn of(folder: Folder) -> Result<Self, StorageError> {
        let entries = folder.entries().await?;
        // Other names are copies that a browser writes to before they take a file's place.
        let mut files: Vec<(u64, FileSystemFileHandle)> = Vec::new();
        for (name, file) in entries.files {
            let Ok(number) = u64::from_str_radix(&name, 16) else { continue };
            // There are few, and a browser lists them in order.
            files.insert(files.partition_point(|(other, _)| *other < number), (number, file));
        }
        Ok(Self { folder, files })
    }

    /// The contents from the last segment backwards, as long as `further` asks for the one before.
    pub(super) async fn read_back(
        &self,
        further: &dyn Fn(&Segment<'_>) -> bool,
    ) -> Result<Vec<Content>, StorageError> {
        let mut contents = Vec::new();
        for (number, file) in self.files.iter().rev() {
            let bytes = files::read(&files::snapshot(file).await?, LARGEST).await?;
            let content = Content { number: *number, bytes };
            let further = further(&content.frames()?);
            contents.push(content);
            if !further {
                break;
            }
        }
        contents.reverse();
        Ok(contents)
    }

    /// Where the next frame goes. `known` is where the last one that was written from here ended: when the last segment
    /// is still as it was then it need not be read.
    pub(super) async fn tail(&self, known: Option<Tail>) -> Result<Tail, StorageError> {
        let Some((number, file)) = self.files.last() else { return Ok(Tail::default()) };
        let size = files::snapshot(file).await?.size() as usize;
        if let Some(known) = known.filter(|known| (known.number, known.size) == (*number, size)) {
            return Ok(known);
        }
        // The last segment may be empty: made by a writer that ended before it had written.
        let contents = self.read_back(&|segment| segment.frames.is_empty()).await?;
        Self::end(&contents)
    }

    /// Where the next frame goes, from contents that reach to the end.
    pub(super) fn end(contents: &[Content]) -> Result<Tail, StorageError> {
        let Some(content) = contents.last() else { return Ok(Tail::default()) };
        let mut last = 0;
        for content in contents {
            last = content.frames()?.frames.iter().fold(last, |last, frame| last.max(frame.id));
        }
        Ok(Tail { number: content.number, size: content.bytes.len(), valid: content.frames()?.valid, last })
    }

    /// Appends updates behind `tail`, to the last segment unless that is full. Answers the new end.
    pub(super) async fn append(&self, tail: Tail, updates: &[&[u8]]) -> Result<Tail, StorageError> {
        let mut bytes = Vec::new();
        let mut last = tail.last;
        for update in updates {
            last += 1;
            bytes.extend(frame::encode(last, Kind::Update, &[], update));
        }
        match self.files.last() {
            Some((number, file)) if (1..FULL).contains(&tail.valid) => {
                // Behind the last whole frame: an unfinished one is overwritten.
                files::write(file, Place { position: tail.valid, size: tail.size }, &bytes).await?;
                let size = tail.valid + bytes.len();
                Ok(Tail { number: *number, size, valid: size, last })
            }
            _ => self.begin(last, bytes).await,
        }
    }

    /// Appends a frame that replaces others, in a segment of its own, so that theirs can be removed.
    pub(super) async fn replace(
        &self,
        tail: Tail,
        kind: Kind,
        replaced: &[(u64, u64)],
        content: &[u8],
    ) -> Result<Tail, StorageError> {
        let id = tail.last + 1;
        self.begin(id, frame::encode(id, kind, replaced, content)).await
    }

    /// Begins a segment with these frames.
    async fn begin(&self, last: u64, mut frames: Vec<u8>) -> Result<Tail, StorageError> {
        let number = self.files.last().map_or(0, |(number, _)| *number) + 1;
        let file = self.folder.file(&name(number)).await?;
        frames.splice(..0, *MAGIC);
        files::write(&file, Place::default(), &frames).await?;
        Ok(Tail { number, size: frames.len(), valid: frames.len(), last })
    }

    /// Deletes everything: one frame that says so, whose id is greater than all before, then the files.
    pub(super) async fn delete_all(&self) -> Result<(), StorageError> {
        if self.files.is_empty() {
            return Ok(());
        }
        self.replace(self.tail(None).await?, Kind::Deleted, &[], &[]).await?;
        for (number, _) in &self.files {
            self.remove(*number).await;
        }
        Ok(())
    }

    /// Removes a segment. When it cannot be removed now that is done another time: it is replaced already.
    pub(super) async fn remove(&self, number: u64) {
        let _ = self.folder.remove(&name(number)).await;
    }
}

fn name(number: u64) -> String {
    format!("{number:016x}")
}

/// The frames that hold an update which is still valid, ascending. `frames` has to go on to the end of the log: what
/// replaces a frame comes later.
pub(super) fn live<'a, 'b>(frames: &'a [Frame<'b>]) -> impl Iterator<Item = &'a Frame<'b>> {
    let mut replaced = Vec::new();
    frames.iter().flat_map(|frame| &frame.replaced).for_each(|range| insert(&mut replaced, *range));
    let deleted = frames.iter().filter(|frame| frame.kind == Kind::Deleted).map(|frame| frame.id).max();
    let mut next = 0;
    let mut until = 0;
    frames.iter().filter(move |frame| {
        while let Some((_, last)) = replaced.get(next).filter(|(first, _)| *first <= frame.id) {
            until = until.max(*last);
            next += 1;
        }
        frame.kind == Kind::Update && frame.id > until && deleted.is_none_or(|deleted| frame.id > deleted)
    })
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
}
