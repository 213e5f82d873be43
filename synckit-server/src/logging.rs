//! Log lines on standard error: ids, sizes and versions, never what users write.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::settings::{Config, LogFormat, SettingsError};

/// Sends this process's log lines to standard error in the configured form.
///
/// # Errors
/// [`SettingsError::Value`] when the filter cannot be read or logging is set up already.
pub fn start(config: &Config) -> Result<(), SettingsError> {
    let filter: Targets = config.log.parse().map_err(|error| {
        SettingsError::Value(format!(
            "--log {}: {error}; write e.g. info or info,synckit_server=debug",
            config.log
        ))
    })?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry().with(filter);
    let started = match config.log_format {
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
        LogFormat::Text => {
            let color = std::io::IsTerminal::is_terminal(&std::io::stderr());
            registry.with(lines.with_ansi(color)).try_init()
        }
    };
    started.map_err(|error| SettingsError::Value(error.to_string()))
}
