//! One small struct per room that wants settings.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use url::{Host, Url};

use super::secret::{Secret, SecretKey};

/// Where the server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    pub address: SocketAddr,
    /// How the outside reaches us, where that differs: scheme, host and port only.
    pub public_url: Option<Url>,
}

impl Listen {
    /// Whether only this machine can reach us.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.address.ip().is_loopback()
    }

    /// Whether whoever reaches us sits at this machine: with a public address something hands
    /// requests on from elsewhere, and those look like this machine's own.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.is_loopback() && self.public_url.as_ref().is_none_or(is_this_machine)
    }

    /// The start of every link to us, without a trailing slash. `bound` is the address that the
    /// system gave, which differs from the one asked for when that had port 0.
    #[must_use]
    pub fn base_url(&self, bound: SocketAddr) -> String {
        match &self.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None if bound.ip().is_unspecified() => format!("http://localhost:{}", bound.port()),
            None => format!("http://{bound}"),
        }
    }
}

/// Whether an address leads to the machine itself.
#[must_use]
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Where everything is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// Embedded: a file of ours, opened by one process.
    Sqlite { url: String, file: PathBuf },
    /// A server that several processes share. The address may hold a password.
    Postgres { url: Secret },
}

impl Database {
    /// What `store` opens. It may hold a password: never log it.
    #[must_use]
    pub fn url(&self) -> &str {
        match self {
            Self::Sqlite { url, .. } => url,
            Self::Postgres { url } => url.expose(),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { file, .. } => write!(f, "sqlite {}", file.display()),
            Self::Postgres { .. } => f.write_str("postgres ***"),
        }
    }
}

/// Where the key that encrypts tokens and signs links comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    Given(SecretKey),
    /// Kept beside the embedded database; made there when absent
    /// ([`super::key_file::read_or_make`]).
    KeptAt(PathBuf),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsoleSettings {
    pub on: bool,
}

/// One Slack workspace over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlackSettings {
    pub signing_secret: Secret,
    pub bot_token: Secret,
    /// Without a trailing slash: `https://slack.com/api`.
    pub api_url: String,
}

/// The business clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockSettings {
    /// Where it starts, when it is not the wall clock.
    pub starts: Option<Timestamp>,
}

/// Somebody who is Owner from the start.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    pub on: OwnerOn,
    /// The platform's own id: `U01ALICE`, `ana`.
    pub user: String,
}

/// Where an owner talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OwnerOn {
    Slack,
    Console,
}

impl OwnerOn {
    /// The word in `ATTACHE_OWNERS`, which is also how the platform is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Console => "console",
        }
    }
}

/// What leaves for a chat platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendSettings {
    /// How long a send whose outcome is unknown rests before it is looked for.
    pub reconcile_rest: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// As `RUST_LOG` is written: `info`, `attache=debug,warn`.
    pub filter: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people on a terminal, JSON otherwise.
    Auto,
    Human,
    Json,
}
