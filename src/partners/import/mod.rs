//! Reads files of partners, deals and activities: rows that are right, and a plain reason for each that is not.
//!
//! A file is refused as a whole only when its rows cannot be told apart (too large, not text, wrong
//! header); otherwise each row stands alone. Whether refused rows stop the rest is the caller's to say.

mod cells;
mod columns;
mod nearest;
mod rows;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::changes::{Fact, over};
use super::{Activity, Currency, Deal, Partner};
use cells::Cells;
pub use columns::{Column, Kind, template};
use table::{RawRow, Table};

/// A file may have this many bytes (10 MiB).
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// A file may have this many rows below its header.
pub const MAX_ROWS: usize = 50_000;
/// A cell may have this many characters.
pub const MAX_CELL: usize = 2_000;
/// An id may have this many characters.
pub const MAX_ID: usize = 200;

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A header line, then rows; separated by commas, semicolons or tabs, as the header shows.
    Csv,
    /// An array of objects with the CSV columns as keys.
    Json,
}

impl Format {
    /// JSON when the first visible byte opens an array or an object, else CSV.
    #[must_use]
    pub fn guess(bytes: &[u8]) -> Self {
        let body = bytes.strip_prefix(table::BOM).unwrap_or(bytes);
        match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'[' | b'{') => Self::Json,
            _ => Self::Csv,
        }
    }
}

/// What the workspace knows already, so that a row can be held against it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The workspace's currency; without one, the first amount of the file decides.
    pub currency: Option<Currency>,
    /// The external ids of the stored partners; without them, a deal may name any partner.
    pub partners: Option<&'a BTreeSet<String>>,
    /// The stored deals: a row is judged as it will stand.
    pub deals: &'a [Deal],
    /// Where a bare day begins; UTC when left out.
    pub zone: Option<&'a TimeZone>,
}

/// The columns that a row has.
pub type Columns = Arc<[&'static str]>;

/// What was read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    pub kind: Kind,
    /// The rows that are right, in the order of the file.
    pub rows: Rows,
    /// The rows that are not, in the order of the file.
    pub refused: Vec<Refused>,
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
    #[error("the file is not UTF-8 text (line {0}): save it as \"CSV UTF-8\"")]
    NotUtf8(usize),
    #[error("the file has no rows: the first line names the columns, the rows follow")]
    NoRows,
    #[error("the header cannot be used: {}", .0.join("; "))]
    Header(Vec<String>),
    #[error("the file is not a JSON array of objects: {0}")]
    NotJson(String),
    #[error("the file is not readable as CSV: {0}")]
    NotCsv(String),
}

/// Reads a whole file and holds it against what is known: [`parse`], then [`Import::held`].
///
/// # Errors
/// As [`parse`].
pub fn read(
    kind: Kind,
    format: Format,
    bytes: &[u8],
    known: &Known<'_>,
) -> Result<Import, FileRefused> {
    Ok(parse(kind, format, bytes, known.currency)?.held(known))
}

/// Reads a whole file, without a look at what is stored. `currency` is the workspace's.
///
/// # Errors
/// [`FileRefused`] when its rows cannot be told apart; a wrong row is in [`Import::refused`].
pub fn parse(
    kind: Kind,
    format: Format,
    bytes: &[u8],
    currency: Option<Currency>,
) -> Result<Import, FileRefused> {
    if bytes.len() > MAX_BYTES {
        return Err(FileRefused::TooLarge(bytes.len()));
    }
    let table = match format {
        Format::Csv => table::from_csv(kind, bytes)?,
        Format::Json => table::from_json(kind, bytes)?,
    };
    Ok(Reading::of(&table, currency).import(kind, table))
}

