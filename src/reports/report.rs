//! What is stored of a report: its figures as they were, and its words with slots.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::facts::{Facts, Inputs};
use super::ledger::Ledger;
use super::narrative::{self, Fault, Narrative, Passage, Section};
use super::view::{NoMatch, View};

/// The three report types (E-01).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// An ongoing update for leadership; what is meant when nothing is said.
    #[default]
    Summary,
    Quarterly,
    Annual,
}

impl ReportKind {
    pub const ALL: [Self; 3] = [Self::Summary, Self::Quarterly, Self::Annual];

    /// The word in commands, rows and file names.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Quarterly => "quarterly",
            Self::Annual => "annual",
        }
    }

    /// The words for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Summary => "Executive summary",
            Self::Quarterly => "Quarterly review",
            Self::Annual => "Annual review",
        }
    }

    /// Reads the word of a command.
    #[must_use]
    pub fn from_word(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        Self::ALL.into_iter().find(|kind| kind.word() == text)
    }
}

impl fmt::Display for ReportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// The time a report speaks about, with the label it had when it was built (E-08).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// `FY2026-Q3`.
    pub label: String,
    pub first_day: Date,
    pub last_day: Date,
    /// Label of the period after it, for what is planned.
    pub next: String,
    /// Whether it was over when the report was built.
    pub closed: bool,
}

/// A report as it is stored. The same report always gives the same deck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub kind: ReportKind,
    pub company: String,
    pub period: Period,
    pub view: View,
    /// Business time at which the facts were read.
    pub as_of: Timestamp,
    /// The day of `as_of` in the report's zone, as it is printed.
    pub date: Date,
    pub facts: Facts,
    pub narrative: Narrative,
}

/// Why no report was built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    NoMatch(#[from] NoMatch),
    #[error("the {0} cannot be built yet; the quarterly review can")]
    NotYet(ReportKind),
    #[error("{period} has not begun on {today}")]
    NotBegun { period: String, today: Date },
}

/// The shape of the chat message that carries a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// "Quarterly review FY2026-Q3".
    pub title: String,
    /// The takeaway of the whole report, as one sentence.
    pub takeaway: String,
    pub numbers: [HeadlineNumber; 3],
    /// At most three sentences.
    pub changed: Vec<String>,
    /// What somebody accountable must decide, with owner and date; may be empty.
    pub decisions: Vec<String>,
}

/// One of the three numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadlineNumber {
    pub label: String,
    /// `$4.12M`, or `no data`.
    pub value: String,
    /// "+18% vs FY2026-Q2", or why there is none.
    pub delta: String,
}

/// The three numbers of a headline: the figure, and what stands under it.
const NUMBERS: [(&str, &str); 3] = [
    ("won.sourced", "Sourced won"),
    ("pipeline.sourced", "Open sourced pipeline"),
    ("sla.rate", "Registrations in time"),
];

impl Report {
    /// Gathers the figures and writes the words.
    ///
    /// # Errors
    /// A kind that cannot be built yet, a quarter that has not begun, or filters that match nobody.
    pub fn build(inputs: &Inputs<'_>) -> Result<Self, Refused> {
        if inputs.kind != ReportKind::Quarterly {
            return Err(Refused::NotYet(inputs.kind));
        }
        let date = inputs.zone.to_datetime(inputs.as_of).date();
        let quarter = inputs.quarter;
        if date < quarter.first_day() {
            return Err(Refused::NotBegun { period: quarter.label(), today: date });
        }
        let facts = Facts::gather(inputs)?;
        let narrative = narrative::phrase(&facts);
        Ok(Self {
            kind: inputs.kind,
            company: inputs.company.to_owned(),
            period: Period {
                label: quarter.label(),
                first_day: quarter.first_day(),
                last_day: quarter.last_day(),
                next: quarter.next().label(),
                closed: quarter.last_day() < date,
            },
            view: inputs.view.clone(),
            as_of: inputs.as_of,
            date,
            facts,
            narrative,
        })
    }

    /// Replaces the words of one section; the figures stay as they are (E-05).
    ///
    /// # Errors
    /// Every fault of every sentence; nothing is replaced then.
    pub fn rewrite(&mut self, section: Section, passage: Passage) -> Result<(), Vec<Fault>> {
        let faults: Vec<Fault> =
            passage.sentences().flat_map(|s| narrative::check(s, &self.facts.ledger)).collect();
        if faults.is_empty() {
            self.narrative.insert(section, passage);
            Ok(())
        } else {
            Err(faults)
        }
    }

    /// `Quarterly review FY2026-Q3`.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.kind, self.period.label)
    }

    /// `Northwind-quarterly-FY2026-Q3.pptx`: letters, digits and hyphens only.
    #[must_use]
    pub fn file_name(&self) -> String {
        let parts = [
            self.company.as_str(),
            self.kind.word(),
            self.period.label.as_str(),
            self.view.name.as_str(),
        ];
        let words: Vec<String> = parts.iter().map(|part| plain(part)).collect();
        let named: Vec<&str> = words.iter().map(String::as_str).filter(|w| !w.is_empty()).collect();
        format!("{}.pptx", named.join("-"))
    }

    /// Three numbers, what changed and which decisions are wanted, with every slot filled.
    #[must_use]
    pub fn headline(&self) -> Headline {
        let ledger = &self.facts.ledger;
        let summary = self.passage(Section::Summary);
        let decisions = self.facts.actions.iter().filter(|action| action.decision).map(|action| {
            let finding = narrative::fill(&action.finding, ledger);
            format!("{finding}. {} by {}", action.owner, ledger.show(&action.due))
        });
        Headline {
            title: self.title(),
            takeaway: narrative::fill(&summary.title, ledger),
            numbers: NUMBERS.map(|(id, label)| HeadlineNumber {
                label: label.to_owned(),
                value: ledger.show(id),
                delta: delta(ledger, id),
            }),
            changed: summary.points.iter().map(|point| narrative::fill(point, ledger)).collect(),
            decisions: decisions.collect(),
        }
    }

    /// The words of a section; empty where a stored report has none.
    #[must_use]
    pub fn passage(&self, section: Section) -> Passage {
        self.narrative.get(&section).cloned().unwrap_or_default()
    }

    /// The filters in words, with the name of the view.
    #[must_use]
    pub fn scope(&self) -> String {
        let filters = self.view.filters.describe();
        if self.view.name.is_empty() {
            filters
        } else {
            format!("View {}: {filters}", self.view.name)
        }
    }
}

/// The difference to the quarter before with sign and basis, or that there is none.
pub(super) fn delta(ledger: &Ledger, id: &str) -> String {
    let change = format!("{id}.change");
    match ledger.known(&change) {
        Some(0) => format!("unchanged vs {}", ledger.show("before")),
        Some(_) => format!("{} vs {}", ledger.show(&change), ledger.show("before")),
        None => format!("no comparison with {}", ledger.show("before")),
    }
}

fn plain(text: &str) -> String {
    let kept: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let words: Vec<&str> = kept.split('-').filter(|word| !word.is_empty()).collect();
    let mut name = words.join("-");
    name.truncate(40);
    name.trim_end_matches('-').to_owned()
}
