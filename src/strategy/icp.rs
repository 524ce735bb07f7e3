//! The ideal customer profile: who buys (W-02).

use serde::{Deserialize, Serialize};

use super::field::{FieldSpec, Kind, Range, SectionSpec};
use super::list::List;
use super::money::Money;
use super::slot::slots;

/// Firmographic, technographic and behavioural traits of the customers who fit best.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Icp {
    pub summary: String,
    /// Employees.
    pub company_size: Option<Range<u64>>,
    pub industries: List,
    pub regions: List,
    pub annual_revenue: Option<Range<Money>>,
    /// Technographic: what they run.
    pub technologies: List,
    /// Behavioural: what they do before they buy.
    pub behaviours: List,
    pub buyers: List,
    pub pain_points: List,
    pub notes: List,
}

slots!(Icp {
    summary Text, company_size Range, industries Items, regions Items, annual_revenue MoneyRange,
    technologies Items, behaviours Items, buyers Items, pain_points Items, notes Items,
});

/// The fields of the section.
pub static SPEC: SectionSpec = SectionSpec {
    fields: &[
        FieldSpec {
            name: "summary",
            label: "Summary",
            kind: Kind::Text,
            unit: "",
            synonyms: &["description", "overview", "one liner"],
            help: "Who we sell to, in one or two sentences.",
            assumption: false,
        },
        FieldSpec {
            name: "company_size",
            label: "Company size",
            kind: Kind::Range,
            unit: "employees",
            synonyms: &[
                "company size range",
                "size range",
                "employee range",
                "employee count",
                "number of employees",
                "head count",
                "headcount",
                "employees",
                "size",
                "company sizes",
                "staff",
            ],
            help: "Employees of a customer, such as 50–500.",
            assumption: false,
        },
        FieldSpec {
            name: "industries",
            label: "Industries",
            kind: Kind::Items,
            unit: "",
            synonyms: &["industry", "verticals", "vertical", "sectors", "sector"],
            help: "Industries in which customers work.",
            assumption: false,
        },
        FieldSpec {
            name: "regions",
            label: "Regions",
            kind: Kind::Items,
            unit: "",
            synonyms: &[
                "region",
                "markets",
                "market",
                "geographies",
                "geography",
                "countries",
                "country",
                "territories",
                "territory",
            ],
            help: "Countries or regions in which customers buy.",
            assumption: false,
        },
        FieldSpec {
            name: "annual_revenue",
            label: "Annual revenue",
            kind: Kind::MoneyRange,
            unit: "",
            synonyms: &["revenue range", "annual revenue range", "revenues", "revenue", "turnover"],
            help: "Yearly revenue of a customer, such as $10m–$50m.",
            assumption: false,
        },
        FieldSpec {
            name: "technologies",
            label: "Technologies",
            kind: Kind::Items,
            unit: "",
            synonyms: &[
                "technology",
                "tech stack",
                "stack",
                "technographics",
                "technographic",
                "tools",
                "tool",
                "systems",
                "certifications",
                "certification",
            ],
            help: "What customers run or must have, such as a cloud or a standard.",
            assumption: false,
        },
        FieldSpec {
            name: "behaviours",
            label: "Behaviours",
            kind: Kind::Items,
            unit: "",
            synonyms: &[
                "behaviour",
                "behaviors",
                "behavior",
                "buying signals",
                "buying signal",
                "signals",
                "signal",
                "triggers",
                "trigger",
            ],
            help: "What customers do before they buy.",
            assumption: false,
        },
        FieldSpec {
            name: "buyers",
            label: "Buyers",
            kind: Kind::Items,
            unit: "",
            synonyms: &[
                "buyer",
                "personas",
                "persona",
                "decision makers",
                "decision maker",
                "champions",
                "champion",
                "buyer roles",
                "buyer role",
                "buying roles",
                "buying role",
            ],
            help: "Roles that decide or sign.",
            assumption: false,
        },
        FieldSpec {
            name: "pain_points",
            label: "Pain points",
            kind: Kind::Items,
            unit: "",
            synonyms: &[
                "pain point",
                "pains",
                "pain",
                "problems",
                "problem",
                "challenges",
                "challenge",
            ],
            help: "What hurts customers enough to buy.",
            assumption: false,
        },
        super::notes::SPEC,
    ],
    rows: &[],
    columns: &[],
};
