//! The ideal partner profile: who partners, and which of the four categories we recommend (W-04).

use serde::{Deserialize, Serialize};

use super::field::{FieldSpec, Kind, Range, RowSpec, SectionSpec};
use super::list::List;
use super::slot::slots;

/// Profile, capabilities and market reach of a strong partner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IppProfile {
    pub summary: String,
    pub capabilities: List,
    /// Regions a partner reaches.
    pub market_reach: List,
    pub industries: List,
    /// Employees of the partner.
    pub partner_size: Option<Range<u64>>,
    /// Certified people a partner needs at least.
    pub certified_people: Option<u64>,
    pub traits: List,
    pub notes: List,
}

slots!(IppProfile {
    summary Text, capabilities Items, market_reach Items, industries Items, partner_size Range,
    certified_people Count, traits Items, notes Items,
});

/// The fields of `ipp.profile`.
pub static PROFILE: SectionSpec = SectionSpec {
    fields: &[
        FieldSpec {
            name: "summary",
            label: "Summary",
            kind: Kind::Text,
            unit: "",
            synonyms: &["description", "overview", "one liner"],
            help: "What a great partner looks like, in one or two sentences.",
            assumption: false,
        },
        FieldSpec {
            name: "capabilities",
            label: "Capabilities",
            kind: Kind::Items,
            unit: "",
            synonyms: &["capability", "skills", "skill", "services", "service", "competencies"],
            help: "What a partner must be able to do.",
            assumption: false,
        },
        FieldSpec {
            name: "market_reach",
            label: "Market reach",
            kind: Kind::Items,
            unit: "",
            synonyms: &[
                "reach",
                "regions",
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
            help: "Regions a partner reaches.",
            assumption: false,
        },
        FieldSpec {
            name: "industries",
            label: "Industries",
            kind: Kind::Items,
            unit: "",
            synonyms: &["industry", "verticals", "vertical", "sectors", "sector"],
            help: "Industries a partner serves.",
            assumption: false,
        },
        FieldSpec {
            name: "partner_size",
            label: "Partner size",
            kind: Kind::Range,
            unit: "employees",
            synonyms: &[
                "partner size range",
                "size range",
                "company size",
                "employee range",
                "employee count",
                "number of employees",
                "head count",
                "headcount",
                "employees",
                "size",
                "staff",
            ],
            help: "Employees of a partner, such as 20–200.",
            assumption: false,
        },
        FieldSpec {
            name: "certified_people",
            label: "Minimum certified people",
            kind: Kind::Count,
            unit: "people",
            synonyms: &[
                "certified people",
                "minimum certified",
                "certified individuals",
                "certified persons",
                "certified staff",
                "minimum certified individuals",
                "certified consultants",
            ],
            help: "Certified people a partner needs at least.",
            assumption: false,
        },
        FieldSpec {
            name: "traits",
            label: "Traits",
            kind: Kind::Items,
            unit: "",
            synonyms: &["trait", "characteristics", "characteristic", "criteria", "criterion"],
            help: "What else marks a strong partner.",
            assumption: false,
        },
        super::notes::SPEC,
    ],
    rows: &[],
    columns: &[],
};

/// The four recommended categories; always exactly these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IppTypes {
    pub solutions: PartnerCategory,
    pub technology: PartnerCategory,
    pub reseller: PartnerCategory,
    pub referral: PartnerCategory,
    pub notes: List,
}

/// One category of partners: whether we want it, what it is worth, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerCategory {
    pub recommended: bool,
    pub value_proposition: String,
    /// Why it is recommended, or why not.
    pub reason: String,
}

slots!(PartnerCategory { recommended Flag, value_proposition Text, reason Text });

impl IppTypes {
    pub(crate) fn slot(&mut self, key: &str) -> Option<super::slot::Slot<'_>> {
        match key.split_once('.') {
            Some((row, column)) => self.row_mut(row)?.slot(column),
            None if key == "notes" => Some(super::slot::Slot::Items(&mut self.notes)),
            None => None,
        }
    }

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

    fn row_mut(&mut self, row: &str) -> Option<&mut PartnerCategory> {
        match row {
            "solutions" => Some(&mut self.solutions),
            "technology" => Some(&mut self.technology),
            "reseller" => Some(&mut self.reseller),
            "referral" => Some(&mut self.referral),
            _ => None,
        }
    }
}

/// The table of `ipp.types`.
pub static TYPES: SectionSpec = SectionSpec {
    fields: &[super::notes::SPEC],
    rows: &[
        RowSpec {
            name: "solutions",
            label: "Solutions",
            synonyms: &["solution", "solutions partners", "solution partners", "services partners"],
        },
        RowSpec {
            name: "technology",
            label: "Technology",
            synonyms: &["tech", "technology partners", "tech partners"],
        },
        RowSpec {
            name: "reseller",
            label: "Reseller",
            synonyms: &["resellers", "reseller partners", "resale"],
        },
        RowSpec {
            name: "referral",
            label: "Referral",
            synonyms: &["referrals", "referral partners", "referrers"],
        },
    ],
    columns: &[
        FieldSpec {
            name: "recommended",
            label: "Recommended",
            kind: Kind::Flag,
            unit: "",
            synonyms: &["recommendation"],
            help: "Whether we look for this kind of partner now.",
            assumption: false,
        },
        FieldSpec {
            name: "value_proposition",
            label: "Value proposition",
            kind: Kind::Text,
            unit: "",
            synonyms: &["value prop", "value propositions", "proposition", "value", "pitch"],
            help: "What this kind of partner gains and gives.",
            assumption: false,
        },
        FieldSpec {
            name: "reason",
            label: "Reason",
            kind: Kind::Text,
            unit: "",
            synonyms: &["reasons", "rationale", "why"],
            help: "Why it is recommended, or why not.",
            assumption: false,
        },
    ],
};
