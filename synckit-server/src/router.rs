//! The HTTP side: the way into the WebSocket, and whether the server is well.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::handshake::server::create_response;

use crate::connection;
use crate::state::ServerState;

/// The routes of a server: `/v1/sync` (WebSocket), `/health` and `/ready`. To be served as it is, or merged into or
/// nested in an application of your own.
pub fn router(state: ServerState) -> Router {
    Router::new()
        .route("/v1/sync", any(sync))
        .route("/health", get(health))
        .route("/ready", get(ready))
        .with_state(state)
}

/// The process runs.
async fn health() -> Response {
    plain(StatusCode::OK, "ok\n")
}

/// The store takes writes, found out by writing.
async fn ready(State(state): State<ServerState>) -> Response {
    if state.0.connections.is_closing() {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "shutting down\n");
    }
    match state.0.log.probe().await {
        Ok(()) => plain(StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            plain(StatusCode::SERVICE_UNAVAILABLE, "the store takes no writes\n")
        }
    }
}

/// Turns a request into a WebSocket.
async fn sync(State(state): State<ServerState>, mut request: Request) -> Response {
    if !state.0.origins.allows(request.headers()) {
        tracing::warn!(
            origin = ?request.headers().get(header::ORIGIN),
            "refused a page from elsewhere; --allow-origin lets it in"
        );
        return plain(StatusCode::FORBIDDEN, "pages of this origin may not connect here\n");
    }
    let upgrade = hyper::upgrade::on(&mut request);
    let (parts, _) = request.into_parts();
    let mut response = match create_response(&axum::http::Request::from_parts(parts, ())) {
        Ok(response) => response.map(|()| Body::empty()),
        Err(error) => {
            let mut response = plain(StatusCode::UPGRADE_REQUIRED, "");
            *response.body_mut() = Body::from(format!("connect with a WebSocket: {error}\n"));
            response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            return response;
        }
    };
    response.headers_mut().remove(header::SEC_WEBSOCKET_PROTOCOL);
    tokio::spawn(async move {
        match upgrade.await {
            Ok(stream) => connection::serve(state.0, TokioIo::new(stream)).await,
            Err(error) => tracing::debug!(%error, "not upgraded"),
        }
    });
    response.into_response()
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (status, headers, text).into_response()
}
