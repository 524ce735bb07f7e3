//! The ideal customer profile: who buys (W-02).

use super::field::Range;
use super::list::List;
use super::money::{Currency, Money};
use super::record::{Rules, section};

section! {
    /// Who buys, in traits that can be compared with what a partner serves.
    #[derive(Default)]
    pub struct Icp {
        summary: String, "Summary",
            "Who we sell to, in one or two sentences.",
            also ["description", "overview", "one liner"];
        company_size: Option<Range<u64>>, "Company size",
            "Employees of a customer, such as 50–500.", unit "employees",
            also [
                "company size range", "size range", "employee range", "employee count",
                "number of employees", "head count", "headcount", "employees", "size",
                "company sizes", "staff",
            ];
        industries: List, "Industries",
            "Industries in which customers work.",
            also ["industry", "verticals", "vertical", "sectors", "sector"];
        regions: List, "Regions",
            "Countries or regions in which customers buy.",
            also [
                "region", "markets", "market", "geographies", "geography", "countries", "country",
                "territories", "territory",
            ];
        annual_revenue: Option<Range<Money>>, "Annual revenue",
            "Yearly revenue of a customer, such as $10m–$50m.",
            also ["revenue range", "annual revenue range", "revenues", "revenue", "turnover"];
        technologies: List, "Technologies",
            "What customers run or must have, such as a cloud or a standard.",
            also [
                "technology", "tech stack", "stack", "technographics", "technographic", "tools",
                "tool", "systems", "certifications", "certification",
            ];
        behaviours: List, "Behaviours",
            "What customers do before they buy.",
            also [
                "behaviour", "behaviors", "behavior", "buying signals", "buying signal", "signals",
                "signal", "triggers", "trigger",
            ];
        buyers: List, "Buyers",
            "Roles that decide or sign.",
            also [
                "buyer", "personas", "persona", "decision makers", "decision maker", "champions",
                "champion", "buyer roles", "buyer role", "buying roles", "buying role",
            ];
        pain_points: List, "Pain points",
            "What hurts customers enough to buy.",
            also [
                "pain point", "pains", "pain", "problems", "problem", "challenges", "challenge",
            ];
    }
}

impl Rules for Icp {
    fn currency(&self) -> Option<Currency> {
        let revenue = self.annual_revenue?;
        revenue.min.or(revenue.max).map(|end| end.currency)
    }
}
