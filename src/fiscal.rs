//! Fiscal years and quarters: the only place where quarter arithmetic is done.
//!
//! A fiscal year starts on the first of a month that the company chose. A year that starts in
//! January is named by its calendar year (`FY2026-Q1`), every other by both (`FY2026/27-Q1`),
//! because "FY26" means different years in different countries (product rule E-08).

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The month in which the fiscal year starts, 1 to 12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i8", into = "i8")]
pub struct FiscalYearStart(i8);

impl FiscalYearStart {
    /// The calendar year.
    pub const JANUARY: Self = Self(1);

    /// `None` unless the month is 1 to 12.
    #[must_use]
    pub fn new(month: i8) -> Option<Self> {
        (1..=12).contains(&month).then_some(Self(month))
    }

    /// 1 to 12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0
    }
}

impl Default for FiscalYearStart {
    fn default() -> Self {
        Self::JANUARY
    }
}

impl TryFrom<i8> for FiscalYearStart {
    type Error = String;

    fn try_from(month: i8) -> Result<Self, String> {
        Self::new(month)
            .ok_or_else(|| format!("a fiscal year starts in month 1 to 12, not {month}"))
    }
}

impl From<FiscalYearStart> for i8 {
    fn from(start: FiscalYearStart) -> Self {
        start.0
    }
}

/// One quarter of a fiscal year. Quarters of the same company sort by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Quarter {
    /// The calendar year in which the fiscal year starts.
    year: i16,
    /// 1 to 4.
    number: i8,
    starts: FiscalYearStart,
}

/// One fiscal year. Years of the same company sort by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Year {
    /// The calendar year in which the fiscal year starts.
    year: i16,
    starts: FiscalYearStart,
}

/// The fiscal quarter that holds this day.
#[must_use]
pub fn quarter_of(date: Date, starts: FiscalYearStart) -> Quarter {
    let months = i32::from(date.month()) - i32::from(starts.month());
    let (year, month_of_year) =
        if months < 0 { (date.year() - 1, months + 12) } else { (date.year(), months) };
    Quarter { year, number: narrow(month_of_year / 3 + 1), starts }
}

/// The fiscal year that holds this day.
#[must_use]
pub fn year_of(date: Date, starts: FiscalYearStart) -> Year {
    quarter_of(date, starts).year()
}

/// The last quarter that was over when this day began (what a quarterly review reports).
#[must_use]
pub fn closed_quarter(as_of: Date, starts: FiscalYearStart) -> Quarter {
    quarter_of(as_of, starts).previous()
}

/// The last fiscal year that was over when this day began (what an annual review reports).
#[must_use]
pub fn closed_year(as_of: Date, starts: FiscalYearStart) -> Year {
    year_of(as_of, starts).previous()
}

impl Quarter {
    /// The quarter of this number in a fiscal year; `None` unless the number is 1 to 4.
    #[must_use]
    pub fn of_year(year: Year, number: i8) -> Option<Self> {
        (1..=4).contains(&number).then_some(Self { year: year.year, number, starts: year.starts })
    }

    /// Reads a label back: `FY2026-Q1`, `FY2026/27-Q1`, also without `FY` and in lower case.
    #[must_use]
    pub fn from_label(label: &str, starts: FiscalYearStart) -> Option<Self> {
        let upper = label.trim().to_ascii_uppercase();
        let (year, number) = upper.split_once("-Q").or_else(|| upper.split_once(" Q"))?;
        Self::of_year(Year::from_label(year, starts)?, number.parse().ok()?)
    }

    /// 1 to 4.
    #[must_use]
    pub fn number(self) -> i8 {
        self.number
    }

    /// The fiscal year that this quarter is part of.
    #[must_use]
    pub fn year(self) -> Year {
        Year { year: self.year, starts: self.starts }
    }

    /// The company's first fiscal month.
    #[must_use]
    pub fn starts(self) -> FiscalYearStart {
        self.starts
    }

