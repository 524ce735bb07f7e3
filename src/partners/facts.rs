//! The three kinds of facts, with the columns that files bring. What a company does not know is `None` or empty.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::money::Money;
use super::words::{
    ActivityKind, Attribution, Band, Category, Model, Outcome, PartnerStatus, PartnerType, Tier,
    TierSource,
};

/// A company that sells, builds or refers with us, or may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// The id in the system that the file comes from; never changes.
    pub external_id: String,
    pub name: String,
    pub domain: Option<String>,
    pub partner_type: Option<PartnerType>,
    pub models: Vec<Model>,
    pub tier: Option<Tier>,
    pub tier_source: Option<TierSource>,
    pub band: Option<Band>,
    pub region: Option<String>,
    pub segment: Option<String>,
    pub status: Option<PartnerStatus>,
    pub owner_email: Option<String>,
    /// People of the partner who hold a certificate now.
    pub certified_individuals: Option<u32>,
    /// Whether it has a dedicated practice or centre of excellence.
    pub dedicated_practice: Option<bool>,
    pub agreement_date: Option<Date>,
    /// The last day with pipeline activity; starts the exit clock (S-16).
    pub last_activity_date: Option<Date>,
    pub industries: Vec<String>,
    pub company_size_served: Option<SizeServed>,
    pub regions_served: Vec<String>,
}

/// An opportunity, with or without a partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deal {
    pub external_id: String,
    /// `None` only for a direct deal.
    pub partner_external_id: Option<String>,
    pub attribution: Attribution,
    pub name: String,
    /// The company's own word for where the deal stands.
    pub stage: Option<String>,
    pub amount: Option<Money>,
    /// When the partner registered it, and the response clock starts (S-21); for a direct deal, when
    /// it was entered.
    pub registered_at: Option<Moment>,
    /// When we answered the registration.
    pub responded_at: Option<Moment>,
    pub expected_close: Option<Date>,
    /// Set exactly when the deal is won or lost.
    pub closed_at: Option<Date>,
    pub outcome: Outcome,
    pub region: Option<String>,
    pub segment: Option<String>,
}

/// Something done with a partner on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    pub external_id: String,
    pub partner_external_id: String,
    pub kind: ActivityKind,
    pub date: Date,
    pub title: Option<String>,
    /// How many people took part; for a certification, how many were certified.
    pub people: Option<u32>,
    /// What it was worth or cost, in the workspace's currency.
    pub value: Option<Money>,
}

impl Partner {
    /// The TAM category by the partner's type; `None` when there is no type or it is strategic.
    #[must_use]
    pub fn category(&self) -> Option<Category> {
        self.partner_type.and_then(PartnerType::category)
    }
}

/// How many employees a partner's customers have, from and to, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SizeServed {
    pub min: u32,
    /// `None` is "and more".
    pub max: Option<u32>,
}

impl SizeServed {
    /// Reads `50-500`, `1,001–5,000`, `50 to 500 employees` or `1000+`. People are whole, so a sign
    /// before three digits parts thousands.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let lower = text.trim().to_lowercase();
        let text = ["employees", "people", "staff", "fte"]
            .iter()
            .find_map(|word| lower.strip_suffix(word))
            .unwrap_or(&lower)
            .trim();
        let open = ["+", "or more", "and more", "and above"];
        if let Some(min) = open.iter().find_map(|mark| text.strip_suffix(mark)) {
            return Some(Self { min: employees(min)?, max: None });
        }
        let (min, max) =
            ["-", "–", "—", "‑", "−", " to "].iter().find_map(|mark| text.split_once(mark))?;
        let (min, max) = (employees(min)?, employees(max)?);
        (min <= max).then_some(Self { min, max: Some(max) })
    }

    /// Whether the two ranges share a size.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        let reaches = |max: Option<u32>, min: u32| max.is_none_or(|max| max >= min);
        reaches(self.max, other.min) && reaches(other.max, self.min)
    }
}

/// A whole number, its thousands parted or not.
fn employees(text: &str) -> Option<u32> {
    let mut groups = text.trim().split(|c: char| !c.is_ascii_digit());
    let first = groups.next()?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || !(1..=3).contains(&first.len()) {
            return None;
        }
        digits.push_str(group);
    }
    digits.parse().ok()
}

