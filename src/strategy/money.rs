//! Money as people write and read it: `40k`, `$1.5m`, `EUR 40 000`. Never a float.

use std::fmt;

use thiserror::Error;

pub use crate::partners::{Currency, Money};

/// Signs that stand for one currency alone.
const SIGNS: &[(char, &str)] =
    &[('$', "USD"), ('€', "EUR"), ('£', "GBP"), ('¥', "JPY"), ('₹', "INR"), ('₩', "KRW")];

impl Currency {
    /// The currency of a sign, such as `€`.
    #[must_use]
    pub fn from_sign(sign: char) -> Option<Self> {
        SIGNS.iter().find(|(known, _)| *known == sign).and_then(|(_, code)| Self::from_code(code))
    }

    fn sign(self) -> Option<char> {
        SIGNS.iter().find(|(_, code)| *code == self.code()).map(|(sign, _)| *sign)
    }

    /// Minor units in one major unit: 100 for dollars, 1 for yen.
    #[must_use]
    pub fn minor_per_major(self) -> i64 {
        10_i64.pow(self.exponent())
    }
}

/// Why an amount was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MoneyError {
    #[error("an amount is a number such as 40k, $1.5m or EUR 40 000")]
    NotANumber,
    #[error("an amount cannot be negative")]
    Negative,
    #[error("the amount is finer than the smallest coin")]
    TooPrecise,
    #[error("the amount is too large")]
    TooLarge,
    #[error("amounts in {0} and {1} cannot stand together")]
    OtherCurrency(Currency, Currency),
}

impl Money {
    /// An amount in minor units.
    #[must_use]
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Adds two amounts of one currency.
    ///
    /// # Errors
    /// Mixed currencies, or a sum that does not fit.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::TooLarge)?;
        Ok(Self { minor, ..self })
    }

    /// Refuses to bring two currencies together.
    ///
    /// # Errors
    /// [`MoneyError::OtherCurrency`] when they differ.
    pub fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::OtherCurrency(self.currency, other.currency))
        }
    }

    /// Reads `40k`, `$1.5m`, `EUR 40 000` or `40,000 usd`. An amount without a currency takes
    /// `otherwise`.
    ///
    /// # Errors
    /// What is no number, is negative, too fine or too large.
    pub fn parse(text: &str, otherwise: Currency) -> Result<Self, MoneyError> {
        let text = text.trim();
        let (currency, rest) = take_currency(text.strip_prefix(MINUS).unwrap_or(text).trim());
        let currency = currency.unwrap_or(otherwise);
        if text.starts_with(MINUS) || rest.starts_with(MINUS) {
            let read = scaled(rest.trim_start_matches(MINUS).trim(), currency.exponent());
            return Err(read.map_or_else(|error| error, |_| MoneyError::Negative));
        }
        let minor = scaled(rest, currency.exponent())?;
        Ok(Self { minor: i64::try_from(minor).map_err(|_| MoneyError::TooLarge)?, currency })
    }
}

const MINUS: [char; 2] = ['-', '−'];

/// Splits a leading or trailing sign or code off an amount.
fn take_currency(text: &str) -> (Option<Currency>, &str) {
    let front = text.chars().next().and_then(Currency::from_sign);
    if let Some(currency) = front {
        return (
            Some(currency),
            text.trim_start_matches(|c| Currency::from_sign(c).is_some()).trim(),
        );
    }
    if let Some((currency, rest)) = text
        .get(..3)
        .and_then(Currency::from_code)
        .zip(text.get(3..))
        .filter(|(_, rest)| starts(rest))
    {
        return (Some(currency), rest.trim());
    }
    let at = text.len().saturating_sub(3);
    if let Some((currency, rest)) = text.get(at..).and_then(Currency::from_code).zip(text.get(..at))
    {
        return (Some(currency), rest.trim());
    }
    let back = text.chars().next_back().and_then(Currency::from_sign);
    (back, text.trim_end_matches(|c| Currency::from_sign(c).is_some()).trim())
}

fn starts(rest: &str) -> bool {
    rest.starts_with(|c: char| c == ' ' || c == '-' || c.is_ascii_digit())
}

/// Reads a decimal with grouping and a size word into units of `10^-digits`.
fn scaled(text: &str, digits: u32) -> Result<i128, MoneyError> {
    let lower = text.to_lowercase();
    let (number, zeros) = SIZES
        .iter()
        .find_map(|(word, zeros)| lower.strip_suffix(word).map(|rest| (rest.trim(), *zeros)))
        .unwrap_or((lower.as_str(), 0));
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let whole = ungroup(whole).ok_or(MoneyError::NotANumber)?;
    if !part.bytes().all(|b| b.is_ascii_digit()) || number.ends_with('.') {
        return Err(MoneyError::NotANumber);
    }
    let part = part.trim_end_matches('0');
    let scale = digits + zeros;
    let fine = u32::try_from(part.len()).map_err(|_| MoneyError::TooPrecise)?;
    let rest = scale.checked_sub(fine).ok_or(MoneyError::TooPrecise)?;
    if whole.len() + part.len() > 20 {
        return Err(MoneyError::TooLarge);
    }
    let value: i128 = format!("{whole}{part}").parse().map_err(|_| MoneyError::NotANumber)?;
    value.checked_mul(10_i128.pow(rest)).ok_or(MoneyError::TooLarge)
}

