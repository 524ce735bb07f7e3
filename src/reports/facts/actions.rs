//! What needs attention and what to do next, by rule. Nothing here is invented: each action names
//! the rule that found it, and a rule whose figures are missing stays silent.

use crate::reports::ledger::{Unit, Value};

use super::book::{Book, Passport};
use super::registrations::TARGET_BP;
use super::scope::Scope;
use super::{Action, COMPARED, PRIORITIES};

/// A fall of sourced won or sourced pipeline that calls for a plan, in basis points: a tenth.
const FALL_BP: i64 = -1_000;

/// Exits named one by one before they are summed up.
const NAMED_EXITS: usize = 5;

const ALLIANCE: &str = "VP Alliance GTM";
const DEVELOPMENT: &str = "Dir. Partner Dev";
const OPERATIONS: &str = "Dir. Partner Ops";

pub(super) fn gather(scope: &Scope<'_>, book: &mut Book) {
    exits(book);
    slow_answers(book);
    falling(book);
    short_of_people(book);
    missing_reviews(book);
    idle(book);
    untyped_records(book);
    market(book);
    if scope.deals.is_empty() {
        book.action(action(
            ("W-07", "{period} holds no deals at all", "Import the deals of the quarter"),
            "Without deals no result can be reported",
            OPERATIONS,
            "next_start",
        ));
    }
    counts(book);
    compared(book);
}

/// How many findings, decisions and priorities there are; sentences name them by slot.
fn counts(book: &mut Book) {
    let all = book.facts().actions.len();
    let decisions = book.facts().actions.iter().filter(|action| action.decision).count();
    for (id, label, n) in [
        ("actions.all", "Findings that need attention", all),
        ("actions.decisions", "Findings that need a decision", decisions),
        ("actions.next", "Priorities of the next quarter", all.min(PRIORITIES)),
    ] {
        let passport = Passport {
            label: label.to_owned(),
            unit: Unit::Count,
            formula: "findings of the program's rules",
            source: "this ledger",
        };
        let value = Value::or_missing(i64::try_from(n).ok(), "too many");
        book.enter_from(id, &passport, value, vec![]);
    }
}

/// How many measures moved the right way against the quarter before.
fn compared(book: &mut Book) {
    let changes: Vec<i64> =
        COMPARED.iter().filter_map(|id| book.known(&format!("{id}.change"))).collect();
    let better = changes.iter().filter(|change| **change > 0).count();
    for (id, label, n) in [
        ("compare.all", "Measures with an earlier figure", changes.len()),
        ("compare.better", "Measures above their earlier figure", better),
    ] {
        let passport = Passport {
            label: label.to_owned(),
            unit: Unit::Count,
            formula: "measures of the comparison with a change",
            source: "this ledger",
        };
        let inputs = COMPARED.iter().map(|id| format!("{id}.change")).collect();
        let value = Value::or_missing(i64::try_from(n).ok(), "too many");
        book.enter_from(id, &passport, value, inputs);
    }
}

/// An action that somebody does.
fn action((rule, finding, what): (&str, &str, &str), why: &str, owner: &str, due: &str) -> Action {
    Action {
        rule: rule.to_owned(),
        finding: finding.to_owned(),
        what: what.to_owned(),
        why: why.to_owned(),
        owner: owner.to_owned(),
        due: due.to_owned(),
        decision: false,
    }
}

fn exits(book: &mut Book) {
    let due = book.found("exits.due");
    if due <= 0 {
        return;
    }
    let all = usize::try_from(due).unwrap_or(0);
    let named = exit_names(all.min(NAMED_EXITS));
    let found = match named.split_last() {
        Some((last, front)) if all > NAMED_EXITS => {
            let more = Passport {
                label: "Exits to decide that are named in the notes".to_owned(),
                unit: Unit::Count,
                formula: "exits to decide - those named",
                source: "this ledger",
            };
            let value = Value::or_missing(i64::try_from(all - NAMED_EXITS).ok(), "too many");
            book.enter_from("exits.more", &more, value, vec!["exits.due".to_owned()]);
            let front = front.join(", ");
            format!("Exits to decide: {front}, {last} and {{exits.more}} more: see the notes")
        }
        Some((last, [])) => format!("Exits to decide: {last}"),
        Some((last, front)) => format!("Exits to decide: {} and {last}", front.join(", ")),
        None => return,
    };
    let rule = ("S-16", found.as_str(), "Decide on the partners whose exit clock ends");
    let why =
        "A partner without pipeline activity leaves the program unless somebody decides otherwise";
    book.action(Action { decision: true, ..action(rule, why, ALLIANCE, "exits.by") });
}

