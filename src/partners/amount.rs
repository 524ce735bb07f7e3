//! Amounts as people write them: `40k`, `$1.5m`, `EUR 40 000`, `1,5 Mio. €`.

use thiserror::Error;

use super::money::{Currency, Money};
use crate::numbers::{self, Ambiguity, Convention, NotExact, Why};

/// Signs that stand for one currency alone.
const SIGNS: &[(&str, &str)] =
    &[("$", "USD"), ("€", "EUR"), ("£", "GBP"), ("¥", "JPY"), ("₹", "INR"), ("₩", "KRW")];

/// What else names a currency beside an amount, in lower case.
const NAMES: &[(&str, &str)] = &[
    ("us$", "USD"),
    ("a$", "AUD"),
    ("au$", "AUD"),
    ("c$", "CAD"),
    ("ca$", "CAD"),
    ("hk$", "HKD"),
    ("nz$", "NZD"),
    ("s$", "SGD"),
    ("r$", "BRL"),
    ("zł", "PLN"),
    ("₪", "ILS"),
    ("₺", "TRY"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("us dollars", "USD"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("pound", "GBP"),
    ("pounds", "GBP"),
    ("yen", "JPY"),
    ("rupees", "INR"),
];

/// Why a text is no amount.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AmountError {
    #[error(transparent)]
    Ambiguous(Ambiguity),
    #[error("an amount is a number such as 40k, $1.5m or EUR 40 000, and here {0}")]
    NotANumber(Why),
    #[error("the amount is finer than the smallest coin of {0}")]
    TooPrecise(Currency),
    #[error("the amount is too large")]
    TooLarge,
    #[error("the amount is in {named}, but {wanted} is wanted here")]
    OtherCurrency { named: Currency, wanted: Currency },
}

impl From<NotExact> for AmountError {
    fn from(why: NotExact) -> Self {
        match why {
            NotExact::Ambiguous(both) => Self::Ambiguous(both),
            NotExact::NotANumber(why) => Self::NotANumber(why),
        }
    }
}

impl Currency {
    /// The currency of a sign, such as `€`.
    #[must_use]
    pub fn from_sign(sign: char) -> Option<Self> {
        let known = SIGNS.iter().find(|(known, _)| known.starts_with(sign))?;
        Self::from_code(known.1)
    }

    /// Its sign, when it has one alone.
    #[must_use]
    pub fn sign(self) -> Option<&'static str> {
        SIGNS.iter().find(|(_, code)| *code == self.code()).map(|(sign, _)| *sign)
    }

    /// A sign, a code or a name: `€`, `eur`, `euros`.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let known = SIGNS.iter().chain(NAMES).find(|(name, _)| *name == lower);
        Self::from_code(known.map_or(lower.as_str(), |(_, code)| code))
    }
}

impl Money {
    /// Reads `40k`, `$1.5m`, `EUR 40 000`, `40 000,50 €`. An amount without a currency takes
    /// `otherwise`. It may be negative.
    ///
    /// # Errors
    /// What is no number, may be two, is too fine or too large.
    pub fn read(
        text: &str,
        otherwise: Currency,
        convention: Option<Convention>,
    ) -> Result<Self, AmountError> {
        let numbers::Quantity { before, number, after } = numbers::quantity(text, convention);
        let currency = match (before.as_str(), after.as_str()) {
            ("", "") => otherwise,
            ("", name) | (name, "") => Currency::named(name).ok_or(beside(&number))?,
            (one, other) => Currency::named(one)
                .filter(|currency| Currency::named(other) == Some(*currency))
                .ok_or(beside(&number))?,
        };
        let minor = number?.in_units(currency.exponent());
        let minor = minor.ok_or(AmountError::TooPrecise(currency))?;
        let minor = i64::try_from(minor).map_err(|_| AmountError::TooLarge)?;
        Ok(Self { minor, currency })
    }

    /// Reads an amount whose currency is known; naming another is refused.
    ///
    /// # Errors
    /// As [`Self::read`], and another currency.
    pub fn read_in(
        text: &str,
        currency: Currency,
        convention: Option<Convention>,
    ) -> Result<Self, AmountError> {
        let money = Self::read(text, currency, convention)?;
        if money.currency == currency {
            Ok(money)
        } else {
            Err(AmountError::OtherCurrency { named: money.currency, wanted: currency })
        }
    }
}

/// Where there is no number at all, that is what is wrong, not what stands beside it.
fn beside(number: &Result<numbers::Decimal, NotExact>) -> AmountError {
    match number {
        Err(NotExact::NotANumber(why)) => AmountError::NotANumber(*why),
        _ => AmountError::NotANumber(Why::Beside),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, AmountError> {
        let money = Money::read(text, Currency::USD, None)?;
        Ok(format!("{} {}", money.decimal(), money.currency))
    }

    #[test]
    fn amounts_read_in_the_ways_people_write_them() {
        for (text, amount) in [
            ("40k", "40000.00 USD"),
            ("$1.5m", "1500000.00 USD"),
            ("$1.5 million", "1500000.00 USD"),
            ("1,5 Mio", "1500000.00 USD"),
            ("1,5 Mio. €", "1500000.00 EUR"),
            ("40 000", "40000.00 USD"),
            ("40'000 CHF", "40000.00 CHF"),
            ("$ 40\u{202f}000", "40000.00 USD"),
            ("EUR 4.500.000", "4500000.00 EUR"),
            ("€4.500,00", "4500.00 EUR"),
            ("€4.500,-", "4500.00 EUR"),
            ("US$5", "5.00 USD"),
            ("$5 USD", "5.00 USD"),
            ("5 euros", "5.00 EUR"),
            ("USD5", "5.00 USD"),
            ("-$5", "-5.00 USD"),
            ("＄５０", "50.00 USD"),
            ("¥500", "500 JPY"),
            ("40000.50", "40000.50 USD"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(amount), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_says_why() {
        for (text, why) in [
            ("NaN", AmountError::NotANumber(Why::NoDigits)),
            ("", AmountError::NotANumber(Why::NoDigits)),
            ("ISO 27001", AmountError::NotANumber(Why::Beside)),
            ("$40€", AmountError::NotANumber(Why::Beside)),
            ("$$40", AmountError::NotANumber(Why::Beside)),
            ("5%", AmountError::NotANumber(Why::Beside)),
            ("1e9", AmountError::NotANumber(Why::Beside)),
            ("1.00.000", AmountError::NotANumber(Why::Separators)),
            ("1.0050", AmountError::TooPrecise(Currency::USD)),
            ("99999999999bn", AmountError::TooLarge),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
        }
        for text in ["40.000", "€4.500", "40,000 USD", "1.500k"] {
            assert!(matches!(read(text), Err(AmountError::Ambiguous(_))), "{text}");
        }
        let comma = Some(Convention::Comma);
        assert_eq!(Money::read("€4.500", Currency::USD, comma).unwrap().minor, 450_000);
        let other = Money::read_in("€45", Currency::USD, None).unwrap_err();
        assert_eq!(other.to_string(), "the amount is in EUR, but USD is wanted here");
    }
}
