//! Runs `synckit-server` for a demo: finds a port, waits until it answers, stops it when this program is told to stop.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::packages::Selection;
use crate::{process, workspace};

/// How many ports after the wanted one are tried.
const PORTS: u16 = 50;
const START: Duration = Duration::from_secs(20);
/// How long the server has for writing and closing what is open before it is killed.
const STOP: Duration = Duration::from_secs(15);

/// Compiles the server; returns its program.
pub(crate) fn compile(release: bool) -> Result<PathBuf> {
    let mut build = process::cargo();
    build.arg("build").args(Selection::Native.arguments()).args(["--bin", "synckit-server"]);
    if release {
        build.arg("--release");
    }
    process::run(&mut build)?;
    let folder = workspace::target().join(if release { "release" } else { "debug" });
    Ok(folder.join(format!("synckit-server{}", std::env::consts::EXE_SUFFIX)))
}

/// The first free port of this machine from `wanted` on.
pub(crate) fn free_port(wanted: u16) -> Result<u16> {
    for port in wanted..=wanted.saturating_add(PORTS) {
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
        println!("port {port} is in use, trying the next one");
    }
    bail!("no port from {wanted} to {} is free; name another with --port", wanted.saturating_add(PORTS))
}

/// Where a server of this machine is synced with.
pub(crate) fn address(port: u16) -> String {
    format!("ws://127.0.0.1:{port}/v1/sync")
}

/// A running server. Dropping it stops it.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts the server and waits until it is ready.
    pub(crate) fn start(program: &Path, port: u16, data: &Path, site: &Path) -> Result<Self> {
        if let Some(folder) = data.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        let mut command = Command::new(program);
        command.arg("--listen").arg(format!("127.0.0.1:{port}"));
        command.arg("--data").arg(data).arg("--static-dir").arg(site);
        // In a process group of its own: Ctrl-C reaches this program, which then stops the server, once and in order.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let mut server = Self { child, port };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        while !is_ready(self.port) {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended before it was ready ({status}); its message is above");
            }
            if start.elapsed() > START {
                bail!("the server was not ready after {} seconds", START.as_secs());
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        Ok(())
    }

    /// Keeps running until a signal asks this program to stop or the server ends by itself.
    pub(crate) fn run_until_stopped(mut self) -> Result<()> {
        process::listen_for_interrupts()?;
        while !process::interrupted() {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended by itself ({status}); its message is above");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        println!("\nstopping ...");
        let status = self.stop()?;
        if !status.success() {
            bail!("the server did not end cleanly ({status})");
        }
        println!("stopped");
        Ok(())
    }

    fn stop(&mut self) -> Result<ExitStatus> {
        process::ask_to_end(&self.child)?;
        let start = Instant::now();
        while start.elapsed() < STOP {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.child.kill().context("cannot end the server")?;
        Ok(self.child.wait()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // There is nobody left to tell if this fails.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn is_ready(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        let mut start = [0; 12];
        stream.read_exact(&mut start)?;
        Ok(&start == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::free_port;

    #[test]
    fn a_busy_port_moves_on() {
        let busy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = busy.local_addr().unwrap().port();
        assert!(free_port(port).unwrap() > port);
    }
}
