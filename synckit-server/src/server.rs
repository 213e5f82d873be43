//! A server with its socket: binds, accepts, and goes in good order.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::log::Log;
use crate::log::sqlite::{OpenError, SqliteLog, SqliteOptions};
use crate::origin::OriginPolicy;
use crate::router::router;
use crate::settings::Config;
use crate::state::ServerState;
use crate::static_files;

/// Time a client has for the head of a request, and between two requests.
const HEAD_DEADLINE: Duration = Duration::from_secs(15);
/// Connections that may be open beside the WebSockets: requests for files, probes, and those that will be refused.
const OTHER_CONNECTIONS: usize = 1_024;

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another program listens there.
    #[error(
        "{address} is in use by another program: stop it, or choose another port with --listen {suggestion}"
    )]
    InUse {
        /// The address asked for.
        address: SocketAddr,
        /// The same address with the next port.
        suggestion: SocketAddr,
    },
    /// The address cannot be had.
    #[error("cannot listen on {address}: {source}; choose another address with --listen")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    state: ServerState,
    shutdown: Duration,
}

impl Server {
    /// Opens the store and starts to listen. Connections wait until [`Server::run`].
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        let address = config.listen;
        let listener = TcpListener::bind(address).await.map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => {
                let suggestion = SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or(0));
                StartError::InUse { address, suggestion }
            }
            _ => StartError::Bind { address, source },
        })?;
        let address = listener.local_addr().map_err(|source| StartError::Bind { address, source })?;
        let mut options = SqliteOptions::default();
        options.max_bytes = config.max_store;
        options.max_waiting = options.max_waiting.max(config.limits.message.saturating_mul(4));
        let log = SqliteLog::open(&config.data, &options)?;
        tracing::info!(
            %address,
            data = %config.data.display(),
            epoch = %format_args!("{:016x}", log.epoch()),
            version = env!("CARGO_PKG_VERSION"),
            "server starts"
        );
        if address.ip().is_loopback() {
            tracing::info!("only programs on this machine can connect; --listen opens it to others");
        } else {
            tracing::warn!(
                "everybody who can reach {address} can read and change every document: there are no accounts yet"
            );
        }
        let origins = OriginPolicy::new(config.allow_origin, address);
        let shutdown = config.limits.shutdown;
        let state = ServerState::new(Arc::new(log), config.limits, origins);
        let mut router = router(state.clone());
        if let Some(folder) = &config.static_dir {
            router = router.merge(static_files::router(folder));
        }
        Ok(Self { listener, address, router, state, shutdown })
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The server without its socket.
    pub fn state(&self) -> &ServerState {
        &self.state
    }

    /// Serves until `stop` resolves, then ends what is open in good order and within the time limit of the
    /// configuration.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { listener, router, state, shutdown, .. } = self;
        let most =
            u32::try_from(state.0.limits.connections.saturating_add(OTHER_CONNECTIONS)).unwrap_or(u32::MAX);
        let most = most.min(u32::try_from(Semaphore::MAX_PERMITS).unwrap_or(u32::MAX));
        let places = Arc::new(Semaphore::new(most as usize));
        let (stopping, stopped) = watch::channel(());
        tokio::pin!(stop);
        loop {
            let accepted = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (place, listener.accept().await)
            };
            let (place, accepted) = tokio::select! {
                accepted = accepted => accepted,
                () = &mut stop => break,
            };
            match (place, accepted) {
                (Ok(place), Ok((stream, _))) => {
                    tokio::spawn(serve(stream, router.clone(), stopped.clone(), place));
                }
                (_, Err(error)) => {
                    // Out of file descriptors, mostly: others have to go before the next one can come.
                    tracing::warn!(%error, "cannot accept connections for the moment");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                (Err(_), _) => break,
            }
        }
        drop(listener);
        drop(stopped);
        tracing::info!(connections = state.connections(), "shutting down");
        stopping.send_replace(());
        let begun = Instant::now();
        state.shut_down(shutdown).await;
        // Requests that are being answered; idle connections have gone by now.
        let rest = shutdown.saturating_sub(begun.elapsed());
        if tokio::time::timeout(rest, places.acquire_many(most)).await.is_err() {
            tracing::warn!("some requests were not answered in time");
        }
        tracing::info!("server stopped");
    }
}

/// Serves the requests of one TCP connection until it ends or becomes a WebSocket.
async fn serve(
    stream: TcpStream,
    router: Router,
    mut stopped: watch::Receiver<()>,
    place: OwnedSemaphorePermit,
) {
    // Changes are small and somebody waits for them.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_DEADLINE)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "HTTP connection ended");
    }
    drop(place);
}
