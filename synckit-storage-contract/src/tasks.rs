//! Several futures at once, without a runtime.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

/// Both results, the two running at once.
pub async fn join<A, B>(one: impl Future<Output = A>, two: impl Future<Output = B>) -> (A, B) {
    let (mut one, mut two) = (pin!(one), pin!(two));
    let (mut a, mut b) = (None, None);
    poll_fn(|context| {
        step(&mut a, one.as_mut(), context);
        step(&mut b, two.as_mut(), context);
        if a.is_some() && b.is_some() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    (a.unwrap(), b.unwrap())
}

/// All results, all running at once.
pub async fn join_all<T>(all: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut all: Vec<_> = all.into_iter().map(|one| (None, Box::pin(one))).collect();
    poll_fn(|context| {
        all.iter_mut().for_each(|(value, one)| step(value, one.as_mut(), context));
        if all.iter().all(|(value, _)| value.is_some()) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    all.into_iter().map(|(value, _)| value.unwrap()).collect()
}

fn step<T>(value: &mut Option<T>, future: Pin<&mut impl Future<Output = T>>, context: &mut Context<'_>) {
    if value.is_none() {
        *value = match future.poll(context) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        };
    }
}
