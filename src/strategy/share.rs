//! Shares in basis points: 15 % is 1,500.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A share of a whole, from 0 % to 100 %, with at most two decimals.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Share {
    bp: u32,
}

/// Why a share was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ShareError {
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

    /// Reads `15%`, `15.5`, `15 %` or `15 percent`.
    ///
    /// # Errors
    /// What is no number, is negative, above 100 % or finer than a hundredth of a percent.
    pub fn parse(text: &str) -> Result<Self, ShareError> {
        let text = text.trim();
        let plain = ["%", "percent", "per cent", "pct"]
            .iter()
            .find_map(|unit| text.strip_suffix(unit))
            .unwrap_or(text)
            .trim_end();
        if let Some(size) = plain.strip_prefix(['-', '−']) {
            return Err(Self::parse(size).map_or_else(|error| error, |_| ShareError::OutOfRange));
        }
        let (whole, part) = plain.split_once('.').unwrap_or((plain, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) {
            return Err(ShareError::NotANumber);
        }
        if part.trim_end_matches('0').len() > 2 {
            return Err(ShareError::TooPrecise);
        }
        let whole: u32 = whole.parse().map_err(|_| ShareError::OutOfRange)?;
        let cents: u32 = format!("{part}00")[..2].parse().map_err(|_| ShareError::NotANumber)?;
        let bp = whole.saturating_mul(100).saturating_add(cents);
        if plain == text && (1..100).contains(&bp) {
            return Err(ShareError::Fraction { meant: Self { bp: bp * 100 } });
        }
        Self::from_bp(bp)
    }
}

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
            ("12.500%", 1_250),
        ] {
            assert_eq!(Share::parse(text).unwrap().bp(), bp, "{text}");
        }
    }

    #[test]
    fn what_is_no_share_is_refused_with_its_reason() {
        for (text, why) in [
            ("15.005%", ShareError::TooPrecise),
            ("-1%", ShareError::OutOfRange),
            ("101%", ShareError::OutOfRange),
            ("100.01", ShareError::OutOfRange),
            ("NaN", ShareError::NotANumber),
            ("", ShareError::NotANumber),
            ("15,5%", ShareError::NotANumber),
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
