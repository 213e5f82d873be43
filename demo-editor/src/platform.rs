//! What differs between a browser and a desktop: where documents are kept, what an address is, how a file is saved.
//!
//! Everything else in this program is the same code on both.

#[cfg(not(target_arch = "wasm32"))]
mod desktop;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use desktop::{
    HAS_FRAME, begun, connect, launch, link_to, now, page_asked_for, save_file, show_address, sleep,
    use_address_bar,
};
#[cfg(target_arch = "wasm32")]
pub(crate) use web::{
    HAS_FRAME, begun, connect, launch, link_to, now, page_asked_for, save_file, show_address, sleep,
    use_address_bar,
};
