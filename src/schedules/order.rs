//! What people type after `/strategy schedule`, read into an order.
//!
//! `quarterly [view board] in #leadership first monday of the quarter at 09:00 Europe/London`

use std::fmt;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::cadence::Cadence;
use super::cron_line::CronLine;
use super::nearest::nearest;
use super::phrase::{is_cadence_word, read_cadence};
use super::slots::Timing;
use super::target::Target;
use super::tokens::{Token, take_after, tokens};
use super::zone::Zone;
use crate::fiscal::FiscalYearStart;

/// Which report a schedule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    Summary,
    Quarterly,
    Annual,
}

/// A request for a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub report: Report,
    /// The saved view that filters it.
    pub view: Option<String>,
    /// The channel as people call it, such as `#leadership`; `None` is where the order was given.
    pub channel: Option<String>,
    pub timing: Timing,
}

/// What holds where the words say nothing.
#[derive(Clone, Copy, Debug)]
pub struct Defaults<'a> {
    pub zone: &'a Zone,
    pub starts: FiscalYearStart,
    /// Today in that zone; every-few-weeks schedules are counted from here.
    pub today: Date,
}

/// Words that could not be read: what was understood, and what to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUnderstood {
    pub understood: Vec<String>,
    pub problem: String,
}

impl fmt::Display for NotUnderstood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.understood.is_empty() {
            write!(f, "I understood {}. What I did not: ", self.understood.join(", "))?;
            return write!(f, "{}", sentence(&self.problem));
        }
        write!(f, "I could not read this: {}", sentence(&self.problem))
    }
}

impl std::error::Error for NotUnderstood {}

/// With one mark at its end: a question keeps its own.
fn sentence(problem: &str) -> String {
    if problem.ends_with('?') {
        problem.to_owned()
    } else {
        format!("{}.", problem.trim_end_matches('.'))
    }
}

impl Report {
    /// The word in commands and rows.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Quarterly => "quarterly",
            Self::Annual => "annual",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Summary => "executive summary",
            Self::Quarterly => "quarterly review",
            Self::Annual => "annual review",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.to_lowercase().as_str() {
            "summary" | "executive" | "exec" => Some(Self::Summary),
            "quarterly" | "qbr" => Some(Self::Quarterly),
            "annual" | "yearly" => Some(Self::Annual),
            _ => None,
        }
    }

    /// How often it comes when nothing is said.
    fn own_rhythm(self) -> Option<&'static str> {
        match self {
            Self::Summary => None,
            Self::Quarterly => Some("quarterly"),
            Self::Annual => Some("yearly"),
        }
    }
}

/// Reads the words after `schedule`.
pub fn read_order(text: &str, defaults: &Defaults<'_>) -> Result<Order, NotUnderstood> {
    let mut words = tokens(text);
    let mut understood = Vec::new();
    let fail =
        |understood: &[String], problem| NotUnderstood { understood: understood.to_vec(), problem };
    let report = take_report(&mut words).map_err(|problem| fail(&understood, problem))?;
    understood.push(format!("the {}", report.label()));
    let view = take_after(&mut words, &["view"], |_| true);
    understood.extend(view.iter().map(|view| format!("view {view}")));
    let target = Target::take(&mut words).map_err(|problem| fail(&understood, problem))?;
    let channel = target.shown();
    understood.extend(channel.iter().map(|channel| format!("in {channel}")));
    let rhythm = report.own_rhythm();
    let timing = timing(words, rhythm, defaults, &mut understood)
        .map_err(|problem| fail(&understood, problem))?;
    Ok(Order { report, view, channel, timing })
}

/// Where the words after `schedule` want the report posted, whatever the others say.
pub fn read_target(text: &str) -> Result<Target, String> {
    let mut words = tokens(text);
    take_report(&mut words)?;
    take_after(&mut words, &["view"], |_| true);
    Target::take(&mut words)
}

