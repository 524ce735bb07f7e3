//! People, roles and the claim code.

use crate::conversation::card::{Align, Card, Column, Part, Table};

/// One person: name, where they are known, role.
pub struct Person {
    pub name: String,
    pub known_as: String,
    pub role: &'static str,
}

#[must_use]
pub fn list(people: &[Person]) -> Card {
    let column = |title: &str| Column { title: title.to_owned(), align: Align::Left };
    let table = Table {
        caption: "People and their roles".to_owned(),
        columns: vec![column("Name"), column("Known as"), column("Role")],
        rows: people
            .iter()
            .map(|p| vec![p.name.clone(), p.known_as.clone(), p.role.to_owned()])
            .collect(),
    };
    Card::new("Members")
        .heading("Members")
        .with(Part::Table(table))
        .context("Everybody of a linked team can read. Owners give roles: /strategy members role <person> <owner|admin|member|viewer|none>. None shuts somebody out.")
}

/// Somebody has another role now. Whoever has none is shut out; the schedules that were theirs, so
/// many, belong to `heir`.
#[must_use]
pub fn given(name: &str, role: &str, (schedules, heir): (usize, &str)) -> String {
    let line = format!("{name} now has the role {role}.");
    if role != "none" {
        return line;
    }
    let line =
        format!("{line} They are shut out: sessions and sign-in links of theirs have ended.");
    if schedules == 0 {
        return line;
    }
    let schedules = super::count(schedules, "schedule", "schedules");
    format!("{line} {heir} now owns their {schedules}.")
}

#[must_use]
pub fn no_such_person(word: &str) -> String {
    format!(
        "I do not know {word} yet. People are known once they have used /strategy here. Nothing was changed."
    )
}

/// The word names more than one person; each is given as it can be typed.
#[must_use]
pub fn several(word: &str, known_as: &[String]) -> String {
    let first = known_as.first().and_then(|known| known.split(", ").next()).unwrap_or_default();
    format!(
        "{} people are called {word}: {}. Name one of them like this: /strategy members role {first} \
         member. Nothing was changed.",
        known_as.len(),
        known_as.join("; ")
    )
}

/// Guests and people of other organisations get no role.
#[must_use]
pub fn outsider(name: &str) -> String {
    format!(
        "{name} is a guest, a bot or somebody of another organisation, and cannot have a role. \
         Nothing was changed."
    )
}

/// Whether somebody is a colleague cannot be found out now.
#[must_use]
pub fn cannot_look_up(name: &str) -> String {
    format!(
        "Who {name} is cannot be looked up right now. Nothing was changed. Please try again in a \
         moment."
    )
}

#[must_use]
pub fn no_such_role(word: &str) -> String {
    format!(
        "There is no role \"{word}\". There are owner, admin, member, viewer and none. Nothing was changed."
    )
}

#[must_use]
pub fn last_owner() -> String {
    "This is the last owner. Make somebody else an owner first. Nothing was changed.".to_owned()
}

#[must_use]
pub fn claimed() -> String {
    "You are now the owner of this workspace. Type /strategy to begin.".to_owned()
}

#[must_use]
pub fn wrong_code() -> String {
    "This code is not valid, or it was used already. The server prints a new one when it starts \
     without an owner."
        .to_owned()
}

#[must_use]
pub fn already_owned() -> String {
    "This workspace has an owner already. An owner can give you a role with /strategy members role."
        .to_owned()
}

/// What somebody did, in words; an action that is not known here stays as it is written.
#[must_use]
pub fn deed(action: &str) -> &str {
    match action {
        "channel.allowed" => "let outsiders read along",
        "channel.denied" => "let outsiders read no more",
        "denied" => "was refused",
        "facts.imported" => "imported data",
        "installation.removed" => "removed the app",
        "member.claimed" => "became the owner",
        "member.joined" => "a first role",
        "member.role" => "gave a role",
        "proposal.accepted" => "accepted a proposal",
        "proposal.discarded" => "discarded a proposal",
        "proposal.expired" => "a proposal expired",
        "proposal.opened" => "proposed a change",
        "proposal.rebased" => "based a proposal anew",
        "proposal.stale" => "a proposal went stale",
        "report.again" => "posted a report again",
        "report.deck" => "sent a deck again",
        "report.requested" => "asked for a report",
        "sample.loaded" => "loaded the sample company",
        "strategy.restored" => "restored a strategy from a file",
        "schedule.added" => "added a schedule",
        "schedule.paused" | "schedule.suspended" => "paused a schedule",
        "schedule.removed" => "removed a schedule",
        "schedule.resumed" => "resumed a schedule",
        "section.generated" => "wrote a section",
        "section.restored" => "restored a section",
        "section.set" => "set a value",
        "settings.changed" => "changed the settings",
        "token.created" => "made a token",
        "token.revoked" => "revoked a token",
        "setup.answered" => "answered the setup",
        "thread.opened" => "opened an edit thread",
        other => other,
    }
}

/// The latest rows of the audit: when, who, what, about what.
#[must_use]
pub fn audit(rows: Vec<[String; 4]>) -> Card {
    if rows.is_empty() {
        return Card::sentence("Nothing has happened yet.");
    }
    let column = |title: &str| Column { title: title.to_owned(), align: Align::Left };
    let table = Table {
        caption: "The latest changes and refusals".to_owned(),
        columns: vec![column("When"), column("Who"), column("What"), column("About")],
        rows: rows.into_iter().map(Vec::from).collect(),
    };
    Card::new("Audit").heading("Audit").with(Part::Table(table))
}
