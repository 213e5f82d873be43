//! What an operator can set: by flag, by environment variable, by file, in this order of precedence.

#![allow(rustdoc::bare_urls, reason = "the documentation of an option is also its help on the terminal")]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytesize::ByteSize;
use clap::{Args, Parser, ValueEnum};
use serde::Deserialize;

use crate::limits::Limits;
use crate::origin::Origin;

/// The SyncKit server: relays, stores and acknowledges the changes of shared documents.
///
/// Without options it keeps everything in ./synckit.sqlite and listens on 127.0.0.1:8787, for programs on this machine
/// only. Clients connect to ws://ADDR/v1/sync. GET /health answers while the process runs, GET /ready while it can store.
#[derive(Debug, Parser)]
#[command(name = "synckit-server", version, about, long_about, max_term_width = 100)]
#[command(
    after_help = "Every option can also be given as an environment variable (shown in brackets) or, under its long \
name without the dashes, in the file named by --config. Flags win over variables, variables over the file.\n\n\
Sizes are bytes or e.g. 512KiB, 8MiB, 2GiB; times are e.g. 500ms, 15s, 5m.\n\n\
Exit codes: 0 after SIGINT or SIGTERM, 1 failure, 2 wrong options, 3 the address is in use."
)]
pub struct CommandLine {
    /// Read options from this TOML file.
    #[arg(long, env = "SYNCKIT_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The options themselves.
    #[command(flatten)]
    pub settings: Settings,
}

/// One source of options; what it does not set comes from the next source.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Settings {
    /// Address and port to listen on. Port 0 takes a free one [default: 127.0.0.1:8787]
    #[arg(long, env = "SYNCKIT_LISTEN", value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// SQLite file that holds the documents; made when it is not there [default: synckit.sqlite]
    #[arg(long, env = "SYNCKIT_DATA", value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// Serve the files of this folder; unknown paths get its index.html
    #[arg(long, env = "SYNCKIT_STATIC_DIR", value_name = "DIR")]
    pub static_dir: Option<PathBuf>,
    /// Let web pages of this origin connect, e.g. https://app.example.org. May be repeated. Pages that this server
    /// serves and pages on localhost always may
    #[arg(long = "allow-origin", env = "SYNCKIT_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    #[serde(rename = "allow-origin", default)]
    pub allow_origin: Vec<Origin>,
    /// Form of the log on standard error [default: text]
    #[arg(long, env = "SYNCKIT_LOG_FORMAT", value_enum, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// What is logged: error, warn, info, debug, trace, or per module, e.g. info,synckit_server=debug [default: info]
    #[arg(long, env = "SYNCKIT_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// Connections open at once [default: 10000]
    #[arg(long, env = "SYNCKIT_MAX_CONNECTIONS", value_name = "COUNT")]
    pub max_connections: Option<usize>,
    /// Documents one connection may follow [default: 1000]
    #[arg(long, env = "SYNCKIT_MAX_SUBSCRIPTIONS", value_name = "COUNT")]
    pub max_subscriptions: Option<usize>,
    /// Largest document, as it is in memory [default: 64MiB]
    #[arg(long, env = "SYNCKIT_MAX_DOCUMENT", value_name = "BYTES")]
    pub max_document: Option<ByteSize>,
    /// Largest message from a client [default: 8MiB]
    #[arg(long, env = "SYNCKIT_MAX_MESSAGE", value_name = "BYTES")]
    pub max_message: Option<ByteSize>,
    /// What may wait for one slow connection before it has to catch up from its version [default: 1MiB]
    #[arg(long, env = "SYNCKIT_MAX_QUEUE", value_name = "BYTES")]
    pub max_queue: Option<ByteSize>,
    /// Largest size of the SQLite file; writes beyond it are refused [default: what the disk gives]
    #[arg(long, env = "SYNCKIT_MAX_STORE", value_name = "BYTES")]
    pub max_store: Option<ByteSize>,
    /// Time between two signs of life; a connection silent for twice as long is closed [default: 15s]
    #[arg(long, env = "SYNCKIT_HEARTBEAT", value_name = "TIME", value_parser = humantime::parse_duration)]
    #[serde(default, deserialize_with = "duration")]
    pub heartbeat: Option<Duration>,
    /// Time a new connection has to introduce itself [default: 10s]
    #[arg(long, env = "SYNCKIT_HELLO_DEADLINE", value_name = "TIME", value_parser = humantime::parse_duration)]
    #[serde(default, deserialize_with = "duration")]
    pub hello_deadline: Option<Duration>,
    /// How far a client's clock may be ahead [default: 5m]
    #[arg(long, env = "SYNCKIT_MAX_CLOCK_SKEW", value_name = "TIME", value_parser = humantime::parse_duration)]
    #[serde(default, deserialize_with = "duration")]
    pub max_clock_skew: Option<Duration>,
    /// Time a shutdown may take before what is left is cut off [default: 5s]
    #[arg(long, env = "SYNCKIT_SHUTDOWN_DEADLINE", value_name = "TIME", value_parser = humantime::parse_duration)]
    #[serde(default, deserialize_with = "duration")]
    pub shutdown_deadline: Option<Duration>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Why the options make no server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file named by `--config` cannot be read.
    #[error("cannot read {path}: {source}; check --config", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file named by `--config` is not TOML or has an unknown key.
    #[error("{path}: {source}", path = .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and what.
        source: Box<toml::de::Error>,
    },
    /// A value that cannot work.
    #[error("{0}")]
    Value(String),
}

