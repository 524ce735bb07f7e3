//! One file per thing a person or the clock can ask for.

pub mod door;
pub mod messenger;
