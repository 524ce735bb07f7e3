//! On which days: rules from daily to yearly, as dates without a zone.

use jiff::ToSpan as _;
use jiff::civil::{self, Date};
use serde::{Deserialize, Serialize};

use super::cron_line::CronLine;
use crate::fiscal::{FiscalYearStart, quarter_of};

/// On which days a schedule falls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "every", rename_all = "snake_case")]
pub enum Cadence {
    Daily,
    Weekly {
        on: Weekdays,
    },
    /// Every `n` weeks (2 or more), counted in weeks from Monday from the one that holds the anchor.
    Weeks {
        n: u8,
        on: Weekdays,
        anchor: Date,
    },
    Monthly {
        day: DayRule,
    },
    /// Fiscal quarters. Rules that count from the start fall in a quarter's first month, those
    /// that count from the end in its last.
    Quarterly {
        starts: FiscalYearStart,
        day: DayRule,
    },
    /// A calendar month, 1 to 12, of each year.
    Annually {
        month: i8,
        day: DayRule,
    },
    Cron {
        line: CronLine,
    },
}

/// Which day of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum DayRule {
    /// 1 to 31; in a shorter month its last day (E-07).
    DayOfMonth { day: i8 },
    /// The last day.
    LastDay,
    /// 1 to 4, or -1 for the last.
    NthWeekday { n: i8, weekday: Weekday },
    /// Monday to Friday, 1 to 15, or -1 for the last. Holidays are not known and count as days.
    NthBusinessDay { n: i8 },
}

/// A day of the week, Monday first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// Some days of the week, at least one, Monday first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Weekday>", into = "Vec<Weekday>")]
pub struct Weekdays(Vec<Weekday>);

/// How many months are looked through: more than a year, whatever the rule.
const MONTHS_AHEAD: i32 = 26;
/// The 29th of February can be eight years away.
const DAYS_AHEAD_CRON: i32 = 9 * 366;

impl Cadence {
    /// The first day on or after `from`; `None` when the calendar ends.
    #[must_use]
    pub fn first_day(&self, from: Date) -> Option<Date> {
        match self {
            Self::Daily => Some(from),
            Self::Weekly { on } => days(from, 7).find(|day| on.contains(*day)),
            Self::Weeks { n, on, anchor } => {
                let n = i32::from(*n).max(1);
                let week = |day: Date| {
                    let days = (day - anchor_week(*anchor)).get_days();
                    days.div_euclid(7).rem_euclid(n) == 0
                };
                days(from, 7 * (n + 1)).find(|day| week(*day) && on.contains(*day))
            }
            Self::Monthly { day } => in_months(from, |_| true, *day),
            Self::Quarterly { starts, day } => {
                let falls = |first: Date| quarter_month(first, *starts) == wanted_month(*day);
                in_months(from, falls, *day)
            }
            Self::Annually { month, day } => in_months(from, |first| first.month() == *month, *day),
            Self::Cron { line } => days(from, DAYS_AHEAD_CRON).find(|day| line.falls_on(*day)),
        }
    }
}

/// 1 to 3: which month of its fiscal quarter a month is.
fn quarter_month(first_of_month: Date, starts: FiscalYearStart) -> i8 {
    let quarter_starts = quarter_of(first_of_month, starts).first_day().month();
    (first_of_month.month() - quarter_starts).rem_euclid(12) + 1
}

fn wanted_month(day: DayRule) -> i8 {
    if day.counts_from_the_end() { 3 } else { 1 }
}

fn days(from: Date, n: i32) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |day| day.tomorrow().ok())
        .take(usize::try_from(n).unwrap_or_default())
}

fn in_months(from: Date, falls: impl Fn(Date) -> bool, rule: DayRule) -> Option<Date> {
    (0..MONTHS_AHEAD)
        .filter_map(|n| from.first_of_month().checked_add(n.months()).ok())
        .filter(|first| falls(*first))
        .filter_map(|first| rule.in_month(first))
        .find(|day| *day >= from)
}

