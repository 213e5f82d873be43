//! Rules about Rust source files: size, names, what must not be left behind.

use super::files::File;

const MAX_LINES: usize = 400;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 9] =
    ["util", "utils", "helper", "helpers", "manager", "managers", "common", "misc", "miscellaneous"];

/// What must not be left in the code, and why.
const LEFTOVERS: [(&str, &str); 7] = [
    ("todo!(", "unfinished code"),
    ("unimplemented!(", "unfinished code"),
    ("dbg!(", "a debugging aid"),
    ("#[ignore", "a test that does not run"),
    ("allow(missing_docs", "an exception from the workspace's lints"),
    ("warn(missing_docs", "an exception from the workspace's lints"),
    ("allow(unsafe_code", "an exception from the workspace's lints"),
];

pub(super) fn complaints(files: &[File]) -> Vec<String> {
    let sources = files.iter().filter(|file| file.is_rust() && !file.is_generated());
    // This file has to name what it forbids.
    let sources = sources.filter(|file| file.path != "xtask/src/tidy/sources.rs");
    sources.flat_map(check).collect()
}

fn check(file: &File) -> Vec<String> {
    let path = &file.path;
    let mut complaints = Vec::new();
    let lines = file.text.lines().count();
    if lines > MAX_LINES {
        complaints
            .push(format!("{path}: {lines} lines; a file has one subject and at most {MAX_LINES} lines"));
    }
    for part in path.trim_end_matches(".rs").split('/') {
        if EMPTY_NAMES.contains(&part) {
            complaints.push(format!("{path}: `{part}` does not say what is inside"));
        }
    }
    // A file of tests says it by its name.
    if !file.text.starts_with("//!") && !path.contains("/tests") {
        complaints.push(format!("{path}: the first line has to say what the file is for (`//! ...`)"));
    }
    for (number, line) in (1..).zip(file.text.lines()) {
        let code = line.trim_start();
        if let Some(name) = defined_name(code)
            && EMPTY_NAMES.contains(&name)
        {
            complaints.push(format!("{path}:{number}: `{name}` does not say what it is"));
        }
        if code.starts_with("//") {
            continue;
        }
        for (leftover, what) in LEFTOVERS {
            if code.contains(leftover) {
                complaints.push(format!("{path}:{number}: `{leftover}` is {what}"));
            }
        }
    }
    complaints
}

/// The name of the module or function that a line defines.
fn defined_name(code: &str) -> Option<&str> {
    let mut words = code.split_whitespace().skip_while(|word| {
        matches!(*word, "async" | "const" | "pub") || (word.starts_with("pub(") && word.ends_with(')'))
    });
    let ("mod" | "fn") = words.next()? else { return None };
    words.next()?.split(|c: char| c != '_' && !c.is_alphanumeric()).next()
}

#[cfg(test)]
mod tests {
    use super::{File, check, defined_name};

    fn complaints(path: &str, text: &str) -> String {
        check(&File { path: path.into(), text: text.into() }).join("\n")
    }

    #[test]
    fn long_files_are_named() {
        let line = "//! x\n";
        assert_eq!(complaints("a/src/list.rs", &line.repeat(400)), "");
        assert!(complaints("a/src/list.rs", &line.repeat(401)).contains("401 lines"));
    }

    #[test]
    fn empty_names_are_named() {
        assert!(complaints("a/src/utils.rs", "//! x").contains("`utils`"));
        assert!(complaints("a/src/common/list.rs", "//! x").contains("`common`"));
        assert!(complaints("a/src/list.rs", "//! x\npub(crate) fn helper() {}").contains(":2: `helper`"));
        assert_eq!(complaints("a/src/list.rs", "//! x\nfn undo_manager() {}"), "");
    }

    #[test]
    fn leftovers_are_named() {
        assert!(complaints("a/src/list.rs", "//! x\nfn a() { todo!() }").contains("unfinished"));
        assert!(complaints("a/src/list.rs", "//! x\n#[ignore]").contains("does not run"));
        assert_eq!(complaints("a/src/list.rs", "//! x\n// never todo!() here"), "");
    }

    #[test]
    fn files_say_what_they_are_for() {
        assert!(complaints("a/src/list.rs", "fn a() {}").contains("first line"));
        assert_eq!(complaints("a/src/list/tests.rs", "use super::a;"), "");
    }

    #[test]
    fn definitions_are_recognized() {
        assert_eq!(defined_name("pub(crate) async fn open<T>(t: T) {"), Some("open"));
        assert_eq!(defined_name("mod list;"), Some("list"));
        assert_eq!(defined_name("let fn_name = 1;"), None);
    }
}
