//! CSV text to rows: the separator, the header, and the rows that are none.

use super::bounds::MAX_PROBLEMS;
use super::columns::{Kind, column, header_problems, in_order};
use super::refusal::FileRefused;
use super::source::{Each, RawCell, RawRow};
use super::split::{Record, Records};
use crate::partners::changes::Columns;

/// A header line may have this many bytes before it is looked at.
const MAX_HEADER: usize = 64 * 1024;

/// A CSV file whose header was read.
pub(super) struct CsvRows<'a> {
    kind: Kind,
    /// Stands behind the header.
    records: Records<'a>,
    /// The column of each cell; none for one that the header leaves empty.
    columns: Vec<Option<&'static str>>,
    shared: Columns,
    separator: u8,
}

/// What was found besides rows.
#[derive(Default)]
struct Aside {
    /// The example row of the template.
    examples: usize,
    /// Lines of a single cell that begins with `#`.
    comments: usize,
}

impl<'a> CsvRows<'a> {
    pub(super) fn of(kind: Kind, text: &'a str) -> Result<Self, FileRefused> {
        let first = first_line(text).ok_or(FileRefused::TooManyColumns)?;
        let stated = stated_separator(first);
        let header = if stated.is_some() { second_line(text) } else { first };
        let separator = stated.unwrap_or_else(|| separator_of(header));
        let mut records = Records::of(text, separator);
        if stated.is_some() {
            skip_stated(&mut records, text);
        }
        let header = records.next()?.ok_or(FileRefused::NoRows)?;
        let columns = named(kind, &header)?;
        records.columns = columns.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        let names: Vec<_> = columns.iter().copied().flatten().collect();
        Ok(Self { kind, records, columns, shared: in_order(kind, &names), separator })
    }

    pub(super) fn each(&self, each: Each<'_>) -> Result<Vec<String>, FileRefused> {
        let mut records = self.records.clone();
        let mut aside = Aside::default();
        while let Some(record) = records.next()? {
            if record.width <= record.cells.len()
                && record.cells.iter().all(|c| c.trim().is_empty())
            {
                continue;
            }
            if self.is_aside(&record, &mut aside) {
                continue;
            }
            each(self.row(record))?;
        }
        Ok(self.notes(&aside))
    }

    /// A comment has no second cell, so it could be no row; an id may well begin with `#`.
    fn is_aside(&self, record: &Record<'_>, aside: &mut Aside) -> bool {
        let Some(first) = record.cells.first().filter(|cell| cell.trim_start().starts_with('#'))
        else {
            return false;
        };
        let alone = record.cells.iter().skip(1).all(|cell| cell.trim().is_empty());
        let mut examples = self.kind.columns().iter().map(|column| column.example);
        let example = first.trim().strip_prefix("# ") == examples.next()
            && self.columns.get(1).copied().flatten() == Some(self.kind.columns()[1].name)
            && record.cells.get(1).map(|cell| cell.trim()) == examples.next();
        aside.examples += usize::from(example);
        aside.comments += usize::from(alone && !example);
        alone || example
    }

