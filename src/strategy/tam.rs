//! Partner TAM: accounts, shares and ACVs, each an assumption with its basis (W-05, A-02).

use serde::{Deserialize, Serialize};

pub use crate::partners::Category;

use super::field::{FieldSpec, Kind, RowSpec, SectionSpec};
use super::list::List;
use super::money::{Currency, Money};
use super::operation::Basis;
use super::share::Share;
use super::slot::{Assumed, Slot};

/// The assumptions behind the opportunity through partners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tam {
    /// Currency of every amount here.
    pub currency: Currency,
    /// Addressable accounts.
    pub accounts: Assumed<u64>,
    pub solutions: TamCategory,
    pub technology: TamCategory,
    pub sales: TamCategory,
    pub notes: List,
}

/// What one category of partners reaches, and what an account is worth there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TamCategory {
    /// Share of the accounts that the category reaches. Shares may overlap.
    pub share: Assumed<Share>,
    /// Annual contract value.
    pub acv: Assumed<Money>,
}

/// Where to start when nobody has said anything: 1,000 accounts, and by category the share in
/// basis points and the ACV in dollars, euros or the like. Every use prints that these are
/// starting assumptions.
pub const STARTING_ACCOUNTS: u64 = 1_000;
const STARTING: [(u32, i64); 3] = [(1_500, 40_000), (1_000, 25_000), (2_000, 30_000)];

impl Tam {
    /// Starting assumptions only, each marked as such.
    #[must_use]
    pub fn starting(currency: Currency) -> Self {
        // A currency without minor units counts in coins about a hundred times smaller.
        let per_major =
            if currency.minor_per_major() == 1 { 100 } else { currency.minor_per_major() };
        let category = |at: usize| TamCategory {
            share: Assumed::new(
                Share::from_bp(STARTING[at].0).unwrap_or_default(),
                Basis::starting(),
            ),
            acv: Assumed::new(Money::new(STARTING[at].1 * per_major, currency), Basis::starting()),
        };
        Self {
            currency,
            accounts: Assumed::new(STARTING_ACCOUNTS, Basis::starting()),
            solutions: category(0),
            technology: category(1),
            sales: category(2),
            notes: List::default(),
        }
    }

    #[must_use]
    pub fn category(&self, category: Category) -> &TamCategory {
        match category {
            Category::Solutions => &self.solutions,
            Category::Technology => &self.technology,
            Category::Sales => &self.sales,
        }
    }

    pub fn category_mut(&mut self, category: Category) -> &mut TamCategory {
        match category {
            Category::Solutions => &mut self.solutions,
            Category::Technology => &mut self.technology,
            Category::Sales => &mut self.sales,
        }
    }

    /// Labels of what still is a starting assumption, in reading order.
    #[must_use]
    pub fn starting_assumptions(&self) -> Vec<String> {
        let accounts = (self.accounts.basis.starting, "Addressable accounts".to_owned());
        let cells = Category::ALL.iter().copied().flat_map(|category| {
            let row = self.category(category);
            [
                (row.share.basis.starting, format!("{} share", category.label())),
                (row.acv.basis.starting, format!("{} ACV", category.label())),
            ]
        });
        let all = std::iter::once(accounts).chain(cells);
        all.filter(|(starting, _)| *starting).map(|(_, label)| label).collect()
    }

    pub(crate) fn slot(&mut self, key: &str) -> Option<Slot<'_>> {
        if let Some((row, column)) = key.split_once('.') {
            let row = self.category_mut(Category::ALL.iter().copied().find(|c| c.word() == row)?);
            return match column {
                "share" => Some(Slot::AssumedShare(&mut row.share)),
                "share_source" => Some(Slot::Source(&mut row.share.basis)),
                "acv" => Some(Slot::AssumedMoney(&mut row.acv)),
                "acv_source" => Some(Slot::Source(&mut row.acv.basis)),
                _ => None,
            };
        }
        match key {
            "currency" => Some(Slot::Currency(&mut self.currency)),
            "accounts" => Some(Slot::AssumedCount(&mut self.accounts)),
            "accounts_source" => Some(Slot::Source(&mut self.accounts.basis)),
            "notes" => Some(Slot::Items(&mut self.notes)),
            _ => None,
        }
    }
}

/// The fields and the table of `tam`.
pub static SPEC: SectionSpec = SectionSpec {
    fields: &[
        FieldSpec {
            name: "currency",
            label: "Currency",
            kind: Kind::Currency,
            unit: "",
            synonyms: &[],
            help: "Currency of every amount of the section.",
            assumption: false,
        },
        FieldSpec {
            name: "accounts",
            label: "Addressable accounts",
            kind: Kind::Count,
            unit: "",
            synonyms: &[
                "accounts",
                "account base",
                "number of accounts",
                "addressable account",
                "account count",
            ],
            help: "Companies that could buy.",
            assumption: true,
        },
        FieldSpec {
            name: "accounts_source",
            label: "Source of addressable accounts",
            kind: Kind::Source,
            unit: "",
            synonyms: &[
                "source of accounts",
                "accounts source",
                "basis of accounts",
                "accounts basis",
                "source of the addressable accounts",
                "basis of the addressable accounts",
                "source for accounts",
                "basis for accounts",
            ],
            help: "Where the number of accounts comes from.",
            assumption: false,
        },
        super::notes::SPEC,
    ],
    rows: &[
        RowSpec {
            name: "solutions",
            label: "Solutions",
            synonyms: &["solution", "solutions category", "solutions partners"],
        },
        RowSpec {
            name: "technology",
            label: "Technology",
            synonyms: &["tech", "technology category", "technology partners"],
        },
        RowSpec { name: "sales", label: "Sales", synonyms: &["sales category", "sales partners"] },
    ],
    columns: &[
        FieldSpec {
            name: "share",
            label: "Share",
            kind: Kind::Share,
            unit: "",
            synonyms: &["shares", "reach share", "share percentage", "percentage"],
            help: "Share of the accounts that the category reaches.",
            assumption: true,
        },
        FieldSpec {
            name: "share_source",
            label: "Source of the share",
            kind: Kind::Source,
            unit: "",
            synonyms: &[
                "share source",
                "share basis",
                "source of the share",
                "basis of the share",
                "source for the share",
                "basis for the share",
            ],
            help: "Where the share comes from.",
            assumption: false,
        },
        FieldSpec {
            name: "acv",
            label: "ACV",
            kind: Kind::Money,
            unit: "",
            synonyms: &[
                "annual contract value",
                "contract value",
                "average contract value",
                "acvs",
                "deal size",
            ],
            help: "Yearly value of one contract.",
            assumption: true,
        },
        FieldSpec {
            name: "acv_source",
            label: "Source of the ACV",
            kind: Kind::Source,
            unit: "",
            synonyms: &[
                "acv source",
                "acv basis",
                "source of the acv",
                "basis of the acv",
                "source for the acv",
                "basis for the acv",
            ],
            help: "Where the ACV comes from.",
            assumption: false,
        },
    ],
};
