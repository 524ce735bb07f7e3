//! The sample year in the ways that people's programs write files: the same figures, or a refusal
//! with line and reason, never other figures.

use std::collections::BTreeSet;

use super::facts::Facts;
use super::sample::Sample;
use crate::numbers::Convention;
use crate::partners::import::{How, Kind, Known, Refused, Rows, held, parse};
use crate::partners::{Currency, sample};

/// Cells of one file, the header first.
type Table = Vec<Vec<String>>;

/// One way to write the three files.
struct Variant {
    name: &'static str,
    separator: char,
    quote_all: bool,
    end: &'static str,
    stated: Option<Convention>,
    cells: fn(&str, &str, usize) -> String,
    table: fn(Kind, &mut Table),
    bytes: fn(String) -> Vec<u8>,
    /// What every refusal says; `None`: nothing is refused.
    refused: Option<&'static str>,
}

const PLAIN: Variant = Variant {
    name: "as it is",
    separator: ',',
    quote_all: false,
    end: "\n",
    stated: None,
    cells: |_, cell, _| cell.to_owned(),
    table: |_, _| {},
    bytes: String::into_bytes,
    refused: None,
};

fn with_cells(name: &'static str, cells: fn(&str, &str, usize) -> String) -> Variant {
    Variant { name, cells, ..PLAIN }
}

fn with_bytes(name: &'static str, bytes: fn(String) -> Vec<u8>) -> Variant {
    Variant { name, bytes, ..PLAIN }
}

/// Separators, quotes, line ends, encodings.
fn shapes() -> Vec<Variant> {
    let utf16 = |text: String| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let windows =
        |text: String| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let accented = |column: &str, cell: &str, _| match column {
        "title" => format!("{cell} für Zürich"),
        _ => cell.to_owned(),
    };
    vec![
        PLAIN,
        Variant { name: "semicolons", separator: ';', ..PLAIN },
        Variant { name: "tabs", separator: '\t', ..PLAIN },
        Variant { name: "bars", separator: '|', ..PLAIN },
        Variant { name: "all quoted", quote_all: true, ..PLAIN },
        Variant { name: "semicolons, all quoted", separator: ';', quote_all: true, ..PLAIN },
        Variant { name: "Windows line ends", end: "\r\n", ..PLAIN },
        Variant { name: "old Mac line ends", end: "\r", ..PLAIN },
        Variant { name: "blank lines", end: "\n\n", ..PLAIN },
        Variant {
            name: "a stated separator",
            separator: ';',
            bytes: |text| format!("sep=;\n{text}").into_bytes(),
            ..PLAIN
        },
        with_bytes("no last line end", |text| text.trim_end().as_bytes().to_vec()),
        with_bytes("a byte order mark", |text| format!("\u{FEFF}{text}").into_bytes()),
        with_bytes("UTF-16, little first", |text| {
            text.encode_utf16()
                .fold(vec![0xFF, 0xFE], |all, unit| [all, unit.to_le_bytes().to_vec()].concat())
        }),
        with_bytes("UTF-16, big first", |text| {
            let units = text.encode_utf16().flat_map(u16::to_be_bytes);
            [0xFE, 0xFF].into_iter().chain(units).collect()
        }),
        Variant { cells: accented, ..with_bytes("Windows-1252", windows) },
        Variant { refused: Some("UTF-16"), ..with_bytes("UTF-16 without its mark", utf16) },
        Variant { refused: Some("gzip"), ..with_bytes("packed", |_| b"\x1F\x8B\x08".to_vec()) },
        Variant {
            refused: Some("a quote that opens on line"),
            ..with_bytes("a quote left open", |text| {
                text.replacen("\nP-003,", "\nP-003,\"", 1)
                    .replacen("\nD-0003,", "\nD-0003,\"", 1)
                    .replacen("\nA-0003,", "\nA-0003,\"", 1)
                    .into_bytes()
            })
        },
    ]
}

fn is_money(column: &str) -> bool {
    matches!(column, "amount" | "value")
}

/// An amount of the sample, which is written as `26500.00`, with other signs.
fn money(column: &str, cell: &str, group: &str, cents: &str) -> String {
    let Some((whole, _)) = cell.split_once('.').filter(|_| is_money(column)) else {
        return cell.to_owned();
    };
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push_str(group);
        }
        grouped.push(digit);
    }
    grouped + cents
}

