//! The columns of each kind of file: their order, which must be there, and an example of each.

use super::nearest::nearest;
use super::signs::shown;
use crate::partners::changes::Columns;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Partners,
    Deals,
    Activities,
}

/// One column, in CSV a header cell, in JSON a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    /// The column must be in the file, and each row must fill it.
    pub required: bool,
    /// A value as a file would have it.
    pub example: &'static str,
}

const fn must(name: &'static str, example: &'static str) -> Column {
    Column { name, required: true, example }
}

const fn may(name: &'static str, example: &'static str) -> Column {
    Column { name, required: false, example }
}

const PARTNERS: &[Column] = &[
    must("external_id", "P-001"),
    must("name", "Example Consulting"),
    may("domain", "consulting.example"),
    may("partner_type", "consulting"),
    may("models", "co_sell;implementation"),
    may("tier", "gold"),
    may("tier_source", "automatic"),
    may("band", "B"),
    may("region", "DACH"),
    may("segment", "Mid-market"),
    may("status", "active"),
    may("owner_email", "ana@company.example"),
    may("certified_individuals", "3"),
    may("dedicated_practice", "no"),
    may("agreement_date", "2025-03-01"),
    may("last_activity_date", "2026-09-15"),
    may("industries", "Logistics;Manufacturing"),
    may("company_size_served", "50-500"),
    may("regions_served", "DACH;Nordics"),
];

const DEALS: &[Column] = &[
    must("external_id", "D-0001"),
    may("partner_external_id", "P-001"),
    must("attribution", "sourced"),
    must("name", "Example Freight rollout"),
    may("stage", "Negotiation"),
    may("amount", "48000.00"),
    may("currency", "USD"),
    may("registered_at", "2026-07-01T09:30:00Z"),
    may("responded_at", "2026-07-02T08:00:00Z"),
    may("expected_close", "2026-11-30"),
    may("closed_at", ""),
    may("outcome", "open"),
    may("region", "DACH"),
    may("segment", "Mid-market"),
];

const ACTIVITIES: &[Column] = &[
    must("external_id", "A-0001"),
    must("partner_external_id", "P-001"),
    must("kind", "certification"),
    must("date", "2026-09-15"),
    may("title", "Implementation certificate"),
    may("people", "2"),
    may("value", ""),
];

impl Kind {
    pub const ALL: [Self; 3] = [Self::Partners, Self::Deals, Self::Activities];

    /// The word in commands, addresses and file names.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Partners => "partners",
            Self::Deals => "deals",
            Self::Activities => "activities",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The columns in the order of the template.
    #[must_use]
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Partners => PARTNERS,
            Self::Deals => DEALS,
            Self::Activities => ACTIVITIES,
        }
    }
}

/// The names in the order of the template.
pub(super) fn in_order(kind: Kind, names: &[&'static str]) -> Columns {
    kind.columns().iter().map(|column| column.name).filter(|name| names.contains(name)).collect()
}

/// A file to fill in: the header, and an example row that is left out on import: its id is marked
/// with `#` and a space.
#[must_use]
pub fn template(kind: Kind) -> String {
    let names: Vec<_> = kind.columns().iter().map(|column| column.name).collect();
    let examples: Vec<_> = kind.columns().iter().map(|column| column.example).collect();
    format!("{}\n# {}\n", names.join(","), examples.join(","))
}

/// The column that a header cell or key names; case and spaces do not matter.
///
/// # Errors
/// A sentence with the nearest column.
pub(super) fn column(kind: Kind, cell: &str) -> Result<&'static str, String> {
    let shown = shown(cell.trim());
    let wanted = shown.to_lowercase().replace([' ', '-'], "_");
    let names = || kind.columns().iter().map(|column| column.name);
    if let Some(name) = names().find(|name| *name == wanted) {
        return Ok(name);
    }
    Err(match nearest(&wanted, names()) {
        Some(name) => format!("column \"{shown}\" is not known: did you mean {name}?"),
        None if shown.is_empty() => "a column has no name".to_owned(),
        None => format!("column \"{shown}\" is not known: remove it, or see the template"),
    })
}

/// What is wrong with a header as a whole: a column twice, or one that must be there missing.
pub(super) fn header_problems(kind: Kind, found: &[&'static str]) -> Vec<String> {
    let twice = kind
        .columns()
        .iter()
        .filter(|column| found.iter().filter(|name| **name == column.name).count() > 1);
    let missing =
        kind.columns().iter().filter(|column| column.required && !found.contains(&column.name));
    twice
        .map(|column| format!("column {} is there twice", column.name))
        .chain(missing.map(|column| format!("column {} is missing", column.name)))
        .collect()
}
