//! The editor as a desktop program, on a screen without a monitor.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::children::Program;
use crate::server::desktop_program;

/// How long the program has for showing its window.
const START: Duration = Duration::from_secs(60);

/// A screen without a monitor. Dropping it ends it.
#[derive(Debug)]
pub struct Screen {
    name: String,
    _program: Program,
}

impl Screen {
    /// Starts a screen under a name that is not in use.
    ///
    /// # Errors
    /// When Xvfb is missing or does not start.
    pub fn start() -> Result<Self> {
        let mut child = Command::new("Xvfb")
            // Without resetting itself when its last window goes: whoever came at that moment would be thrown out.
            .args(["-displayfd", "1", "-screen", "0", "1180x800x24", "-nolisten", "tcp", "-noreset"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start Xvfb; `cargo xtask test --only e2e` installs it or says how")?;
        let output = child.stdout.take().context("Xvfb has no output")?;
        let program = Program::new(child);
        let mut number = String::new();
        BufReader::new(output).read_line(&mut number)?;
        ensure!(!number.trim().is_empty(), "Xvfb ended before it was ready");
        Ok(Self { name: format!(":{}", number.trim()), _program: program })
    }

    /// What is on the screen, as a PNG file.
    ///
    /// # Errors
    /// When ImageMagick, which takes the picture, is missing.
    pub fn picture(&self, file: &Path) -> Result<()> {
        self.run(Command::new("import").args(["-window", "root"]).arg(file))
    }

    fn run(&self, command: &mut Command) -> Result<()> {
        let program = command.get_program().to_owned();
        let output = command.env("DISPLAY", &self.name).stdin(Stdio::null()).output();
        let output = output.with_context(|| format!("cannot start {}", program.display()))?;
        if !output.status.success() {
            bail!("{} failed: {}", program.display(), String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }
}

/// Keys that are being pressed, whoever has the focus meanwhile.
#[derive(Debug)]
pub struct Typing(Program);

impl Typing {
    /// Whether there are keys left.
    pub fn goes_on(&mut self) -> bool {
        self.0.is_running()
    }
}

/// The program in its window. Dropping it ends it.
#[derive(Debug)]
pub struct Desktop<'a> {
    screen: &'a Screen,
    program: Program,
}

impl<'a> Desktop<'a> {
    /// Starts the program with a document, keeping what it stores in `folder`, and waits for its window.
    ///
    /// # Errors
    /// When it has not been built, or shows no window.
    pub fn start(screen: &'a Screen, folder: &Path, document: &str) -> Result<Self> {
        let child = program(screen, folder, document)?.stdout(Stdio::null()).spawn();
        let mut desktop =
            Self { screen, program: Program::new(child.context("cannot start the desktop program")?) };
        let start = Instant::now();
        while desktop.tool(&["search", "--onlyvisible", "--name", "Editor"]).is_err() {
            ensure!(desktop.program.is_running(), "the desktop program ended before it showed its window");
            ensure!(start.elapsed() < START, "the desktop program shows no window");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(desktop)
    }

    /// Starts the program with a document that is on this device, and ends it when it has painted the text. Returns how long
    /// that took: since it was started, and since it asked for its file.
    ///
    /// # Errors
    /// When it has not been built, or paints nothing.
    pub fn first_paint(screen: &'a Screen, folder: &Path, document: &str) -> Result<(Duration, Duration)> {
        let mut command = program(screen, folder, document)?;
        command.env("SYNCKIT_EDITOR_TELL_PAINT", "1").stdout(Stdio::piped());
        let start = Instant::now();
        let mut child = command.spawn().context("cannot start the desktop program")?;
        let output = child.stdout.take().context("the program has no output")?;
        let _program = Program::new(child);
        for line in BufReader::new(output).lines() {
            let line = line?;
            let Some(times) = line.strip_prefix("text painted ") else { continue };
            let whole = start.elapsed();
            let own = times.split_whitespace().nth(5).and_then(|own| own.parse().ok());
            return Ok((whole, Duration::from_millis(own.with_context(|| format!("no time in {line:?}"))?)));
        }
        bail!("the desktop program ended before it painted a text");
    }

    /// Clicks a place of the window, in pixels from its corner.
    ///
    /// # Errors
    /// When the program is gone.
    pub fn click(&self, x: u32, y: u32) -> Result<()> {
        self.tool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"])
    }

    /// Gives the window another size, in pixels.
    ///
    /// # Errors
    /// When the program is gone.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        let (width, height) = (width.to_string(), height.to_string());
        self.tool(&["search", "--onlyvisible", "--name", "Editor", "windowsize", &width, &height])
    }

    /// Types, key by key, into what has the focus.
    ///
    /// # Errors
    /// When the screen is gone.
    pub fn write(&self, text: &str) -> Result<()> {
        self.tool(&["type", "--delay", "15", "--", text])
    }

    /// Types characters that no keyboard has. Each gets a key for a moment, of which the program has to hear first.
    ///
    /// # Errors
    /// When the screen is gone.
    pub fn write_rare(&self, text: &str) -> Result<()> {
        self.tool(&["type", "--delay", "250", "--", text])
    }

    /// Begins to type, and does not wait until it is done.
    ///
    /// # Errors
    /// When xdotool cannot be started.
    pub fn begin_to_write(&self, text: &str) -> Result<Typing> {
        let mut command = Command::new("xdotool");
        command.args(["type", "--delay", "15", "--", text]).env("DISPLAY", &self.screen.name);
        let child = command.stdin(Stdio::null()).spawn().context("cannot start xdotool")?;
        Ok(Typing(Program::new(child)))
    }

    /// Presses keys together, as `ctrl+b`, or one after the other.
    ///
    /// # Errors
    /// When the screen is gone.
    pub fn press(&self, keys: &[&str]) -> Result<()> {
        self.tool(&[&["key", "--delay", "40"], keys].concat())
    }

    /// Ends the program as a power cut would.
    pub fn kill(mut self) {
        self.program.kill();
    }

    fn tool(&self, arguments: &[&str]) -> Result<()> {
        self.screen.run(Command::new("xdotool").args(arguments))
    }
}

/// The program with a document, on a screen, keeping what it stores in `folder`.
fn program(screen: &Screen, folder: &Path, document: &str) -> Result<Command> {
    let mut command = Command::new(desktop_program()?);
    command
        .arg(document)
        .env("DISPLAY", &screen.name)
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder.join("data"))
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env_remove("WAYLAND_DISPLAY")
        .env("GDK_BACKEND", "x11")
        // What composes characters from several keys: the one that is part of GTK, whatever else is installed.
        .env("GTK_IM_MODULE", "gtk-im-context-simple")
        // There is no graphics card to ask.
        .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    Ok(command)
}
