//! Enters figures with everything their passport needs, so that no counting code forgets a part.

use jiff::civil::Date;

use super::scope::Scope;
use super::{Action, Facts, Group, PartnerRow};
use crate::partners::Currency;
use crate::reports::ledger::{Figure, Unit, Value};

/// The facts while they are being gathered.
pub(super) struct Book {
    facts: Facts,
    period: String,
    as_of: Date,
    currency: Currency,
}

/// What a figure is, apart from its value.
#[derive(Clone)]
pub(super) struct Passport {
    pub label: String,
    pub unit: Unit,
    pub formula: &'static str,
    pub source: &'static str,
}

/// One measure at three times.
pub(super) struct Times {
    pub now: Value,
    pub before: Value,
    pub year_before: Value,
}

impl Book {
    pub(super) fn new(scope: &Scope<'_>) -> Self {
        Self {
            facts: Facts::default(),
            period: scope.quarter.label(),
            as_of: scope.cutoff,
            currency: scope.currency,
        }
    }

    pub(super) fn close(self) -> Facts {
        self.facts
    }

    /// Money in the report's currency.
    pub(super) fn money(&self) -> Unit {
        Unit::Money(self.currency)
    }

    /// Enters one figure of the quarter, counted over rows.
    pub(super) fn enter(&mut self, id: &str, passport: &Passport, value: Value, rows: usize) {
        let inputs = vec![format!("{rows} {}", passport.source)];
        self.enter_from(id, passport, value, inputs);
    }

    /// Enters one figure of the quarter, worked out from others.
    pub(super) fn enter_from(
        &mut self,
        id: &str,
        passport: &Passport,
        value: Value,
        inputs: Vec<String>,
    ) {
        let period = self.period.clone();
        self.put(id, passport, value, (inputs, period));
    }

    /// Enters a measure now, a quarter and a year before, and how it changed.
    pub(super) fn enter_times(&mut self, id: &str, passport: &Passport, times: Times, rows: usize) {
        let Times { now, before, year_before } = times;
        for (other, value, name) in
            [("before", &before, "quarter before"), ("year_before", &year_before, "year before")]
        {
            let then =
                Passport { label: format!("{}, {name}", passport.label), ..passport.clone() };
            let period = self.facts.ledger.show(other);
            let label = format!("{}, change on {period}", passport.label);
            let inputs = vec![then.source.to_owned()];
            self.put(&format!("{id}.{other}"), &then, value.clone(), (inputs, period));
            let change = changed(&passport.unit, &now, value);
            let suffix = if other == "before" { "change" } else { "year_change" };
            let moved = Passport {
                label,
                unit: change_unit(&passport.unit),
                formula: change_formula(&passport.unit),
                source: "this ledger",
            };
            let inputs = vec![id.to_owned(), format!("{id}.{other}")];
            self.enter_from(&format!("{id}.{suffix}"), &moved, change, inputs);
        }
        self.enter(id, passport, now, rows);
    }

    /// Enters a series, oldest first, as `id.t1`, `id.t2` …
    pub(super) fn enter_series(&mut self, id: &str, passport: &Passport, values: Vec<Value>) {
        let skipped = self.facts.quarters.len().saturating_sub(values.len());
        for (i, value) in values.into_iter().enumerate() {
            let period = self.facts.quarters.get(i + skipped).cloned().unwrap_or_default();
            let passport =
                Passport { label: format!("{}, {period}", passport.label), ..passport.clone() };
            let inputs = vec![passport.source.to_owned()];
            self.put(&format!("{id}.t{}", i + 1), &passport, value, (inputs, period));
        }
    }

    fn put(&mut self, id: &str, passport: &Passport, value: Value, from: (Vec<String>, String)) {
        let (inputs, period) = from;
        let figure = Figure {
            label: passport.label.clone(),
            value,
            unit: passport.unit.clone(),
            formula: passport.formula.to_owned(),
            inputs,
            period,
            source: passport.source.to_owned(),
            as_of: self.as_of.to_string(),
        };
        self.facts.ledger.enter(id, figure);
    }

    /// Enters a word that sentences may use as a slot.
    pub(super) fn name(&mut self, id: &str, text: &str) {
        self.facts.ledger.name(id, text);
    }

    pub(super) fn known(&self, id: &str) -> Option<i64> {
        self.facts.ledger.known(id)
    }

    /// The value of an id, or 0 where it is not known; for rules that only act on what is there.
    pub(super) fn found(&self, id: &str) -> i64 {
        self.known(id).unwrap_or(0)
    }

    /// What has been gathered so far.
    pub(super) fn facts(&self) -> &Facts {
        &self.facts
    }

    pub(super) fn quarters(&mut self, labels: Vec<String>) {
        self.facts.quarters = labels;
    }

    pub(super) fn gap(&mut self, sentence: &str) {
        self.facts.gaps.push(sentence.to_owned());
    }

    pub(super) fn source(&mut self, line: &str) {
        self.facts.sources.push(line.to_owned());
    }

    pub(super) fn action(&mut self, action: Action) {
        self.facts.actions.push(action);
    }

    pub(super) fn top(&mut self, rows: Vec<PartnerRow>) {
        self.facts.top = rows;
    }

    pub(super) fn groups(&mut self, of: Groups, groups: Vec<Group>) {
        match of {
            Groups::Tiers => self.facts.tiers = groups,
            Groups::Types => self.facts.types = groups,
            Groups::Regions => self.facts.regions = groups,
            Groups::Activities => self.facts.activities = groups,
            Groups::Categories => self.facts.categories = groups,
        }
    }
}

/// The lists that charts and tables follow.
#[derive(Clone, Copy)]
pub(super) enum Groups {
    Tiers,
    Types,
    Regions,
    Activities,
    Categories,
}

fn change_unit(of: &Unit) -> Unit {
    match of {
        Unit::Share | Unit::Rate => Unit::Points,
        _ => Unit::Change,
    }
}

fn change_formula(of: &Unit) -> &'static str {
    match of {
        Unit::Share | Unit::Rate => "value - value then, in percentage points",
        _ => "(value - value then) / value then",
    }
}

/// How far a value moved: points between shares, a relative change between everything else.
fn changed(unit: &Unit, now: &Value, then: &Value) -> Value {
    let (Value::Known(now), Value::Known(then)) = (now, then) else {
        return Value::Missing("no earlier figure to compare with".to_owned());
    };
    if matches!(unit, Unit::Share | Unit::Rate) {
        return Value::Known(now - then);
    }
    if now == then {
        return Value::Known(0);
    }
    if *then == 0 {
        return Value::Missing("the earlier figure is zero".to_owned());
    }
    let bp = (i128::from(*now) - i128::from(*then)) * 10_000 / i128::from(*then).abs();
    Value::or_missing(i64::try_from(bp).ok(), "the change is too large to write")
}
