//! Names and colours for people who have not introduced themselves, and ids for documents.

use std::cell::Cell;
use std::hash::{BuildHasher as _, Hasher as _};

use crate::platform;

const QUALITIES: [&str; 16] = [
    "Amber", "Brisk", "Calm", "Clever", "Curious", "Gentle", "Glad", "Jolly", "Keen", "Lucky", "Mellow",
    "Nimble", "Quiet", "Sunny", "Swift", "Witty",
];
const ANIMALS: [&str; 16] = [
    "Badger", "Crane", "Dolphin", "Falcon", "Finch", "Fox", "Hare", "Heron", "Ibex", "Lynx", "Marten",
    "Otter", "Owl", "Puffin", "Seal", "Wren",
];

/// Makes a name such as "Nimble Otter".
pub(crate) fn random_name() -> String {
    let [quality, animal] = random_bytes();
    format!("{} {}", QUALITIES[usize::from(quality) % 16], ANIMALS[usize::from(animal) % 16])
}

/// Makes the id of a new document: 80 random bits, since whoever knows the address may read and write.
pub(crate) fn random_id() -> String {
    const DIGITS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    random_bytes::<16>().iter().map(|byte| char::from(DIGITS[usize::from(byte % 32)])).collect()
}

fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if getrandom::fill(&mut bytes).is_err() {
        // No system that can run this is without a source of chance; an id then still is another one each time.
        bytes.fill_with(scattered);
    }
    bytes
}

/// Bits that differ from call to call and from moment to moment, though somebody could guess them.
fn scattered() -> u8 {
    thread_local! {
        static STATE: Cell<u64> = const { Cell::new(0x9e37_79b9_7f4a_7c15) };
    }
    let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
    hasher.write_u64(STATE.get());
    hasher.write_i64(platform::now());
    STATE.set(hasher.finish());
    (hasher.finish() >> 56) as u8
}

/// The colour that belongs to a name: the one of its caret.
pub(crate) fn color(name: &str) -> &'static str {
    synckit_editing::caret::color_of(name)
}

/// Up to two letters for a name: "Nimble Otter" is "NO".
pub(crate) fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_of_names() {
        assert_eq!(initials("Nimble Otter"), "NO");
        assert_eq!(initials("ada"), "A");
        assert_eq!(initials(""), "");
        assert_eq!(initials("Zoë van der Élan"), "ZV");
    }

    #[test]
    fn without_a_source_of_chance_ids_still_differ() {
        let bytes = || std::iter::repeat_with(super::scattered).take(16).collect::<Vec<_>>();
        assert_ne!(bytes(), bytes());
    }

    #[test]
    fn ids_are_plain_and_differ() {
        let id = random_id();
        assert_eq!(id.len(), 16);
        assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(id, random_id());
    }
}
