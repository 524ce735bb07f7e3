//! Bytes to rows of cells, each with its line: CSV and JSON become the same table.

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;

use super::columns::{Kind, column, header_problems};
use super::{Columns, FileRefused, MAX_ROWS};

pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The rows of a file, before anything is read into them.
pub(super) struct Table {
    pub rows: Vec<RawRow>,
    pub notes: Vec<String>,
    /// What [`RawRow::line`] counts, in words.
    pub counted_by: &'static str,
}

/// One row: cells by column, and what was wrong with its shape.
pub(super) struct RawRow {
    pub line: usize,
    /// Those that this row has, in the order of the template.
    pub columns: Columns,
    pub cells: Vec<(&'static str, RawCell)>,
    pub problems: Vec<String>,
}

/// One cell as the file has it.
pub(super) enum RawCell {
    Text(String),
    /// A JSON array.
    List(Vec<String>),
}

pub(super) fn from_csv(kind: Kind, bytes: &[u8]) -> Result<Table, FileRefused> {
    let text = utf8(bytes)?;
    let separator = separator_of(text);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = records.next().ok_or(FileRefused::NoRows)?.map_err(|e| not_csv(&e))?;
    let columns = csv_header(kind, &header)?;
    let shared: Columns = in_order(kind, &columns);
    let mut table = Table { rows: Vec::new(), notes: Vec::new(), counted_by: "line" };
    table.notes.extend(separator_note(separator));
    let mut lines = Lines::of(text);
    let mut comments = 0;
    for record in records {
        let record = record.map_err(|e| not_csv(&e))?;
        if record.get(0).is_some_and(|cell| cell.trim_start().starts_with('#')) {
            comments += 1;
        } else if record.iter().any(|cell| !cell.trim().is_empty()) {
            let line = lines.begins(&record);
            table.rows.push(csv_row((&columns, &shared), &record, line));
        }
        if table.rows.len() > MAX_ROWS {
            return Err(FileRefused::TooManyRows);
        }
    }
    match comments {
        0 => {}
        1 => table.notes.push("1 row that begins with # was left out".to_owned()),
        n => table.notes.push(format!("{n} rows that begin with # were left out")),
    }
    if table.rows.is_empty() { Err(FileRefused::NoRows) } else { Ok(table) }
}

fn utf8(bytes: &[u8]) -> Result<&str, FileRefused> {
    let body = bytes.strip_prefix(BOM).unwrap_or(bytes);
    std::str::from_utf8(body).map_err(|e| {
        let newlines = body[..e.valid_up_to()].split(|byte| *byte == b'\n').count();
        FileRefused::NotUtf8(newlines)
    })
}

/// The separator that the header line uses most; no column name holds one.
fn separator_of(text: &str) -> u8 {
    let header = text.trim_start().lines().next().unwrap_or_default();
    let count = |separator: u8| header.bytes().filter(|byte| *byte == separator).count();
    let mut best = b',';
    for other in [b';', b'\t'] {
        if count(other) > count(best) {
            best = other;
        }
    }
    best
}

fn separator_note(separator: u8) -> Option<String> {
    match separator {
        b';' => {
            Some("the columns are separated by semicolons; amounts still need a point".to_owned())
        }
        b'\t' => Some("the columns are separated by tabs".to_owned()),
        _ => None,
    }
}

fn csv_header(kind: Kind, header: &StringRecord) -> Result<Vec<&'static str>, FileRefused> {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for cell in header {
        match column(kind, cell) {
            Ok(name) => found.push(name),
            Err(problem) => problems.push(problem),
        }
    }
    problems.extend(header_problems(kind, &found));
    if problems.is_empty() { Ok(found) } else { Err(header_refused(kind, problems)) }
}

/// At most ten problems: a file of another kind would fill a screen.
fn header_refused(kind: Kind, mut problems: Vec<String>) -> FileRefused {
    let more = problems.len().saturating_sub(10);
    problems.truncate(10);
    if more > 0 {
        problems.push(format!("{more} more; is this a file of {}?", kind.word()));
    }
    FileRefused::Header(problems)
}

/// The names in the order of the template.
fn in_order(kind: Kind, names: &[&'static str]) -> Columns {
    kind.columns().iter().map(|column| column.name).filter(|name| names.contains(name)).collect()
}

fn csv_row(
    (columns, shared): (&[&'static str], &Columns),
    record: &StringRecord,
    line: usize,
) -> RawRow {
    let mut problems = Vec::new();
    if record.len() != columns.len() {
        problems.push(format!(
            "the row has {} cells and the header {}: put quotes around text that holds a separator",
            record.len(),
            columns.len()
        ));
    }
    let text = |cell: &str| RawCell::Text(cell.to_owned());
    let cells = columns.iter().zip(record).map(|(name, cell)| (*name, text(cell))).collect();
    RawRow { line, columns: Columns::clone(shared), cells, problems }
}

/// Counts lines up to the first letter of a record, past blank lines before it.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, line: 1 }
    }

    fn begins(&mut self, record: &StringRecord) -> usize {
        let start = record.position().map_or(self.at, |p| usize::try_from(p.byte()).unwrap_or(0));
        while let Some(byte) = self.bytes.get(self.at) {
            if self.at >= start && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.line += usize::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

fn not_csv(error: &csv::Error) -> FileRefused {
    FileRefused::NotCsv(error.to_string())
}

pub(super) fn from_json(kind: Kind, bytes: &[u8]) -> Result<Table, FileRefused> {
    let text = utf8(bytes)?;
    let whole: Value =
        serde_json::from_str(text).map_err(|e| FileRefused::NotJson(e.to_string()))?;
    let Value::Array(items) = whole else {
        return Err(FileRefused::NotJson("it is not an array".to_owned()));
    };
    if items.is_empty() {
        return Err(FileRefused::NoRows);
    }
    if items.len() > MAX_ROWS {
        return Err(FileRefused::TooManyRows);
    }
    let rows = items.into_iter().enumerate().map(|(at, item)| json_row(kind, at + 1, item));
    Ok(Table { rows: rows.collect(), notes: Vec::new(), counted_by: "item" })
}

fn json_row(kind: Kind, line: usize, item: Value) -> RawRow {
    let none = in_order(kind, &[]);
    let mut row = RawRow { line, columns: none, cells: Vec::new(), problems: Vec::new() };
    let Value::Object(keys) = item else {
        row.problems.push("is not an object".to_owned());
        return row;
    };
    for (key, value) in keys {
        match column(kind, &key).and_then(|name| Ok((name, json_cell(name, value)?))) {
            Ok((name, _)) if row.cells.iter().any(|(is, _)| *is == name) => {
                row.problems.push(format!("{name} is there twice"));
            }
            Ok(cell) => row.cells.push(cell),
            Err(problem) if row.problems.len() < 10 => row.problems.push(problem),
            Err(_) => {}
        }
    }
    let names: Vec<_> = row.cells.iter().map(|(name, _)| *name).collect();
    row.columns = in_order(kind, &names);
    row
}

fn json_cell(name: &str, value: Value) -> Result<RawCell, String> {
    let word = |value: Value| match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(yes) => Ok(yes.to_string()),
        Value::Null => Ok(String::new()),
        Value::Array(_) | Value::Object(_) => {
            Err(format!("{name}: holds an object or a nested list where a value belongs"))
        }
    };
    match value {
        Value::Array(items) => {
            Ok(RawCell::List(items.into_iter().map(word).collect::<Result<_, _>>()?))
        }
        other => word(other).map(RawCell::Text),
    }
}
