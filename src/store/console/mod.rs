//! What the web console keeps: see `platforms/console/port.rs` for what each question means.
//!
//! All of it belongs to the one workspace that the console shows. Everything that is asked for a
//! person answers only what that person may see: nothing private to another, no direct chat of
//! another's.

pub mod forms;
pub mod messages;
pub mod people;
pub mod views;

/// The SQL texts of each file, for the test that prepares them.
#[cfg(test)]
pub(super) const SQL: [&[&str]; 4] = [forms::SQL, messages::SQL, people::SQL, views::SQL];

#[cfg(test)]
mod tests;