/// Everything decided: what [`Server`](crate::Server) is started with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// SQLite file.
    pub data: PathBuf,
    /// Folder of static files, if any are served.
    pub static_dir: Option<PathBuf>,
    /// Origins whose pages may connect, beside this server's own and localhost.
    pub allow_origin: Vec<Origin>,
    /// Form of log lines.
    pub log_format: LogFormat,
    /// What is logged.
    pub log: String,
    /// Largest size of the SQLite file in bytes.
    pub max_store: Option<u64>,
    /// The other bounds.
    pub limits: Limits,
}

impl CommandLine {
    /// Adds what the file says and the defaults.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn resolve(self) -> Result<Config, SettingsError> {
        let file = match &self.config {
            Some(path) => Settings::read(path)?,
            None => Settings::default(),
        };
        self.settings.or(file).resolve()
    }
}

impl Settings {
    /// Reads a TOML file.
    ///
    /// # Errors
    /// [`SettingsError::File`], [`SettingsError::Syntax`].
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| SettingsError::File { path: path.to_owned(), source })?;
        toml::from_str(&text)
            .map_err(|source| SettingsError::Syntax { path: path.to_owned(), source: Box::new(source) })
    }

    /// These settings, and where they say nothing, the other's.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            listen: self.listen.or(other.listen),
            data: self.data.or(other.data),
            static_dir: self.static_dir.or(other.static_dir),
            allow_origin: if self.allow_origin.is_empty() { other.allow_origin } else { self.allow_origin },
            log_format: self.log_format.or(other.log_format),
            log: self.log.or(other.log),
            max_connections: self.max_connections.or(other.max_connections),
            max_subscriptions: self.max_subscriptions.or(other.max_subscriptions),
            max_document: self.max_document.or(other.max_document),
            max_message: self.max_message.or(other.max_message),
            max_queue: self.max_queue.or(other.max_queue),
            max_store: self.max_store.or(other.max_store),
            heartbeat: self.heartbeat.or(other.heartbeat),
            hello_deadline: self.hello_deadline.or(other.hello_deadline),
            max_clock_skew: self.max_clock_skew.or(other.max_clock_skew),
            shutdown_deadline: self.shutdown_deadline.or(other.shutdown_deadline),
        }
    }

    /// Fills in the defaults and checks that the values can work.
    ///
    /// # Errors
    /// [`SettingsError::Value`].
    pub fn resolve(self) -> Result<Config, SettingsError> {
        let default = Limits::default();
        let bytes = |size: Option<ByteSize>, default: usize| {
            size.map_or(default, |size| usize::try_from(size.as_u64()).unwrap_or(usize::MAX))
        };
        let limits = Limits {
            connections: self.max_connections.unwrap_or(default.connections),
            subscriptions: self.max_subscriptions.unwrap_or(default.subscriptions),
            document: bytes(self.max_document, default.document),
            message: bytes(self.max_message, default.message),
            queue: bytes(self.max_queue, default.queue),
            heartbeat: self.heartbeat.unwrap_or(default.heartbeat),
            hello: self.hello_deadline.unwrap_or(default.hello),
            clock_skew: self.max_clock_skew.unwrap_or(default.clock_skew),
            shutdown: self.shutdown_deadline.unwrap_or(default.shutdown),
        };
        let value = |ok: bool, message: &str| {
            if ok { Ok(()) } else { Err(SettingsError::Value(message.into())) }
        };
        value(limits.connections > 0, "--max-connections has to be at least 1")?;
        value(limits.subscriptions > 0, "--max-subscriptions has to be at least 1")?;
        value(
            (1 << 10..=1 << 30).contains(&limits.message),
            "--max-message has to be between 1KiB and 1GiB",
        )?;
        value(limits.document >= 1 << 10, "--max-document has to be at least 1KiB")?;
        value(limits.queue >= 1 << 10, "--max-queue has to be at least 1KiB")?;
        value(!limits.heartbeat.is_zero(), "--heartbeat has to be longer than nothing")?;
        value(!limits.hello.is_zero(), "--hello-deadline has to be longer than nothing")?;
        if let Some(folder) = self.static_dir.as_deref().filter(|folder| !folder.is_dir()) {
            return Err(SettingsError::Value(format!(
                "--static-dir {} is not a folder: build the app first or name another",
                folder.display()
            )));
        }
        Ok(Config {
            listen: self.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8787))),
            data: self.data.unwrap_or_else(|| PathBuf::from("synckit.sqlite")),
            static_dir: self.static_dir,
            allow_origin: self.allow_origin,
            log_format: self.log_format.unwrap_or_default(),
            log: self.log.unwrap_or_else(|| "info".into()),
            max_store: self.max_store.map(|size| size.as_u64()),
            limits,
        })
    }
}

