//! The closed list of edits: typed operations on named fields and stable item ids.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::address::SectionAddress;
use super::field::{FieldSpec, Kind, Value};
use super::money::MoneyError;

/// Operations in one change.
pub const OPERATION_LIMIT: usize = 200;

/// One typed edit. What no operation names keeps its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Operation {
    /// Gives a field another value. A list keeps the ids of items that read the same.
    Set {
        field: String,
        value: Value,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis: Option<Basis>,
    },
    /// Adds an item behind `after_id`, or at the end.
    Add {
        list: String,
        item: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_id: Option<String>,
    },
    /// Gives one item another text; it keeps its id and place.
    Replace { list: String, id: String, item: String },
    /// Takes one item out.
    Remove { list: String, id: String },
    /// Puts one item behind another, or first.
    Move {
        list: String,
        id: String,
        #[serde(default)]
        after_id: Option<String>,
    },
    /// Gives one cell of the section's table another value.
    SetCell {
        row: String,
        column: String,
        value: Value,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis: Option<Basis>,
    },
}

impl Operation {
    /// The key it writes: a field or list name, or `row.column`.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Set { field, .. } => field.clone(),
            Self::SetCell { row, column, .. } => format!("{row}.{column}"),
            Self::Add { list, .. }
            | Self::Replace { list, .. }
            | Self::Remove { list, .. }
            | Self::Move { list, .. } => list.clone(),
        }
    }

    /// The value that it gives a whole field or cell; none where it edits a list item by item.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Set { value, .. } | Self::SetCell { value, .. } => Some(value),
            Self::Add { .. } | Self::Replace { .. } | Self::Remove { .. } | Self::Move { .. } => {
                None
            }
        }
    }

    /// The key under which a reader sees the change: a source is part of its assumption.
    #[must_use]
    pub fn shown_key(&self) -> String {
        let key = self.key();
        key.strip_suffix("_source").map(str::to_owned).unwrap_or(key)
    }

    /// The same operation; where it states an assumption of the section, or its source, without a basis, with
    /// this one.
    #[must_use]
    pub fn attributed(mut self, address: SectionAddress, by: &Basis) -> Self {
        let spec = address.spec().of_key(&self.key());
        if spec.is_some_and(FieldSpec::carries_basis)
            && let Self::Set { basis, .. } | Self::SetCell { basis, .. } = &mut self
        {
            basis.get_or_insert_with(|| by.clone());
        }
        self
    }
}

/// Where an assumption comes from (A-02): who said it, when, and on what ground.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// In the words of whoever gave it; empty when none was given.
    pub source: String,
    /// Name of the person; empty when unknown.
    pub by: String,
    pub on: Option<Date>,
    /// Nobody has given a value yet: it is only a place to start from.
    pub starting: bool,
}

impl Basis {
    /// Nobody has said anything: the framework's value stands until somebody does.
    #[must_use]
    pub fn starting() -> Self {
        Self { starting: true, ..Self::default() }
    }

    /// Said by somebody on a day, on some ground (which may be empty).
    #[must_use]
    pub fn given(source: impl Into<String>, by: impl Into<String>, on: Date) -> Self {
        Self { source: source.into(), by: by.into(), on: Some(on), starting: false }
    }

    /// `starting assumption`, or source, person and day as far as they are known.
    #[must_use]
    pub fn display(&self) -> String {
        if self.starting {
            return "starting assumption".to_owned();
        }
        let on = self.on.map(day).unwrap_or_default();
        let parts: Vec<&str> =
            [self.source.as_str(), &self.by, &on].into_iter().filter(|p| !p.is_empty()).collect();
        if parts.is_empty() { "no basis recorded".to_owned() } else { parts.join(", ") }
    }
}

/// `5 Oct 2026`
#[must_use]
pub fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// Why a change was not applied; nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("operation {}: {reason}", at + 1)]
pub struct ApplyError {
    /// Position of the operation in the list, from 0.
    pub at: usize,
    pub reason: Refusal,
}

/// Why one operation, or one value, was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("{address} has no field {key}")]
    UnknownField { address: SectionAddress, key: String },
    #[error("{0} is not a list")]
    NotAList(String),
    #[error("{label} takes {expected}")]
    WrongKind { label: String, expected: &'static str },
    #[error("{label} has no item {id}")]
    NoSuchItem { label: String, id: String },
    #[error("{label} already has {text}")]
    AlreadyThere { label: String, text: String },
    #[error("{0} cannot be left empty")]
    Empty(String),
    #[error("{label} is longer than {limit} characters")]
    TooLong { label: String, limit: usize },
    #[error("{label} holds more than {limit} items")]
    TooMany { label: String, limit: usize },
    #[error("{0} must lie between 0% and 100%")]
    ShareOutOfRange(String),
    #[error("{0} cannot be negative")]
    Negative(String),
    #[error("{0} is larger than this page can hold")]
    TooLarge(String),
    #[error("{0} needs a lower and an upper bound in order")]
    RangeReversed(String),
    #[error("{label}: {error}")]
    Currency { label: String, error: Box<MoneyError> },
    #[error("the currency can only change together with every ACV")]
    CurrencyAlone,
    #[error("{0} carries no basis")]
    NoBasisHere(String),
    #[error("{0} cannot be moved behind itself")]
    BehindItself(String),
    #[error("a change holds at most {OPERATION_LIMIT} operations")]
    TooManyOperations,
    #[error("{0} holds characters that cannot be seen")]
    Unclean(String),
    #[error("{0} has damaged item numbers")]
    DamagedList(String),
}

/// What a field of this kind takes, in words.
#[must_use]
pub(crate) fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Source => "text",
        Kind::Range => "a range such as 50–500",
        Kind::MoneyRange => "a range of amounts such as $10m–$50m",
        Kind::Count => "a whole number",
        Kind::Share => "a share such as 15%",
        Kind::Money => "an amount such as 40k",
        Kind::Flag => "yes or no",
        Kind::Items => "a list",
        Kind::Currency => "a currency code such as EUR",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_have_the_documented_wire_form() {
        let wire = r#"[{"op":"set","field":"company_size","value":{"min":50,"max":500}},{"op":"add","list":"industries","item":"Fintech"},{"op":"add","list":"industries","item":"Health","after_id":"i1"},{"op":"replace","list":"industries","id":"i1","item":"Retail"},{"op":"remove","list":"industries","id":"i2"},{"op":"move","list":"industries","id":"i3","after_id":null},{"op":"set_cell","row":"solutions","column":"share","value":{"bp":1500}}]"#;
        let read: Vec<Operation> = serde_json::from_str(wire).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), wire);
    }

    #[test]
    fn an_unknown_word_on_the_wire_is_refused() {
        for bad in [
            r#"{"op":"set","field":"summary","value":"x","extra":1}"#,
            r#"{"op":"delete","field":"summary"}"#,
            r#"{"op":"remove","list":"industries"}"#,
            r#"{"field":"summary","value":"x"}"#,
        ] {
            assert!(serde_json::from_str::<Operation>(bad).is_err(), "{bad}");
        }
    }
}
