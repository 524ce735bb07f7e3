//! The rows a report may see: filtered by its view, cut off at the end of its quarter.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::fiscal::Quarter;
use crate::partners::odd::odd_deal;
use crate::partners::{Activity, Attribution, Currency, Deal, Partner, PartnerStatus};

use super::book::Book;
use super::{Inputs, SERIES_QUARTERS};
use crate::reports::view::{NoMatch, Traits};

/// Filtered rows and the days that count.
pub(super) struct Scope<'a> {
    pub partners: Vec<&'a Partner>,
    pub deals: Vec<&'a Deal>,
    pub activities: Vec<&'a Activity>,
    pub quarter: Quarter,
    /// The last day that counts: the end of the quarter, or today while it still runs.
    pub cutoff: Date,
    /// Business time at which the facts were read.
    pub now: Timestamp,
    /// The day on which the report is made.
    pub today: Date,
    /// Deals in view whose dates cannot be: in none of the figures.
    pub odd_deals: usize,
    pub zone: &'a TimeZone,
    pub currency: Currency,
    /// Partners before filtering.
    pub all_partners: usize,
    /// The first day on which any deal is known; no pipeline is known before it.
    pub first_day: Option<Date>,
    /// The first day on which any deal was closed; nothing won or lost is known before it.
    pub first_close: Option<Date>,
}

impl<'a> Scope<'a> {
    pub(super) fn of(inputs: &'a Inputs<'a>) -> Result<Self, NoMatch> {
        let filters = &inputs.view.filters;
        let all: Vec<Traits<'_>> = inputs.partners.iter().map(traits).collect();
        if let Some(none) = filters.no_match(&all) {
            return Err(none);
        }
        let partners: Vec<&Partner> =
            inputs.partners.iter().filter(|p| filters.matches(traits(p))).collect();
        let known = |id: &str| partners.iter().any(|p| p.external_id == id);
        let in_view = |deal: &&Deal| match &deal.partner_external_id {
            Some(id) => filters.is_empty() || known(id),
            None => filters.matches_direct(word(deal.region.as_ref()), word(deal.segment.as_ref())),
        };
        let sound = |deal: &&Deal| odd_deal(deal, &inputs.zone, inputs.today).is_none();
        let (deals, odd): (Vec<&Deal>, Vec<&Deal>) =
            inputs.deals.iter().filter(in_view).partition(sound);
        let as_of = inputs.zone.to_datetime(inputs.as_of).date();
        let recorded = || inputs.deals.iter().filter(sound);
        Ok(Self {
            deals,
            odd_deals: odd.len(),
            today: inputs.today,
            activities: inputs
                .activities
                .iter()
                .filter(|a| known(&a.partner_external_id))
                .collect(),
            partners,
            quarter: inputs.quarter,
            cutoff: inputs.quarter.last_day().min(as_of),
            now: inputs.as_of,
            zone: &inputs.zone,
            currency: inputs.currency,
            all_partners: inputs.partners.len(),
            first_close: recorded().filter_map(|deal| deal.closed_at).min(),
            first_day: recorded().filter_map(|d| first_day(d, &inputs.zone)).min(),
        })
    }

    /// Partners with an agreement: no prospects, nobody who is being recruited, no archived ones.
    pub(super) fn program(&self) -> impl Iterator<Item = &'a Partner> {
        let outside = [PartnerStatus::Prospect, PartnerStatus::Recruiting, PartnerStatus::Archived];
        self.partners
            .iter()
            .copied()
            .filter(move |p| p.status.is_none_or(|status| !outside.contains(&status)))
    }

    /// Deals of exactly one attribution.
    pub(super) fn deals_of(&self, attribution: Attribution) -> impl Iterator<Item = &'a Deal> {
        self.deals.iter().copied().filter(move |deal| deal.attribution == attribution)
    }

    /// The quarters of the series, oldest first.
    pub(super) fn series(&self) -> Vec<Quarter> {
        self.quarter.trailing(SERIES_QUARTERS)
    }

    /// Whether anything can be known about what was open at the end of a quarter.
    pub(super) fn is_recorded(&self, quarter: Quarter) -> bool {
        self.first_day.is_some_and(|first| first <= quarter.last_day())
    }

    /// Whether anything can be known about what was won or lost in a quarter.
    pub(super) fn is_closed_known(&self, quarter: Quarter) -> bool {
        self.first_close.is_some_and(|first| first <= quarter.last_day())
    }

    /// The last day of a quarter that counts.
    pub(super) fn end_of(&self, quarter: Quarter) -> Date {
        quarter.last_day().min(self.cutoff)
    }

    /// Whether a day lies in a quarter and is not after the cut-off.
    pub(super) fn is_within(&self, day: Date, quarter: Quarter) -> bool {
        quarter.contains(day) && day <= self.cutoff
    }

    /// The words that sentences use for the periods of this report.
    pub(super) fn name_periods(&self, book: &mut Book) {
        let next = self.quarter.next();
        book.name("period", &self.quarter.label());
        book.name("before", &self.quarter.previous().label());
        book.name("year_before", &self.quarter.year_before().label());
        book.name("next", &next.label());
        book.name("next_end", &long_date(next.last_day()));
        book.name("next_middle", &long_date(middle(next)));
        book.name("next_start", &long_date(first_month_end(next)));
        book.name("cutoff", &long_date(self.cutoff));
        let labels = self.series().iter().map(|quarter| short_label(*quarter)).collect();
        book.quarters(labels);
    }
}

/// The last day of a quarter's first month.
pub(super) fn first_month_end(quarter: Quarter) -> Date {
    quarter.first_day().last_of_month()
}

/// The last day of a quarter's second month.
fn middle(quarter: Quarter) -> Date {
    first_month_end(quarter).tomorrow().unwrap_or(quarter.last_day()).last_of_month()
}

/// A quarter for the axis of a chart: `Q3 2026`, or `Q3 26/27` where the year spans two.
fn short_label(quarter: Quarter) -> String {
    let year = quarter.year().label();
    let digits = year.trim_start_matches("FY");
    let short = if digits.contains('/') { digits.get(2..).unwrap_or(digits) } else { digits };
    format!("Q{} {short}", quarter.number())
}

/// `20 Nov 2026`.
pub(in crate::reports) fn long_date(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

fn first_day(deal: &Deal, zone: &TimeZone) -> Option<Date> {
    let registered = deal.registered_at.map(|moment| moment.day(zone));
    registered.into_iter().chain(deal.closed_at).min()
}

fn traits(partner: &Partner) -> Traits<'_> {
    Traits {
        partner_type: partner.partner_type.map_or("", |t| t.word()),
        external_id: &partner.external_id,
        region: word(partner.region.as_ref()),
        segment: word(partner.segment.as_ref()),
    }
}

fn word(value: Option<&String>) -> &str {
    value.map_or("", String::as_str)
}
