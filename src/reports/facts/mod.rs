//! Everything a review counts, gathered once into the ledger.
//!
//! Sourced, influenced and direct deals are counted one attribution at a time: no function here
//! takes more than one, so nothing can add them up. A quarter before the first recorded deal has
//! no value rather than zero, and what is missing is said.

mod actions;
mod activity;
mod book;
mod deals;
mod leaders;
mod market;
mod program;
mod registrations;
mod scope;

use jiff::Timestamp;
use jiff::civil::Date;
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
    /// The day on which the report is made: a later one has not come yet, also where the report
    /// looks back.
    pub today: Date,
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
        activity::gather(&scope, &mut book);
        leaders::gather(&scope, &mut book);
        market::gather(&scope, &inputs.strategy, &mut book);
        actions::gather(&scope, &mut book);
        Ok(book.close())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::partners::{Attribution, Currency, Moment, Money, Outcome, Tier};
    use crate::reports::ledger::Value;
    use crate::reports::sample::{Sample, as_of};

    fn facts(sample: &Sample) -> Facts {
        Facts::gather(&sample.inputs()).unwrap()
    }

    /// A sourced deal of the first partner, registered and closed on these days.
    fn deal(registered: Date, closed: Option<Date>, outcome: Outcome, dollars: i64) -> Deal {
        Deal {
            external_id: format!("T-{registered}-{dollars}"),
            partner_external_id: Some("P-001".to_owned()),
            attribution: Attribution::Sourced,
            name: "Test".to_owned(),
            stage: None,
            amount: Some(Money { minor: dollars * 100, currency: Currency::USD }),
            registered_at: Some(Moment::On(registered)),
            responded_at: Some(Moment::On(registered)),
            expected_close: None,
            closed_at: closed,
            outcome,
            region: None,
            segment: None,
        }
    }

    fn with_deals(deals: Vec<Deal>) -> Sample {
        Sample { deals, ..Sample::full() }
    }

    #[test]
    fn won_counts_what_closed_in_the_quarter_of_its_own_attribution_only() {
        let (june, july) = (date(2026, 6, 30), date(2026, 7, 1));
        let (september, october) = (date(2026, 9, 30), date(2026, 10, 1));
        let mut influenced = deal(june, Some(july), Outcome::Won, 7_000);
        influenced.attribution = Attribution::Influenced;
        let facts = facts(&with_deals(vec![
            deal(june, Some(june), Outcome::Won, 100),
            deal(june, Some(july), Outcome::Won, 200),
            deal(june, Some(september), Outcome::Won, 300),
            deal(june, Some(september), Outcome::Lost, 4_000),
            deal(june, Some(october), Outcome::Won, 50_000),
            influenced,
        ]));
        assert_eq!(facts.ledger.known("won.sourced"), Some(50_000));
        assert_eq!(facts.ledger.known("won.sourced.before"), Some(10_000));
        assert_eq!(facts.ledger.known("won.sourced.change"), Some(40_000));
        assert_eq!(facts.ledger.known("won.influenced"), Some(700_000));
        assert_eq!(facts.ledger.known("deals_won.sourced"), Some(2));
        assert_eq!(facts.ledger.known("win_rate.sourced"), Some(6_666));
        assert_eq!(facts.ledger.known("average.sourced"), Some(25_000));
        // the deal that closed the day after was still open
        assert_eq!(facts.ledger.known("pipeline.sourced"), Some(5_000_000));
    }

    #[test]
    fn nothing_is_known_before_the_first_deal_and_never_written_as_zero() {
        let day = date(2026, 8, 1);
        let facts = facts(&with_deals(vec![deal(day, Some(day), Outcome::Won, 100)]));
        assert_eq!(facts.ledger.known("won.sourced.t10"), Some(10_000));
        assert_eq!(facts.ledger.known("won.sourced.t9"), None);
        assert_eq!(facts.ledger.show("won.sourced.before"), "no data");
        assert_eq!(facts.ledger.known("won.influenced"), Some(0), "deals are recorded, none of it");
        assert_eq!(facts.ledger.show("win_rate.influenced"), "no data", "nothing to divide by");
        assert!(facts.gaps.iter().any(|gap| gap.contains("before the first closed deal")));
    }

    #[test]
    fn an_amount_in_another_currency_is_left_out_and_said() {
        let day = date(2026, 8, 1);
        let mut euros = deal(day, Some(day), Outcome::Won, 900);
        euros.amount = Some(Money { minor: 90_000, currency: Currency::from_code("EUR").unwrap() });
        let mut blank = deal(day, Some(day), Outcome::Won, 0);
        blank.amount = None;
        let own = deal(day, Some(day), Outcome::Won, 100);
        let facts = facts(&with_deals(vec![euros, blank, own]));
        assert_eq!(facts.ledger.known("won.sourced"), Some(10_000));
        assert_eq!(facts.ledger.known("deals_won.sourced"), Some(3));
        assert_eq!(facts.ledger.known("average.sourced"), Some(10_000));
        assert_eq!(facts.ledger.known("gap.foreign"), Some(1));
        assert_eq!(facts.ledger.known("gap.unpriced"), Some(1));
        assert_eq!(facts.gaps.iter().filter(|gap| gap.contains("money figures")).count(), 2);
    }

    #[test]
    fn a_deal_whose_dates_cannot_be_is_in_no_figure_and_said() {
        let (july, august) = (date(2026, 7, 1), date(2026, 8, 1));
        let own = deal(july, Some(august), Outcome::Won, 100);
        let backwards = deal(august, Some(date(2025, 8, 1)), Outcome::Won, 4_000);
        let ahead = deal(july, Some(date(2062, 8, 1)), Outcome::Won, 50_000);
        let found = facts(&with_deals(vec![own.clone(), backwards, ahead]));
        assert_eq!(found.ledger.known("gap.odd"), Some(2));
        assert!(found.gaps.iter().any(|gap| gap.contains("dates that cannot be")));
        let alone = facts(&with_deals(vec![own]));
        for id in ["won.sourced", "won.sourced.t6", "pipeline.sourced", "deals_won.sourced"] {
            assert_eq!(found.ledger.known(id), alone.ledger.known(id), "{id}");
        }
    }

    /// Registrations of the quarter with their answer after so many hours; `None` is open.
    fn answered_after(hours: &[Option<i64>]) -> Facts {
        let deals = hours.iter().enumerate().map(|(i, hours)| {
            let at: Timestamp = "2026-07-10T10:00:00Z".parse().unwrap();
            let hours = hours.map(jiff::SignedDuration::from_hours);
            Deal {
                external_id: format!("R-{i}"),
                registered_at: Some(Moment::At(at)),
                responded_at: hours.map(|hours| Moment::At(at + hours)),
                ..deal(date(2026, 7, 10), None, Outcome::Open, 1)
            }
        });
        facts(&with_deals(deals.collect()))
    }

    #[test]
    fn nineteen_of_twenty_registrations_in_time_meet_the_target_and_eighteen_of_nineteen_miss_it() {
        let mut hours = vec![Some(48); 19];
        hours.push(Some(49));
        assert_eq!(answered_after(&hours).ledger.show("sla.rate"), "95%");
        let facts = answered_after(&hours[1..]);
        assert_eq!(facts.ledger.show("sla.rate"), "94.7%");
        assert!(facts.actions.iter().any(|action| action.rule == "S-21"));
    }

    #[test]
    fn no_registration_is_not_applicable_and_an_old_open_one_is_a_miss_now() {
        let none = answered_after(&[]);
        assert_eq!(none.ledger.known("sla.rate"), None);
        assert!(!none.actions.iter().any(|action| action.finding.contains("sla.rate")));
        let open = answered_after(&[Some(1), None]);
        assert_eq!(open.ledger.known("sla.rate"), Some(5_000));
        assert_eq!(open.ledger.known("sla.late"), Some(1));
    }

    #[test]
    fn a_fresh_open_registration_is_neither_met_nor_missed() {
        let yesterday: Timestamp = "2026-10-04T09:00:00Z".parse().unwrap();
        let mut sample = with_deals(vec![Deal {
            registered_at: Some(Moment::At(yesterday)),
            responded_at: None,
            ..deal(date(2026, 10, 4), None, Outcome::Open, 1)
        }]);
        sample.quarter = sample.quarter.next();
        let facts = facts(&sample);
        assert_eq!(facts.ledger.known("sla.waiting"), Some(1));
        assert_eq!(facts.ledger.known("sla.rate"), None);
        assert!(as_of() > yesterday);
    }

    #[test]
    fn an_undated_open_deal_counts_now_and_makes_the_past_unknown() {
        let mut undated = deal(date(2026, 8, 1), None, Outcome::Open, 10);
        undated.registered_at = None;
        let dated = deal(date(2026, 1, 10), None, Outcome::Open, 5);
        let facts = facts(&with_deals(vec![undated, dated]));
        assert_eq!(facts.ledger.known("pipeline.sourced"), Some(1_500));
        assert_eq!(facts.ledger.known("pipeline.sourced.before"), None);
    }

    #[test]
    fn groups_add_up_to_the_partners_of_the_program() {
        let facts = facts(&Sample::full());
        let sum = |prefix: &str, groups: &[Group]| -> i64 {
            groups.iter().map(|g| facts.ledger.known(&format!("{prefix}.{}", g.key)).unwrap()).sum()
        };
        let all = facts.ledger.known("partners.total").unwrap();
        assert_eq!(all, 33);
        assert_eq!(sum("partners.type", &facts.types), all);
        assert_eq!(sum("partners.region", &facts.regions), all);
        let untiered = facts.ledger.known("partners.tier.none").unwrap();
        assert_eq!(sum("partners.tier", &facts.tiers) + untiered, all);
        let kinds = sum("activities", &facts.activities);
        assert_eq!(Some(kinds), facts.ledger.known("activities.total"));
    }

    #[test]
    fn the_series_end_with_the_figures_of_the_quarter() {
        let facts = facts(&Sample::full());
        assert_eq!(facts.quarters.len(), SERIES_QUARTERS);
        for attribution in Attribution::ALL {
            let id = format!("won.{}", attribution.word());
            assert_eq!(facts.ledger.known(&format!("{id}.t10")), facts.ledger.known(&id));
            let before = facts.ledger.known(&format!("{id}.before"));
            assert_eq!(facts.ledger.known(&format!("{id}.t9")), before);
            let year_before = facts.ledger.known(&format!("{id}.year_before"));
            assert_eq!(facts.ledger.known(&format!("{id}.t6")), year_before);
        }
    }

    #[test]
    fn an_exit_clock_ends_after_six_months_for_registered_and_twelve_for_others() {
        let mut sample = with_deals(vec![]);
        sample.partners.truncate(2);
        for (partner, tier) in sample.partners.iter_mut().zip([Tier::Gold, Tier::Registered]) {
            partner.tier = Some(tier);
            partner.last_activity_date = Some(date(2026, 2, 28));
        }
        // Gold runs until 28 Feb 2027, Registered until 28 Aug 2026
        let found = facts(&sample);
        assert_eq!(found.ledger.known("exits.due"), Some(1));
        assert_eq!(found.ledger.show("exit.1"), sample.partners[1].name);
        assert_eq!(found.ledger.show("exits.by"), "31 Oct 2026", "the clock has run out");
        sample.partners[1].last_activity_date = Some(date(2026, 5, 20));
        assert_eq!(facts(&sample).ledger.show("exits.by"), "20 Nov 2026");
        assert_eq!(facts(&sample).ledger.known("idle.partners"), Some(2));
    }

    #[test]
    fn filters_narrow_every_figure_and_a_view_that_matches_nobody_is_refused() {
        let mut sample = Sample::full();
        sample.view.filters.regions.insert("nordics".to_owned());
        let found = facts(&sample);
        assert_eq!(found.regions.len(), 1);
        let all = facts(&Sample::full());
        assert!(found.ledger.known("won.sourced") < all.ledger.known("won.sourced"));
        sample.view.filters.regions = ["Atlantis".to_owned()].into();
        let refused = Facts::gather(&sample.inputs()).unwrap_err();
        assert!(refused.to_string().starts_with("0 of 40 partners match; the region filter"));
    }

    #[test]
    fn a_quarter_that_still_runs_counts_up_to_today() {
        let mut sample = with_deals(vec![
            deal(date(2026, 10, 1), Some(date(2026, 10, 4)), Outcome::Won, 10),
            deal(date(2026, 10, 1), Some(date(2026, 12, 1)), Outcome::Won, 99),
        ]);
        sample.quarter = sample.quarter.next();
        assert_eq!(facts(&sample).ledger.known("won.sourced"), Some(1_000));
    }

    #[test]
    fn the_tam_adds_up_and_a_missing_one_is_said() {
        let found = facts(&Sample::full());
        let rows: i64 = found
            .categories
            .iter()
            .map(|group| found.ledger.known(&format!("tam.{}", group.key)).unwrap())
            .sum();
        assert_eq!(Some(rows), found.ledger.known("tam.total"));
        let bare = facts(&Sample::bare());
        let figure = bare.ledger.figure("tam.total").unwrap();
        assert!(matches!(figure.value, Value::Missing(_)));
    }

    #[test]
    fn every_figure_carries_its_whole_passport() {
        for (id, figure) in facts(&Sample::full()).ledger.figures() {
            for part in [&figure.label, &figure.formula, &figure.source, &figure.period] {
                assert!(!part.is_empty(), "{id}: {figure:?}");
            }
            assert_eq!(figure.as_of, "2026-09-30", "{id}");
        }
    }
}
