//! The contest in a browser: SyncKit beside Yjs, in time and in weight.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use flate2::read::GzDecoder;
use serde_json::json;

use super::machine;
use super::rows::{Row, Rows};
use crate::packages::{self, CONTEST};
use crate::prerequisites::{self, WASM};
use crate::web::{self, Profile};
use crate::{process, server, size, wasm_opt, workspace};

/// The recorded session, if there is one.
const RECORDED: &str = "automerge-paper.json";
/// What of Yjs takes part: documents with text, lists and maps, updates in and out.
const YJS: &str = "export { Doc, applyUpdate, encodeStateAsUpdate, encodeStateVector } from 'yjs';";

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Take the editing session `automerge-paper.json.gz` of https://github.com/josephg/editing-traces from this folder.
    #[arg(long, value_name = "DIR")]
    traces: Option<PathBuf>,

    /// Write the rows as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Write the tables as Markdown.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// How often each case is run; the median counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,

    /// The N of the cases.
    #[arg(long, default_value_t = 6_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    count: u32,
}

/// What is measured in a browser.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Suite {
    /// Time and bytes of the engine's work.
    Wasm,
    /// What a page loads for the engine.
    Weight,
}

pub(super) fn run(arguments: &Arguments, suites: &[Suite]) -> Result<()> {
    prerequisites::wasm_target()?;
    let folder = workspace::target().join("contest");
    let yjs = bundle_yjs(&folder.join("npm"))?;
    let mut rows = Rows::default();
    for suite in suites {
        match suite {
            Suite::Wasm => measure(arguments, &folder.join("site"), &yjs, &mut rows)?,
            Suite::Weight => weigh(&folder.join("weight"), &yjs, &mut rows)?,
        }
    }
    print!("{}", rows.table());
    if let Some(file) = &arguments.json {
        fs::write(file, rows.json()?).with_context(|| format!("cannot write {}", file.display()))?;
    }
    if let Some(file) = &arguments.report {
        let machine = machine::describe(&folder.join("npm"))?;
        let text = rows.markdown(arguments.rounds, arguments.count, &machine);
        fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

/// Gets Yjs from npm and makes one minified module of what takes part.
fn bundle_yjs(folder: &Path) -> Result<PathBuf> {
    let Some(npm) = process::find("npm") else {
        bail!(
            "npm is missing: Yjs comes from there.\nRemedy: Debian: apt-get install npm; else: https://nodejs.org"
        )
    };
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::write(folder.join("package.json"), r#"{ "private": true }"#)?;
    fs::write(folder.join("entry.js"), YJS)?;
    process::run(Command::new(npm).current_dir(folder).args([
        "install",
        "--no-audit",
        "--no-fund",
        "yjs@13",
        "esbuild",
    ]))
    .context("cannot get Yjs; is the network reachable?")?;
    let bundle = folder.join("yjs.js");
    let bundler = folder.join("node_modules/.bin/esbuild");
    let out = format!("--outfile={}", bundle.display());
    let options = ["entry.js", "--bundle", "--minify", "--format=esm", "--log-level=warning", &out];
    process::run(Command::new(bundler).current_dir(folder).args(options))?;
    Ok(bundle)
}

fn measure(arguments: &Arguments, site: &Path, yjs: &Path, rows: &mut Rows) -> Result<()> {
    prerequisites::c_compiler()?;
    prerequisites::browser()?;
    let server = server::compile(false)?;
    empty(site)?;
    let pages = workspace::path("bench/browser/page");
    for file in web::files(&pages)? {
        fs::copy(&file, site.join(file.file_name().context("a file without a name")?))?;
    }
    fs::copy(yjs, site.join("yjs.js"))?;
    if let Some(traces) = &arguments.traces {
        let packed = traces.join(format!("{RECORDED}.gz"));
        let file = fs::File::open(&packed).with_context(|| format!("cannot read {}", packed.display()))?;
        std::io::copy(&mut GzDecoder::new(file), &mut fs::File::create(site.join(RECORDED))?)?;
    }
    // For speed, as Yjs is made for: what is weighed is another build.
    process::run(process::cargo().args(["build", "--release", "--target", WASM, "--package", CONTEST]))?;
    let wasm = workspace::target().join(WASM).join("release").join(format!("{CONTEST}.wasm"));
    web::bind(&wasm, "bench_browser", Profile::Release, site)?;

    let figures = site.with_extension("json");
    let options = json!({ "count": arguments.count, "seed": 1, "rounds": arguments.rounds }).to_string();
    let mut run = process::cargo();
    run.args(["run", "--package", "e2e", "--features", packages::E2E_FEATURE, "--bin", "contest", "--"]);
    run.arg(options).arg(&figures).env("SYNCKIT_SERVER", server).env("SYNCKIT_TODO_SITE", site);
    process::run(&mut run)?;
    rows.add_measured(&fs::read(&figures)?)
}

/// What a page loads for each library alone, `gzip -9`.
fn weigh(folder: &Path, yjs: &Path, rows: &mut Rows) -> Result<()> {
    let optimizer = match wasm_opt::find() {
        Some(program) => program,
        None => wasm_opt::install()?,
    };
    let peer = size::of(&[yjs.to_owned()])?;
    for (case, features) in [
        ("documents, counters, lists and text", &[][..]),
        ("documents, counters and lists", &["--no-default-features"][..]),
    ] {
        empty(folder)?;
        let mut build = process::cargo();
        build.args(["build", "--profile", "wasm-release", "--target", WASM, "--package", CONTEST]);
        process::run(build.args(features))?;
        let wasm = workspace::target().join(WASM).join("wasm-release").join(format!("{CONTEST}.wasm"));
        web::bind(&wasm, "bench_browser", Profile::Release, folder)?;
        wasm_opt::optimize(&optimizer, &folder.join("bench_browser_bg.wasm"))?;
        let ours = size::of(&web::files(folder)?)?;
        rows.push(Row::new("weight", case, "bytes, gzipped", "bytes", ours as f64, &[("yjs", peer as f64)]));
    }
    Ok(())
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))
}
