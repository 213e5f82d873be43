//! What differs between a browser and a desktop: where documents are kept, what an address is, how a file is saved.
//!
//! Everything else in this program is the same code on both.

/// The name of the store on this device.
const STORE: &str = "synckit-editor";

#[cfg(not(target_arch = "wasm32"))]
mod desktop;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use desktop::{
    HAS_FRAME, begun, launch, link_to, now, page_asked_for, save_file, server, show_address, sleep, storage,
    use_address_bar, use_told_paint,
};
#[cfg(target_arch = "wasm32")]
pub(crate) use web::{
    HAS_FRAME, begun, launch, link_to, now, page_asked_for, save_file, server, show_address, sleep, storage,
    use_address_bar, use_told_paint,
};
