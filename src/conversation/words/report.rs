//! The report message: three numbers, what changed, decisions wanted; the deck follows in its thread.

use super::section::plain;
use crate::conversation::button::Click;
use crate::conversation::card::{Card, Fact, Part, Text};
use crate::ids::ReportId;

/// A report as its message shows it.
pub struct Shown<'a> {
    pub title: &'a str,
    /// Label and value, three of them.
    pub numbers: Vec<(String, String)>,
    pub changed: Vec<String>,
    pub decisions: Vec<String>,
    /// Period, view and as-of date.
    pub basis: String,
}

#[must_use]
pub fn card(shown: &Shown<'_>) -> Card {
    let numbers: Vec<_> =
        shown.numbers.iter().map(|(label, value)| format!("{label} {value}")).collect();
    let facts = shown
        .numbers
        .iter()
        .map(|(label, value)| Fact { label: label.clone(), value: Text::bold(value.as_str()) });
    let mut card = Card::new(format!("{}: {}", shown.title, numbers.join(", ")))
        .heading(shown.title)
        .with(Part::Facts(facts.collect()));
    for (heading, lines) in
        [("What changed", &shown.changed), ("Decisions wanted", &shown.decisions)]
    {
        if !lines.is_empty() {
            let bullets = super::bullets(lines);
            card = card.with(Part::Text(Text::bold(heading).and_plain(bullets)));
        }
    }
    card.context(shown.basis.as_str())
}

/// Said with the file in the thread.
#[must_use]
pub fn deck_comment() -> String {
    "The deck, with charts and tables you can edit. Sources are in the notes and on the last slide."
        .to_owned()
}

#[must_use]
pub fn no_such_report(kind: &str) -> String {
    format!(
        "There is no report \"{kind}\" yet. There is the quarterly review: /strategy report quarterly."
    )
}

#[must_use]
pub fn no_such_view(name: &str) -> String {
    format!("There is no view \"{name}\". Without a view the report covers all partners.")
}

/// Its deadline passed.
#[must_use]
pub fn took_too_long() -> String {
    "The review took too long to make, so it was ended. Nothing was posted or changed. Ask for it \
     again; if that does not help, tell whoever hosts Attaché."
        .to_owned()
}

/// Asked for with a button on a card that only this person sees: where it will stand is said first.
#[must_use]
pub fn where_to(report: &ReportId, channel: Option<&str>) -> Card {
    let said = match channel {
        Some(channel) => format!(
            "The quarterly review is posted with its deck where everybody in {channel} reads it, or in \
             your direct chat with me. Where do you want it?"
        ),
        None => {
            "The quarterly review is posted with its deck where everybody in this channel reads \
                 it, or in your direct chat with me. Where do you want it?"
                .to_owned()
        }
    };
    let post = format!("Post in {}", channel.unwrap_or("this channel"));
    Card::new(said.clone()).text(said).buttons(vec![
        plain(&post, &Click::PostReport(report.clone())),
        plain("Only for me", &Click::ReportForMe(report.clone())),
    ])
}

#[must_use]
pub fn making_for_you() -> String {
    "Making the quarterly review. It will come in your direct chat with me, with its deck."
        .to_owned()
}

#[must_use]
pub fn asked_already() -> String {
    "This review was asked for already. It is there, or on its way; /strategy deliveries lists it."
        .to_owned()
}

#[must_use]
pub fn cannot_post(channel: &str, archived: bool) -> String {
    if archived {
        return format!(
            "{channel} is archived, so the review was not made. Ask in another channel."
        );
    }
    format!(
        "I am not a member of {channel} and could not post there, so the review was not made. Invite \
         me with /invite @Attaché, then ask again, or ask in your direct chat with me."
    )
}

#[must_use]
pub fn making() -> String {
    "Making the quarterly review. It will be posted here with its deck.".to_owned()
}

#[must_use]
pub fn nothing_to_report() -> String {
    "There is no partner data yet, so a report would be empty. Load the sample company or import your partners and deals first; /strategy import says how.".to_owned()
}

#[must_use]
pub fn no_match(reason: &str) -> String {
    format!("{} Nothing was posted.", super::ended(&format!("The report was not made: {reason}")))
}
