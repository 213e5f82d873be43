//! Documents under random writers, in random order, and under bytes that nobody meant.

mod convergence;
mod enumeration;
#[cfg(all(feature = "text", feature = "history"))]
mod growth;
#[cfg(feature = "history")]
mod history;
mod hostile;
mod letters;
mod lists;
#[cfg(feature = "text")]
mod marks;
mod reference;
mod renaming;
mod replica;
mod schedules;
mod sets;
mod undoing;
