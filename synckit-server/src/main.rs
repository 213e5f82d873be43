//! The SyncKit server program.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use synckit_server::settings::{CommandLine, Config};
use synckit_server::{Server, StartError, logging};

/// The options make no server.
const WRONG_OPTIONS: u8 = 2;
/// Another program listens on the address.
const ADDRESS_IN_USE: u8 = 3;

fn main() -> ExitCode {
    let config = match CommandLine::parse().resolve() {
        Ok(config) => config,
        Err(error) => return failed(&error, WRONG_OPTIONS),
    };
    if let Err(error) = logging::start(&config) {
        return failed(&error, WRONG_OPTIONS);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error, 1),
    };
    match runtime.block_on(run(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => match error.downcast_ref() {
            Some(StartError::InUse { .. }) => failed(&*error, ADDRESS_IN_USE),
            _ => failed(&*error, 1),
        },
    }
}

async fn run(config: Config) -> Result<(), Box<dyn Error>> {
    let stop = stop_signal()?;
    let server = Server::bind(config).await?;
    let mut stdout = std::io::stdout();
    // Whoever started this program may not read what it prints.
    let _ = writeln!(stdout, "listening on http://{}", server.address()).and_then(|()| stdout.flush());
    server.run(stop).await;
    Ok(())
}

#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

fn failed(error: &dyn Error, code: u8) -> ExitCode {
    eprintln!("synckit-server: {error}");
    ExitCode::from(code)
}
