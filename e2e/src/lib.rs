//! End-to-end tests: real browser windows against the real server program.
//!
//! | type | what it is |
//! |---|---|
//! | [`Stage`] | a server with an empty database and a browser's driver, both for one test |
//! | [`Server`] | the `synckit-server` program; can be killed and started again |
//! | [`Profile`] | one browser profile: what is stored in it outlives its windows |
//! | [`Window`] | one window of a profile, showing one of the demos |
//! | [`Screen`], [`Desktop`] | a screen without a monitor, and the editor as a desktop program on it |
//!
//! Input goes the way a person's does (pointer, keyboard); what a window shows is read in one script call, so that it is
//! a state that was on the screen at one moment. Every wait has a limit and says what it saw last.

mod burst;
mod children;
mod desktop;
mod driver;
mod editor;
mod profile;
mod server;
mod stage;
mod stored;
mod todo;
mod window;

pub use burst::Burst;
pub use children::Part;
pub use desktop::{Desktop, Screen, Typing};
pub use driver::Driver;
pub use editor::{Paper, Remark, has_all_of};
pub use profile::Profile;
pub use server::{Demo, Server};
pub use stage::Stage;
pub use stored::{store_text, stores_text};
pub use todo::{Item, Page};
pub use window::Window;
