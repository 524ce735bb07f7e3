//! What was done with partners, and who has gone quiet: idle partners and exit clocks (S-16).

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::partners::odd::has_come;
use crate::partners::{Activity, ActivityKind, Deal, Partner, Tier};
use crate::reports::ledger::{Unit, Value};

use super::book::{Book, Groups, Passport};
use super::program::{count, enter_count, group};
use super::scope::{Scope, first_month_end, long_date};

/// Days without pipeline activity after which a partner is called idle: about one quarter.
const IDLE_DAYS: i64 = 90;
pub(super) fn gather(scope: &Scope<'_>, book: &mut Book) {
    activities(scope, book);
    idle(scope, book);
}

fn activities(scope: &Scope<'_>, book: &mut Book) {
    let passport = |label: &str| Passport {
        label: label.to_owned(),
        unit: Unit::Count,
        formula: "activities in the quarter",
        source: "activities",
    };
    let in_quarter = |a: &&&Activity| scope.is_within(a.date, scope.quarter);
    let all: Vec<&Activity> = scope.activities.iter().filter(in_quarter).copied().collect();
    let rows = scope.activities.len();
    let total = (rows > 0).then(|| i64::try_from(all.len()).ok()).flatten();
    let value = Value::or_missing(total, "no activities recorded");
    book.enter("activities.total", &passport("Activities with partners"), value, rows);
    let mut sizes: Vec<(usize, ActivityKind)> = ActivityKind::ALL
        .iter()
        .map(|kind| (all.iter().filter(|a| a.kind == *kind).count(), *kind))
        .filter(|(n, _)| *n > 0)
        .collect();
    sizes.sort_by_key(|(n, _)| usize::MAX - n);
    for (n, kind) in &sizes {
        let id = format!("activities.{}", kind.word());
        enter_count(book, &id, &passport(kind.label()), *n, all.len());
    }
    let groups = sizes.iter().map(|(_, kind)| group(kind.label(), kind.word())).collect();
    book.groups(Groups::Activities, groups);
    let people = all.iter().filter(|a| a.kind == ActivityKind::Certification);
    let people: i64 = people.filter_map(|a| a.people).map(i64::from).sum();
    let value = Value::or_missing(total.map(|_| people), "no activities recorded");
    book.enter("certified.new", &passport("People certified in the quarter"), value, all.len());
}

/// The last day with pipeline activity: the stated one, or a later deal that was registered or
/// closed.
fn last_active(partner: &Partner, scope: &Scope<'_>) -> Option<Date> {
    let own = |deal: &&&Deal| deal.partner_external_id.as_ref() == Some(&partner.external_id);
    let days =
        scope.deals.iter().filter(own).flat_map(|deal| {
            [deal.registered_at.map(|moment| moment.day(scope.zone)), deal.closed_at]
        });
    let days = days.flatten().filter(|day| *day <= scope.cutoff);
    let stated = partner.last_activity_date.filter(|day| has_come(*day, scope.today));
    days.chain(stated).max()
}

/// The day on which an exit is to be decided: calendar months after the last pipeline activity, in a
/// shorter month its last day (S-16).
fn exit_due(last: Date, tier: Option<Tier>) -> Date {
    let months = if tier == Some(Tier::Registered) { 6.months() } else { 12.months() };
    last.saturating_add(months)
}

fn idle(scope: &Scope<'_>, book: &mut Book) {
    let next_end = scope.quarter.next().last_day();
    let mut unknown = 0;
    let mut idle = 0;
    let mut exits: Vec<(Date, &Partner)> = vec![];
    for partner in scope.program() {
        let Some(last) = last_active(partner, scope) else {
            unknown += 1;
            continue;
        };
        if scope.cutoff.duration_since(last).as_hours() / 24 >= IDLE_DAYS {
            idle += 1;
        }
        let due = exit_due(last, partner.tier);
        if due <= next_end {
            exits.push((due, partner));
        }
    }
    exits.sort_by_key(|(due, partner)| (*due, partner.name.clone()));
    let rows = scope.partners.len();
    let days = count("Days after which a partner is idle", "set by the program");
    let days = Passport { unit: Unit::Days, ..days };
    book.enter_from("idle.days", &days, Value::Known(IDLE_DAYS), vec![]);
    let passport = count("Idle partners", "partners without pipeline activity for that long");
    enter_count(book, "idle.partners", &passport, idle, rows);
    let passport =
        count("Exits to decide", "partners whose exit clock ends by the next quarter's end");
    enter_count(book, "exits.due", &passport, exits.len(), rows);
    let passport = count("Partners without a known last activity", "not evaluated for exit");
    enter_count(book, "idle.unknown", &passport, unknown, rows);
    if unknown > 0 {
        book.gap("partners without known pipeline activity, not judged idle: {idle.unknown}");
    }
    for (i, (_, partner)) in exits.iter().enumerate() {
        book.name(&format!("exit.{}", i + 1), &partner.name);
    }
    // a clock that has run out asks for a decision early in the next quarter
    if let Some((due, _)) = exits.first() {
        book.name("exits.by", &long_date((*due).max(first_month_end(scope.quarter.next()))));
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_exit_is_due_months_later_and_at_the_end_of_a_shorter_month() {
        let gold = exit_due(date(2025, 1, 31), Some(Tier::Gold));
        assert_eq!(gold, date(2026, 1, 31));
        let registered = exit_due(date(2025, 8, 31), Some(Tier::Registered));
        assert_eq!(registered, date(2026, 2, 28));
        for tier in [None, Some(Tier::Silver), Some(Tier::Platinum)] {
            assert_eq!(exit_due(date(2024, 2, 29), tier), date(2025, 2, 28));
        }
    }
}
