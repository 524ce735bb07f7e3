//! The ideal partner profile: whoever already serves the customers we want.

use crate::drafting::Draft;
use crate::drafting::brief::Brief;
use crate::strategy::document::Document;
use crate::strategy::ipp::IppProfile;
use crate::strategy::list::List;

use super::{customer, customers, inside, listed, told};

/// The five factors by which partners are scored (S-06), as traits.
const TRAITS: &[&str] = &[
    "Serves clients that fit our ideal customer profile",
    "Is trusted by our buyers",
    "Has a practice that our product belongs to",
    "Has partnered with similar vendors",
    "Can bring pipeline of its own",
];

/// Certified people that Silver, the lowest tier with a target, asks for (S-12).
const CERTIFIED: u64 = 1;

pub(super) fn write(brief: &Brief) -> Draft {
    let icp = customer(brief);
    let regions: Vec<&str> = icp.regions.texts().collect();
    let name = told(&brief.answers.company_name, "company name");
    let category = inside(&brief.answers.product_category, "product category");
    let reach = told(&listed(&regions), "markets");
    let mut capabilities = vec![format!("Advises on and introduces {category}")];
    capabilities.extend(icp.industries.texts().take(4).map(|one| format!("Knows {one} clients")));
    capabilities.extend(
        icp.technologies.texts().take(3).map(|one| format!("Connects {one} with our product")),
    );
    capabilities.push("Keeps certified people on staff".to_owned());
    let document = IppProfile {
        summary: format!(
            "A strong partner for {name} serves {} in {reach} and can bring {category} to them.",
            customers(brief)
        ),
        capabilities: List::of(capabilities),
        market_reach: List::of(regions),
        industries: List::of(icp.industries.texts()),
        partner_size: None,
        certified_people: Some(CERTIFIED),
        traits: List::of(TRAITS.iter().copied()),
        notes: List::default(),
    };
    Draft {
        document: Document::IppProfile(document),
        summary: "Written from the ideal customer profile and the setup answers.".to_owned(),
        questions: vec![
            "How many employees should a partner have?".to_owned(),
            "What must a partner be able to do that is not listed?".to_owned(),
        ],
        notes: vec![
            "The certified people are the threshold of the Silver tier.".to_owned(),
            "The traits are the five factors by which partners are scored.".to_owned(),
        ],
    }
}
