//! Arguments in, commands or refusals out.

use std::fmt::Write as _;

use insta::assert_snapshot;
use jiff::civil::date;

use super::command::{Audit, ManifestOf, Purpose, Report, ReportName, Token, User, Who};
use super::*;
use crate::config::table::SETTINGS;
use crate::jobs::Role as Serving;
use crate::partners::import::Kind;
use crate::store::members::Role;

fn read_with(line: &str, variables: &[(&str, &str)]) -> Result<Invocation, Stop> {
    let words = std::iter::once("attache").chain(line.split_whitespace()).map(OsString::from);
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    read(words, &variables.collect())
}

#[track_caller]
fn asked(line: &str) -> Invocation {
    read_with(line, &[]).expect("understood")
}

#[track_caller]
fn stopped(line: &str) -> Stop {
    read_with(line, &[]).expect_err("not to be run")
}

#[test]
fn without_a_command_it_serves_everything() {
    assert_eq!(asked("").command, Command::Serve { role: Serving::All });
    assert_eq!(asked("serve --role web").command, Command::Serve { role: Serving::Web });
}

#[test]
fn every_command_is_read() {
    let who = |id: &str| Who { slack: Some(id.to_owned()), console: None };
    let lines = [
        ("sample", Command::Sample),
        (
            "import deals deals.csv --keep-good",
            Command::Import {
                kind: Kind::Deals,
                file: "deals.csv".into(),
                keep_good: true,
                decimal: None,
            },
        ),
        ("template activities", Command::Template { kind: Kind::Activities }),
        (
            "report quarterly --as-of 2026-10-05 --view board --out q3.pptx",
            Command::Report(Report {
                report: ReportName::Quarterly,
                as_of: Some(date(2026, 10, 5)),
                view: Some("board".to_owned()),
                out: "q3.pptx".into(),
            }),
        ),
        ("manifest slack", Command::Manifest { platform: ManifestOf::Slack }),
        (
            "user add --slack U01ALICE --role owner",
            Command::User(User::Add { who: who("U01ALICE"), role: Role::Owner }),
        ),
        (
            "user add --console eve --role admin",
            Command::User(User::Add {
                who: Who { slack: None, console: Some("eve".to_owned()) },
                role: Role::Admin,
            }),
        ),
        ("audit verify", Command::Audit(Audit::Verify)),
        ("user list", Command::User(User::List)),
        ("user remove --slack U01ALICE", Command::User(User::Remove { who: who("U01ALICE") })),
        (
            "token create import --name crm",
            Command::Token(Token::Create { purpose: Purpose::Import, name: "crm".to_owned() }),
        ),
        ("token list", Command::Token(Token::List)),
        ("token revoke t1", Command::Token(Token::Revoke { id: "t1".to_owned() })),
        ("jobs", Command::Jobs),
        ("backup copy.db", Command::Backup { file: "copy.db".into() }),
    ];
    for (line, command) in lines {
        assert_eq!(asked(line).command, command, "{line}");
    }
}

#[test]
fn the_workspace_and_json_may_stand_anywhere() {
    for line in ["--json --workspace acme jobs", "jobs --workspace acme --json"] {
        let asked = asked(line);
        assert_eq!((asked.json, asked.workspace.as_deref()), (true, Some("acme")), "{line}");
    }
}

#[test]
fn a_flag_wins_over_its_variable_wherever_it_stands() {
    for line in ["--database-url sqlite://flag.db jobs", "jobs --database-url sqlite://flag.db"] {
        let variable = [("ATTACHE_DATABASE_URL", "sqlite://variable.db")];
        let settings = read_with(line, &variable).unwrap().settings;
        assert_eq!(settings.database.url(), "sqlite://flag.db", "{line}");
    }
}

#[test]
fn a_person_of_the_console_is_not_taken_for_the_setting_of_that_name() {
    for line in [
        "user add --console eve --role admin",
        "user remove --console eve",
        "--console off user add --console eve --role admin",
    ] {
        let asked = asked(line);
        assert!(asked.settings.console.on, "{line}");
        assert!(asked.command.names_console_person(), "{line}");
    }
}

#[test]
fn every_setting_is_a_flag_of_every_command() {
    for setting in SETTINGS {
        let Stop::Wrong(text) = stopped(&format!("sample --{}", setting.flag)) else {
            panic!("{} takes a value", setting.flag)
        };
        assert!(text.contains("a value is required"), "{text}");
    }
}

