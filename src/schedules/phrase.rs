//! The words for a cadence: `weekdays`, `first monday of the quarter`, `monthly on the 31st`.

use jiff::civil::Date;

use super::cadence::{Cadence, DayRule, Weekday, Weekdays};
use super::describe::month_of;
use super::nearest::nearest;
use crate::fiscal::FiscalYearStart;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// What was found among the words, in no order.
#[derive(Debug, Default)]
struct Phrase {
    unit: Option<Unit>,
    /// "every 2 weeks"
    every: Option<u8>,
    /// "first", "31st", -1 for "last"
    nth: Option<i8>,
    weekdays: Vec<Weekday>,
    /// "weekdays", "business days"
    business: bool,
    /// The word "day" or "days" was said.
    day: bool,
    month: Option<i8>,
}

const FILLERS: &[&str] =
    &["the", "on", "of", "every", "each", "a", "an", "and", "&", "in", "its", "at", "per", "from"];

const SPELLINGS: &[&str] = &[
    "daily",
    "weekly",
    "weekdays",
    "fortnightly",
    "monthly",
    "quarterly",
    "yearly",
    "annually",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "first",
    "second",
    "third",
    "fourth",
    "last",
    "business",
    "day",
    "week",
    "month",
    "quarter",
    "year",
];

/// Whether a word can be part of a cadence, so that it is no zone.
pub(super) fn is_cadence_word(word: &str) -> bool {
    let word = word.to_lowercase();
    FILLERS.contains(&word.as_str()) || Phrase::default().take(&word, None).is_ok()
}

/// Reads the words of a cadence.
///
/// # Errors
/// A sentence saying which word, or what is missing, and what to write instead.
pub(super) fn read_cadence(
    words: &[String],
    starts: FiscalYearStart,
    today: Date,
) -> Result<Cadence, String> {
    let words: Vec<String> = words
        .iter()
        .flat_map(|word| word.split(','))
        .map(str::to_lowercase)
        .filter(|word| !word.is_empty())
        .collect();
    let mut phrase = Phrase::default();
    let mut rest = words.as_slice();
    while let [word, more @ ..] = rest {
        if FILLERS.contains(&word.as_str()) {
            rest = more;
            continue;
        }
        let took_two = phrase.take(word, more.first().map(String::as_str))?;
        rest = if took_two { &more[1..] } else { more };
    }
    phrase.cadence(starts, today)
}

fn unit_of(word: &str) -> Option<(Unit, u8)> {
    Some(match word {
        "daily" => (Unit::Day, 1),
        "week" | "weeks" | "weekly" => (Unit::Week, 1),
        "fortnight" | "fortnightly" => (Unit::Week, 2),
        "month" | "months" | "monthly" => (Unit::Month, 1),
        "quarter" | "quarters" | "quarterly" => (Unit::Quarter, 1),
        "year" | "years" | "yearly" | "annual" | "annually" => (Unit::Year, 1),
        _ => return None,
    })
}

/// A number as digits, with or without an ending, or spelled.
fn number(word: &str) -> Option<i8> {
    const SPELLED: [&[&str]; 6] = [
        &["first", "one"],
        &["second", "two"],
        &["third", "three"],
        &["fourth", "four"],
        &["fifth", "five"],
        &["sixth", "six"],
    ];
    if let Some((n, _)) = (1..).zip(SPELLED).find(|(_, spelled)| spelled.contains(&word)) {
        return Some(n);
    }
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end));
    digits.unwrap_or(word).parse().ok().filter(|n| (1..=100).contains(n))
}

