//! Rules about crates: what each manifest has to say, and what the core must not depend on.

use super::files::File;

/// What every crate's manifest has to set; either here or by `<key>.workspace = true`.
const KEYS: [&str; 5] = ["description", "license", "rust-version", "edition", "version"];

/// Lints that a workspace has to set for all its crates.
const LINTS: [&str; 3] =
    ["unsafe_code = \"forbid\"", "missing_docs = \"deny\"", "unreachable_pub = \"deny\""];
/// Further ones where programs for others are made. What stands apart is tests alone.
const STRICTER_LINTS: [&str; 3] = ["unwrap_used = \"deny\"", "expect_used = \"deny\"", "panic = \"deny\""];

/// The core knows no browser, no framework and no async runtime.
const NOT_IN_THE_CORE: [&str; 9] =
    ["web-sys", "js-sys", "wasm-bindgen", "gloo", "leptos", "dioxus", "tokio", "async-std", "smol"];

pub(super) fn complaints(files: &[File]) -> Vec<String> {
    let mut complaints = Vec::new();
    let architecture = files.iter().find(|file| file.path == "ARCHITECTURE.md");
    for file in files {
        if file.path == "Cargo.toml" {
            complaints.extend(check_lints(&file.path, &file.text, &LINTS));
            complaints.extend(check_lints(&file.path, &file.text, &STRICTER_LINTS));
        } else if let Some(folder) = file.path.strip_suffix("/Cargo.toml") {
            complaints.extend(check_crate(folder, &file.text, architecture.map(|file| file.text.as_str())));
        }
    }
    complaints
}

fn check_lints(path: &str, manifest: &str, lints: &[&str]) -> Vec<String> {
    let missing = lints.iter().filter(|lint| !manifest.lines().any(|line| line == **lint));
    missing.map(|lint| format!("{path}: the workspace's lints have to say `{lint}`")).collect()
}

fn check_crate(folder: &str, manifest: &str, architecture: Option<&str>) -> Vec<String> {
    let path = format!("{folder}/Cargo.toml");
    let mut complaints = Vec::new();
    for key in KEYS.iter().filter(|key| !sets(manifest, "package", key)) {
        complaints.push(format!("{path}: `{key}` is not set"));
    }
    if !sets(manifest, "lints", "workspace") {
        complaints.push(format!("{path}: the workspace's lints are not on (`[lints]`, `workspace = true`)"));
    }
    // A workspace of its own has lints of its own.
    if manifest.lines().any(|line| line == "[workspace]") {
        complaints.extend(check_lints(&path, manifest, &LINTS));
    }
    if folder == "synckit" {
        for dependency in NOT_IN_THE_CORE.iter().filter(|name| depends(manifest, name)) {
            complaints.push(format!("{path}: the core does not depend on `{dependency}`"));
        }
    }
    // A crate inside another one's folder belongs to that one.
    if !folder.contains('/') && architecture.is_some_and(|text| !text.contains(&format!("`{folder}/`"))) {
        complaints.push(format!("ARCHITECTURE.md: the code map does not name `{folder}/`"));
    }
    complaints
}

/// Whether a section of a manifest has a key.
fn sets(manifest: &str, section: &str, key: &str) -> bool {
    let header = format!("[{section}]");
    let lines = manifest.lines().skip_while(|line| *line != header).skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with([' ', '=', '.'])))
}

/// Whether a crate needs another one, or one of its family, to be built for its users; tests may use what they like.
fn depends(manifest: &str, name: &str) -> bool {
    let mut for_users = false;
    manifest.lines().any(|line| {
        if line.starts_with('[') {
            for_users = line.ends_with("dependencies]") && !line.contains("dev-dependencies");
        }
        for_users && line.starts_with(name)
    })
}

#[cfg(test)]
mod tests {
    use super::{LINTS, check_crate, check_lints};

    const GOOD: &str = "[package]\nname = \"x\"\ndescription = \"X.\"\nversion.workspace = true\n\
        edition.workspace = true\nrust-version.workspace = true\nlicense.workspace = true\n\n[dependencies]\n\n\
        [dev-dependencies]\ntokio = \"1\"\n\n[lints]\nworkspace = true\n";

    #[test]
    fn a_complete_manifest_passes() {
        assert!(check_crate("synckit", GOOD, Some("| `synckit/` | the core |")).is_empty());
    }

    #[test]
    fn gaps_are_named() {
        let complaints = check_crate("x", &GOOD.replace("description", "name"), None);
        assert_eq!(complaints, ["x/Cargo.toml: `description` is not set"]);
        let complaints = check_crate("x", GOOD.trim_end_matches("workspace = true\n"), None);
        assert!(complaints[0].contains("lints"), "{complaints:?}");
        let complaints = check_crate("x", GOOD, Some("nothing"));
        assert!(complaints[0].contains("code map"), "{complaints:?}");
    }

    #[test]
    fn the_core_stays_free_of_runtimes() {
        let manifest = GOOD.replace("[dependencies]\n", "[dependencies]\ntokio = \"1\"\n");
        assert!(check_crate("synckit", &manifest, None)[0].contains("`tokio`"));
        assert!(check_crate("synckit-server", &manifest, None).is_empty());
    }

    #[test]
    fn weakened_lints_are_named() {
        assert_eq!(check_lints("Cargo.toml", "", &LINTS).len(), LINTS.len());
        let apart = format!("{GOOD}\n[workspace]\n");
        assert_eq!(check_crate("x", &apart, None).len(), LINTS.len());
    }
}
