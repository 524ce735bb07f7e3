//! One cell at a time into a value, with all that is wrong gathered for one answer.

use jiff::civil::Date;

use super::nearest::nearest;
use super::table::{RawCell, RawRow};
use super::{MAX_CELL, MAX_ID};
use crate::partners::{Currency, Moment, Money};

/// A list may have this many entries.
const MAX_LIST: usize = 50;
const NOT_A_DATE: &str = "is not a date: write it as 2026-03-31";
/// Years that a business date may fall in; outside it is a slip of the finger.
const YEARS: std::ops::RangeInclusive<i16> = 1950..=2150;

/// The cells of one row.
pub(super) struct Cells<'a> {
    row: &'a RawRow,
    /// The currency of the file and the line that set it (`None`: the workspace's).
    currency: Option<(Currency, Option<usize>)>,
    used: Option<Currency>,
    problems: Vec<String>,
    /// How many cells held characters that were taken out.
    pub cleaned: usize,
}

impl<'a> Cells<'a> {
    pub(super) fn of(row: &'a RawRow, currency: Option<(Currency, Option<usize>)>) -> Self {
        let problems = row.problems.clone();
        Self { row, currency, used: None, problems, cleaned: 0 }
    }

    pub(super) fn problem(&mut self, said: String) {
        self.problems.push(said);
    }

    pub(super) fn into_problems(self) -> Vec<String> {
        self.problems
    }

    /// The currency that an amount of this row was in.
    pub(super) fn currency_used(&self) -> Option<Currency> {
        self.used
    }

    /// The row's own id, without complaint: [`Self::required`] complains.
    pub(super) fn id(&self) -> Option<String> {
        match self.raw("external_id") {
            Some(RawCell::Text(text)) => clean(text).ok().map(|(text, _)| text),
            _ => None,
        }
        .filter(|id| !id.is_empty() && id.chars().count() <= MAX_ID)
    }

    /// The cell's text; `None` when the column is not there or the cell is empty.
    pub(super) fn text(&mut self, column: &str) -> Option<String> {
        let text = match self.raw(column)? {
            RawCell::Text(text) => text,
            RawCell::List(_) => {
                self.problem(format!("{column}: holds a list where one value belongs"));
                return None;
            }
        };
        self.cleaned_text(column, text)
    }

    /// The cell's text, which must be there.
    pub(super) fn required(&mut self, column: &str) -> Option<String> {
        let before = self.problems.len();
        let text = self.text(column);
        if text.is_none() && self.problems.len() == before {
            self.problem(format!("{column}: is empty"));
        }
        text
    }

    /// An id of this or another row.
    pub(super) fn id_text(&mut self, column: &str, required: bool) -> Option<String> {
        let id = if required { self.required(column) } else { self.text(column) }?;
        if id.chars().count() > MAX_ID {
            self.problem(format!("{column}: is longer than {MAX_ID} characters"));
            return None;
        }
        Some(id)
    }

    /// A value that `read` knows; `said` says what a right one looks like.
    pub(super) fn read<T>(
        &mut self,
        column: &str,
        read: impl Fn(&str) -> Option<T>,
        said: &str,
    ) -> Option<T> {
        let text = self.text(column)?;
        self.understood(column, &text, read, said)
    }

    fn understood<T>(
        &mut self,
        column: &str,
        text: &str,
        read: impl Fn(&str) -> Option<T>,
        said: &str,
    ) -> Option<T> {
        let value = read(text);
        if value.is_none() {
            self.problem(format!("{column}: \"{}\" {said}", shown(text)));
        }
        value
    }

    /// One word of a closed list.
    pub(super) fn word<T: Copy>(&mut self, column: &str, list: &Words<T>) -> Option<T> {
        let text = self.text(column)?;
        self.known(column, &text, list)
    }

    /// One word of a closed list, which must be there.
    pub(super) fn required_word<T: Copy>(&mut self, column: &str, list: &Words<T>) -> Option<T> {
        let text = self.required(column)?;
        self.known(column, &text, list)
    }

    /// Several words of a closed list, each once.
    pub(super) fn words<T: Copy + PartialEq>(&mut self, column: &str, list: &Words<T>) -> Vec<T> {
        let mut found = Vec::new();
        for text in self.list(column) {
            if let Some(one) = self.known(column, &text, list).filter(|one| !found.contains(one)) {
                found.push(one);
            }
        }
        found
    }

    fn known<T: Copy>(&mut self, column: &str, text: &str, list: &Words<T>) -> Option<T> {
        let value = (list.read)(text);
        if value.is_none() {
            let words = list.all.iter().map(|one| (list.word)(*one));
            let hint = nearest(text, words.clone()).map_or_else(
                || format!("use {}", words.collect::<Vec<_>>().join(", ")),
                |word| format!("did you mean {word}?"),
            );
            self.problem(format!("{column}: \"{}\" is not known: {hint}", shown(text)));
        }
        value
    }

    /// Entries separated by `;` or `|`, else by commas; each once, in their order.
    pub(super) fn list(&mut self, column: &str) -> Vec<String> {
        let raw: Vec<String> = match self.raw(column) {
            None => Vec::new(),
            Some(RawCell::List(items)) => items.clone(),
            Some(RawCell::Text(text)) if text.contains([';', '|']) => {
                text.split([';', '|']).map(str::to_owned).collect()
            }
            Some(RawCell::Text(text)) => text.split(',').map(str::to_owned).collect(),
        };
        if raw.len() > MAX_LIST {
            self.problem(format!("{column}: has more than {MAX_LIST} entries"));
            return Vec::new();
        }
        let mut list: Vec<String> = Vec::new();
        for item in &raw {
            let entry = self.cleaned_text(column, item);
            let same = |other: &String| entry.as_ref().is_some_and(|e| folded(other) == folded(e));
            if !list.iter().any(same) {
                list.extend(entry);
            }
        }
        list
    }

