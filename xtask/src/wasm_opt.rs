//! `wasm-opt`: makes WebAssembly smaller after the compiler is done.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::{prerequisites, process, workspace};

/// The version that is built when it cannot be installed.
const VERSION: &str = "0.116.1";

/// What the compiler uses and every browser of the last years understands.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-multivalue",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// For size. Nothing is inlined: the compiler has done so where it is worth it, and more of it compresses worse. The first
/// KiB of memory is the far end of the stack, which no address in a program is part of.
const PASSES: [&str; 4] = [
    "-Os",
    "--one-caller-inline-max-function-size=0",
    "--flexible-inline-max-function-size=0",
    "--low-memory-unused",
];

/// Where `wasm-opt` is: on the search path, or built by an earlier run.
pub(crate) fn find() -> Option<PathBuf> {
    let built = tools().join("bin").join(format!("wasm-opt{}", std::env::consts::EXE_SUFFIX));
    process::find("wasm-opt").or_else(|| built.is_file().then_some(built))
}

/// Gets `wasm-opt`: Debian's package where that is possible. Elsewhere it is built under `target/tools`, which takes a C++
/// compiler and some minutes, once.
pub(crate) fn install() -> Result<PathBuf> {
    if prerequisites::can_install_packages() {
        prerequisites::install_packages(&["binaryen"]).context("cannot install wasm-opt")?;
    } else {
        let mut install = process::cargo();
        install.args(["install", "wasm-opt", "--version", VERSION, "--root"]).arg(tools());
        install.arg("--target-dir").arg(tools().join("build"));
        process::run(&mut install).context("cannot build wasm-opt; is there a C++ compiler?")?;
    }
    find().context("wasm-opt has been installed but is not where it should be")
}

/// Optimizes a file in place, for size.
pub(crate) fn optimize(program: &Path, file: &Path) -> Result<()> {
    let output = file.with_extension("optimized");
    process::run(Command::new(program).args(PASSES).args(FEATURES).arg(file).arg("-o").arg(&output))?;
    fs::rename(&output, file).with_context(|| format!("cannot replace {}", file.display()))
}

fn tools() -> PathBuf {
    workspace::target().join("tools")
}
