//! The todo demo with plain signals instead of SyncKit. Nothing is kept and nothing is shared.
//!
//! `cargo xtask size` weighs the demo against it: the page is the same source code, so the difference is what SyncKit adds.

#![allow(unreachable_pub, reason = "what `#[component]` generates is public")]
#![allow(
    dead_code,
    unused_imports,
    unreachable_patterns,
    reason = "the page also handles what only happens with SyncKit"
)]

// What the page takes from SyncKit's crates, it gets from this one.
extern crate self as synckit;
extern crate self as synckit_leptos;

#[path = "../../src/address.rs"]
mod address;
#[path = "../../src/app.rs"]
mod app;
#[path = "../../src/drag.rs"]
mod drag;
#[path = "../../src/history.rs"]
mod history;
#[path = "../../src/home.rs"]
mod home;
#[path = "../../src/icon.rs"]
mod icon;
#[path = "../../src/list_page.rs"]
mod list_page;
mod model;
#[path = "../../src/motion.rs"]
mod motion;
#[path = "../../src/names.rs"]
mod names;
#[path = "../../src/notices.rs"]
mod notices;
#[path = "../../src/page.rs"]
mod page;
#[path = "../../src/people.rs"]
mod people;
#[path = "../../src/rows.rs"]
mod rows;
#[path = "../../src/share.rs"]
mod share;
#[path = "../../src/sidebar.rs"]
mod sidebar;
mod signals;
mod status;
#[path = "../../src/sync_card.rs"]
mod sync_card;
#[path = "../../src/theme.rs"]
mod theme;
#[path = "../../src/todo_row.rs"]
mod todo_row;

pub(crate) use model::{SyncKit, provide_synckit};
pub(crate) use signals::UndoManager;
pub(crate) use status::storage;

use leptos::prelude::*;

fn main() {
    mount_to_body(|| view! { <app::App sync=SyncKit/> });
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
}