/// Slots of so many partners whose exit is to be decided, the most urgent first.
fn exit_names(n: usize) -> Vec<String> {
    (1..=n).map(|i| format!("{{exit.{i}}}")).collect()
}

fn slow_answers(book: &mut Book) {
    if book.known("sla.rate").is_some_and(|rate| rate < TARGET_BP) {
        book.action(action(
            (
                "S-21",
                "Deal registrations answered in time: {sla.rate} of the {sla.target} target",
                "Answer every deal registration within {sla.promise}",
            ),
            "Late or overdue registrations in {period}: {sla.late}",
            OPERATIONS,
            "next_start",
        ));
    }
}

fn falling(book: &mut Book) {
    for (id, finding, what) in [
        (
            "won.sourced.change",
            "Sourced won against {before}: {won.sourced.change}",
            "Agree a recovery plan for sourced deals",
        ),
        (
            "pipeline.sourced.change",
            "Sourced pipeline against {before}: {pipeline.sourced.change}",
            "Rebuild the sourced pipeline with the largest partners",
        ),
    ] {
        if book.known(id).is_some_and(|change| change <= FALL_BP) {
            let why = "Sourced deals are the part of the business that partners bring";
            book.action(action(("E-01", finding, what), why, DEVELOPMENT, "next_middle"));
        }
    }
}

fn short_of_people(book: &mut Book) {
    for (tier, label, finding, why) in [
        (
            "platinum",
            "Platinum",
            "Platinum partners short of certified people: {short.tier.platinum}",
            "Platinum asks for {needed.tier.platinum} certified people at each partner",
        ),
        (
            "gold",
            "Gold",
            "Gold partners short of certified people: {short.tier.gold}",
            "Gold asks for {needed.tier.gold} certified people at each partner",
        ),
    ] {
        if book.found(&format!("short.tier.{tier}")) > 0 {
            let what = format!("Book certification places for {label} partners");
            let rule = ("S-10", finding, what.as_str());
            book.action(action(rule, why, DEVELOPMENT, "next_end"));
        }
    }
}

fn missing_reviews(book: &mut Book) {
    if book.found("reviews.missing") > 0 {
        book.action(action(
            (
                "S-21",
                "Platinum and Gold partners without a review: {reviews.missing} of {reviews.due}",
                "Hold the business reviews that are due",
            ),
            "All Platinum and Gold partners are reviewed within their tier's cadence",
            ALLIANCE,
            "next_middle",
        ));
    }
}

fn idle(book: &mut Book) {
    if book.found("idle.partners") > 0 {
        book.action(action(
            (
                "S-16",
                "Partners idle for {idle.days} or longer: {idle.partners}",
                "Call every idle partner and record the outcome",
            ),
            "Idle partners run towards their exit clock",
            DEVELOPMENT,
            "next_middle",
        ));
    }
}

fn untyped_records(book: &mut Book) {
    if book.found("icp.unclear") > 0 {
        book.action(action(
            (
                "W-02",
                "Partners that cannot be held against the ICP: {icp.unclear}",
                "Complete the records of partners without traits",
            ),
            "Too few traits of these partners are recorded to compare them",
            OPERATIONS,
            "next_end",
        ));
    }
}

fn market(book: &mut Book) {
    if book.known("tam.total").is_none() {
        book.action(action(
            ("W-05", "Partner TAM: no data", "Set accounts, shares and ACVs of the partner TAM"),
            "Without assumptions the opportunity through partners cannot be stated",
            ALLIANCE,
            "next_end",
        ));
    }
    if book.found("tam.starting") > 0 {
        book.action(action(
            (
                "A-02",
                "Starting assumptions in the partner TAM: {tam.starting}",
                "Replace the starting assumptions of the partner TAM",
            ),
            "Nobody has stated a basis for them",
            ALLIANCE,
            "next_end",
        ));
    }
}
