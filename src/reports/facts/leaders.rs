//! The partners that brought most, named.

use crate::partners::{Attribution, Deal, Outcome, Partner};
use crate::reports::ledger::{Unit, Value};

use super::PartnerRow;
use super::book::{Book, Passport};
use super::deals::{is_open, sum};
use super::program::{count, enter_count};
use super::scope::Scope;

/// How many partners are called the largest.
const FEW: usize = 3;
/// How many partners the table names.
const TOP: usize = 10;

/// A partner with what it brought and helped to win in the quarter, each by itself.
struct Ranked<'a> {
    sourced: i64,
    influenced: i64,
    partner: &'a Partner,
}

pub(super) fn gather(scope: &Scope<'_>, book: &mut Book) {
    let ranked = ranked(scope);
    let with_won = ranked.iter().filter(|one| one.sourced > 0).count();
    let passport = count("Partners with sourced deals won", "partners that brought a deal won");
    enter_count(book, "top.partners", &passport, with_won, scope.partners.len());
    let few = count("Partners called the largest", "as many as there are, up to this");
    let value = Value::or_missing(i64::try_from(with_won.min(FEW)).ok(), "none");
    book.enter_from("top.few", &few, value, vec![]);
    concentration(book, &ranked);
    for (i, one) in ranked.iter().take(TOP).enumerate() {
        figures(scope, book, &format!("top.{}", i + 1), one);
    }
    book.top(ranked.iter().take(TOP).map(|one| row(one.partner)).collect());
}

/// Partners with anything won, by the sourced amount, then the influenced one, then the name.
fn ranked<'a>(scope: &Scope<'a>) -> Vec<Ranked<'a>> {
    let won = |deal: &&Deal| {
        deal.outcome == Outcome::Won
            && deal.closed_at.is_some_and(|day| scope.is_within(day, scope.quarter))
    };
    let won_by = |partner: &Partner, attribution| {
        sum(deals_of(scope, partner, attribution).filter(won), scope).unwrap_or(0)
    };
    let mut ranked: Vec<Ranked<'a>> = scope
        .partners
        .iter()
        .map(|partner| Ranked {
            sourced: won_by(partner, Attribution::Sourced),
            influenced: won_by(partner, Attribution::Influenced),
            partner,
        })
        .filter(|one| one.sourced > 0 || one.influenced > 0)
        .collect();
    ranked.sort_by(|a, b| {
        (b.sourced, b.influenced, &a.partner.name).cmp(&(a.sourced, a.influenced, &b.partner.name))
    });
    ranked
}

fn deals_of<'a>(
    scope: &'a Scope<'_>,
    partner: &'a Partner,
    attribution: Attribution,
) -> impl Iterator<Item = &'a Deal> {
    let own = |deal: &&Deal| deal.partner_external_id.as_ref() == Some(&partner.external_id);
    scope.deals_of(attribution).filter(own)
}

fn figures(scope: &Scope<'_>, book: &mut Book, key: &str, one: &Ranked<'_>) {
    let partner = one.partner;
    let open = deals_of(scope, partner, Attribution::Sourced)
        .filter(|deal| is_open(deal, scope.cutoff, scope));
    book.name(key, &partner.name);
    for (what, value) in [
        ("sourced", Some(one.sourced)),
        ("influenced", Some(one.influenced)),
        ("pipeline", sum(open, scope)),
    ] {
        let passport = Passport {
            label: format!("{}, {what}", partner.name),
            unit: book.money(),
            formula: "sum of the partner's deals, by attribution",
            source: "deals",
        };
        let inputs = vec![format!("deals of {}", partner.external_id)];
        let value = Value::or_missing(value, "too large");
        book.enter_from(&format!("{key}.{what}"), &passport, value, inputs);
    }
}

/// How much of the sourced amount the first three partners brought.
fn concentration(book: &mut Book, ranked: &[Ranked<'_>]) {
    let first: i64 = ranked.iter().take(FEW).map(|one| one.sourced).sum();
    let all = book.known("won.sourced").filter(|all| *all > 0);
    let share = all.and_then(|all| {
        let bp = i128::from(first) * 10_000 / i128::from(all);
        i64::try_from(bp).ok()
    });
    let passport = Passport {
        label: "Largest partners' share".to_owned(),
        unit: Unit::Share,
        formula: "sourced won of the largest partners / sourced won",
        source: "deals",
    };
    let value = Value::or_missing(share, "no sourced deals won");
    book.enter_from("top.share", &passport, value, vec!["won.sourced".to_owned()]);
}

fn row(partner: &Partner) -> PartnerRow {
    let dash = || "not set".to_owned();
    PartnerRow {
        name: partner.name.clone(),
        tier: partner.tier.map_or_else(dash, |tier| tier.label().to_owned()),
        partner_type: partner.partner_type.map_or_else(dash, |kind| kind.label().to_owned()),
        region: partner.region.clone().unwrap_or_else(dash),
    }
}
