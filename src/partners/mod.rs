//! Partner, deal and activity facts, and their import. Never waits.
//!
//! Facts come from files that people make elsewhere: this room says what a row may hold, reads
//! files into rows with a plain reason for each row it refuses, and tells what a file changes.

mod amount;
mod changes;
mod facts;
pub mod import;
mod money;
pub mod odd;
pub mod sample;
mod words;

pub use amount::AmountError;
pub use changes::{Changed, Changes, Columns, Fact, changes};
pub use facts::{Activity, Deal, Moment, Partner, SizeServed};
pub use money::{Currency, Money};
pub use words::{
    ActivityKind, Attribution, Band, Category, Model, Outcome, PartnerStatus, PartnerType, Tier,
    TierSource,
};
