//! Reports on their way: how each ended, and what may be done about it.

use super::refusal::{self, Refusal};
use super::section::plain;
use crate::conversation::button::Click;
use crate::conversation::card::{Align, Button, Card, Column, Part, Table};
use crate::ids::ReportId;
use crate::schedules::Report;

/// One delivery as it is listed.
pub struct Line {
    pub when: String,
    pub report: String,
    pub channel: String,
    /// `schedule 1`, or who asked.
    pub by: String,
    /// The state's word, and why.
    pub outcome: String,
    /// What there is to say about the deck of a posted one.
    pub deck: Deck,
    /// The report whose deck may be sent again.
    pub made: Option<ReportId>,
}

/// The deck of a report, as far as it is worth a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Deck {
    #[default]
    AsItShouldBe,
    OnItsWay,
    /// The message stands without it; why.
    Missing(String),
}

/// What a sentence about a delivery names.
pub struct About {
    pub report: ReportId,
    /// `quarterly review FY2026-Q3`
    pub what: String,
    pub channel: String,
}

/// The name of a report for people.
#[must_use]
pub fn report(kind: &str) -> String {
    Report::from_word(kind).map_or_else(|| kind.to_owned(), |known| known.label().to_owned())
}

#[must_use]
pub fn outcome(state: &str, note: &str) -> String {
    if note.is_empty() { state.to_owned() } else { format!("{state}: {note}") }
}

/// The latest first: when, what, where, how it went, by whom.
#[must_use]
pub fn list(lines: &[Line]) -> Card {
    if lines.is_empty() {
        return Card::sentence(
            "No report was made yet, neither by a schedule nor because somebody asked.",
        );
    }
    let column = |title: &str| Column { title: title.to_owned(), align: Align::Left };
    let table = Table {
        caption: "The latest reports, by schedules and by hand".to_owned(),
        columns: ["When", "Report", "Channel", "Outcome", "By"].map(column).into(),
        rows: lines.iter().map(row).collect(),
    };
    let card = Card::new("Deliveries").heading("Deliveries").with(Part::Table(table));
    let missing: Vec<_> = lines.iter().filter(|line| is_missing(line)).take(MOST_BUTTONS).collect();
    let buttons: Vec<_> = missing.iter().filter_map(|line| button(line, missing.len())).collect();
    if buttons.is_empty() { card } else { card.buttons(buttons) }
}

const MOST_BUTTONS: usize = 3;

fn is_missing(line: &Line) -> bool {
    matches!(line.deck, Deck::Missing(_))
}

fn button(line: &Line, of: usize) -> Option<Button> {
    let click = Click::SendDeck(line.made.clone()?);
    let label = if of == 1 {
        SEND_AGAIN.to_owned()
    } else {
        format!("{SEND_AGAIN}: {}, {}", line.channel, line.when)
    };
    Some(plain(&label, &click))
}

const SEND_AGAIN: &str = "Send the deck again";

fn row(line: &Line) -> Vec<String> {
    let outcome = match &line.deck {
        Deck::AsItShouldBe => line.outcome.clone(),
        Deck::OnItsWay => format!("{}, its deck is on its way", line.outcome),
        Deck::Missing(why) => format!("{} without its deck: {why}", line.outcome),
    };
    vec![line.when.clone(), line.report.clone(), line.channel.clone(), outcome, line.by.clone()]
}

/// A scheduled report that the platform would not take.
#[must_use]
pub fn not_posted(about: &About, reason: &str) -> Card {
    let Refusal { because, next } = refusal::of(reason);
    let line = format!(
        "The {} was not posted in {}, though it was scheduled: {because}. {next}",
        about.what, about.channel
    );
    let again = plain("Post it again", &Click::PostAgain(about.report.clone()));
    Card::new(line.clone()).text(line).buttons(vec![again])
}

