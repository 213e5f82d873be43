//! Connections by TLS, to servers that are trusted and that are not.

use std::sync::Arc;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{RootCertStore, ServerConfig};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

/// A server with a certificate of its own for `localhost`, which sends back what it gets; its address and certificate.
async fn echo() -> (String, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let certificate = made.cert.der().clone();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // Whoever does not trust the certificate hangs up here.
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
                while let Some(Ok(message)) = socket.next().await {
                    if message.is_binary() {
                        socket.send(message).await.unwrap();
                    }
                }
            });
        }
    });
    (format!("wss://localhost:{port}/v1/sync"), certificate)
}

#[tokio::test]
async fn a_trusted_server_is_spoken_to_and_another_one_is_not() {
    let (url, certificate) = echo().await;
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let connector = Connector::Rustls(tls::config(roots).unwrap());
    let mut socket = open_with(url.clone(), Some(connector)).await.unwrap();
    socket.send(Message::Binary(b"frame"[..].into())).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap().into_data(), &b"frame"[..]);

    let (_, stranger) = echo().await;
    let mut roots = RootCertStore::empty();
    roots.add(stranger).unwrap();
    let connector = Connector::Rustls(tls::config(roots).unwrap());
    let error = open_with(url, Some(connector)).await.map(drop).unwrap_err();
    assert!(
        matches!(&error, TransportError::Unreachable(reason) if reason.contains("certificate")),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_systems_roots_do_not_trust_just_anybody() {
    let (url, _) = echo().await;
    // Where the system has no roots at all it is refused for that reason.
    let error = open(url).await.map(drop).unwrap_err();
    assert!(matches!(&error, TransportError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("certificate"), "{error}");
}
