//! `cargo xtask size`: what a demo weighs in the browser, and how much of it is SyncKit.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::demo::Demo;
use crate::packages::BASELINE;
use crate::web::{self, Profile};
use crate::{prerequisites, wasm_opt, workspace};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which demo. Only the to-do lists have a baseline: the same app with plain signals instead of SyncKit.
    #[arg(default_value = "todo")]
    demo: Demo,

    /// Print JSON on the last line, sizes in bytes.
    #[arg(long)]
    json: bool,

    /// Measure without wasm-opt when it is not there, instead of installing it.
    #[arg(long)]
    no_install: bool,
}

/// Sizes in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Size {
    raw: u64,
    gzipped: u64,
}

/// What the browser loads for one app.
struct Weight {
    wasm: Size,
    script: Size,
    /// Pages, styles, icons.
    rest: Size,
    /// Whether wasm-opt has made it smaller.
    optimized: bool,
}

impl Weight {
    /// What is compiled: the part a library can make larger.
    fn code(&self) -> u64 {
        self.wasm.gzipped + self.script.gzipped
    }

    fn total(&self) -> u64 {
        self.code() + self.rest.gzipped
    }

    fn json(&self) -> Value {
        let size = |size: Size| json!({ "raw": size.raw, "gzipped": size.gzipped });
        json!({
            "wasm": size(self.wasm), "script": size(self.script), "static": size(self.rest), "total_gzipped": self.total()
        })
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    prerequisites::wasm_target()?;
    let optimizer = match wasm_opt::find() {
        Some(program) => Some(program),
        None if arguments.no_install => None,
        None => Some(wasm_opt::install()?),
    };
    let package = arguments.demo.package();
    let app = weigh(package, Some(&format!("{package}/static")), optimizer.as_deref())?;
    let baseline =
        (arguments.demo == Demo::Todo).then(|| weigh(BASELINE, None, optimizer.as_deref())).transpose()?;
    print!("{}", table(package, &app, baseline.as_ref()));
    if optimizer.is_none() {
        println!(
            "Without wasm-opt, which makes it smaller: `cargo xtask size` without --no-install gets it."
        );
    }
    if arguments.json {
        let added = baseline.as_ref().map(|baseline| app.code().saturating_sub(baseline.code()));
        let baseline = baseline.as_ref().map(Weight::json);
        println!(
            "{}",
            json!({ "app": app.json(), "baseline": baseline, "synckit_gzipped": added, "wasm_opt": app.optimized })
        );
    }
    Ok(())
}

fn weigh(package: &str, static_files: Option<&str>, optimizer: Option<&Path>) -> Result<Weight> {
    let name = package.replace('-', "_");
    let folder = workspace::target().join("size").join(package);
    // Nothing of an earlier build is weighed.
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    web::bind(&web::compile(package, Profile::Release)?, &name, Profile::Release, &folder)?;
    let wasm = folder.join(format!("{name}_bg.wasm"));
    // An older wasm-opt, such as that of Debian 12, does not know every instruction that bindings use.
    let optimized = match optimizer.map(|program| wasm_opt::optimize(program, &wasm)) {
        Some(Err(error)) => {
            println!("{package} is weighed without wasm-opt, which cannot read it: {error:#}");
            false
        }
        outcome => outcome.is_some(),
    };
    let rest = match static_files {
        Some(files) => total(&web::files(&workspace::path(files))?)?,
        None => Size::default(),
    };
    // Beside the script, what crates have written in JavaScript.
    let scripts = web::files(&folder)?;
    let scripts = scripts.iter().filter(|file| file.extension().is_some_and(|extension| extension == "js"));
    Ok(Weight { wasm: measure(&wasm)?, script: total(scripts)?, rest, optimized })
}

/// What files weigh together, gzipped one by one.
pub(crate) fn of(files: &[PathBuf]) -> Result<u64> {
    Ok(total(files)?.gzipped)
}

impl Size {
    fn plus(self, other: Self) -> Self {
        Self { raw: self.raw + other.raw, gzipped: self.gzipped + other.gzipped }
    }
}

fn total<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Result<Size> {
    files.into_iter().try_fold(Size::default(), |sum, file| Ok(sum.plus(measure(file)?)))
}

fn measure(file: &Path) -> Result<Size> {
    let content = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Size { raw: content.len() as u64, gzipped: gzipped(&content)? })
}

/// The size after `gzip -9`, as a web server would send it.
fn gzipped(content: &[u8]) -> Result<u64> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len() as u64)
}

fn table(name: &str, app: &Weight, baseline: Option<&Weight>) -> String {
    let mut table = format!("\n{:<44}{:>12}{:>12}\n", "", "bytes", "gzipped");
    let mut row = |name: String, raw: Option<u64>, gzipped: u64| {
        let raw = raw.map_or_else(String::new, |raw| raw.to_string());
        // Writing to a string does not fail.
        let _ = writeln!(table, "{name:<44}{raw:>12}{:>12}", format!("{:.1} KB", gzipped as f64 / 1024.0));
    };
    let weights = std::iter::once((name, app)).chain(baseline.map(|baseline| (BASELINE, baseline)));
    for (name, weight) in weights {
        row(format!("{name}: WebAssembly"), Some(weight.wasm.raw), weight.wasm.gzipped);
        row(format!("{name}: JavaScript"), Some(weight.script.raw), weight.script.gzipped);
    }
    row(format!("{name}: pages, styles, icons"), Some(app.rest.raw), app.rest.gzipped);
    row(format!("{name}: everything"), None, app.total());
    if let Some(baseline) = baseline {
        row("SyncKit: what it adds to the same app".into(), None, app.code().saturating_sub(baseline.code()));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::{Size, Weight, gzipped, table};

    #[test]
    fn gzip_shrinks_what_repeats() {
        assert!(gzipped(&[0; 100_000]).unwrap() < 1_000);
    }

    #[test]
    fn what_is_added_is_the_difference_in_code() {
        let size = |gzipped| Size { raw: 0, gzipped };
        let app =
            Weight { wasm: size(90 * 1024), script: size(10 * 1024), rest: size(5 * 1024), optimized: true };
        let baseline =
            Weight { wasm: size(30 * 1024), script: size(8 * 1024), rest: Size::default(), optimized: true };
        let table = table("demo-todo", &app, Some(&baseline));
        assert!(table.contains("everything") && table.contains("105.0 KB"), "{table}");
        assert!(table.lines().last().unwrap().ends_with("62.0 KB"), "{table}");
    }
}
