//! How chunks lie in files, byte by byte. What the store does with them is tested from outside.
#![allow(clippy::unwrap_used, reason = "a failed assumption stops the test")]

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(module = "/js/made/opfs.js")]
extern "C" {
    fn crc32(bytes: &[u8]) -> u32;
    fn encode(id: f64, kind: u8, replaced: &Array, content: &[u8]) -> Vec<u8>;
    #[wasm_bindgen(catch)]
    fn decode(bytes: &[u8]) -> Result<JsValue, JsValue>;
    fn live(frames: &Array) -> Array;
    fn runs(frames: &Array, wanted: &Closure<dyn Fn(JsValue) -> bool>) -> Array;
    fn path(id: &str) -> Vec<String>;
    fn id_of(name: &str) -> Option<String>;
}

const UPDATE: u8 = 1;
const DELETED: u8 = 2;
const MAX_NAME: usize = 120;

/// Ranges as JavaScript has them.
fn ranges(ranges: &[(u32, u32)]) -> Array {
    ranges.iter().map(|(first, last)| Array::of2(&(*first).into(), &(*last).into())).collect()
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

fn number(object: &JsValue, name: &str) -> u32 {
    get(object, name).as_f64().unwrap() as u32
}

/// A frame that was read: id, kind, content.
type Frame = (u32, u8, Vec<u8>);

/// The whole frames of a segment, and where they end.
fn read(bytes: &[u8]) -> Option<(Vec<Frame>, usize)> {
    let segment = decode(bytes).ok()?;
    let frame = |frame: JsValue| {
        let content = js_sys::Uint8Array::new(&get(&frame, "content")).to_vec();
        (number(&frame, "id"), number(&frame, "kind") as u8, content)
    };
    let frames = Array::from(&get(&segment, "frames")).iter().map(frame).collect();
    Some((frames, number(&segment, "valid") as usize))
}

fn pairs(ranges: &JsValue) -> Vec<(u32, u32)> {
    let end = |range: &Array, at| range.get(at).as_f64().unwrap() as u32;
    Array::from(ranges).iter().map(|range| Array::from(&range)).map(|r| (end(&r, 0), end(&r, 1))).collect()
}

fn file(frames: &[Vec<u8>]) -> Vec<u8> {
    [&b"SYNCKIT1"[..], &frames.concat()].concat()
}

fn update(id: u32, content: &[u8]) -> Vec<u8> {
    encode(id.into(), UPDATE, &Array::new(), content)
}

#[wasm_bindgen_test]
fn the_checksum_is_crc_32() {
    assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
}

#[wasm_bindgen_test]
fn frames_come_back() {
    let bytes = file(&[
        update(7, b"one"),
        encode(8.0, UPDATE, &ranges(&[(1, 5), (7, 7)]), b"two"),
        encode(9.0, DELETED, &ranges(&[(8, 8)]), b""),
    ]);
    let (frames, valid) = read(&bytes).unwrap();
    assert_eq!(valid, bytes.len());
    assert_eq!(
        frames,
        [(7, UPDATE, b"one".to_vec()), (8, UPDATE, b"two".to_vec()), (9, DELETED, b"".to_vec())]
    );
    let frames = Array::from(&get(&decode(&bytes).unwrap(), "frames"));
    assert_eq!(pairs(&get(&frames.get(1), "replaced")), [(1, 5), (7, 7)]);
}

#[wasm_bindgen_test]
fn frames_lie_in_files_as_they_did_in_the_first_version() {
    // A replaced range from 2 to 3 by chunk 2^32 + 4, with the content `x`.
    let bytes = encode(4_294_967_300.0, UPDATE, &ranges(&[(2, 3)]), b"x");
    let rest = [
        &[1, 0, 0, 0][..],
        &[1, 0, 0, 0],
        &[4, 0, 0, 0, 1, 0, 0, 0],
        &[1],
        &[2, 0, 0, 0, 0, 0, 0, 0],
        &[3, 0, 0, 0, 0, 0, 0, 0],
        b"x",
    ]
    .concat();
    assert_eq!(bytes[4..], rest);
    assert_eq!(bytes[..4], crc32(&rest).to_le_bytes());
}

#[wasm_bindgen_test]
fn an_unfinished_frame_is_left_out_wherever_it_ends() {
    let whole = file(&[update(1, b"kept"), encode(2.0, UPDATE, &ranges(&[(1, 1)]), b"torn")]);
    let kept = file(&[update(1, b"kept")]).len();
    for length in kept..whole.len() {
        let (frames, valid) = read(&whole[..length]).unwrap();
        assert_eq!((frames.len(), valid), (1, kept), "cut at {length}");
    }
    for length in 0..8 {
        assert_eq!(read(&whole[..length]).unwrap().1, 0);
    }
}

#[wasm_bindgen_test]
fn a_changed_byte_is_found() {
    let whole = file(&[update(1, b"first"), update(2, b"second")]);
    let first = file(&[update(1, b"first")]).len();
    for position in 0..first {
        let mut damaged = whole.clone();
        damaged[position] ^= 1;
        // Either an error, or a length that reaches past the end and so looks unfinished: never another content.
        let read = read(&damaged).map(|(frames, _)| frames.len());
        assert!(matches!(read, None | Some(0)), "byte {position}: {read:?}");
    }
}

#[wasm_bindgen_test]
fn lengths_are_checked_before_use() {
    let mut frame = update(1, b"x");
    frame[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(decode(&file(&[frame])).is_err());
}

/// A frame as the store sees it.
fn frame(id: u32, kind: u8, replaced: &[(u32, u32)]) -> JsValue {
    let bytes = file(&[encode(id.into(), kind, &ranges(replaced), b"")]);
    Array::from(&get(&decode(&bytes).unwrap(), "frames")).get(0)
}

fn ids(frames: &[JsValue]) -> Vec<u32> {
    live(&frames.iter().collect()).iter().map(|frame| number(&frame, "id")).collect()
}

#[wasm_bindgen_test]
fn what_was_replaced_or_deleted_is_not_live() {
    let update = |id| frame(id, UPDATE, &[]);
    assert_eq!(ids(&[update(1), update(2)]), [1, 2]);
    assert_eq!(ids(&[update(1), update(2), update(3), frame(4, UPDATE, &[(1, 1), (3, 3)])]), [2, 4]);
    assert_eq!(ids(&[update(1), frame(2, DELETED, &[]), update(3)]), [3]);
    assert_eq!(ids(&[update(1), frame(2, UPDATE, &[(1, 1)]), frame(3, UPDATE, &[(2, 2)])]), [3]);
    assert_eq!(ids(&[update(4), update(5), frame(6, UPDATE, &[(1, 5), (2, 3)])]), [6]);
}

#[wasm_bindgen_test]
fn neighbours_are_one_range() {
    let frames: Array = [1, 2, 3, 5, 8, 9].map(|id| frame(id, UPDATE, &[])).into_iter().collect();
    let runs = |wanted: fn(u32) -> bool| {
        let wanted = Closure::<dyn Fn(JsValue) -> bool>::new(move |frame| wanted(number(&frame, "id")));
        pairs(&runs(&frames, &wanted))
    };
    assert_eq!(runs(|_| true), [(1, 9)]);
    assert_eq!(runs(|id| id != 3), [(1, 2), (5, 9)]);
    assert_eq!(runs(|id| id == 8), [(8, 8)]);
    assert_eq!(runs(|_| false), []);
}

#[wasm_bindgen_test]
fn every_id_comes_back() {
    for text in
        ["a", "A", "list/1", "_", "..", ".", "+", "ä\u{1F600}", "nul\0", &"Ä".repeat(128), &"x".repeat(256)]
    {
        let path = path(text);
        assert!(path.iter().all(|part| part.len() <= MAX_NAME + 1));
        let (last, before) = path.split_last().unwrap();
        assert!(!last.ends_with('+') && before.iter().all(|part| part.ends_with('+')));
        let joined: String = path.iter().map(|part| part.trim_end_matches('+')).collect();
        assert_eq!(id_of(&joined).as_deref(), Some(text));
    }
}

#[wasm_bindgen_test]
fn different_ids_have_different_names_without_regard_to_case() {
    assert_ne!(path("a")[0].to_lowercase(), path("A")[0].to_lowercase());
    assert_eq!(id_of("_4"), None);
}
