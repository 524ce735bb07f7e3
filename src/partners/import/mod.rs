//! Reads files of partners, deals and activities: rows that are right, and a plain reason for each that is not.
//!
//! A file is refused as a whole only when its rows cannot be told apart (too large, not text, wrong
//! header, a quote that is not closed); otherwise each row stands alone. Whether refused rows stop
//! the rest is the caller's to say. Every bound is looked at while the file is read.

mod amounts;
mod bounds;
mod cells;
mod columns;
mod csv_rows;
mod dates;
mod foreign;
mod held;
mod json_rows;
mod nearest;
mod reading;
mod refusal;
mod rows;
mod signs;
mod source;
mod spelling;
mod split;
mod spreadsheet;
mod text;

pub use bounds::{MAX_BYTES, MAX_CELL, MAX_COLUMNS, MAX_ID, MAX_REFUSED, MAX_ROWS};
pub use columns::{Column, Kind, template};
pub use foreign::foreign;
pub use held::{Known, held};
pub use reading::{How, Import, Rows, parse};
pub use refusal::{FileRefused, Refused};
pub use spelling::Spelt;

/// Reads a whole file and holds it against what is known: [`parse`], then [`held()`].
///
/// # Errors
/// As [`parse`].
pub fn read(kind: Kind, bytes: &[u8], known: &Known<'_>) -> Result<Import, FileRefused> {
    let how = How { currency: known.currency, ..How::default() };
    Ok(held(parse(kind, bytes, &how)?, known))
}

#[cfg(test)]
mod tests;
