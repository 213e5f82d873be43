//! The files of a web app, for those who want page and sync from one program.

use std::convert::Infallible;
use std::path::Path;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::services::{ServeDir, ServeFile};

#[derive(Clone)]
struct Files {
    folder: ServeDir,
    index: ServeFile,
}

/// Serves the files of `folder`. A path that is no file and whose last segment has no dot gets `index.html`, so that an
/// app can have addresses of its own. Compressed on the way, as fast as can be, unless `FILE.br` or `FILE.gz` lies next to
/// `FILE`.
pub(crate) fn router(folder: &Path) -> Router {
    let files = Files {
        folder: ServeDir::new(folder).precompressed_br().precompressed_gzip(),
        index: ServeFile::new(folder.join("index.html")).precompressed_br().precompressed_gzip(),
    };
    Router::new()
        .fallback(serve)
        .with_state(files)
        .layer(CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest))
}

async fn serve(State(files): State<Files>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if path.split('/').any(is_hidden) {
        return with_headers(StatusCode::NOT_FOUND.into_response());
    }
    // Only the headers matter for a second attempt: requests for files have no body.
    let mut again = Request::new(Body::empty());
    *again.method_mut() = request.method().clone();
    *again.uri_mut() = request.uri().clone();
    *again.headers_mut() = request.headers().clone();
    let found = respond(files.folder.oneshot(request).await);
    let last = path.rsplit('/').next().unwrap_or_default();
    if found.status() == StatusCode::NOT_FOUND && !last.contains('.') {
        return with_headers(respond(files.index.oneshot(again).await));
    }
    with_headers(found)
}

fn respond<B>(outcome: Result<axum::http::Response<B>, Infallible>) -> Response
where
    axum::http::Response<B>: IntoResponse,
{
    match outcome {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}

/// Files such as `.env` or `.git/config` were never meant for the world.
fn is_hidden(segment: &str) -> bool {
    let start = segment.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%2e"));
    (start || segment.starts_with('.')) && segment != ".well-known"
}

fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    // Asked for anew each time and answered with 304 when it is the same: a new version of the app, and above all its
    // service worker, is never held back by a cache.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    response
}
