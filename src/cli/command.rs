//! Everything that the binary can be asked to do: only what this version really does.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::jobs::Role as Serving;
use crate::numbers::Convention;
use crate::partners::import::Kind;
use crate::store::members::Role;

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Answer people and do the work (what happens without a command)
    Serve {
        /// Take requests, do the work, or both
        #[arg(long, default_value = "all", value_parser = serving())]
        role: Serving,
    },
    /// Load the sample company
    Sample,
    /// Read partners, deals or activities from a CSV or JSON file: all rows or none
    Import {
        #[arg(value_name = "KIND", value_parser = kind())]
        kind: Kind,
        file: PathBuf,
        /// Take the good rows even when others are refused
        #[arg(long)]
        keep_good: bool,
        /// What stands before decimals, for amounts such as 48.000 that may be two
        #[arg(long, value_name = "SIGN", value_parser = decimal())]
        decimal: Option<Convention>,
    },
    /// Print an empty file to fill in for `import`
    Template {
        #[arg(value_name = "KIND", value_parser = kind())]
        kind: Kind,
    },
    /// Write a report's deck to a file, with no chat at all
    Report(Report),
    /// Print what a chat platform wants to know about the bot
    Manifest {
        #[arg(value_enum)]
        platform: ManifestOf,
    },
    /// Say who may do what
    #[command(subcommand)]
    User(User),
    /// Make and revoke tokens for programs
    #[command(subcommand)]
    Token(Token),
    /// Look after the record of who did what
    #[command(subcommand)]
    Audit(Audit),
    /// Show what waits, what runs and what was given up
    Jobs,
    /// Copy the embedded database to a file, also while the server runs
    Backup { file: PathBuf },
    /// Write the whole strategy to a new file: to read (.md), or for `restore` (.json)
    Export {
        file: PathBuf,
        /// With every revision of every section (.json only)
        #[arg(long)]
        revisions: bool,
    },
    /// Read an exported strategy (.json) into a workspace where nothing is written yet
    Restore { file: PathBuf },
}

#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Report {
    #[arg(value_enum)]
    pub report: ReportName,
    /// The day to report from; today when left out
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
    /// Which partners and deals count: the name of a view
    #[arg(long, value_name = "NAME")]
    pub view: Option<String>,
    /// Where the deck goes
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportName {
    Quarterly,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ManifestOf {
    Slack,
}

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum User {
    /// Give somebody a role, or another one
    Add {
        #[command(flatten)]
        who: Who,
        #[arg(long, value_parser = role())]
        role: Role,
    },
    /// Who has which role
    List,
    /// Shut somebody out: their role, sessions and sign-in links end at once
    Remove {
        #[command(flatten)]
        who: Who,
    },
}

/// One person, by their platform's own id.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[group(required = true, multiple = false)]
pub struct Who {
    /// Slack's id of the person, such as U01ALICE
    #[arg(long, value_name = "ID")]
    pub slack: Option<String>,
    /// The person's name in the console's address, such as ana
    #[arg(long, value_name = "NAME")]
    pub console: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Token {
    /// Make a token and print it, once
    Create {
        #[arg(value_enum)]
        purpose: Purpose,
        /// What it is for, as `token list` shows it
        #[arg(long, default_value = "import")]
        name: String,
    },
    /// Which tokens there are; never the tokens themselves
    List,
    /// Make a token worthless
    Revoke { id: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum Audit {
    /// Whether every row is as it was written; fails when one was changed, dropped or put in
    Verify,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Purpose {
    /// May send files to /import
    Import,
}

impl Default for Command {
    fn default() -> Self {
        Self::Serve { role: Serving::All }
    }
}

impl Command {
    /// Whether there is a result that can be JSON.
    #[must_use]
    pub fn has_json(&self) -> bool {
        !matches!(self, Self::Serve { .. } | Self::Template { .. } | Self::Manifest { .. })
    }

    /// The person's name on the console, where the command has one: an option with the name of a
    /// setting's flag, which the parser then takes for both.
    #[must_use]
    pub fn names_console_person(&self) -> bool {
        let Self::User(User::Add { who, .. } | User::Remove { who }) = self else { return false };
        who.console.is_some()
    }

    /// Whether people are answered: the only command that needs no one else to hold the database.
    #[must_use]
    pub fn serves(&self) -> bool {
        matches!(self, Self::Serve { .. })
    }
}

fn serving() -> impl TypedValueParser<Value = Serving> {
    PossibleValuesParser::new(["all", "web", "worker"]).map(|word| match word.as_str() {
        "web" => Serving::Web,
        "worker" => Serving::Worker,
        _ => Serving::All,
    })
}

fn kind() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(["partners", "deals", "activities"]).map(|word| match word.as_str() {
        "deals" => Kind::Deals,
        "activities" => Kind::Activities,
        _ => Kind::Partners,
    })
}

fn decimal() -> impl TypedValueParser<Value = Convention> {
    PossibleValuesParser::new(["point", "comma"]).map(|word| match word.as_str() {
        "comma" => Convention::Comma,
        _ => Convention::Point,
    })
}

fn role() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(["none", "viewer", "member", "admin", "owner"])
        .map(|word| Role::parse(&word).unwrap_or(Role::Viewer))
}
