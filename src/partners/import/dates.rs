//! Days and moments of a file: year first, or refused with what stands in the way.

use jiff::civil::Date;

use crate::partners::Moment;

/// Years that a business date may fall in; outside it is a slip of the finger.
const YEARS: std::ops::RangeInclusive<i16> = 1950..=2150;
const NOT_A_DATE: &str = "is not a date: write it as 2026-03-31";
const WITH_TIME: &str = "has a time of day: write only the day, as 2026-03-31";
const SERIAL: &str =
    "is a spreadsheet's count of days: give the column the date format YYYY-MM-DD and save anew";
const NOT_A_MOMENT: &str = "is not a moment: a time of day needs its zone, as \
                            2026-03-31T09:30:00Z; or write the day alone, as 2026-03-31";

/// A day, also with a midnight behind it; the error says what a right one looks like.
pub(super) fn day(text: &str) -> Result<Date, String> {
    match text.split_once(['T', 't', ' ']) {
        None => plain_day(text),
        Some((day, time)) if is_midnight(time) => plain_day(day),
        Some((day, _)) => Err(plain_day(day).map_or_else(|said| said, |_| WITH_TIME.to_owned())),
    }
}

/// An instant with its zone, or a day.
pub(super) fn moment(text: &str) -> Result<Moment, String> {
    let (date, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, ""));
    let on = plain_day(date)?;
    if time.is_empty() || time.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.')) {
        return Ok(Moment::On(on));
    }
    let zoned = format!("{on}T{}", time.replace(' ', ""));
    Moment::from_iso(&zoned)
        .filter(|moment| matches!(moment, Moment::At(_)))
        .ok_or_else(|| NOT_A_MOMENT.to_owned())
}

fn is_midnight(time: &str) -> bool {
    let bare = time.trim().trim_end_matches(['Z', 'z']);
    let bare = bare.strip_suffix("+00:00").unwrap_or(bare);
    !bare.is_empty() && bare.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.'))
}

/// Year, month, day, with `-`, `/`, `.` or nothing between them.
fn plain_day(text: &str) -> Result<Date, String> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits && text.len() == 5 {
        return Err(SERIAL.to_owned());
    }
    if digits && text.len() == 8 {
        return calendar(&text[..4], &text[4..6], &text[6..]);
    }
    let mut parts = text.split(['-', '/', '.']);
    let (Some(one), Some(two), Some(three), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(NOT_A_DATE.to_owned());
    };
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if ![one, two, three].into_iter().all(number) {
        return Err(NOT_A_DATE.to_owned());
    }
    if one.len() == 4 && two.len() <= 2 && three.len() <= 2 {
        return calendar(one, two, three);
    }
    Err(year_last(one, two, three))
}

fn calendar(year: &str, month: &str, day: &str) -> Result<Date, String> {
    let read = |part: &str| part.parse::<i8>().unwrap_or_default();
    let year = year.parse().unwrap_or_default();
    match Date::new(year, read(month), read(day)) {
        Ok(day) if YEARS.contains(&year) => Ok(day),
        Ok(_) => Err(format!("is outside of {} to {}", YEARS.start(), YEARS.end())),
        Err(_) => Err("is no day of the calendar".to_owned()),
    }
}

/// Day and month, or month and day: which one only the author knows.
fn year_last(one: &str, two: &str, year: &str) -> String {
    if year.len() != 4 || one.len() > 2 || two.len() > 2 {
        return NOT_A_DATE.to_owned();
    }
    let (day_first, month_first) = (calendar(year, two, one), calendar(year, one, two));
    match (day_first, month_first) {
        (Ok(day), Ok(other)) if day != other => {
            format!("may be {day} or {other}: write the one that is meant")
        }
        (Ok(day), _) | (_, Ok(day)) => format!("is not a date with its year first: write {day}"),
        (Err(said), Err(_)) => said,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_has_its_year_first() {
        for text in [
            "2026-03-31",
            "2026/03/31",
            "2026-3-31",
            "20260331",
            "2026-03-31T00:00:00Z",
            "2026-03-31 00:00:00.000",
        ] {
            assert_eq!(day(text), Ok(date(2026, 3, 31)), "{text}");
        }
    }

    #[test]
    fn another_day_is_refused_with_what_stands_in_the_way() {
        for (text, part) in [
            ("03/04/2026", "may be 2026-04-03 or 2026-03-04"),
            ("31.12.2025", "write 2025-12-31"),
            ("12/31/2025", "write 2025-12-31"),
            ("04/04/2026", "write 2026-04-04"),
            ("2026-02-30", "no day of the calendar"),
            ("0026-03-31", "outside of 1950 to 2150"),
            ("46112", "spreadsheet's count of days"),
            ("2026-03-31T23:30:00Z", "has a time of day"),
            ("31.12.25", "is not a date"),
            ("March", "is not a date"),
            ("1-2-3-4", "is not a date"),
        ] {
            assert!(day(text).unwrap_err().contains(part), "{text}: {:?}", day(text));
        }
    }

    #[test]
    fn a_moment_has_its_zone_or_is_a_day() {
        assert_eq!(moment("2026-03-31"), Ok(Moment::On(date(2026, 3, 31))));
        assert_eq!(moment("2026-03-31 00:00:00"), Ok(Moment::On(date(2026, 3, 31))));
        for text in ["2026-03-31T09:30:00Z", "2026-03-31 09:30:00+02:00", "2026-03-31T00:00:00Z"] {
            assert!(matches!(moment(text), Ok(Moment::At(_))), "{text}");
        }
        assert!(moment("2026-03-31T09:30:00").unwrap_err().contains("needs its zone"));
        assert!(moment("03/04/2026 09:30").unwrap_err().contains("may be"));
    }
}