fn duration<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text).map(Some).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_the_file_and_the_file_over_the_defaults() {
        let file: Settings = toml::from_str(
            "listen = \"127.0.0.1:9000\"\nmax-message = \"2MiB\"\nheartbeat = \"3s\"\nallow-origin = [\"https://a.example\"]",
        )
        .unwrap();
        let line =
            CommandLine::parse_from(["synckit-server", "--listen", "127.0.0.1:9001", "--max-queue", "4096"]);
        let config = line.settings.or(file).resolve().unwrap();
        assert_eq!(config.listen.port(), 9001);
        assert_eq!(config.limits.message, 2 << 20);
        assert_eq!(config.limits.queue, 4096);
        assert_eq!(config.limits.heartbeat, Duration::from_secs(3));
        assert_eq!(config.limits.connections, 10_000);
        assert_eq!(config.allow_origin.len(), 1);
    }

    #[test]
    fn an_unknown_key_in_the_file_is_an_error() {
        let error = toml::from_str::<Settings>("max-mesage = 1").unwrap_err();
        assert!(error.to_string().contains("max-mesage"), "{error}");
    }

    #[test]
    fn values_that_cannot_work_are_named() {
        let line = CommandLine::parse_from(["synckit-server", "--max-message", "10"]);
        assert!(line.resolve().unwrap_err().to_string().contains("--max-message"));
        let line = CommandLine::parse_from(["synckit-server", "--static-dir", "/no/such/folder"]);
        assert!(line.resolve().unwrap_err().to_string().contains("--static-dir"));
    }

    #[test]
    fn the_help_names_every_option_with_its_variable() {
        use clap::CommandFactory;
        for argument in CommandLine::command().get_arguments() {
            if matches!(argument.get_id().as_str(), "help" | "version") {
                continue;
            }
            let variable =
                argument.get_env().unwrap_or_else(|| panic!("{} has no variable", argument.get_id()));
            assert!(variable.to_string_lossy().starts_with("SYNCKIT_"));
            assert!(argument.get_help().is_some(), "{} has no help", argument.get_id());
        }
    }
}
