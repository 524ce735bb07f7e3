//! The workbook inside a chart: what a person edits when they choose "Edit data".
//!
//! Words are shared strings and never formulas. One that starts like a formula is also marked as
//! quoted, so that it stays a word when somebody edits the cell.

use askama::Template;

use super::WriteError;
use super::package::Package;
use super::text::Text;

const SHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// The data of a chart, as it is drawn.
pub(super) struct Data<'a> {
    pub categories: &'a [Text],
    /// Name and values; the same text that the chart caches.
    pub series: Vec<(&'a Text, &'a [Option<String>])>,
    pub format: &'a str,
}

#[derive(Template)]
#[template(path = "deck/sheet.xml")]
struct SheetXml {
    rows: Vec<Row>,
}

struct Row {
    number: usize,
    cells: Vec<Cell>,
}

enum Cell {
    Word { at: String, string: usize, quoted: bool },
    Number { at: String, value: String },
}

#[derive(Template)]
#[template(path = "deck/strings.xml")]
struct StringsXml<'a> {
    strings: Vec<&'a Text>,
}

#[derive(Template)]
#[template(path = "deck/styles.xml")]
struct StylesXml<'a> {
    format: &'a str,
}

/// The letter of a series column: `B` for the first.
pub(super) fn column(series: usize) -> char {
    u8::try_from(series).ok().and_then(|n| b'B'.checked_add(n)).map_or('Z', char::from)
}

/// The workbook as bytes.
pub(super) fn write(data: &Data<'_>) -> Result<Vec<u8>, WriteError> {
    let (sheet, strings) = cells(data);
    let mut package = Package::default();
    let book = "xl/workbook.xml";
    package.add(
        book,
        &format!("{SHEET}.sheet.main+xml"),
        include_str!("../../../templates/deck/base/workbook.xml"),
    );
    package.relate("", "officeDocument", book);
    let part = |name: &str| format!("xl/{name}.xml");
    for (name, kind, bytes) in [
        ("worksheets/sheet1", "worksheet", sheet.render()?),
        ("styles", "styles", StylesXml { format: data.format }.render()?),
        ("sharedStrings", "sharedStrings", StringsXml { strings }.render()?),
    ] {
        package.add(&part(name), &format!("{SHEET}.{kind}+xml"), bytes);
        package.relate(book, kind, &part(name));
    }
    package.write()
}

/// Head row with the names of the series, then one row per category.
fn cells<'a>(data: &Data<'a>) -> (SheetXml, Vec<&'a Text>) {
    let mut strings: Vec<&Text> = vec![];
    let mut word = |at: String, text: &'a Text| {
        strings.push(text);
        Cell::Word { at, string: strings.len() - 1, quoted: looks_like_formula(text) }
    };
    let head = data.series.iter().enumerate();
    let head = head.map(|(i, (name, _))| word(format!("{}1", column(i)), name)).collect();
    let mut rows = vec![Row { number: 1, cells: head }];
    for (i, category) in data.categories.iter().enumerate() {
        let number = i + 2;
        let mut cells = vec![word(format!("A{number}"), category)];
        for (j, (_, values)) in data.series.iter().enumerate() {
            if let Some(Some(value)) = values.get(i) {
                let at = format!("{}{number}", column(j));
                cells.push(Cell::Number { at, value: value.clone() });
            }
        }
        rows.push(Row { number, cells });
    }
    (SheetXml { rows }, strings)
}

fn looks_like_formula(text: &Text) -> bool {
    text.as_str().trim_start().starts_with(['=', '+', '-', '@'])
}
