//! The one reader of numbers as people write them. Never waits, never guesses, never a float.
//!
//! The same signs mean different numbers in different countries: `40.000` is forty thousand in
//! Zürich and forty in Boston. So a text reads as one exact number, as two between which only its
//! author can choose, or as none, with the reason. Nothing is read in part: what stands before and
//! behind a number is handed back, and whoever asked must understand all of it.

mod convention;
mod decimal;
mod glyph;
mod run;
mod size;

use thiserror::Error;

pub use convention::{Agreed, Convention};
pub use decimal::Decimal;
pub use run::length;
pub use size::is_size;

/// Longest text that is looked at as one number with what stands beside it, in characters.
const LONGEST: usize = 120;

/// Why a text is not one exact number.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotExact {
    #[error("{0}")]
    Ambiguous(#[from] Ambiguity),
    #[error("{0}")]
    NotANumber(#[from] Why),
}

/// One writing, two numbers: a single point or comma before three digits.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "\"{typed}\" may be {} or {}: write {} or {}",
    .grouped.shown(),
    .decimal.with_decimals(),
    .grouped.plain(),
    .decimal.plain()
)]
pub struct Ambiguity {
    /// The number as it was typed, without its currency.
    pub typed: String,
    /// What it is when the sign parts thousands.
    pub grouped: Decimal,
    /// What it is when the sign stands before decimals.
    pub decimal: Decimal,
}

/// Which of the two its author meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    Thousands,
    Decimals,
}

impl Ambiguity {
    /// The one that was meant.
    #[must_use]
    pub fn of(&self, meant: Meant) -> Decimal {
        match meant {
            Meant::Thousands => self.grouped,
            Meant::Decimals => self.decimal,
        }
    }
}

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Why {
    #[error("there is no number")]
    NoDigits,
    #[error("the points, commas or spaces in it do not fit together")]
    Separators,
    #[error("a number does not begin with 0 before other digits")]
    LeadingZero,
    #[error("a plus sign does not say whether it is the number or what to add")]
    Plus,
    #[error("it has digits of two scripts")]
    MixedScripts,
    #[error("it has too many digits")]
    TooLong,
    #[error("what stands beside the number is not understood")]
    Beside,
}

/// A number with what stands before and behind it, such as a currency or a percent sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// Folded to plain signs, trimmed, without the minus.
    pub before: String,
    pub number: Result<Decimal, NotExact>,
    /// Folded to plain signs, trimmed, without the size word.
    pub after: String,
}

/// The value of a digit of any script that is read.
#[must_use]
pub fn digit(c: char) -> Option<u32> {
    glyph::digit(c).and_then(|(plain, _)| plain.to_digit(10))
}

/// Reads a number that stands alone, with a size word such as `k` or `million`.
///
/// # Errors
/// What may be two numbers, and what is none.
pub fn read(text: &str, convention: Option<Convention>) -> Result<Decimal, NotExact> {
    let Quantity { before, number, after } = quantity(text, convention);
    if before.is_empty() && after.is_empty() { number } else { Err(Why::Beside.into()) }
}

/// Reads the number in a text and hands back what stands beside it.
#[must_use]
pub fn quantity(text: &str, convention: Option<Convention>) -> Quantity {
    let text = text.trim_matches(glyph::is_blank);
    let none = |why: Why| Quantity {
        before: String::new(),
        number: Err(why.into()),
        after: String::new(),
    };
    if text.chars().count() > LONGEST {
        return none(Why::TooLong);
    }
    let Some(start) = text.find(|c| glyph::digit(c).is_some()) else {
        return none(Why::NoDigits);
    };
    let (front, rest) = text.split_at(start);
    let (typed, behind) = rest.split_at(run::length(rest));
    let tail = size::tail(&glyph::folded(behind));
    let front = glyph::folded(front);
    let (minus, before) = without_sign(&front);
    let number = match before {
        Err(why) => Err(why.into()),
        Ok(_) if tail.after.chars().any(char::is_numeric) => Err(Why::Beside.into()),
        Ok(_) => run::read(typed, tail.no_cents, convention),
    };
    let number = scaled(number, &|number| number.signed(minus).times_ten_to(tail.zeros));
    let number = number.map_err(|why| why.of(typed, behind, &tail));
    Quantity {
        before: before.unwrap_or_default().to_owned(),
        number,
        after: tail.after.trim().to_owned(),
    }
}

/// The number, or both, with sign and size.
fn scaled(
    number: Result<Decimal, NotExact>,
    scale: &dyn Fn(Decimal) -> Option<Decimal>,
) -> Result<Decimal, NotExact> {
    let scale = |number| scale(number).ok_or(Why::TooLong);
    match number {
        Ok(number) => Ok(scale(number)?),
        Err(NotExact::Ambiguous(both)) => {
            Err(Ambiguity { grouped: scale(both.grouped)?, decimal: scale(both.decimal)?, ..both }
                .into())
        }
        Err(why) => Err(why),
    }
}