/// Whether a number says how many, as in "2 weeks" or "second week", and not which, as in "31st".
fn counts(word: &str) -> bool {
    let digits = word.starts_with(|c: char| c.is_ascii_digit());
    number(word).is_some() && (!digits || word.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_unit_noun(word: &str) -> bool {
    matches!(
        word,
        "week" | "weeks" | "month" | "months" | "quarter" | "quarters" | "year" | "years"
    )
}

impl Phrase {
    /// Takes a word, and the next one with it when the two belong together.
    fn take(&mut self, word: &str, next: Option<&str>) -> Result<bool, String> {
        if let Some((unit, every)) = unit_of(word) {
            self.set_unit(unit, word)?;
            if every > 1 {
                self.every = Some(every);
            }
        } else if let Some(day) = Weekday::from_word(word) {
            self.weekdays.push(day);
        } else if word == "other" || (counts(word) && next.is_some_and(is_unit_noun)) {
            let every = if word == "other" { Some(2) } else { number(word) };
            self.every = every.and_then(|n| u8::try_from(n).ok());
        } else if word == "last" {
            self.set_nth(-1)?;
        } else if let Some(n) = number(word) {
            if next == Some("days") {
                return Err("it can be every day or on weekdays, not every few days".to_owned());
            }
            self.set_nth(n)?;
        } else if let Some(month) = month_of(word) {
            if self.month.replace(month).is_some() {
                return Err("it can name one month of the year".to_owned());
            }
        } else {
            return self.take_day_word(word, next);
        }
        Ok(false)
    }

    fn take_day_word(&mut self, word: &str, next: Option<&str>) -> Result<bool, String> {
        match word {
            "day" | "days" => self.day = true,
            "weekday" | "weekdays" | "workday" | "workdays" => self.business = true,
            "business" | "working" => {
                self.business = true;
                self.day = true;
                return Ok(matches!(next, Some("day" | "days")));
            }
            "weekend" | "weekends" => self.weekdays.extend([Weekday::Saturday, Weekday::Sunday]),
            "biweekly" | "bimonthly" | "semimonthly" => {
                return Err(format!(
                    "\"{word}\" has two meanings: say \"every 2 weeks\", or name the days"
                ));
            }
            "hourly" | "hour" | "hours" | "minute" | "minutes" => {
                return Err("a report comes at most once a day".to_owned());
            }
            _ => {
                let hint = nearest(word, SPELLINGS)
                    .map_or_else(String::new, |known| format!(": did you mean \"{known}\"?"));
                return Err(format!("\"{word}\" is not a word for how often{hint}"));
            }
        }
        Ok(false)
    }

    fn set_unit(&mut self, unit: Unit, word: &str) -> Result<(), String> {
        match self.unit.replace(unit) {
            Some(before) if before != unit => {
                Err(format!("\"{word}\" does not go with the words before it: give one rhythm"))
            }
            _ => Ok(()),
        }
    }

    fn set_nth(&mut self, n: i8) -> Result<(), String> {
        match self.nth.replace(n) {
            Some(_) => Err("it can name one day, as \"first monday\" or \"31st\"".to_owned()),
            None => Ok(()),
        }
    }

    fn cadence(mut self, starts: FiscalYearStart, today: Date) -> Result<Cadence, String> {
        if self.unit.is_none() && self.month.is_some() {
            self.unit = Some(Unit::Year);
        }
        if self.month.is_some() && self.unit != Some(Unit::Year) {
            return Err("a month goes with \"yearly\" only".to_owned());
        }
        match self.unit {
            None => self.without_unit(today),
            Some(Unit::Day) => self.daily(),
            Some(Unit::Week) => self.weekly(today),
            Some(Unit::Month) => {
                self.only_every("month")?;
                Ok(Cadence::Monthly { day: self.day_rule()? })
            }
            Some(Unit::Quarter) => {
                self.only_every("quarter")?;
                Ok(Cadence::Quarterly { starts, day: self.day_rule()? })
            }
            Some(Unit::Year) => {
                self.only_every("year")?;
                let day = self.day_rule()?;
                let back = i8::from(day.counts_from_the_end());
                let of_fiscal_year = (starts.month() - 1 - back).rem_euclid(12) + 1;
                Ok(Cadence::Annually { month: self.month.unwrap_or(of_fiscal_year), day })
            }
        }
    }

    fn without_unit(self, today: Date) -> Result<Cadence, String> {
        if self.nth.is_some() {
            return Err("say of what: add \"of the month\", \"of the quarter\" or \"of the year\""
                .to_owned());
        }
        if self.business || !self.weekdays.is_empty() {
            return self.weekly(today);
        }
        if self.day && self.every.is_none() {
            return Ok(Cadence::Daily);
        }
        Err("say how often, as \"every monday\", \"monthly on the 31st\" or \"first monday of the quarter\"".to_owned())
    }

    fn daily(self) -> Result<Cadence, String> {
        let more = self.nth.is_some() || self.every.is_some() || !self.weekdays.is_empty();
        if more {
            return Err(
                "\"daily\" takes no other days: leave them out, or leave \"daily\" out".to_owned()
            );
        }
        if self.business {
            return Ok(Cadence::Weekly { on: Weekdays::business() });
        }
        Ok(Cadence::Daily)
    }

    fn weekly(self, today: Date) -> Result<Cadence, String> {
        if self.nth.is_some() {
            return Err(
                "a week has no numbered days: name the day, as \"weekly on monday\"".to_owned()
            );
        }
        let mut days = self.weekdays;
        if self.business {
            days.extend(Weekdays::business().as_slice());
        }
        if days.is_empty() {
            days.push(Weekday::Monday);
        }
        let on = Weekdays::new(days).ok_or("name a day of the week")?;
        match self.every {
            None | Some(1) => Ok(Cadence::Weekly { on }),
            Some(n @ 2..=52) => {
                let first = Cadence::Weekly { on: on.clone() }.first_day(today);
                Ok(Cadence::Weeks { n, on, anchor: first.unwrap_or(today) })
            }
            Some(_) => Err("it can be every 2 to 52 weeks".to_owned()),
        }
    }

    fn only_every(&self, unit: &str) -> Result<(), String> {
        match (self.every, unit) {
            (None | Some(1), _) => Ok(()),
            (Some(3), "month") => Err("for every 3 months say \"quarterly\"".to_owned()),
            (Some(12), "month") | (Some(4), "quarter") => {
                Err("for every 12 months say \"yearly\"".to_owned())
            }
            _ => Err(format!("it can be every {unit}, not every few {unit}s")),
        }
    }

    fn day_rule(&self) -> Result<DayRule, String> {
        match (self.nth, self.weekdays.as_slice()) {
            (Some(_), [_]) if self.business => Err("name a weekday or a business day".to_owned()),
            (Some(n @ (-1 | 1..=4)), [weekday]) => Ok(DayRule::NthWeekday { n, weekday: *weekday }),
            (Some(_), [weekday]) => {
                let name = weekday.name();
                Err(format!("not every month has that {name}: say first to fourth, or last {name}"))
            }
            (Some(n @ (-1 | 1..=15)), []) if self.business => Ok(DayRule::NthBusinessDay { n }),
            (_, []) if self.business => {
                Err("say which business day, as \"first business day\", up to the 15th".to_owned())
            }
            (Some(-1), []) if self.day => Ok(DayRule::LastDay),
            (Some(-1), []) => Err("say last what, as \"last day\" or \"last friday\"".to_owned()),
            (Some(day @ 1..=31), []) => Ok(DayRule::DayOfMonth { day }),
            (Some(n), []) => Err(format!("no month has a day {n}")),
            (None, []) => Ok(DayRule::NthWeekday { n: 1, weekday: Weekday::Monday }),
            (None, [weekday]) => {
                let name = weekday.name();
                Err(format!("say which {name}, as \"first {name}\" or \"last {name}\""))
            }
            (_, _) => Err("it can name one day, as \"first monday\"".to_owned()),
        }
    }
}
