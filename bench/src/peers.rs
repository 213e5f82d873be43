//! The other libraries, each behind the traits it can serve.

mod automerge;
mod cola;
mod diamond_types;
mod jumprope;
mod loro;
#[cfg(test)]
mod tests;
mod yrs;

pub(crate) use automerge::Automerge;
pub(crate) use cola::{Cola, ColaPositions};
pub(crate) use diamond_types::DiamondTypes;
pub(crate) use jumprope::Rope;
pub(crate) use loro::Loro;
pub(crate) use yrs::Yrs;
