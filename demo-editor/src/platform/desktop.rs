//! A window of the operating system: a SQLite file, a server named by the command line, no address bar.

use std::future::Ready;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::Parser;
use dioxus::desktop::{Config, LogicalSize, WindowBuilder};
use dioxus::prelude::*;
use synckit_dioxus::{ClientError, DeviceStorage};

use crate::address::{page_in, path_of};
use crate::opening::Opened;
use crate::platform::STORE;

const STYLES: [&str; 7] = [
    include_str!("../../static/style/colors.css"),
    include_str!("../../../demo-shell/style/base.css"),
    include_str!("../../static/style/layout.css"),
    include_str!("../../static/style/editor.css"),
    include_str!("../../static/style/panel.css"),
    include_str!("../../static/style/history.css"),
    include_str!("../../../demo-shell/style/status.css"),
];

/// Shared documents that work offline: the demo of SyncKit with Dioxus, as a desktop program.
#[derive(Parser)]
#[command(name = "demo-editor")]
struct Arguments {
    /// The document to show: its address, as others share it, or its id. Without: the one that was open last.
    document: Option<String>,

    /// The server. Without it the one of the document's address, or the one on this machine.
    #[arg(long, value_name = "ws://HOST:PORT/v1/sync")]
    url: Option<String>,

    /// The file in which the documents are kept. Default: where the operating system has a program's data.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
}

/// When this is set, the program says on its standard output when the text of a document was painted first.
const TELL_PAINT: &str = "SYNCKIT_EDITOR_TELL_PAINT";
/// Done when a text has been painted: the message arrives behind the frame.
const PAINTED: &str = "const after = new MessageChannel();
    after.port1.onmessage = () => dioxus.send(true);
    const look = () => {
        const block = document.querySelector('.synckit-content .synckit-block');
        requestAnimationFrame(block?.textContent ? () => after.port2.postMessage(null) : look);
    };
    look();";
/// When the program began, and when it asked for its file.
static BEGAN: OnceLock<Instant> = OnceLock::new();
static ASKED: OnceLock<Instant> = OnceLock::new();

fn arguments() -> &'static Arguments {
    static ARGUMENTS: OnceLock<Arguments> = OnceLock::new();
    ARGUMENTS.get_or_init(Arguments::parse)
}

/// There is nothing to see before the program draws it.
pub(crate) const HAS_FRAME: bool = false;

/// Nothing is begun before the program runs: its runtime is not there yet.
pub(crate) fn begun() -> Option<Ready<Result<Opened, String>>> {
    None
}

pub(crate) fn launch(app: fn() -> Element) {
    BEGAN.get_or_init(Instant::now);
    // Words about the command line belong to the terminal, before there is a window.
    let _ = arguments();
    let window = WindowBuilder::new()
        .with_title("SyncKit Editor")
        .with_inner_size(LogicalSize::new(1180.0, 800.0))
        .with_min_inner_size(LogicalSize::new(360.0, 480.0));
    let head =
        format!("<meta name=\"color-scheme\" content=\"light dark\"><style>{}</style>", STYLES.concat());
    let mut config = Config::new().with_window(window).with_custom_head(head);
    // On macOS the menu is what makes copy and paste work; elsewhere the page has everything.
    if cfg!(not(target_os = "macos")) {
        config = config.with_menu(None);
    }
    dioxus::LaunchBuilder::desktop().with_cfg(config).launch(app);
}

/// Opens the store: the file of the command line, or the one that the operating system has for this program.
pub(crate) async fn storage() -> Result<DeviceStorage, ClientError> {
    ASKED.get_or_init(Instant::now);
    Ok(match &arguments().data {
        Some(file) => DeviceStorage::open_at(file).await?,
        None => DeviceStorage::open(STORE).await?,
    })
}

/// Says when the text was painted, to whoever measures that. A hook.
pub(crate) fn use_told_paint() {
    use_hook(|| {
        if std::env::var_os(TELL_PAINT).is_none() {
            return;
        }
        spawn(async {
            let painted = document::eval(PAINTED).recv::<bool>().await;
            if let (Ok(_), Some(began), Some(asked)) = (painted, BEGAN.get(), ASKED.get()) {
                let (began, asked) = (began.elapsed().as_millis(), asked.elapsed().as_millis());
                println!("text painted {began} ms after the start, {asked} ms after its file was asked for");
            }
        });
    });
}

/// The document of the command line.
pub(crate) fn page_asked_for() -> Option<String> {
    let document = arguments().document.as_deref()?;
    page_in(document).or_else(|| page_in(&path_of(document)))
}

/// There is no address bar to follow. A hook.
pub(crate) fn use_address_bar(_shown: Signal<Option<String>>) {}

/// There is no address bar to show it in.
pub(crate) fn show_address(_path: &str, _replace: bool) {}

/// The address that others open a document by, in a browser: the server has the page.
pub(crate) fn link_to(page: &str) -> String {
    let server = server();
    let (scheme, rest) = match server.split_once("://") {
        Some(("wss", rest)) => ("https", rest),
        Some((_, rest)) => ("http", rest),
        None => ("http", server.as_str()),
    };
    let host = rest.split('/').next().unwrap_or_default();
    format!("{scheme}://{host}{}", path_of(page))
}

/// Writes a text to the folder for downloads, under a name that is not taken there. Returns where it went, in words.
pub(crate) async fn save_file(name: &str, text: String) -> Result<String, String> {
    let folder =
        dirs::download_dir().or_else(dirs::home_dir).ok_or("this user has no folder for downloads")?;
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "md"));
    for number in 1..1000 {
        let name = if number == 1 { name.to_owned() } else { format!("{stem} {number}.{extension}") };
        let path = folder.join(name);
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                let written = std::io::Write::write_all(&mut file, text.as_bytes());
                return written
                    .map(|()| format!("Saved as {}", path.display()))
                    .map_err(|error| format!("cannot write {}: {error}", path.display()));
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(format!("cannot write {}: {error}", path.display())),
        }
    }
    Err(format!("{} is full of files of this name", folder.display()))
}

/// Time in ms since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

pub(crate) async fn sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// The server: named, or the one that the document's address speaks of, or the one on this machine.
pub(crate) fn server() -> String {
    let arguments = arguments();
    let of_document = || {
        let (scheme, rest) = arguments.document.as_deref()?.trim().split_once("://")?;
        let scheme = if scheme == "https" { "wss" } else { "ws" };
        Some(format!("{scheme}://{}/v1/sync", rest.split('/').next()?))
    };
    arguments.url.clone().or_else(of_document).unwrap_or_else(|| "ws://127.0.0.1:8787/v1/sync".to_owned())
}
