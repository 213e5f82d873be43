//! `cargo xtask tidy`: the house rules that neither rustfmt nor clippy knows, as a command and as a test.

mod files;
mod manifests;
mod programs;
mod sources;
mod words;

use anyhow::{Result, bail};

use files::File;

/// Fails with everything that breaks a house rule.
pub(crate) fn run() -> Result<()> {
    let files = files::tracked()?;
    let complaints = complaints(&files);
    if complaints.is_empty() {
        println!("{} files keep the house rules", files.len());
        return Ok(());
    }
    for complaint in &complaints {
        println!("{complaint}");
    }
    bail!("{} breaches of the house rules", complaints.len())
}

fn complaints(files: &[File]) -> Vec<String> {
    let mut complaints = sources::complaints(files);
    complaints.extend(words::complaints(files));
    complaints.extend(manifests::complaints(files));
    complaints.extend(programs::complaints(files));
    complaints.sort();
    complaints
}

#[cfg(test)]
mod tests {
    use super::{complaints, files};

    #[test]
    fn the_workspace_keeps_the_house_rules() {
        let complaints = complaints(&files::tracked().unwrap());
        assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    }
}
