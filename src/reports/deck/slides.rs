//! The slides of a review, one after the other: cover, summary, evidence, actions, ledger.

use super::charts::{self, Ranking, described};
use super::{Below, Body, Chart, Deck, List, Slide, Step, Tile, Tone, tables};
use crate::reports::facts::PRIORITIES;
use crate::reports::facts::long_date;
use crate::reports::ledger::Ledger;
use crate::reports::narrative::{STEADY_BP, Section, fill};
use crate::reports::report::{Report, delta};

/// How many sources the notes of one slide name.
const SOURCES: usize = 8;

/// Lays a stored report out as slides. The same report always gives the same deck.
#[must_use]
pub fn lay_out(report: &Report) -> Deck {
    let mut slides = vec![cover(report)];
    for section in Section::ALL {
        slides.push(slide(report, section));
    }
    slides.push(passports(report));
    Deck {
        title: format!("{} {}", report.company, report.title()).trim().to_owned(),
        company: report.company.clone(),
        date: report.date,
        footer_date: long_date(report.date),
        footer_filters: format!("{} · {}", report.period.label, report.scope()),
        slides,
    }
}

fn cover(report: &Report) -> Slide {
    let (first, last) = (long_date(report.period.first_day), long_date(report.period.last_day));
    let state = if report.period.closed { "" } else { ", quarter still open" };
    Slide {
        title: format!("{} {}", report.kind, report.period.label),
        body: Body::Cover {
            lines: vec![
                report.company.clone(),
                format!("{first} to {last}{state}"),
                report.scope(),
                format!("As of {}", long_date(report.date)),
            ],
        },
        notes: report.facts.sources.clone(),
    }
}

fn slide(report: &Report, section: Section) -> Slide {
    let passage = report.passage(section);
    let ledger = &report.facts.ledger;
    let points = passage.points.iter().map(|point| fill(point, ledger)).collect();
    let mut notes: Vec<String> =
        passage.notes.iter().map(|note| format!("{}.", fill(note, ledger))).collect();
    notes.extend(sources(&passage.cited(), ledger));
    Slide { title: fill(&passage.title, ledger), body: body(report, section, points), notes }
}

fn body(report: &Report, section: Section, points: Vec<String>) -> Body {
    let facts = &report.facts;
    let ledger = &facts.ledger;
    match section {
        Section::Summary => summary(report, points),
        Section::Trend => one(charts::won_by_quarter(facts), points),
        Section::Comparison => Body::Table(tables::comparison(ledger)),
        Section::Attribution => Body::Tiles {
            tiles: ["won.sourced", "won.influenced", "won.direct"]
                .map(|id| tile(ledger, id))
                .into(),
            below: Below::Table(tables::attribution(ledger)),
        },
        Section::Pipeline => one(charts::pipeline(facts, &report.period.label), points),
        Section::Partners => Body::Table(tables::partners(facts)),
        Section::Program => program(report),
        Section::Ecosystem => two(
            charts::ranking(
                facts,
                &Ranking {
                    heading: "Partners by type",
                    unit: "Partners in the program",
                    prefix: "partners.type",
                    groups: &facts.types,
                },
            ),
            charts::ranking(
                facts,
                &Ranking {
                    heading: "Partners by region",
                    unit: "Partners in the program",
                    prefix: "partners.region",
                    groups: &facts.regions,
                },
            ),
            points,
        ),
        Section::Registrations => two(
            charts::answers(facts),
            charts::ranking(
                facts,
                &Ranking {
                    heading: "Activities with partners",
                    unit: "Activities in the quarter",
                    prefix: "activities",
                    groups: &facts.activities,
                },
            ),
            points,
        ),
        Section::Market => two(charts::fit(ledger), charts::opportunity(facts), points),
        Section::Attention => Body::Table(tables::attention(facts)),
        Section::Priorities => Body::Steps(steps(report)),
    }
}

fn one(mut chart: Chart, takeaways: Vec<String>) -> Body {
    chart.alt = described(&chart);
    Body::Chart { chart, takeaways }
}

fn two(mut left: Chart, mut right: Chart, takeaways: Vec<String>) -> Body {
    left.alt = described(&left);
    right.alt = described(&right);
    Body::Charts { left, right, takeaways }
}

