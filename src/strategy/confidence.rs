//! ICP confidence (W-02): how many of our partners already serve the customers we want.

use crate::partners::{Partner, PartnerStatus};

use super::field::Range;
use super::icp::Icp;
use super::text::folded;

/// Traits that must be comparable before a partner is judged.
const ENOUGH: usize = 2;

/// Partners that match the profile, of those that could be compared with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confidence {
    pub matching: usize,
    /// Partners with at least two comparable traits.
    pub evaluated: usize,
    /// Partners that were compared and do not match, with the traits that miss.
    pub missed: Vec<Judged>,
    /// Partners with too little data, with the traits that are missing.
    pub not_evaluable: Vec<Judged>,
    /// Prospects, partners being recruited, and archived ones: not partners today.
    pub left_out: usize,
}

/// A partner and the traits that decided about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub external_id: String,
    pub name: String,
    pub traits: Vec<Trait>,
}

/// What the profile and a partner can both state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trait {
    Industries,
    CompanySize,
    Regions,
}

impl Trait {
    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Industries => "industries",
            Self::CompanySize => "company size served",
            Self::Regions => "regions served",
        }
    }
}

impl Confidence {
    /// Matching of evaluated in whole percent, rounded half up; `None` when nobody was evaluated.
    #[must_use]
    pub fn percent(&self) -> Option<usize> {
        (self.evaluated > 0).then(|| (self.matching * 200 + self.evaluated) / (self.evaluated * 2))
    }
}

/// Compares every existing partner with the profile: active, or of unknown status. A partner
/// matches when every trait that the profile states and the partner has data for overlaps, and at
/// least two were comparable; with fewer it is not evaluable.
#[must_use]
pub fn confidence(icp: &Icp, partners: &[Partner]) -> Confidence {
    let mut all = Confidence::default();
    for partner in partners {
        if partner.status.is_some_and(|status| status != PartnerStatus::Active) {
            all.left_out += 1;
            continue;
        }
        let traits = compare(icp, partner);
        let judged = |wanted: Option<bool>| Judged {
            external_id: partner.external_id.clone(),
            name: partner.name.clone(),
            traits: traits.iter().filter(|(_, it)| *it == wanted).map(|(of, _)| *of).collect(),
        };
        if traits.iter().filter(|(_, overlaps)| overlaps.is_some()).count() < ENOUGH {
            all.not_evaluable.push(judged(None));
            continue;
        }
        all.evaluated += 1;
        let misses = judged(Some(false));
        if misses.traits.is_empty() {
            all.matching += 1;
        } else {
            all.missed.push(misses);
        }
    }
    all
}

/// For each trait: whether it overlaps, or nothing where one side does not state it.
fn compare(icp: &Icp, partner: &Partner) -> [(Trait, Option<bool>); 3] {
    let size = partner
        .company_size_served
        .map(|served| Range::new(Some(u64::from(served.min)), served.max.map(u64::from)));
    [
        (Trait::Industries, share_one(icp.industries.texts(), &partner.industries)),
        (
            Trait::CompanySize,
            icp.company_size.zip(size).map(|(wanted, served)| wanted.overlaps(&served)),
        ),
        (Trait::Regions, share_one(icp.regions.texts(), &partner.regions_served)),
    ]
}

fn share_one<'a>(wanted: impl Iterator<Item = &'a str>, has: &[String]) -> Option<bool> {
    let wanted: Vec<String> = wanted.map(folded).collect();
    let stated = !wanted.is_empty() && !has.is_empty();
    stated.then(|| has.iter().any(|one| wanted.contains(&folded(one))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partners::SizeServed;
    use crate::strategy::list::List;

    fn icp() -> Icp {
        Icp {
            company_size: Some(Range::new(Some(50), Some(500))),
            industries: List::of(["Fintech", "Insurance"]),
            regions: List::of(["DACH"]),
            ..Icp::default()
        }
    }

    fn partner(name: &str, industries: &[&str], size: Option<&str>, regions: &[&str]) -> Partner {
        let texts = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        Partner {
            external_id: name.to_lowercase(),
            name: name.to_owned(),
            domain: None,
            partner_type: None,
            models: Vec::new(),
            tier: None,
            tier_source: None,
            band: None,
            region: None,
            segment: None,
            status: Some(PartnerStatus::Active),
            owner_email: None,
            certified_individuals: None,
            dedicated_practice: None,
            agreement_date: None,
            last_activity_date: None,
            industries: texts(industries),
            company_size_served: size.and_then(SizeServed::from_text),
            regions_served: texts(regions),
        }
    }

    #[test]
    fn a_partner_matches_when_everything_comparable_overlaps() {
        let partners = [
            partner("All", &["insurance"], Some("400-900"), &["dach", "UK"]),
            partner("Two", &["Fintech"], None, &["DACH"]),
            partner("Small", &["Fintech"], Some("1-49"), &["DACH"]),
            partner("Far", &["Retail"], Some("50-500"), &["US"]),
        ];
        let found = confidence(&icp(), &partners);
        assert_eq!((found.matching, found.evaluated), (2, 4));
        assert_eq!(found.percent(), Some(50));
        let missed: Vec<_> =
            found.missed.iter().map(|miss| (miss.name.as_str(), miss.traits.clone())).collect();
        assert_eq!(
            missed,
            [("Small", vec![Trait::CompanySize]), ("Far", vec![Trait::Industries, Trait::Regions])]
        );
    }

    #[test]
    fn fewer_than_two_comparable_traits_are_not_evaluable_and_listed() {
        let found = confidence(&icp(), &[partner("Bare", &["Retail"], None, &[])]);
        assert_eq!((found.matching, found.evaluated), (0, 0));
        assert_eq!(found.percent(), None, "never 0 % or 100 % of nobody");
        assert_eq!(found.not_evaluable[0].traits, [Trait::CompanySize, Trait::Regions]);
    }

    #[test]
    fn traits_that_the_profile_does_not_state_are_not_compared() {
        let only_industries = Icp { industries: List::of(["Fintech"]), ..Icp::default() };
        let found = confidence(&only_industries, &[partner("P", &["Fintech"], None, &["US"])]);
        assert_eq!((found.evaluated, found.not_evaluable.len()), (0, 1));
    }

    #[test]
    fn only_partners_of_today_count() {
        let mut all = Vec::new();
        for (name, status) in [
            ("Active", Some(PartnerStatus::Active)),
            ("Unknown", None),
            ("Prospect", Some(PartnerStatus::Prospect)),
            ("Archived", Some(PartnerStatus::Archived)),
        ] {
            let partner = partner(name, &["Fintech"], Some("100+"), &["DACH"]);
            all.push(Partner { status, ..partner });
        }
        let found = confidence(&icp(), &all);
        assert_eq!((found.matching, found.evaluated, found.left_out), (2, 2, 2));
    }

    #[test]
    fn eighteen_of_twenty_four_are_three_quarters() {
        let percent = |matching, evaluated| {
            Confidence { matching, evaluated, ..Confidence::default() }.percent()
        };
        assert_eq!(percent(18, 24), Some(75));
        assert_eq!(percent(1, 3), Some(33));
        assert_eq!(percent(2, 3), Some(67));
        assert_eq!(percent(0, 3), Some(0));
    }
}