/// Reads a cadence, a time and a zone alone: `every monday at 8:30 Europe/Berlin`.
pub fn read_timing(text: &str, defaults: &Defaults<'_>) -> Result<Timing, NotUnderstood> {
    let mut understood = Vec::new();
    timing(tokens(text), None, defaults, &mut understood)
        .map_err(|problem| NotUnderstood { understood, problem })
}

fn take_report(words: &mut Vec<Token>) -> Result<Report, String> {
    const NEED: &str = "no report is named, say quarterly first";
    if words.first().is_some_and(|word| word.text.eq_ignore_ascii_case("the")) {
        words.remove(0);
    }
    let first = words.first().ok_or(NEED)?.text.clone();
    let report = Report::from_word(&first).ok_or_else(|| {
        match nearest(&first, &["summary", "quarterly", "annual"]) {
            Some(word) => format!("\"{first}\" is not a report, did you mean {word}?"),
            None => {
                format!("\"{first}\" is not a report that can be scheduled, say quarterly first")
            }
        }
    })?;
    words.remove(0);
    let noun = |word: &Token| {
        ["review", "report", "summary"].iter().any(|noun| word.text.eq_ignore_ascii_case(noun))
    };
    while words.first().is_some_and(noun) {
        words.remove(0);
    }
    Ok(report)
}

fn timing(
    mut words: Vec<Token>,
    rhythm: Option<&str>,
    defaults: &Defaults<'_>,
    understood: &mut Vec<String>,
) -> Result<Timing, String> {
    if let Some(line) = take_cron(&mut words) {
        let line = CronLine::read(&line)?;
        understood.push(format!("the cron line \"{}\"", line.as_str()));
        if take_time(&mut words)?.is_some() {
            return Err("the cron line already says the time: leave out the other".to_owned());
        }
        let zone = zone_of(&words, defaults)?;
        return Ok(Timing { at: line.at(), cadence: Cadence::Cron { line }, zone });
    }
    let at = take_time(&mut words)?;
    let named = |word: &Token| !word.text.contains('/') && is_cadence_word(&word.text);
    let behind = at.as_ref().map_or(words.len(), |(_, at)| *at);
    let (mut cadence, mut zone) = (Vec::new(), Vec::new());
    for (place, word) in words.into_iter().enumerate() {
        let is_zone = word.text.contains('/') || (place >= behind && !named(&word));
        if is_zone { zone.push(word) } else { cadence.push(word.text) }
    }
    if cadence.is_empty() {
        cadence.extend(rhythm.map(str::to_owned));
    }
    let cadence = read_cadence(&cadence, defaults.starts, defaults.today)?;
    understood.push(cadence.describe());
    let (at, _) = at.ok_or("the time of the day: add it, as \"at 09:00\"")?;
    understood.push(format!("at {:02}:{:02}", at.hour(), at.minute()));
    Ok(Timing { cadence, at, zone: zone_of(&zone, defaults)? })
}

/// The line behind `cron`, in quotes or as five words.
fn take_cron(words: &mut Vec<Token>) -> Option<String> {
    let at =
        words.iter().position(|word| !word.quoted && word.text.eq_ignore_ascii_case("cron"))?;
    words.remove(at);
    let quoted = words.get(at).is_some_and(|word| word.quoted);
    let end = if quoted { at + 1 } else { words.len().min(at + 5) };
    let line: Vec<String> = words.drain(at..end).map(|word| word.text).collect();
    Some(line.join(" "))
}

