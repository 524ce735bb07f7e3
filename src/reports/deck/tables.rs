//! Tables of a review. Each total adds up to its rows, or the note says why the print does not.

use super::{Column, Table};
use crate::partners::{Attribution, Currency};
use crate::reports::facts::{COMPARED, Facts};
use crate::reports::ledger::{Ledger, Unit};
use crate::reports::narrative::fill;
use crate::reports::numbers;

fn text(head: &str) -> Column {
    Column { head: head.to_owned(), number: false }
}

fn number(head: &str) -> Column {
    Column { head: head.to_owned(), number: true }
}

fn plain(columns: Vec<Column>, rows: Vec<Vec<String>>) -> Table {
    Table { columns, rows, total: None, note: String::new() }
}

/// Every compared measure now, a quarter before and a year before.
pub(super) fn comparison(ledger: &Ledger) -> Table {
    let columns = vec![
        text("Measure"),
        number(&ledger.show("period")),
        number(&ledger.show("before")),
        number("Change"),
        number(&ledger.show("year_before")),
        number("Change"),
    ];
    let row = |id: &str| {
        let label = ledger.figure(id).map_or_else(String::new, |figure| figure.label.clone());
        let mut cells = vec![label];
        for suffix in ["", ".before", ".change", ".year_before", ".year_change"] {
            cells.push(ledger.show(&format!("{id}{suffix}")));
        }
        cells
    };
    plain(columns, COMPARED.iter().map(|id| row(id)).collect())
}

/// The three attributions beside each other, never added.
pub(super) fn attribution(ledger: &Ledger) -> Table {
    let mut columns = vec![text("Kept apart")];
    columns.extend(Attribution::ALL.iter().map(|attribution| number(attribution.label())));
    let rows = [
        ("Deals won", "deals_won"),
        ("Win rate", "win_rate"),
        ("Average deal won", "average"),
        ("Open deals", "open_deals"),
        ("Open pipeline", "pipeline"),
    ];
    let rows = rows.iter().map(|(label, measure)| {
        let cells =
            Attribution::ALL.iter().map(|a| ledger.show(&format!("{measure}.{}", a.word())));
        std::iter::once((*label).to_owned()).chain(cells).collect()
    });
    plain(columns, rows.collect())
}

/// The largest partners, everybody else, and the total of all.
pub(super) fn partners(facts: &Facts) -> Table {
    let ledger = &facts.ledger;
    let currency = match ledger.figure("won.sourced").map(|figure| &figure.unit) {
        Some(Unit::Money(currency)) => *currency,
        _ => Currency::USD,
    };
    let unit = format!("{} thousands", currency.code());
    let columns = vec![
        text("Partner"),
        text("Tier"),
        text("Type"),
        number("Sourced won"),
        number("Influenced won"),
        number("Open sourced pipeline"),
    ];
    let measures = [
        ("sourced", "won.sourced"),
        ("influenced", "won.influenced"),
        ("pipeline", "pipeline.sourced"),
    ];
    let mut rows = vec![];
    let mut shown = [0_i64; 3];
    for (i, partner) in facts.top.iter().enumerate() {
        let mut cells =
            vec![partner.name.clone(), partner.tier.clone(), partner.partner_type.clone()];
        for (at, (measure, _)) in measures.iter().enumerate() {
            let value = ledger.known(&format!("top.{}.{measure}", i + 1));
            shown[at] = shown[at].saturating_add(value.unwrap_or(0));
            cells.push(thousands(value, currency));
        }
        rows.push(cells);
    }
    let totals = measures.map(|(_, id)| ledger.known(id));
    let mut others = vec!["Everybody else".to_owned(), String::new(), String::new()];
    let mut total = vec!["Total".to_owned(), String::new(), String::new()];
    for (shown, all) in shown.iter().zip(totals) {
        others.push(thousands(all.and_then(|all| all.checked_sub(*shown)), currency));
        total.push(thousands(all, currency));
    }
    rows.push(others);
    let rounded =
        if adds_up(&rows, &total) { "" } else { "; rows may differ from the total by rounding" };
    Table {
        columns,
        rows,
        total: Some(total),
        note: format!("{unit}; sourced and influenced are never added up{rounded}"),
    }
}

