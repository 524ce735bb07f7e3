//! The binary itself, on a database of its own.

use std::path::Path;
use std::process::{Command, Output};

use super::bot::on_slack;

/// Runs the binary in a folder, with no settings but the defaults.
fn attache(folder: &Path, line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attache"));
    command.args(line.split_whitespace()).current_dir(folder).env_clear();
    command.output().expect("the binary runs")
}

#[track_caller]
fn done(folder: &Path, line: &str) -> String {
    let output = attache(folder, line);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{line}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn people_of_the_console_are_given_roles() {
    let folder = tempfile::tempdir().unwrap();
    let told = done(folder.path(), "user add --console eve --role admin");
    assert_eq!(told, "eve now has the role admin.\n");
    done(folder.path(), "user add --console eve --role member");
    let people = done(folder.path(), "user list");
    assert!(people.contains("console:eve") && people.contains("member"), "{people}");
    assert!(!people.contains("admin"), "{people}");
}

#[test]
fn the_audit_says_whether_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), "user add --console eve --role admin");
    done(folder.path(), "token create import --name crm");
    assert_eq!(done(folder.path(), "audit verify"), "The audit is whole: 2 rows.\n");
}

#[test]
fn what_the_command_line_changes_is_in_the_audit() {
    on_slack(async |bot| {
        bot.gather().await;
        let stage = &bot.stage;
        stage.command(&["user", "add", "--slack", "U03VIC", "--role", "admin"]).await.unwrap();
        stage.command(&["user", "add", "--slack", "U04KIM", "--role", "member"]).await.unwrap();
        stage.command(&["user", "remove", "--slack", "U03VIC"]).await.unwrap();
        let made = stage.command(&["token", "create", "import", "--name", "crm"]).await.unwrap();
        let id = made.json["id"].as_str().unwrap().to_owned();
        stage.command(&["token", "revoke", &id]).await.unwrap();
        bot.say("ana", "/strategy audit").await;
        let audit = bot.last_whisper("ana").await;
        for row in [
            "the command line | gave a role | Vic: viewer → admin",
            "the command line | a first role | U04KIM: slack:U04KIM → member",
            "the command line | gave a role | Vic: admin → none",
            "the command line | made a token | crm",
            "the command line | revoked a token",
        ] {
            audit.says(row);
        }
        let whole = stage.command(&["audit", "verify"]).await.unwrap();
        assert!(whole.json["whole"].as_bool().unwrap(), "{whole:?}");
        stage.change("UPDATE audit_log SET actor_name = 'Ben' WHERE seq = 3").await;
        let broken = stage.command(&["audit", "verify"]).await.unwrap_err().to_string();
        assert!(broken.contains("broken at row 3"), "{broken}");
    });
}
