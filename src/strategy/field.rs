//! What a section is made of, as data: fields, rows, columns, and the values they hold.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::money::{Currency, Money, grouped};
use super::share::Share;
use crate::numbers::Decimal;

/// What a field can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Prose of at most [`super::text::TEXT_LIMIT`] characters.
    Text,
    /// A range of counts, open at one end or closed.
    Range,
    /// A range of amounts in one currency.
    MoneyRange,
    /// A whole number.
    Count,
    /// 0 % to 100 %, two decimals.
    Share,
    /// An amount of at least zero.
    Money,
    /// Yes or no.
    Flag,
    /// An ordered list of short texts with stable ids.
    Items,
    /// The currency of all amounts of the section.
    Currency,
    /// Where an assumption comes from; shown beside the assumption, not as a field of its own.
    Source,
}

/// What a field is for, beside what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Plain,
    /// Anything worth keeping that no other field holds; stands last.
    Notes,
    /// Where the assumption of this name comes from; shown beside it.
    SourceOf(&'static str),
}

impl Kind {
    /// Whether a value of this kind is read as a number or two.
    #[must_use]
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Count | Self::Share | Self::Money | Self::Range | Self::MoneyRange)
    }
}

/// One field, or one column of a table of rows.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// Name on the wire, such as `company_size`.
    pub name: &'static str,
    /// What people read, such as `Company size`.
    pub label: &'static str,
    pub kind: Kind,
    /// Word behind a number, such as `employees`; empty for none.
    pub unit: &'static str,
    /// Lower-case phrases that also name it in a request.
    pub synonyms: &'static [&'static str],
    /// One sentence for forms and for drafters.
    pub help: &'static str,
    /// Whether it is an assumption with a recorded basis.
    pub assumption: bool,
    pub role: Role,
}

impl FieldSpec {
    /// Whether setting it says who says so, and when.
    #[must_use]
    pub fn carries_basis(&self) -> bool {
        self.assumption || self.kind == Kind::Source
    }
}

/// One row of a section with a table.
#[derive(Debug)]
pub struct RowSpec {
    pub name: &'static str,
    pub label: &'static str,
    pub synonyms: &'static [&'static str],
}

/// Everything a reader, a form or a drafter must know about a section's shape.
#[derive(Debug)]
pub struct SectionSpec {
    pub fields: &'static [FieldSpec],
    /// Rows of the section's table; empty for most sections.
    pub rows: &'static [RowSpec],
    pub columns: &'static [FieldSpec],
}

impl SectionSpec {
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|field| field.name == name)
    }

    #[must_use]
    pub fn row(&self, name: &str) -> Option<&'static RowSpec> {
        self.rows.iter().find(|row| row.name == name)
    }

    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static FieldSpec> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The spec behind a key: a field name, or `row.column`.
    #[must_use]
    pub fn of_key(&self, key: &str) -> Option<&'static FieldSpec> {
        match key.split_once('.') {
            Some((row, column)) => self.row(row).and_then(|_| self.column(column)),
            None => self.field(key),
        }
    }

    /// Keys of everything that is shown and counted as a field, in reading order.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let shown = |field: &&FieldSpec| field.kind != Kind::Source;
        let name = |field: &&FieldSpec| field.name.to_owned();
        let fields = self.fields.iter().filter(shown);
        let (notes, plain): (Vec<_>, Vec<_>) = fields.partition(|field| field.role == Role::Notes);
        let cells = self.rows.iter().flat_map(|row| {
            let columns = self.columns.iter().filter(shown);
            columns.map(|column| format!("{}.{}", row.name, column.name))
        });
        plain.iter().map(name).chain(cells).chain(notes.iter().map(name)).collect()
    }

    /// The label behind a key, such as `Solutions share`.
    #[must_use]
    pub fn label(&self, key: &str) -> String {
        let label = match key.split_once('.') {
            Some((row, column)) => self
                .row(row)
                .zip(self.column(column))
                .map(|(row, column)| format!("{} {}", row.label, lower_first(column.label))),
            None => self.field(key).map(|field| field.label.to_owned()),
        };
        label.unwrap_or_else(|| key.to_owned())
    }
}

/// `Value proposition` inside a sentence: lower case, unless it is an abbreviation.
pub(crate) fn lower_first(label: &str) -> String {
    let mut chars = label.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => label.to_owned(),
    }
}

/// Two bounds, both inside; one may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range<T> {
    pub min: Option<T>,
    pub max: Option<T>,
}

impl<T: Copy + Ord> Range<T> {
    #[must_use]
    pub fn new(min: Option<T>, max: Option<T>) -> Self {
        Self { min, max }
    }

    /// Whether one bound is given and they are in order.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        match (self.min, self.max) {
            (Some(min), Some(max)) => min <= max,
            (None, None) => false,
            _ => true,
        }
    }

    /// Whether the two share at least one value.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let starts_late = |a: &Self, b: &Self| a.min.zip(b.max).is_some_and(|(min, max)| min > max);
        !starts_late(self, other) && !starts_late(other, self)
    }
}

