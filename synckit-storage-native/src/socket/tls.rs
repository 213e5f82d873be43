//! TLS by rustls, trusting whom the operating system trusts.
//!
//! The provider is ring: it builds with the C compiler that SQLite needs anyway. It is named here rather than taken from the
//! process, where another library may have installed another one, or two of them make the choice ambiguous. The
//! roots are the operating system's rather than a built-in list: a company's own authority works, and one that is not
//! trusted any more goes with the next update of the system, not of this program.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use synckit::transport::TransportError;
use tokio::sync::OnceCell;
use tokio_tungstenite::Connector;

/// The roots are read once for the process; that takes some milliseconds.
static CONFIG: OnceCell<Arc<ClientConfig>> = OnceCell::const_new();

/// What makes connections to `wss://` addresses.
pub(super) async fn connector() -> Result<Connector, TransportError> {
    let config = CONFIG.get_or_try_init(|| async {
        let roots = tokio::task::spawn_blocking(system_roots);
        let roots = roots.await.unwrap_or_else(|error| Err(error.to_string()));
        roots.and_then(config).map_err(TransportError::Unreachable)
    });
    config.await.map(|config| Connector::Rustls(config.clone()))
}

fn system_roots() -> Result<RootCertStore, String> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (usable, _) = roots.add_parsable_certificates(found.certs);
    if usable > 0 {
        return Ok(roots);
    }
    let reason = found.errors.first().map(|error| format!(" ({error})")).unwrap_or_default();
    Err(format!(
        "this system trusts no certificates{reason}: install its ca-certificates, or name a file with SSL_CERT_FILE"
    ))
}

/// A client without a certificate of its own.
pub(super) fn config(roots: RootCertStore) -> Result<Arc<ClientConfig>, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let versions = versions.map_err(|error| error.to_string())?;
    Ok(Arc::new(versions.with_root_certificates(roots).with_no_client_auth()))
}
