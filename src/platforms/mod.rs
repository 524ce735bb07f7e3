//! The outside faces: the same file names in each.

pub mod console;
pub mod slack;
