//! Numbers of a file, with the one reader: what a cell leaves open is settled by what the file
//! states or shows, and by nothing else.

use super::columns::Kind;
use super::refusal::FileRefused;
use super::source::{RawCell, Source};
use crate::numbers::{Agreed, Ambiguity, Convention, NotExact, Quantity, quantity};
use crate::partners::{Currency, Money, money::LARGEST_MINOR};

/// How one may choose between the two readings of a cell.
const STATE_IT: &str = "or state for the whole file whether decimals follow a point or a comma";

/// Which sign stands before decimals in a file, and how that is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    pub convention: Option<Convention>,
    /// A cell that shows it, when nobody stated it.
    pub shown_by: Option<String>,
}

impl Written {
    /// Looks through the amounts of a file, unless it was stated.
    pub(super) fn of(
        source: &Source<'_>,
        kind: Kind,
        stated: Option<Convention>,
    ) -> Result<Self, FileRefused> {
        let Some(column) = amount_column(kind).filter(|_| stated.is_none()) else {
            return Ok(Self { convention: stated, shown_by: None });
        };
        let (mut agreed, mut shown_by) = (Agreed::Nothing, None);
        source.each(&mut |row| {
            let cell = row.cells.iter().find(|(name, _)| *name == column);
            if let Some((_, RawCell::Text(text))) = cell {
                let before = agreed;
                agreed = agreed.and(text);
                if before != agreed {
                    shown_by = Some(text.trim().to_owned());
                }
            }
            Ok(())
        })?;
        Ok(Self { convention: agreed.convention(), shown_by })
    }
}

fn amount_column(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Partners => None,
        Kind::Deals => Some("amount"),
        Kind::Activities => Some("value"),
    }
}

/// An amount in a currency that the row names elsewhere; `text` may repeat it.
pub(super) fn amount(
    text: &str,
    currency: Currency,
    convention: Option<Convention>,
) -> Result<Money, String> {
    let Quantity { before, number, after } = quantity(text, convention);
    let beside = [before.as_str(), after.as_str()];
    let number = match number {
        Err(why) => return Err(not_exact(text, &why)),
        Ok(_) if !beside.iter().all(|sign| sign.is_empty() || means(sign, currency)) => {
            let sign = if before.is_empty() { after } else { before };
            return Err(format!(
                "\"{text}\" has \"{sign}\" beside the number, and the amount is in {currency}"
            ));
        }
        Ok(number) => number,
    };
    let places = currency.exponent();
    let minor = number.in_units(places).ok_or_else(|| {
        format!("\"{text}\" has more digits behind the decimal sign than {currency} has ({places})")
    })?;
    if number.is_negative() {
        return Err("is below 0".to_owned());
    }
    match i64::try_from(minor).ok().filter(|minor| *minor <= LARGEST_MINOR) {
        Some(minor) => Ok(Money { minor, currency }),
        None => Err(format!("\"{text}\" is too large")),
    }
}

/// A whole number up to a bound.
pub(super) fn count(text: &str, most: u32, convention: Option<Convention>) -> Result<u32, String> {
    let number = match crate::numbers::read(text, convention) {
        Err(why @ NotExact::Ambiguous(_)) => return Err(not_exact(text, &why)),
        Err(NotExact::NotANumber(_)) => None,
        Ok(number) => number.whole().and_then(|whole| u32::try_from(whole).ok()),
    };
    let fits = number.filter(|number| *number <= most);
    fits.ok_or_else(|| format!("\"{text}\" is not a whole number from 0 to {most}"))
}

/// Whether only the convention settles the number.
pub(super) fn is_open(text: &str) -> bool {
    matches!(quantity(text, None).number, Err(NotExact::Ambiguous(_)))
}

fn not_exact(text: &str, why: &NotExact) -> String {
    match why {
        NotExact::Ambiguous(both) => both_readings(both),
        NotExact::NotANumber(why) => format!("\"{text}\" is not an amount: {why}"),
    }
}

fn both_readings(both: &Ambiguity) -> String {
    format!("{both}, {STATE_IT}")
}

fn means(sign: &str, currency: Currency) -> bool {
    let signs: &[&str] = match currency.code() {
        "EUR" => &["€"],
        "GBP" => &["£"],
        "JPY" | "CNY" => &["¥"],
        "CHF" => &["Fr", "Fr.", "SFr."],
        "SEK" | "NOK" | "DKK" => &["kr", "kr."],
        "INR" => &["₹"],
        "USD" => &["$", "US$"],
        "CAD" | "AUD" | "NZD" | "SGD" | "HKD" | "MXN" => &["$"],
        _ => &[],
    };
    sign.eq_ignore_ascii_case(currency.code())
        || signs.iter().any(|one| one.eq_ignore_ascii_case(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, code: &str, convention: Option<Convention>) -> Result<i64, String> {
        amount(text, Currency::from_code(code).unwrap(), convention).map(|money| money.minor)
    }

    #[test]
    fn amounts_are_read_exactly_in_the_minor_unit_of_their_currency() {
        for (text, code, minor) in [
            ("12500.5", "USD", 1_250_050),
            ("12.500,50", "EUR", 1_250_050),
            ("1,250,000", "USD", 125_000_000),
            ("€ 1 250,00", "EUR", 125_000),
            ("48000 usd", "USD", 4_800_000),
            ("900", "JPY", 900),
            ("0.1", "USD", 10),
        ] {
            assert_eq!(read(text, code, None), Ok(minor), "{text}");
        }
    }

    #[test]
    fn what_may_be_two_amounts_is_refused_with_both_until_the_file_says() {
        let said = read("48.000", "USD", None).unwrap_err();
        assert!(
            said.contains("48,000") && said.contains("48.00") && said.contains("state"),
            "{said}"
        );
        assert_eq!(read("48.000", "USD", Some(Convention::Comma)), Ok(4_800_000));
        assert_eq!(read("48.000", "USD", Some(Convention::Point)), Ok(4_800));
    }

    #[test]
    fn what_is_no_amount_in_its_currency_is_refused_with_the_reason() {
        for (text, code, part) in [
            ("12.3456", "USD", "more digits"),
            ("900.5", "JPY", "more digits"),
            ("99999999999999999", "USD", "too large"),
            ("€5", "USD", "\"€\" beside the number"),
            ("-1", "USD", "below 0"),
            ("1.2.3", "USD", "not an amount"),
            ("much", "USD", "not an amount"),
        ] {
            let said = read(text, code, None).unwrap_err();
            assert!(said.contains(part), "{text}: {said}");
        }
    }

    #[test]
    fn counts_are_whole() {
        assert_eq!(count("3.0", 10, None), Ok(3));
        assert!(count("1,200", 10_000, None).unwrap_err().contains("may be"));
        assert_eq!(count("1,200", 10_000, Some(Convention::Point)), Ok(1_200));
        for wrong in ["-3", "2.5", "many", "10001"] {
            assert!(count(wrong, 10_000, None).unwrap_err().contains("whole number"), "{wrong}");
        }
    }
}
