//! An update from elsewhere that is one edit of a text: what programs that carry changes themselves mostly bring.

use super::DocumentCell;
use super::fresh::Fresh;
use crate::document::event::{Origin, Touched};
use crate::wire::{Change, Update};

impl DocumentCell {
    /// [`import`](Self::import), if that is what these bytes are. Returns whether it is; if not, nothing has happened.
    pub(crate) fn import_edit(&self, bytes: &[u8]) -> bool {
        let Some((change, operations)) = Update::only(bytes) else { return false };
        #[cfg(feature = "history")]
        if self.read_only {
            return false;
        }
        let inside = self.writer.enter();
        let (is_news, is_watched) = {
            let inner = &mut *self.lock();
            let mut touched = inner.is_watched().then(Touched::default);
            if !inner.state.take_edit(&change, operations, touched.as_mut()) {
                return false;
            }
            if let Some(touched) = touched {
                inner.touch(&touched, Origin::Remote);
            }
            let is_news = !inner.state.is_alone();
            if is_news {
                inner.fresh.push(Fresh::Imported(Change { operations: operations.to_vec(), ..change }));
            }
            (is_news, !inner.queue.is_empty())
        };
        drop(inside);
        if is_news {
            self.tell_driver();
        }
        if is_watched {
            self.notify();
        }
        true
    }
}
