//! Entries glide to their new place instead of jumping there.
//!
//! The sync engine tells of a change before the screen has been updated, so that is when the old places are measured;
//! one frame later the new places are known and the difference is played back.

use std::collections::HashMap;
use std::time::Duration;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

use crate::theme::prefers;

/// Longer lists move without ceremony: measuring every entry would cost more than it shows.
const MOST_ROWS: usize = 200;
const DURATION: Duration = Duration::from_millis(260);

/// The places of the entries before a change.
#[derive(Clone, Copy)]
pub(crate) struct Motion {
    before: StoredValue<Option<HashMap<String, f64>>>,
}

impl Motion {
    pub(crate) fn new() -> Self {
        Self { before: StoredValue::new(None) }
    }

    /// To be called when entries are about to change places. Several changes before one frame count as one.
    pub(crate) fn expect_change(self) {
        let waiting = self.before.try_with_value(|before| before.is_some()).unwrap_or(true);
        if waiting || prefers("(prefers-reduced-motion: reduce)") {
            return;
        }
        let rows = rows();
        if rows.len() > MOST_ROWS {
            return;
        }
        let places = rows.iter().map(|row| (id_of(row), row.get_bounding_client_rect().top())).collect();
        self.before.try_set_value(Some(places));
        request_animation_frame(move || {
            if let Some(Some(before)) = self.before.try_update_value(Option::take) {
                play(&before);
            }
        });
    }
}

fn play(before: &HashMap<String, f64>) {
    let mut moved = Vec::new();
    for row in rows() {
        match before.get(&id_of(&row)) {
            Some(top) => {
                let distance = top - row.get_bounding_client_rect().top();
                if distance.abs() > 1.0 {
                    let _ = row.style().set_property("translate", &format!("0 {}px", distance as i32));
                    moved.push((row, "data-settling"));
                }
            }
            None => moved.push((row, "data-arriving")),
        }
    }
    if let Some((first, _)) = moved.first() {
        // Reading a size makes the browser take note of the starting places.
        let _ = first.offset_height();
    }
    for (row, state) in &moved {
        let _ = row.set_attribute(state, "");
        let _ = row.style().remove_property("translate");
    }
    set_timeout(
        move || {
            for (row, state) in &moved {
                let _ = row.remove_attribute(state);
            }
        },
        DURATION,
    );
}

/// The entries on the screen, in order.
pub(crate) fn rows() -> Vec<HtmlElement> {
    let Ok(found) = document().query_selector_all("li.row") else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// The id of the entry that a row shows.
pub(crate) fn id_of(row: &HtmlElement) -> String {
    row.get_attribute("data-id").unwrap_or_default()
}

/// Puts the focus on a part of a row after the screen has been updated: an element that changes places loses it.
pub(crate) fn focus_later(row: impl ToString, part: &'static str) {
    let row = row.to_string();
    request_animation_frame(move || {
        let part = rows().into_iter().find(|candidate| id_of(candidate) == row).and_then(|row| {
            row.query_selector(&format!("[data-testid={part}]"))
                .ok()
                .flatten()?
                .dyn_into::<HtmlElement>()
                .ok()
        });
        if let Some(part) = part {
            let _ = part.focus();
        }
    });
}
