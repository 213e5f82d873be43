//! Shared to-do lists: the demo of SyncKit with Leptos.
//!
//! Everything on the screen is a signal of the sync engine: there is no second copy of the data, no fetching, no
//! saving. What a visitor does is one call on a handle; what the screen shows is a signal of the same handle.

#![allow(unreachable_pub, reason = "what `#[component]` generates is public")]

mod address;
mod app;
mod drag;
mod history;
mod icon;
mod list_page;
mod model;
mod motion;
mod names;
mod notices;
mod page;
mod people;
mod rows;
mod share;
mod sidebar;
mod stand_in;
mod sync_card;
mod theme;
mod todo_row;

use leptos::prelude::*;

fn main() {
    mount_to_body(app::App);
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
}
