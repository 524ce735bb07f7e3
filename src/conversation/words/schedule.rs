//! Schedules: stored, listed, paused, and what became of their runs.

use super::section::plain;
use crate::conversation::button::Click;
use crate::conversation::card::{Align, Card, Column, Part, Table, Text};
use crate::ids::ScheduleId;

/// One schedule as people see it.
pub struct Line {
    pub number: usize,
    pub report: String,
    pub channel: String,
    pub timing: String,
    pub next: String,
    pub owner: String,
}

/// Stored: what was understood, and the next three runs.
#[must_use]
pub fn added(id: &ScheduleId, line: &Line, next_three: &[String]) -> Card {
    let said = format!("Scheduled: the {} in {}, {}.", line.report, line.channel, line.timing);
    let runs = super::bullets(next_three);
    Card::new(said.clone())
        .text(said)
        .text(Text::bold("Next three runs").and_plain(runs))
        .buttons(vec![plain("Remove", &Click::RemoveSchedule(id.clone()))])
}

#[must_use]
pub fn list(lines: &[Line]) -> Card {
    if lines.is_empty() {
        return Card::sentence(
            "Nothing is scheduled. For example: /strategy schedule quarterly in #leadership quarterly at 09:00 Europe/London",
        );
    }
    let column = |title: &str| Column { title: title.to_owned(), align: Align::Left };
    let table = Table {
        caption: "Scheduled reports".to_owned(),
        columns: ["No.", "Report", "Channel", "When", "Next run", "Owner"].map(column).into(),
        rows: lines
            .iter()
            .map(|line| {
                vec![
                    line.number.to_string(),
                    line.report.clone(),
                    line.channel.clone(),
                    line.timing.clone(),
                    line.next.clone(),
                    line.owner.clone(),
                ]
            })
            .collect(),
    };
    Card::new("Schedules")
        .heading("Schedules")
        .with(Part::Table(table))
        .context("Change one with /strategy schedule pause, resume or remove and its number.")
}

#[must_use]
pub fn paused() -> String {
    "paused".to_owned()
}

#[must_use]
pub fn changed(verb: &str, line: &Line) -> String {
    format!("{verb}: the {} in {}, {}.", line.report, line.channel, line.timing)
}

#[must_use]
pub fn no_such_schedule() -> String {
    "There is no such schedule. See /strategy schedules.".to_owned()
}

#[must_use]
pub fn already_so(state: &str) -> String {
    format!("This schedule is {state} already. Nothing was changed.")
}

#[must_use]
pub fn not_read(reason: &str) -> String {
    format!(
        "{reason} Nothing was scheduled. For example: /strategy schedule quarterly in #leadership quarterly at 09:00 Europe/London"
    )
}

#[must_use]
pub fn only_quarterly(report: &str) -> String {
    format!("The {report} cannot be made yet, so it was not scheduled. The quarterly review can.")
}

#[must_use]
pub fn no_views() -> String {
    "There are no saved views yet, so nothing was scheduled. Without a view the report covers all partners.".to_owned()
}

#[must_use]
pub fn no_such_channel(name: &str, known: &str) -> String {
    format!("There is no channel #{name}, so nothing was scheduled. There are {known}.")
}

#[must_use]
pub fn never() -> String {
    "This would never run, so nothing was scheduled.".to_owned()
}

/// A run that was not posted, told to the owner of the schedule.
#[must_use]
pub fn not_posted(report: &str, channel: &str, reason: &str) -> String {
    format!("The scheduled {report} was not posted in {channel}: {reason}")
}

/// Runs, newest first: when, what, where, how it went.
#[must_use]
pub fn deliveries(rows: Vec<[String; 4]>) -> Card {
    if rows.is_empty() {
        return Card::sentence("No scheduled report has run yet.");
    }
    let column = |title: &str| Column { title: title.to_owned(), align: Align::Left };
    let table = Table {
        caption: "The latest scheduled runs".to_owned(),
        columns: ["Due", "Report", "Channel", "Outcome"].map(column).into(),
        rows: rows.into_iter().map(Vec::from).collect(),
    };
    Card::new("Deliveries").heading("Deliveries").with(Part::Table(table))
}
