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
            format!("{finding} ({}, by {})", action.owner, ledger.show(&action.due))
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
        None => match ledger.known(&format!("{id}.before")) {
            Some(_) => {
                format!("was {} in {}", ledger.show(&format!("{id}.before")), ledger.show("before"))
            }
            None => "no earlier figure".to_owned(),
        },
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::reports::deck::{Body, lay_out};
    use crate::reports::sample::Sample;

    /// Reports of all shapes the sample can take.
    fn reports() -> Vec<Report> {
        let mut reports = vec![Sample::full().report(), Sample::bare().report()];
        let mut sample = Sample::full();
        for _ in 0..12 {
            sample.quarter = sample.quarter.previous();
            reports.push(sample.report());
        }
        for region in ["Nordics", "DACH", "Benelux"] {
            let mut sample = Sample::full();
            sample.view.filters.regions.insert(region.to_owned());
            reports.push(sample.report());
        }
        let mut none_of_it = Sample::full();
        none_of_it.deals.clear();
        reports.push(none_of_it.report());
        reports
    }

    #[test]
    fn every_sentence_that_the_rules_write_passes_the_checker() {
        for report in reports() {
            let ledger = &report.facts.ledger;
            let actions = report.facts.actions.iter().flat_map(|a| [&a.finding, &a.what, &a.why]);
            let own = report.narrative.values().flat_map(Passage::sentences);
            let gaps = report.facts.gaps.iter().map(String::as_str);
            for sentence in own.chain(actions.map(String::as_str)).chain(gaps) {
                assert_eq!(narrative::check(sentence, ledger), [], "{sentence}");
            }
        }
    }

    #[test]
    fn titles_are_unique_short_and_without_a_full_stop() {
        for report in reports() {
            let deck = lay_out(&report);
            let titles: BTreeSet<&str> = deck.slides.iter().map(|s| s.title.as_str()).collect();
            assert_eq!(titles.len(), deck.slides.len(), "{titles:?}");
            for title in titles {
                assert!(title.chars().count() <= 90 && !title.ends_with('.'), "{title}");
                assert!(!title.contains(['{', '}']), "{title}");
            }
        }
    }

    #[test]
    fn a_deck_has_eight_slides_or_more_each_with_notes_and_at_most_three_takeaways() {
        for report in reports() {
            let deck = lay_out(&report);
            assert!((8..=14).contains(&deck.slides.len()));
            for slide in &deck.slides {
                assert!(!slide.notes.is_empty(), "{}", slide.title);
                if let Body::Chart { takeaways, .. } | Body::Charts { takeaways, .. } = &slide.body
                {
                    assert!(takeaways.len() <= 3, "{takeaways:?}");
                    assert!(takeaways.iter().all(|t| t.split(' ').count() <= 16), "{takeaways:?}");
                }
            }
        }
    }

    #[test]
    fn the_headline_has_three_numbers_what_changed_and_decisions_with_owner_and_date() {
        let headline = Sample::full().report().headline();
        assert_eq!(headline.title, "Quarterly review FY2026-Q3");
        let labels: Vec<&str> = headline.numbers.iter().map(|n| n.label.as_str()).collect();
        assert_eq!(labels, ["Sourced won", "Open sourced pipeline", "Registrations in time"]);
        assert_eq!(headline.numbers[0].value, "$1.15M");
        assert_eq!(headline.numbers[0].delta, "+2% vs FY2026-Q2");
        assert_eq!(headline.changed.len(), 3);
        assert!(headline.decisions[0].contains("(VP Alliance GTM, by "), "{headline:?}");
    }

    #[test]
    fn a_rewritten_section_is_checked_and_leaves_the_figures_alone() {
        let mut report = Sample::full().report();
        let before = report.clone();
        let passage = |title: &str| Passage { title: title.to_owned(), ..Passage::default() };
        let faults = report.rewrite(Section::Summary, passage("We won 3 deals")).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(report, before);
        report.rewrite(Section::Summary, passage("We won {won.sourced}")).unwrap();
        assert_eq!(report.headline().takeaway, "We won $1.15M");
        assert_eq!(report.facts, before.facts);
    }

    #[test]
    fn other_kinds_and_quarters_to_come_are_refused_in_plain_words() {
        let sample = Sample::full();
        let annual = Inputs { kind: ReportKind::Annual, ..sample.inputs() };
        assert_eq!(
            Report::build(&annual).unwrap_err().to_string(),
            "the Annual review cannot be built yet; the quarterly review can"
        );
        let quarter = sample.quarter.next().next();
        let refused = Report::build(&Inputs { quarter, ..sample.inputs() }).unwrap_err();
        assert_eq!(refused.to_string(), "FY2027-Q1 has not begun on 2026-10-05");
    }

    #[test]
    fn the_file_name_says_company_kind_period_and_view_in_plain_letters() {
        let mut report = Sample::full().report();
        assert_eq!(report.file_name(), "Lanternquay-quarterly-FY2026-Q3.pptx");
        report.company = "../Näme & Co/..".to_owned();
        report.view.name = "Board 2026".to_owned();
        report.period.label = "FY2026/27-Q1".to_owned();
        assert_eq!(report.file_name(), "N-me-Co-quarterly-FY2026-27-Q1-Board-2026.pptx");
    }

    #[test]
    fn a_quarter_that_is_not_over_says_so_on_the_cover() {
        let mut sample = Sample::full();
        sample.quarter = sample.quarter.next();
        let report = sample.report();
        assert!(!report.period.closed);
        let deck = lay_out(&report);
        let Body::Cover { lines } = &deck.slides[0].body else { panic!("no cover") };
        assert!(lines[1].ends_with("quarter still open"), "{lines:?}");
    }
}
