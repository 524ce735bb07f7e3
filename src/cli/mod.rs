//! Subcommands of the binary, thin: from arguments to a typed [`Command`], and how results are
//! printed. What a command does is put together in `app`.

pub mod command;
pub mod output;

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser};

use crate::config::{Flags, Settings};
use command::Command;

/// What was asked for, and how.
#[derive(Clone, Debug)]
pub struct Invocation {
    pub command: Command,
    pub settings: Settings,
    /// The result is wanted as JSON.
    pub json: bool,
    /// Which workspace, where there are several: its name.
    pub workspace: Option<String>,
}

/// There is nothing to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Help or the version, for stdout; exit 0.
    Told(String),
    /// Wrong usage or settings, for stderr; exit 2.
    Wrong(String),
}

#[derive(Parser)]
#[command(
    name = "attache",
    version,
    about = "A bot for Slack and your browser that keeps your partner strategy where you talk.",
    after_help = "Without a command it serves. `attache --help` also lists every setting.",
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    /// Print the result as JSON
    #[arg(long, global = true)]
    json: bool,

    /// Which workspace, where there are several
    #[arg(long, global = true, value_name = "NAME")]
    workspace: Option<String>,

    #[command(flatten)]
    flags: Flags,
}

/// Reads the arguments (the program's name first) and the variables. Pure.
pub fn read(
    arguments: impl IntoIterator<Item = OsString>,
    environment: &BTreeMap<String, String>,
) -> Result<Invocation, Stop> {
    let arguments = Arguments::command()
        .try_get_matches_from(arguments)
        .and_then(|matches| Arguments::from_arg_matches(&matches))
        .map_err(|error| stop(&error))?;
    let command = arguments.command.unwrap_or_default();
    if arguments.json && !command.has_json() {
        return Err(Stop::Wrong("--json: this command prints no result.".to_owned()));
    }
    let mut flags = arguments.flags;
    if command.names_console_person() {
        flags.forget("ATTACHE_CONSOLE");
    }
    let settings =
        Settings::read(&flags, environment).map_err(|refused| Stop::Wrong(refused.to_string()))?;
    Ok(Invocation { command, settings, json: arguments.json, workspace: arguments.workspace })
}

fn stop(error: &clap::Error) -> Stop {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Stop::Told(text),
        _ => Stop::Wrong(text),
    }
}

#[cfg(test)]
mod tests;
