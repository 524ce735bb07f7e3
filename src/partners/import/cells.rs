//! One cell at a time into a value, with all that is wrong gathered for one answer.

use jiff::civil::Date;

use super::amounts;
use super::bounds::{MAX_CELL, MAX_ID, MAX_LIST, MAX_PROBLEMS};
use super::dates;
use super::nearest::nearest;
use super::signs::{clean, shown};
use super::source::{RawCell, RawRow};
use super::spreadsheet::{is_formula, is_nothing, is_unknown, unmarked};
use crate::numbers::Convention;
use crate::partners::{Currency, Moment, Money};

/// What holds for all cells of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ways {
    /// The currency of the file and the line that set it (`None`: the workspace's).
    pub currency: Option<(Currency, Option<usize>)>,
    pub convention: Option<Convention>,
    /// The reasons are not kept any more: so many rows were refused.
    pub brief: bool,
}

/// What was made of cells without a refusal.
#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    /// How many cells held characters that were taken out.
    pub cleaned: usize,
    /// How many held a word for nothing, and the first of them.
    pub nothing: usize,
    pub such_as: Option<String>,
    /// An amount that only the convention of the file settled.
    pub settled: Option<String>,
}

/// The cells of one row.
pub(super) struct Cells<'a> {
    row: &'a RawRow<'a>,
    ways: Ways,
    used: Option<Currency>,
    problems: Vec<String>,
    pub made: Made,
}

impl<'a> Cells<'a> {
    pub(super) fn of(row: &'a RawRow<'a>, ways: Ways) -> Self {
        let problems = row.problems.clone();
        Self { row, ways, used: None, problems, made: Made::default() }
    }

    pub(super) fn problem(&mut self, said: String) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(said);
        }
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
        let raw: &str = match self.raw("external_id")? {
            RawCell::Text(text) => text,
            RawCell::Number(number) => number,
            RawCell::List(_) => return None,
        };
        let id = unmarked(&clean(raw).ok()?.0).to_owned();
        Some(id).filter(|id| !is_nothing(id) && id.chars().count() <= MAX_ID)
    }

    /// The cell's text; `None` when the column is not there or the cell is empty.
    pub(super) fn text(&mut self, column: &str) -> Option<String> {
        let text: &str = match self.raw(column)? {
            RawCell::Text(text) => text,
            RawCell::Number(number) => number,
            RawCell::List(_) => {
                self.problem(format!("{column}: holds a list where one value belongs"));
                return None;
            }
        };
        self.cleaned_text(column, text)
    }

    /// The cell's text, which must be there.
    pub(super) fn required(&mut self, column: &str) -> Option<String> {
        let (before, nothing) = (self.problems.len(), self.made.nothing);
        let text = self.text(column);
        if text.is_none() && self.problems.len() == before {
            let word = self.made.nothing > nothing;
            let word = if word { "holds a word for nothing, so it " } else { "" };
            self.problem(format!("{column}: {word}is empty"));
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
        if id.starts_with("# ") {
            let id = shown(&id);
            self.problem(format!(
                "{column}: \"{id}\" begins with # and a space: take the mark away, or the row"
            ));
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
            let near = if self.ways.brief { None } else { nearest(text, words.clone()) };
            // "inactive" is no slip of the finger for "active": it means the opposite.
            let near = near.filter(|word| !text.to_lowercase().ends_with(word));
            let hint = near.map_or_else(
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
            Some(RawCell::Number(number)) => vec![number.clone()],
            Some(RawCell::Text(text)) if text.contains([';', '|']) => {
                text.split([';', '|']).take(MAX_LIST + 1).map(str::to_owned).collect()
            }
            Some(RawCell::Text(text)) => {
                text.split(',').take(MAX_LIST + 1).map(str::to_owned).collect()
            }
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
        let text = self.text(column)?;
        self.told(column, &text, dates::day)
    }

    pub(super) fn required_date(&mut self, column: &str) -> Option<Date> {
        let text = self.required(column)?;
        self.told(column, &text, dates::day)
    }

    pub(super) fn moment(&mut self, column: &str) -> Option<Moment> {
        let text = self.text(column)?;
        self.told(column, &text, dates::moment)
    }

    /// A value whose reader says itself what is wrong.
    fn told<T>(
        &mut self,
        column: &str,
        text: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        read(text)
            .map_err(|said| self.problem(format!("{column}: \"{}\" {said}", shown(text))))
            .ok()
    }

    pub(super) fn count(&mut self, column: &str) -> Option<u32> {
        let text = self.text(column)?;
        let convention = self.convention_for(column);
        amounts::count(&text, 1_000_000, convention)
            .map_err(|said| self.problem(format!("{column}: {said}")))
            .ok()
    }

    /// A JSON number has one reading, whatever the file says of its texts.
    fn convention_for(&self, column: &str) -> Option<Convention> {
        match self.raw(column) {
            Some(RawCell::Number(_)) => Some(Convention::Point),
            _ => self.ways.convention,
        }
    }

    pub(super) fn yes_or_no(&mut self, column: &str) -> Option<bool> {
        let known = |text: &str| match text.to_lowercase().as_str() {
            "true" | "yes" | "y" | "t" | "on" | "1" => Some(true),
            "false" | "no" | "n" | "f" | "off" | "0" => Some(false),
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
        let currency = self.ways.currency.map_or(Currency::USD, |(currency, _)| currency);
        self.amount(column, &text, currency)
    }

    fn amount(&mut self, column: &str, text: &str, currency: Currency) -> Option<Money> {
        let convention = self.convention_for(column);
        let number = matches!(self.raw(column), Some(RawCell::Number(_)));
        if !number && self.made.settled.is_none() && amounts::is_open(text) {
            self.made.settled = convention.map(|_| shown(text));
        }
        amounts::amount(&shown(text), currency, convention)
            .map_err(|said| self.problem(format!("{column}: {said}")))
            .ok()
    }

    fn same_currency(&mut self, column: &str, currency: Currency) {
        match self.ways.currency {
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

    fn raw(&self, column: &str) -> Option<&'a RawCell<'a>> {
        self.row.cells.iter().find(|(name, _)| *name == column).map(|(_, cell)| cell)
    }

    fn raw_is_empty(&self, column: &str) -> bool {
        match self.raw(column) {
            Some(RawCell::Text(text)) => is_nothing(text.trim()) || is_unknown(text.trim()),
            Some(RawCell::List(_) | RawCell::Number(_)) => false,
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
                self.made.cleaned += usize::from(changed);
                self.value(column, &text)
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

    /// What a clean cell holds: none for a word for nothing, and no formula.
    fn value(&mut self, column: &str, text: &str) -> Option<String> {
        if text.is_empty() {
            return None;
        }
        let text = unmarked(text).trim();
        if is_formula(text) {
            self.problem(format!("{column}: holds a formula: put its value there"));
            return None;
        }
        let may_be_a_name = matches!(column, "name" | "title") || column.ends_with("external_id");
        if is_nothing(text) || (!may_be_a_name && is_unknown(text)) {
            self.made.nothing += usize::from(!text.is_empty());
            self.made.such_as.get_or_insert_with(|| shown(text));
            return None;
        }
        Some(text.to_owned())
    }
}

/// A closed list, its words and how one is read.
pub(super) struct Words<T: 'static> {
    pub all: &'static [T],
    pub word: fn(T) -> &'static str,
    pub read: fn(&str) -> Option<T>,
}

fn folded(text: &str) -> String {
    text.to_lowercase()
}
