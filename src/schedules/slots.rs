//! Slots: the next one after an instant or after another, and which to run after a pause.

use std::collections::VecDeque;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::AmbiguousOffset;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::cadence::Cadence;
use super::zone::Zone;
use crate::fiscal::{self, FiscalYearStart, Quarter, Year};

/// A run that was missed is caught up when it was due at most this long ago (E-07).
pub const CATCH_UP: SignedDuration = SignedDuration::from_hours(24);

/// At most this many missed slots are named one by one; older ones are only counted.
const NAMED_MISSED: usize = 60;

/// Which days, at what time of the day, where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    pub cadence: Cadence,
    /// For a cron line, the line's own time.
    pub at: Time,
    pub zone: Zone,
}

/// One run of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The wall-clock time by the rule: the name of the run, together with its schedule.
    pub nominal: DateTime,
    /// When that is; worked out from the nominal time by the zone's rules.
    pub due: Timestamp,
}

/// What to do about the slots that came due since a schedule was last looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The one to run now, the latest that is still inside the catch-up window.
    pub run: Option<Slot>,
    /// The others, oldest first, at most 60 of them.
    pub skipped: Vec<Slot>,
    /// How many were left out of `skipped`.
    pub more_skipped: usize,
    /// The first slot that is not due yet.
    pub next: Option<Slot>,
}

impl Timing {
    /// The first slot due after this instant; `None` when the calendar ends.
    #[must_use]
    pub fn first_after(&self, instant: Timestamp) -> Option<Slot> {
        let local = self.zone.rules().to_datetime(instant);
        // No zone ever moved by more than a day: what was nominal two days ago is due by now.
        let early = local.checked_sub(2.days()).unwrap_or(DateTime::MIN);
        let mut slot = self.nominal_after(early)?;
        while slot.due <= instant {
            slot = self.nominal_after(slot.nominal)?;
        }
        Some(slot)
    }

    /// The slot after the one of this nominal time. A slot that would be due at the same instant,
    /// as on a day that a zone left out, is passed over.
    #[must_use]
    pub fn next_after(&self, nominal: DateTime) -> Option<Slot> {
        let due = self.due(nominal)?;
        let mut slot = self.nominal_after(nominal)?;
        while slot.due <= due {
            slot = self.nominal_after(slot.nominal)?;
        }
        Some(slot)
    }

    /// The next `n` slots after an instant.
    #[must_use]
    pub fn preview(&self, after: Timestamp, n: usize) -> Vec<Slot> {
        let first = self.first_after(after);
        std::iter::successors(first, |slot| self.next_after(slot.nominal)).take(n).collect()
    }

    /// The first slot on this day or later, without a look at the clock.
    #[must_use]
    pub fn first_from(&self, day: Date) -> Option<Slot> {
        self.slot(self.cadence.first_day(day)?.to_datetime(self.at))
    }

    /// The slot of a nominal time that was stored, due by today's zone rules.
    #[must_use]
    pub fn slot(&self, nominal: DateTime) -> Option<Slot> {
        Some(Slot { nominal, due: self.due(nominal)? })
    }

    /// Sorts out the slots from `next` on that are due by now: the latest runs when it was due no
    /// longer than `window` ago, all others are skipped.
    #[must_use]
    pub fn catch_up(&self, next: DateTime, now: Timestamp, window: SignedDuration) -> Missed {
        let mut due = VecDeque::new();
        let mut coming = self.slot(next);
        let mut more_skipped = 0;
        while let Some(slot) = coming.filter(|slot| slot.due <= now) {
            if due.len() > NAMED_MISSED {
                due.pop_front();
                more_skipped += 1;
            }
            due.push_back(slot);
            coming = self.next_after(slot.nominal);
        }
        let run = due.pop_back_if(|slot| now.duration_since(slot.due) <= window);
        if due.len() > NAMED_MISSED {
            due.pop_front();
            more_skipped += 1;
        }
        Missed { run, skipped: due.into(), more_skipped, next: coming }
    }

    /// The first slot in nominal order, without a look at the clock.
    fn nominal_after(&self, after: DateTime) -> Option<Slot> {
        let from: Date =
            if self.at > after.time() { after.date() } else { after.date().tomorrow().ok()? };
        self.slot(self.cadence.first_day(from)?.to_datetime(self.at))
    }

    /// In a gap the first instant after it, in an overlap the first of the two.
    fn due(&self, nominal: DateTime) -> Option<Timestamp> {
        let zone = self.zone.rules();
        let ambiguous = zone.to_ambiguous_timestamp(nominal);
        if let AmbiguousOffset::Gap { before, .. } = ambiguous.offset() {
            let past = before.to_timestamp(nominal).ok()?.checked_add(1.nanosecond()).ok()?;
            return zone.preceding(past).next().map(|change| change.timestamp());
        }
        ambiguous.earlier().ok()
    }
}

