//! The documents of the program.

pub(crate) use crate::stand_in::*;
