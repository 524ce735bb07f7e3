//! The rows of a file, one at a time, whichever way it is written: nothing of them is gathered here.

use std::borrow::Cow;

use super::bounds::MAX_ROWS;
use super::columns::Kind;
use super::csv_rows::CsvRows;
use super::json_rows::JsonRows;
use super::refusal::FileRefused;
use crate::partners::changes::Columns;

/// One row: cells by column, and what was wrong with its shape.
pub(super) struct RawRow<'a> {
    pub line: usize,
    /// Those that this row has, in the order of the template.
    pub columns: Columns,
    pub cells: Vec<(&'static str, RawCell<'a>)>,
    pub problems: Vec<String>,
}

/// One cell as the file has it.
pub(super) enum RawCell<'a> {
    Text(Cow<'a, str>),
    /// A JSON number, which has one reading.
    Number(String),
    /// A JSON array.
    List(Vec<String>),
}

/// What is done with each row. An error ends the reading.
pub(super) type Each<'e> = &'e mut dyn FnMut(RawRow<'_>) -> Result<(), FileRefused>;

/// A file whose header was read.
pub(super) enum Source<'a> {
    Csv(CsvRows<'a>),
    Json(JsonRows<'a>),
}

impl<'a> Source<'a> {
    /// JSON when the first visible sign opens an array or an object, else CSV.
    pub(super) fn of(kind: Kind, text: &'a str) -> Result<Self, FileRefused> {
        match text.trim_start().bytes().next() {
            Some(b'[' | b'{') => Ok(Self::Json(JsonRows { kind, text })),
            Some(_) => CsvRows::of(kind, text).map(Self::Csv),
            None => Err(FileRefused::NoRows),
        }
    }

    /// What [`RawRow::line`] counts, in words.
    pub(super) fn counted_by(&self) -> &'static str {
        match self {
            Self::Csv(_) => "line",
            Self::Json(_) => "item",
        }
    }

    /// Hands on every row; answers what a person should know about the file. Reading twice gives
    /// the same rows.
    pub(super) fn each(&self, each: Each<'_>) -> Result<Vec<String>, FileRefused> {
        let mut rows = 0;
        let mut counted = |row: RawRow<'_>| {
            rows += 1;
            if rows > MAX_ROWS {
                return Err(FileRefused::TooManyRows);
            }
            each(row)
        };
        let notes = match self {
            Self::Csv(csv) => csv.each(&mut counted)?,
            Self::Json(json) => json.each(&mut counted)?,
        };
        if rows == 0 { Err(FileRefused::NoRows) } else { Ok(notes) }
    }
}
