//! Ranges as people write them: `50–500`, `$10–50m`, `at least 50`, `up to 500`.

use thiserror::Error;

use super::count::{self, CountError};
use super::field::Range;
use super::money::{Currency, Money, MoneyError};
use crate::numbers;

/// Why a text is no range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RangeError {
    #[error(transparent)]
    Count(#[from] CountError),
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error("the first number of a range is the smaller one")]
    Reversed,
}

/// A range of counts; one count alone is both its ends.
///
/// # Errors
/// What does not read.
pub fn counts(text: &str) -> Result<Range<u64>, RangeError> {
    range(text, &|end| Ok(count::parse(end)?))
}

/// A range of amounts in one currency, which may stand at one end only.
///
/// # Errors
/// What does not read.
pub fn amounts(text: &str, otherwise: Currency) -> Result<Range<Money>, RangeError> {
    let said = |end: &str| Money::parse(end, otherwise).ok();
    let ends = ends(text).map(|(low, high)| [low, high]);
    let other = ends.iter().flatten().filter_map(|end| said(end));
    let named = other.map(|money| money.currency).find(|currency| *currency != otherwise);
    let currency = named.unwrap_or(otherwise);
    let range = range(text, &|end| Ok(Money::parse(end, currency)?))?;
    if let (Some(min), Some(max)) = (range.min, range.max) {
        min.same_currency(max)?;
    }
    Ok(range)
}

fn range<T: Copy + Ord>(
    text: &str,
    one: &dyn Fn(&str) -> Result<T, RangeError>,
) -> Result<Range<T>, RangeError> {
    let lower = text.trim().to_lowercase();
    let behind = ["or more", "and more", "and up", "+"];
    let least = behind.iter().find_map(|mark| lower.strip_suffix(mark));
    if let Some(min) = least.or_else(|| lower.strip_prefix("at least")) {
        return Ok(Range::new(Some(one(min.trim())?), None));
    }
    if let Some(max) = lower.strip_prefix("up to").or_else(|| lower.strip_prefix("at most")) {
        return Ok(Range::new(None, Some(one(max.trim())?)));
    }
    let Some((low, high)) = ends(&lower) else {
        let only = one(&lower)?;
        return Ok(Range::new(Some(only), Some(only)));
    };
    let max = one(high)?;
    let min = low_end(low, high, max, one)?;
    if min > max { Err(RangeError::Reversed) } else { Ok(Range::new(Some(min), Some(max))) }
}

/// In `10–50m` both are millions; in `500–1k` only the second has its size.
pub fn low_end<T: Copy + Ord, E>(
    low: &str,
    high: &str,
    max: T,
    one: &dyn Fn(&str) -> Result<T, E>,
) -> Result<T, E> {
    let scaled = numbers::with_size_of(low, high);
    let scaled = scaled.map(|low| one(&low)).transpose()?.filter(|min| *min < max);
    scaled.map_or_else(|| one(low), Ok)
}

/// The two ends of a range.
fn ends(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let text =
        ["between ", "from "].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    let marks = ["–", "—", " to ", " and ", "-"];
    let (low, high) = marks.iter().find_map(|mark| text.split_once(mark))?;
    Some((low.trim(), high.trim())).filter(|(low, _)| !low.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(text: &str) -> Option<(Option<u64>, Option<u64>)> {
        counts(text).ok().map(|range| (range.min, range.max))
    }

    #[test]
    fn ranges_read_in_the_ways_people_write_them() {
        for (text, range) in [
            ("50–500", (Some(50), Some(500))),
            ("50-500 employees", (Some(50), Some(500))),
            ("between 50 and 500 people", (Some(50), Some(500))),
            ("1000 or more", (Some(1_000), None)),
            ("50+", (Some(50), None)),
            ("at least 50", (Some(50), None)),
            ("up to 500", (None, Some(500))),
            ("4k–20k", (Some(4_000), Some(20_000))),
            ("10-50k", (Some(10_000), Some(50_000))),
            ("500-1k", (Some(500), Some(1_000))),
            ("7", (Some(7), Some(7))),
        ] {
            assert_eq!(sizes(text), Some(range), "{text}");
        }
        for text in ["some", "50x–60", "500-50", "ISO 27001", "-50", "1-2-3", "50–"] {
            assert_eq!(sizes(text), None, "{text}");
        }
        let ambiguous = counts("1.500–20.000").unwrap_err();
        assert!(ambiguous.to_string().contains("20,000 or 20.00"), "{ambiguous}");
    }

    #[test]
    fn both_ends_of_a_range_share_size_and_currency() {
        let shown = |text: &str| {
            let range = amounts(text, Currency::USD).ok()?;
            Some(format!("{} {}", range.min?, range.max?))
        };
        assert_eq!(shown("10–50m").as_deref(), Some("$10,000,000 $50,000,000"));
        assert_eq!(shown("€10–50m").as_deref(), Some("€10,000,000 €50,000,000"));
        assert_eq!(shown("10–50 Mio. €").as_deref(), Some("€10,000,000 €50,000,000"));
        assert_eq!(shown("€1m – $2m"), None);
        assert_eq!(shown("10 k€ – 1m€").as_deref(), Some("€10,000 €1,000,000"));
    }
}
