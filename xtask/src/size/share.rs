//! How much of a program's WebAssembly is SyncKit, where there is no same program without it to compare with.
//!
//! Functions are told apart by their names: the bodies of those that name a crate of SyncKit are emptied, its scripts among the
//! data are blanked, and what the compressed file loses is its share. What the standard library has generated for it carries
//! no such name, so the share is what it adds at least.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::{Size, gzipped};
use crate::workspace;

/// Scripts that travel as texts inside of the program, each whole.
const SCRIPTS: [&str; 3] = ["difference.js", "carets.js", "plain.js"];
/// The rich text editor's scripts are joined when they are built: its first and its last file tell where that begins and ends.
const JOINED: [&str; 2] = ["rich_model.js", "rich_bind.js"];
/// An empty body: no local variables, `unreachable`, `end`.
const EMPTY: [u8; 3] = [0, 0x00, 0x0b];

/// What the compressed WebAssembly, which has the names of its functions, loses without SyncKit's.
pub(super) fn of_wasm(file: &Path) -> Result<Size> {
    let wasm = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let sections = sections(&wasm)?;
    let names = names(&sections)?;
    ensure!(!names.is_empty(), "{} has no names of functions", file.display());
    let imported = imported_functions(&sections)?;
    let is_ours = |function: usize| {
        let name = names.iter().find(|(index, _)| *index == function + imported);
        name.is_some_and(|(_, name)| name.contains("synckit"))
    };
    let (whole, rest) = (without(&sections, |_| false)?, without(&sections, is_ours)?);
    let rest = blank_scripts(rest)?;
    let size = |wasm: &[u8], unused: usize| -> Result<Size> {
        Ok(Size { raw: (wasm.len() - unused) as u64, gzipped: gzipped(wasm)? })
    };
    let (whole, left) = (size(&whole, 0)?, size(&rest.0, rest.1)?);
    Ok(Size { raw: whole.raw - left.raw, gzipped: whole.gzipped - left.gzipped })
}

/// The sections of a module by their number, each without its header.
fn sections(wasm: &[u8]) -> Result<Vec<(u8, &[u8])>> {
    ensure!(wasm.starts_with(b"\0asm\x01\0\0\0"), "this is not WebAssembly");
    let mut rest = &wasm[8..];
    let mut sections = Vec::new();
    while let Some((id, after)) = rest.split_first() {
        rest = after;
        let len = number(&mut rest)?;
        sections.push((*id, take(&mut rest, len)?));
    }
    Ok(sections)
}

/// A LEB128 number.
fn number(bytes: &mut &[u8]) -> Result<usize> {
    let (mut value, mut shift) = (0_usize, 0);
    loop {
        let (byte, rest) = bytes.split_first().context("the file ends too early")?;
        *bytes = rest;
        ensure!(shift < 35, "a number is too large");
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
        shift += 7;
    }
}

fn write_number(mut value: usize, to: &mut Vec<u8>) {
    while value >= 0x80 {
        to.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

fn take<'a>(bytes: &mut &'a [u8], len: usize) -> Result<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(len).context("the file ends too early")?;
    *bytes = rest;
    Ok(taken)
}

/// The names of functions with their numbers.
fn names<'a>(sections: &[(u8, &'a [u8])]) -> Result<Vec<(usize, &'a str)>> {
    let mut names = Vec::new();
    for (_, section) in sections.iter().filter(|(id, _)| *id == 0) {
        let mut rest = *section;
        let len = number(&mut rest)?;
        if take(&mut rest, len)? != b"name" {
            continue;
        }
        while let Some((kind, after)) = rest.split_first() {
            rest = after;
            let len = number(&mut rest)?;
            let mut part = take(&mut rest, len)?;
            if *kind != 1 {
                continue;
            }
            for _ in 0..number(&mut part)? {
                let index = number(&mut part)?;
                let len = number(&mut part)?;
                names.push((index, std::str::from_utf8(take(&mut part, len)?)?));
            }
        }
    }
    Ok(names)
}

/// Functions that come from outside are counted first.
fn imported_functions(sections: &[(u8, &[u8])]) -> Result<usize> {
    let mut count = 0;
    for (_, section) in sections.iter().filter(|(id, _)| *id == 2) {
        let mut rest = *section;
        for _ in 0..number(&mut rest)? {
            for _ in 0..2 {
                let len = number(&mut rest)?;
                take(&mut rest, len)?;
            }
            match take(&mut rest, 1)? {
                [0] => {
                    number(&mut rest)?;
                    count += 1;
                }
                [1] => {
                    take(&mut rest, 1)?;
                    limits(&mut rest)?;
                }
                [2] => limits(&mut rest)?,
                [3] => {
                    take(&mut rest, 2)?;
                }
                other => anyhow::bail!("an import of an unknown kind: {other:?}"),
            }
        }
    }
    Ok(count)
}