    fn row<'r>(&self, record: Record<'r>) -> RawRow<'r> {
        let problems = self.shape_problems(&record);
        let named = self.columns.iter().zip(record.cells);
        let cells =
            named.filter_map(|(name, cell)| name.map(|name| (name, RawCell::Text(cell)))).collect();
        RawRow { line: record.line, columns: Columns::clone(&self.shared), cells, problems }
    }

    fn shape_problems(&self, record: &Record<'_>) -> Vec<String> {
        let filled = |cell: &&std::borrow::Cow<'_, str>| !cell.trim().is_empty();
        let past = record.cells.iter().skip(self.columns.len()).any(|cell| filled(&cell));
        let nameless = self
            .columns
            .iter()
            .zip(&record.cells)
            .position(|(name, cell)| name.is_none() && !cell.trim().is_empty());
        let mut problems = Vec::new();
        if record.unclear {
            problems.push(
                "the quotes can be read in two ways: write a quote inside of a cell twice"
                    .to_owned(),
            );
        } else if past || record.overflows || record.width < self.records.columns {
            problems.push(format!(
                "the row has {} cells and the header {}: put quotes around text that holds a \
                 separator",
                record.width, self.records.columns
            ));
        } else if let Some(at) = nameless {
            problems.push(format!("cell {} has text, and its column has no name", at + 1));
        }
        problems
    }

    fn notes(&self, aside: &Aside) -> Vec<String> {
        let mut notes: Vec<String> = separator_note(self.separator).into_iter().collect();
        let mut said = |count: usize, one: &str, many: &str| match count {
            0 => {}
            1 => notes.push(one.to_owned()),
            n => notes.push(format!("{n} {many}")),
        };
        said(
            aside.examples,
            "the example row of the template was left out",
            "example rows of the template were left out",
        );
        said(
            aside.comments,
            "1 line that begins with # and has no second cell was left out",
            "lines that begin with # and have no second cell were left out",
        );
        notes
    }
}

/// The first line that is not blank; none when it is too long to be a header.
fn first_line(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['\r', '\n', ' ']);
    let mut bytes = text.bytes().take(MAX_HEADER + 1);
    let end = bytes.position(|byte| matches!(byte, b'\r' | b'\n'));
    end.or((text.len() <= MAX_HEADER).then_some(text.len())).and_then(|end| text.get(..end))
}

/// `sep=;`, as spreadsheets write it above the header.
fn stated_separator(line: &str) -> Option<u8> {
    let line = line.trim_matches([' ', '"']);
    let (name, sign) = line.split_once('=')?;
    let sign = if sign == "\\t" { "\t" } else { sign };
    match sign.as_bytes() {
        [sign @ (b',' | b';' | b'\t' | b'|')] if name.eq_ignore_ascii_case("sep") => Some(*sign),
        _ => None,
    }
}

fn second_line(text: &str) -> &str {
    text.split(['\r', '\n']).filter(|line| !line.trim().is_empty()).nth(1).unwrap_or_default()
}

fn skip_stated(records: &mut Records<'_>, text: &str) {
    let blank = text.len() - text.trim_start_matches(['\r', '\n', ' ']).len();
    let above = text[..blank].matches('\n').count().max(text[..blank].matches('\r').count());
    for _ in 0..=above {
        records.skip_line();
    }
}

/// The separator that the header line uses most; no column name holds one.
fn separator_of(header: &str) -> u8 {
    let count = |separator: u8| header.bytes().filter(|byte| *byte == separator).count();
    let mut best = b',';
    for other in [b';', b'\t', b'|'] {
        if count(other) > count(best) {
            best = other;
        }
    }
    best
}

fn separator_note(separator: u8) -> Option<String> {
    let by = match separator {
        b';' => "semicolons",
        b'\t' => "tabs",
        b'|' => "vertical bars",
        _ => return None,
    };
    Some(format!("the columns are separated by {by}"))
}

fn named(kind: Kind, header: &Record<'_>) -> Result<Vec<Option<&'static str>>, FileRefused> {
    let mut columns = Vec::with_capacity(header.cells.len());
    let mut problems = Vec::new();
    for cell in &header.cells {
        if cell.trim().is_empty() {
            columns.push(None);
            continue;
        }
        match column(kind, cell) {
            Ok(name) => columns.push(Some(name)),
            Err(problem) => problems.push(problem),
        }
    }
    let found: Vec<_> = columns.iter().copied().flatten().collect();
    problems.extend(header_problems(kind, &found));
    if problems.is_empty() { Ok(columns) } else { Err(header_refused(kind, problems)) }
}

/// A file of another kind would fill a screen.
fn header_refused(kind: Kind, mut problems: Vec<String>) -> FileRefused {
    let more = problems.len().saturating_sub(MAX_PROBLEMS);
    problems.truncate(MAX_PROBLEMS);
    if more > 0 {
        problems.push(format!("{more} more; is this a file of {}?", kind.word()));
    }
    FileRefused::Header(problems)
}