    /// The first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        first_of(self.first_month())
    }

    /// The last day.
    #[must_use]
    pub fn last_day(self) -> Date {
        let month = self.first_month() + 2;
        let first = first_of(month);
        first.last_of_month()
    }

    /// Whether the day is within this quarter.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        (self.first_day()..=self.last_day()).contains(&day)
    }

    /// The quarter before.
    #[must_use]
    pub fn previous(self) -> Self {
        self.shifted(-1)
    }

    /// The quarter after.
    #[must_use]
    pub fn next(self) -> Self {
        self.shifted(1)
    }

    /// The same quarter one fiscal year before.
    #[must_use]
    pub fn year_before(self) -> Self {
        self.shifted(-4)
    }

    /// `n` quarters, oldest first, of which this is the last (A-06: trailing four).
    #[must_use]
    pub fn trailing(self, n: usize) -> Vec<Self> {
        let n = i32::try_from(n).unwrap_or(i32::MAX).min(400);
        (1 - n..=0).map(|back| self.shifted(back)).collect()
    }

    /// `FY2026-Q1`, or `FY2026/27-Q1` when the year does not start in January.
    #[must_use]
    pub fn label(self) -> String {
        format!("{}-Q{}", self.year().label(), self.number)
    }

    fn shifted(self, quarters: i32) -> Self {
        let index = i32::from(self.year) * 4 + i32::from(self.number) - 1 + quarters;
        Self {
            year: i16::try_from(index.div_euclid(4)).unwrap_or(self.year),
            number: narrow(index.rem_euclid(4) + 1),
            starts: self.starts,
        }
    }

    /// Months since year 0 of its first month.
    fn first_month(self) -> i32 {
        self.year().first_month() + (i32::from(self.number) - 1) * 3
    }
}

impl Year {
    /// Reads a label back: `FY2026`, `FY2026/27`, also without `FY`.
    #[must_use]
    pub fn from_label(label: &str, starts: FiscalYearStart) -> Option<Self> {
        let upper = label.trim().to_ascii_uppercase();
        let digits = upper.strip_prefix("FY").unwrap_or(&upper);
        let year: i16 = digits.split('/').next()?.parse().ok()?;
        let read = Self { year, starts };
        let whole = read.label();
        ((1900..=2200).contains(&year) && whole.trim_start_matches("FY") == digits).then_some(read)
    }

    /// The first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        first_of(self.first_month())
    }

    /// The last day.
    #[must_use]
    pub fn last_day(self) -> Date {
        let last_month = first_of(self.first_month() + 11);
        last_month.last_of_month()
    }

    /// The year before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self { year: self.year.saturating_sub(1), ..self }
    }

    /// The year after.
    #[must_use]
    pub fn next(self) -> Self {
        Self { year: self.year.saturating_add(1), ..self }
    }

    /// Its four quarters, first to last.
    #[must_use]
    pub fn quarters(self) -> [Quarter; 4] {
        [1, 2, 3, 4].map(|number| Quarter { year: self.year, number, starts: self.starts })
    }

    /// `FY2026`, or `FY2026/27` when the year does not start in January.
    #[must_use]
    pub fn label(self) -> String {
        if self.starts == FiscalYearStart::JANUARY {
            format!("FY{}", self.year)
        } else {
            format!("FY{}/{:02}", self.year, (i32::from(self.year) + 1).rem_euclid(100))
        }
    }

    fn first_month(self) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.starts.month()) - 1
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())
    }
}

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())
    }
}

/// The first day of a month counted from year 0; outside the calendar, its nearest end.
fn first_of(months: i32) -> Date {
    let nearest = if months < 0 { Date::MIN } else { Date::MAX };
    i16::try_from(months.div_euclid(12))
        .ok()
        .and_then(|year| Date::new(year, narrow(months.rem_euclid(12) + 1), 1).ok())
        .unwrap_or(nearest)
}

