//! Charts of a review: which figures, which kind, which unit.

use super::{Chart, ChartKind, Series};
use crate::partners::{Attribution, Currency};
use crate::reports::facts::{Facts, Group};
use crate::reports::ledger::{Ledger, Unit, Value};
use crate::reports::numbers;

/// Most columns over time in one chart.
const COLUMNS: usize = 8;

/// Won by quarter, one line per attribution, sourced first.
pub(super) fn won_by_quarter(facts: &Facts) -> Chart {
    let series = [Attribution::Sourced, Attribution::Influenced, Attribution::Direct];
    let series: Vec<Series> = series
        .iter()
        .map(|attribution| Series {
            name: attribution.label().to_owned(),
            values: trend(facts, &format!("won.{}", attribution.word())),
        })
        .collect();
    let scale = Scale::of(&facts.ledger, "won.sourced", &series);
    Chart {
        kind: ChartKind::Lines,
        empty: missing(&facts.ledger, "won.sourced"),
        heading: String::new(),
        unit: format!("Won, {}, by fiscal quarter", scale.unit),
        alt: "Lines of sourced, influenced and direct amounts won by fiscal quarter".to_owned(),
        categories: facts.quarters.clone(),
        series,
        places: scale.places,
        format: scale.format,
        focus: vec![],
    }
}

/// Open pipeline by attribution, now beside the quarter before where that is known.
pub(super) fn pipeline(facts: &Facts, period: &str) -> Chart {
    let ledger = &facts.ledger;
    let of = |suffix: &str| -> Vec<Option<i64>> {
        let id = |a: &Attribution| format!("pipeline.{}{suffix}", a.word());
        Attribution::ALL.iter().map(|attribution| ledger.known(&id(attribution))).collect()
    };
    let mut series = vec![];
    let before = of(".before");
    if before.iter().any(Option::is_some) {
        series.push(Series { name: ledger.show("before"), values: before });
    }
    // what is under review stands last and in focus
    series.push(Series { name: period.to_owned(), values: of("") });
    let scale = Scale::of(ledger, "pipeline.sourced", &series);
    Chart {
        kind: ChartKind::Columns,
        empty: missing(ledger, "pipeline.sourced"),
        heading: String::new(),
        unit: format!("Open at the end of the quarter, {}", scale.unit),
        alt: "Columns of open sourced, influenced and direct pipeline".to_owned(),
        categories: Attribution::ALL.iter().map(|a| a.label().to_owned()).collect(),
        series,
        places: scale.places,
        format: scale.format,
        focus: vec![],
    }
}

/// Answers in time by quarter, the quarter under review in focus.
pub(super) fn answers(facts: &Facts) -> Chart {
    let values = trend(facts, "sla.rate");
    let skipped = values.len().saturating_sub(COLUMNS);
    // cut to one decimal, so that a rate under its target is never drawn as met
    let cut = |value: Option<i64>| value.map(|bp| bp / 10);
    let values: Vec<Option<i64>> = values.into_iter().skip(skipped).map(cut).collect();
    Chart {
        kind: ChartKind::Columns,
        empty: missing(&facts.ledger, "sla.rate"),
        heading: "Deal registrations answered in time".to_owned(),
        unit: "Percent of registrations, by fiscal quarter".to_owned(),
        alt: "Columns of the share of deal registrations answered in time by fiscal quarter"
            .to_owned(),
        categories: facts.quarters.iter().skip(skipped).cloned().collect(),
        focus: vec![values.len().saturating_sub(1)],
        series: vec![Series { name: "Answered in time".to_owned(), values }],
        places: 1,
        format: "0.0",
    }
}

/// A count by group as bars, largest first, the largest in focus.
pub(super) fn ranking(facts: &Facts, of: &Ranking<'_>) -> Chart {
    let ids = of.groups.iter().map(|group| format!("{}.{}", of.prefix, group.key));
    let mut values: Vec<Option<i64>> = ids.map(|id| facts.ledger.known(&id)).collect();
    let mut categories: Vec<String> = of.groups.iter().map(|g| g.name.clone()).collect();
    if values.len() > BARS {
        let rest: i64 = values.iter().skip(BARS - 1).flatten().sum();
        values.truncate(BARS - 1);
        categories.truncate(BARS - 1);
        values.push(Some(rest));
        categories.push("Other".to_owned());
    }
    Chart {
        kind: ChartKind::Bars,
        empty: NOTHING.to_owned(),
        heading: of.heading.to_owned(),
        unit: of.unit.to_owned(),
        alt: format!("Bars: {}", of.heading),
        categories,
        series: vec![Series { name: of.heading.to_owned(), values }],
        places: 0,
        format: "0",
        focus: vec![0],
    }
}

/// Most bars in one ranking.
const BARS: usize = 8;

/// What a ranking counts.
pub(super) struct Ranking<'a> {
    pub heading: &'a str,
    pub unit: &'a str,
    pub prefix: &'a str,
    pub groups: &'a [Group],
}

