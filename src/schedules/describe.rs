//! A timing in words, said back to the one who asked for it.

use super::cadence::{Cadence, DayRule, Weekday};
use super::slots::Timing;
use crate::fiscal::FiscalYearStart;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Timing {
    /// `every quarter on the first Monday of January, April, July and October at 09:00, Europe/London`.
    #[must_use]
    pub fn describe(&self) -> String {
        let (hour, minute) = (self.at.hour(), self.at.minute());
        format!("{} at {hour:02}:{minute:02}, {}", self.cadence.describe(), self.zone)
    }
}

impl Cadence {
    /// The days in words, without the time.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Daily => "every day".to_owned(),
            Self::Weekly { on } => match on.as_slice() {
                days if days == Weekday::ALL => "every day".to_owned(),
                days if days == &Weekday::ALL[..5] => "every weekday, Monday to Friday".to_owned(),
                days => format!("every {}", named(days)),
            },
            Self::Weeks { n, on, anchor } => {
                format!("every {n} weeks on {}, counted from {anchor}", named(on.as_slice()))
            }
            Self::Monthly { day } => format!("every month on {}{}", day.describe(), clamped(*day)),
            Self::Quarterly { starts, day } => {
                let months = and(&quarter_months(*starts, *day));
                format!("every quarter on {} of {months}{}", day.describe(), clamped(*day))
            }
            Self::Annually { month, day } => {
                format!("every year on {} of {}", day.describe(), month_name(*month))
            }
            Self::Cron { line } => format!("by the cron line \"{}\"", line.as_str()),
        }
    }
}

impl DayRule {
    fn describe(self) -> String {
        match self {
            Self::DayOfMonth { day } => format!("the {}", ordinal(day)),
            Self::LastDay => "the last day".to_owned(),
            Self::NthWeekday { n, weekday } => format!("the {} {}", counted(n), weekday.name()),
            Self::NthBusinessDay { n } => format!("the {} business day", counted(n)),
        }
    }
}

fn clamped(day: DayRule) -> &'static str {
    match day {
        DayRule::DayOfMonth { day: 29.. } => " (the last day of a shorter month)",
        _ => "",
    }
}

fn quarter_months(starts: FiscalYearStart, day: DayRule) -> Vec<&'static str> {
    let shift = if day.counts_from_the_end() { 2 } else { 0 };
    let mut months: Vec<i8> =
        (0..4).map(|n| (starts.month() - 1 + shift + n * 3).rem_euclid(12) + 1).collect();
    months.sort_unstable();
    months.into_iter().map(month_name).collect()
}

fn month_name(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or("January")
}

/// A month by its name or its first three letters, 1 to 12.
pub(super) fn month_of(word: &str) -> Option<i8> {
    let lower = word.to_lowercase();
    let is = |name: &str| {
        let name = name.to_lowercase();
        name == lower || lower == name[..3] || lower == "sept" && name == "september"
    };
    (1..).zip(MONTHS).find(|(_, name)| is(name)).map(|(month, _)| month)
}

fn named(days: &[Weekday]) -> String {
    and(&days.iter().map(|day| day.name()).collect::<Vec<_>>())
}

fn and(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

fn counted(n: i8) -> String {
    match n {
        -1 => "last".to_owned(),
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        4 => "fourth".to_owned(),
        n => ordinal(n),
    }
}

fn ordinal(n: i8) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}
