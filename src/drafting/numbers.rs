//! The numbers in a text, for asking where each of them came from.

use std::collections::BTreeSet;

use crate::numbers::{self, Decimal, Found, NotExact};

/// A number in ten-thousandths, so that shares and amounts compare with plain counts.
pub(super) type Exact = i128;

/// One whole in [`Exact`].
pub(super) const ONE: Exact = 10_000;

/// Every number that the text holds, each as it is meant: `40k` is 40,000, and `40.000` is both
/// that and 40. In `10–50m` the first is also ten million.
pub(super) fn in_text(text: &str) -> BTreeSet<Exact> {
    let mut found = BTreeSet::new();
    let mut before: Option<Found> = None;
    for number in numbers::find_all(text) {
        found.extend(meanings(text, &number, number.zeros));
        let front = before.as_ref().filter(|front| front.zeros == 0 && number.zeros > 0);
        if let Some(front) = front
            && is_range(&text[..front.start], &text[front.end..number.start])
        {
            found.extend(meanings(text, front, number.zeros));
        }
        before = Some(number);
    }
    let odd = |c: &char| c.is_numeric() && numbers::digit(*c).is_none();
    found.extend(text.chars().filter(odd).map(|c| -i128::from(u32::from(c))));
    found
}

/// What a number can mean; where it does not read as one, each group of its digits is a number.
fn meanings(text: &str, found: &Found, zeros: u32) -> Vec<Exact> {
    let units = |number: &Decimal| number.in_units(4);
    let read = match &found.number {
        Ok(number) => units(number).map(|one| vec![one]),
        Err(NotExact::Ambiguous(both)) => units(&both.grouped)
            .zip(units(&both.decimal))
            .map(|(grouped, decimal)| vec![grouped, decimal]),
        Err(NotExact::NotANumber(_)) => None,
    };
    let read = read.unwrap_or_else(|| {
        let groups = text[found.start..found.digits_end].split(|c| numbers::digit(c).is_none());
        groups.map(|group| group.chars().filter_map(numbers::digit).fold(0, next)).collect()
    });
    read.into_iter().map(|value: Exact| value.saturating_mul(10_i128.pow(zeros))).collect()
}

/// One more digit in front of the point.
fn next(so_far: Exact, digit: u32) -> Exact {
    so_far.saturating_mul(10).saturating_add(Exact::from(digit).saturating_mul(ONE))
}

/// Whether the words between two numbers make them one range; `and` does so behind `between`.
fn is_range(before: &str, between: &str) -> bool {
    let sign = |c: char| c.is_whitespace() || "$€£¥₹₩".contains(c);
    match between.trim_matches(sign).to_lowercase().as_str() {
        "-" | "–" | "—" | "to" => true,
        "and" => {
            let word = before.trim_end_matches(sign).rsplit(char::is_whitespace).next();
            word.is_some_and(|word| word.eq_ignore_ascii_case("between"))
        }
        _ => false,
    }
}

/// Number words that a text may not bring in on its own.
const WORDS: &[&str] = &[
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "fifteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "hundreds",
    "thousand",
    "thousands",
    "million",
    "millions",
    "billion",
    "billions",
    "dozen",
    "dozens",
    "half",
    "double",
    "twice",
    "triple",
    "third",
    "quarter",
];

/// The number words of a text.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphabetic());
    words.filter(|word| WORDS.contains(word)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<i128> {
        in_text(text).into_iter().collect()
    }

    #[test]
    fn numbers_are_read_as_they_are_meant() {
        assert_eq!(read("50–500 employees"), [50 * ONE, 500 * ONE]);
        assert_eq!(read("1,000,000 and 40k"), [40_000 * ONE, 1_000_000 * ONE]);
        assert_eq!(read("1,000"), [ONE, 1_000 * ONE]);
        assert_eq!(read("on 31.12.2026"), [12 * ONE, 31 * ONE, 2_026 * ONE]);
        assert_eq!(read("$1.5m"), [1_500_000 * ONE]);
        assert_eq!(read("EUR 40 000"), [40_000 * ONE]);
        assert_eq!(read("15.5%"), [155_000]);
        assert_eq!(read("10–50m"), [10 * ONE, 10_000_000 * ONE, 50_000_000 * ONE]);
        assert_eq!(read("in 2026 about 12 of them"), [12 * ONE, 2_026 * ONE]);
        assert_eq!(read("ISO 27001"), [27_001 * ONE]);
        assert!(read("none").is_empty());
    }

    #[test]
    fn digits_of_other_scripts_count_too() {
        assert_eq!(read("٥").len(), 1);
        assert_ne!(read("½"), read("¼"));
    }
}
