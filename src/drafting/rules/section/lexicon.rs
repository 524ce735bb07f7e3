//! Words that the answers use for regions, industries and buyers, so that a sentence such as
//! "DACH lenders" fills the right fields. Nothing is concluded that is not said.

/// Regions and countries; the longest first where one begins like another.
const REGIONS: &[&str] = &[
    "UK & Ireland",
    "UK and Ireland",
    "Southern Europe",
    "Northern Europe",
    "Eastern Europe",
    "Western Europe",
    "Central Europe",
    "North America",
    "South America",
    "Latin America",
    "Middle East",
    "Southeast Asia",
    "South East Asia",
    "United Kingdom",
    "United States",
    "Great Britain",
    "New Zealand",
    "South Africa",
    "South Korea",
    "Saudi Arabia",
    "Asia Pacific",
    "DACH",
    "Nordics",
    "Benelux",
    "Baltics",
    "Iberia",
    "Balkans",
    "EMEA",
    "APAC",
    "LATAM",
    "ANZ",
    "MENA",
    "GCC",
    "Europe",
    "Asia",
    "Africa",
    "Oceania",
    "EU",
    "UK",
    "US",
    "USA",
    "UAE",
    "Germany",
    "Austria",
    "Switzerland",
    "France",
    "Italy",
    "Spain",
    "Portugal",
    "Netherlands",
    "Belgium",
    "Luxembourg",
    "Denmark",
    "Sweden",
    "Norway",
    "Finland",
    "Iceland",
    "Ireland",
    "England",
    "Scotland",
    "Wales",
    "Poland",
    "Czechia",
    "Slovakia",
    "Hungary",
    "Romania",
    "Bulgaria",
    "Greece",
    "Turkey",
    "Israel",
    "India",
    "China",
    "Japan",
    "Korea",
    "Singapore",
    "Indonesia",
    "Malaysia",
    "Thailand",
    "Vietnam",
    "Philippines",
    "Australia",
    "Canada",
    "Mexico",
    "Brazil",
    "Argentina",
    "Chile",
    "Colombia",
    "Peru",
    "Egypt",
    "Nigeria",
    "Kenya",
    "California",
    "Texas",
    "New York",
];

/// What people call an industry or its companies, and the industry's name.
const INDUSTRIES: &[(&str, &str)] = &[
    ("financial services", "Financial services"),
    ("food and beverage", "Food and beverage"),
    ("oil and gas", "Oil and gas"),
    ("life sciences", "Life sciences"),
    ("public sector", "Public sector"),
    ("professional services", "Professional services"),
    ("real estate", "Real estate"),
    ("manufacturers", "Manufacturing"),
    ("manufacturing", "Manufacturing"),
    ("wholesalers", "Wholesale"),
    ("wholesale", "Wholesale"),
    ("retailers", "Retail"),
    ("retail", "Retail"),
    ("ecommerce", "E-commerce"),
    ("e-commerce", "E-commerce"),
    ("fintechs", "Fintech"),
    ("fintech", "Fintech"),
    ("lenders", "Lending"),
    ("lending", "Lending"),
    ("banks", "Banking"),
    ("banking", "Banking"),
    ("insurers", "Insurance"),
    ("insurance", "Insurance"),
    ("insurtech", "Insurance"),
    ("hospitals", "Healthcare"),
    ("healthcare", "Healthcare"),
    ("health care", "Healthcare"),
    ("pharma", "Pharmaceuticals"),
    ("pharmaceuticals", "Pharmaceuticals"),
    ("logistics", "Logistics"),
    ("carriers", "Logistics"),
    ("transport", "Transport"),
    ("telecoms", "Telecommunications"),
    ("telecommunications", "Telecommunications"),
    ("utilities", "Utilities"),
    ("energy", "Energy"),
    ("education", "Education"),
    ("universities", "Education"),
    ("government", "Public sector"),
    ("hospitality", "Hospitality"),
    ("hotels", "Hospitality"),
    ("travel", "Travel"),
    ("media", "Media"),
    ("construction", "Construction"),
    ("automotive", "Automotive"),
    ("aerospace", "Aerospace"),
    ("chemicals", "Chemicals"),
    ("agriculture", "Agriculture"),
    ("legal", "Legal"),
    ("law firms", "Legal"),
    ("saas", "Software"),
    ("software companies", "Software"),
];