/// A scheduled report of which nobody knows whether it is there.
#[must_use]
pub fn may_not_be_posted(about: &About) -> Card {
    Card::sentence(format!(
        "I cannot tell whether the {} reached {}: the connection broke while it was being sent, and I \
         cannot look there. I did not send it again. Please look; if it is missing, ask for it there \
         with /strategy report quarterly.",
        about.what, about.channel
    ))
}

/// The message stands, its deck was refused.
#[must_use]
pub fn deck_missing(about: &About, reason: &str) -> Card {
    let Refusal { because, next } = refusal::of(reason);
    let line = format!(
        "The {} stands in {} without its deck: {because}. {next}",
        about.what, about.channel
    );
    with_deck_button(about, line)
}

/// The message stands, and nobody knows of its deck.
#[must_use]
pub fn deck_unknown(about: &About) -> Card {
    let line = format!(
        "The {} stands in {}, and I cannot tell whether its deck arrived: the connection broke while \
         it was being sent. Please look, and send it again if it is missing.",
        about.what, about.channel
    );
    with_deck_button(about, line)
}

/// A run that had nothing to post, because its report stands there without its deck.
#[must_use]
pub fn skipped_without_deck(about: &About) -> Card {
    let line = format!(
        "The {} was to be posted in {}. It stands there already, but without its deck.",
        about.what, about.channel
    );
    with_deck_button(about, line)
}

fn with_deck_button(about: &About, line: String) -> Card {
    let again = plain(SEND_AGAIN, &Click::SendDeck(about.report.clone()));
    Card::new(line.clone()).text(line).buttons(vec![again])
}

/// For the list: why a run posted nothing.
#[must_use]
pub fn stood_there(period: &str, without_deck: bool) -> String {
    let deck = if without_deck { ", without its deck" } else { "" };
    format!("{period} was posted there already{deck}")
}

#[must_use]
pub fn sending_deck(about: &About) -> String {
    format!("Sending the deck of the {} to its thread in {}.", about.what, about.channel)
}

#[must_use]
pub fn posting_again(about: &About) -> String {
    format!("Posting the {} in {}, with its deck.", about.what, about.channel)
}

#[must_use]
pub fn gone() -> String {
    "This report is not known any more. Nothing was sent. Make it anew with /strategy report \
     quarterly."
        .to_owned()
}

#[must_use]
pub fn deck_is_there() -> String {
    "The deck of this report is there, or on its way. Nothing was sent again.".to_owned()
}

#[must_use]
pub fn stands_there() -> String {
    "This report stands there already, or is on its way. Nothing was posted again.".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(channel: &str, deck: Deck) -> Line {
        Line {
            when: "Mon 5 Oct 2026, 10:00 UTC".to_owned(),
            report: report("quarterly"),
            channel: channel.to_owned(),
            by: "schedule 1".to_owned(),
            outcome: outcome("posted", ""),
            deck,
            made: Some(ReportId::from_stored("0197f5a0-0000-7000-8000-000000000001")),
        }
    }

    #[test]
    fn each_deck_that_is_missing_has_its_button() {
        let missing = || Deck::Missing("the app may not".to_owned());
        let labels = |lines: &[Line]| {
            let parts = list(lines).parts;
            let buttons = parts.into_iter().filter_map(|part| match part {
                Part::Buttons(buttons) => Some(buttons),
                _ => None,
            });
            buttons.flatten().map(|button| button.label).collect::<Vec<_>>()
        };
        assert_eq!(labels(&[line("#a", Deck::AsItShouldBe), line("#b", Deck::OnItsWay)]), [""; 0]);
        assert_eq!(labels(&[line("#a", missing())]), ["Send the deck again"]);
        let several = labels(&[line("#a", missing()), line("#b", missing())]);
        assert_eq!(several[1], "Send the deck again: #b, Mon 5 Oct 2026, 10:00 UTC");
        assert!(
            list(&[line("#a", missing())]).words().contains("posted without its deck: the app")
        );
    }
}
