//! Money as people write and read it: `40k`, `$1.5m`, `EUR 40 000`. Never a float.

use std::fmt;

use thiserror::Error;

use crate::numbers::Decimal;
use crate::partners::AmountError;
pub use crate::partners::{Currency, Money};

impl Currency {
    /// Minor units in one major unit: 100 for dollars, 1 for yen.
    #[must_use]
    pub fn minor_per_major(self) -> i64 {
        10_i64.pow(self.exponent())
    }
}

/// Why an amount was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MoneyError {
    #[error(transparent)]
    Unread(#[from] AmountError),
    #[error("an amount cannot be negative")]
    Negative,
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

    /// As a field shows it to be changed: `$40 000.5` reads in one way only.
    #[must_use]
    pub fn written(self) -> String {
        let number = Decimal::of_units(i128::from(self.minor), self.currency.exponent()).spaced();
        match self.currency.sign() {
            Some(sign) => format!("{sign}{number}"),
            None => format!("{} {number}", self.currency),
        }
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

    /// Reads `40k`, `$1.5m`, `EUR 40 000` or `40 000 usd`. An amount without a currency takes
    /// `otherwise`.
    ///
    /// # Errors
    /// What is no number, may be two, is negative, too fine or too large.
    pub fn parse(text: &str, otherwise: Currency) -> Result<Self, MoneyError> {
        let money = Self::read(text, otherwise, None)?;
        if money.minor < 0 { Err(MoneyError::Negative) } else { Ok(money) }
    }
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

    #[test]
    fn no_amount_is_negative() {
        for text in ["-5", "-$5", "$-5k"] {
            assert_eq!(Money::parse(text, Currency::USD), Err(MoneyError::Negative), "{text}");
        }
        assert_eq!(Money::parse("EUR 40 000", Currency::USD), Ok(Money::new(4_000_000, eur())));
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
            let money = Money::new(1_234_567_890, Currency::from_code(code).unwrap());
            assert_eq!(Money::parse(&money.to_string(), Currency::USD), Ok(money));
        }
    }
}
