//! Every setting: its variable, its flag, its default, its line of help.
//!
//! `--help` and `docs/operating.md` are made from here, and a test holds the page to it.

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub env: &'static str,
    /// Without the dashes.
    pub flag: &'static str,
    /// What stands for the value in `--help`.
    pub value: &'static str,
    pub default: Option<&'static str>,
    pub help: &'static str,
}

/// A setting that this version knows but cannot serve.
#[derive(Clone, Copy, Debug)]
pub struct NotYet {
    /// The variable, or the start of all of them when it ends in `_`.
    pub env: &'static str,
    pub sentence: &'static str,
}

const fn row(
    env: &'static str,
    flag: &'static str,
    value: &'static str,
    default: Option<&'static str>,
    help: &'static str,
) -> Setting {
    Setting { env, flag, value, default, help }
}

/// In the order in which people meet them.
pub const SETTINGS: &[Setting] = &[
    row(
        "ATTACHE_LISTEN",
        "listen",
        "ADDRESS",
        Some("127.0.0.1:8080"),
        "Address and port to answer on",
    ),
    row(
        "ATTACHE_DATABASE_URL",
        "database-url",
        "URL",
        Some("sqlite://data/attache.db"),
        "Where everything is kept: sqlite://FILE or postgres://…",
    ),
    row(
        "ATTACHE_PUBLIC_URL",
        "public-url",
        "URL",
        None,
        "How people's browsers reach the server, when that is not the address it listens on",
    ),
    row(
        "ATTACHE_SECRET_KEY",
        "secret-key",
        "BASE64",
        None,
        "32 bytes in base64 that encrypt tokens and sign links; made and kept beside an embedded \
         database when absent, needed with PostgreSQL",
    ),
    row(
        "ATTACHE_CONSOLE",
        "console",
        "on|off",
        None,
        "Serve the web console; on when listening on loopback, otherwise off",
    ),
    row(
        "ATTACHE_OWNERS",
        "owners",
        "LIST",
        None,
        "Owners from the start, such as slack:U01ALICE,console:ana",
    ),
    row(
        "SLACK_SIGNING_SECRET",
        "slack-signing-secret",
        "SECRET",
        None,
        "Slack app: Basic Information, Signing Secret",
    ),
    row(
        "SLACK_BOT_TOKEN",
        "slack-bot-token",
        "TOKEN",
        None,
        "Slack app: OAuth & Permissions, Bot User OAuth Token (xoxb-…)",
    ),
    row(
        "SLACK_API_URL",
        "slack-api-url",
        "URL",
        Some("https://slack.com/api"),
        "Where Slack's Web API is",
    ),
    row(
        "ATTACHE_RECONCILE_REST_MS",
        "reconcile-rest-ms",
        "MS",
        Some("40000"),
        "How long a message whose sending ended unknown rests before it is looked for",
    ),
    row(
        "ATTACHE_PER_PERSON",
        "per-person",
        "NUMBER",
        Some("120"),
        "Requests taken from one person in a minute, and twice as many presses; 0 for all",
    ),
    row(
        "ATTACHE_CLOCK",
        "clock",
        "TIME",
        None,
        "For trying things out: the business clock starts here (2026-10-05T08:59:50Z) and runs on; \
         only when listening on loopback",
    ),
    row(
        "RUST_LOG",
        "log",
        "FILTER",
        Some("info"),
        "What is logged: error, warn, info, debug, trace, or per part (attache=debug,warn)",
    ),
    row(
        "ATTACHE_LOG_FORMAT",
        "log-format",
        "auto|human|json",
        Some("auto"),
        "Log lines for people or as JSON; auto is human on a terminal",
    ),
];

/// Named in public, refused for now: better than a server that quietly does not do it.
pub const NOT_YET: &[NotYet] = &[
    NotYet { env: "TEAMS_", sentence: "this version does not serve Microsoft Teams yet; unset it" },
    NotYet {
        env: "SLACK_APP_TOKEN",
        sentence: "this version does not serve Slack's Socket Mode yet; use SLACK_SIGNING_SECRET \
                   and SLACK_BOT_TOKEN, and unset it",
    },
    NotYet {
        env: "SLACK_CLIENT_",
        sentence: "this version cannot be installed to Slack by OAuth yet; use \
                   SLACK_SIGNING_SECRET and SLACK_BOT_TOKEN, and unset it",
    },
];

/// Set for other programs too, so never refused: said at start that it is not used here.
pub const NOT_USED: &[NotYet] = &[NotYet {
    env: "OPENAI_",
    sentence: "this version drafts by its built-in rules and calls no model yet",
}];

/// The row of a variable.
#[must_use]
pub fn of(env: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.env == env)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_settings_share_a_name() {
        let variables: BTreeSet<_> = SETTINGS.iter().map(|s| s.env).collect();
        let flags: BTreeSet<_> = SETTINGS.iter().map(|s| s.flag).collect();
        assert_eq!((variables.len(), flags.len()), (SETTINGS.len(), SETTINGS.len()));
    }

    #[test]
    fn a_setting_is_either_served_or_refused() {
        for refused in NOT_YET {
            assert!(!SETTINGS.iter().any(|s| s.env.starts_with(refused.env)), "{}", refused.env);
        }
    }
}
