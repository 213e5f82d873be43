//! Tasks: work that goes on when nobody waits, and waiting with an end.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use wasm_bindgen_futures::spawn_local;

use crate::queue::Slot;
use crate::timer::sleep;

/// Runs `work` as a task of its own and resolves with its result.
///
/// Two reasons. A transaction of IndexedDB ends as soon as nothing is asked of it, so its steps have to follow one
/// another at once, however late the caller polls. And work whose caller went away is finished, not left half way.
pub(crate) fn detached<T: 'static>(work: impl Future<Output = T> + 'static) -> Slot<T> {
    let slot = Slot::new();
    let result = slot.clone();
    spawn_local(async move { result.set(work.await) });
    slot
}

/// `Ok` with the result of `first`, or `Err` when `second` ends before.
pub(crate) async fn either<T, U>(
    first: impl Future<Output = T>,
    second: impl Future<Output = U>,
) -> Result<T, U> {
    let mut first = pin!(first);
    let mut second = pin!(second);
    poll_fn(|context| {
        if let Poll::Ready(value) = first.as_mut().poll(context) {
            return Poll::Ready(Ok(value));
        }
        second.as_mut().poll(context).map(Err)
    })
    .await
}

/// The result of `work`, or `None` when it takes longer than `ms` milliseconds.
pub(crate) async fn within<T>(ms: u64, work: impl Future<Output = T>) -> Option<T> {
    either(work, sleep(ms)).await.ok()
}
