//! Measures how fast changes travel between two browser windows. Prints figures; asserts nothing about time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use e2e::{Stage, Window};
use serde_json::json;

const CHANGES: u64 = 1_000;
const PAUSE_MILLISECONDS: u64 = 10;
/// How long a thousand changes may take until they are made, or have arrived.
const LIMIT: Duration = Duration::from_secs(300);

/// What a thousand changes are made of, and how a page makes and counts them: bodies of functions.
struct Kind {
    name: &'static str,
    /// Makes one change; `number` counts them.
    make: &'static str,
    /// How many are on the screen.
    count: &'static str,
}

const KINDS: [Kind; 2] = [
    // What is sent of several increments that wait is one total.
    Kind {
        name: "votes for one item",
        make: "document.querySelector('[data-testid=todo-vote]').click()",
        count: "return Number(document.querySelector('[data-testid=todo-vote-count]')?.textContent ?? 0)",
    },
    // Each is sent as a change of its own.
    Kind {
        name: "added items",
        make: "const input = document.querySelector('[data-testid=new-todo]');
            Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, `item ${number}`);
            input.dispatchEvent(new Event('input', { bubbles: true }));
            input.form.requestSubmit();",
        count: "return document.querySelectorAll('[data-testid=todo]').length - 1",
    },
];

/// Notes when the window first shows each number of changes, in milliseconds since 1970.
const NOTE_CHANGES: &str = "window.seen = [];
    window.count = new Function(arguments[0]);
    const look = () => {
        const shown = window.count();
        while (window.seen.length < shown) window.seen.push(performance.timeOrigin + performance.now());
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });";

/// Makes changes with a pause between them, and notes when each was begun.
const MAKE: &str = "const [body, count, pause] = arguments;
    const make = new Function('number', body);
    const made = window.made = [];
    const step = () => {
        if (made.length === count) return;
        made.push(performance.timeOrigin + performance.now());
        make(made.length);
        setTimeout(step, pause);
    };
    step();";

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
    for kind in &KINDS {
        let mut stage = Stage::new().await?;
        let (ann, bob) = stage.two_windows().await?;
        ann.add("the first one").await?;
        bob.shows_titles(&["the first one"]).await?;
        println!(
            "{CHANGES} {}, window to window, one every {PAUSE_MILLISECONDS} ms, acknowledged when durable:",
            kind.name
        );
        window_to_window(kind, &ann, &bob).await?;
        println!("{CHANGES} {} made offline, from offline to online:", kind.name);
        offline_to_online(kind, &mut stage, &ann, &bob).await?;
    }
    Ok(())
}

/// Makes the changes in a window. Returns when each was begun, in milliseconds since 1970.
async fn make(kind: &Kind, window: &Window, pause: u64) -> Result<Vec<f64>> {
    window.script(MAKE, vec![json!(kind.make), json!(CHANGES), json!(pause)]).await?;
    let all = format!("return window.made.length === {CHANGES}");
    window.wait_for_script("every change is made", LIMIT, &all).await?;
    Ok(serde_json::from_value(window.script("return window.made", Vec::new()).await?)?)
}

async fn window_to_window(kind: &Kind, ann: &Window, bob: &Window) -> Result<()> {
    bob.script(NOTE_CHANGES, vec![json!(kind.count)]).await?;
    let made = make(kind, ann, PAUSE_MILLISECONDS).await?;
    bob.wait_for_script("every change", LIMIT, &format!("return window.seen.length >= {CHANGES}")).await?;
    let seen = bob.script("return window.seen", Vec::new()).await?;
    let seen: Vec<f64> = serde_json::from_value(seen)?;
    ensure!(made.len() == seen.len(), "{} changes were made, {} seen", made.len(), seen.len());
    let mut latencies: Vec<f64> = made.iter().zip(&seen).map(|(made, seen)| seen - made).collect();
    latencies.sort_by(f64::total_cmp);
    for (name, share) in [("p50", 50), ("p95", 95), ("p99", 99), ("max", 100)] {
        println!("  {name}  {:7.1} ms", percentile(&latencies, share).context("nothing was measured")?);
    }
    Ok(())
}

async fn offline_to_online(kind: &Kind, stage: &mut Stage, ann: &Window, bob: &Window) -> Result<()> {
    ann.is_synced().await?;
    stage.server.kill();
    ann.shows("the missing server", |page| page.connection == "offline").await?;
    make(kind, ann, 0).await?;
    let waiting =
        ann.shows("the waiting changes", |page| page.pending >= CHANGES && page.saved == "device").await?;
    // Long enough that the pauses between attempts to connect have grown.
    tokio::time::sleep(Duration::from_secs(5)).await;
    ann.script(NOTE_SYNC, Vec::new()).await?;
    stage.server.restart().await?;
    let reachable = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() * 1_000.0;
    // Asked for with few words: reading a list of thousands again and again would hold the page up.
    ann.wait_for_script("all acknowledged", LIMIT, "return window.times.synced !== undefined").await?;
    let all = format!("return window.count() === {}", 2 * CHANGES);
    bob.wait_for_script("every change", LIMIT, &all).await?;
    ann.is_synced().await?;
    let times = ann.script("return [window.times.connected, window.times.synced]", Vec::new()).await?;
    let [connected, synced]: [f64; 2] =
        serde_json::from_value(times).context("the window was never in sync")?;
    println!("  changes that waited                   {:7}", waiting.pending);
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
