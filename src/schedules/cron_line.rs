//! Cron lines: read by the crate `cron`, whose fields are then held against nominal local days.
//!
//! That crate walks instants and would skip a day when the clock goes forward and run twice when it
//! goes back; asked only for its fields, it cannot.

use std::str::FromStr as _;

use cron::TimeUnitSpec as _;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

/// Five fields: minute, hour, day of the month, month, day of the week. At most once a day.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CronLine {
    line: String,
    fields: Box<cron::Schedule>,
    at: Time,
}

impl CronLine {
    /// Reads a line.
    ///
    /// # Errors
    /// A sentence saying what is not taken and what to write instead.
    pub fn read(line: &str) -> Result<Self, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [minute, hour, day, _, weekday] = words.as_slice() else {
            return Err(format!(
                "a cron line has five fields (minute hour day month weekday), this one has {}",
                words.len()
            ));
        };
        if weekday.contains(|c: char| c.is_ascii_digit()) {
            return Err(format!(
                "\"{weekday}\" numbers a weekday, and crons disagree on which day that is: write names, as MON or MON-FRI"
            ));
        }
        let any = |field: &str| matches!(field, "*" | "?");
        if !any(day) && !any(weekday) {
            return Err("days of the month and weekdays together mean \"or\" in some crons and \"and\" in others: give one of them, and * for the other".to_owned());
        }
        let line = words.join(" ");
        let fields = cron::Schedule::from_str(&format!("0 {line}")).map_err(|_| {
            format!("\"{line}\" is not a cron line: write it as 0 9 1 JAN,APR,JUL,OCT *")
        })?;
        let at = time_of(&fields).ok_or_else(|| {
            format!("\"{minute} {hour}\" is more than one time of the day, and a report comes at most once a day: give one minute and one hour")
        })?;
        let read = Self { line, fields: Box::new(fields), at };
        if read.can_come() {
            Ok(read)
        } else {
            Err(format!("\"{}\" never comes: no such day", read.line))
        }
    }

    /// The line as it was written, with single spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.line
    }

    /// Its time of the day.
    #[must_use]
    pub fn at(&self) -> Time {
        self.at
    }

    /// Whether it names this day.
    #[must_use]
    pub fn falls_on(&self, day: Date) -> bool {
        let number = |n: i8| u32::try_from(n).unwrap_or_default();
        self.fields.months().includes(number(day.month()))
            && self.fields.days_of_month().includes(number(day.day()))
            && self.fields.days_of_week().includes(number(day.weekday().to_sunday_one_offset()))
    }

    /// Whether some month has one of its days.
    fn can_come(&self) -> bool {
        const LONGEST: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let earliest = self.fields.days_of_month().iter().next().unwrap_or(32);
        (1..)
            .zip(LONGEST)
            .any(|(month, days)| self.fields.months().includes(month) && earliest <= days)
    }
}

fn time_of(fields: &cron::Schedule) -> Option<Time> {
    if fields.hours().count() != 1 || fields.minutes().count() != 1 {
        return None;
    }
    let hour = i8::try_from(fields.hours().iter().next()?).ok()?;
    let minute = i8::try_from(fields.minutes().iter().next()?).ok()?;
    Time::new(hour, minute, 0, 0).ok()
}

impl PartialEq for CronLine {
    fn eq(&self, other: &Self) -> bool {
        self.line == other.line
    }
}

impl Eq for CronLine {}

impl TryFrom<String> for CronLine {
    type Error = String;

    fn try_from(line: String) -> Result<Self, String> {
        Self::read(&line)
    }
}

impl From<CronLine> for String {
    fn from(cron: CronLine) -> Self {
        cron.line
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn a_line_names_its_days_and_its_time() {
        let line = CronLine::read("30 9 1 JAN,APR,JUL,OCT *").unwrap();
        assert_eq!(line.at(), time(9, 30, 0, 0));
        assert!(line.falls_on(date(2026, 10, 1)));
        assert!(!line.falls_on(date(2026, 11, 1)) && !line.falls_on(date(2026, 10, 2)));
    }

    #[test]
    fn weekday_names_mean_the_days_they_name() {
        let line = CronLine::read("0 9 ? * MON-FRI").unwrap();
        assert!(line.falls_on(date(2026, 10, 5)), "a Monday");
        assert!(line.falls_on(date(2026, 10, 9)), "a Friday");
        assert!(!line.falls_on(date(2026, 10, 10)) && !line.falls_on(date(2026, 10, 11)));
    }

    #[test]
    fn what_crons_disagree_on_is_refused_with_the_reason() {
        for (line, part) in [
            ("0 9 * * 1", "crons disagree"),
            ("0 9 * * 1-5", "crons disagree"),
            ("0 9 1 * MON", "give one of them"),
            ("*/5 9 * * *", "more than one time of the day"),
            ("0 9,17 * * *", "more than one time of the day"),
            ("0 0 9 1 * *", "this one has 6"),
            ("@daily", "this one has 1"),
            ("", "this one has 0"),
            ("0 25 1 * *", "is not a cron line"),
            ("0 9 L * *", "is not a cron line"),
            ("0 9 * * MON#1", "crons disagree"),
            ("0 9 30 FEB *", "never comes"),
        ] {
            let said = CronLine::read(line).unwrap_err();
            assert!(said.contains(part), "{line}: {said}");
        }
        assert!(CronLine::read("0 9 29 2 *").is_ok(), "leap days come");
    }
}
