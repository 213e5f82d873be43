//! Pages, probes, and who may open a socket.

use std::fs;

use synckit_server::Server;
use tokio_tungstenite::tungstenite::Error;

use crate::client::{Client, open_from};
use crate::running::{Folder, Process, get, request, status};

#[tokio::test(flavor = "multi_thread")]
async fn pages_from_elsewhere_open_no_socket() {
    let folder = Folder::new();
    let server = folder
        .start_with(|settings| settings.allow_origin = vec!["https://app.example".parse().unwrap()])
        .await;
    let own = format!("http://{}", server.address);
    for origin in [own.as_str(), "http://localhost:3000", "https://app.example"] {
        let socket = open_from(server.address, Some(origin), None).await.unwrap();
        Client::greet(socket, 1).await;
    }
    for origin in ["https://evil.example", "null", "http://app.example"] {
        match open_from(server.address, Some(origin), None).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403, "{origin}"),
            other => panic!("{origin} got {other:?}"),
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_served_with_their_types_and_the_app_gets_its_own_addresses() {
    let folder = Folder::new();
    let files = folder.path().join("dist");
    fs::create_dir_all(files.join("assets")).unwrap();
    fs::write(files.join("index.html"), "<!doctype html><title>app</title>").unwrap();
    fs::write(files.join("app.wasm"), vec![0; 50_000]).unwrap();
    fs::write(files.join("sw.js"), "self.addEventListener('fetch', () => {})").unwrap();
    fs::write(files.join("assets/style.css"), "body { margin: 0 }").unwrap();
    fs::write(files.join(".env"), "SECRET=1").unwrap();
    fs::write(folder.path().join("outside.txt"), "not yours").unwrap();
    let server = folder.start_with(|settings| settings.static_dir = Some(files.clone())).await;
    let address = server.address;

    let (head, body) = get(address, "/app.wasm").await;
    assert!(head.contains("content-type: application/wasm"), "{head}");
    assert!(head.contains("cache-control: no-cache") && head.contains("last-modified:"), "{head}");
    assert!(head.contains("x-content-type-options: nosniff"), "{head}");
    assert_eq!(body.len(), 50_000);
    let (head, _) = get(address, "/sw.js").await;
    assert!(head.contains("content-type: text/javascript") && head.contains("no-cache"), "{head}");
    let (head, _) = get(address, "/assets/style.css").await;
    assert!(head.contains("content-type: text/css"), "{head}");

    for path in ["/", "/l/some-list", "/deep/er/address?x=1"] {
        let (head, body) = get(address, path).await;
        assert!(head.starts_with("http/1.1 200") && head.contains("text/html"), "{path}: {head}");
        assert!(body.starts_with(b"<!doctype html>"), "{path}");
    }
    for path in ["/missing.js", "/.env", "/%2eenv", "/../outside.txt", "/..%2foutside.txt", "/l/missing.png"]
    {
        assert_eq!(status(address, path).await, 404, "{path}");
    }
    assert_eq!(status(address, "/health").await, 200);
    assert_eq!(status(address, "/v1/sync").await, 426);

    let (head, body) = request(address, "GET /app.wasm HTTP/1.1\r\nAccept-Encoding: gzip").await;
    assert!(head.contains("content-encoding: gzip"), "{head}");
    assert!(body.len() < 5_000);
    fs::write(files.join("app.wasm.br"), "precompressed").unwrap();
    let (head, body) = request(address, "GET /app.wasm HTTP/1.1\r\nAccept-Encoding: gzip, br").await;
    assert!(head.contains("content-encoding: br") && head.contains("application/wasm"), "{head}");
    assert_eq!(body, b"precompressed");

    let (head, _) = get(address, "/sw.js").await;
    let modified = head.lines().find_map(|line| line.strip_prefix("last-modified: ")).unwrap().to_owned();
    let condition = format!("GET /sw.js HTTP/1.1\r\nIf-Modified-Since: {}", http_date(&modified));
    let (head, _) = request(address, &condition).await;
    assert!(head.starts_with("http/1.1 304"), "{head}");
    server.stop().await;
}

/// Gives a date its capital letters back.
fn http_date(lower: &str) -> String {
    let mut words: Vec<String> = lower.split(' ').map(str::to_owned).collect();
    for at in [0, 2] {
        words[at][..1].make_ascii_uppercase();
    }
    let last = words.len() - 1;
    words[last].make_ascii_uppercase();
    words.join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_port_is_named_with_a_remedy() {
    let folder = Folder::new();
    let process = Process::start(&folder.data(), &[]).await;
    let other = Folder::new();
    let error =
        Server::bind(other.config(|settings| settings.listen = Some(process.address))).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains(&process.address.to_string()) && message.contains("--listen"), "{message}");
    let second = tokio::process::Command::new(env!("CARGO_BIN_EXE_synckit-server"))
        .args(["--listen", &process.address.to_string(), "--data"])
        .arg(other.data())
        .output()
        .await
        .unwrap();
    assert_eq!(second.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&second.stderr).contains("in use"));
    process.kill().await;
}