impl Slot {
    /// The fiscal quarter that a quarterly review of this run reports: the one that had closed by
    /// the run's own day, in the schedule's zone.
    #[must_use]
    pub fn closed_quarter(&self, starts: FiscalYearStart) -> Quarter {
        fiscal::closed_quarter(self.nominal.date(), starts)
    }

    /// The fiscal year that an annual review of this run reports.
    #[must_use]
    pub fn closed_year(&self, starts: FiscalYearStart) -> Year {
        fiscal::closed_year(self.nominal.date(), starts)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime, time};
    use proptest::prelude::*;

    use super::*;
    use crate::schedules::cadence::{DayRule, Weekday, Weekdays};
    use crate::schedules::cron_line::CronLine;

    fn zone(name: &str) -> Zone {
        Zone::read(name).unwrap()
    }

    fn daily(hour: i8, minute: i8, name: &str) -> Timing {
        Timing { cadence: Cadence::Daily, at: time(hour, minute, 0, 0), zone: zone(name) }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn due_on(timing: &Timing, day: Date) -> String {
        timing.slot(day.to_datetime(timing.at)).unwrap().due.to_string()
    }

    fn first_monday(starts: i8) -> Cadence {
        Cadence::Quarterly {
            starts: FiscalYearStart::new(starts).unwrap(),
            day: DayRule::NthWeekday { n: 1, weekday: Weekday::Monday },
        }
    }

    #[test]
    fn nine_o_clock_stays_nine_o_clock_on_the_wall() {
        for (name, before, after) in [
            (
                "America/New_York",
                (date(2026, 3, 6), "2026-03-06T14:00:00Z"),
                (date(2026, 3, 9), "2026-03-09T13:00:00Z"),
            ),
            (
                "America/New_York",
                (date(2026, 10, 30), "2026-10-30T13:00:00Z"),
                (date(2026, 11, 2), "2026-11-02T14:00:00Z"),
            ),
            (
                "Europe/Berlin",
                (date(2026, 3, 27), "2026-03-27T08:00:00Z"),
                (date(2026, 3, 30), "2026-03-30T07:00:00Z"),
            ),
            (
                "Australia/Lord_Howe",
                (date(2026, 4, 3), "2026-04-02T22:00:00Z"),
                (date(2026, 4, 6), "2026-04-05T22:30:00Z"),
            ),
            (
                "Asia/Kathmandu",
                (date(2026, 3, 27), "2026-03-27T03:15:00Z"),
                (date(2026, 3, 30), "2026-03-30T03:15:00Z"),
            ),
        ] {
            let timing = daily(9, 0, name);
            assert_eq!(due_on(&timing, before.0), before.1, "{name}");
            assert_eq!(due_on(&timing, after.0), after.1, "{name}");
        }
    }

    #[test]
    fn a_time_that_does_not_exist_runs_once_at_the_first_instant_after_the_gap() {
        let timing = daily(2, 30, "America/New_York");
        let slots = timing.preview(at("2026-03-07T12:00:00Z"), 2);
        assert_eq!(slots[0].nominal, datetime(2026, 3, 8, 2, 30, 0, 0));
        assert_eq!(slots[0].due, at("2026-03-08T07:00:00Z"));
        assert_eq!(slots[1].due, at("2026-03-09T06:30:00Z"));
        let edge = daily(2, 0, "America/New_York");
        assert_eq!(due_on(&edge, date(2026, 3, 8)), "2026-03-08T07:00:00Z");
        let london = daily(1, 30, "Europe/London");
        assert_eq!(due_on(&london, date(2027, 3, 28)), "2027-03-28T01:00:00Z");
    }

    #[test]
    fn a_time_that_comes_twice_runs_once_at_the_first() {
        let timing = daily(1, 30, "America/New_York");
        let slots = timing.preview(at("2026-10-31T12:00:00Z"), 2);
        assert_eq!(slots[0].due, at("2026-11-01T05:30:00Z"));
        assert_eq!(slots[1].due, at("2026-11-02T06:30:00Z"));
        assert_eq!(timing.first_after(at("2026-11-01T06:00:00Z")).unwrap(), slots[1]);
    }

    #[test]
    fn a_cron_line_runs_once_across_both_clock_changes() {
        let line = CronLine::read("30 1 * * *").unwrap();
        let timing =
            Timing { at: line.at(), cadence: Cadence::Cron { line }, zone: zone("Europe/London") };
        let spring: Vec<_> =
            timing.preview(at("2027-03-27T12:00:00Z"), 2).iter().map(|s| s.due).collect();
        assert_eq!(spring, [at("2027-03-28T01:00:00Z"), at("2027-03-29T00:30:00Z")]);
        let autumn: Vec<_> =
            timing.preview(at("2027-10-30T12:00:00Z"), 2).iter().map(|s| s.due).collect();
        assert_eq!(autumn, [at("2027-10-31T00:30:00Z"), at("2027-11-01T01:30:00Z")]);
    }

    #[test]
    fn a_day_that_a_zone_left_out_has_no_second_run() {
        let midnight = daily(0, 0, "Pacific/Apia");
        let slots = midnight.preview(at("2011-12-29T09:00:00Z"), 3);
        let days: Vec<_> = slots.iter().map(|slot| slot.nominal.date()).collect();
        assert_eq!(days, [date(2011, 12, 29), date(2011, 12, 30), date(2012, 1, 1)]);
        assert!(slots.windows(2).all(|pair| pair[0].due < pair[1].due));
    }

    #[test]
    fn a_quarterly_review_comes_on_the_first_monday_of_each_fiscal_quarter() {
        for (starts, wanted) in [
            (
                1,
                [
                    "2027-01-04T09:00+00:00",
                    "2027-04-05T09:00+01:00",
                    "2027-07-05T09:00+01:00",
                    "2027-10-04T09:00+01:00",
                    "2028-01-03T09:00+00:00",
                ],
            ),
            (
                2,
                [
                    "2027-02-01T09:00+00:00",
                    "2027-05-03T09:00+01:00",
                    "2027-08-02T09:00+01:00",
                    "2027-11-01T09:00+00:00",
                    "2028-02-07T09:00+00:00",
                ],
            ),
        ] {
            let timing = Timing {
                cadence: first_monday(starts),
                at: time(9, 0, 0, 0),
                zone: zone("Europe/London"),
            };
            let found: Vec<_> = timing
                .preview(at("2026-11-20T00:00:00Z"), 5)
                .iter()
                .map(|slot| {
                    slot.due
                        .to_zoned(timing.zone.rules().clone())
                        .strftime("%Y-%m-%dT%H:%M%:z")
                        .to_string()
                })
                .collect();
            assert_eq!(found, wanted, "year starts in month {starts}");
        }
    }

    #[test]
    fn the_last_business_day_of_a_quarter_follows_the_clock_of_new_york() {
        let timing = Timing {
            cadence: Cadence::Quarterly {
                starts: FiscalYearStart::new(2).unwrap(),
                day: DayRule::NthBusinessDay { n: -1 },
            },
            at: time(17, 0, 0, 0),
            zone: zone("America/New_York"),
        };
        let found: Vec<_> = timing
            .preview(at("2026-11-20T00:00:00Z"), 4)
            .iter()
            .map(|slot| slot.due.to_string())
            .collect();
        assert_eq!(
            found,
            [
                "2027-01-29T22:00:00Z",
                "2027-04-30T21:00:00Z",
                "2027-07-30T21:00:00Z",
                "2027-10-29T21:00:00Z"
            ]
        );
    }

    #[test]
    fn a_run_reports_the_quarter_that_closed_in_its_own_zone() {
        let january = FiscalYearStart::JANUARY;
        let tokyo =
            Timing { cadence: Cadence::Daily, at: time(8, 30, 0, 0), zone: zone("Asia/Tokyo") };
        let slot = tokyo.slot(datetime(2026, 10, 1, 8, 30, 0, 0)).unwrap();
        assert_eq!(slot.due, at("2026-09-30T23:30:00Z"));
        assert_eq!(slot.closed_quarter(january).label(), "FY2026-Q3");
        let utc = Timing { at: time(23, 30, 0, 0), zone: Zone::utc(), ..tokyo };
        let slot = utc.slot(datetime(2026, 9, 30, 23, 30, 0, 0)).unwrap();
        assert_eq!(slot.closed_quarter(january).label(), "FY2026-Q2");
        assert_eq!(slot.closed_year(FiscalYearStart::new(7).unwrap()).label(), "FY2025/26");
    }

    #[test]
    fn the_instant_of_a_slot_is_past_for_the_next_one() {
        let timing = daily(9, 0, "UTC");
        let slot = timing.first_after(at("2026-10-05T08:59:59Z")).unwrap();
        assert_eq!(slot.due, at("2026-10-05T09:00:00Z"));
        assert_eq!(timing.first_after(slot.due).unwrap().due, at("2026-10-06T09:00:00Z"));
    }

    #[test]
    fn after_a_short_pause_the_missed_run_is_caught_up_once() {
        let timing = daily(9, 0, "UTC");
        let next = datetime(2026, 10, 5, 9, 0, 0, 0);
        let missed = timing.catch_up(next, at("2026-10-06T09:00:00Z"), CATCH_UP);
        assert_eq!(missed.run.unwrap().nominal, datetime(2026, 10, 6, 9, 0, 0, 0));
        assert_eq!(missed.skipped.len(), 1);
        assert_eq!(missed.next.unwrap().nominal, datetime(2026, 10, 7, 9, 0, 0, 0));
        let early = timing.catch_up(next, at("2026-10-05T08:59:59Z"), CATCH_UP);
        assert_eq!((early.run, early.skipped.len()), (None, 0));
        assert_eq!(early.next.unwrap().nominal, next);
    }

    #[test]
    fn after_a_long_pause_the_missed_run_is_skipped_and_named() {
        let timing = Timing { cadence: first_monday(1), at: time(9, 0, 0, 0), zone: Zone::utc() };
        let next = datetime(2026, 10, 5, 9, 0, 0, 0);
        let inside = timing.catch_up(next, at("2026-10-06T09:00:00Z"), CATCH_UP);
        assert_eq!(inside.run.unwrap().nominal, next);
        let outside = timing.catch_up(next, at("2026-10-06T09:00:01Z"), CATCH_UP);
        assert_eq!(outside.run, None);
        assert_eq!(outside.skipped[0].nominal, next);
        assert_eq!(outside.next.unwrap().nominal, datetime(2027, 1, 4, 9, 0, 0, 0));
    }

    #[test]
    fn after_years_only_the_latest_missed_runs_are_named() {
        let timing = daily(9, 0, "UTC");
        let (next, now) = (datetime(2020, 1, 1, 9, 0, 0, 0), at("2020-12-31T10:00:00Z"));
        let missed = timing.catch_up(next, now, CATCH_UP);
        assert_eq!(missed.run.unwrap().nominal, datetime(2020, 12, 31, 9, 0, 0, 0));
        assert_eq!(missed.skipped.len() + missed.more_skipped, 365);
        assert_eq!(missed.skipped.len(), 60);
        let outside = timing.catch_up(next, now, SignedDuration::ZERO);
        assert_eq!((outside.run, outside.skipped.len(), outside.more_skipped), (None, 60, 306));
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_panic() {
        for name in ["UTC", "Pacific/Kiritimati", "America/New_York"] {
            let timing = daily(9, 0, name);
            let _ = timing.first_after(Timestamp::MIN);
            assert_eq!(timing.first_after(Timestamp::MAX), None, "{name}");
            assert_eq!(timing.next_after(DateTime::MAX), None, "{name}");
        }
    }

    fn cadences() -> impl proptest::strategy::Strategy<Value = Cadence> {
        prop_oneof![
            Just(Cadence::Daily),
            Just(Cadence::Weekly { on: Weekdays::business() }),
            (2u8..6, -400i32..400).prop_map(|(n, days)| Cadence::Weeks {
                n,
                on: Weekdays::new(vec![Weekday::Sunday, Weekday::Wednesday]).unwrap(),
                anchor: date(2026, 1, 1) + days.days(),
            }),
            (1i8..=31).prop_map(|day| Cadence::Monthly { day: DayRule::DayOfMonth { day } }),
            (1i8..=12).prop_map(first_monday),
            (1i8..=12).prop_map(|month| Cadence::Annually { month, day: DayRule::LastDay }),
            Just(Cadence::Cron { line: CronLine::read("30 2 * * SAT,SUN").unwrap() }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 300,
            rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_005),
            ..ProptestConfig::default()
        })]

        #[test]
        fn in_any_zone_slots_come_in_order_and_none_is_due_twice(
            cadence in cadences(),
            pick in any::<prop::sample::Index>(),
            minutes in 0i32..1440,
            start in 0i64..2_500_000_000,
        ) {
            let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string())
                .filter(|name| Zone::try_from(name.clone()).is_ok()).collect();
            let zone = Zone::try_from(pick.get(&names).clone()).unwrap();
            let at = time(0, 0, 0, 0) + minutes.minutes();
            let timing = Timing { cadence, at, zone };
            let from = Timestamp::from_second(start).unwrap();
            let slots = timing.preview(from, 40);
            prop_assert_eq!(slots.len(), 40);
            prop_assert!(slots[0].due > from);
            for pair in slots.windows(2) {
                prop_assert!(pair[0].due < pair[1].due && pair[0].nominal < pair[1].nominal);
                prop_assert_eq!(timing.first_after(pair[0].due).unwrap(), pair[1]);
            }
        }
    }
}