/// The time of the day, and the place of the first word behind it.
fn take_time(words: &mut Vec<Token>) -> Result<Option<(Time, usize)>, String> {
    let is_at =
        |word: &Token| !word.quoted && matches!(word.text.as_str(), "at" | "At" | "AT" | "@");
    let place = match words.iter().position(is_at) {
        Some(at) => {
            words.remove(at);
            at
        }
        None => match words.iter().position(|word| word.text.contains(':')) {
            Some(at) => at,
            None => return Ok(None),
        },
    };
    let mut said = String::new();
    if place < words.len() {
        said = words.remove(place).text;
    }
    let half =
        |word: &Token| matches!(word.text.to_lowercase().as_str(), "am" | "pm" | "a.m." | "p.m.");
    if words.get(place).is_some_and(half) {
        said.push_str(&words.remove(place).text);
    }
    match time_of_day(&said) {
        Some(time) => Ok(Some((time, place))),
        None => Err(format!("\"{said}\" is not a time of the day: write it as 09:00")),
    }
}

fn time_of_day(text: &str) -> Option<Time> {
    let lower = text.to_lowercase().replace("a.m.", "am").replace("p.m.", "pm");
    let lower = lower.trim_end_matches(',');
    match lower {
        "noon" => return Time::new(12, 0, 0, 0).ok(),
        "midnight" => return Some(Time::midnight()),
        _ => {}
    }
    let half = ["am", "pm"].into_iter().find(|half| lower.ends_with(half));
    let digits = half.map_or(lower, |half| lower.trim_end_matches(half).trim_end());
    let (hour, minute) = match digits.split_once([':', '.']) {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute),
        Some(_) => return None,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let whole = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<i8>().ok()).flatten()
    };
    let (hour, minute) = (whole(hour)?, whole(minute)?);
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some("am") => hour % 12,
        Some(_) => hour % 12 + 12,
    };
    Time::new(hour, minute, 0, 0).ok()
}

