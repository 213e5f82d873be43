//! The browser's WebDriver program.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::children::Program;

/// A running chromedriver. Dropping it ends it and every browser it started.
#[derive(Debug)]
pub struct Driver {
    address: String,
    program: Program,
}

impl Driver {
    /// Starts the driver on a free port.
    ///
    /// # Errors
    /// When chromedriver is not on the search path or does not start.
    pub fn start() -> Result<Self> {
        let mut child = Command::new("chromedriver")
            .args(["--port=0", "--log-level=SEVERE"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start chromedriver; `cargo xtask test --only e2e` installs it or says how")?;
        let output = child.stdout.take().context("chromedriver has no output")?;
        let program = Program::new(child);
        let mut lines = BufReader::new(output).lines();
        // "ChromeDriver was started successfully on port 12345."
        while let Some(line) = lines.next().transpose()? {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                let port: u16 = port.trim_end_matches('.').parse().context("chromedriver names no port")?;
                // It blocks once its output is full, so somebody has to go on reading.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self { address: format!("http://127.0.0.1:{port}"), program });
            }
        }
        bail!("chromedriver ended before it was ready")
    }

    pub(crate) fn process(&self) -> u32 {
        self.program.id()
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}
