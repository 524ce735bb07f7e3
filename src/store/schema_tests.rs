//! What holds between the tables, the statements and the words of the code: no workspace is left out
//! of a question, and every closed list of words stands in a CHECK of its column.

use std::collections::BTreeSet;

use super::deliveries::Deck;
use super::generations::GenerationState;
use super::members::Role;
use super::runs::RunState;
use super::{STATEMENTS, migrate};
use crate::conversation::inbound::Platform;
use crate::partners::import::Kind;
use crate::proposals::revision::Origin;
use crate::reports::ReportKind;

/// Questions about rows of a workspace that do not name it, each by its first words: they lead to
/// the workspace, or sweep over all of them for jobs of our own.
const LEAD_TO_THE_WORKSPACE: &[&str] = &[
    // A verified team, a code, a token, a session, a link: each finds the workspace it belongs to.
    "SELECT workspace_id, id, platform, team, bot_user, token, token_key, active, created_at \
     FROM installation WHERE platform = $1",
    "DELETE FROM claim_code WHERE code_hash = $1",
    "UPDATE import_token SET used_at = $2 WHERE token_hash = $1",
    "SELECT workspace_id, person FROM console_session WHERE hash = $1",
    "DELETE FROM console_session WHERE hash = $1",
    "SELECT workspace_id, person FROM console_link WHERE hash = $1",
    "DELETE FROM console_link WHERE hash = $1",
    // A signed link that was checked.
    "SELECT workspace_id, id, kind, period_label, view_key, body, file_name, title, created_by, \
     created_at FROM report WHERE id = $1",
    // The sweep of what is overdue, the tick, and the tick's own jobs.
    "SELECT workspace_id, id FROM proposal WHERE state = 'open' AND expires_at <= $1",
    "SELECT workspace_id, id, order_body, place, owner, owner_name, state, approval, next_slot, \
     next_due_at, created_at, number, paused_because FROM schedule WHERE id = $1",
    "SELECT workspace_id, id, order_body, place, owner, owner_name, state, approval, next_slot, \
     next_due_at, created_at, number, paused_because FROM schedule WHERE state = 'active'",
    "UPDATE schedule SET next_slot = $3, next_due_at = $4, revision = revision + 1 WHERE id = $1",
    "UPDATE schedule SET next_due_at = $3 WHERE id = $1",
];

/// The engine's own rows are reached by the lane they leave by.
const NO_TENANT: &[&str] = &["outbox"];

/// Tables whose rows belong to a workspace.
fn tenant_tables() -> BTreeSet<&'static str> {
    let made = migrate::texts().flat_map(|ddl| ddl.split("CREATE TABLE ").skip(1));
    let of_tenants = made.filter_map(|made| {
        let (name, columns) = made.split_once(" (")?;
        let columns = columns.split("\n)").next()?;
        (columns.contains("\n    workspace_id ") && !NO_TENANT.contains(&name)).then_some(name)
    });
    of_tenants.collect()
}

/// The tables that a statement reads or writes.
fn touched(sql: &str) -> BTreeSet<&str> {
    let words: Vec<_> = sql.split_whitespace().collect();
    let named = words.windows(2).filter(|pair| {
        matches!(pair[0].trim_start_matches('('), "FROM" | "INTO" | "UPDATE" | "JOIN")
    });
    named.map(|pair| pair[1].trim_matches([',', '(', ')'])).collect()
}

fn names_the_workspace(sql: &str) -> bool {
    let asked = ["workspace_id = $1", "workspace_id = (SELECT"];
    let inserted = sql.starts_with("INSERT") && sql.contains("workspace_id");
    inserted || asked.iter().any(|words| sql.contains(words))
}

#[test]
fn every_statement_on_rows_of_a_workspace_names_it() {
    let tables = tenant_tables();
    assert!(tables.len() > 25, "{tables:?}");
    let mut led = BTreeSet::<&str>::new();
    for sql in STATEMENTS.concat() {
        if touched(sql).is_disjoint(&tables) || names_the_workspace(sql) {
            continue;
        }
        let known = LEAD_TO_THE_WORKSPACE.iter().find(|start| sql.starts_with(**start));
        assert!(known.is_some(), "this does not name the workspace: {sql}");
        led.extend(known);
    }
    assert_eq!(led.len(), LEAD_TO_THE_WORKSPACE.len(), "some are not asked any more");
}

/// Every index and key of such a table begins with the workspace, except those by which the
/// statements above lead to it.
#[test]
fn every_index_of_a_workspace_s_rows_begins_with_it() {
    let leads = [
        "installation_team",
        "import_token_hash",
        "proposal_due",
        "report_id",
        "schedule_due",
        "schedule_id",
    ];
    let tables = tenant_tables();
    let named = migrate::texts().flat_map(|ddl| ddl.split("INDEX ").skip(1));
    // What is dropped is on no table.
    for index in named.filter(|index| index.split_whitespace().nth(1) == Some("ON")) {
        let mut words = index.split_whitespace();
        let (name, table) = (words.next().unwrap(), words.nth(1).unwrap());
        let by_workspace = words.next().unwrap().starts_with("(workspace_id");
        if tables.contains(table) {
            assert_eq!(by_workspace, !leads.contains(&name), "{name} on {table}");
        }
    }
}

/// The words as a CHECK lists them.
fn listed(column: &str, words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
    format!("{column} IN ({})", quoted.join(", "))
}

#[test]
fn every_closed_list_of_words_is_checked_by_the_database() {
    // The lowest is a mark in a column of its own.
    let roles = Role::ALL[1..].iter().rev().map(|role| role.as_str()).collect::<Vec<_>>();
    let origins = Origin::ALL.map(Origin::as_str);
    let platforms = [Platform::Slack, Platform::Teams, Platform::Console].map(Platform::as_str);
    let runs = RunState::ALL.map(RunState::as_str);
    let kept = &GenerationState::ALL[1..];
    let generations: Vec<_> = kept.iter().map(|state| state.as_str()).collect();
    let reports = ReportKind::ALL.map(ReportKind::word);
    let imports = [Kind::Partners, Kind::Deals, Kind::Activities].map(super::partners::word);
    let proposals = ["open", "accepted", "discarded", "superseded", "stale", "expired"];
    let expected = [
        (listed("role", &roles), 1),
        (listed("origin", &origins), 2),
        (listed("platform", &platforms), 5),
        (listed("state", &runs), 2),
        (listed("deck", &Deck::WORDS), 1),
        (listed("state", &generations), 1),
        (listed("kind", &reports), 2),
        (listed("kind", &imports), 2),
        (listed("state", &proposals), 1),
    ];
    let ddl: String = migrate::texts().collect();
    for (check, times) in expected {
        assert_eq!(ddl.matches(&check).count(), times, "CHECK ({check})");
    }
}