/// What a field holds, in the form in which operations carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Not set.
    Nothing,
    Flag(bool),
    Count(u64),
    Text(String),
    Share(Share),
    Money(Money),
    Range(Range<u64>),
    MoneyRange(Range<Money>),
    Items(Vec<String>),
}

impl From<Currency> for Value {
    fn from(currency: Currency) -> Self {
        Self::Text(currency.code().to_owned())
    }
}

impl Value {
    /// As people read it, with the unit behind numbers: `50–500 employees`.
    #[must_use]
    pub fn display(&self, unit: &str) -> String {
        let with_unit =
            |text: String| if unit.is_empty() { text } else { format!("{text} {unit}") };
        match self {
            Self::Nothing => "not set".to_owned(),
            Self::Flag(true) => "yes".to_owned(),
            Self::Flag(false) => "no".to_owned(),
            Self::Text(text) if text.is_empty() => "not set".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Count(1) if unit == "people" => "1 person".to_owned(),
            Self::Count(count) => with_unit(grouped(u128::from(*count))),
            Self::Share(share) => share.to_string(),
            Self::Money(money) => money.to_string(),
            Self::Range(range) => {
                with_unit(bounds(range.min, range.max, |n| grouped(u128::from(n))))
            }
            Self::MoneyRange(range) => with_unit(bounds(range.min, range.max, |m| m.to_string())),
            Self::Items(items) if items.is_empty() => "none".to_owned(),
            Self::Items(items) => items.join(", "),
        }
    }

    /// As a form shows it to be changed: lists one item a line, numbers in the one way that reads
    /// everywhere.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Items(items) => items.join("\n"),
            Self::Count(count) => spaced(*count),
            Self::Money(money) => money.written(),
            Self::Range(range) => bounds(range.min, range.max, spaced),
            Self::MoneyRange(range) => bounds(range.min, range.max, Money::written),
            other => other.display(""),
        }
    }

    /// Whether nothing has been said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Text(text) => text.is_empty(),
            Self::Items(items) => items.is_empty(),
            _ => false,
        }
    }
}

fn spaced(count: u64) -> String {
    Decimal::of_units(i128::from(count), 0).spaced()
}

fn bounds<T: Copy + PartialEq>(
    min: Option<T>,
    max: Option<T>,
    show: impl Fn(T) -> String,
) -> String {
    match (min, max) {
        (Some(min), Some(max)) if min == max => show(min),
        (Some(min), Some(max)) => format!("{}–{}", show(min), show(max)),
        (Some(min), None) => format!("{} or more", show(min)),
        (None, Some(max)) => format!("up to {}", show(max)),
        (None, None) => "not set".to_owned(),
    }
}

/// A field as it stands in one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldView {
    /// Field name, or `row.column`.
    pub key: String,
    pub label: String,
    pub kind: Kind,
    pub unit: &'static str,
    pub value: Value,
    /// The recorded basis of an assumption, in a few words.
    pub basis: Option<String>,
}

impl FieldView {
    /// The value as people read it, with its basis in brackets where it is an assumption.
    #[must_use]
    pub fn display(&self) -> String {
        let shown = self.value.display(self.unit);
        self.basis.as_ref().map_or(shown.clone(), |basis| format!("{shown} ({basis})"))
    }
}

impl fmt::Display for FieldView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.label, self.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_overlap_also_when_open() {
        let range = |min, max| Range::new(min, max);
        assert!(range(Some(50), Some(500)).overlaps(&range(Some(500), None)));
        assert!(range(None, Some(50)).overlaps(&range(Some(50), Some(60))));
        assert!(!range(None, Some(49)).overlaps(&range(Some(50), Some(60))));
        assert!(!range(Some(501), None).overlaps(&range(Some(50), Some(500))));
    }

    #[test]
    fn values_read_back_from_the_wire_as_what_they_were() {
        let values = [
            Value::Nothing,
            Value::Flag(true),
            Value::Count(7),
            Value::Text("x".to_owned()),
            Value::Share(Share::from_bp(1_500).unwrap()),
            Value::Money(Money::new(4_000_000, Currency::USD)),
            Value::Range(Range::new(Some(50), None)),
            Value::MoneyRange(Range::new(
                None,
                Some(Money::new(1, Currency::from_code("EUR").unwrap())),
            )),
            Value::Items(vec!["a".to_owned()]),
        ];
        for value in values {
            let json = serde_json::to_string(&value).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), value, "{json}");
        }
        for bad in ["1.5", "-1", r#"{"min":1,"max":2,"x":3}"#, r#"{"bp":1.5}"#] {
            assert!(serde_json::from_str::<Value>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values_show_as_people_read_them() {
        let size = Value::Range(Range::new(Some(50), Some(1_500)));
        assert_eq!(size.display("employees"), "50–1,500 employees");
        assert_eq!(Value::Range(Range::new(Some(50), None)).display(""), "50 or more");
        assert_eq!(Value::Nothing.display("employees"), "not set");
        assert_eq!(lower_first("ACV"), "ACV");
        assert_eq!(lower_first("Value proposition"), "value proposition");
    }
}