fn limits(bytes: &mut &[u8]) -> Result<()> {
    let flags = take(bytes, 1)?;
    number(bytes)?;
    if flags[0] & 1 == 1 {
        number(bytes)?;
    }
    Ok(())
}

/// The module without names, and with the functions emptied that are to go.
fn without(sections: &[(u8, &[u8])], goes: impl Fn(usize) -> bool) -> Result<Vec<u8>> {
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    for (id, section) in sections.iter().filter(|(id, _)| *id != 0) {
        let section = if *id == 10 { emptied(section, &goes)? } else { section.to_vec() };
        module.push(*id);
        write_number(section.len(), &mut module);
        module.extend(section);
    }
    Ok(module)
}

fn emptied(code: &[u8], goes: impl Fn(usize) -> bool) -> Result<Vec<u8>> {
    let mut rest = code;
    let count = number(&mut rest)?;
    let mut kept = Vec::with_capacity(code.len());
    write_number(count, &mut kept);
    for function in 0..count {
        let len = number(&mut rest)?;
        let body = take(&mut rest, len)?;
        let body = if goes(function) { &EMPTY[..] } else { body };
        write_number(body.len(), &mut kept);
        kept.extend(body);
    }
    Ok(kept)
}

/// Overwrites SyncKit's scripts by zeros; returns how many bytes those are.
fn blank_scripts(mut wasm: Vec<u8>) -> Result<(Vec<u8>, usize)> {
    let read = |name: &str| {
        let file = workspace::path("synckit-editing/js").join(name);
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    };
    let mut unused = 0;
    let found = wasm.clone();
    let mut blank = |from: usize, to: usize| {
        wasm[from..to].fill(0);
        unused += to - from;
    };
    for script in SCRIPTS {
        let script = read(script)?;
        if let Some(at) = position(&found, script.as_bytes()) {
            blank(at, at + script.len());
        }
    }
    let [first, last] = JOINED.map(read);
    let (first, last) = (first?, last?);
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//") && !line.starts_with("import ");
    let first = first.lines().map(str::trim).find(is_code).unwrap_or_default();
    let first = first.strip_prefix("export ").unwrap_or(first);
    let last: Vec<&str> = last.lines().map(str::trim).filter(is_code).collect();
    let last = last[last.len().saturating_sub(4)..].join("\n");
    if let Some(from) = position(&found, first.as_bytes())
        && let Some(len) = position(&found[from..], last.as_bytes())
    {
        blank(from, from + len + last.len());
    }
    Ok((wasm, unused))
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len().max(1)).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::{imported_functions, names, number, sections, without, write_number};

    /// One imported function, and two of its own with names.
    fn module() -> Vec<u8> {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        let mut section = |id: u8, content: &[u8]| {
            wasm.push(id);
            write_number(content.len(), &mut wasm);
            wasm.extend(content);
        };
        section(2, b"\x01\x01a\x01b\x00\x00");
        section(10, b"\x02\x04\x00\x01\x01\x0b\x05\x00\x01\x01\x01\x0b");
        section(0, b"\x04name\x01\x14\x02\x01\x0asynckit::a\x02\x05other");
        wasm
    }

    #[test]
    fn numbers_are_read_as_written() {
        for value in [0, 1, 127, 128, 300, 1 << 20] {
            let mut bytes = Vec::new();
            write_number(value, &mut bytes);
            assert_eq!(number(&mut &bytes[..]).unwrap(), value);
        }
        assert!(number(&mut &[0x80_u8][..]).is_err());
    }

    #[test]
    fn functions_are_emptied_by_their_number() {
        let wasm = module();
        let sections = sections(&wasm[..wasm.len()]).unwrap();
        assert_eq!(imported_functions(&sections).unwrap(), 1);
        let all = without(&sections, |_| false).unwrap();
        let one = without(&sections, |function| function == 1).unwrap();
        assert_eq!(all.len() - one.len(), 2, "a body of five bytes becomes one of three");
        assert_eq!(names(&sections).unwrap(), [(1, "synckit::a"), (2, "other")]);
    }
}
