//! A long text that is pasted into a text field, in a real browser.
#![cfg(all(target_arch = "wasm32", feature = "text"))]
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

mod fields;

use fields::*;
use js_sys::{Function, Promise};
use synckit::Observable;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn a_mebibyte_is_pasted_in_one_go_and_typing_goes_on() {
    let (note, stage) = (note(), stage());
    let _mounted = mount_text(&note.body(), &stage);
    rendered().await;
    let field = field(&stage);
    let long = "The quick brown fox jumps over 👍.\n".repeat(30_000);
    assert!(long.len() > 1 << 20);
    // Each in a task of its own, as what a visitor does. What the browser takes for it counts.
    let longest = async |script: &str| {
        let run = Function::new_with_args(
            "field",
            &format!(
                "return new Promise((resolve) => {{
                    let longest = 0;
                    const seen = new PerformanceObserver((list) => {{
                        for (const {{ duration }} of list.getEntries()) longest = Math.max(longest, duration);
                    }});
                    seen.observe({{ type: 'longtask' }});
                    setTimeout(() => {{ {script} }}, 100);
                    setTimeout(() => {{ seen.disconnect(); resolve(longest); }}, 1500);
                }})"
            ),
        );
        let promise: Promise = run.call1(&JsValue::NULL, &field).unwrap().unchecked_into();
        JsFuture::from(promise).await.unwrap().as_f64().unwrap()
    };
    let pasted = longest(
        "field.focus(); field.value = 'The quick brown fox jumps over 👍.\\n'.repeat(30000);
         field.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste' }))",
    )
    .await;
    assert!(note.body().get().unwrap() == long);
    // Typing in it goes on.
    select(&field, 500_000, 500_000);
    let typed = longest(
        "field.setRangeText('x', 500000, 500000, 'end'); field.dispatchEvent(new InputEvent('input'))",
    )
    .await;
    note.body().insert(0, "y").unwrap();
    rendered().await;
    assert!(field.value() == note.body().get().unwrap());
    wasm_bindgen_test::console_log!(
        "1 MiB into SyncTextarea, the longest task: {pasted:.0} ms, a letter in it: {typed:.0} ms (less than 50 is not told)"
    );
    // A quick build, such as this test mostly is, takes a third of a second; more than this is a freeze.
    let most = 2000.0;
    assert!(pasted < most && typed < most, "the page was busy for {pasted} and {typed} ms");
}
