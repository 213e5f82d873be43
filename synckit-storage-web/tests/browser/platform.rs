//! Time, chance, hints and the socket of a browser.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use futures_core::Stream;
use synckit::platform::{Hint, Platform};
use synckit::transport::{Transport, TransportError};
use synckit_storage_web::{Web, WebSocketTransport};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Event;

use crate::join;

#[wasm_bindgen_test]
async fn time_goes_on_while_sleeping() {
    let clock = Web.clock();
    let begin = clock();
    assert!(begin > 1_600_000_000_000, "milliseconds since 1970");
    Web.sleep(0).await;
    join(Web.sleep(60), Web.sleep(30)).await;
    // Timers may fire a millisecond early.
    assert!((58..5_000).contains(&(clock() - begin)), "{} ms", clock() - begin);
}

#[wasm_bindgen_test]
fn chance_does_not_repeat_itself() {
    let drawn: BTreeSet<u64> = (0..1000).map(|_| Web.random()).collect();
    assert_eq!(drawn.len(), 1000);
    // All bits are drawn.
    assert_eq!(drawn.iter().fold(0, |all, one| all | one), u64::MAX);
}

#[wasm_bindgen_test]
async fn hints_come_from_the_page() {
    let mut hints = Web.hints();
    let window = web_sys::window().unwrap();
    for name in ["online", "offline", "online"] {
        window.dispatch_event(&Event::new(name).unwrap()).unwrap();
    }
    window.document().unwrap().dispatch_event(&Event::new("visibilitychange").unwrap()).unwrap();
    let mut heard = Vec::new();
    poll_fn(|context| {
        while let Poll::Ready(Some(hint)) = Pin::new(&mut hints).poll_next(context) {
            heard.push(hint);
        }
        Poll::Ready(())
    })
    .await;
    assert_eq!(heard, [Hint::Online, Hint::Offline, Hint::Visible]);
    drop(hints);
    // A listener that had stayed would throw now.
    window.dispatch_event(&Event::new("online").unwrap()).unwrap();
}

async fn refused(url: &str) -> TransportError {
    WebSocketTransport.connect(url).await.map(drop).unwrap_err()
}

#[wasm_bindgen_test]
async fn where_nobody_listens_nobody_is_reached() {
    assert!(matches!(refused("ws://127.0.0.1:1/v1/sync").await, TransportError::Unreachable(_)));
    // Relative to the page: its server is there and knows no WebSockets.
    assert!(matches!(refused("/v1/sync").await, TransportError::Unreachable(_)));
    assert!(matches!(refused("v1/sync?x=1#fragment").await, TransportError::Unreachable(_)));
}

#[wasm_bindgen_test]
async fn many_failed_attempts_do_not_make_the_next_one_slow() {
    let clock = Web.clock();
    let mut took = Vec::new();
    for _ in 0..60 {
        let begin = clock();
        assert!(matches!(refused("ws://127.0.0.1:1/many").await, TransportError::Unreachable(_)));
        took.push(clock() - begin);
    }
    // Medians, in multiples of each other: what a busy machine does to single attempts says nothing. A browser that
    // delays WebSockets after failures makes the late ones take seconds.
    let median = |part: &[u64]| {
        let mut part = part.to_vec();
        part.sort_unstable();
        part[part.len() / 2]
    };
    let (first, last) = (median(&took[..20]), median(&took[40..]));
    assert!(last <= 10 * first + 50, "early attempts fail in {first} ms, late ones in {last} ms");
}

#[wasm_bindgen_test]
async fn other_addresses_are_refused() {
    for url in ["ftp://127.0.0.1/", "ws://", "ws://a:99999/", "mailto:x"] {
        let error = refused(url).await;
        assert!(matches!(&error, TransportError::Address(_)), "{url}: {error:?}");
    }
}

#[wasm_bindgen_test]
async fn a_connection_that_is_given_up_leaves_nothing_behind() {
    let connecting = WebSocketTransport.connect("ws://127.0.0.1:1/");
    drop(connecting);
    let mut connecting = Box::pin(WebSocketTransport.connect("ws://127.0.0.1:1/"));
    poll_fn(|context| {
        assert!(connecting.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
    drop(connecting);
    // Its events come now; a listener that had stayed would throw.
    Web.sleep(100).await;
}