    pub(super) fn date(&mut self, column: &str) -> Option<Date> {
        self.read(column, day, NOT_A_DATE)
    }

    pub(super) fn required_date(&mut self, column: &str) -> Option<Date> {
        let text = self.required(column)?;
        self.understood(column, &text, day, NOT_A_DATE)
    }

    pub(super) fn moment(&mut self, column: &str) -> Option<Moment> {
        const SAID: &str =
            "is not a moment: write it as 2026-03-31T09:30:00Z, with the zone, or as 2026-03-31";
        self.read(column, moment, SAID)
    }

    pub(super) fn count(&mut self, column: &str) -> Option<u32> {
        let whole = |text: &str| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|n| digits && *n <= 1_000_000)
        };
        self.read(column, whole, "is not a whole number from 0 to 1000000")
    }

    pub(super) fn yes_or_no(&mut self, column: &str) -> Option<bool> {
        let known = |text: &str| match text.to_lowercase().as_str() {
            "true" | "yes" | "y" | "1" => Some(true),
            "false" | "no" | "n" | "0" => Some(false),
            _ => None,
        };
        self.read(column, known, "is neither yes nor no")
    }

    /// An amount in the currency of a column, which must be the one of the whole file.
    pub(super) fn money(&mut self, column: &str, currency_column: &str) -> Option<Money> {
        const SAID: &str = "is not a currency: write its three letters, as USD";
        let currency = self.read(currency_column, Currency::from_code, SAID);
        let text = self.text(column)?;
        if currency.is_none() && self.raw_is_empty(currency_column) {
            self.problem(format!("{currency_column}: is empty, and {column} needs one"));
        }
        let currency = currency?;
        self.same_currency(currency_column, currency);
        self.amount(column, &text, currency)
    }

    /// An amount in the currency of the workspace.
    pub(super) fn money_of_workspace(&mut self, column: &str) -> Option<Money> {
        let text = self.text(column)?;
        let currency = self.currency.map_or(Currency::USD, |(currency, _)| currency);
        self.amount(column, &text, currency)
    }

    fn amount(&mut self, column: &str, text: &str, currency: Currency) -> Option<Money> {
        match Money::from_decimal(text, currency) {
            Ok(money) if money.minor >= 0 => Some(money),
            Ok(_) => {
                self.problem(format!("{column}: is below 0"));
                None
            }
            Err(said) => {
                self.problem(format!("{column}: {said}"));
                None
            }
        }
    }

    fn same_currency(&mut self, column: &str, currency: Currency) {
        match self.currency {
            Some((kept, _)) if kept == currency => {}
            Some((kept, Some(line))) => self.problem(format!(
                "{column}: {currency}, but the file is in {kept} since row {line}; one file has one currency"
            )),
            Some((kept, None)) => self.problem(format!(
                "{column}: {currency}, but this workspace keeps its figures in {kept}"
            )),
            None => self.used = Some(currency),
        }
    }

    fn raw(&self, column: &str) -> Option<&'a RawCell> {
        self.row.cells.iter().find(|(name, _)| *name == column).map(|(_, cell)| cell)
    }

    fn raw_is_empty(&self, column: &str) -> bool {
        match self.raw(column) {
            Some(RawCell::Text(text)) => text.trim().is_empty(),
            Some(RawCell::List(_)) => false,
            None => true,
        }
    }

    fn cleaned_text(&mut self, column: &str, raw: &str) -> Option<String> {
        if raw.chars().count() > MAX_CELL {
            self.problem(format!("{column}: has more than {MAX_CELL} characters"));
            return None;
        }
        match clean(raw) {
            Ok((text, changed)) => {
                self.cleaned += usize::from(changed);
                Some(text).filter(|text| !text.is_empty())
            }
            Err(hidden) => {
                let code = u32::from(hidden);
                self.problem(format!(
                    "{column}: holds a hidden character (U+{code:04X}); type the text anew"
                ));
                None
            }
        }
    }
}

/// A closed list, its words and how one is read.
pub(super) struct Words<T: 'static> {
    pub all: &'static [T],
    pub word: fn(T) -> &'static str,
    pub read: fn(&str) -> Option<T>,
}

fn day(text: &str) -> Option<Date> {
    let day: Date = (text.len() == 10).then(|| text.parse().ok()).flatten()?;
    YEARS.contains(&day.year()).then_some(day)
}

fn moment(text: &str) -> Option<Moment> {
    if text.len() <= 10 {
        return day(text).map(Moment::On);
    }
    day(text.get(..10)?)?;
    Moment::from_iso(text)
}

/// A wrong cell, safe and short enough to be shown.
pub(super) fn shown(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !hides(*c) && !shows_nothing(*c)).collect();
    let mut short: String = visible.chars().take(40).collect();
    if short.len() < visible.len() {
        short.push('…');
    }
    short
}

fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// Text with single spaces and without characters that show nothing, and whether such were there.
/// Characters that could hide or reorder what a reader sees are an error.
fn clean(raw: &str) -> Result<(String, bool), char> {
    let mut text = String::with_capacity(raw.len());
    let mut changed = false;
    for c in raw.chars() {
        match c {
            c if c.is_whitespace() => {
                if !text.is_empty() && !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            c if hides(c) => return Err(c),
            c if shows_nothing(c) => changed = true,
            c => text.push(c),
        }
    }
    text.truncate(text.trim_end().len());
    Ok((text, changed))
}

/// Control, reordering and tag characters.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{E0000}'..='\u{E007F}')
}

fn shows_nothing(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{E0100}'..='\u{E01EF}'
    )
}