fn summary(report: &Report, changed: Vec<String>) -> Body {
    let ledger = &report.facts.ledger;
    let ids = ["won.sourced", "won.influenced", "pipeline.sourced", "sla.rate"];
    let mut decisions = report.headline().decisions;
    if decisions.is_empty() {
        decisions.push("No decision is wanted: no rule asks anybody to decide".to_owned());
    }
    Body::Tiles {
        tiles: ids.map(|id| tile(ledger, id)).into(),
        below: Below::Lists(vec![
            List { heading: "What changed".to_owned(), points: changed },
            List { heading: "Decisions wanted".to_owned(), points: decisions },
        ]),
    }
}

fn tile(ledger: &Ledger, id: &str) -> Tile {
    let label = match id {
        "sla.rate" => "Registrations in time".to_owned(),
        _ => ledger.figure(id).map_or_else(String::new, |figure| figure.label.clone()),
    };
    let tone = match ledger.known(&format!("{id}.change")) {
        Some(change) if change >= STEADY_BP => Tone::Good,
        Some(change) if change <= -STEADY_BP => Tone::Bad,
        _ => Tone::Plain,
    };
    Tile { label, value: ledger.show(id), delta: delta(ledger, id), tone }
}

fn program(report: &Report) -> Body {
    let ledger = &report.facts.ledger;
    let plain = |label: &str, id: &str, delta: &str, tone| Tile {
        label: label.to_owned(),
        value: ledger.show(id),
        delta: fill(delta, ledger),
        tone,
    };
    let warn = |id: &str| if ledger.known(id).unwrap_or(0) > 0 { Tone::Bad } else { Tone::Plain };
    Body::Tiles {
        tiles: vec![
            plain("Partners", "partners.total", "of {partners.view} in view", Tone::Plain),
            plain(
                "Certified people",
                "certified.total",
                "{certified.new} new in {period}",
                Tone::Plain,
            ),
            plain(
                "Partners short of people",
                "short.all",
                "below their tier's minimum",
                warn("short.all"),
            ),
            plain(
                "Reviews missing",
                "reviews.missing",
                "of {reviews.due} due",
                warn("reviews.missing"),
            ),
        ],
        below: Below::Table(tables::tiers(&report.facts)),
    }
}

fn steps(report: &Report) -> Vec<Step> {
    let ledger = &report.facts.ledger;
    let step = |action: &crate::reports::facts::Action| Step {
        what: fill(&action.what, ledger),
        why: fill(&action.finding, ledger),
        owner: action.owner.clone(),
        due: ledger.show(&action.due),
    };
    report.facts.actions.iter().take(PRIORITIES).map(step).collect()
}

/// Where the figures of a slide come from, for its notes.
fn sources(cited: &[String], ledger: &Ledger) -> Vec<String> {
    let figures = cited.iter().filter_map(|id| ledger.figure(id)).take(SOURCES);
    let line = |figure: &crate::reports::ledger::Figure| {
        format!(
            "Source of {} = {}: {} ({}, {}, as of {}).",
            figure.label,
            figure.show(),
            figure.formula,
            figure.source,
            figure.period,
            figure.as_of
        )
    };
    figures.map(line).collect()
}

fn passports(report: &Report) -> Slide {
    let ledger = &report.facts.ledger;
    let mut table = tables::passports(ledger);
    let gaps: Vec<String> = report.facts.gaps.iter().map(|gap| fill(gap, ledger)).collect();
    table.note = format!("Filters: {}. {}.", report.scope(), report.facts.sources.join("; "));
    let missing = if gaps.is_empty() {
        "Nothing is known to be missing.".to_owned()
    } else {
        format!("Missing: {}.", gaps.join("; "))
    };
    table.note = format!("{} {missing}", table.note);
    Slide {
        title: "Every figure in this review can be traced to its source".to_owned(),
        body: Body::Table(table),
        notes: vec![
            "These are the figures that readers meet first; every other one is stored with the report.".to_owned(),
            "Sourced, influenced and direct are never added up.".to_owned(),
            missing,
        ],
    }
}