fn narrow(small: i32) -> i8 {
    i8::try_from(small).unwrap_or(i8::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn start(month: i8) -> FiscalYearStart {
        FiscalYearStart::new(month).unwrap()
    }

    #[test]
    fn labels_name_both_calendar_years_unless_the_year_starts_in_january() {
        let vectors = [
            (
                date(2026, 1, 31),
                ["FY2026-Q1", "FY2025/26-Q4", "FY2025/26-Q4", "FY2025/26-Q3", "FY2025/26-Q2"],
            ),
            (
                date(2026, 2, 1),
                ["FY2026-Q1", "FY2026/27-Q1", "FY2025/26-Q4", "FY2025/26-Q3", "FY2025/26-Q2"],
            ),
            (
                date(2026, 5, 1),
                ["FY2026-Q2", "FY2026/27-Q2", "FY2026/27-Q1", "FY2025/26-Q4", "FY2025/26-Q3"],
            ),
            (
                date(2026, 12, 31),
                ["FY2026-Q4", "FY2026/27-Q4", "FY2026/27-Q3", "FY2026/27-Q2", "FY2026/27-Q1"],
            ),
        ];
        for (day, labels) in vectors {
            for (month, label) in [1, 2, 4, 7, 10].into_iter().zip(labels) {
                assert_eq!(
                    quarter_of(day, start(month)).label(),
                    label,
                    "{day} from month {month}"
                );
            }
        }
    }

    #[test]
    fn a_turn_of_the_century_keeps_two_digits() {
        assert_eq!(quarter_of(date(2099, 4, 1), start(4)).label(), "FY2099/00-Q1");
    }

    #[test]
    fn the_first_day_of_a_quarter_reports_the_one_that_closed() {
        assert_eq!(closed_quarter(date(2026, 10, 1), start(1)).label(), "FY2026-Q3");
        assert_eq!(closed_quarter(date(2026, 9, 30), start(1)).label(), "FY2026-Q2");
        assert_eq!(closed_quarter(date(2026, 2, 1), start(2)).label(), "FY2025/26-Q4");
        assert_eq!(closed_year(date(2027, 1, 31), start(2)).label(), "FY2025/26");
        assert_eq!(closed_year(date(2027, 2, 1), start(2)).label(), "FY2026/27");
    }

    #[test]
    fn the_last_four_closed_quarters_run_oldest_first() {
        let closed = closed_quarter(date(2026, 10, 5), start(1));
        let labels: Vec<_> = closed.trailing(4).into_iter().map(Quarter::label).collect();
        assert_eq!(labels, ["FY2025-Q4", "FY2026-Q1", "FY2026-Q2", "FY2026-Q3"]);
    }

    #[test]
    fn a_quarter_ends_with_its_months_even_in_february() {
        let q = quarter_of(date(2024, 1, 15), start(12));
        assert_eq!((q.first_day(), q.last_day()), (date(2023, 12, 1), date(2024, 2, 29)));
        assert_eq!(q.label(), "FY2023/24-Q1");
    }

    #[test]
    fn a_year_holds_its_four_quarters() {
        let year = year_of(date(2026, 3, 31), start(4));
        assert_eq!((year.first_day(), year.last_day()), (date(2025, 4, 1), date(2026, 3, 31)));
        assert_eq!(year.quarters().map(Quarter::number), [1, 2, 3, 4]);
        assert_eq!(year.quarters()[3].last_day(), year.last_day());
    }

    #[test]
    fn labels_are_read_back_and_wrong_ones_are_not() {
        let april = start(4);
        assert_eq!(Quarter::from_label("fy2026/27-q2", april).unwrap().label(), "FY2026/27-Q2");
        assert_eq!(Quarter::from_label("2026 Q3", start(1)).unwrap().label(), "FY2026-Q3");
        for wrong in ["FY2026/28-Q1", "FY2026-Q1", "FY2026/27-Q5", "Q1", "", "FY2026/27-Q"] {
            assert_eq!(Quarter::from_label(wrong, april), None, "{wrong}");
        }
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_panic() {
        for day in [Date::MIN, Date::MAX] {
            let q = quarter_of(day, start(7));
            let _ = (q.first_day(), q.last_day(), q.previous().first_day(), q.next().last_day());
        }
    }

    #[test]
    fn a_month_that_does_not_exist_is_refused_when_read() {
        assert_eq!(serde_json::from_str::<FiscalYearStart>("4").unwrap(), start(4));
        assert!(serde_json::from_str::<FiscalYearStart>("13").is_err());
        assert_eq!(FiscalYearStart::new(0), None);
    }

    proptest! {
        #[test]
        fn every_day_is_in_its_quarter_and_quarters_leave_no_gap(days in 0i32..60_000, month in 1i8..=12) {
            let day = date(1950, 1, 1) + days.days();
            let q = quarter_of(day, start(month));
            prop_assert!(q.contains(day));
            prop_assert_eq!(q.last_day().tomorrow().unwrap(), q.next().first_day());
            prop_assert_eq!(q.next().previous(), q);
            prop_assert_eq!(Quarter::from_label(&q.label(), start(month)), Some(q));
            prop_assert_eq!(q.year_before().first_day() + 1.year(), q.first_day());
        }
    }
}