fn anchor_week(anchor: Date) -> Date {
    let back = i32::from(anchor.weekday().to_monday_zero_offset());
    anchor.checked_sub(back.days()).unwrap_or(Date::MIN)
}

impl DayRule {
    /// The day in the month of this date; `None` when the month has no such day.
    #[must_use]
    pub fn in_month(self, month: Date) -> Option<Date> {
        let first = month.first_of_month();
        match self {
            Self::DayOfMonth { day } => {
                Date::new(first.year(), first.month(), day.clamp(1, first.days_in_month())).ok()
            }
            Self::LastDay => Some(first.last_of_month()),
            Self::NthWeekday { n, weekday } => {
                first.nth_weekday_of_month(n, weekday.of_calendar()).ok()
            }
            Self::NthBusinessDay { n } => {
                let all = days(first, i32::from(first.days_in_month()));
                let business: Vec<Date> =
                    all.filter(|day| !Weekday::of(*day).is_weekend()).collect();
                let at =
                    if n > 0 { i32::from(n) - 1 } else { i32::from(n) + narrow(business.len()) };
                usize::try_from(at).ok().and_then(|at| business.get(at).copied())
            }
        }
    }

    /// Whether the rule means the end of a month, quarter or year.
    #[must_use]
    pub fn counts_from_the_end(self) -> bool {
        match self {
            Self::LastDay => true,
            Self::NthWeekday { n, .. } | Self::NthBusinessDay { n } => n < 0,
            Self::DayOfMonth { .. } => false,
        }
    }
}

fn narrow(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

impl Weekday {
    /// Monday to Sunday.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// `Monday`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
            Self::Saturday => "Saturday",
            Self::Sunday => "Sunday",
        }
    }

    /// Reads `monday`, `Mondays`, `mon`, `tues`, `thurs`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let lower = word.to_lowercase();
        let singular = lower.strip_suffix('s').filter(|short| short.ends_with("day"));
        let lower = singular.unwrap_or(&lower);
        let short = matches!(lower, "tues" | "thur" | "thurs");
        Self::ALL.into_iter().find(|day| {
            let name = day.name().to_lowercase();
            name == lower || (name.starts_with(lower) && (lower.len() == 3 || short))
        })
    }

    /// The weekday of a date.
    #[must_use]
    pub fn of(date: Date) -> Self {
        let offset = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        Self::ALL[offset % 7]
    }

    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self, Self::Saturday | Self::Sunday)
    }

    fn of_calendar(self) -> civil::Weekday {
        match self {
            Self::Monday => civil::Weekday::Monday,
            Self::Tuesday => civil::Weekday::Tuesday,
            Self::Wednesday => civil::Weekday::Wednesday,
            Self::Thursday => civil::Weekday::Thursday,
            Self::Friday => civil::Weekday::Friday,
            Self::Saturday => civil::Weekday::Saturday,
            Self::Sunday => civil::Weekday::Sunday,
        }
    }
}

impl Weekdays {
    /// Sorted and each once; `None` when there is none.
    #[must_use]
    pub fn new(mut days: Vec<Weekday>) -> Option<Self> {
        days.sort_unstable();
        days.dedup();
        (!days.is_empty()).then_some(Self(days))
    }

    /// Monday to Friday.
    #[must_use]
    pub fn business() -> Self {
        Self(Weekday::ALL.into_iter().filter(|day| !day.is_weekend()).collect())
    }

    #[must_use]
    pub fn as_slice(&self) -> &[Weekday] {
        &self.0
    }

    #[must_use]
    pub fn contains(&self, date: Date) -> bool {
        self.0.contains(&Weekday::of(date))
    }
}

impl TryFrom<Vec<Weekday>> for Weekdays {
    type Error = &'static str;

    fn try_from(days: Vec<Weekday>) -> Result<Self, Self::Error> {
        Self::new(days).ok_or("at least one day of the week is needed")
    }
}

