//! Names and colours for people who have not introduced themselves, and ids for lists.

use js_sys::Uint8Array;
use leptos::prelude::*;

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
    let bytes = random_bytes::<2>();
    let pick = |from: &[&'static str; 16], byte: u8| from[usize::from(byte) % from.len()];
    format!("{} {}", pick(&QUALITIES, bytes[0]), pick(&ANIMALS, bytes[1]))
}

/// Makes the id of a new list: 80 random bits, since whoever knows the address may read and write.
pub(crate) fn random_list_id() -> String {
    const DIGITS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    random_bytes::<16>().iter().map(|byte| char::from(DIGITS[usize::from(byte % 32)])).collect()
}

fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let array = Uint8Array::new_with_length(N as u32);
    match window().crypto() {
        Ok(crypto) if crypto.get_random_values_with_array_buffer_view(&array).is_ok() => {
            array.copy_to(&mut bytes);
        }
        // No browser that can run WebAssembly is without it; a list id then is still hard to guess.
        _ => bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8),
    }
    bytes
}

/// The hue that belongs to a name, in degrees.
pub(crate) fn hue(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) % 360
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
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn initials_of_names() {
        assert_eq!(initials("Nimble Otter"), "NO");
        assert_eq!(initials("ada"), "A");
        assert_eq!(initials(""), "");
        assert_eq!(initials("Zoë van der Élan"), "ZV");
    }

    #[wasm_bindgen_test]
    fn a_hue_is_a_stable_number_of_degrees() {
        assert_eq!(hue("Nimble Otter"), hue("Nimble Otter"));
        assert_ne!(hue("Nimble Otter"), hue("Nimble Puffin"));
        assert!(hue("Glad Seal") < 360);
    }
}
