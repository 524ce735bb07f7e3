//! How fast deal registrations are answered, held against the promise of 48 elapsed hours (S-21).

use jiff::SignedDuration;

use crate::fiscal::Quarter;
use crate::partners::{Attribution, Deal, Moment};
use crate::reports::ledger::{Unit, Value};

use super::book::{Book, Passport, Times};
use super::scope::Scope;

/// The promise: a registration is answered within 48 elapsed hours (S-21).
const PROMISE: SignedDuration = SignedDuration::from_hours(48);
/// The share that must be answered in time, in basis points (S-21: 95 %, exactly 95 % passes).
pub(super) const TARGET_BP: i64 = 9_500;

const SOURCE: &str = "deal registrations";
const NONE: &str = "no deal registrations";

/// Where a registration stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    InTime,
    Late,
    /// Not answered, and the promise still holds.
    Waiting,
}

pub(super) fn gather(scope: &Scope<'_>, book: &mut Book) {
    let quarter = scope.quarter;
    let rows = registered(scope, quarter).count();
    let rate = Passport {
        label: "Deal registrations answered in time".to_owned(),
        unit: Unit::Rate,
        formula: "answered in time / (answered + overdue); none without registrations",
        source: SOURCE,
    };
    let at = |quarter| Value::or_missing(rate_of(scope, quarter), NONE);
    let times = Times {
        now: at(quarter),
        before: at(quarter.previous()),
        year_before: at(quarter.year_before()),
    };
    book.enter_times("sla.rate", &rate, times, rows);
    let series = scope.series().into_iter().map(at).collect();
    book.enter_series("sla.rate", &rate, series);
    counts(scope, book, rows);
    promise(book);
}

fn counts(scope: &Scope<'_>, book: &mut Book, rows: usize) {
    let count = |answer: Option<Answer>| {
        let found = registered(scope, scope.quarter)
            .filter(|deal| answer.is_none_or(|wanted| answered(deal, scope) == wanted));
        Value::or_missing(i64::try_from(found.count()).ok(), "too many")
    };
    for (id, label, answer) in [
        ("sla.registrations", "Deal registrations", None),
        ("sla.in_time", "Deal registrations answered within the promise", Some(Answer::InTime)),
        ("sla.late", "Deal registrations answered late or overdue", Some(Answer::Late)),
        ("sla.waiting", "Deal registrations still within the promise", Some(Answer::Waiting)),
    ] {
        let passport = Passport {
            label: label.to_owned(),
            unit: Unit::Count,
            formula: "number of registrations in the quarter",
            source: SOURCE,
        };
        book.enter(id, &passport, count(answer), rows);
    }
    let median = Passport {
        label: "Median time to answer a registration".to_owned(),
        unit: Unit::Hours,
        formula: "median of answered registrations, whole hours",
        source: SOURCE,
    };
    book.enter("sla.median", &median, Value::or_missing(median_hours(scope), NONE), rows);
}

/// The promise and its target are figures too: sentences name them by slot.
fn promise(book: &mut Book) {
    let rule = |label: &str, unit| Passport {
        label: label.to_owned(),
        unit,
        formula: "set by the program",
        source: "program rules",
    };
    let hours = rule("Promised time to answer", Unit::Hours);
    book.enter_from("sla.promise", &hours, Value::Known(PROMISE.as_hours()), vec![]);
    let target = rule("Target for answers in time", Unit::Share);
    book.enter_from("sla.target", &target, Value::Known(TARGET_BP), vec![]);
}

/// Registrations by partners in a quarter.
fn registered<'a>(scope: &'a Scope<'_>, quarter: Quarter) -> impl Iterator<Item = &'a Deal> {
    scope.deals.iter().copied().filter(move |deal| {
        let day = deal.registered_at.map(|moment| moment.day(scope.zone));
        deal.attribution != Attribution::Direct
            && day.is_some_and(|day| scope.is_within(day, quarter))
    })
}

fn answered(deal: &Deal, scope: &Scope<'_>) -> Answer {
    let Some(registered) = deal.registered_at else { return Answer::Waiting };
    let taken = |until: Moment| registered.until(until, scope.zone);
    match deal.responded_at {
        Some(at) if taken(at) <= PROMISE => Answer::InTime,
        Some(_) => Answer::Late,
        // open past the promise counts as a miss now
        None if taken(Moment::At(scope.now)) > PROMISE => Answer::Late,
        None => Answer::Waiting,
    }
}

fn rate_of(scope: &Scope<'_>, quarter: Quarter) -> Option<i64> {
    let answers: Vec<Answer> = registered(scope, quarter).map(|d| answered(d, scope)).collect();
    let count = |wanted| answers.iter().filter(|a| **a == wanted).count();
    let (in_time, late) = (count(Answer::InTime), count(Answer::Late));
    let in_time = i64::try_from(in_time).ok()?;
    (in_time * 10_000).checked_div(in_time + i64::try_from(late).ok()?)
}

fn median_hours(scope: &Scope<'_>) -> Option<i64> {
    let taken = |deal: &Deal| Some(deal.registered_at?.until(deal.responded_at?, scope.zone));
    let mut hours: Vec<i64> =
        registered(scope, scope.quarter).filter_map(taken).map(|taken| taken.as_hours()).collect();
    hours.sort_unstable();
    let middle = hours.len() / 2;
    match hours.len() {
        0 => None,
        n if !n.is_multiple_of(2) => hours.get(middle).copied(),
        _ => Some(i64::midpoint(*hours.get(middle - 1)?, *hours.get(middle)?)),
    }
}