impl Import {
    /// Judges each row as it will stand among what is stored; those that do not fit are refused.
    #[must_use]
    pub fn held(mut self, known: &Known<'_>) -> Self {
        let utc = TimeZone::UTC;
        let zone = known.zone.unwrap_or(&utc);
        let stored: BTreeMap<&str, &Deal> =
            known.deals.iter().map(|deal| (deal.external_id.as_str(), deal)).collect();
        match std::mem::replace(&mut self.rows, Rows::Partners(Vec::new())) {
            Rows::Partners(rows) => self.rows = Rows::Partners(rows),
            Rows::Deals(rows) => {
                let rows = self.sifted(rows, |row, columns| {
                    let deal = over(stored.get(row.external_id.as_str()).copied(), row, columns);
                    let partner = deal.partner_external_id.as_deref();
                    let mut said: Vec<String> =
                        partner.and_then(|id| stray(id, known)).into_iter().collect();
                    said.extend(rows::deal_problems(&deal, zone).into_iter().map(str::to_owned));
                    said
                });
                self.rows = Rows::Deals(rows);
            }
            Rows::Activities(rows) => {
                let rows = self.sifted(rows, |row, _| {
                    stray(&row.partner_external_id, known).into_iter().collect()
                });
                self.rows = Rows::Activities(rows);
            }
        }
        self.refused.sort_by_key(|refused| refused.line);
        self
    }

    /// The rows about which nothing is said; the others are refused.
    fn sifted<T: Fact>(
        &mut self,
        rows: Vec<T>,
        judge: impl Fn(&T, &[&str]) -> Vec<String>,
    ) -> Vec<T> {
        let heads =
            std::mem::take(&mut self.lines).into_iter().zip(std::mem::take(&mut self.columns));
        let mut good = Vec::with_capacity(rows.len());
        for (row, (line, columns)) in rows.into_iter().zip(heads) {
            let said = judge(&row, &columns);
            if said.is_empty() {
                good.push(row);
                self.lines.push(line);
                self.columns.push(columns);
            } else {
                let external_id = Some(row.external_id().to_owned());
                self.refused.push(Refused { line, external_id, reason: said.join("; ") });
            }
        }
        good
    }
}

/// A partner that the workspace does not have.
fn stray(id: &str, known: &Known<'_>) -> Option<String> {
    let missing = known.partners.is_some_and(|partners| !partners.contains(id));
    missing.then(|| format!("partner_external_id: there is no partner \"{}\"", cells::shown(id)))
}

/// What is remembered from row to row.
struct Reading {
    currency: Option<(Currency, Option<usize>)>,
    /// External id to the line where it was seen first.
    seen: BTreeMap<String, usize>,
    refused: Vec<Refused>,
    columns: Vec<Columns>,
    lines: Vec<usize>,
    /// "line" or "item", as the rows of this file are counted.
    counted_by: &'static str,
    cleaned: usize,
}

impl Reading {
    fn of(table: &Table, currency: Option<Currency>) -> Self {
        Self {
            currency: currency.map(|currency| (currency, None)),
            seen: BTreeMap::new(),
            refused: Vec::new(),
            columns: Vec::new(),
            lines: Vec::new(),
            counted_by: table.counted_by,
            cleaned: 0,
        }
    }

    fn import(mut self, kind: Kind, table: Table) -> Import {
        let rows = match kind {
            Kind::Partners => Rows::Partners(self.all(&table.rows, rows::partner)),
            Kind::Deals => Rows::Deals(self.all(&table.rows, rows::deal)),
            Kind::Activities => Rows::Activities(self.all(&table.rows, rows::activity)),
        };
        let mut notes = table.notes;
        if self.cleaned > 0 {
            let cells = if self.cleaned == 1 { "cell" } else { "cells" };
            notes.push(format!("invisible characters were taken out of {} {cells}", self.cleaned));
        }
        let (columns, lines) = (self.columns, self.lines);
        Import { kind, rows, refused: self.refused, columns, lines, notes }
    }

