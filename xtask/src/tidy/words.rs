//! Rules about words: the project speaks of itself, not of the machine it was written on.

use super::files::File;

/// First folders of absolute paths that exist on somebody's machine only.
const MACHINE_FOLDERS: [&str; 7] = ["home", "root", "tmp", "work", "workspace", "mnt", "Users"];

/// Hosts that a configured package client knows; naming them ties the project to one network.
const REGISTRY_HOSTS: [&str; 5] =
    ["index.crates.io", "static.crates.io", "deb.debian.org", "registry.npmjs.org", "files.pythonhosted.org"];

pub(super) fn complaints(files: &[File]) -> Vec<String> {
    // The lock file is cargo's own; this file has to name what it forbids.
    let files =
        files.iter().filter(|file| !matches!(file.path.as_str(), "Cargo.lock" | "xtask/src/tidy/words.rs"));
    files.flat_map(check).collect()
}

fn check(file: &File) -> Vec<String> {
    let path = &file.path;
    let mut complaints = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        if let Some(folder) = machine_path(line) {
            complaints.push(format!("{path}:{number}: a path below `/{folder}` exists on one machine only"));
        }
        for host in REGISTRY_HOSTS.iter().filter(|host| line.contains(**host)) {
            complaints.push(format!("{path}:{number}: `{host}` is for a package client to know"));
        }
    }
    complaints
}

/// The first folder of an absolute path that belongs to one machine.
fn machine_path(line: &str) -> Option<&'static str> {
    MACHINE_FOLDERS.into_iter().find(|folder| {
        line.match_indices(&format!("/{folder}/")).any(|(at, _)| {
            // Inside a longer path or an address it is somebody's own folder name.
            let before = line[..at].chars().next_back();
            before
                .is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.' | '/' | '}' | '*' | '>'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{File, check, machine_path};

    #[test]
    fn machine_paths_are_found() {
        assert_eq!(machine_path("see `/tmp/a.txt`"), Some("tmp"));
        assert_eq!(machine_path("/home/me/x"), Some("home"));
        assert_eq!(machine_path("https://example.org/home/x"), None);
        assert_eq!(machine_path("a/work/b, ../tmp/x"), None);
    }

    #[test]
    fn registry_hosts_are_found() {
        let file = File { path: "a.md".into(), text: "one\nfrom static.crates.io\n".into() };
        assert_eq!(check(&file).len(), 1);
    }
}