#[test]
fn wrong_usage_is_refused_with_what_would_be_right() {
    for (line, hint) in [
        ("serv", "similar subcommands exist: 'user', 'serve'"),
        ("import partner f.csv", "[possible values: partners, deals, activities]"),
        ("import partners", "<FILE>"),
        ("report quarterly", "--out <FILE>"),
        ("report quarterly --out f --as-of 5.10.2026", "invalid value '5.10.2026'"),
        ("user add --role owner", "<--slack <ID>|--console <NAME>>"),
        ("user add --slack U1 --console ana --role owner", "cannot be used with"),
        ("serve --role both", "[possible values: all, web, worker]"),
        ("serve --json", "--json: this command prints no result."),
        ("--console maybe", "ATTACHE_CONSOLE: it is on or off."),
    ] {
        let Stop::Wrong(text) = stopped(line) else { panic!("{line}") };
        assert!(text.contains(hint), "{line}: {text}");
    }
}

#[test]
fn a_refused_flag_does_not_print_its_secret() {
    let Stop::Wrong(text) = stopped("--secret-key canary --slack-bot-token canary") else {
        panic!("refused")
    };
    assert!(!text.contains("canary"), "{text}");
}

#[test]
fn the_short_help_names_the_commands() {
    let Stop::Told(text) = stopped("-h") else { panic!("help") };
    assert_snapshot!(text, @r"
    A bot for Slack and your browser that keeps your partner strategy where you talk.

    Usage: attache [OPTIONS] [COMMAND]

    Commands:
      serve     Answer people and do the work (what happens without a command)
      sample    Load the sample company
      import    Read partners, deals or activities from a CSV or JSON file: all rows or none
      template  Print an empty file to fill in for `import`
      report    Write a report's deck to a file, with no chat at all
      manifest  Print what a chat platform wants to know about the bot
      user      Say who may do what
      token     Make and revoke tokens for programs
      audit     Look after the record of who did what
      jobs      Show what waits, what runs and what was given up
      backup    Copy the embedded database to a file, also while the server runs
      export    Write the whole strategy to a new file: to read (.md), or for `restore` (.json)
      restore   Read an exported strategy (.json) into a workspace where nothing is written yet

    Options:
          --json              Print the result as JSON
          --workspace <NAME>  Which workspace, where there are several
      -h, --help              Print help (see more with '--help')
      -V, --version           Print version

    Without a command it serves. `attache --help` also lists every setting.
    ");
}

#[test]
fn the_long_help_describes_every_setting() {
    let Stop::Told(text) = stopped("--help") else { panic!("help") };
    for setting in SETTINGS {
        let described = text.contains(&format!("--{} ", setting.flag))
            && text.contains(&format!("[env: {}]", setting.env));
        assert!(described, "{}", setting.env);
    }
}

#[test]
fn the_parser_is_sound() {
    Arguments::command().debug_assert();
}

/// What stands between a page's marks, or a failure that shows what should.
#[track_caller]
fn assert_page_has(page: &str, (from, to): (&str, &str), rows: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let text = std::fs::read_to_string(path).unwrap();
    let (_, rest) = text.split_once(from).expect("the mark before the table");
    let (there, _) = rest.split_once(to).expect("the mark after the table");
    assert!(there.trim() == rows.trim(), "{page} should have:\n\n{rows}\n");
}

#[test]
fn the_page_for_operators_lists_the_settings_that_there_are() {
    let mut rows = String::from("| variable | flag | default | what for |\n|---|---|---|---|\n");
    for setting in SETTINGS {
        let default = setting.default.map(|text| format!("`{text}`")).unwrap_or_default();
        let (env, flag, help) = (setting.env, setting.flag, setting.help);
        writeln!(rows, "| `{env}` | `--{flag}` | {default} | {help} |").unwrap();
    }
    let marks = ("<!-- settings: made from src/config/table.rs -->", "<!-- end of settings -->");
    assert_page_has("docs/operating.md", marks, &rows);
}

#[test]
fn the_readme_lists_the_commands_that_there_are() {
    let row = |row: &crate::conversation::command::Row| {
        format!("| `{}` | {} |\n", row.usage.replace('|', "\\|"), row.does)
    };
    let rows: String = crate::conversation::command::TABLE.iter().map(row).collect();
    let marks = ("| you say | it does |\n|---|---|\n", "<!-- end of commands");
    assert_page_has("README.md", marks, &rows);
}
