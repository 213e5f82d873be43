//! The files the rules apply to.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::workspace;

/// A text file of the project.
pub(super) struct File {
    /// Its path from the workspace's root, with `/` between the parts.
    pub(super) path: String,
    pub(super) text: String,
}

impl File {
    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    pub(super) fn is_generated(&self) -> bool {
        self.text.starts_with("// @generated")
    }
}

/// Every text file under version control, or about to be.
pub(super) fn tracked() -> Result<Vec<File>> {
    let mut paths = match from_git() {
        Some(paths) => paths,
        None => {
            let mut paths = Vec::new();
            walk(workspace::root(), "", &mut paths)?;
            paths
        }
    };
    paths.sort();
    // What git knows may be gone from the disk, and pictures are not text: neither is of interest here.
    let read = |path: String| fs::read_to_string(workspace::path(&path)).ok().map(|text| File { path, text });
    Ok(paths.into_iter().filter_map(read).collect())
}

fn from_git() -> Option<Vec<String>> {
    let output = Command::new("git")
        .current_dir(workspace::root())
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .ok()?;
    let list = String::from_utf8(output.stdout).ok()?;
    let paths: Vec<_> = list.split('\0').filter(|path| !path.is_empty()).map(String::from).collect();
    (output.status.success() && !paths.is_empty()).then_some(paths)
}

/// The same without git, for an unpacked source archive.
fn walk(folder: &Path, prefix: &str, paths: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        if !entry.file_type()?.is_dir() {
            paths.push(path);
        } else if !matches!(name.as_str(), "target" | ".git") {
            walk(&entry.path(), &path, paths)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{tracked, walk};
    use crate::workspace;

    #[test]
    fn this_file_is_found_with_and_without_git() {
        const THIS: &str = "xtask/src/tidy/files.rs";
        assert!(tracked().unwrap().iter().any(|file| file.path == THIS));
        let mut paths = Vec::new();
        walk(workspace::root(), "", &mut paths).unwrap();
        assert!(paths.iter().any(|path| path == THIS));
    }
}
