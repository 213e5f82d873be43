//! The elements' side, as source text: modules of JavaScript without dependencies.

/// Changes of strings; the other scripts import it as `./difference.js`.
pub const DIFFERENCE: &str = include_str!("../js/difference.js");
/// Carets of others over a text field; `./carets.js`.
pub const CARETS: &str = include_str!("../js/carets.js");
/// `bind(element, options, send)` for a text field.
pub const PLAIN: &str = include_str!("../js/plain.js");

/// `bindRich(element, options, send)` for an empty element that becomes a rich text editor: a function body, as
/// [`inline`] makes them.
pub const RICH: &str = include_str!(concat!(env!("OUT_DIR"), "/rich.js"));

/// Modules as one function body, for pages that evaluate it: each module after those that it imports, and what they export is
/// there by its name. It works for modules that import by name alone, each import on one line.
///
/// ```
/// use synckit_editing::scripts::{CARETS, DIFFERENCE, PLAIN, inline};
///
/// let script = inline(&[DIFFERENCE, CARETS, PLAIN]);
/// assert!(script.contains("function bind(") && !script.contains("export "));
/// ```
pub fn inline(modules: &[&str]) -> String {
    let mut script = String::new();
    for module in modules {
        for line in module.lines() {
            match line.strip_prefix("import ").and_then(|line| line.split_once('}')) {
                Some((names, _)) => script.push_str(&aliases(names)),
                None => script.push_str(line.strip_prefix("export ").unwrap_or(line)),
            }
            script.push('\n');
        }
    }
    script
}

/// `{ a, b as c` as `const c = b;`.
fn aliases(names: &str) -> String {
    let renamed = names.trim_start_matches('{').split(',').filter_map(|name| name.trim().split_once(" as "));
    renamed.map(|(name, alias)| format!("const {alias} = {name};")).collect()
}