impl NotExact {
    /// With the size word in what was typed.
    fn of(self, typed: &str, behind: &str, tail: &size::Tail) -> Self {
        match self {
            Self::Ambiguous(both) => {
                let taken = behind.chars().count() - tail.after.chars().count();
                let size: String = behind.chars().take(taken).collect();
                let typed = format!("{typed}{}", size.trim_end_matches(glyph::is_blank));
                Self::Ambiguous(Ambiguity { typed, ..both })
            }
            Self::NotANumber(why) => Self::NotANumber(why),
        }
    }
}

/// Takes one minus off either end of what stands before a number.
fn without_sign(front: &str) -> (bool, Result<&str, Why>) {
    let front = front.trim();
    if front.contains('+') {
        return (false, Err(Why::Plus));
    }
    let bare = front.strip_prefix('-').or_else(|| front.strip_suffix('-'));
    match bare.map(str::trim) {
        Some(rest) => (true, Ok(rest)),
        None => (false, Ok(front)),
    }
}

/// A number in running text: where it stands, in bytes, and what it reads as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub start: usize,
    /// Behind the digits; a size word follows.
    pub digits_end: usize,
    /// Behind the size word.
    pub end: usize,
    /// The digits alone.
    pub number: Result<Decimal, NotExact>,
    /// Zeros of the size word.
    pub zeros: u32,
}

/// Every number in running text, in its order.
#[must_use]
pub fn find_all(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find(|c| glyph::digit(c).is_some()) {
        let start = at + next;
        let digits_end = start + run::length(&text[start..]);
        let (zeros, length) = size::in_text(&text[digits_end..]);
        let number = run::read(&text[start..digits_end], None, None);
        at = digits_end + length;
        found.push(Found { start, digits_end, end: at, number, zeros });
    }
    found
}

/// Every number of a text that may be two.
#[must_use]
pub fn doubts(text: &str) -> Vec<Ambiguity> {
    let numbers = find_all(text).into_iter().map(|found| found.number);
    let doubt = |number| match number {
        Err(NotExact::Ambiguous(both)) => Some(both),
        _ => None,
    };
    numbers.filter_map(doubt).collect()
}

/// The text with every such number written so that it reads in the one way that was meant.
#[must_use]
pub fn settled(text: &str, meant: Meant) -> String {
    let mut out = String::new();
    let mut kept = 0;
    for found in find_all(text) {
        if let Err(NotExact::Ambiguous(both)) = &found.number {
            out.push_str(&text[kept..found.start]);
            out.push_str(&both.of(meant).plain());
            kept = found.digits_end;
        }
    }
    out + &text[kept..]
}

/// The first end of a range with the size word of its second: `$10` and `50m` give `$10m`. `None`
/// when the second has no size word or the first has one too.
#[must_use]
pub fn with_size_of(first: &str, second: &str) -> Option<String> {
    let (low, high) = (only(first)?, only(second)?);
    let word = &second[high.digits_end..high.end];
    (low.zeros == 0 && high.zeros > 0)
        .then(|| format!("{}{word}{}", &first[..low.digits_end], &first[low.digits_end..]))
}

