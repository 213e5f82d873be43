//! Makes the scripts that browsers download: each is a few modules as one, without what only people need.
//!
//! What it makes is checked in, as users build SyncKit with cargo alone; a test keeps it current.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc_minifier::{CompressOptions, MangleOptions, Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;

const FOLDER: &str = "synckit-storage-web/js";

/// What is made of which modules, each after those that it imports.
const SCRIPTS: [(&str, &[&str]); 2] = [
    ("start.js", &["failure.js", "page.js", "socket.js", "indexeddb.js", "store.js"]),
    ("opfs.js", &["failure.js", "opfs.js"]),
];

fn main() -> Result<()> {
    let check = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--check") => true,
        Some(other) => bail!("`{other}` means nothing here; there is only --check"),
    };
    for (name, modules) in SCRIPTS {
        if check {
            ensure!(
                is_current(name, modules)?,
                "{name} is not current; run `cargo xtask codegen` and commit it"
            );
        } else if !is_current(name, modules)? {
            let path = made(name);
            fs::write(&path, make(modules)?).with_context(|| format!("cannot write {}", path.display()))?;
            println!("wrote {}", path.display());
        }
    }
    Ok(())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(FOLDER)
}

fn made(name: &str) -> PathBuf {
    folder().join("made").join(name)
}

fn is_current(name: &str, modules: &[&str]) -> Result<bool> {
    let script = make(modules)?;
    Ok(fs::read_to_string(made(name)).is_ok_and(|old| old == script))
}

/// One script of modules that import one another only.
fn make(modules: &[&str]) -> Result<String> {
    let (mut all, mut inner) = (String::new(), Vec::new());
    for module in modules {
        let path = folder().join(module);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        for line in text.lines() {
            // What is imported by name is there under that name already.
            if let Some(names) = line.strip_prefix("import {").and_then(|rest| rest.split_once('}')) {
                inner.extend(names.0.split(',').map(|name| name.trim().to_owned()));
            } else {
                all.push_str(line);
                all.push('\n');
            }
        }
    }
    for name in inner {
        for kind in ["const", "function", "async function"] {
            let declared = format!("{kind} {name}");
            all = all.replace(&format!("export {declared}"), &declared);
        }
    }
    minify(&all).with_context(|| format!("cannot make one script of {}", modules.join(", ")))
}

fn minify(script: &str) -> Result<String> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, script, SourceType::mjs()).parse();
    let mut program = parsed.program;
    // Two modules with one name between them are found here.
    let analysed = SemanticBuilder::new().with_check_syntax_error(true).build(&program);
    if let Some(error) = parsed.errors.iter().chain(&analysed.errors).next() {
        return Err(anyhow!("{error}"));
    }
    drop(analysed);
    let options = MinifierOptions {
        mangle: Some(MangleOptions { top_level: true, ..MangleOptions::default() }),
        compress: Some(CompressOptions::smallest()),
    };
    let minified = Minifier::new(options).minify(&allocator, &mut program);
    let options =
        CodegenOptions { minify: true, comments: CommentOptions::disabled(), ..CodegenOptions::default() };
    Ok(Codegen::new().with_options(options).with_scoping(minified.scoping).build(&program).code)
}

#[cfg(test)]
mod tests {
    use super::{SCRIPTS, is_current, minify};

    #[test]
    fn scripts_are_current() {
        for (name, modules) in SCRIPTS {
            assert!(is_current(name, modules).unwrap(), "{name}: run `cargo xtask codegen` and commit it");
        }
    }

    #[test]
    fn what_people_need_goes_and_what_others_import_stays() {
        let script = "// Why.\nconst factor = () => Math.random();\nexport const twice = (number) => 2 * number * factor();\n";
        let made = minify(script).unwrap();
        assert!(made.contains("twice") && !made.contains("Why") && !made.contains("factor"), "{made}");
    }

    #[test]
    fn one_name_for_two_things_is_refused() {
        assert!(minify("const one = 1;\nconst one = 2;\nexport { one };\n").is_err());
    }
}
