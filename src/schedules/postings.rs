//! Which runs have something to post: the review of a quarter is posted once in a channel, so a run
//! about a quarter that was posted is passed over.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::slots::{Slot, Timing};
use crate::fiscal::{FiscalYearStart, Quarter};

/// So many quarters are looked through: twelve years of a yearly schedule.
const LOOKED_THROUGH: usize = 12;
/// So many reviews of another schedule are looked at: as long.
pub const AHEAD: usize = 4 * LOOKED_THROUGH;

/// A run that posts, and the quarter that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    pub slot: Slot,
    pub quarter: Quarter,
}

/// The next runs that post.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Postings {
    pub runs: Vec<Posting>,
    /// Whether runs between them, or before the first, have nothing to post.
    pub idle: bool,
}

impl Timing {
    /// The next `n` runs that have something to post, where `taken` says which quarters are posted
    /// already, or are posted by somebody else before a run.
    #[must_use]
    pub fn postings(
        &self,
        (after, n): (Timestamp, usize),
        starts: FiscalYearStart,
        taken: impl Fn(&Posting) -> bool,
    ) -> Postings {
        let mut found = Postings::default();
        let mut coming = self.first_after(after);
        for _ in 0..LOOKED_THROUGH.max(n) {
            let Some(slot) = coming else { break };
            let posting = Posting { slot, quarter: slot.closed_quarter(starts) };
            if taken(&posting) {
                found.idle = true;
            } else {
                found.runs.push(posting);
            }
            if found.runs.len() == n {
                break;
            }
            // Whatever comes before the quarter ends is about the same one.
            let end = posting.quarter.next().next().first_day();
            coming = self.first_from(end);
            found.idle |= self.next_after(slot.nominal) != coming;
        }
        found
    }
}

/// When each quarter is posted first by several schedules.
#[must_use]
pub fn first_of_each(all: &[Postings]) -> BTreeMap<Quarter, Timestamp> {
    let mut first = BTreeMap::new();
    for posting in all.iter().flat_map(|postings| &postings.runs) {
        let due = first.entry(posting.quarter).or_insert(posting.slot.due);
        *due = posting.slot.due.min(*due);
    }
    first
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::schedules::{Defaults, Zone, read_timing};

    const STARTS: FiscalYearStart = FiscalYearStart::JANUARY;

    fn timing(text: &str) -> Timing {
        let zone = Zone::utc();
        let defaults = Defaults { zone: &zone, starts: STARTS, today: date(2026, 10, 5) };
        read_timing(text, &defaults).unwrap()
    }

    fn now() -> Timestamp {
        "2026-10-05T08:30:00Z".parse().unwrap()
    }

    fn shown(postings: &Postings) -> Vec<String> {
        let line = |run: &Posting| format!("{} {}", run.slot.nominal.date(), run.quarter.label());
        postings.runs.iter().map(line).collect()
    }

    #[test]
    fn a_daily_schedule_posts_on_the_first_day_behind_each_quarter() {
        let found = timing("daily at 9").postings((now(), 3), STARTS, |_| false);
        let expected = ["2026-10-05 FY2026-Q3", "2027-01-01 FY2026-Q4", "2027-04-01 FY2027-Q1"];
        assert_eq!(shown(&found), expected);
        assert!(found.idle);
    }

    #[test]
    fn a_quarterly_or_yearly_schedule_has_no_idle_runs() {
        for text in ["quarterly at 9", "yearly at 9", "on 29 february at 9"] {
            let found = timing(text).postings((now(), 3), STARTS, |_| false);
            assert_eq!((found.runs.len(), found.idle), (3, false), "{text}");
        }
    }

    #[test]
    fn what_was_posted_or_comes_from_another_schedule_first_is_passed_over() {
        let other = timing("quarterly at 10").postings((now(), AHEAD), STARTS, |_| false);
        let first = first_of_each(&[other]);
        let later = |run: &Posting| first.get(&run.quarter).is_some_and(|due| *due <= run.slot.due);
        let none = timing("weekly on tuesday at 9").postings((now(), 3), STARTS, later);
        assert_eq!((shown(&none), none.idle), (Vec::new(), true));
        let q3 = |run: &Posting| run.quarter.label() == "FY2026-Q3";
        let found = timing("quarterly at 9").postings((now(), 1), STARTS, q3);
        assert_eq!(shown(&found), ["2027-01-04 FY2026-Q4"]);
    }
}
