//! What SyncKit's adapters bind text fields and rich text editors with, without a framework.
//!
//! An element of a page shows a text and takes what somebody types; the text changes elsewhere at the same time. Between the two
//! stands a [`binding::Binding`]. The element's side is JavaScript, in `js/`: it never waits, so typing is as fast as in
//! any text field. What it is sent it may refuse, when somebody has typed meanwhile or composes a character; the binding
//! brings both together and sends it anew.
//!
//! - [`delta`]: changes of a text and how two of them are brought together.
//! - [`binding`]: what one element knows of one text.
//! - [`content`]: what a text field can be bound to.
//! - [`message`]: what both say to each other.
//! - [`marks`]: how marks grow.
//! - [`caret`]: carets of others.
//! - [`rich`]: what a toolbar of a rich text editor shows and asks for.
//! - [`scripts`]: the elements' side. With the feature `modules`, in a browser, `modules` calls it directly.
//!
//! The adapters use all of this; a program needs it to build an adapter of its own.

pub mod binding;
pub mod caret;
pub mod content;
pub mod delta;
mod json;
pub mod marks;
pub mod message;
#[cfg(all(feature = "modules", target_arch = "wasm32"))]
pub mod modules;
pub mod rich;
pub mod scripts;
