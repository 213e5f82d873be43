//! Measures how fast changes travel between two browser windows. Prints figures; asserts nothing about time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use e2e::{Stage, Window};
use serde_json::json;

const CHANGES: u64 = 1_000;
const PAUSE_MILLISECONDS: u64 = 10;

/// Notes when the window first shows each number of votes, in milliseconds since 1970.
const NOTE_VOTES: &str = "window.seen = [];
    const look = () => {
        const votes = Number(document.querySelector('[data-testid=todo-vote-count]')?.textContent ?? 0);
        while (window.seen.length < votes) window.seen.push(performance.timeOrigin + performance.now());
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });";

/// Votes again and again with a pause, and returns when each vote was given.
const VOTE: &str = "const [count, pause, done] = arguments;
    const button = document.querySelector('[data-testid=todo-vote]');
    const given = [];
    const vote = () => {
        if (given.length === count) return done(given);
        given.push(performance.timeOrigin + performance.now());
        button.click();
        setTimeout(vote, pause);
    };
    vote();";

/// Notes when the window shows that it is connected, and when nothing is waiting any more.
const NOTE_SYNC: &str = "window.times = {};
    const one = (name) => document.querySelector(`[data-testid=${name}]`);
    const look = () => {
        const now = performance.timeOrigin + performance.now();
        if (one('connection').dataset.state !== 'connected') return;
        window.times.connected ??= now;
        if (Number(one('pending').dataset.count) === 0) window.times.synced ??= now;
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });";

#[tokio::main]
async fn main() -> Result<()> {
    let mut stage = Stage::new().await?;
    let (ann, bob) = stage.two_windows().await?;
    ann.add("vote for me").await?;
    bob.shows_titles(&["vote for me"]).await?;

    println!(
        "window to window, {CHANGES} changes, one every {PAUSE_MILLISECONDS} ms, acknowledged when durable:"
    );
    window_to_window(&ann, &bob).await?;
    println!("offline to online with {CHANGES} waiting changes:");
    offline_to_online(&mut stage, &ann, &bob).await
}

async fn window_to_window(ann: &Window, bob: &Window) -> Result<()> {
    bob.script(NOTE_VOTES, Vec::new()).await?;
    let given = ann.script_with_callback(VOTE, vec![json!(CHANGES), json!(PAUSE_MILLISECONDS)]).await?;
    bob.shows("every vote", |page| page.items.iter().any(|item| item.votes.unsigned_abs() == CHANGES))
        .await?;
    let seen = bob.script("return window.seen", Vec::new()).await?;
    let given: Vec<f64> = serde_json::from_value(given)?;
    let seen: Vec<f64> = serde_json::from_value(seen)?;
    ensure!(given.len() == seen.len(), "{} votes were given, {} seen", given.len(), seen.len());
    let mut latencies: Vec<f64> = given.iter().zip(&seen).map(|(given, seen)| seen - given).collect();
    latencies.sort_by(f64::total_cmp);
    for (name, share) in [("p50", 50), ("p95", 95), ("p99", 99), ("max", 100)] {
        println!("  {name}  {:7.1} ms", percentile(&latencies, share).context("nothing was measured")?);
    }
    Ok(())
}

async fn offline_to_online(stage: &mut Stage, ann: &Window, bob: &Window) -> Result<()> {
    ann.is_synced().await?;
    stage.server.kill();
    ann.shows("the missing server", |page| page.connection == "offline").await?;
    ann.script_with_callback(VOTE, vec![json!(CHANGES), json!(0)]).await?;
    ann.shows("the waiting changes", |page| page.pending >= CHANGES && page.saved == "device").await?;
    // Long enough that the pauses between attempts to connect have grown.
    tokio::time::sleep(Duration::from_secs(5)).await;
    ann.script(NOTE_SYNC, Vec::new()).await?;
    stage.server.restart().await?;
    let reachable = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() * 1_000.0;
    ann.is_synced().await?;
    bob.shows("every vote", |page| page.items.iter().any(|item| item.votes.unsigned_abs() == 2 * CHANGES))
        .await?;
    let times = ann.script("return [window.times.connected, window.times.synced]", Vec::new()).await?;
    let [connected, synced]: [f64; 2] =
        serde_json::from_value(times).context("the window was never in sync")?;
    println!("  server reachable to connected         {:7.0} ms", connected - reachable);
    println!("  connected to everything acknowledged  {:7.0} ms", synced - connected);
    println!("  server reachable to all acknowledged  {:7.0} ms", synced - reachable);
    Ok(())
}

/// The smallest value that `share` percent of the sorted values do not exceed.
fn percentile(sorted: &[f64], share: usize) -> Option<f64> {
    sorted.get((sorted.len() * share).div_ceil(100).checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values: Vec<_> = (1..=100).map(f64::from).collect();
        assert_eq!(percentile(&values, 50), Some(50.0));
        assert_eq!(percentile(&values, 95), Some(95.0));
        assert_eq!(percentile(&values, 100), Some(100.0));
        assert_eq!(percentile(&[], 50), None);
    }
}