/// Size words and their zeros; the longest first.
const SIZES: &[(&str, u32)] = &[
    ("thousand", 3),
    ("million", 6),
    ("billion", 9),
    ("mio", 6),
    ("bn", 9),
    ("mn", 6),
    ("k", 3),
    ("m", 6),
    ("b", 9),
];

/// `40,000`, `40 000`, `40'000` or `40000` as digits; anything else is no whole number.
pub(crate) fn ungroup(text: &str) -> Option<String> {
    let is_gap = |c: char| matches!(c, ',' | ' ' | '\'' | '’' | '\u{a0}' | '\u{202f}');
    let mut groups = text.split(is_gap);
    let first = groups.next()?;
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.iter().all(|group| group.len() == 3 && all_digits(group));
    let fits = all_digits(first) && grouped && (rest.is_empty() || first.len() <= 3);
    fits.then(|| text.chars().filter(|c| !is_gap(*c)).collect())
}

/// Digits in groups of three: `24,000,000`.
#[must_use]
pub fn grouped(value: u128) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let unit = self.currency.minor_per_major().unsigned_abs();
        let (major, rest) = (self.minor.unsigned_abs() / unit, self.minor.unsigned_abs() % unit);
        match self.currency.sign() {
            None => write!(f, "{sign}{} ", self.currency)?,
            Some(known) => write!(f, "{sign}{known}")?,
        }
        f.write_str(&grouped(u128::from(major)))?;
        match (rest, self.currency.exponent() as usize) {
            (0, _) => Ok(()),
            (_, digits) => write!(f, ".{rest:0digits$}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur() -> Currency {
        Currency::from_code("EUR").unwrap()
    }

    fn usd(text: &str) -> Result<i64, MoneyError> {
        Money::parse(text, Currency::USD).map(|money| money.minor)
    }

    #[test]
    fn amounts_read_in_the_ways_people_write_them() {
        for (text, minor) in [
            ("40k", 4_000_000),
            ("$1.5m", 150_000_000),
            ("40,000", 4_000_000),
            ("$ 40 000", 4_000_000),
            ("40000.50", 4_000_050),
            ("0", 0),
            ("2bn", 200_000_000_000),
            ("1.25 million", 125_000_000),
            ("USD 5", 500),
            ("5 usd", 500),
            ("40K", 4_000_000),
        ] {
            assert_eq!(usd(text), Ok(minor), "{text}");
        }
        let euros = Money::parse("EUR 40 000", Currency::USD).unwrap();
        assert_eq!(euros, Money::new(4_000_000, eur()));
        assert_eq!(Money::parse("40.000,00", eur()), Err(MoneyError::NotANumber));
        assert_eq!(Money::parse("¥500", Currency::USD).unwrap().minor, 500);
    }

    #[test]
    fn what_is_no_amount_is_refused_with_its_reason() {
        for (text, why) in [
            ("NaN", MoneyError::NotANumber),
            ("-5", MoneyError::Negative),
            ("-$5", MoneyError::Negative),
            ("$-5k", MoneyError::Negative),
            ("1.005", MoneyError::TooPrecise),
            ("4,00", MoneyError::NotANumber),
            ("", MoneyError::NotANumber),
            ("1e9", MoneyError::NotANumber),
            ("ISO 27001", MoneyError::NotANumber),
            ("99999999999bn", MoneyError::TooLarge),
            ("5.", MoneyError::NotANumber),
        ] {
            assert_eq!(usd(text), Err(why), "{text}");
        }
    }

    #[test]
    fn amounts_print_with_sign_and_groups() {
        for (minor, code, text) in [
            (2_400_000_000, "USD", "$24,000,000"),
            (4_000_050, "EUR", "€40,000.50"),
            (4_000_005, "CHF", "CHF 40,000.05"),
            (500, "JPY", "¥500"),
            (0, "USD", "$0"),
        ] {
            let money = Money::new(minor, Currency::from_code(code).unwrap());
            assert_eq!(money.to_string(), text);
        }
    }

    #[test]
    fn currencies_do_not_mix() {
        let (dollars, euros) = (Money::new(1, Currency::USD), Money::new(1, eur()));
        assert_eq!(dollars.plus(euros), Err(MoneyError::OtherCurrency(Currency::USD, eur())));
        assert_eq!(dollars.plus(dollars), Ok(Money::new(2, Currency::USD)));
    }

    #[test]
    fn every_printed_amount_reads_back() {
        for code in ["USD", "EUR", "GBP", "JPY", "INR", "CHF", "KWD", "PLN"] {
            let money = Money::new(1_234_567, Currency::from_code(code).unwrap());
            assert_eq!(Money::parse(&money.to_string(), Currency::USD), Ok(money));
        }
    }
}
