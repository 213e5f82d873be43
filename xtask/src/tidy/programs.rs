//! A rule about the README: its programs stand in a source file, too, where they are compiled.

use super::files::File;

/// How a program begins that the README's own tests cannot compile: it needs crates of other targets.
const OPENING: &str = "```rust,ignore";
const CLOSING: &str = "```";

pub(super) fn complaints(files: &[File]) -> Vec<String> {
    let Some(readme) = files.iter().find(|file| file.path == "README.md") else { return Vec::new() };
    let sources: Vec<_> = files.iter().filter(|file| file.is_rust()).map(|file| lines(&file.text)).collect();
    let programs = programs(&readme.text);
    let unknown = programs.into_iter().filter(|(_, program)| {
        !sources.iter().any(|source| source.windows(program.len()).any(|part| part == program))
    });
    unknown
        .map(|(line, _)| format!("README.md: the program in line {line} stands in no file that is compiled"))
        .collect()
}

/// The programs, each with the number of its line.
fn programs(text: &str) -> Vec<(usize, Vec<&str>)> {
    let mut programs = Vec::new();
    let mut open: Option<(usize, Vec<&str>)> = None;
    for (at, line) in text.lines().enumerate() {
        match &mut open {
            None if line == OPENING => open = Some((at + 1, Vec::new())),
            None => {}
            Some(_) if line == CLOSING => programs.extend(open.take()),
            Some((_, program)) => program.extend(content(line)),
        }
    }
    programs.retain(|(_, program)| !program.is_empty());
    programs
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().filter_map(content).collect()
}

/// What a line says, wherever it is indented and whether in documentation or not; nothing if it is empty.
fn content(line: &str) -> Option<&str> {
    let line = line.trim();
    let line = line.strip_prefix("//! ").or_else(|| line.strip_prefix("/// ")).unwrap_or(line).trim();
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::{File, complaints};

    #[test]
    fn a_program_that_is_compiled_nowhere_is_named() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let readme = "Text\n\n```rust,ignore\nfn main() {\n    run();\n\n}\n```\n";
        let both = [file("README.md", readme), file("a.rs", "//! Docs\n    fn main() {\n    run();\n}\n")];
        assert!(complaints(&both).is_empty());
        let other = [file("README.md", readme), file("a.rs", "fn main() {\n    walk();\n}\n")];
        assert_eq!(complaints(&other).len(), 1);
        assert!(complaints(&other)[0].contains("line 3"));
    }
}
