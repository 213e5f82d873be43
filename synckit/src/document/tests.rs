//! Documents under random writers, in random order, and under bytes that nobody meant.

mod convergence;
mod hostile;
mod renaming;
mod replica;
mod undoing;
