//! Amounts as whole minor units of a currency, read from and written as decimals.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency, such as `USD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// An amount in minor units (cents for `USD`, whole yen for `JPY`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

/// The largest amount a file may hold, in minor units: far above any deal, far below overflow
/// when many are added.
pub const LARGEST_MINOR: i64 = 1_000_000_000_000_000;

const NO_MINOR: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
const THREE_DIGITS: &str = "BHD IQD JOD KWD LYD OMR TND";
const TWO_DIGITS: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD \
CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS \
INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN \
NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB \
TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG";

impl Currency {
    /// The US dollar, the starting assumption of a new workspace.
    pub const USD: Self = Self(*b"USD");

    /// A code of ISO 4217 in any case; `None` when there is no such currency.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let upper = code.trim().to_ascii_uppercase();
        let known = [NO_MINOR, TWO_DIGITS, THREE_DIGITS]
            .iter()
            .any(|list| list.split(' ').any(|one| one == upper));
        known.then(|| <[u8; 3]>::try_from(upper.as_bytes()).ok().map(Self)).flatten()
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// How many digits stand behind the point: 2 for most, 0 for `JPY`, 3 for `KWD`.
    #[must_use]
    pub fn exponent(self) -> u32 {
        let listed = |list: &str| list.split(' ').any(|one| one == self.code());
        if listed(NO_MINOR) {
            0
        } else if listed(THREE_DIGITS) {
            3
        } else {
            2
        }
    }
}

impl Money {
    /// Reads an amount of a file, such as `1250`, `1250.5` or `-3.10`. The error says what is wrong
    /// in words for the one who made the file.
    pub fn from_decimal(text: &str, currency: Currency) -> Result<Self, String> {
        let money =
            Self::read_in(text, currency, None).map_err(|why| format!("\"{text}\": {why}"))?;
        if money.minor.abs() > LARGEST_MINOR {
            return Err(format!("\"{text}\" is too large"));
        }
        Ok(money)
    }

    /// The decimal without the currency: `1250.50`, `-3.10`, `900` for yen.
    #[must_use]
    pub fn decimal(self) -> String {
        let places = self.currency.exponent() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = places + 1);
        let (whole, cents) = digits.split_at(digits.len() - places);
        if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{cents}") }
    }
}

impl TryFrom<String> for Currency {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        Self::from_code(&code).ok_or_else(|| format!("\"{code}\" is not a currency code"))
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, code: &str) -> Result<i64, String> {
        Money::from_decimal(text, Currency::from_code(code).unwrap()).map(|m| m.minor)
    }

    #[test]
    fn amounts_are_read_exactly_in_the_minor_unit_of_their_currency() {
        assert_eq!(read("12500.5", "USD"), Ok(1_250_050));
        assert_eq!(read("0", "eur"), Ok(0));
        assert_eq!(read("-3.10", "USD"), Ok(-310));
        assert_eq!(read("900", "JPY"), Ok(900));
        assert_eq!(read("900.00", "JPY"), Ok(900));
        assert_eq!(read("1.2340", "KWD"), Ok(1234));
        assert_eq!(read("12,50", "USD"), Ok(1250));
    }

    #[test]
    fn what_is_no_amount_is_refused_with_the_reason() {
        assert!(read("48.000", "USD").unwrap_err().contains("48,000 or 48.00"));
        assert!(read("900.5", "JPY").unwrap_err().contains("finer"));
        assert!(read("99999999999999999999", "USD").unwrap_err().contains("too large"));
        for wrong in ["", "-", ".5", "5.", "1e3", "€5", "NaN", "+5", "--5"] {
            assert!(read(wrong, "USD").is_err(), "{wrong}");
        }
    }

    #[test]
    fn decimals_are_written_as_they_are_read() {
        for (text, code) in [("1250.50", "USD"), ("-0.05", "USD"), ("900", "JPY"), ("0.007", "KWD")]
        {
            let money = Money::from_decimal(text, Currency::from_code(code).unwrap()).unwrap();
            assert_eq!(money.decimal(), text);
        }
    }

    #[test]
    fn only_currencies_that_exist_are_known() {
        assert_eq!(Currency::from_code("usd"), Some(Currency::USD));
        for wrong in ["US", "USDX", "ABC", "", "€"] {
            assert_eq!(Currency::from_code(wrong), None, "{wrong}");
        }
        assert!(serde_json::from_str::<Currency>("\"XYZ\"").is_err());
    }
}
