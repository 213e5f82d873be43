//! Shared documents with live carets, comments and history: the demo of SyncKit with Dioxus, for browser and desktop.
//!
//! Everything on the screen is a signal of the sync engine: there is no second copy of the data, no fetching, no
//! saving. What a visitor does is one call on a handle; what the screen shows is a signal of the same handle. What
//! differs between browser and desktop is in `platform`.

#![allow(unreachable_pub, reason = "what `#[component]` generates is public")]

mod address;
mod app;
mod clock;
mod comments;
mod desk;
mod digest;
mod history;
mod home;
mod icon;
mod keys;
mod markdown;
mod model;
mod names;
mod notices;
mod opening;
mod page;
mod panel;
mod past;
mod people;
mod platform;
mod rich;
mod search;
mod share;
mod sidebar;
mod sync_card;
mod theme;
mod toolbar;
mod transfer;
mod undo;

fn main() {
    platform::launch(app::start);
}
