//! Shares in basis points: 15 % is 1,500.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::numbers::{self, Ambiguity, NotExact, Quantity};

/// A share of a whole, from 0 % to 100 %, with at most two decimals.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Share {
    bp: u32,
}

/// Why a share was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ShareError {
    #[error(transparent)]
    Ambiguous(Ambiguity),
    #[error("a share is a number such as 15% or 15.5%")]
    NotANumber,
    #[error("a share has at most two decimals")]
    TooPrecise,
    #[error("a share lies between 0% and 100%")]
    OutOfRange,
    /// Below one and without a sign: more likely a fraction than a percentage.
    #[error("did you mean {meant}? Write a share below 1% with its % sign")]
    Fraction { meant: Share },
}

impl Share {
    /// 100 %.
    pub const WHOLE: Self = Self { bp: 10_000 };

    /// A share of so many basis points (hundredths of a percent).
    ///
    /// # Errors
    /// [`ShareError::OutOfRange`] above 10,000.
    pub fn from_bp(bp: u32) -> Result<Self, ShareError> {
        if bp > Self::WHOLE.bp { Err(ShareError::OutOfRange) } else { Ok(Self { bp }) }
    }

    /// Basis points, 0 to 10,000.
    #[must_use]
    pub fn bp(self) -> u32 {
        self.bp
    }

    /// Whether the value lies within its bounds; a stored one may not.
    #[must_use]
    pub fn is_sound(self) -> bool {
        self.bp <= Self::WHOLE.bp
    }

    /// Reads `15%`, `15.5`, `15,5 %` or `15 percent`.
    ///
    /// # Errors
    /// What is no number, may be two, is negative, above 100 % or finer than a hundredth of a
    /// percent.
    pub fn parse(text: &str) -> Result<Self, ShareError> {
        let Quantity { before, number, after } = numbers::quantity(text, None);
        let number = number.map_err(|why| match why {
            NotExact::Ambiguous(both) => ShareError::Ambiguous(both),
            NotExact::NotANumber(_) => ShareError::NotANumber,
        })?;
        if !before.is_empty() || !UNITS.contains(&after.to_lowercase().as_str()) {
            return Err(ShareError::NotANumber);
        }
        let bp = number.in_units(2).ok_or(ShareError::TooPrecise)?;
        let bp = u32::try_from(bp).map_err(|_| ShareError::OutOfRange)?;
        if after.is_empty() && (1..100).contains(&bp) {
            return Err(ShareError::Fraction { meant: Self { bp: bp * 100 } });
        }
        Self::from_bp(bp)
    }
}

/// What may stand behind a share.
const UNITS: &[&str] = &["", "%", "percent", "per cent", "pct"];

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_percent(i128::from(self.bp), f)
    }
}

/// Basis points as a percentage without needless zeros; above 100 % too, for sums of shares.
#[must_use]
pub fn percent(bp: i128) -> String {
    struct Shown(i128);
    impl fmt::Display for Shown {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_percent(self.0, f)
        }
    }
    Shown(bp).to_string()
}

fn write_percent(bp: i128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let sign = if bp < 0 { "-" } else { "" };
    let (whole, part) = (bp.unsigned_abs() / 100, bp.unsigned_abs() % 100);
    match (part, part % 10) {
        (0, _) => write!(f, "{sign}{whole}%"),
        (_, 0) => write!(f, "{sign}{whole}.{}%", part / 10),
        _ => write!(f, "{sign}{whole}.{part:02}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_read_with_and_without_their_sign() {
        for (text, bp) in [
            ("15%", 1_500),
            ("15.5", 1_550),
            ("15 %", 1_500),
            ("0", 0),
            ("0.15%", 15),
            ("1", 100),
            ("100%", 10_000),
            ("15.05 percent", 1_505),
            ("12.5000%", 1_250),
            ("15,5\u{a0}%", 1_550),
            ("15 ％", 1_500),
        ] {
            assert_eq!(Share::parse(text).unwrap().bp(), bp, "{text}");
        }
    }

    #[test]
    fn what_is_no_share_is_refused_with_its_reason() {
        for (text, why) in [
            ("15.0051%", ShareError::TooPrecise),
            ("-1%", ShareError::OutOfRange),
            ("101%", ShareError::OutOfRange),
            ("100.01", ShareError::OutOfRange),
            ("NaN", ShareError::NotANumber),
            ("", ShareError::NotANumber),
            ("15%%", ShareError::NotANumber),
            ("$15", ShareError::NotANumber),
            ("99999999999999%", ShareError::OutOfRange),
            ("1e1", ShareError::NotANumber),
            ("0.15", ShareError::Fraction { meant: Share { bp: 1_500 } }),
        ] {
            assert_eq!(Share::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn shares_print_without_needless_zeros() {
        for (bp, text) in
            [(1_500, "15%"), (1_550, "15.5%"), (1_505, "15.05%"), (0, "0%"), (12_000, "120%")]
        {
            assert_eq!(percent(bp), text);
        }
    }
}
