//! Settings, read once: complete or refused.
//!
//! Every setting is a row of [`table::SETTINGS`]: a variable, a flag, a line of help. [`Settings::read`]
//! is pure (flags and variables in, settings or all refusals out); only [`environment`],
//! [`key_file`] and [`private`] touch the outside.

pub mod flags;
pub mod key_file;
pub mod private;
pub mod rooms;
pub mod secret;
pub mod table;

mod read;

use std::collections::BTreeMap;

pub use self::flags::Flags;
pub use self::rooms::{
    ClockSettings, ConsoleSettings, Database, KeySource, Listen, LogFormat, LogSettings, Owner,
    OwnerOn, SendSettings, SlackSettings,
};
pub use self::secret::{Secret, SecretKey};

/// Everything that can be set, one struct per room.
#[derive(Clone, Debug)]
pub struct Settings {
    pub listen: Listen,
    pub database: Database,
    pub key: KeySource,
    pub console: ConsoleSettings,
    /// `None`: Slack is not served.
    pub slack: Option<SlackSettings>,
    /// What is set and not used: said once at start.
    pub notes: Vec<String>,
    pub clock: ClockSettings,
    /// Owners from the start.
    pub owners: Vec<Owner>,
    pub sends: SendSettings,
    /// Requests in words that are taken from one person in a minute; none: all of them.
    pub per_person: Option<u32>,
    pub log: LogSettings,
}

impl Settings {
    /// Settings from flags, then variables, then defaults. An empty value counts as not set.
    pub fn read(flags: &Flags, environment: &BTreeMap<String, String>) -> Result<Self, Refused> {
        read::settings(flags, environment)
    }
}

/// Every reason why the settings cannot be taken, each a sentence with the variable's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Refused(pub Vec<String>);

/// The process's variables, as [`Settings::read`] wants them.
#[must_use]
pub fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}
