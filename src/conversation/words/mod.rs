//! Every sentence the bot says. Plain, short, calm; what a person can mend says how.

pub mod delivery;
pub mod edit;
pub mod help;
pub mod home;
pub mod import;
pub mod members;
pub mod number;
pub mod outsiders;
pub mod proposal;
pub mod refusal;
pub mod report;
pub mod schedule;
pub mod section;
pub mod settings;
pub mod setup;
pub mod tam;
pub mod trouble;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::strategy::money;

/// `5 Oct 2026`, in the zone.
#[must_use]
pub fn day(at: i64, zone: &TimeZone) -> String {
    stamp(at).to_zoned(zone.clone()).strftime("%-d %b %Y").to_string()
}

/// `5 Oct 2026, 09:00`, in the zone.
#[must_use]
pub fn moment(at: i64, zone: &TimeZone) -> String {
    stamp(at).to_zoned(zone.clone()).strftime("%-d %b %Y, %H:%M").to_string()
}

fn stamp(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Digits in groups of three: `1,234,567`, `−40`.
#[must_use]
pub fn grouped(n: i64) -> String {
    let sign = if n < 0 { "−" } else { "" };
    format!("{sign}{}", money::grouped(u128::from(n.unsigned_abs())))
}

/// `1 field`, `2 fields`.
#[must_use]
pub fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// A sentence with one mark at its end: a question keeps its own, and so does a name such as `Inc.`
#[must_use]
pub fn ended(sentence: &str) -> String {
    let sentence = sentence.trim_end();
    let marked = sentence.ends_with(['.', '?', '!', '…']);
    if marked { sentence.to_owned() } else { format!("{sentence}.") }
}

/// `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}

/// Each line behind a bullet, each on a line of its own.
#[must_use]
pub fn bullets(lines: &[String]) -> String {
    lines.iter().fold(String::new(), |text, line| text + "\n• " + line)
}
