//! What the figures were measured on and with.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

/// The packages whose versions a reader wants to know.
const PACKAGES: [&str; 7] = ["synckit", "automerge", "cola", "diamond-types", "jumprope", "loro", "yrs"];

/// A list of processor, memory, compiler and versions, in Markdown.
pub(crate) fn describe() -> Result<String> {
    let mut text = String::new();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processor = processor().unwrap_or_else(|| "unknown processor".to_owned());
    let _ = writeln!(text, "- {processor}, {cores} cores, {}", std::env::consts::ARCH);
    if let Some(gibibytes) = memory() {
        let _ = writeln!(text, "- {gibibytes} GiB memory");
    }
    let _ = writeln!(text, "- {}, {}", std::env::consts::OS, compiler());
    let _ = writeln!(
        text,
        "- cargo's release profile as it is; time under the system's allocator, memory under a counting one"
    );
    if let Some(load) = load() {
        let _ = writeln!(
            text,
            "- load average of the last minute at the end: {load}; 1.0 is this measurement alone"
        );
    }
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    let lock = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let versions =
        PACKAGES.iter().filter_map(|package| Some(format!("{package} {}", version(&lock, package)?)));
    let _ = writeln!(text, "- {}", versions.collect::<Vec<_>>().join(", "));
    Ok(text)
}

fn processor() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn memory() -> Option<u64> {
    let info = fs::read_to_string("/proc/meminfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("MemTotal"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes.div_ceil(1 << 20))
}

fn load() -> Option<String> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next().map(str::to_owned)
}

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    let version = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    version.map_or("an unknown compiler".to_owned(), |version| version.trim().to_owned())
}

/// The greatest version of a package that a lock file names.
fn version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    let mut latest: Option<(Vec<u64>, String)> = None;
    while lines.by_ref().any(|line| line == name) {
        let version = lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')?;
        let numbers = version.split('.').map(|part| part.parse().unwrap_or(0)).collect();
        if latest.as_ref().is_none_or(|(earlier, _)| *earlier < numbers) {
            latest = Some((numbers, version.to_owned()));
        }
    }
    latest.map(|(_, version)| version)
}

#[cfg(test)]
mod tests {
    use super::{PACKAGES, describe, version};

    #[test]
    fn the_latest_of_several_versions_is_told() {
        let lock = "[[package]]\nname = \"a\"\nversion = \"0.12.0\"\n\n[[package]]\nname = \"a\"\nversion = \"0.9.1\"\n";
        assert_eq!(version(lock, "a").as_deref(), Some("0.12.0"));
        assert_eq!(version(lock, "b"), None);
    }

    #[test]
    fn every_library_is_named() {
        let text = describe().unwrap();
        assert!(PACKAGES.iter().all(|package| text.contains(package)), "{text}");
    }
}