/// How the partners in view stand to the ICP.
pub(super) fn fit(ledger: &Ledger) -> Chart {
    let parts = [
        ("Match", "icp.matching"),
        ("No match", "icp.different"),
        ("Not evaluable", "icp.unclear"),
    ];
    let parts: Vec<(&str, i64)> = parts
        .iter()
        .filter_map(|(name, id)| Some((*name, ledger.known(id).filter(|n| *n > 0)?)))
        .collect();
    Chart {
        kind: ChartKind::Doughnut,
        empty: missing(ledger, "icp.confidence"),
        heading: "Partners against the ICP".to_owned(),
        unit: "Partners".to_owned(),
        alt: "Doughnut of partners that match the ICP, do not, or cannot be evaluated".to_owned(),
        categories: parts.iter().map(|(name, _)| (*name).to_owned()).collect(),
        series: vec![Series {
            name: "Partners".to_owned(),
            values: parts.iter().map(|(_, n)| Some(*n)).collect(),
        }],
        places: 0,
        format: "0",
        focus: vec![],
    }
}

/// The partner TAM by category, largest on top.
pub(super) fn opportunity(facts: &Facts) -> Chart {
    let mut rows: Vec<(String, Option<i64>)> = facts
        .categories
        .iter()
        .map(|group| (group.name.clone(), facts.ledger.known(&format!("tam.{}", group.key))))
        .collect();
    rows.sort_by_key(|(_, value)| std::cmp::Reverse(*value));
    let (categories, values): (Vec<String>, Vec<Option<i64>>) = rows.into_iter().unzip();
    let series = vec![Series { name: "Opportunity".to_owned(), values }];
    let scale = Scale::of(&facts.ledger, "tam.total", &series);
    Chart {
        kind: ChartKind::Bars,
        empty: missing(&facts.ledger, "tam.total"),
        heading: "Partner TAM by category".to_owned(),
        unit: capital(&scale.unit),
        alt: "Bars of the partner TAM by category".to_owned(),
        categories,
        series,
        places: scale.places,
        format: scale.format,
        focus: vec![0],
    }
}

/// What is said where nothing was counted.
const NOTHING: &str = "No data";

/// Why a chart has nothing to draw, as the ledger says it of its figure.
fn missing(ledger: &Ledger, id: &str) -> String {
    match ledger.figure(id).map(|figure| &figure.value) {
        Some(Value::Missing(why)) => format!("{NOTHING}: {why}"),
        _ => NOTHING.to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

fn trend(facts: &Facts, id: &str) -> Vec<Option<i64>> {
    (1..=facts.quarters.len()).map(|i| facts.ledger.known(&format!("{id}.t{i}"))).collect()
}

/// The unit in which amounts are drawn, chosen by the largest of them.
struct Scale {
    unit: String,
    places: u32,
    format: &'static str,
}

impl Scale {
    fn of(ledger: &Ledger, id: &str, series: &[Series]) -> Self {
        let currency = match ledger.figure(id).map(|figure| &figure.unit) {
            Some(Unit::Money(currency)) => *currency,
            _ => Currency::USD,
        };
        let largest = series.iter().flat_map(|s| &s.values).flatten().map(|n| n.unsigned_abs());
        let largest = largest.max().unwrap_or(0);
        let minor = currency.exponent();
        let units = largest / 10_u64.pow(minor);
        let (word, zeros) = match units {
            1_000_000_000.. => ("billions", 9),
            1_000_000.. => ("millions", 6),
            1_000.. => ("thousands", 3),
            _ => ("", 0),
        };
        let first = units / 10_u64.pow(zeros);
        let format = match first {
            _ if zeros == 0 => "#,##0",
            ..10 => "0.00",
            10..100 => "0.0",
            _ => "#,##0",
        };
        let unit = format!("{} {word}", currency.code()).trim().to_owned();
        Self { unit, places: minor + zeros, format }
    }
}

/// Text for a person who cannot see a chart: what it shows and its last or largest values.
pub(super) fn described(chart: &Chart) -> String {
    let last = |series: &Series| {
        let at = chart.categories.len().checked_sub(1)?;
        let value = series.values.get(at).copied().flatten()?;
        let place = chart.categories.get(at)?;
        Some(format!("{} {} in {place}", series.name, numbers::decimal(value, chart.places, 1)))
    };
    let values = chart.series.first().map(|s| s.values.as_slice()).unwrap_or_default();
    let point = |(name, value): (&String, &Option<i64>)| match value {
        Some(n) => format!("{name} {}", numbers::decimal(*n, chart.places, 1)),
        None => format!("{name} {}", numbers::NO_DATA),
    };
    let parts: Vec<String> = if chart.kind == ChartKind::Lines {
        chart.series.iter().filter_map(last).collect()
    } else {
        chart.categories.iter().zip(values).map(point).collect()
    };
    format!("{}. {}. {}", chart.alt, chart.unit, parts.join(", "))
}
