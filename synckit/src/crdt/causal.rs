//! An order in which nothing comes before what it builds on.

use crate::version::{Dot, ReplicaId};

/// Merges streams of edits, each of one replica and ascending, so that each comes behind those that it depends on. A stream
/// goes on for as long as it can, so that neighbours can travel under one header. O(n log replicas).
///
/// A dependency on something that is in no stream counts as met. Of streams that do not wait for one another
/// those of lower replicas come first, or last when it goes `down`.
pub(crate) fn merge<T>(
    mut streams: Vec<(ReplicaId, Vec<T>)>,
    down: bool,
    dot: impl Fn(&T) -> Dot,
    dependencies: impl Fn(&T, &mut dyn FnMut(Dot)),
) -> Vec<T> {
    // Ascending by replica, so that a stream can be found.
    debug_assert!(streams.windows(2).all(|pair| pair[0].0 < pair[1].0));
    if streams.len() <= 1 {
        return streams.pop().map(|(_, edits)| edits).unwrap_or_default();
    }
    let total = streams.iter().map(|(_, edits)| edits.len()).sum();
    let replicas: Vec<ReplicaId> = streams.iter().map(|(replica, _)| *replica).collect();
    let mut rest: Vec<_> = streams.into_iter().map(|(_, edits)| edits.into_iter().peekable()).collect();
    let mut order = Vec::with_capacity(total);
    // Streams to go on with, each up to a sequence number that somebody waits for. A stream that is waited for twice at a time would be
    // a circle; there is none in honest edits, and in others it is cut.
    let mut stack: Vec<(usize, u64)> = Vec::new();
    let mut waiting = vec![false; rest.len()];
    for turn in 0..rest.len() {
        let first = if down { rest.len() - 1 - turn } else { turn };
        stack.push((first, u64::MAX));
        while let Some(&(at, goal)) = stack.last() {
            waiting[at] = true;
            let Some(edit) = rest[at].peek().filter(|edit| dot(edit).seq <= goal) else {
                waiting[at] = false;
                stack.pop();
                continue;
            };
            let own = replicas[at];
            let mut needs = Vec::new();
            dependencies(edit, &mut |needed| {
                if needed.replica != own {
                    needs.push(needed);
                }
            });
            let lacking = needs.into_iter().find_map(|needed| {
                let other = replicas.binary_search(&needed.replica).ok()?;
                let next = rest[other].peek().filter(|_| !waiting[other])?;
                (dot(next).seq <= needed.seq).then_some((other, needed.seq))
            });
            match lacking {
                Some(needed) => stack.push(needed),
                None => order.extend(rest[at].next()),
            }
        }
    }
    order
}
