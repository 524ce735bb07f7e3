//! Who a report speaks about: saved filters, and the honest answer when nobody matches.
//!
//! Within one filter any value may match, across filters all must (product rule E-03). Values are
//! compared without regard to case. An empty filter lets everybody through.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A named set of filters. It stores filters, never results: "all partners" means all at run time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// The name it was saved under; empty for one that was not saved.
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub filters: Filters,
}

/// The four filters of a view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filters {
    pub partner_types: BTreeSet<String>,
    /// External ids of single partners.
    pub partners: BTreeSet<String>,
    pub regions: BTreeSet<String>,
    pub segments: BTreeSet<String>,
}

/// One of the four filters, as it is named to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    PartnerType,
    Partner,
    Region,
    Segment,
}

impl Filter {
    const ALL: [Self; 4] = [Self::PartnerType, Self::Partner, Self::Region, Self::Segment];
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PartnerType => "partner type",
            Self::Partner => "partner",
            Self::Region => "region",
            Self::Segment => "segment",
        })
    }
}

/// What a filter looks at in a partner.
#[derive(Clone, Copy, Debug)]
pub struct Traits<'a> {
    pub partner_type: &'a str,
    pub external_id: &'a str,
    pub region: &'a str,
    pub segment: &'a str,
}

/// No partner matches a view, and which filter is to blame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("0 of {total} partners match; the {culprit} filter ({values}) excludes all{hint}")]
pub struct NoMatch {
    /// Partners looked at.
    pub total: usize,
    /// The filter to relax.
    pub culprit: Filter,
    /// Its values, as they were asked for.
    pub values: String,
    /// How many would match without it.
    pub without: usize,
    hint: String,
}

impl Filters {
    /// Whether nothing is filtered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        Filter::ALL.iter().all(|filter| self.values(*filter).is_empty())
    }

    /// The wanted values of one filter.
    #[must_use]
    pub fn values(&self, filter: Filter) -> &BTreeSet<String> {
        match filter {
            Filter::PartnerType => &self.partner_types,
            Filter::Partner => &self.partners,
            Filter::Region => &self.regions,
            Filter::Segment => &self.segments,
        }
    }

    /// Whether a partner passes all filters.
    #[must_use]
    pub fn matches(&self, partner: Traits<'_>) -> bool {
        Filter::ALL.iter().all(|filter| self.passes(*filter, partner))
    }

    /// Whether a deal without a partner passes: only its region and segment can be asked.
    #[must_use]
    pub fn matches_direct(&self, region: &str, segment: &str) -> bool {
        let direct = Traits { partner_type: "", external_id: "", region, segment };
        self.matches(direct)
    }

    /// The filters in words: `Region: EMEA, APAC · Segment: Enterprise`, or `All partners`.
    #[must_use]
    pub fn describe(&self) -> String {
        let parts: Vec<String> = Filter::ALL
            .iter()
            .filter(|filter| !self.values(**filter).is_empty())
            .map(|filter| format!("{}: {}", capital(&filter.to_string()), self.joined(*filter)))
            .collect();
        if parts.is_empty() { "All partners".to_owned() } else { parts.join(" · ") }
    }

    /// Nobody matches: names the filter whose removal would let the most partners through, and
    /// among equals the one that lets through nobody by itself.
    ///
    /// `None` when somebody matches or nothing is filtered.
    #[must_use]
    pub fn no_match(&self, partners: &[Traits<'_>]) -> Option<NoMatch> {
        if self.is_empty() || partners.iter().any(|partner| self.matches(*partner)) {
            return None;
        }
        let active = Filter::ALL.into_iter().filter(|filter| !self.values(*filter).is_empty());
        let (without, _, culprit) = active
            .map(|filter| {
                let without = partners.iter().filter(|p| self.matches_without(filter, **p)).count();
                let alone = partners.iter().filter(|p| self.passes(filter, **p)).count();
                (without, partners.len() - alone, filter)
            })
            .max_by_key(|(without, excluded, _)| (*without, *excluded))?;
        let values = self.joined(culprit);
        let hint = match without {
            0 => String::new(),
            1 => "; without it 1 would match".to_owned(),
            n => format!("; without it {n} would match"),
        };
        Some(NoMatch { total: partners.len(), culprit, values, without, hint })
    }

    fn matches_without(&self, left_out: Filter, partner: Traits<'_>) -> bool {
        Filter::ALL.iter().all(|filter| *filter == left_out || self.passes(*filter, partner))
    }

    fn passes(&self, filter: Filter, partner: Traits<'_>) -> bool {
        let wanted = self.values(filter);
        let has = match filter {
            Filter::PartnerType => partner.partner_type,
            Filter::Partner => partner.external_id,
            Filter::Region => partner.region,
            Filter::Segment => partner.segment,
        };
        wanted.is_empty() || wanted.iter().any(|want| same(want, has))
    }

    fn joined(&self, filter: Filter) -> String {
        self.values(filter).iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACME: Traits<'_> =
        Traits { partner_type: "reseller", external_id: "P-1", region: "EMEA", segment: "smb" };
    const ZETA: Traits<'_> =
        Traits { partner_type: "consulting", external_id: "P-2", region: "APAC", segment: "smb" };

    fn set(values: &[&str]) -> BTreeSet<String> {
        values.iter().map(|v| (*v).to_owned()).collect()
    }

    #[test]
    fn within_a_filter_any_value_matches_and_across_filters_all_must() {
        let both = Filters { regions: set(&["emea", "apac"]), ..Filters::default() };
        assert!(both.matches(ACME) && both.matches(ZETA));
        let narrow = Filters { partner_types: set(&["reseller"]), ..both };
        assert!(narrow.matches(ACME) && !narrow.matches(ZETA));
    }

    #[test]
    fn a_view_that_matches_nobody_names_the_filter_to_relax() {
        let filters =
            Filters { regions: set(&["LATAM"]), segments: set(&["SMB"]), ..Filters::default() };
        let none = filters.no_match(&[ACME, ZETA]).unwrap();
        assert_eq!(none.culprit, Filter::Region);
        assert_eq!(
            none.to_string(),
            "0 of 2 partners match; the region filter (LATAM) excludes all; without it 2 would match"
        );
    }

    #[test]
    fn filters_that_only_clash_together_still_name_one() {
        let filters = Filters {
            regions: set(&["APAC"]),
            partner_types: set(&["reseller"]),
            ..Filters::default()
        };
        assert_eq!(filters.no_match(&[ACME, ZETA]).unwrap().without, 1);
    }

    #[test]
    fn a_direct_deal_is_left_out_as_soon_as_partners_are_asked_for() {
        let region = Filters { regions: set(&["EMEA"]), ..Filters::default() };
        assert!(region.matches_direct("emea", ""));
        let partner = Filters { partners: set(&["P-1"]), ..Filters::default() };
        assert!(!partner.matches_direct("EMEA", "smb"));
    }

    #[test]
    fn no_filter_reads_as_all_partners() {
        assert_eq!(Filters::default().describe(), "All partners");
        let filters = Filters {
            regions: set(&["EMEA"]),
            segments: set(&["Enterprise"]),
            ..Filters::default()
        };
        assert_eq!(filters.describe(), "Region: EMEA · Segment: Enterprise");
    }
}