fn only(text: &str) -> Option<Found> {
    let mut all = find_all(text).into_iter();
    all.next().filter(|_| all.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> String {
        match read(text, None) {
            Ok(number) => number.shown(),
            Err(why) => panic!("{text}: {why}"),
        }
    }

    fn both(text: &str) -> [String; 2] {
        match read(text, None) {
            Err(NotExact::Ambiguous(both)) => [both.grouped.shown(), both.decimal.shown()],
            other => panic!("{text}: {other:?}"),
        }
    }

    fn why(text: &str) -> Why {
        match read(text, None) {
            Err(NotExact::NotANumber(why)) => why,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_number_reads_in_the_ways_people_write_it() {
        for (text, number) in [
            ("0", "0"),
            ("4500", "4,500"),
            ("1.000.000", "1,000,000"),
            ("1,000,000", "1,000,000"),
            ("1.234,56", "1,234.56"),
            ("1,234.56", "1,234.56"),
            ("1 234,5", "1,234.5"),
            ("40 000", "40,000"),
            ("40\u{a0}000", "40,000"),
            ("40\u{202f}000", "40,000"),
            ("40\u{2009}000", "40,000"),
            ("40'000", "40,000"),
            ("40’000.50", "40,000.5"),
            ("4.500,-", "4,500"),
            ("40'000.–", "40,000"),
            ("0.500", "0.5"),
            ("0,500", "0.5"),
            ("15,5", "15.5"),
            ("1.5m", "1,500,000"),
            ("1,5 Mio", "1,500,000"),
            ("1,5 Mio.", "1,500,000"),
            ("2 Mrd", "2,000,000,000"),
            ("40 Tsd.", "40,000"),
            ("3 lakh", "300,000"),
            ("-5", "-5"),
            ("− 5k", "-5,000"),
            ("４０，５", "40.5"),
            ("٤٠٠", "400"),
            ("٤٠٬٠٠٠", "40,000"),
            ("٤٠٫٠٠٠", "40"),
            ("१५", "15"),
        ] {
            assert_eq!(exact(text), number, "{text}");
        }
    }

    #[test]
    fn one_sign_before_three_digits_is_never_guessed() {
        for (text, grouped, decimal) in [
            ("40.000", "40,000", "40"),
            ("40,000", "40,000", "40"),
            ("1.500k", "1,500,000", "1,500"),
            ("1.234", "1,234", "1.234"),
            ("４０．０００", "40,000", "40"),
            ("-4.500", "-4,500", "-4.5"),
            ("1000.000", "1,000,000", "1,000"),
        ] {
            let [many, few] = both(text);
            assert_eq!((many.as_str(), few.as_str()), (grouped, decimal), "{text}");
        }
        let said = read("1.500 k", None).unwrap_err().to_string();
        assert_eq!(said, "\"1.500 k\" may be 1,500,000 or 1,500.00: write 1500000 or 1500");
        let said = read("1.234", None).unwrap_err().to_string();
        assert_eq!(said, "\"1.234\" may be 1,234 or 1.234: write 1234 or 1.2340");
        let said = read("€ 40.000", None).unwrap_err().to_string();
        assert_eq!(said, "what stands beside the number is not understood");
        let said = quantity("€ 40.000", None).number.unwrap_err().to_string();
        assert_eq!(said, "\"40.000\" may be 40,000 or 40.00: write 40000 or 40");
    }

    #[test]
    fn what_is_half_a_number_is_none() {
        for text in [
            "1.00.000",
            "1,2,3",
            "1,00,000",
            "1.000,000,5",
            "1 000.000 000",
            "1000,000.00",
            "1000 000",
            "40 00",
            "1.234.56",
            "1'000 000",
            "5.",
            ".5",
            "1..5",
            "1 .5",
            "4 5",
            "1e9",
            "12 apples",
            "½",
            "1½",
            "0x10",
            "5-",
            "(5)",
            "--5",
            "1_000",
            "5 5",
            "1.5.",
            "2 thousand million",
            "kk5",
            "5kk",
            "",
        ] {
            assert!(matches!(read(text, None), Err(NotExact::NotANumber(_))), "{text}");
        }
        assert_eq!(why("007"), Why::LeadingZero);
        assert_eq!(why("0.000.000"), Why::LeadingZero);
        assert_eq!(why("+5"), Why::Plus);
        assert_eq!(why("4٠"), Why::MixedScripts);
        assert_eq!(why(&"9".repeat(40)), Why::TooLong);
        assert_eq!(why(&" 9".repeat(4_000)), Why::TooLong);
        assert_eq!(why("some"), Why::NoDigits);
    }

    #[test]
    fn under_a_convention_one_sign_has_one_meaning() {
        let read = |text: &str, one| read(text, Some(one)).ok().map(Decimal::shown);
        for (text, point, comma) in [
            ("40.000", Some("40"), Some("40,000")),
            ("40,000", Some("40,000"), Some("40")),
            ("1,234.56", Some("1,234.56"), None),
            ("12,5", None, Some("12.5")),
            ("1000.000", Some("1,000"), None),
            ("40 000", Some("40,000"), Some("40,000")),
        ] {
            assert_eq!(read(text, Convention::Point).as_deref(), point, "{text}");
            assert_eq!(read(text, Convention::Comma).as_deref(), comma, "{text}");
        }
    }

    #[test]
    fn what_stands_beside_is_handed_back_whole() {
        let parts = |text: &str| {
            let Quantity { before, number, after } = quantity(text, None);
            (before, number.ok().map(Decimal::shown), after)
        };
        let all = |before: &str, number: &str, after: &str| {
            (before.to_owned(), Some(number.to_owned()), after.to_owned())
        };
        assert_eq!(parts("$1.5 million"), all("$", "1,500,000", ""));
        assert_eq!(parts("- EUR 40k"), all("EUR", "-40,000", ""));
        assert_eq!(parts("＄40"), all("$", "40", ""));
        assert_eq!(parts("1,5 Mio. €"), all("", "1,500,000", "€"));
        assert_eq!(parts("40 k€"), all("", "40,000", "€"));
        assert_eq!(parts("15\u{a0}%"), all("", "15", "%"));
        assert_eq!(parts("15,5 ٪"), all("", "15.5", "%"));
    }

    #[test]
    fn numbers_in_running_text_can_be_settled() {
        let text = "raise accounts from 40.000 to 45,000 and v1.2.3, 7.500.000, 3 in 2026";
        assert_eq!(
            settled(text, Meant::Thousands),
            "raise accounts from 40000 to 45000 and v1.2.3, 7.500.000, 3 in 2026"
        );
        assert_eq!(
            settled(text, Meant::Decimals),
            "raise accounts from 40 to 45 and v1.2.3, 7.500.000, 3 in 2026"
        );
        assert_eq!(settled("set 1,5 million", Meant::Thousands), "set 1,5 million");
        assert_eq!(doubts(text).len(), 2);
    }
}
