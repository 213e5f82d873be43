//! What happens to a text: the text itself takes note of it, as most of it does not come as operations.

use super::Recorder;
use crate::crdt::container::Content;
use crate::crdt::text::TextStep;

pub(crate) struct Written {
    /// Steps of the transaction that goes on which were made before anybody followed.
    before: usize,
}

impl Recorder for Written {
    type Change = Vec<TextStep>;

    fn start(content: &mut Content) -> Self {
        match content {
            Content::Text(text) => Self { before: text.follow() },
            _ => Self { before: 0 },
        }
    }

    fn stop(content: &mut Content) {
        if let Content::Text(text) = content {
            text.unfollow();
        }
    }

    fn end(&mut self, content: &mut Content, is_last: bool) -> (Option<Vec<TextStep>>, usize) {
        let Content::Text(text) = content else { return (None, 0) };
        let mut steps = text.steps(is_last);
        let before = std::mem::take(&mut self.before);
        if let Some(steps) = steps.as_mut().filter(|_| before > 0) {
            steps.drain(..before.min(steps.len()));
        }
        let count = steps.as_ref().map_or(1, Vec::len);
        (steps, count)
    }
}
