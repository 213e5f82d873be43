//! The page that a browser loads first, made so that it asks for as little as possible one after the other.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::{size, web};

/// Puts styles into the page itself, and names at its head the scripts that the first script will ask for.
pub(crate) fn assemble(folder: &Path, name: &str) -> Result<()> {
    let file = folder.join("index.html");
    let page = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let read = |path: &str| {
        let style = folder.join(path.trim_start_matches('/'));
        fs::read_to_string(&style).with_context(|| format!("cannot read {}", style.display()))
    };
    let page = with_styles(&page, read)?;
    let snippets = folder.join("snippets");
    let scripts = if snippets.exists() { web::files(&snippets)? } else { Vec::new() };
    let at_start = size::with_imports(&folder.join(format!("{name}.js")))?;
    let scripts = scripts.iter().filter_map(|script| {
        let path = script.strip_prefix(folder).ok()?.to_str()?;
        // What is wanted later, if at all, is fetched when there is nothing else to do, so that it is there without a network.
        let relation = if at_start.contains(script) { "modulepreload" } else { "prefetch" };
        path.ends_with(".js").then(|| (relation, format!("/{}", path.replace('\\', "/"))))
    });
    let page = with_scripts(&page, &scripts.collect::<Vec<_>>());
    fs::write(&file, page).with_context(|| format!("cannot write {}", file.display()))
}

/// Each run of links to styles becomes one style.
fn with_styles(page: &str, read: impl Fn(&str) -> Result<String>) -> Result<String> {
    let mut assembled = String::with_capacity(page.len());
    let mut open = false;
    for line in page.lines() {
        let path = line
            .trim()
            .strip_prefix("<link rel=\"stylesheet\" href=\"")
            .and_then(|rest| rest.strip_suffix("\">"));
        match (path, open) {
            (Some(_), false) => assembled.push_str("<style>\n"),
            (None, true) => assembled.push_str("</style>\n"),
            _ => {}
        }
        open = path.is_some();
        match path {
            Some(path) => assembled.push_str(&without_comments(&read(path)?)),
            None => {
                assembled.push_str(line);
                assembled.push('\n');
            }
        }
    }
    Ok(assembled)
}

/// What a style says to those who read its file is not downloaded.
fn without_comments(style: &str) -> String {
    let mut rest = style;
    let mut kept = String::with_capacity(style.len());
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before.trim_end_matches(' '));
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept.lines().filter(|line| !line.trim().is_empty()).map(|line| format!("{}\n", line.trim())).collect()
}

fn with_scripts(page: &str, scripts: &[(&str, String)]) -> String {
    let links: String = scripts
        .iter()
        .map(|(relation, script)| format!("<link rel=\"{relation}\" href=\"{script}\">\n"))
        .collect();
    page.replacen("</head>", &format!("{links}</head>"), 1)
}

#[cfg(test)]
mod tests {
    use super::{with_scripts, with_styles};

    #[test]
    fn styles_go_into_the_page_in_their_order() {
        let page = "<head>\n<link rel=\"stylesheet\" href=\"/a.css\">\n<link rel=\"stylesheet\" href=\"/b.css\">\n</head>\n";
        let read = |path: &str| Ok(format!("/* {path} */\n.x {{ }} /* why */\n  .y {{ }}\n"));
        let style = ".x { }\n.y { }\n";
        assert_eq!(
            with_styles(page, read).unwrap(),
            format!("<head>\n<style>\n{style}{style}</style>\n</head>\n")
        );
    }

    #[test]
    fn scripts_are_named_at_the_head() {
        let page = with_scripts("<head></head>", &[("modulepreload", "/snippets/a.js".into())]);
        assert_eq!(page, "<head><link rel=\"modulepreload\" href=\"/snippets/a.js\">\n</head>");
    }
}
