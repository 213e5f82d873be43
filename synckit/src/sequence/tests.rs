//! The sequence against an implementation that is slow and obvious.

mod convergence;
mod crowd;
mod enumeration;
mod growth;
mod hostile;
pub(crate) mod reference;
mod unicode;
