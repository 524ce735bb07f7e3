//! The partners themselves: how many, of which kind, how certified, how well reviewed.

use std::collections::BTreeMap;

use crate::partners::{Activity, ActivityKind, Partner, PartnerType, Tier};
use crate::reports::ledger::{Unit, Value};

use super::Group;
use super::book::{Book, Groups, Passport};
use super::scope::Scope;

const PARTNERS: &str = "partners";

pub(super) fn gather(scope: &Scope<'_>, book: &mut Book) {
    totals(scope, book);
    tiers(scope, book);
    types(scope, book);
    regions(scope, book);
    book.source(&format!(
        "Partners: {} of {} in view; deals: {}; activities: {}",
        scope.partners.len(),
        scope.all_partners,
        scope.deals.len(),
        scope.activities.len()
    ));
}

pub(super) fn count(label: &str, formula: &'static str) -> Passport {
    Passport { label: label.to_owned(), unit: Unit::Count, formula, source: PARTNERS }
}

pub(super) fn enter_count(book: &mut Book, id: &str, passport: &Passport, n: usize, rows: usize) {
    book.enter(id, passport, Value::or_missing(i64::try_from(n).ok(), "too many"), rows);
}

fn totals(scope: &Scope<'_>, book: &mut Book) {
    let rows = scope.partners.len();
    let all = count(
        "Partners in the program",
        "partners that are not prospects, being recruited or archived",
    );
    enter_count(book, "partners.total", &all, scope.program().count(), rows);
    let view = count("Partners in view", "partners that pass the filters");
    enter_count(book, "partners.view", &view, rows, scope.all_partners);
    let known = scope.program().any(|p| p.certified_individuals.is_some());
    let people = count("Certified people", "sum over partners in the program");
    let certified = known.then(|| certified(scope.program()));
    let value = Value::or_missing(certified, "no partner states its certified people");
    book.enter("certified.total", &people, value, rows);
    let unknown = scope.program().filter(|p| p.certified_individuals.is_none()).count();
    let missing = count("Partners without certification data", "partners that state none");
    enter_count(book, "certified.unknown", &missing, unknown, rows);
    if unknown > 0 {
        book.gap("partners that do not state certified people: {certified.unknown}");
    }
}

fn certified<'a>(partners: impl Iterator<Item = &'a Partner>) -> i64 {
    partners.filter_map(|p| p.certified_individuals).map(i64::from).sum()
}

/// People that a tier asks to be certified (S-10 to S-13).
pub(super) fn certified_needed(tier: Tier) -> u32 {
    match tier {
        Tier::Platinum => 5,
        Tier::Gold => 3,
        Tier::Silver => 1,
        Tier::Registered => 0,
    }
}

/// How many quarters may pass between business reviews (S-10 to S-12); `None` for no duty.
fn review_every(tier: Tier) -> Option<usize> {
    match tier {
        Tier::Platinum => Some(1),
        Tier::Gold => Some(2),
        Tier::Silver => Some(4),
        Tier::Registered => None,
    }
}

/// Whether a partner had a business review within its tier's cadence.
fn reviewed(partner: &Partner, quarters: usize, scope: &Scope<'_>) -> bool {
    let window = scope.quarter.trailing(quarters);
    let in_window = |a: &&Activity| window.iter().any(|q| scope.is_within(a.date, *q));
    scope.activities.iter().copied().filter(in_window).any(|a| {
        a.kind == ActivityKind::BusinessReview && a.partner_external_id == partner.external_id
    })
}

fn tiers(scope: &Scope<'_>, book: &mut Book) {
    let mut groups = vec![];
    for tier in Tier::ALL.iter().rev().copied() {
        let members: Vec<&Partner> = scope.program().filter(|p| p.tier == Some(tier)).collect();
        if members.is_empty() {
            continue;
        }
        groups.push(group(tier.label(), tier.word()));
        tier_figures(scope, book, tier, &members);
    }
    book.groups(Groups::Tiers, groups);
    short(scope, book);
    let none = scope.program().filter(|p| p.tier.is_none()).count();
    let passport = count("Partners without a tier", "partners in the program without a tier");
    enter_count(book, "partners.tier.none", &passport, none, scope.partners.len());
    if none > 0 {
        let people = count("Certified people at partners without a tier", "sum over them");
        let members = || scope.program().filter(|p| p.tier.is_none());
        let known = members().any(|p| p.certified_individuals.is_some());
        let sum = known.then(|| certified(members()));
        let value = Value::or_missing(sum, "none of them states its certified people");
        book.enter("certified.tier.none", &people, value, none);
        book.gap("partners without a tier: {partners.tier.none}");
    }
    strategic_reviews(scope, book);
}

