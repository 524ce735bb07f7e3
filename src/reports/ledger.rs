//! The figures ledger: every number of a report with its label, unit, formula, inputs and source.
//!
//! Nothing prints a digit that does not come from here. Amounts are integers: money in minor units,
//! shares and changes in basis points, everything else a count.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::partners::Currency;

use super::numbers;

/// What the integer of a figure means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Minor units of a currency.
    Money(Currency),
    /// A number of things.
    Count,
    /// A part of a whole in basis points, printed in whole percents.
    Share,
    /// A part of a whole in basis points that is held against a threshold: printed with one
    /// decimal and never rounded up, so that 94.96 % does not read as 95 %.
    Rate,
    /// A signed relative change in basis points.
    Change,
    /// A signed difference of two shares in basis points.
    Points,
    /// Elapsed hours.
    Hours,
    /// Calendar days.
    Days,
}

/// A value that is known, or the reason why it is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Known(i64),
    /// Why there is no value, as a clause: "no deals closed".
    Missing(String),
}

impl Value {
    /// A value that the data may not hold.
    pub fn or_missing(value: Option<i64>, why: &str) -> Self {
        value.map_or_else(|| Self::Missing(why.to_owned()), Self::Known)
    }

    /// The integer, where there is one.
    #[must_use]
    pub fn known(&self) -> Option<i64> {
        match self {
            Self::Known(value) => Some(*value),
            Self::Missing(_) => None,
        }
    }
}

/// One number with its passport.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What it counts, in the words of the deck: "Sourced revenue won".
    pub label: String,
    pub value: Value,
    pub unit: Unit,
    /// How it was worked out, in words: "sum of the amounts of sourced deals won".
    pub formula: String,
    /// What went in: figure ids, or rows in words ("14 deals").
    pub inputs: Vec<String>,
    /// The time it speaks about: "FY2026-Q3".
    pub period: String,
    /// Where the rows come from: "deals", "partners", "Partner TAM, revision 3".
    pub source: String,
    /// The day up to which the source was known, ISO 8601.
    pub as_of: String,
}

impl Figure {
    /// The figure as a reader sees it: `$4.12M`, `41%`, `no data`.
    #[must_use]
    pub fn show(&self) -> String {
        numbers::show(&self.value, &self.unit)
    }

    /// The same without its sign, for sentences whose verb says the direction.
    #[must_use]
    pub fn show_size(&self) -> String {
        let size = match &self.value {
            Value::Known(value) => Value::Known(value.saturating_abs()),
            missing @ Value::Missing(_) => missing.clone(),
        };
        numbers::show_unsigned(&size, &self.unit)
    }
}

/// All figures of a report by id, and the names that sentences may use beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    figures: BTreeMap<String, Figure>,
    /// Words that may hold digits and are not figures: period labels, partner names, dates.
    names: BTreeMap<String, String>,
}

impl Ledger {
    /// Enters a figure. A second one with the same id replaces the first.
    pub fn enter(&mut self, id: impl Into<String>, figure: Figure) {
        self.figures.insert(id.into(), figure);
    }

    /// Enters a word that sentences may name, such as a partner or a period label.
    pub fn name(&mut self, id: impl Into<String>, text: impl Into<String>) {
        self.names.insert(id.into(), text.into());
    }

    #[must_use]
    pub fn figure(&self, id: &str) -> Option<&Figure> {
        self.figures.get(id)
    }

    /// The integer behind an id, where it is known.
    #[must_use]
    pub fn known(&self, id: &str) -> Option<i64> {
        self.figure(id)?.value.known()
    }

    /// What a reader sees for an id: the figure, the name, or `no data`.
    #[must_use]
    pub fn show(&self, id: &str) -> String {
        self.figure(id)
            .map(Figure::show)
            .or_else(|| self.names.get(id).cloned())
            .unwrap_or_else(|| numbers::NO_DATA.to_owned())
    }

    /// Whether a sentence may use this slot.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.figures.contains_key(id) || self.names.contains_key(id)
    }

    /// Every figure in the order of its id.
    pub fn figures(&self) -> impl Iterator<Item = (&str, &Figure)> {
        self.figures.iter().map(|(id, figure)| (id.as_str(), figure))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: Value, unit: Unit) -> Figure {
        Figure {
            label: "Test".to_owned(),
            value,
            unit,
            formula: "as given".to_owned(),
            inputs: vec![],
            period: "FY2026-Q3".to_owned(),
            source: "test".to_owned(),
            as_of: "2026-09-30".to_owned(),
        }
    }

    #[test]
    fn a_missing_value_says_no_data_and_is_never_zero() {
        let mut ledger = Ledger::default();
        let missing = Value::or_missing(None, "no deals closed");
        ledger.enter("win_rate", figure(missing, Unit::Share));
        assert_eq!(ledger.show("win_rate"), "no data");
        assert_eq!(ledger.known("win_rate"), None);
    }

    #[test]
    fn a_ledger_survives_the_way_through_json() {
        let mut ledger = Ledger::default();
        ledger.enter("won", figure(Value::Known(i64::MAX), Unit::Money(Currency::USD)));
        ledger.enter("gap", figure(Value::Missing("none".to_owned()), Unit::Count));
        ledger.name("period", "FY2026-Q3");
        let text = serde_json::to_string(&ledger).unwrap();
        assert_eq!(serde_json::from_str::<Ledger>(&text).unwrap(), ledger);
    }

    #[test]
    fn the_size_of_a_fall_has_no_sign() {
        let fall = figure(Value::Known(-1_850), Unit::Change);
        assert_eq!(fall.show(), "−19%");
        assert_eq!(fall.show_size(), "19%");
    }
}
