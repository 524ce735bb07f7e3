//! The ideal partner profile: who partners, and which of the four categories we recommend (W-04).

use super::field::Range;
use super::list::List;
use super::record::{Rules, record, section};

section! {
    /// Profile, capabilities and market reach of a strong partner.
    #[derive(Default)]
    pub struct IppProfile {
        summary: String, "Summary",
            "What a great partner looks like, in one or two sentences.",
            also ["description", "overview", "one liner"];
        capabilities: List, "Capabilities",
            "What a partner must be able to do.",
            also ["capability", "skills", "skill", "services", "service", "competencies"];
        market_reach: List, "Market reach",
            "Regions a partner reaches.",
            also [
                "reach", "regions", "region", "markets", "market", "geographies", "geography",
                "countries", "country", "territories", "territory",
            ];
        industries: List, "Industries",
            "Industries a partner serves.",
            also ["industry", "verticals", "vertical", "sectors", "sector"];
        partner_size: Option<Range<u64>>, "Partner size",
            "Employees of a partner, such as 20–200.", unit "employees",
            also [
                "partner size range", "size range", "company size", "employee range",
                "employee count", "number of employees", "head count", "headcount", "employees",
                "size", "staff",
            ];
        certified_people: Option<u64>, "Minimum certified people",
            "Certified people a partner needs at least.", unit "people",
            also [
                "certified people", "minimum certified", "certified individuals",
                "certified persons", "certified staff", "minimum certified individuals",
                "certified consultants",
            ];
        traits: List, "Traits",
            "What else marks a strong partner.",
            also ["trait", "characteristics", "characteristic", "criteria", "criterion"];
    }
}

impl Rules for IppProfile {}

record! {
    /// One category of partners: whether we want it, what it is worth, and why.
    #[derive(Default)]
    pub struct PartnerCategory {
        recommended: bool, "Recommended",
            "Whether we look for this kind of partner now.",
            also ["recommendation"];
        value_proposition: String, "Value proposition",
            "What this kind of partner gains and gives.",
            also ["value prop", "value propositions", "proposition", "value", "pitch"];
        reason: String, "Reason",
            "Why it is recommended, or why not.",
            also ["reasons", "rationale", "why"];
    }
}

section! {
    /// The four recommended categories; always exactly these.
    #[derive(Default)]
    pub struct IppTypes {}
    rows PartnerCategory {
        solutions "Solutions",
            ["solution", "solutions partners", "solution partners", "services partners"];
        technology "Technology", ["tech", "technology partners", "tech partners"];
        reseller "Reseller", ["resellers", "reseller partners", "resale"];
        referral "Referral", ["referrals", "referral partners", "referrers"];
    }
}

impl Rules for IppTypes {}

impl IppTypes {
    /// The categories with their names, in reading order.
    #[must_use]
    pub fn categories(&self) -> [(&'static str, &PartnerCategory); 4] {
        [
            ("Solutions", &self.solutions),
            ("Technology", &self.technology),
            ("Reseller", &self.reseller),
            ("Referral", &self.referral),
        ]
    }
}
