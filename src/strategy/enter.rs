//! Values as a person types them into a form, and as a form shows them to be changed.

use std::collections::BTreeMap;

use thiserror::Error;

use super::document::Document;
use super::field::{FieldView, Kind, Value};
use super::money::{Currency, Money};
use super::operation::{Basis, Operation};
use super::share::Share;
use super::{bounds, count};
use crate::numbers::{self, Ambiguity, Meant};

/// A field of a form that does not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{label}: {problem}")]
pub struct NotRead {
    /// Field name, or `row.column`.
    pub key: String,
    pub label: String,
    /// What is wrong and what would be right, without a full stop.
    pub problem: String,
}

/// The operations that bring the document to what the form says. Fields that read as they stand
/// are not touched; keys that the section does not have are ignored.
///
/// # Errors
/// The first field that does not read.
pub fn operations(
    document: &Document,
    fields: &BTreeMap<String, String>,
) -> Result<Vec<Operation>, NotRead> {
    let read = read_all(document, fields)?;
    let changed = read.into_iter().filter(|(field, value)| field.value != *value);
    Ok(changed.map(|(field, value)| set(&field.key, value, None)).collect())
}

/// The operations that set every field of the form, also where it reads as it stands: somebody
/// gives a new ground for it.
///
/// # Errors
/// The first field that does not read.
pub fn every(
    document: &Document,
    fields: &BTreeMap<String, String>,
) -> Result<Vec<Operation>, NotRead> {
    let read = read_all(document, fields)?;
    Ok(read.into_iter().map(|(field, value)| set(&field.key, value, None)).collect())
}

fn read_all(
    document: &Document,
    fields: &BTreeMap<String, String>,
) -> Result<Vec<(FieldView, Value)>, NotRead> {
    let mut values = Vec::new();
    for (key, text) in fields {
        let Some(field) = document.field(key) else { continue };
        let same = is_as_shown(&field, text);
        let value = if same { field.value.clone() } else { read(document, &field, text)? };
        values.push((field, value));
    }
    Ok(values)
}

/// What stands there, as it is shown: that need not be typed in a way that reads.
fn is_as_shown(field: &FieldView, text: &str) -> bool {
    let shown = [field.value.written(), field.value.display("")];
    shown.iter().any(|shown| shown.trim() == text.trim())
}

/// Every number that may be two, in the fields that do not stand as they are.
#[must_use]
pub fn doubts(document: &Document, fields: &BTreeMap<String, String>) -> Vec<Ambiguity> {
    let numeric = fields.iter().filter_map(|(key, text)| {
        let field = document.field(key)?;
        (field.kind.is_numeric() && !is_as_shown(&field, text)).then_some(text)
    });
    numeric.flat_map(|text| numbers::doubts(text)).collect()
}

/// The fields with each such number as it was meant.
#[must_use]
pub fn settled(
    document: &Document,
    mut fields: BTreeMap<String, String>,
    meant: Meant,
) -> BTreeMap<String, String> {
    for (key, text) in &mut fields {
        if document.field(key).is_some_and(|field| field.kind.is_numeric()) {
            *text = numbers::settled(text, meant);
        }
    }
    fields
}

/// Sets a field or a cell, with the basis of an assumption where there is one.
#[must_use]
pub fn set(key: &str, value: Value, basis: Option<Basis>) -> Operation {
    match key.split_once('.') {
        Some((row, column)) => {
            Operation::SetCell { row: row.to_owned(), column: column.to_owned(), value, basis }
        }
        None => Operation::Set { field: key.to_owned(), value, basis },
    }
}

/// Reads one typed value of a field's kind.
///
/// # Errors
/// What does not read, with what would.
pub fn read(document: &Document, field: &FieldView, text: &str) -> Result<Value, NotRead> {
    let text = text.trim();
    let problem =
        |problem: String| NotRead { key: field.key.clone(), label: field.label.clone(), problem };
    match field.kind {
        Kind::Text | Kind::Source | Kind::Currency => Ok(Value::Text(text.to_owned())),
        Kind::Items => Ok(Value::Items(lines(text))),
        Kind::Flag => flag(text).map_err(problem),
        Kind::Count | Kind::Range | Kind::MoneyRange if text.is_empty() => Ok(Value::Nothing),
        Kind::Count => count::parse(text).map(Value::Count).map_err(|e| problem(e.to_string())),
        Kind::Share => Share::parse(text).map(Value::Share).map_err(|e| problem(e.to_string())),
        Kind::Money => {
            let money = Money::parse(text, currency(document));
            money.map(Value::Money).map_err(|e| problem(e.to_string()))
        }
        Kind::Range => bounds::counts(text).map(Value::Range).map_err(|e| problem(e.to_string())),
        Kind::MoneyRange => {
            let range = bounds::amounts(text, currency(document));
            range.map(Value::MoneyRange).map_err(|e| problem(e.to_string()))
        }
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn flag(text: &str) -> Result<Value, String> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" => Ok(Value::Flag(true)),
        "no" | "n" | "false" => Ok(Value::Flag(false)),
        _ => Err("say yes or no".to_owned()),
    }
}

/// The currency that an amount without one is in.
fn currency(document: &Document) -> Currency {
    document.currency().unwrap_or(Currency::USD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::apply::apply;
    use crate::strategy::tam::Tam;

    fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
    }

    fn tam() -> Document {
        Document::Tam(Tam::starting(Currency::USD))
    }

    #[test]
    fn a_form_sent_back_as_it_was_changes_nothing() {
        let document = tam();
        let same: BTreeMap<_, _> = document
            .fields()
            .iter()
            .map(|field| (field.key.clone(), field.value.written()))
            .collect();
        assert_eq!(operations(&document, &same), Ok(Vec::new()));
    }

    #[test]
    fn another_spelling_of_what_stands_there_changes_nothing() {
        let same = fields(&[("accounts", "1000"), ("solutions.share", "15.0 %")]);
        assert_eq!(operations(&tam(), &same), Ok(Vec::new()));
        assert_eq!(every(&tam(), &same).unwrap().len(), 2);
    }

    #[test]
    fn typed_values_arrive_in_their_fields() {
        let typed = fields(&[("solutions.share", "12.5%"), ("sales.acv", "45k")]);
        let changed = apply(&tam(), &operations(&tam(), &typed).unwrap()).unwrap();
        assert_eq!(changed.field("solutions.share").unwrap().value.display(""), "12.5%");
        assert_eq!(changed.field("sales.acv").unwrap().value.display(""), "$45,000");
    }

    #[test]
    fn what_does_not_read_names_the_field_and_the_reason() {
        let error = operations(&tam(), &fields(&[("solutions.share", "15.005%")])).unwrap_err();
        assert_eq!(
            (error.key.as_str(), error.label.as_str()),
            ("solutions.share", "Solutions share")
        );
        assert!(operations(&tam(), &fields(&[("solutions.share", "NaN")])).is_err());
    }
}
