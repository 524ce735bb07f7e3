//! What came of an import.

use super::count;
use crate::conversation::card::{Align, Card, Column, Part, Table};

/// A file that was read.
pub struct Taken<'a> {
    /// `partners`, `deals` or `activities`.
    pub kind: &'a str,
    pub read: usize,
    pub added: i64,
    pub changed: i64,
    pub unchanged: i64,
    /// Line and reason of each refused row.
    pub refused: Vec<(usize, String)>,
    /// Refused rows beyond those.
    pub more_refused: usize,
    pub notes: &'a [String],
    /// False when bad rows kept the whole file out.
    pub applied: bool,
}

/// Refused rows shown on a card; the rest are counted.
const REFUSED_SHOWN: usize = 20;

#[must_use]
pub fn taken(taken: &Taken<'_>) -> Card {
    let refused =
        count(taken.refused.len() + taken.more_refused, "row was refused", "rows were refused");
    let line = if taken.applied {
        format!(
            "{} of {}: {} added, {} changed, {} unchanged{}.",
            count(taken.read, "row", "rows"),
            taken.kind,
            taken.added,
            taken.changed,
            taken.unchanged,
            if taken.refused.is_empty() { String::new() } else { format!("; {refused}") }
        )
    } else {
        format!("Nothing was imported, because {refused}. Mend them and send the file again.")
    };
    let mut card = Card::new(line.clone()).text(line);
    for note in taken.notes {
        card = card.context(note.as_str());
    }
    if taken.refused.is_empty() { card } else { card.with(Part::Table(refusals(taken))) }
}

fn refusals(taken: &Taken<'_>) -> Table {
    let left = (taken.refused.len() + taken.more_refused).saturating_sub(REFUSED_SHOWN);
    let mut rows: Vec<_> = taken
        .refused
        .iter()
        .take(REFUSED_SHOWN)
        .map(|(line, reason)| vec![line.to_string(), reason.clone()])
        .collect();
    if left > 0 {
        rows.push(vec!["…".to_owned(), format!("and {left} more")]);
    }
    Table {
        caption: "Refused rows".to_owned(),
        columns: vec![
            Column { title: "Line".to_owned(), align: Align::Right },
            Column { title: "Reason".to_owned(), align: Align::Left },
        ],
        rows,
    }
}

/// The file as a whole cannot be read.
#[must_use]
pub fn file_refused(reason: &str) -> Card {
    Card::sentence(format!("Nothing was imported: {reason}."))
}
