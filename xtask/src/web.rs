//! Turns a crate that runs in the browser into a folder that a web server can serve.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use crate::packages::Selection;
use crate::prerequisites::WASM;
use crate::{page, process, workspace};

/// The files that the pages of all demos have in common.
pub(crate) const SHELL: &str = "demo-shell";

/// How cargo compiles for the browser.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Dev,
    /// Small and fast.
    Release,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Profile::Dev => "dev",
            Profile::Release => "wasm-release",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Profile::Dev => "debug",
            Profile::Release => "wasm-release",
        }
    }
}

/// Compiles a binary crate for the browser; returns the WebAssembly file.
pub(crate) fn compile(package: &str, profile: Profile) -> Result<PathBuf> {
    let mut build = process::cargo();
    build.args(["build", "--target", WASM, "--profile", profile.name(), "--bin", package]);
    match profile {
        Profile::Dev => build.args(Selection::Browser.arguments()),
        // Alone: what other crates would ask of shared dependencies does not belong into the size of this one.
        Profile::Release => build.args(["--package", package]),
    };
    process::run(&mut build)?;
    Ok(workspace::target().join(WASM).join(profile.folder()).join(format!("{package}.wasm")))
}

/// Writes what the browser loads into `folder`: the static files, the WebAssembly and the JavaScript that starts it.
/// Returns whether anything had to be done.
pub(crate) fn package(
    wasm: &Path,
    name: &str,
    profile: Profile,
    static_files: &Path,
    folder: &Path,
) -> Result<bool> {
    let build = build_id(wasm, static_files)?;
    // Beside the folder, not in it: everything in the folder is served.
    let stamp = folder.with_extension("build");
    if fs::read_to_string(&stamp).is_ok_and(|last| last == build) && folder.join("index.html").is_file() {
        return Ok(false);
    }
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    copy_folder(&workspace::path(SHELL), folder)?;
    copy_folder(static_files, folder)?;
    bind(wasm, name, profile, folder)?;
    page::assemble(folder, name)?;
    fs::write(&stamp, build).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(true)
}

/// Writes `<name>.js` and `<name>_bg.wasm` into `folder`.
pub(crate) fn bind(wasm: &Path, name: &str, profile: Profile, folder: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name(name).typescript(false).remove_producers_section(true);
    // Names of functions are for people who look for a fault.
    bindgen.remove_name_section(profile == Profile::Release);
    // `init()` without an address loads the WebAssembly from beside the script.
    bindgen.omit_default_module_path(false);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(folder))
        .map_err(|error| anyhow!("cannot make the JavaScript for {}: {error:#}", wasm.display()))
}

/// Names the content of a build, in 16 hexadecimal digits.
fn build_id(wasm: &Path, static_files: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    workspace::locked_versions("wasm-bindgen")?.hash(&mut hasher);
    fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?.hash(&mut hasher);
    for file in files(&workspace::path(SHELL))?.into_iter().chain(files(static_files)?) {
        file.hash(&mut hasher);
        fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Every file under a folder, in a fixed order.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for file in files(from)? {
        let target = to.join(file.strip_prefix(from)?);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        fs::copy(&file, &target).with_context(|| format!("cannot copy {}", file.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{build_id, copy_folder};

    #[test]
    fn a_build_is_named_by_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let (wasm, files) = (folder.path().join("a.wasm"), folder.path().join("static"));
        fs::create_dir_all(files.join("icons")).unwrap();
        fs::write(&wasm, b"code").unwrap();
        fs::write(files.join("icons/app.svg"), b"one").unwrap();
        let first = build_id(&wasm, &files).unwrap();
        assert_eq!(first, build_id(&wasm, &files).unwrap());
        fs::write(files.join("icons/app.svg"), b"two").unwrap();
        assert_ne!(first, build_id(&wasm, &files).unwrap());
    }

    #[test]
    fn folders_are_copied_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("deep/er")).unwrap();
        fs::write(from.join("deep/er/file"), b"x").unwrap();
        copy_folder(&from, &to).unwrap();
        assert_eq!(fs::read(to.join("deep/er/file")).unwrap(), b"x");
    }
}