    fn all<T>(&mut self, raw: &[RawRow], read: fn(&mut Cells<'_>) -> Option<T>) -> Vec<T> {
        raw.iter().filter_map(|row| self.one(row, read)).collect()
    }

    fn one<T>(&mut self, row: &RawRow, read: fn(&mut Cells<'_>) -> Option<T>) -> Option<T> {
        let mut cells = Cells::of(row, self.currency);
        let id = cells.id();
        if let Some(first) = id.as_ref().and_then(|id| self.seen.get(id)) {
            let said = format!("external_id: is on {} {first} already", self.counted_by);
            cells.problem(said);
        }
        let fact = read(&mut cells);
        self.cleaned += cells.cleaned;
        let used = cells.currency_used();
        let problems = cells.into_problems();
        if let Some(id) = &id {
            self.seen.entry(id.clone()).or_insert(row.line);
        }
        if problems.is_empty() && fact.is_some() {
            self.currency = self.currency.or(used.map(|currency| (currency, Some(row.line))));
            self.columns.push(Columns::clone(&row.columns));
            self.lines.push(row.line);
            return fact;
        }
        let reason = problems.join("; ");
        self.refused.push(Refused { line: row.line, external_id: id, reason });
        None
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::partners::{Attribution, Model, Moment, Outcome, Tier};

    fn csv(kind: Kind, text: &str) -> Import {
        read(kind, Format::Csv, text.as_bytes(), &Known::default()).unwrap()
    }

    fn refused(kind: Kind, text: &str) -> Vec<(usize, String)> {
        csv(kind, text).refused.into_iter().map(|row| (row.line, row.reason)).collect()
    }

    fn partners(import: &Import) -> &[Partner] {
        match &import.rows {
            Rows::Partners(rows) => rows,
            other => panic!("not partners: {other:?}"),
        }
    }

    fn deals(import: &Import) -> &[Deal] {
        match &import.rows {
            Rows::Deals(rows) => rows,
            other => panic!("not deals: {other:?}"),
        }
    }

    fn file_refused(bytes: &[u8]) -> FileRefused {
        read(Kind::Partners, Format::Csv, bytes, &Known::default()).unwrap_err()
    }

    #[test]
    fn the_template_without_its_mark_is_a_right_file_with_every_column() {
        for kind in Kind::ALL {
            let import = csv(kind, &template(kind).replace("# ", ""));
            assert_eq!(import.refused, [], "{kind:?}");
            assert_eq!(import.rows.len(), 1);
            let names: Vec<_> = kind.columns().iter().map(|column| column.name).collect();
            assert_eq!(*import.columns[0], names[..]);
        }
    }

    #[test]
    fn the_example_row_of_a_template_is_left_out_and_said() {
        let import = csv(
            Kind::Partners,
            &format!("{}P-9{}\n", template(Kind::Partners), ",x".to_owned() + &",".repeat(17)),
        );
        assert_eq!(import.rows.len(), 1);
        assert_eq!(import.notes, ["1 row that begins with # was left out"]);
    }

    #[test]
    fn a_partner_is_read_with_all_its_columns() {
        let import = csv(Kind::Partners, &template(Kind::Partners).replace("# ", ""));
        let partner = &partners(&import)[0];
        assert_eq!(partner.models, [Model::CoSell, Model::Implementation]);
        assert_eq!(partner.tier, Some(Tier::Gold));
        assert_eq!(partner.dedicated_practice, Some(false));
        assert_eq!(partner.agreement_date, Some(date(2025, 3, 1)));
        assert_eq!(partner.industries, ["Logistics", "Manufacturing"]);
        assert_eq!(partner.company_size_served.unwrap().to_string(), "50-500");
    }

    #[test]
    fn a_byte_order_mark_windows_line_ends_and_quoted_line_breaks_are_read() {
        let text = "\u{FEFF}external_id,name\r\nP-1,\"Two\r\nlines\"\r\n\r\nP-2,\r\n";
        let import = csv(Kind::Partners, text);
        assert_eq!(partners(&import)[0].name, "Two lines");
        assert_eq!(import.refused[0].line, 5);
        assert_eq!(import.refused[0].reason, "name: is empty");
    }

    #[test]
    fn header_cells_are_read_as_people_write_them() {
        let import = csv(Kind::Partners, "External ID, Name ,Owner-Email\nP-1,One,a@b.example\n");
        assert_eq!(partners(&import)[0].owner_email.as_deref(), Some("a@b.example"));
    }

    #[test]
    fn a_wrong_header_names_the_nearest_column_and_what_is_missing() {
        let FileRefused::Header(problems) =
            file_refused(b"external_id,teir,teir,tier,tier,colour of the sky\nP-1,,,,,\n")
        else {
            panic!("the header was taken");
        };
        assert_eq!(
            problems,
            [
                "column \"teir\" is not known: did you mean tier?",
                "column \"teir\" is not known: did you mean tier?",
                "column \"colour of the sky\" is not known: remove it, or see the template",
                "column tier is there twice",
                "column name is missing",
            ]
        );
    }

    #[test]
    fn semicolons_and_tabs_are_taken_as_separators_and_said() {
        let import =
            csv(Kind::Partners, "external_id;name;industries\nP-1;One;\"Retail;Banking\"\n");
        assert_eq!(partners(&import)[0].industries, ["Retail", "Banking"]);
        assert_eq!(import.notes.len(), 1);
        let import = csv(Kind::Partners, "external_id\tname\nP-1\tOne, two\n");
        assert_eq!(partners(&import)[0].name, "One, two");
    }

    #[test]
    fn a_row_with_a_cell_too_many_is_refused_with_a_way_out() {
        let said = refused(Kind::Partners, "external_id,name\nP-1,Smith, Jones\nP-2,Fine\n");
        assert_eq!(said.len(), 1);
        assert!(said[0].1.starts_with("the row has 3 cells and the header 2"), "{said:?}");
    }

    #[test]
    fn all_that_is_wrong_with_a_row_is_said_at_once() {
        let text = "external_id,name,partner_type,tier,models,certified_individuals,dedicated_practice,agreement_date,company_size_served,owner_email,domain\n\
                    P-1,One,reseler,Platinm,co-sel;resale,-3,maybe,31.12.2025,big,nobody,nowhere\n";
        let said = refused(Kind::Partners, text);
        assert_eq!(said.len(), 1);
        for part in [
            "domain: \"nowhere\" is not a domain",
            "partner_type: \"reseler\" is not known: did you mean reseller?",
            "models: \"co-sel\" is not known: did you mean co_sell?",
            "tier: \"Platinm\" is not known: did you mean platinum?",
            "certified_individuals: \"-3\" is not a whole number",
            "dedicated_practice: \"maybe\" is neither yes nor no",
            "agreement_date: \"31.12.2025\" is not a date: write it as 2026-03-31",
            "company_size_served: \"big\" is not a range",
            "owner_email: \"nobody\" is not an email address",
        ] {
            assert!(said[0].1.contains(part), "{part} in {}", said[0].1);
        }
    }

    #[test]
    fn an_unknown_word_far_from_all_lists_them() {
        let said = refused(Kind::Partners, "external_id,name,tier\nP-1,One,diamond\n");
        assert_eq!(
            said[0].1,
            "tier: \"diamond\" is not known: use registered, silver, gold, platinum"
        );
    }

    #[test]
    fn an_id_twice_in_a_file_is_refused_with_its_first_line_even_when_that_was_refused() {
        let said = refused(Kind::Partners, "external_id,name\nP-1,\nP-1,One\n");
        assert_eq!(said[1], (3, "external_id: is on line 2 already".to_owned()));
    }

    #[test]
    fn amounts_are_exact_and_one_that_may_be_two_is_refused_with_both() {
        let head = "external_id,name,attribution,amount,currency\n";
        let import = csv(
            Kind::Deals,
            &format!(
                "{head}D-1,A,direct,12500.5,USD\nD-2,B,direct,48.000,USD\nD-3,C,direct,1,\nD-4,D,direct,-1,USD\n"
            ),
        );
        assert_eq!(deals(&import)[0].amount.unwrap().minor, 1_250_050);
        let reasons: Vec<_> = import.refused.iter().map(|row| row.reason.as_str()).collect();
        assert!(reasons[0].contains("48,000 or 48.00"), "{reasons:?}");
        assert_eq!(reasons[1], "currency: is empty, and amount needs one");
        assert_eq!(reasons[2], "amount: is below 0");
    }

    #[test]
    fn one_file_has_one_currency_and_so_has_a_workspace() {
        let text = "external_id,name,attribution,amount,currency\nD-1,A,direct,900,JPY\nD-2,B,direct,1,USD\n";
        let import = csv(Kind::Deals, text);
        assert_eq!(deals(&import)[0].amount.unwrap().minor, 900);
        assert!(import.refused[0].reason.contains("the file is in JPY since row 2"));
        let known = Known { currency: Some(Currency::USD), ..Known::default() };
        let import = read(Kind::Deals, Format::Csv, text.as_bytes(), &known).unwrap();
        assert_eq!(deals(&import)[0].external_id, "D-2");
        assert!(import.refused[0].reason.contains("this workspace keeps its figures in USD"));
    }

    #[test]
    fn the_cells_of_a_deal_must_fit_each_other() {
        let head = "external_id,partner_external_id,name,attribution,registered_at,responded_at,closed_at,outcome\n";
        let said = refused(
            Kind::Deals,
            &format!(
                "{head}1,,N,sourced,,,,\n2,P-1,N,direct,,,,\n3,,N,direct,,,,won\n4,,N,direct,,,2026-01-01,open\n\
                 5,,N,direct,2026-01-02T00:00:00Z,2026-01-01T00:00:00Z,,\n6,,N,direct,,2026-01-01,,\n\
                 7,,N,direct,2026-01-02T09:00:00,,,\n8,P-1,N,influenced,2026-01-02,2026-01-02,2026-02-03,lost\n"
            ),
        );
        let reasons: Vec<_> = said.iter().map(|(_, reason)| reason.as_str()).collect();
        for (reason, part) in reasons.iter().zip([
            "only a direct deal has no partner",
            "a direct deal has no partner",
            "a deal that is won or lost needs its day",
            "an open deal is not closed",
            "is before registered_at",
            "no registered_at to respond to",
            "is not a moment",
        ]) {
            assert!(reason.contains(part), "{reason}");
        }
        assert_eq!(reasons.len(), 7);
    }

    #[test]
    fn a_deal_of_an_unknown_partner_is_refused_when_the_partners_are_known() {
        let partners = BTreeSet::from(["P-1".to_owned()]);
        let known = Known { partners: Some(&partners), ..Known::default() };
        let text = "external_id,partner_external_id,kind,date\nA-1,P-1,meeting,2026-01-01\nA-2,P-2,meeting,2026-01-01\n";
        let import = read(Kind::Activities, Format::Csv, text.as_bytes(), &known).unwrap();
        assert_eq!(import.rows.len(), 1);
        assert_eq!(import.refused[0].reason, "partner_external_id: there is no partner \"P-2\"");
    }

    #[test]
    fn hidden_characters_are_refused_and_harmless_ones_taken_out() {
        let import = csv(
            Kind::Partners,
            "external_id,name\nP-1,Ac\u{202E}me\nP-2,Ac\u{E0041}me\nP-3,Ac\u{1b}[0me\nP-4,Ac\u{200B}me\n",
        );
        let reasons: Vec<_> = import.refused.iter().map(|row| row.reason.as_str()).collect();
        assert!(reasons[0].contains("U+202E") && reasons[1].contains("U+E0041"), "{reasons:?}");
        assert!(reasons[2].contains("U+001B"));
        assert_eq!(partners(&import)[0].name, "Acme");
        assert_eq!(import.notes, ["invisible characters were taken out of 1 cell"]);
    }

    #[test]
    fn what_a_refusal_quotes_hides_nothing() {
        let text = "external_id,name,te\u{202E}ir\nP-1,One,\n";
        let said = file_refused(text.as_bytes()).to_string();
        assert!(!said.contains('\u{202E}') && said.contains("did you mean tier"), "{said}");
    }

    #[test]
    fn a_cell_may_have_two_thousand_characters_and_no_more() {
        let row = |n| format!("external_id,name\nP-1,{}\n", "é".repeat(n));
        assert_eq!(csv(Kind::Partners, &row(MAX_CELL)).refused, []);
        assert!(refused(Kind::Partners, &row(MAX_CELL + 1))[0].1.contains("more than 2000"));
    }

    #[test]
    fn files_that_are_too_large_or_too_long_are_refused_as_a_whole() {
        assert_eq!(file_refused(&vec![b'a'; MAX_BYTES + 1]), FileRefused::TooLarge(MAX_BYTES + 1));
        let rows = |n: usize| {
            (0..n).fold("external_id,name\n".to_owned(), |text, i| text + &format!("{i},x\n"))
        };
        assert_eq!(csv(Kind::Partners, &rows(MAX_ROWS)).rows.len(), MAX_ROWS);
        assert_eq!(file_refused(rows(MAX_ROWS + 1).as_bytes()), FileRefused::TooManyRows);
    }

    #[test]
    fn what_is_no_text_or_has_no_rows_is_refused_as_a_whole() {
        assert_eq!(file_refused(b"external_id,name\nP-1,\xFF\n"), FileRefused::NotUtf8(2));
        for empty in ["", "\n\n", "external_id,name\n", "external_id,name\n,\n", "\u{FEFF}"] {
            assert_eq!(file_refused(empty.as_bytes()), FileRefused::NoRows, "{empty:?}");
        }
    }

    #[test]
    fn json_has_the_same_columns_and_the_same_refusals() {
        let text = r#"[
            {"external_id": "D-1", "name": "A", "attribution": "direct", "amount": 12500.5, "currency": "USD",
             "registered_at": "2026-01-02", "outcome": null},
            {"external_id": "D-2", "name": "B", "attribution": "dirct", "amout": 1},
            7,
            {"external_id": "D-4", "name": {"x": 1}, "attribution": "direct"}
        ]"#;
        let import =
            read(Kind::Deals, Format::guess(text.as_bytes()), text.as_bytes(), &Known::default());
        let import = import.unwrap();
        let deal = &deals(&import)[0];
        assert_eq!((deal.amount.unwrap().minor, deal.outcome), (1_250_050, Outcome::Open));
        assert_eq!(deal.registered_at, Some(Moment::On(date(2026, 1, 2))));
        assert_eq!(deal.attribution, Attribution::Direct);
        let lines: Vec<_> = import.refused.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 3, 4]);
        assert!(import.refused[0].reason.contains("did you mean amount?"));
        assert!(import.refused[0].reason.contains("did you mean direct?"));
        assert!(import.refused[1].reason.starts_with("is not an object"));
        assert_eq!(
            *import.columns[0],
            [
                "external_id",
                "attribution",
                "name",
                "amount",
                "currency",
                "registered_at",
                "outcome"
            ]
        );
    }

