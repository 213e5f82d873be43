//! Shared to-do lists: the demo of SyncKit with Leptos.
//!
//! Everything on the screen is a signal of the sync engine: there is no second copy of the data, no fetching, no
//! saving. What a visitor does is one call on a handle; what the screen shows is a signal of the same handle.

#![allow(unreachable_pub, reason = "what `#[component]` generates is public")]

mod address;
mod app;
mod connect;
mod drag;
mod history;
mod home;
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
mod sync_card;
mod theme;
mod todo_row;

use leptos::prelude::*;

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        let boot = document().get_element_by_id("boot");
        match connect::connect().await {
            Ok(sync) => {
                mount_to_body(move || view! { <app::App sync/> });
                if let Some(boot) = boot {
                    boot.remove();
                }
            }
            Err(error) => {
                if let Some(boot) = boot {
                    boot.set_text_content(Some(&error.to_string()));
                }
            }
        }
    });
}

// The tests run where the program runs.
#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