/// Whether the printed cells of every number column add up to the printed total.
fn adds_up(rows: &[Vec<String>], total: &[String]) -> bool {
    let read = |cell: &String| cell.replace(',', "").parse::<i64>().ok();
    (3..total.len()).all(|column| {
        let cells: Vec<i64> = rows.iter().filter_map(|row| read(row.get(column)?)).collect();
        total.get(column).and_then(read).is_none_or(|total| cells.iter().sum::<i64>() == total)
    })
}

fn thousands(value: Option<i64>, currency: Currency) -> String {
    value.map_or_else(|| numbers::NO_DATA.to_owned(), |n| numbers::thousands(n, currency))
}

/// Tiers with what they ask for and what is there.
pub(super) fn tiers(facts: &Facts) -> Table {
    let columns = vec![
        text("Tier"),
        number("Partners"),
        number("Certified people"),
        number("Needed per partner"),
        number("Short of people"),
        number("Reviewed on time"),
    ];
    let measures = ["partners", "certified", "needed", "short", "reviewed"];
    let row = |group: &crate::reports::facts::Group| {
        let cells = measures.iter().map(|measure| {
            let id = format!("{measure}.tier.{}", group.key);
            let none = *measure == "reviewed" && facts.ledger.known(&id).is_none();
            if none { "not asked".to_owned() } else { facts.ledger.show(&id) }
        });
        std::iter::once(group.name.clone()).chain(cells).collect()
    };
    let mut rows: Vec<Vec<String>> = facts.tiers.iter().map(row).collect();
    let ledger = &facts.ledger;
    if ledger.known("partners.tier.none").is_some_and(|none| none > 0) {
        let counted = ["partners.tier.none", "certified.tier.none"].map(|id| ledger.show(id));
        let not_asked = std::iter::repeat_n("not asked".to_owned(), 3);
        let name = std::iter::once("Without a tier".to_owned());
        rows.push(name.chain(counted).chain(not_asked).collect());
    }
    plain(columns, rows)
}

/// What was found, why it matters, and who acts until when.
pub(super) fn attention(facts: &Facts) -> Table {
    let columns = vec![text("Finding"), text("Why it matters"), text("Owner"), text("By")];
    let ledger = &facts.ledger;
    let rows = facts.actions.iter().map(|action| {
        vec![
            fill(&action.finding, ledger),
            fill(&action.why, ledger),
            action.owner.clone(),
            ledger.show(&action.due),
        ]
    });
    plain(columns, rows.collect())
}

/// The figures that a reader meets first, with their passports.
const KEY_FIGURES: [&str; 12] = [
    "won.sourced",
    "won.influenced",
    "won.direct",
    "pipeline.sourced",
    "win_rate.sourced",
    "sla.rate",
    "partners.total",
    "certified.total",
    "idle.partners",
    "icp.confidence",
    "tam.total",
    "top.share",
];

/// Figure, value, formula, and what went in.
pub(super) fn passports(ledger: &Ledger) -> Table {
    let columns = vec![text("Figure"), number("Value"), text("How it is worked out"), text("From")];
    let row = |id: &&str| {
        let figure = ledger.figure(id)?;
        Some(vec![
            figure.label.clone(),
            figure.show(),
            figure.formula.clone(),
            figure.source.clone(),
        ])
    };
    plain(columns, KEY_FIGURES.iter().filter_map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample::Sample;

    #[test]
    fn the_partner_table_adds_up_to_its_total_before_rounding() {
        let facts = Sample::full().report().facts;
        let table = partners(&facts);
        assert_eq!(table.rows.len(), facts.top.len() + 1);
        let read = |cell: &String| cell.replace(',', "").parse::<i64>().unwrap();
        let total = table.total.unwrap();
        for column in 3..6 {
            let rows: i64 = table.rows.iter().map(|row| read(&row[column])).sum();
            // rows are printed in thousands: each may be off by half of one
            let off = (rows - read(&total[column])).abs();
            assert!(off <= i64::try_from(table.rows.len()).unwrap() / 2, "{column}: {off}");
        }
    }

    #[test]
    fn a_rounding_note_stands_only_where_the_print_does_not_add_up() {
        let row = |n: &str| vec![String::new(), String::new(), String::new(), n.to_owned()];
        assert!(adds_up(&[row("1,000"), row("5")], &row("1,005")));
        assert!(!adds_up(&[row("1,000"), row("5")], &row("1,006")));
        assert!(adds_up(&[row("no data")], &row("no data")));
    }
}
