//! What is said, in our own words: no Slack, no Teams, never waits.
//!
//! What comes in is an [`inbound::Inbound`]; what goes out is an [`outgoing::Effect`] that carries
//! a [`card::Card`] or a [`form::Form`]. Platforms turn bytes into the first and the second into
//! bytes; everything between speaks these values.

pub mod button;
pub mod card;
pub mod command;
mod courtesy;
pub mod form;
pub mod guess;
pub mod inbound;
pub mod markdown;
pub mod mention;
pub mod outgoing;
pub mod plain;
pub mod settings_change;
pub mod words;
