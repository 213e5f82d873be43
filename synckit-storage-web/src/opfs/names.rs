//! Ids of any characters and length as names of files and folders.

/// Longest name of one file or folder. File systems end at 255 bytes.
const MAX_NAME: usize = 120;

/// A path that names `id` and nothing else. All but its last part end in `+`, and no last part does.
///
/// Small letters, digits and `-` stand for themselves, every other byte is `_` and two hexadecimal digits: some file
/// systems do not tell capitals from small letters.
pub(super) fn path(id: &str) -> Vec<String> {
    let mut escaped = String::new();
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' => escaped.push(char::from(byte)),
            _ => {
                escaped.push('_');
                for half in [byte >> 4, byte & 15] {
                    escaped.extend(char::from_digit(u32::from(half), 16));
                }
            }
        }
    }
    let mut path = Vec::new();
    // Only ASCII: every position is between two characters.
    while escaped.len() > MAX_NAME {
        let rest = escaped.split_off(MAX_NAME);
        escaped.push('+');
        path.push(std::mem::replace(&mut escaped, rest));
    }
    path.push(escaped);
    path
}

/// Whether a folder of this name holds further parts of ids.
pub(super) fn goes_on(name: &str) -> bool {
    name.ends_with('+')
}

/// The id whose path, joined and without `+`, is `escaped`. `None` when it was not made by [`path`].
pub(super) fn id(escaped: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = escaped.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'_' {
            let mut half = || char::from(rest.next()?).to_digit(16);
            bytes.push((half()? * 16 + half()?) as u8);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn every_id_comes_back() {
        for text in [
            "a",
            "A",
            "list/1",
            "_",
            "..",
            ".",
            "+",
            "ä\u{1F600}",
            "nul\0",
            &"Ä".repeat(128),
            &"x".repeat(256),
        ] {
            let path = path(text);
            assert!(path.iter().all(|part| part.len() <= MAX_NAME + 1));
            let (last, before) = path.split_last().unwrap();
            assert!(!goes_on(last) && before.iter().all(|part| goes_on(part)));
            let joined: String = path.iter().map(|part| part.trim_end_matches('+')).collect();
            assert_eq!(id(&joined).as_deref(), Some(text));
        }
    }

    #[wasm_bindgen_test]
    fn different_ids_have_different_names_without_regard_to_case() {
        assert_ne!(path("a")[0].to_lowercase(), path("A")[0].to_lowercase());
        assert_eq!(id("_4"), None);
    }
}
