//! What was not taken, and why, in words for the one who made the file.

use super::bounds::{MAX_BYTES, MAX_COLUMNS, MAX_ROWS};

/// A row that was not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The line on which the row begins, counted from 1; in JSON, the number of the object.
    pub line: usize,
    /// The row's id, when it has one.
    pub external_id: Option<String>,
    /// All that is wrong with the row, in words for the one who made the file.
    pub reason: String,
}

/// Why a file as a whole was not read. Nothing of it was taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileRefused {
    #[error("the file has {0} bytes and a file may have {MAX_BYTES}: split it into several")]
    TooLarge(usize),
    #[error("the file has more than {MAX_ROWS} rows: split it into several")]
    TooManyRows,
    #[error("the first line has more than {MAX_COLUMNS} columns: is it the header of a CSV file?")]
    TooManyColumns,
    #[error("the file is {what}, not CSV text: {todo}")]
    Foreign { what: &'static str, todo: &'static str },
    #[error("the file is not UTF-8 text (line {0}): save it as \"CSV UTF-8\"")]
    NotUtf8(usize),
    #[error("the file is marked as UTF-16 and breaks off (line {0}): save it as \"CSV UTF-8\"")]
    NotUtf16(usize),
    #[error("the file has no rows: the first line names the columns, the rows follow")]
    NoRows,
    #[error("the header cannot be used: {}", .0.join("; "))]
    Header(Vec<String>),
    #[error("the file is not a JSON array of objects: {0}")]
    NotJson(String),
    #[error(
        "a quote that opens on line {0} is not closed: close it, or write a quote inside of a cell \
         twice"
    )]
    OpenQuote(usize),
    #[error(
        "a quote that opens on line {from} takes in line {to}, which looks like a row of its own: \
         close the quote, or write a quote inside of a cell twice"
    )]
    SwallowedRow { from: usize, to: usize },
    #[error("the file took too long to read, so it was stopped: split it into several")]
    Stopped,
}
