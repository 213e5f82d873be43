//! Documents under random writers, in random order, and under bytes that nobody meant.

mod convergence;
mod enumeration;
#[cfg(feature = "history")]
mod history;
mod hostile;
#[cfg(feature = "text")]
mod marks;
mod reference;
mod renaming;
mod replica;
mod sets;
mod undoing;
