//! Taking an entry in the hand and putting it down elsewhere, with a mouse, a pen or a finger.
//!
//! The places of all entries are measured once, when one is taken. While it is held nothing in the page changes places:
//! the entry follows the pointer and the others step aside by a transform. Only letting go moves it in the list.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::web_sys::PointerEvent;

use crate::motion::{id_of, rows};

/// How near to the edge of the window the page begins to scroll, in pixels, and how far per frame.
const EDGE: f64 = 56.0;
const STEP: f64 = 10.0;

/// Where an entry was when the drag began, in pixels from the top of the page.
struct Slot {
    row: String,
    top: f64,
    height: f64,
}

impl Slot {
    fn middle(&self) -> f64 {
        self.top + self.height / 2.0
    }
}

/// An entry in the hand.
#[derive(Clone)]
struct Held {
    pointer: i32,
    slots: Arc<[Slot]>,
    from: usize,
    to: usize,
    /// Where the pointer was on the screen at last, and on the page at first.
    client_y: f64,
    start_y: f64,
    offset: f64,
}

/// The drag of a page: at most one at a time.
#[derive(Clone, Copy)]
pub(crate) struct Drag(RwSignal<Option<Held>>);

impl Drag {
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// Whether an entry is held.
    pub(crate) fn is_active(self) -> bool {
        self.0.with(Option::is_some)
    }

    /// Takes an entry in the hand.
    pub(crate) fn take(self, row: &str, event: &PointerEvent) {
        let scroll = scroll();
        let slots: Arc<[Slot]> = rows()
            .iter()
            .map(|row| {
                let place = row.get_bounding_client_rect();
                Slot { row: id_of(row), top: place.top() + scroll, height: place.height() }
            })
            .collect();
        let Some(from) = slots.iter().position(|slot| slot.row == row) else { return };
        let client_y = f64::from(event.client_y());
        let pointer = event.pointer_id();
        let start_y = client_y + scroll;
        self.0.set(Some(Held { pointer, slots, from, to: from, client_y, start_y, offset: 0.0 }));
        self.scroll_at_edges();
    }

    /// Follows the pointer.
    pub(crate) fn follow(self, event: &PointerEvent) {
        if self.0.with_untracked(|held| held.as_ref().is_some_and(|held| held.pointer == event.pointer_id()))
        {
            let client_y = f64::from(event.client_y());
            self.0.update(|held| held.iter_mut().for_each(|held| held.point_at(client_y)));
        }
    }

    /// Puts the entry down; tells its new place among the entries on the screen when that is another one.
    pub(crate) fn put_down(self) -> Option<usize> {
        let held = self.0.try_update(Option::take).flatten()?;
        (held.to != held.from).then_some(held.to)
    }

    /// Lets everything stay where it was.
    pub(crate) fn cancel(self) {
        if self.0.with_untracked(Option::is_some) {
            self.0.set(None);
        }
    }

    /// How far an entry is from its place for now, in pixels, and whether it is the one in the hand.
    pub(crate) fn shift(self, row: &str) -> (i32, bool) {
        self.0.with(|held| held.as_ref().map_or((0, false), |held| held.shift(row)))
    }

    /// Scrolls the page, frame by frame, as long as an entry is held near the edge of the window.
    fn scroll_at_edges(self) {
        request_animation_frame(move || {
            let Some(Some(client_y)) =
                self.0.try_with_untracked(|held| held.as_ref().map(|held| held.client_y))
            else {
                return;
            };
            let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::MAX);
            let step = if client_y < EDGE {
                -STEP
            } else if client_y > height - EDGE {
                STEP
            } else {
                0.0
            };
            if step != 0.0 {
                window().scroll_by_with_x_and_y(0.0, step);
                self.0.update(|held| held.iter_mut().for_each(|held| held.point_at(client_y)));
            }
            self.scroll_at_edges();
        });
    }
}

impl Held {
    fn point_at(&mut self, client_y: f64) {
        self.client_y = client_y;
        self.move_by(client_y + scroll() - self.start_y);
    }

    fn move_by(&mut self, offset: f64) {
        self.offset = offset;
        let middle = self.slots[self.from].middle() + offset;
        let above = self.slots[..self.from].iter().filter(|slot| slot.middle() < middle).count();
        let passed = self.slots[self.from + 1..].iter().filter(|slot| slot.middle() < middle).count();
        self.to = above + passed;
    }

    fn shift(&self, row: &str) -> (i32, bool) {
        let Some(at) = self.slots.iter().position(|slot| slot.row == row) else { return (0, false) };
        let height = self.slots[self.from].height as i32;
        if at == self.from {
            (self.offset as i32, true)
        } else if (self.from + 1..=self.to).contains(&at) {
            (-height, false)
        } else if (self.to..self.from).contains(&at) {
            (height, false)
        } else {
            (0, false)
        }
    }
}

fn scroll() -> f64 {
    window().scroll_y().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn held(from: usize) -> Held {
        let slots =
            (0..4).map(|at| Slot { row: at.to_string(), top: f64::from(at) * 50.0, height: 50.0 }).collect();
        Held { pointer: 1, slots, from, to: from, client_y: 0.0, start_y: 0.0, offset: 0.0 }
    }

    #[wasm_bindgen_test]
    fn an_entry_takes_the_place_whose_middle_it_has_passed() {
        let mut held = held(1);
        for (offset, to) in [(0.0, 1), (49.0, 1), (51.0, 2), (101.0, 3), (900.0, 3), (-49.0, 1), (-51.0, 0)] {
            held.move_by(offset);
            assert_eq!(held.to, to, "{offset}");
        }
    }

    #[wasm_bindgen_test]
    fn the_others_step_aside() {
        let mut held = held(1);
        held.move_by(101.0);
        assert_eq!(held.shift("0"), (0, false));
        assert_eq!(held.shift("1"), (101, true));
        assert_eq!(held.shift("2"), (-50, false));
        assert_eq!(held.shift("3"), (-50, false));
        held.move_by(-51.0);
        assert_eq!(held.shift("0"), (50, false));
        assert_eq!(held.shift("unknown"), (0, false));
    }
}
