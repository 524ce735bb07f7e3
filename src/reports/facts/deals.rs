//! Deals won, deals open and how many are won, each for one attribution at a time.

use jiff::civil::Date;

use crate::fiscal::Quarter;
use crate::partners::{Attribution, Deal, Outcome};
use crate::reports::ledger::{Unit, Value};

use super::SERIES_QUARTERS;
use super::book::{Book, Passport, Times};
use super::scope::Scope;

const DEALS: &str = "deals";

pub(super) fn gather(scope: &Scope<'_>, book: &mut Book) {
    for attribution in Attribution::ALL.iter().copied() {
        let counted = Counted { scope, attribution };
        counted.won(book);
        counted.pipeline(book);
        counted.win_rate(book);
    }
    gaps(scope, book);
}

/// The deals of one attribution. Everything below counts through this, so nothing adds two.
struct Counted<'a> {
    scope: &'a Scope<'a>,
    attribution: Attribution,
}

impl Counted<'_> {
    fn id(&self, measure: &str) -> String {
        format!("{measure}.{}", self.attribution.word())
    }

    fn label(&self, what: &str) -> String {
        format!("{} {what}", self.attribution.label())
    }

    fn won(&self, book: &mut Book) {
        let amount = Passport {
            label: self.label("won"),
            unit: book.money(),
            formula: "sum of the amounts of deals won in the quarter",
            source: DEALS,
        };
        let rows = self.won_in(self.scope.quarter).count();
        let times = self.times(|quarter| self.sum(self.won_in(quarter)));
        book.enter_times(&self.id("won"), &amount, times, rows);
        let series = self
            .scope
            .series()
            .into_iter()
            .map(|quarter| self.closed(quarter, || self.sum(self.won_in(quarter))));
        book.enter_series(&self.id("won"), &amount, series.collect());
        let count = Passport {
            label: self.label("deals won"),
            unit: Unit::Count,
            formula: "number of deals won in the quarter",
            ..amount
        };
        let times = self.times(|quarter| Some(count_of(self.won_in(quarter))));
        book.enter_times(&self.id("deals_won"), &count, times, rows);
        self.average(book, rows);
    }

    fn average(&self, book: &mut Book, rows: usize) {
        let average = Passport {
            label: self.label("average deal won"),
            unit: book.money(),
            formula: "amount won / deals won that carry an amount",
            source: DEALS,
        };
        let times = self.times(|quarter| {
            let priced = self.won_in(quarter).filter(|deal| self.priced(deal)).count();
            self.sum(self.won_in(quarter))?.checked_div(i64::try_from(priced).ok()?)
        });
        book.enter_times(&self.id("average"), &average, times, rows);
    }

    fn pipeline(&self, book: &mut Book) {
        let amount = Passport {
            label: self.label("open pipeline"),
            unit: book.money(),
            formula: "sum of the amounts of deals open at the end of the quarter",
            source: DEALS,
        };
        let now = self.scope.quarter;
        let rows = self.open_at(self.scope.cutoff).count();
        let at = |quarter: Quarter| self.sum(self.open_at(self.scope.end_of(quarter)));
        // a deal without a registration date is open now, but since when is not known
        let undated = self.open_at(self.scope.cutoff).any(|deal| deal.registered_at.is_none());
        let then = |quarter: Quarter| {
            if undated {
                Value::Missing("some open deals carry no registration date".to_owned())
            } else {
                self.recorded(quarter, || at(quarter))
            }
        };
        let times = Times {
            now: self.recorded(now, || at(now)),
            before: then(now.previous()),
            year_before: then(now.year_before()),
        };
        book.enter_times(&self.id("pipeline"), &amount, times, rows);
        let count = Passport {
            label: self.label("open deals"),
            unit: Unit::Count,
            formula: "number of deals open at the end of the quarter",
            ..amount
        };
        let open = Value::or_missing(i64::try_from(rows).ok(), "too many");
        book.enter(&self.id("open_deals"), &count, open, rows);
    }

    fn win_rate(&self, book: &mut Book) {
        let rate = Passport {
            label: self.label("win rate"),
            unit: Unit::Share,
            formula: "deals won / (deals won + deals lost) in the quarter",
            source: DEALS,
        };
        let rows = self.closed_in(self.scope.quarter).count();
        let times = self.times(|quarter| {
            let closed = count_of(self.closed_in(quarter));
            (count_of(self.won_in(quarter)) * 10_000).checked_div(closed)
        });
        book.enter_times(&self.id("win_rate"), &rate, times, rows);
    }

    fn times(&self, value: impl Fn(Quarter) -> Option<i64>) -> Times {
        let now = self.scope.quarter;
        let at = |quarter: Quarter| self.closed(quarter, || value(quarter));
        Times { now: at(now), before: at(now.previous()), year_before: at(now.year_before()) }
    }

    /// A value of closed deals, unless the quarter lies before all of them.
    fn closed(&self, quarter: Quarter, value: impl Fn() -> Option<i64>) -> Value {
        if self.scope.is_closed_known(quarter) {
            Value::or_missing(value(), "no deals to count")
        } else {
            Value::Missing("nothing closed that early".to_owned())
        }
    }

    /// A value of open deals, unless the quarter lies before everything that is recorded.
    fn recorded(&self, quarter: Quarter, value: impl Fn() -> Option<i64>) -> Value {
        if self.scope.is_recorded(quarter) {
            Value::or_missing(value(), "no deals to count")
        } else {
            Value::Missing("nothing recorded that early".to_owned())
        }
    }

    fn closed_in(&self, quarter: Quarter) -> impl Iterator<Item = &Deal> {
        let closed = move |deal: &&Deal| {
            deal.closed_at.is_some_and(|day| self.scope.is_within(day, quarter))
                && deal.outcome != Outcome::Open
        };
        self.scope.deals_of(self.attribution).filter(closed)
    }

    fn won_in(&self, quarter: Quarter) -> impl Iterator<Item = &Deal> {
        self.closed_in(quarter).filter(|deal| deal.outcome == Outcome::Won)
    }

    fn open_at(&self, day: Date) -> impl Iterator<Item = &Deal> {
        self.scope.deals_of(self.attribution).filter(move |deal| is_open(deal, day, self.scope))
    }

    fn priced(&self, deal: &Deal) -> bool {
        deal.amount.is_some_and(|money| money.currency == self.scope.currency)
    }

    fn sum<'d>(&self, deals: impl Iterator<Item = &'d Deal>) -> Option<i64> {
        sum(deals, self.scope)
    }
}

