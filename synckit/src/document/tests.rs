//! Documents under random writers, in random order, and under bytes that nobody meant.

mod convergence;
#[cfg(feature = "history")]
mod history;
mod hostile;
mod renaming;
mod replica;
mod undoing;
