//! All SQL: one file per family of tables, one set of texts for `SQLite` and `PostgreSQL`.
//!
//! A write goes through a [`Tx`]; a read through anything that [`Reads`], so the same function
//! answers inside a transaction and outside. `on!` runs one body against whichever driver it is.
//! Every file names its texts in a `statements!` block; a test prepares all of them on both
//! databases.

mod ask;
mod backup;
mod checkpoint;
mod database;
mod error;
#[cfg(test)]
mod fixtures;
mod lock;
mod migrate;
mod open;

pub mod audit;
pub mod console;
pub mod deliveries;
pub mod generations;
pub mod inbox;
pub mod installations;
pub mod members;
pub mod open_channels;
pub mod outbox;
pub mod partners;
pub mod places;
pub mod proposals;
mod readiness;
pub mod replicas;
pub mod reports;
pub mod requests;
pub mod runs;
pub mod schedule_owners;
pub mod schedules;
pub mod seal;
pub mod sections;
pub mod staged;
#[cfg(test)]
pub mod testing;
pub mod threads;
pub mod tokens;
pub mod waiting;
pub mod workspaces;

pub use database::{AfterCommit, Db, Kind, Link, Open, Reader, Reads, Snapshot, Store, Tx};
pub(crate) use database::{on, statements, txn};
pub use error::Error;
pub use open::Options;

/// What a store function answers.
pub type Result<T> = std::result::Result<T, Error>;

/// The SQL texts of every file, for the test that prepares them.
#[cfg(test)]
const STATEMENTS: &[&[&str]] = &[
    audit::SQL,
    console::SQL[0],
    console::SQL[1],
    console::SQL[2],
    console::SQL[3],
    deliveries::SQL,
    generations::SQL,
    inbox::SQL,
    installations::SQL,
    members::SQL,
    open_channels::SQL,
    outbox::SQL,
    partners::SQL,
    places::SQL,
    proposals::SQL,
    readiness::SQL,
    reports::SQL,
    requests::SQL,
    runs::SQL,
    schedule_owners::SQL,
    schedules::SQL,
    sections::SQL,
    staged::SQL,
    threads::SQL,
    tokens::SQL,
    waiting::SQL,
    workspaces::SQL,
];

#[cfg(test)]
mod schema_tests;
#[cfg(test)]
mod tests;