impl From<Weekdays> for Vec<Weekday> {
    fn from(days: Weekdays) -> Self {
        days.0
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn some(cadence: &Cadence, from: Date, n: usize) -> Vec<Date> {
        let first = cadence.first_day(from);
        std::iter::successors(first, |day| cadence.first_day(day.tomorrow().ok()?))
            .take(n)
            .collect()
    }

    #[test]
    fn the_thirty_first_becomes_the_last_day_of_a_shorter_month() {
        let cadence = Cadence::Monthly { day: DayRule::DayOfMonth { day: 31 } };
        assert_eq!(
            some(&cadence, date(2028, 1, 15), 4),
            [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30)]
        );
    }

    #[test]
    fn every_second_week_counts_from_the_week_of_its_anchor() {
        let on = Weekdays::new(vec![Weekday::Tuesday]).unwrap();
        let cadence = Cadence::Weeks { n: 2, on, anchor: date(2026, 11, 19) };
        assert_eq!(
            some(&cadence, date(2026, 11, 18), 3),
            [date(2026, 12, 1), date(2026, 12, 15), date(2026, 12, 29)]
        );
        assert_eq!(cadence.first_day(date(2026, 11, 1)), Some(date(2026, 11, 3)));
    }

    #[test]
    fn a_quarter_s_first_and_last_days_fall_in_its_own_months() {
        let starts = FiscalYearStart::new(2).unwrap();
        let first = Cadence::Quarterly {
            starts,
            day: DayRule::NthWeekday { n: 1, weekday: Weekday::Monday },
        };
        assert_eq!(
            some(&first, date(2026, 11, 20), 4),
            [date(2027, 2, 1), date(2027, 5, 3), date(2027, 8, 2), date(2027, 11, 1)]
        );
        let last = Cadence::Quarterly { starts, day: DayRule::NthBusinessDay { n: -1 } };
        assert_eq!(
            some(&last, date(2026, 11, 20), 4),
            [date(2027, 1, 29), date(2027, 4, 30), date(2027, 7, 30), date(2027, 10, 29)]
        );
    }

    #[test]
    fn business_days_count_past_weekends() {
        let third = DayRule::NthBusinessDay { n: 3 };
        assert_eq!(third.in_month(date(2026, 8, 1)), Some(date(2026, 8, 5)));
        assert_eq!(DayRule::NthBusinessDay { n: 30 }.in_month(date(2026, 8, 1)), None);
    }

    #[test]
    fn a_year_s_leap_day_is_clamped_in_other_years() {
        let cadence = Cadence::Annually { month: 2, day: DayRule::DayOfMonth { day: 29 } };
        assert_eq!(some(&cadence, date(2027, 1, 1), 2), [date(2027, 2, 28), date(2028, 2, 29)]);
    }

    #[test]
    fn the_end_of_the_calendar_has_no_next_day() {
        let cadence = Cadence::Annually { month: 1, day: DayRule::LastDay };
        assert_eq!(cadence.first_day(date(9999, 2, 1)), None);
    }

    #[test]
    fn weekdays_are_read_short_and_long_and_in_the_plural() {
        for word in ["mon", "Monday", "mondays"] {
            assert_eq!(Weekday::from_word(word), Some(Weekday::Monday), "{word}");
        }
        assert_eq!(Weekday::from_word("thurs"), Some(Weekday::Thursday));
        for wrong in ["m", "day", "days", "s", "mond", ""] {
            assert_eq!(Weekday::from_word(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_cadence_is_stored_as_json_and_comes_back() {
        let on = Weekdays::new(vec![Weekday::Thursday, Weekday::Monday]).unwrap();
        let cadence = Cadence::Weeks { n: 2, on, anchor: date(2026, 1, 5) };
        let json = serde_json::to_string(&cadence).unwrap();
        assert_eq!(
            json,
            r#"{"every":"weeks","n":2,"on":["monday","thursday"],"anchor":"2026-01-05"}"#
        );
        assert_eq!(serde_json::from_str::<Cadence>(&json).unwrap(), cadence);
        assert!(serde_json::from_str::<Cadence>(r#"{"every":"weekly","on":[]}"#).is_err());
    }
}
