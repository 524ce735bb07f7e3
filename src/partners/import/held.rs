//! Rows held against what the workspace knows: each is judged as it will stand there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::reading::{Import, Rows};
use super::refusal::Refused;
use super::rows;
use super::signs::shown;
use super::spelling::{Spelt, fold};
use crate::partners::changes::{Fact, over};
use crate::partners::odd::{Odd, odd_activity, odd_deal, odd_partner};
use crate::partners::{Currency, Deal};

/// Lines that a note names; the rest are counted.
const LINES_NAMED: usize = 5;

/// What the workspace knows already, so that a row can be held against it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The workspace's currency; without one, the first amount of the file decides.
    pub currency: Option<Currency>,
    /// The external ids of the stored partners; without them, a deal may name any partner.
    pub partners: Option<&'a BTreeSet<String>>,
    /// The stored deals: a row is judged as it will stand.
    pub deals: &'a [Deal],
    /// How free words are spelt in what is stored.
    pub spelt: Option<&'a Spelt>,
    /// Where a bare day begins; UTC when left out.
    pub zone: Option<&'a TimeZone>,
    /// What day it is; without it no date is in the future.
    pub today: Option<Date>,
}

/// Judges each row as it will stand among what is stored; those that do not fit are refused.
#[must_use]
pub fn held(mut import: Import, known: &Known<'_>) -> Import {
    let spelt = fold(&mut import.rows, known.spelt);
    import.notes.extend(spelt);
    let utc = TimeZone::UTC;
    let zone = known.zone.unwrap_or(&utc);
    let today = known.today.unwrap_or(Date::MAX);
    let stored: BTreeMap<&str, &Deal> =
        known.deals.iter().map(|deal| (deal.external_id.as_str(), deal)).collect();
    let mut odd = Vec::new();
    match std::mem::replace(&mut import.rows, Rows::Partners(Vec::new())) {
        Rows::Partners(rows) => {
            let all = rows.iter().zip(&import.lines);
            odd.extend(all.filter_map(|(row, line)| Some((*line, odd_partner(row, today)?))));
            import.rows = Rows::Partners(rows);
        }
        Rows::Deals(rows) => {
            let rows = sifted(&mut import, rows, |row, columns, line| {
                let deal = over(stored.get(row.external_id.as_str()).copied(), row, columns);
                let partner = deal.partner_external_id.as_deref();
                let mut said: Vec<String> =
                    partner.and_then(|id| stray(id, known)).into_iter().collect();
                said.extend(rows::deal_problems(&deal, zone).into_iter().map(str::to_owned));
                if said.is_empty() {
                    odd.extend(odd_deal(&deal, zone, today).map(|odd| (line, odd)));
                }
                said
            });
            import.rows = Rows::Deals(rows);
        }
        Rows::Activities(rows) => {
            let rows = sifted(&mut import, rows, |row, _, line| {
                odd.extend(odd_activity(row, today).map(|odd| (line, odd)));
                stray(&row.partner_external_id, known).into_iter().collect()
            });
            import.rows = Rows::Activities(rows);
        }
    }
    import.refused.sort_by_key(|refused| refused.line);
    import.notes.extend(odd_notes(&odd));
    import
}

/// The rows about which nothing is said; the others are refused.
fn sifted<T: Fact>(
    import: &mut Import,
    rows: Vec<T>,
    mut judge: impl FnMut(&T, &[&str], usize) -> Vec<String>,
) -> Vec<T> {
    let heads =
        std::mem::take(&mut import.lines).into_iter().zip(std::mem::take(&mut import.columns));
    let mut good = Vec::with_capacity(rows.len());
    for (row, (line, columns)) in rows.into_iter().zip(heads) {
        let said = judge(&row, &columns, line);
        if said.is_empty() {
            good.push(row);
            import.lines.push(line);
            import.columns.push(columns);
        } else {
            let external_id = Some(row.external_id().to_owned());
            import.refuse(Refused { line, external_id, reason: said.join("; ") });
        }
    }
    good
}

/// A partner that the workspace does not have.
fn stray(id: &str, known: &Known<'_>) -> Option<String> {
    let missing = known.partners.is_some_and(|partners| !partners.contains(id));
    missing.then(|| format!("partner_external_id: there is no partner \"{}\"", shown(id)))
}

/// One note for each way in which dates are odd, with its lines.
fn odd_notes(found: &[(usize, Odd)]) -> Vec<String> {
    let mut by_way: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (line, odd) in found {
        by_way.entry(odd.words()).or_default().push(*line);
    }
    let note = |(words, lines): (&str, Vec<usize>)| {
        let named: Vec<_> = lines.iter().take(LINES_NAMED).map(ToString::to_string).collect();
        let more = lines.len().saturating_sub(LINES_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{words}: line {}{more}", named.join(", "))
    };
    by_way.into_iter().map(note).collect()
}
