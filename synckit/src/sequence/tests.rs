//! The sequence against an implementation that is slow and obvious.

mod convergence;
mod enumeration;
mod growth;
mod reference;
mod unicode;
