//! Whole numbers as people write them: `4000`, `4 000`, `4k`, `50 employees`.

use thiserror::Error;

use crate::numbers::{self, Ambiguity, NotExact, Why};

/// Words behind a count that say what is counted and nothing new.
const UNITS: &[&str] = &[
    "employees",
    "employee",
    "people",
    "person",
    "persons",
    "accounts",
    "account",
    "companies",
    "customers",
];

/// Why a text is no count.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CountError {
    #[error(transparent)]
    Ambiguous(Ambiguity),
    #[error("a whole number such as 4000 or 4k is needed, and here {0}")]
    NotANumber(Why),
    #[error("a whole number such as 4000 or 4k is needed")]
    NotWhole,
}

impl From<NotExact> for CountError {
    fn from(why: NotExact) -> Self {
        match why {
            NotExact::Ambiguous(both) => Self::Ambiguous(both),
            NotExact::NotANumber(why) => Self::NotANumber(why),
        }
    }
}

/// Reads a whole number of at least zero.
///
/// # Errors
/// What is no number, may be two, is negative or not whole.
pub fn parse(text: &str) -> Result<u64, CountError> {
    let numbers::Quantity { before, number, after } = numbers::quantity(text, None);
    let number = number?;
    let after = after.to_lowercase();
    if !before.is_empty() || !after.is_empty() && !UNITS.contains(&after.as_str()) {
        return Err(CountError::NotANumber(Why::Beside));
    }
    number.whole().ok_or(CountError::NotWhole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_whole() {
        for (text, read) in [
            ("4000", 4_000),
            ("4 000", 4_000),
            ("4k", 4_000),
            ("1.5k", 1_500),
            ("1.000.000", 1_000_000),
            ("50 employees", 50),
            ("12.0", 12),
        ] {
            assert_eq!(parse(text), Ok(read), "{text}");
        }
        for text in ["1.5", "1.0005k", "-4", "", "$5", "5%", "5 apples", "999999999999999999999"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(matches!(parse("4,000"), Err(CountError::Ambiguous(_))));
    }
}
