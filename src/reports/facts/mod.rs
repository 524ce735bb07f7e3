//! Everything a review counts, gathered once into the ledger.
//!
//! Sourced, influenced and direct deals are counted one attribution at a time: no function here
//! takes more than one, so nothing can add them up. A quarter before the first recorded deal has
//! no value rather than zero, and what is missing is said.

mod actions;
mod book;
mod deals;
mod market;
mod program;
mod registrations;
mod scope;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::fiscal::Quarter;
use crate::partners::{Activity, Currency, Deal, Partner};

use super::ledger::Ledger;
use super::report::ReportKind;
use super::view::{NoMatch, View};
use book::Book;
pub use market::{Revised, Strategy};
use scope::Scope;
pub(in crate::reports) use scope::long_date;

/// How many quarters the series of a quarterly review go back, its own included.
pub const SERIES_QUARTERS: usize = 10;

/// The measures that are set beside the quarter before; more is better for each.
pub const COMPARED: [&str; 9] = [
    "won.sourced",
    "won.influenced",
    "won.direct",
    "deals_won.sourced",
    "win_rate.sourced",
    "average.sourced",
    "pipeline.sourced",
    "pipeline.influenced",
    "sla.rate",
];

/// How many actions become priorities of the next quarter.
pub const PRIORITIES: usize = 6;

/// What a report is made from. Nothing else is read, so equal inputs give equal reports.
#[derive(Clone, Debug)]
pub struct Inputs<'a> {
    pub kind: ReportKind,
    pub company: &'a str,
    /// The quarter under review.
    pub quarter: Quarter,
    /// Business time at which the facts were read.
    pub as_of: Timestamp,
    /// The zone in which days begin.
    pub zone: TimeZone,
    pub view: View,
    /// The currency of the report. Amounts in another are left out and counted as a gap: there
    /// are no exchange rates here.
    pub currency: Currency,
    pub partners: &'a [Partner],
    pub deals: &'a [Deal],
    pub activities: &'a [Activity],
    pub strategy: Strategy<'a>,
}

/// The figures of a report, and the lists that tables and charts follow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub ledger: Ledger,
    /// Labels of the last [`SERIES_QUARTERS`] quarters, oldest first; figures end in `.t1`, `.t2` …
    pub quarters: Vec<String>,
    /// Partners by sourced amount won, largest first; figures start with `top.1`, `top.2` …
    pub top: Vec<PartnerRow>,
    /// Tiers with partners, highest first; figures `partners.tier.gold` …
    pub tiers: Vec<Group>,
    /// Partner types, largest first; figures `partners.type.reseller` …
    pub types: Vec<Group>,
    /// Regions, largest first; figures `partners.region.1` …
    pub regions: Vec<Group>,
    /// Kinds of activity in the quarter, most frequent first; figures `activities.webinar` …
    pub activities: Vec<Group>,
    /// Partner TAM categories; figures `tam.solutions` …; empty without a TAM.
    pub categories: Vec<Group>,
    /// What needs attention or is to be done next, most pressing first.
    pub actions: Vec<Action>,
    /// What the data does not hold, as sentences with slots.
    pub gaps: Vec<String>,
    /// What went in, one line per input.
    pub sources: Vec<String>,
}

/// One line of the partner table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerRow {
    pub name: String,
    pub tier: String,
    pub partner_type: String,
    pub region: String,
}

/// A group that figures are counted by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// As people read it: "Reseller".
    pub name: String,
    /// The last part of its figures' ids: "reseller".
    pub key: String,
}

/// Something a rule found, and what to do about it. All texts are sentences with slots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The rule that found it, such as `S-21`.
    pub rule: String,
    /// What was found: "Deal registrations answered in time: {sla.rate}".
    pub finding: String,
    /// What to do: "Answer every deal registration in time".
    pub what: String,
    /// Why: the rule in words.
    pub why: String,
    /// The role that is responsible (S-23).
    pub owner: String,
    /// Slot of the day until which it is to be done.
    pub due: String,
    /// Whether somebody accountable must decide, rather than do.
    pub decision: bool,
}

impl Facts {
    /// Gathers all figures of a quarterly review.
    ///
    /// # Errors
    /// [`NoMatch`] when filters let no partner through; it names the filter to relax.
    pub fn gather(inputs: &Inputs<'_>) -> Result<Self, NoMatch> {
        let scope = Scope::of(inputs)?;
        let mut book = Book::new(&scope);
        scope.name_periods(&mut book);
        deals::gather(&scope, &mut book);
        registrations::gather(&scope, &mut book);
        program::gather(&scope, &mut book);
        market::gather(&scope, &inputs.strategy, &mut book);
        actions::gather(&scope, &mut book);
        Ok(book.close())
    }
}