/// The sum of amounts in the report's currency; `None` when it does not fit.
pub(super) fn sum<'d>(deals: impl Iterator<Item = &'d Deal>, scope: &Scope<'_>) -> Option<i64> {
    let amounts = deals.filter_map(|deal| deal.amount);
    let mut own = amounts.filter(|money| money.currency == scope.currency);
    own.try_fold(0_i64, |sum, money| sum.checked_add(money.minor))
}

/// Whether a deal was open at the end of a day. One without a registration date counts as open
/// until it closes.
pub(super) fn is_open(deal: &Deal, day: Date, scope: &Scope<'_>) -> bool {
    let begun = deal.registered_at.is_none_or(|moment| moment.day(scope.zone) <= day);
    begun && deal.closed_at.is_none_or(|closed| closed > day)
}

fn count_of<'d>(deals: impl Iterator<Item = &'d Deal>) -> i64 {
    i64::try_from(deals.count()).unwrap_or(i64::MAX)
}

/// Deals that figures must leave out, and the length of the history.
fn gaps(scope: &Scope<'_>, book: &mut Book) {
    let unpriced = scope.deals.iter().filter(|deal| deal.amount.is_none()).count();
    let foreign = |deal: &&&Deal| deal.amount.is_some_and(|m| m.currency != scope.currency);
    let foreign = scope.deals.iter().filter(foreign).count();
    book.name("currency", scope.currency.code());
    for (id, label, rows, sentence) in [
        (
            "gap.unpriced",
            "Deals without an amount",
            unpriced,
            "deals without an amount, left out of the money figures: {gap.unpriced}",
        ),
        (
            "gap.foreign",
            "Deals in another currency",
            foreign,
            "deals not in {currency}, left out of the money figures: {gap.foreign}",
        ),
        (
            "gap.odd",
            "Deals with dates that cannot be",
            scope.odd_deals,
            "deals with dates that cannot be, left out of all figures: {gap.odd}",
        ),
    ] {
        let passport = Passport {
            label: label.to_owned(),
            unit: Unit::Count,
            formula: "number of such deals",
            source: DEALS,
        };
        let value = Value::or_missing(i64::try_from(rows).ok(), "too many");
        book.enter(id, &passport, value, scope.deals.len());
        if rows > 0 {
            book.gap(sentence);
        }
    }
    let recorded = scope.series().iter().filter(|q| scope.is_closed_known(**q)).count();
    if recorded < SERIES_QUARTERS {
        book.gap("quarters before the first closed deal have no figures");
    }
}