impl fmt::Display for SizeServed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.max {
            Some(max) => write!(f, "{}-{max}", self.min),
            None => write!(f, "{}+", self.min),
        }
    }
}

/// An instant, or only its day where the file knows no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Moment {
    At(Timestamp),
    On(Date),
}

impl Moment {
    /// Reads `2026-03-01`, `2026-03-01T10:30:00Z` or with an offset. A time of day without a zone
    /// is refused, because it would be a guess.
    #[must_use]
    pub fn from_iso(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() <= 10 {
            return text.parse().ok().map(Self::On);
        }
        text.parse().ok().map(Self::At)
    }

    /// Its day in a zone.
    #[must_use]
    pub fn day(self, zone: &TimeZone) -> Date {
        match self {
            Self::At(instant) => zone.to_datetime(instant).date(),
            Self::On(day) => day,
        }
    }

    /// Its instant; a bare day begins at its start in the zone.
    #[must_use]
    pub fn instant(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::At(instant) => instant,
            Self::On(day) => day
                .to_zoned(zone.clone())
                .map_or_else(|_| nearest_end(day), |zoned| zoned.timestamp()),
        }
    }

    /// Elapsed time until a later moment (S-21: 48 hours are elapsed hours).
    #[must_use]
    pub fn until(self, later: Self, zone: &TimeZone) -> SignedDuration {
        later.instant(zone).duration_since(self.instant(zone))
    }
}

fn nearest_end(day: Date) -> Timestamp {
    if day.year() < 0 { Timestamp::MIN } else { Timestamp::MAX }
}

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::from_iso(&text).ok_or_else(|| format!("\"{text}\" is no ISO 8601 date or instant"))
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(instant) => instant.fmt(f),
            Self::On(day) => day.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn sizes_are_read_in_the_ways_people_write_them() {
        let range = |min, max| Some(SizeServed { min, max });
        assert_eq!(SizeServed::from_text("50-500"), range(50, Some(500)));
        assert_eq!(SizeServed::from_text(" 50 – 500 "), range(50, Some(500)));
        assert_eq!(SizeServed::from_text("50 to 500"), range(50, Some(500)));
        assert_eq!(SizeServed::from_text("1000+"), range(1000, None));
        for text in ["1,001-5,000", "1.001–5.000", "1 001 to 5'000", "1001-5000 employees"] {
            assert_eq!(SizeServed::from_text(text), range(1001, Some(5000)), "{text}");
        }
        assert_eq!(SizeServed::from_text("10,001+ employees"), range(10_001, None));
        for wrong in
            ["", "big", "500-50", "50", "-5", "1-2-3", "99999999999+", "1,5-2", "1,0001+", "Jan-10"]
        {
            assert_eq!(SizeServed::from_text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes_overlap_when_they_share_one_size() {
        let size = |text| SizeServed::from_text(text).unwrap();
        assert!(size("50-500").overlaps(size("500-900")));
        assert!(!size("50-499").overlaps(size("500-900")));
        assert!(size("1000+").overlaps(size("2000-3000")));
        assert!(!size("1000+").overlaps(size("1-999")));
    }

    #[test]
    fn a_time_without_a_zone_is_no_moment() {
        assert_eq!(Moment::from_iso("2026-03-01"), Some(Moment::On(date(2026, 3, 1))));
        assert!(matches!(Moment::from_iso("2026-03-01T10:30:00+01:00"), Some(Moment::At(_))));
        assert_eq!(Moment::from_iso("2026-03-01T10:30:00"), None);
        assert_eq!(Moment::from_iso("2026-02-30"), None);
        assert_eq!(Moment::from_iso("01.03.2026"), None);
    }

    #[test]
    fn elapsed_hours_count_across_a_clock_change() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let from = Moment::On(date(2026, 3, 28));
        assert_eq!(from.until(Moment::On(date(2026, 3, 30)), &berlin).as_hours(), 47);
    }

    #[test]
    fn a_moment_keeps_its_text() {
        for text in ["2026-03-01", "2026-03-01T10:30:00Z"] {
            assert_eq!(Moment::from_iso(text).unwrap().to_string(), text);
        }
    }
}