fn numbers() -> Vec<Variant> {
    let thousands = |column: &str, cell: &str, _| money(column, cell, ",", "");
    let points = |column: &str, cell: &str, _| money(column, cell, ".", "");
    let stated = |name, cells, stated| Variant { stated, ..with_cells(name, cells) };
    vec![
        with_cells("a decimal comma", |c, cell, _| money(c, cell, "", ",00")),
        with_cells("1.234,00", |c, cell, _| money(c, cell, ".", ",00")),
        with_cells("1,234.00", |c, cell, _| money(c, cell, ",", ".00")),
        with_cells("1 234,00", |c, cell, _| money(c, cell, "\u{A0}", ",00")),
        with_cells("1'234.00", |c, cell, _| money(c, cell, "’", ".00")),
        with_cells("no cents", |c, cell, _| money(c, cell, "", "")),
        with_cells("a dollar sign", |c, cell, _| match money(c, cell, ",", ".00") {
            amount if is_money(c) && !amount.is_empty() => format!("${amount}"),
            other => other,
        }),
        with_cells("the currency behind", |c, cell, _| match cell {
            "" => String::new(),
            cell if is_money(c) => format!("{cell} USD"),
            cell => cell.to_owned(),
        }),
        Variant { refused: Some("may be"), ..with_cells("26,500, left open", thousands) },
        Variant { refused: Some("may be"), ..with_cells("26.500, left open", points) },
        stated("26,500, a point stated", thousands, Some(Convention::Point)),
        stated("26.500, a comma stated", points, Some(Convention::Comma)),
        Variant {
            refused: Some("beside the number"),
            ..with_cells("another currency's sign", |c, cell, _| {
                if is_money(c) && !cell.is_empty() { format!("€{cell}") } else { cell.to_owned() }
            })
        },
    ]
}

/// The parts of a day: year, month, day.
fn day<'a>(column: &str, cell: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
    let is_day = cell.len() == 10 && (column.contains("date") || column.contains("close"));
    is_day.then(|| (&cell[..4], &cell[5..7], &cell[8..]))
}

fn rewritten(column: &str, cell: &str, write: fn(&str, &str, &str) -> String) -> String {
    day(column, cell).map_or_else(|| cell.to_owned(), |(y, m, d)| write(y, m, d))
}

fn dates() -> Vec<Variant> {
    let refused = |name, cells, said| Variant { refused: Some(said), ..with_cells(name, cells) };
    vec![
        with_cells("2026/03/31", |c, cell, _| rewritten(c, cell, |y, m, d| format!("{y}/{m}/{d}"))),
        with_cells("midnight behind days", |c, cell, _| {
            rewritten(c, cell, |y, m, d| format!("{y}-{m}-{d}T00:00:00Z"))
        }),
        refused(
            "31.03.2026",
            |c, cell, _| rewritten(c, cell, |y, m, d| format!("{d}.{m}.{y}")),
            "write",
        ),
        refused(
            "03/31/2026",
            |c, cell, _| rewritten(c, cell, |y, m, d| format!("{m}/{d}/{y}")),
            "write",
        ),
        refused(
            "a count of days",
            |c, cell, _| rewritten(c, cell, |_, _, _| "46112".to_owned()),
            "count of days",
        ),
        refused(
            "moments without a zone",
            |_, cell, _| if cell.ends_with('Z') { cell.replace('Z', "") } else { cell.to_owned() },
            "needs its zone",
        ),
    ]
}

fn empty_as(cell: &str, word: &str) -> String {
    if cell.is_empty() { word.to_owned() } else { cell.to_owned() }
}

