//! The settings as flags of the command line: `cli` flattens [`Flags`] into its parser.

use std::collections::BTreeMap;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::table::{SETTINGS, Setting};

/// The flags that were given, by the name of their variable.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Flags(BTreeMap<&'static str, String>);

impl Flags {
    /// The value of the flag that goes with this variable.
    #[must_use]
    pub fn get(&self, env: &str) -> Option<&str> {
        self.0.get(env).map(String::as_str)
    }

    /// As if the flag that goes with this variable was not given.
    pub fn forget(&mut self, env: &str) {
        self.0.remove(env);
    }
}

/// Names only: values may be secrets.
impl std::fmt::Debug for Flags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for setting in SETTINGS {
            if let Some(value) = matches.try_get_one::<String>(setting.flag).ok().flatten() {
                self.0.insert(setting.env, value.clone());
            }
        }
        Ok(())
    }
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        command.args(SETTINGS.iter().map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Shown by `--help`, left out of the short `-h`. clap's own reading of variables is not used: it
/// asks the process while it builds the parser, and tests could not give it theirs.
fn argument(setting: &'static Setting) -> Arg {
    let default = setting.default.map(|text| format!(" [default: {text}]")).unwrap_or_default();
    Arg::new(setting.flag)
        .long(setting.flag)
        .value_name(setting.value)
        .help(format!("{} [env: {}]{default}", setting.help, setting.env))
        .help_heading("Settings")
        .hide_short_help(true)
        .global(true)
}
