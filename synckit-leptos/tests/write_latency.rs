//! How long a write of this page takes until a signal shows it, beside a hundred signals of other fields. The figures
//! are printed, and nothing is asserted about time. `cargo xtask bench write` runs it, optimized.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, reason = "a failed assumption stops the test")]

use leptos::prelude::*;
use leptos::task::tick;
use synckit::prelude::*;
use synckit_leptos::ObservableExt;
use synckit_storage_web::{Web, WebStorage};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Signals of other fields, each with an effect.
const OTHERS: usize = 100;
/// Writes that are timed together: the browser's clock is too coarse for one.
const BATCH: u32 = 50;
const BATCHES: usize = 101;

#[derive(Document, Clone, Debug, Default, PartialEq)]
struct Empty {}

#[wasm_bindgen_test]
async fn write_latency() {
    let storage = WebStorage::open("write-latency").await;
    let sync = SyncKit::builder(Web).storage(storage).connect().await.expect("no address, no error");
    let document = sync.document::<Empty>("measured");
    document.flush(Tier::Device).await.expect("nothing refuses");

    let runs = RwSignal::new(0u32);
    let shown = RwSignal::new(0i64);
    let field = document.node().field::<i64>("measured");
    let signal = field.signal();
    let page = leptos::mount::mount_to(body(), move || {
        for at in 0..OTHERS {
            let other = document.node().field::<i64>(format!("field{at}")).signal();
            Effect::new(move || {
                other.track();
                runs.update_untracked(|runs| *runs += 1);
            });
        }
        Effect::new(move || shown.set(signal.get()));
        view! { <p>{signal}</p> }
    });
    tick().await;
    let others_before = runs.get_untracked();

    let clock = web_sys::window().and_then(|window| window.performance()).expect("a page has a clock");
    let mut next = 0i64;
    let (mut until_signal, mut until_effect) = (Vec::new(), Vec::new());
    for _ in 0..BATCHES {
        let begin = clock.now();
        for _ in 0..BATCH {
            next += 1;
            field.set(next).expect("a small value");
            assert_eq!(signal.get_untracked(), next);
        }
        until_signal.push((clock.now() - begin) * 1_000.0 / f64::from(BATCH));

        let begin = clock.now();
        for _ in 0..BATCH {
            next += 1;
            field.set(next).expect("a small value");
            tick().await;
            assert_eq!(shown.get_untracked(), next);
        }
        until_effect.push((clock.now() - begin) * 1_000.0 / f64::from(BATCH));
    }
    assert_eq!(runs.get_untracked(), others_before, "no effect of another field ran");
    for (what, mut took) in [("its signal", until_signal), ("its effect", until_effect)] {
        took.sort_by(f64::total_cmp);
        console_log!(
            "from a write to {what}, beside {OTHERS} watched fields: median {:.1} µs, p95 {:.1} µs",
            took[took.len() / 2],
            took[took.len() * 95 / 100],
        );
    }
    drop(page);
}

fn body() -> web_sys::HtmlElement {
    web_sys::window().and_then(|window| window.document()?.body()).expect("a page has a body")
}
