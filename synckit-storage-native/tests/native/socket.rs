//! The socket against servers that behave and that do not.

use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use synckit::platform::Platform;
use synckit::transport::{FrameSender, Transport, TransportError};
use synckit_storage_native::{Native, limits};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};

use crate::processes::until;

type Accepted = WebSocketStream<TcpStream>;

/// A server that does something with its one connection; its address.
async fn server<F>(serve: impl FnOnce(Accepted) -> F + Send + 'static) -> (String, JoinHandle<()>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/v1/sync", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut config = WebSocketConfig::default();
        config.max_frame_size = None;
        config.max_message_size = None;
        serve(tokio_tungstenite::accept_async_with_config(stream, Some(config)).await.unwrap()).await;
    });
    (url, task)
}

async fn refused(url: &str) -> TransportError {
    Native::new().unwrap().transport().connect(url).await.map(drop).unwrap_err()
}

#[tokio::test]
async fn frames_arrive_in_order_and_the_end_is_told() {
    let (url, serving) = server(|mut socket| async move {
        while let Some(Ok(message)) = socket.next().await {
            if message.is_binary() {
                socket.send(message).await.unwrap();
            }
        }
    })
    .await;
    let (mut sender, mut receiver) = Native::new().unwrap().transport().connect(&url).await.unwrap();
    for number in 0..200_u32 {
        sender.send(number.to_le_bytes().repeat(1_000)).unwrap();
    }
    for number in 0..200_u32 {
        assert_eq!(receiver.next().await.unwrap().unwrap(), number.to_le_bytes().repeat(1_000));
    }
    until("everything has left", || sender.buffered() == 0).await;
    drop(sender);
    // The server hears of it, closes too, and that is no error.
    assert!(receiver.next().await.is_none());
    drop(receiver);
    serving.await.unwrap();
}

#[tokio::test]
async fn what_was_handed_over_is_sent_before_the_connection_closes() {
    let (url, serving) = server(|mut socket| async move {
        let mut bytes = 0;
        while let Some(Ok(message)) = socket.next().await {
            bytes += message.len();
        }
        assert_eq!(bytes, 4 << 20);
    })
    .await;
    let (mut sender, receiver) = Native::new().unwrap().transport().connect(&url).await.unwrap();
    for _ in 0..4 {
        sender.send(vec![7; 1 << 20]).unwrap();
    }
    drop(sender);
    serving.await.unwrap();
    drop(receiver);
}

#[tokio::test]
async fn a_server_that_does_not_read_fills_a_bounded_queue() {
    let (url, serving) = server(|socket| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(socket);
    })
    .await;
    let (mut sender, _receiver) = Native::new().unwrap().transport().connect(&url).await.unwrap();
    let mut sent = 0;
    let error = loop {
        match sender.send(vec![0; 1 << 20]) {
            Ok(()) => sent += 1,
            Err(error) => break error,
        }
        assert!(sent < 64, "no end of it");
    };
    assert!(matches!(error, TransportError::Overflow { limit: limits::MAX_BUFFERED_BYTES, .. }), "{error:?}");
    assert!(sender.buffered() <= limits::MAX_BUFFERED_BYTES);
    serving.abort();
}

#[tokio::test]
async fn a_connection_that_breaks_is_told_to_both_halves() {
    let (url, serving) = server(|socket| async move { drop(socket) }).await;
    let (mut sender, mut receiver) = Native::new().unwrap().transport().connect(&url).await.unwrap();
    serving.await.unwrap();
    assert!(matches!(receiver.next().await, Some(Err(TransportError::Closed(_)))));
    assert!(receiver.next().await.is_none());
    let begin = Instant::now();
    while sender.send(vec![1]).is_ok() {
        assert!(begin.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(matches!(sender.send(vec![1]), Err(TransportError::Closed(_))));
}

#[tokio::test]
async fn a_servers_reason_for_closing_is_passed_on() {
    for (code, words) in
        [(CloseCode::Away, "goes away"), (CloseCode::Restart, "restarts"), (CloseCode::Policy, "see you")]
    {
        let (url, _serving) = server(move |mut socket| async move {
            let reason = CloseFrame { code, reason: "see you".into() };
            socket.close(Some(reason)).await.unwrap();
            while socket.next().await.is_some() {}
        })
        .await;
        let (_sender, mut receiver) = Native::new().unwrap().transport().connect(&url).await.unwrap();
        let Some(Err(TransportError::Closed(reason))) = receiver.next().await else { panic!("{code}") };
        assert!(reason.contains(words), "{reason}");
        assert!(receiver.next().await.is_none());
    }
}

#[tokio::test]
async fn frames_of_another_kind_or_size_end_the_connection() {
    for message in
        [Message::Text("hello".into()), Message::Binary(vec![0; limits::MAX_FRAME_BYTES + 1].into())]
    {
        let (url, _serving) = server(|mut socket| async move {
            let _ = socket.send(message).await;
            while socket.next().await.is_some_and(|next| next.is_ok()) {}
        })
        .await;
        let (_sender, mut receiver) = Native::new().unwrap().transport().connect(&url).await.unwrap();
        let end = receiver.next().await;
        assert!(matches!(end, Some(Err(TransportError::Frame(_)))), "{end:?}");
        assert!(receiver.next().await.is_none());
    }
}

#[tokio::test]
async fn where_nobody_listens_nobody_is_reached() {
    let error = refused("ws://127.0.0.1:1/v1/sync").await;
    assert!(matches!(&error, TransportError::Unreachable(reason) if reason.contains("running")), "{error:?}");
    let error = refused("ws://does-not-exist.invalid/").await;
    assert!(matches!(error, TransportError::Unreachable(_)), "{error:?}");
    // Somebody answers, but knows no WebSockets.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let answer = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await.unwrap();
        tokio::time::sleep(Duration::from_secs(5)).await;
    });
    let error = refused(&url).await;
    assert!(matches!(&error, TransportError::Unreachable(reason) if reason.contains("404")), "{error:?}");
}

#[tokio::test]
async fn other_addresses_are_refused() {
    let long = format!("ws://example.org/{}", "x".repeat(3_000));
    for url in ["ftp://127.0.0.1/", "ws://", "ws://a:99999/", "mailto:x", "/v1/sync", "", long.as_str()] {
        let error = refused(url).await;
        assert!(matches!(&error, TransportError::Address(_)), "{url}: {error:?}");
    }
}

#[test]
fn whoever_polls_a_connection_need_not_be_in_a_runtime() {
    pollster::block_on(async {
        let platform = Native::on_own_thread().unwrap();
        let error = platform.transport().connect("ws://127.0.0.1:1/").await.map(drop).unwrap_err();
        assert!(matches!(error, TransportError::Unreachable(_)));
        // Given up in the midst of it.
        drop(platform.transport().connect("ws://127.0.0.1:1/"));
    });
}