fn tier_figures(scope: &Scope<'_>, book: &mut Book, tier: Tier, members: &[&Partner]) {
    let (word, label, rows) = (tier.word(), tier.label(), members.len());
    let partners = count(&format!("{label} partners"), "partners of the tier");
    enter_count(book, &format!("partners.tier.{word}"), &partners, rows, scope.partners.len());
    let people = count(&format!("Certified people at {label} partners"), "sum over the tier");
    let known = members.iter().any(|p| p.certified_individuals.is_some());
    let sum = known.then(|| certified(members.iter().copied()));
    let value = Value::or_missing(sum, "no partner of the tier states its certified people");
    book.enter(&format!("certified.tier.{word}"), &people, value, rows);
    let needed = count(&format!("Certified people needed for {label}"), "set by the program");
    let minimum = Value::Known(certified_needed(tier).into());
    book.enter_from(&format!("needed.tier.{word}"), &needed, minimum, vec![]);
    let below = |p: &&&Partner| p.certified_individuals.is_some_and(|n| n < certified_needed(tier));
    let short = count(&format!("{label} partners short of certified people"), "below the minimum");
    let below = members.iter().filter(below).count();
    enter_count(book, &format!("short.tier.{word}"), &short, below, rows);
    let reviews = count(
        &format!("{label} partners reviewed on time"),
        "partners with a business review within the tier's cadence",
    );
    let value = match review_every(tier) {
        Some(n) => i64::try_from(members.iter().filter(|p| reviewed(p, n, scope)).count()).ok(),
        None => None,
    };
    let value = Value::or_missing(value, "the tier asks for no reviews");
    book.enter(&format!("reviewed.tier.{word}"), &reviews, value, rows);
}

/// Partners of any tier with fewer certified people than it asks for.
fn short(scope: &Scope<'_>, book: &mut Book) {
    let known = scope.program().filter_map(|p| Some((p.tier?, p.certified_individuals?)));
    let known: Vec<(Tier, u32)> = known.collect();
    let short = known.iter().filter(|(tier, people)| *people < certified_needed(*tier)).count();
    let value = (!known.is_empty()).then(|| i64::try_from(short).ok()).flatten();
    let value = Value::or_missing(value, "no partner states tier and certified people");
    let passport = count("Partners short of certified people", "below the minimum of their tier");
    book.enter("short.all", &passport, value, known.len());
}

/// Business reviews of Platinum and Gold partners (S-21: all of them).
fn strategic_reviews(scope: &Scope<'_>, book: &mut Book) {
    let tiers = [Tier::Platinum, Tier::Gold];
    let due: Vec<&Partner> =
        scope.program().filter(|p| p.tier.is_some_and(|tier| tiers.contains(&tier))).collect();
    let held = due.iter().filter(|p| {
        p.tier.and_then(review_every).is_some_and(|quarters| reviewed(p, quarters, scope))
    });
    let (held, due) = (held.count(), due.len());
    let passport = count("Platinum and Gold partners", "partners whose reviews are due");
    enter_count(book, "reviews.due", &passport, due, scope.partners.len());
    let passport = count("Platinum and Gold partners not reviewed on time", "reviews due - held");
    enter_count(book, "reviews.missing", &passport, due - held, due);
}

fn types(scope: &Scope<'_>, book: &mut Book) {
    let mut sizes: Vec<(usize, &str, &str)> = vec![];
    for kind in PartnerType::ALL.iter().copied() {
        let n = scope.program().filter(|p| p.partner_type == Some(kind)).count();
        sizes.push((n, kind.label(), kind.word()));
    }
    let none = scope.program().filter(|p| p.partner_type.is_none()).count();
    sizes.push((none, "No type", "none"));
    sizes.retain(|(n, ..)| *n > 0);
    sizes.sort_by_key(|(n, ..)| usize::MAX - n);
    for (n, label, word) in &sizes {
        let passport = count(&format!("{label} partners"), "partners of the type");
        enter_count(book, &format!("partners.type.{word}"), &passport, *n, scope.partners.len());
    }
    if let Some((n, label, word)) = sizes.first() {
        book.name("ecosystem.type", label);
        let all = scope.program().count();
        let share = (*n * 10_000).checked_div(all).and_then(|bp| i64::try_from(bp).ok());
        let passport = Passport {
            label: "Share of the largest partner type".to_owned(),
            unit: Unit::Share,
            formula: "partners of the type / partners in the program",
            source: PARTNERS,
        };
        let inputs = vec![format!("partners.type.{word}"), "partners.total".to_owned()];
        let value = Value::or_missing(share, "no partners");
        book.enter_from("ecosystem.share", &passport, value, inputs);
    }
    let groups = sizes.iter().map(|(_, label, word)| group(label, word)).collect();
    book.groups(Groups::Types, groups);
}

fn regions(scope: &Scope<'_>, book: &mut Book) {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for partner in scope.program() {
        *sizes.entry(partner.region.as_deref().unwrap_or("No region")).or_default() += 1;
    }
    let mut sizes: Vec<(&str, usize)> = sizes.into_iter().collect();
    sizes.sort_by_key(|(_, n)| usize::MAX - n);
    let mut groups = vec![];
    for (i, (name, n)) in sizes.into_iter().enumerate() {
        let key = (i + 1).to_string();
        let passport = count(&format!("Partners in {name}"), "partners of the region");
        enter_count(book, &format!("partners.region.{key}"), &passport, n, scope.partners.len());
        groups.push(group(name, &key));
    }
    book.groups(Groups::Regions, groups);
}

pub(super) fn group(name: &str, key: &str) -> Group {
    Group { name: name.to_owned(), key: key.to_owned() }
}
