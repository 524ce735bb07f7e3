//! One file per thing a person or the clock can ask for.
