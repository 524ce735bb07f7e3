//! Sentences that may only cite figures: a sentence holds `{slot}` names, never digits.
//!
//! A slot is the id of a figure or a name of the ledger, as `{won.sourced}`; `{id:size}` prints a
//! change without its sign, for verbs that say the direction. Slots are filled at layout, so a
//! stored sentence can never disagree with the stored figures.

mod check;
mod frames;
mod quarterly;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use check::{Fault, check};
pub use frames::STEADY_BP;

use super::facts::Facts;
use super::ledger::Ledger;

/// The parts of a review. Each becomes a slide and can be written again by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    Summary,
    Trend,
    Comparison,
    Attribution,
    Pipeline,
    Partners,
    Program,
    Ecosystem,
    Registrations,
    Market,
    Attention,
    Priorities,
}

impl Section {
    /// All, in the order of the deck.
    pub const ALL: [Self; 12] = [
        Self::Summary,
        Self::Trend,
        Self::Comparison,
        Self::Attribution,
        Self::Pipeline,
        Self::Partners,
        Self::Program,
        Self::Ecosystem,
        Self::Registrations,
        Self::Market,
        Self::Attention,
        Self::Priorities,
    ];
}

/// The words of one section, with slots.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The takeaway.
    pub title: String,
    /// At most three points.
    pub points: Vec<String>,
    /// What the speaker adds.
    pub notes: Vec<String>,
}

impl Passage {
    /// Every sentence of the passage.
    pub fn sentences(&self) -> impl Iterator<Item = &str> {
        let all = std::iter::once(&self.title).chain(&self.points).chain(&self.notes);
        all.map(String::as_str)
    }

    /// The ids of the figures that the passage cites, each once, in the order of reading.
    #[must_use]
    pub fn cited(&self) -> Vec<String> {
        let mut found: Vec<String> = vec![];
        for slot in self.sentences().flat_map(slots) {
            let id = slot.split(':').next().unwrap_or_default();
            if !found.iter().any(|known| known == id) {
                found.push(id.to_owned());
            }
        }
        found
    }
}

/// The words of a report by section.
pub type Narrative = BTreeMap<Section, Passage>;

/// Writes a quarterly review by rules: frames chosen by the sign and size of each change.
#[must_use]
pub fn phrase(facts: &Facts) -> Narrative {
    Section::ALL.into_iter().map(|section| (section, quarterly::passage(section, facts))).collect()
}

/// Puts figures and names into the slots of a sentence. Braces that hold no slot stay as they are.
#[must_use]
pub fn fill(sentence: &str, ledger: &Ledger) -> String {
    let mut out = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, slot, after)) = next_slot(rest) {
        out.push_str(before);
        match slot.split_once(':') {
            Some((id, "size")) => match ledger.figure(id) {
                Some(figure) => out.push_str(&figure.show_size()),
                None => out.push_str(&ledger.show(id)),
            },
            _ => out.push_str(&ledger.show(slot)),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The slots of a sentence, in order.
fn slots(sentence: &str) -> Vec<&str> {
    let mut found = vec![];
    let mut rest = sentence;
    while let Some((_, slot, after)) = next_slot(rest) {
        found.push(slot);
        rest = after;
    }
    found
}

/// What stands before the next slot, the slot, and what follows.
fn next_slot(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (slot, after) = rest.split_once('}')?;
    Some((before, slot, after))
}
