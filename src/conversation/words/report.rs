//! The report message: three numbers, what changed, decisions wanted; the deck follows in its thread.

use crate::conversation::card::{Card, Fact, Part, Text};

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
    format!("The report was not made: {reason}. Nothing was posted.")
}
