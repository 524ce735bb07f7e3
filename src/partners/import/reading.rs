//! A file into rows that are right and rows that are not.

use std::collections::BTreeMap;

use super::amounts::Written;
use super::bounds::{MAX_BYTES, MAX_REFUSED};
use super::cells::{Cells, Made, Ways};
use super::columns::Kind;
use super::refusal::{FileRefused, Refused};
use super::rows;
use super::source::{RawRow, Source};
use super::text;
use crate::numbers::Convention;
use crate::partners::changes::Columns;
use crate::partners::{Activity, Currency, Deal, Partner};

/// How a file is to be read.
#[derive(Clone, Copy, Default)]
pub struct How<'a> {
    /// The workspace's currency; without one, the first amount of the file decides.
    pub currency: Option<Currency>,
    /// Which sign stands before decimals, when whoever sends the file states it.
    pub decimal: Option<Convention>,
    /// Asked before every row: whether to stop, because nobody waits any more.
    pub stop: Option<&'a (dyn Fn() -> bool + Sync)>,
}

/// What was read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    pub kind: Kind,
    /// The rows that are right, in the order of the file.
    pub rows: Rows,
    /// The first rows that are not, in the order of the file, at most [`MAX_REFUSED`].
    pub refused: Vec<Refused>,
    /// Refused rows beyond those.
    pub more_refused: usize,
    /// For each row the columns that it has. What a row does not have stays as it is stored.
    pub columns: Vec<Columns>,
    /// For each row the line on which it begins; in JSON, the number of the object.
    pub lines: Vec<usize>,
    /// What a person should know though nothing was refused for it.
    pub notes: Vec<String>,
}

/// The rows of one kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Rows {
    Partners(Vec<Partner>),
    Deals(Vec<Deal>),
    Activities(Vec<Activity>),
}

impl Rows {
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Partners(rows) => rows.len(),
            Self::Deals(rows) => rows.len(),
            Self::Activities(rows) => rows.len(),
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Import {
    /// How many rows were refused.
    #[must_use]
    pub fn refusals(&self) -> usize {
        self.refused.len() + self.more_refused
    }

    /// Keeps the reason while there is room for it.
    pub(super) fn refuse(&mut self, refused: Refused) {
        if self.refused.len() < MAX_REFUSED {
            self.refused.push(refused);
        } else {
            self.more_refused += 1;
        }
    }
}

/// Reads a whole file, without a look at what is stored.
///
/// # Errors
/// [`FileRefused`] when its rows cannot be told apart; a wrong row is in [`Import::refused`].
pub fn parse(kind: Kind, bytes: &[u8], how: &How<'_>) -> Result<Import, FileRefused> {
    if bytes.len() > MAX_BYTES {
        return Err(FileRefused::TooLarge(bytes.len()));
    }
    let decoded = text::decode(bytes)?;
    let source = Source::of(kind, &decoded.text)?;
    let written = Written::of(&source, kind, how.decimal)?;
    let mut reading = Reading::of(kind, &source, (how, written));
    reading.import.notes.extend(decoded.note);
    let rows = match kind {
        Kind::Partners => Rows::Partners(reading.all(&source, rows::partner)?),
        Kind::Deals => Rows::Deals(reading.all(&source, rows::deal)?),
        Kind::Activities => Rows::Activities(reading.all(&source, rows::activity)?),
    };
    Ok(reading.finished(rows))
}

/// What is remembered from row to row.
struct Reading<'a> {
    how: &'a How<'a>,
    written: Written,
    currency: Option<(Currency, Option<usize>)>,
    /// External id to the line where it was seen first.
    seen: BTreeMap<String, usize>,
    /// "line" or "item", as the rows of this file are counted.
    counted_by: &'static str,
    made: Made,
    import: Import,
}

impl<'a> Reading<'a> {
    fn of(kind: Kind, source: &Source<'_>, (how, written): (&'a How<'a>, Written)) -> Self {
        let import = Import {
            kind,
            rows: Rows::Partners(Vec::new()),
            refused: Vec::new(),
            more_refused: 0,
            columns: Vec::new(),
            lines: Vec::new(),
            notes: Vec::new(),
        };
        Self {
            how,
            written,
            currency: how.currency.map(|currency| (currency, None)),
            seen: BTreeMap::new(),
            counted_by: source.counted_by(),
            made: Made::default(),
            import,
        }
    }

    fn all<T>(
        &mut self,
        source: &Source<'_>,
        read: fn(&mut Cells<'_>) -> Option<T>,
    ) -> Result<Vec<T>, FileRefused> {
        let mut good = Vec::new();
        let notes = source.each(&mut |row| {
            if self.how.stop.is_some_and(|stop| stop()) {
                return Err(FileRefused::Stopped);
            }
            good.extend(self.one(&row, read));
            Ok(())
        })?;
        self.import.notes.extend(notes);
        Ok(good)
    }

    fn one<T>(&mut self, row: &RawRow<'_>, read: fn(&mut Cells<'_>) -> Option<T>) -> Option<T> {
        let brief = self.import.refused.len() >= MAX_REFUSED;
        let ways = Ways { currency: self.currency, convention: self.written.convention, brief };
        let mut cells = Cells::of(row, ways);
        let id = cells.id();
        if let Some(first) = id.as_ref().and_then(|id| self.seen.get(id)) {
            let said = format!("external_id: is on {} {first} already", self.counted_by);
            cells.problem(said);
        }
        let fact = read(&mut cells);
        self.remember(&cells.made);
        let used = cells.currency_used();
        let problems = cells.into_problems();
        if let Some(id) = &id {
            self.seen.entry(id.clone()).or_insert(row.line);
        }
        if problems.is_empty() && fact.is_some() {
            self.currency = self.currency.or(used.map(|currency| (currency, Some(row.line))));
            self.import.columns.push(Columns::clone(&row.columns));
            self.import.lines.push(row.line);
            return fact;
        }
        let reason = problems.join("; ");
        self.import.refuse(Refused { line: row.line, external_id: id, reason });
        None
    }

    fn remember(&mut self, made: &Made) {
        self.made.cleaned += made.cleaned;
        self.made.nothing += made.nothing;
        for (kept, new) in
            [(&mut self.made.such_as, &made.such_as), (&mut self.made.settled, &made.settled)]
        {
            if kept.is_none() {
                kept.clone_from(new);
            }
        }
    }

    fn finished(mut self, rows: Rows) -> Import {
        let cells = |count: usize| if count == 1 { "cell" } else { "cells" };
        let Made { cleaned, nothing, such_as, settled } = self.made;
        let notes = &mut self.import.notes;
        if cleaned > 0 {
            let cells = cells(cleaned);
            notes.push(format!("invisible characters were taken out of {cleaned} {cells}"));
        }
        if let Some(word) = such_as {
            let cells = cells(nothing);
            notes.push(format!(
                "{nothing} {cells} with a word for nothing (\"{word}\") read as empty"
            ));
        }
        if let (Some(amount), Some(convention)) = (settled, self.written.convention) {
            let why = self.written.shown_by.map_or_else(
                || "as stated".to_owned(),
                |shown| format!("as \"{shown}\" in this file shows"),
            );
            notes.push(format!("amounts such as \"{amount}\" read with {convention}, {why}"));
        }
        self.import.rows = rows;
        self.import
    }
}
