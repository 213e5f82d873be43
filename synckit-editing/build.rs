//! Joins the scripts of the rich text editor to one: a page loads one module instead of fourteen, and a page that evaluates them
//! gets no imports. Comments and indentation are left out, as what is written there is downloaded.

use std::path::Path;
use std::{env, fs, io};

/// Each after those whose constants it needs while it is loaded.
const RICH: [&str; 14] = [
    "model",
    "chunks",
    "render",
    "selection",
    "format",
    "delete",
    "html",
    "clipboard",
    "input",
    "composition",
    "keys",
    "carets",
    "style",
    "bind",
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=js");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?;
    let mut script = String::new();
    for name in RICH {
        let path = format!("js/rich_{name}.js");
        script.push_str(&joined(&fs::read_to_string(path)?));
    }
    fs::write(Path::new(&out).join("rich.js"), &script)?;
    // The attribute takes a literal alone.
    let module = format!(
        "#[wasm_bindgen(inline_js = {:?})]\nextern \"C\" {{\n    #[wasm_bindgen(js_name = bindRich)]\n    \
         fn bind_rich(element: &JsValue, options: &JsValue, send: &Closure<dyn Fn(JsValue)>) -> Bound;\n}}\n",
        format!("{script}export {{ bindRich }};\n"),
    );
    fs::write(Path::new(&out).join("rich_module.rs"), module)
}

/// A module without imports, exports, comments of whole lines and indentation.
fn joined(module: &str) -> String {
    let lines = module.lines().map(str::trim);
    let code = lines.filter(|line| !line.is_empty() && !line.starts_with("import ") && !is_comment(line));
    code.map(|line| format!("{}\n", line.strip_prefix("export ").unwrap_or(line))).collect()
}

fn is_comment(line: &str) -> bool {
    line.starts_with("//") || line.starts_with("/*") || line.starts_with("* ") || line.starts_with("*/")
}