/// Words for nothing, spellings, columns.
fn habits() -> Vec<Variant> {
    let spelt = |column: &str, cell: &str, row: usize| match column {
        "region" | "segment" if row.is_multiple_of(5) => cell.to_lowercase().replace('-', " "),
        "region" | "segment" if row % 5 == 1 => format!(" {cell}  "),
        _ => cell.to_owned(),
    };
    vec![
        with_cells("- for nothing", |_, cell, _| empty_as(cell, "-")),
        with_cells("#N/A for nothing", |_, cell, _| empty_as(cell, "#N/A")),
        with_cells("NULL for nothing", |_, cell, _| empty_as(cell, "NULL")),
        with_cells("near-equal spellings", spelt),
        with_cells("loud words", |column, cell, _| match column {
            "status" | "outcome" | "tier" | "attribution" | "kind" => cell.to_uppercase(),
            _ => cell.to_owned(),
        }),
        with_cells("ids as text", |column, cell, _| match cell {
            "" => String::new(),
            id if column.ends_with("external_id") => format!("=\"{id}\""),
            cell => cell.to_owned(),
        }),
        Variant {
            name: "empty columns at the end",
            table: |_, table| table.iter_mut().for_each(|row| row.extend(vec![String::new(); 3])),
            ..PLAIN
        },
        Variant {
            name: "columns turned round",
            table: |_, table| table.iter_mut().for_each(|row| row.reverse()),
            ..PLAIN
        },
        Variant {
            name: "a row too short",
            table: |_, table| table[7].truncate(2),
            refused: Some("the row has 2 cells"),
            ..PLAIN
        },
        Variant {
            name: "an id twice",
            table: |_, table| table[9][0] = table[8][0].clone(),
            refused: Some("is on line 9 already"),
            ..PLAIN
        },
    ]
}

/// The files of the sample quote where a cell holds a comma, and write no quote in a cell.
fn table(text: &str) -> Table {
    let row = |line: &str| {
        let parts = line.split('"').enumerate();
        let parted = parts
            .map(|(at, part)| if at % 2 == 0 { part.replace(',', "\0") } else { part.to_owned() });
        parted.collect::<String>().split('\0').map(str::to_owned).collect()
    };
    text.lines().map(row).collect()
}

impl Variant {
    fn file(&self, kind: Kind, text: &str) -> Vec<u8> {
        let mut table = table(text);
        let header = table[0].clone();
        for (at, row) in table.iter_mut().enumerate().skip(1) {
            for (column, cell) in header.iter().zip(row) {
                *cell = (self.cells)(column, cell, at);
            }
        }
        (self.table)(kind, &mut table);
        let needs = [self.separator, '"', '\n', '\r'];
        let written = |cell: &String| {
            let marked = cell.starts_with("=\"");
            if !marked && (self.quote_all || cell.contains(needs)) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        };
        let line = |row: &Vec<String>| {
            let cells: Vec<_> = row.iter().map(written).collect();
            cells.join(&self.separator.to_string()) + self.end
        };
        (self.bytes)(table.iter().map(line).collect())
    }

    /// The facts, or every refusal.
    fn read(&self) -> Result<Sample, Vec<Refused>> {
        let mut all = Sample::full();
        let mut ids = BTreeSet::new();
        let mut refusals = Vec::new();
        for (kind, text) in sample::FILES {
            let how = How { currency: Some(Currency::USD), decimal: self.stated, ..How::default() };
            let partners = (kind != Kind::Partners && !ids.is_empty()).then_some(&ids);
            let known = Known { partners, ..Known::default() };
            let import = match parse(kind, &self.file(kind, text), &how) {
                Ok(parsed) => held(parsed, &known),
                Err(whole) => {
                    let reason = whole.to_string();
                    refusals.push(Refused { line: 1, external_id: None, reason });
                    continue;
                }
            };
            refusals.extend(import.refused);
            match import.rows {
                Rows::Partners(rows) => {
                    ids = rows.iter().map(|row| row.external_id.clone()).collect();
                    all.partners = rows;
                }
                Rows::Deals(rows) => all.deals = rows,
                Rows::Activities(rows) => all.activities = rows,
            }
        }
        if refusals.is_empty() { Ok(all) } else { Err(refusals) }
    }
}

#[test]
fn the_sample_year_in_forty_variants_gives_the_same_figures_or_a_refusal() {
    let figures = |sample: &Sample| Facts::gather(&sample.inputs()).unwrap();
    let right = figures(&Sample::full());
    let all: Vec<Variant> =
        [shapes(), numbers(), dates(), habits()].into_iter().flatten().collect();
    assert!(all.len() >= 40, "{}", all.len());
    for variant in &all {
        match (variant.read(), variant.refused) {
            (Ok(sample), None) => assert_eq!(figures(&sample), right, "{}", variant.name),
            (Err(refused), Some(said)) => {
                let told = |row: &Refused| row.line > 0 && row.reason.contains(said);
                let odd =
                    refused.iter().find(|row| !told(row) && !row.reason.contains("no partner"));
                assert_eq!(odd, None, "{}", variant.name);
            }
            (Ok(_), Some(_)) => panic!("{}: nothing was refused", variant.name),
            (Err(refused), None) => panic!("{}: {:?}", variant.name, &refused[..1]),
        }
    }
}
