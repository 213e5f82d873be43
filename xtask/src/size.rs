//! `cargo xtask size`: what a demo weighs in the browser, and how much of it is SyncKit.

mod share;

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
    /// Which demo. The to-do lists have a baseline: the same app with plain signals instead of SyncKit. In the editor
    /// SyncKit's share is told by the names of functions.
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
    /// What is loaded at the start.
    script: Size,
    /// Scripts that may be loaded later, by those who need them.
    later: Size,
    /// Pages, styles, icons.
    rest: Size,
    /// Whether wasm-opt has made it smaller.
    optimized: bool,
    /// SyncKit's part of the code, where it is told by names.
    share: Option<u64>,
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
            "wasm": size(self.wasm), "script": size(self.script), "later": size(self.later), "static": size(self.rest), "total_gzipped": self.total()
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
    if app.share.is_some() {
        println!(
            "Told by the names of functions, before wasm-opt; what the standard library makes for SyncKit is not in it."
        );
    }
    if optimizer.is_none() {
        println!(
            "Without wasm-opt, which makes it smaller: `cargo xtask size` without --no-install gets it."
        );
    }
    if arguments.json {
        let added =
            baseline.as_ref().map(|baseline| app.code().saturating_sub(baseline.code())).or(app.share);
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
    let compiled = web::compile(package, Profile::Release)?;
    let share = if package == Demo::Editor.package() { Some(share(&compiled, &name)?) } else { None };
    web::bind(&compiled, &name, Profile::Release, &folder)?;
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
        Some(files) => total(&web::files(&workspace::path(web::SHELL))?)?
            .plus(total(&web::files(&workspace::path(files))?)?),
        None => Size::default(),
    };
    // Beside the script, what crates have written in JavaScript.
    let scripts = web::files(&folder)?;
    let is_script = |file: &&PathBuf| file.extension().is_some_and(|extension| extension == "js");
    let at_start = with_imports(&folder.join(format!("{name}.js")))?;
    let (script, later): (Vec<_>, Vec<_>) =
        scripts.iter().filter(is_script).partition(|file| at_start.contains(file));
    Ok(Weight { wasm: measure(&wasm)?, script: total(script)?, later: total(later)?, rest, optimized, share })
}

/// What of a compiled program is SyncKit's: functions, and scripts in files of their own.
fn share(compiled: &Path, name: &str) -> Result<u64> {
    let folder = workspace::target().join("size").join("named");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    // With the names of functions.
    web::bind(compiled, name, Profile::Dev, &folder)?;
    let wasm = share::of_wasm(&folder.join(format!("{name}_bg.wasm")))?;
    let scripts = with_imports(&folder.join(format!("{name}.js")))?;
    let ours = scripts.iter().filter(|file| file.to_string_lossy().contains("snippets/synckit-"));
    Ok(wasm.gzipped + total(ours)?.gzipped)
}

/// A script and everything that a browser loads before it runs it.
pub(crate) fn with_imports(script: &Path) -> Result<Vec<PathBuf>> {
    let mut found = vec![script.to_owned()];
    let mut at = 0;
    while let Some(script) = found.get(at) {
        let text = fs::read_to_string(script).with_context(|| format!("cannot read {}", script.display()))?;
        let folder = script.parent().unwrap_or(Path::new(""));
        let next: Vec<PathBuf> =
            imports(&text).filter_map(|name| Some(folder.join(name.strip_prefix("./")?))).collect();
        for file in next {
            if !found.contains(&file) {
                found.push(file);
            }
        }
        at += 1;
    }
    Ok(found)
}

/// What a script imports from: `import { name } from "./other.js"`, with spaces or without.
fn imports(script: &str) -> impl Iterator<Item = &str> {
    script.split("from").skip(1).filter_map(|rest| {
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''))?;
        rest[1..].split_once(quote).map(|(name, _)| name)
    })
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
        if weight.later.raw > 0 {
            row(
                "  loaded where it is needed, not counted".into(),
                Some(weight.later.raw),
                weight.later.gzipped,
            );
        }
    }
    row(format!("{name}: pages, styles, icons"), Some(app.rest.raw), app.rest.gzipped);
    row(format!("{name}: everything"), None, app.total());
    if let Some(share) = app.share {
        row("SyncKit: its functions and scripts".into(), None, share);
    }
    if let Some(baseline) = baseline {
        let added = |part: fn(&Weight) -> u64| part(app).saturating_sub(part(baseline));
        row("SyncKit: WebAssembly".into(), None, added(|weight| weight.wasm.gzipped));
        row("SyncKit: JavaScript".into(), None, added(|weight| weight.script.gzipped));
        row("SyncKit: what it adds to the same app".into(), None, app.code().saturating_sub(baseline.code()));
    }
    table
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Size, Weight, gzipped, imports, table, with_imports};

    #[test]
    fn gzip_shrinks_what_repeats() {
        assert!(gzipped(&[0; 100_000]).unwrap() < 1_000);
    }

    #[test]
    fn what_a_script_imports_is_found_and_what_it_may_load_is_not() {
        let script =
            "import { a } from './a.js';\nimport*as b from\"./b.js\";import('./c.js');const from = 'd';";
        assert!(imports(script).eq(["./a.js", "./b.js"]));
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        fs::create_dir(file("part")).unwrap();
        fs::write(file("start.js"), "import { one } from './part/one.js';").unwrap();
        fs::write(file("part/one.js"), "import{two}from\"./two.js\";import(`./three.js`)").unwrap();
        fs::write(file("part/two.js"), "export const two = 2;").unwrap();
        let found = with_imports(&file("start.js")).unwrap();
        assert_eq!(found, [file("start.js"), file("part/one.js"), file("part/two.js")]);
    }

    #[test]
    fn what_is_added_is_the_difference_in_code() {
        let size = |gzipped| Size { raw: 0, gzipped };
        let app = Weight {
            wasm: size(90 * 1024),
            script: size(10 * 1024),
            later: size(1024),
            rest: size(5 * 1024),
            optimized: true,
            share: None,
        };
        let baseline = Weight {
            wasm: size(30 * 1024),
            script: size(8 * 1024),
            later: Size::default(),
            rest: Size::default(),
            optimized: true,
            share: None,
        };
        let table = table("demo-todo", &app, Some(&baseline));
        assert!(table.contains("everything") && table.contains("105.0 KB"), "{table}");
        assert!(table.lines().last().unwrap().ends_with("62.0 KB"), "{table}");
    }
}