fn zone_of(words: &[Token], defaults: &Defaults<'_>) -> Result<Zone, String> {
    let named: Vec<&str> = words
        .iter()
        .map(|word| word.text.as_str())
        .filter(|word| {
            !["time", "zone", "timezone", "o'clock"].iter().any(|w| w.eq_ignore_ascii_case(word))
        })
        .collect();
    if named.is_empty() { Ok(defaults.zone.clone()) } else { Zone::read(&named.join(" ")) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;
    use crate::schedules::{DayRule, Weekday, Weekdays};

    fn order(text: &str) -> Result<Order, String> {
        let zone = Zone::utc();
        let starts = FiscalYearStart::new(4).unwrap();
        let defaults = Defaults { zone: &zone, starts, today: date(2026, 11, 20) };
        read_order(text, &defaults).map_err(|e| e.to_string())
    }

    fn said(text: &str) -> String {
        let order = order(&format!("summary in #x {text}")).unwrap();
        order.timing.describe()
    }

    fn not(text: &str) -> String {
        order(&format!("summary in #x {text}")).unwrap_err()
    }

    #[test]
    fn the_words_of_the_help_are_read() {
        let read = order("quarterly in #leadership quarterly at 09:00 Europe/London").unwrap();
        assert_eq!(read.report, Report::Quarterly);
        assert_eq!(read.channel.as_deref(), Some("#leadership"));
        assert_eq!(read.timing.at, time(9, 0, 0, 0));
        assert_eq!(
            read.timing.describe(),
            "every quarter on the first Monday of January, April, July and October at 09:00, Europe/London"
        );
    }

    #[test]
    fn a_view_and_a_channel_may_stand_in_quotes_or_as_mentions() {
        let read =
            order("annual review view “board only” in \"Leadership team\" yearly at 9am").unwrap();
        assert_eq!(read.view.as_deref(), Some("board only"));
        assert_eq!(read.channel.as_deref(), Some("#leadership team"));
        let read = order("summary weekly at 8:30 in <#C012AB|exec> Berlin").unwrap();
        assert_eq!(read.channel.as_deref(), Some("#exec"));
        assert_eq!(read.timing.zone.name(), "Europe/Berlin");
        assert_eq!(
            order("summary in leadership daily at 9").unwrap().channel.as_deref(),
            Some("#leadership")
        );
        assert_eq!(order("summary daily at 9").unwrap().channel, None);
    }

    #[test]
    fn cadences_are_read_as_people_type_them_and_said_back() {
        for (text, wanted) in [
            ("daily at 7", "every day at 07:00, UTC"),
            ("every day at 07:00 America/New_York", "every day at 07:00, America/New_York"),
            ("weekdays at 09:00", "every weekday, Monday to Friday at 09:00, UTC"),
            ("every monday at 8:30", "every Monday at 08:30, UTC"),
            ("Mondays and Thursdays at 5pm", "every Monday and Thursday at 17:00, UTC"),
            ("weekly at 09:00 on friday", "every Friday at 09:00, UTC"),
            ("every weekend at noon", "every Saturday and Sunday at 12:00, UTC"),
            (
                "every 2 weeks on tuesday at 9",
                "every 2 weeks on Tuesday, counted from 2026-11-24 at 09:00, UTC",
            ),
            ("fortnightly at 9", "every 2 weeks on Monday, counted from 2026-11-23 at 09:00, UTC"),
            (
                "every other week on friday at 9",
                "every 2 weeks on Friday, counted from 2026-11-20 at 09:00, UTC",
            ),
            ("monthly at 9", "every month on the first Monday at 09:00, UTC"),
            (
                "monthly on the 31st at 17:00",
                "every month on the 31st (the last day of a shorter month) at 17:00, UTC",
            ),
            ("last day of the month at 17:00", "every month on the last day at 17:00, UTC"),
            (
                "on the second business day of each month at 9:15",
                "every month on the second business day at 09:15, UTC",
            ),
            ("last friday of every month at 4 pm", "every month on the last Friday at 16:00, UTC"),
            ("day 5 of the month at 9", "every month on the 5th at 09:00, UTC"),
            (
                "first monday of the quarter at 9",
                "every quarter on the first Monday of January, April, July and October at 09:00, UTC",
            ),
            (
                "quarterly on the last business day at 17:00",
                "every quarter on the last business day of March, June, September and December at 17:00, UTC",
            ),
            (
                "quarterly on the first day at 9",
                "every quarter on the 1st of January, April, July and October at 09:00, UTC",
            ),
            ("yearly at 9", "every year on the first Monday of April at 09:00, UTC"),
            ("annually on the last day at 9", "every year on the last day of March at 09:00, UTC"),
            ("every year on 15 january at 9", "every year on the 15th of January at 09:00, UTC"),
            ("on Feb 29 at 9", "every year on the 29th of February at 09:00, UTC"),
        ] {
            assert_eq!(said(text), wanted, "{text}");
        }
    }

    #[test]
    fn rules_are_what_their_words_say() {
        let cadence = |text: &str| order(&format!("summary {text} at 9")).unwrap().timing.cadence;
        assert_eq!(cadence("weekdays"), Cadence::Weekly { on: Weekdays::business() });
        assert_eq!(
            cadence("third wednesday of the month"),
            Cadence::Monthly { day: DayRule::NthWeekday { n: 3, weekday: Weekday::Wednesday } }
        );
        assert_eq!(
            cadence("last business day of the month"),
            Cadence::Monthly { day: DayRule::NthBusinessDay { n: -1 } }
        );
    }

    #[test]
    fn cron_lines_are_read_with_and_without_quotes() {
        for text in [
            "cron \"0 9 1 JAN,APR,JUL,OCT *\" Europe/London",
            "cron 0 9 1 JAN,APR,JUL,OCT * Europe/London",
            "cron `0 9 1 JAN,APR,JUL,OCT *` London",
        ] {
            assert_eq!(
                said(text),
                "by the cron line \"0 9 1 JAN,APR,JUL,OCT *\" at 09:00, Europe/London"
            );
        }
        assert!(not("cron \"0 9 * * 1\"").contains("write names, as MON"));
        assert!(not("cron \"0 9 1 * *\" at 10:00").contains("already says the time"));
        assert!(not("cron").contains("five fields"));
    }

    #[test]
    fn a_report_s_own_rhythm_is_taken_when_none_is_said() {
        let read = order("quarterly in #x at 09:00").unwrap();
        assert!(read.timing.describe().starts_with("every quarter"));
        assert!(order("summary in #x at 09:00").unwrap_err().contains("say how often"));
    }

    #[test]
    fn what_is_not_understood_is_named_with_what_was() {
        assert_eq!(
            not("every mondy at 9"),
            "I understood the executive summary, in #x. What I did not: \"mondy\" is not a word for how often: did you mean \"monday\"?"
        );
        assert!(order("").unwrap_err().contains("say quarterly first"));
        assert_eq!(
            order("foo in #x").unwrap_err(),
            "I could not read this: \"foo\" is not a report that can be scheduled, say quarterly first."
        );
        assert!(order("quaterly in #x at 9").unwrap_err().contains("did you mean quarterly"));
        for (text, part) in [
            (
                "weekly",
                "I understood the executive summary, in #x, every Monday. What I did not: the time of the day",
            ),
            ("weekly at teatime", "\"teatime\" is not a time of the day"),
            ("weekly at 25:00", "is not a time of the day"),
            ("weekly at 13pm", "is not a time of the day"),
            ("weekly at", "is not a time of the day"),
            ("weekly at 9 Europe/Londn", "did you mean Europe/London"),
            ("weekly at 9 EST", "America/New_York"),
            ("first monday at 9", "of the month"),
            ("monthly on monday at 9", "first Monday"),
            ("fifth monday of the month at 9", "not every month has that Monday"),
            ("monthly on the 32nd at 9", "no month has a day 32"),
            ("weekly monthly at 9", "give one rhythm"),
            ("biweekly at 9", "two meanings"),
            ("hourly at 9", "at most once a day"),
            ("every 3 months at 9", "say \"quarterly\""),
            ("every 2 quarters at 9", "not every few quarters"),
            ("every 3 days at 9", "not every few days"),
            ("weekly on the first at 9", "a week has no numbered days"),
            ("monthly in june at 9", "a month goes with \"yearly\" only"),
            ("banana at 9", "\"banana\" is not a word for how often"),
        ] {
            let found = not(text);
            assert!(found.contains(part), "{text}: {found}");
        }
    }

    #[test]
    fn times_of_the_day_are_read_in_both_clocks() {
        for (text, hour, minute) in [
            ("9", 9, 0),
            ("09:00", 9, 0),
            ("9.30", 9, 30),
            ("0930", 9, 30),
            ("12am", 0, 0),
            ("12pm", 12, 0),
            ("5:45PM", 17, 45),
            ("midnight", 0, 0),
        ] {
            assert_eq!(time_of_day(text), Time::new(hour, minute, 0, 0).ok(), "{text}");
        }
        for wrong in ["", "9:5", "24:00", "0pm", "-9", "9:60", "nine", "99999", "é9é0"] {
            assert_eq!(time_of_day(wrong), None, "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_words_are_read_or_refused_and_never_panic(text in "(summary|quarterly)?[ -~\u{201c}\u{201d}é#<>@:]{0,60}") {
            let _ = order(&text);
        }

        #[test]
        fn any_known_words_are_read_or_refused_with_a_reason(
            words in proptest::collection::vec(
                proptest::sample::select(vec!["every", "first", "last", "2", "31st", "monday", "day", "business",
                    "weeks", "month", "quarterly", "year", "june", "other", "at", "9", "weekdays", "cron", "*", "in"]), 0..9)
        ) {
            match order(&format!("summary {}", words.join(" "))) {
                Ok(order) => proptest::prop_assert!(!order.timing.describe().is_empty()),
                Err(said) => proptest::prop_assert!(said.contains("What I did not: ")),
            }
        }
    }
}
