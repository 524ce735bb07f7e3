//! Schedules: stored, listed, paused, and what became of their runs.

use jiff::Timestamp;

use super::section::plain;
use crate::conversation::button::Click;
use crate::conversation::card::{Align, Card, Column, Part, Table, Text};
use crate::ids::ScheduleId;
use crate::schedules::Zone;

/// One schedule as people see it.
pub struct Line {
    pub number: i64,
    pub report: String,
    pub channel: String,
    pub timing: String,
    pub next: String,
    pub owner: String,
}

/// What a new schedule will post.
pub struct Coming {
    /// The next runs that have something to post, three at most.
    pub runs: Vec<String>,
    /// Whether there are others that have nothing to post.
    pub idle: bool,
    /// The numbers of the other schedules of the same channel.
    pub others: Vec<i64>,
}

/// Stored: what was understood, and the next runs that post something.
#[must_use]
pub fn added(id: &ScheduleId, line: &Line, coming: &Coming) -> Card {
    let Line { report, channel, timing, number, .. } = line;
    let said = format!("Scheduled: the {report} in {channel}, {timing}. It has number {number}.");
    let mut card = Card::new(said.clone()).text(said);
    card = match coming.runs.len() {
        0 => card,
        1 | 2 => card.text(Text::bold("Next runs").and_plain(super::bullets(&coming.runs))),
        _ => card.text(Text::bold("Next three runs").and_plain(super::bullets(&coming.runs))),
    };
    if let Some(honest) = honest(line, coming) {
        card = card.text(honest);
    }
    card.buttons(vec![plain("Remove", &Click::RemoveSchedule(id.clone()))])
}

/// A quarter is posted once: runs that will post nothing are not promised.
fn honest(line: &Line, coming: &Coming) -> Option<String> {
    let others: Vec<_> = coming.others.iter().map(i64::to_string).collect();
    let first = match others.as_slice() {
        [] => String::new(),
        [one] => format!(" Schedule {one} posts there, too, and is first for some of them."),
        several => format!(
            " Schedules {} post there, too, and are first for some of them.",
            super::list(several)
        ),
    };
    if coming.runs.is_empty() {
        return Some(format!(
            "None of its runs will post anything, because the review of a quarter is posted once in \
             a channel.{first}"
        ));
    }
    coming.idle.then(|| {
        let once = if first.is_empty() {
            format!(
                " Once a quarter is enough: /strategy schedule quarterly in {} quarterly at 09:00.",
                line.channel
            )
        } else {
            first
        };
        format!(
            "The review of a quarter is posted once in a channel, so its other runs have nothing to \
             post and are skipped.{once}"
        )
    })
}

/// The platform did not let us look.
#[must_use]
pub fn unchecked(card: Card) -> Card {
    card.context(
        "I could not check whether I am a member there: the app was installed without the permission \
         to see channels. Make sure that I am, with /invite @Attaché there.",
    )
}

/// `Mon 5 Oct 2026, 10:00 Europe/London`
#[must_use]
pub fn when(due: Timestamp, zone: &Zone) -> String {
    let local = due.to_zoned(zone.rules().clone());
    format!("{} {}", local.strftime("%a %-d %b %Y, %H:%M"), zone.name())
}

/// The same, for milliseconds since 1970.
#[must_use]
pub fn when_ms(due: i64, zone: &Zone) -> String {
    when(super::stamp(due), zone)
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

/// `paused`, and why where nobody asked for it.
#[must_use]
pub fn paused(because: &str) -> String {
    if because.is_empty() { "paused".to_owned() } else { format!("paused: {because}") }
}

#[must_use]
pub fn changed(verb: &str, line: &Line, next: Option<&str>) -> Card {
    let Line { number, report, channel, timing, .. } = line;
    let next = next.map(|next| format!(" Next run: {next}.")).unwrap_or_default();
    Card::sentence(format!(
        "{verb}: the {report} in {channel}, {timing}. It has number {number}.{next}"
    ))
}

/// The app is back in a team that had removed it: its schedules wait for a word.
#[must_use]
pub fn came_back(lines: &[(ScheduleId, Line)]) -> Card {
    const MOST: usize = 5;
    let many = super::count(lines.len(), "schedule was", "schedules were");
    let said = format!(
        "Attaché is installed here again. {many} paused when it was removed, and nothing is posted \
         until you resume what you still want:"
    );
    let shown: Vec<_> = lines
        .iter()
        .map(|(_, line)| {
            format!("{}: the {} in {}, {}", line.number, line.report, line.channel, line.timing)
        })
        .collect();
    let buttons = lines.iter().take(MOST).map(|(id, line)| {
        plain(&format!("Resume {}", line.number), &Click::ResumeSchedule(id.clone()))
    });
    Card::new(said.clone())
        .text(Text::plain(said).and_plain(super::bullets(&shown)))
        .context("Or with /strategy schedule resume and its number.")
        .buttons(buttons.collect())
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

/// The console's channels are all known.
#[must_use]
pub fn no_such_channel(name: &str, known: &str) -> String {
    if name.starts_with("#dm-") {
        return a_direct_chat();
    }
    format!("There is no channel {name}, so nothing was scheduled. There are {known}.")
}

/// Elsewhere those are that we are a member of.
#[must_use]
pub fn not_seen(name: &str) -> String {
    format!(
        "I am a member of no channel {name}, so nothing was scheduled. If there is one, invite me there \
         with /invite @Attaché, then ask again."
    )
}

#[must_use]
pub fn not_a_member(name: &str) -> String {
    format!(
        "I am not a member of {name} and could not post there, so nothing was scheduled. Invite me \
         there with /invite @Attaché, then ask again."
    )
}

#[must_use]
pub fn archived(name: &str) -> String {
    format!("{name} is archived, so nothing was scheduled. Name another channel, as #leadership.")
}

#[must_use]
pub fn a_direct_chat() -> String {
    "That is a direct chat and no channel, so nothing was scheduled. For a review in your direct chat \
     with me, ask there and leave the channel out."
        .to_owned()
}

#[must_use]
pub fn cannot_look_up(name: &str) -> String {
    format!(
        "I cannot find out which channel {name} is, because the app was installed without the \
         permission to see channels. Nothing was scheduled. Pick the channel from the list that opens \
         when you type #, or ask in the channel itself with here."
    )
}

#[must_use]
pub fn already(line: &Line) -> String {
    let Line { number, report, channel, timing, .. } = line;
    format!(
        "This is scheduled already, as number {number}: the {report} in {channel}, {timing}. Nothing \
         new was scheduled."
    )
}

#[must_use]
pub fn too_many(most: usize) -> String {
    format!(
        "There are {most} schedules already, and no more are kept. Remove one first; see /strategy \
         schedules. Nothing was scheduled."
    )
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
