//! What a file may have at most. Each bound is looked at while the file is read, not after.

/// Bytes of a file (10 MiB).
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// Rows below the header.
pub const MAX_ROWS: usize = 50_000;
/// Columns, those without a name included; keys of one JSON object.
pub const MAX_COLUMNS: usize = 200;
/// Characters of a cell.
pub const MAX_CELL: usize = 2_000;
/// Characters of an id.
pub const MAX_ID: usize = 200;
/// Refused rows that are kept with their reasons; further ones are counted.
pub const MAX_REFUSED: usize = 1_000;
/// Entries of a list in a cell.
pub(super) const MAX_LIST: usize = 50;
/// Bytes of one JSON object.
pub(super) const MAX_OBJECT: usize = 256 * 1024;
/// What is wrong with one row or header, as far as it is told.
pub(super) const MAX_PROBLEMS: usize = 10;