    #[test]
    fn json_lists_are_taken_as_they_are_and_wrong_json_is_refused() {
        let json =
            |text: &str| read(Kind::Partners, Format::Json, text.as_bytes(), &Known::default());
        let import = json(
            r#"[{"external_id":"P-1","name":"One","industries":["Media, telecom","Retail","retail"]}]"#,
        );
        assert_eq!(partners(&import.unwrap())[0].industries, ["Media, telecom", "Retail"]);
        assert!(matches!(json("{}"), Err(FileRefused::NotJson(_))));
        assert!(matches!(json("[{"), Err(FileRefused::NotJson(_))));
        assert_eq!(json("[]"), Err(FileRefused::NoRows));
        assert!(matches!(json(&"[".repeat(100_000)), Err(FileRefused::NotJson(_))));
    }

    fn any_file() -> impl Strategy<Value = Vec<u8>> {
        let header =
            "external_id,name,attribution,amount,currency,registered_at,kind,date,industries,tier";
        let cell =
            prop_oneof!["[ -~]{0,6}", "\\PC{0,4}", Just("\"".to_owned()), Just("\n".to_owned())];
        let body = proptest::collection::vec(cell, 0..60).prop_map(|cells| cells.join(","));
        prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..300),
            body.clone().prop_map(move |body| format!("{header}\n{body}").into_bytes()),
            body.prop_map(|body| format!("[{{\"external_id\":{body:?}}}]").into_bytes()),
        ]
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_and_never_panic(bytes in any_file()) {
            for kind in Kind::ALL {
                for format in [Format::Csv, Format::Json] {
                    if let Ok(import) = read(kind, format, &bytes, &Known::default()) {
                        prop_assert!(import.refused.iter().all(|row| !row.reason.is_empty()));
                        prop_assert!(import.rows.len() + import.refused.len() > 0);
                    }
                }
            }
        }

        #[test]
        fn any_two_cells_under_a_right_header_become_a_row_or_a_reason(id in "\\PC{0,5}", name in "\\PC{0,5}") {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["external_id", "name"]).unwrap();
            writer.write_record([&id, &name]).unwrap();
            let bytes = writer.into_inner().unwrap();
            match read(Kind::Partners, Format::Csv, &bytes, &Known::default()) {
                Ok(import) => prop_assert_eq!(import.rows.len() + import.refused.len() , 1),
                Err(refused) => prop_assert_eq!(refused, FileRefused::NoRows),
            }
        }
    }
}