/// A word of the product category, and who usually signs for it.
const BUYERS: &[(&str, &str)] = &[
    ("security", "CISO"),
    ("identity", "CISO"),
    ("fraud", "Head of risk"),
    ("risk", "Head of risk"),
    ("compliance", "Head of compliance"),
    ("payment", "CFO"),
    ("finance", "CFO"),
    ("billing", "CFO"),
    ("accounting", "CFO"),
    ("audit", "CFO"),
    ("spend", "CFO"),
    ("marketing", "CMO"),
    ("crm", "Chief revenue officer"),
    ("sales", "Chief revenue officer"),
    ("recruiting", "Chief people officer"),
    ("hr", "Chief people officer"),
    ("payroll", "Chief people officer"),
    ("data", "Chief data officer"),
    ("analytics", "Chief data officer"),
    ("developer", "CTO"),
    ("observability", "CTO"),
    ("cloud", "CIO"),
    ("it", "CIO"),
    ("erp", "CIO"),
    ("legal", "General counsel"),
    ("contract", "General counsel"),
    ("logistics", "Head of logistics"),
    ("freight", "Head of logistics"),
    ("shipment", "Head of logistics"),
    ("supply", "Head of supply chain"),
    ("procurement", "Head of procurement"),
    ("support", "Head of customer service"),
    ("learning", "Head of learning"),
];

/// The regions that a text names, as they are written there; none when it names none.
pub(super) fn regions(text: &str) -> Vec<String> {
    let mut rest = text.to_owned();
    let mut found: Vec<(usize, String)> = Vec::new();
    for region in REGIONS {
        if let Some(at) = position(&rest, region, region.len() <= 3) {
            found.push((at, rest[at..at + region.len()].to_owned()));
            rest.replace_range(at..at + region.len(), &" ".repeat(region.len()));
        }
    }
    found.sort();
    found.into_iter().map(|(_, region)| region).collect()
}

/// The industries that a text names.
pub(super) fn industries(text: &str) -> Vec<String> {
    let mut found: Vec<(usize, &str)> = INDUSTRIES
        .iter()
        .filter_map(|(words, name)| position(text, words, false).map(|at| (at, *name)))
        .collect();
    found.sort_unstable();
    let mut names: Vec<String> = Vec::new();
    for (_, name) in found {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Who usually signs for such a product; at most two.
pub(super) fn buyers(category: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (word, buyer) in BUYERS {
        if position(category, word, false).is_some() && !found.iter().any(|known| known == buyer) {
            found.push((*buyer).to_owned());
        }
    }
    found.truncate(2);
    found
}

/// Where the words stand as whole words; short names count only in their own case, so that `us`
/// is not a country.
fn position(text: &str, words: &str, exact: bool) -> Option<usize> {
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.char_indices().map(|(at, _)| at).find(|at| {
        let Some(here) = text.get(*at..at + words.len()) else { return false };
        let same = if exact { here == words } else { here.eq_ignore_ascii_case(words) };
        same && !inside(text[..*at].chars().next_back())
            && !inside(text[at + words.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_found_as_they_are_written() {
        assert_eq!(regions("DACH financial services"), ["DACH"]);
        assert_eq!(regions("UK & Ireland"), ["UK & Ireland"]);
        assert_eq!(regions("lenders in Spain, and the nordics"), ["Spain", "nordics"]);
        assert!(regions("help us grow").is_empty());
    }

    #[test]
    fn industries_are_named_once() {
        assert_eq!(industries("Banks and other banking firms, retailers"), ["Banking", "Retail"]);
        assert!(industries("mid-market companies").is_empty());
    }

    #[test]
    fn buyers_follow_the_product() {
        assert_eq!(buyers("Payment fraud detection"), ["Head of risk", "CFO"]);
        assert!(buyers("Widgets").is_empty());
    }
}
