//! Partner TAM: accounts, shares and ACVs, each an assumption with its basis (W-05, A-02).

pub use crate::partners::Category;

use super::field::Value;
use super::field_value::Assumed;
use super::list::List;
use super::money::{Currency, Money, MoneyError};
use super::operation::{Basis, Operation, Refusal};
use super::record::{Rules, record, section};
use super::share::Share;

record! {
    /// What one category of partners reaches, and what an account is worth there. Shares may
    /// overlap.
    pub struct TamCategory {
        share: Assumed<Share>, "Share",
            "Share of the accounts that the category reaches.",
            also ["shares", "reach share", "share percentage", "percentage"],
            source "Source of the share", "Where the share comes from.", [
                "share source", "share basis", "source of the share", "basis of the share",
                "source for the share", "basis for the share",
            ];
        acv: Assumed<Money>, "ACV",
            "Yearly value of one contract.",
            also [
                "annual contract value", "contract value", "average contract value", "acvs",
                "deal size",
            ],
            source "Source of the ACV", "Where the ACV comes from.", [
                "acv source", "acv basis", "source of the acv", "basis of the acv",
                "source for the acv", "basis for the acv",
            ];
    }
}

section! {
    /// The assumptions behind the opportunity through partners.
    pub struct Tam {
        currency: Currency, "Currency",
            "Currency of every amount of the section.";
        accounts: Assumed<u64>, "Addressable accounts",
            "Companies that could buy.",
            also [
                "accounts", "account base", "number of accounts", "addressable account",
                "account count",
            ],
            source "Source of addressable accounts", "Where the number of accounts comes from.", [
                "source of accounts", "accounts source", "basis of accounts", "accounts basis",
                "source of the addressable accounts", "basis of the addressable accounts",
                "source for accounts", "basis for accounts",
            ];
    }
    rows TamCategory {
        solutions "Solutions", ["solution", "solutions category", "solutions partners"];
        technology "Technology", ["tech", "technology category", "technology partners"];
        sales "Sales", ["sales category", "sales partners"];
    }
}

impl Rules for Tam {
    /// Every amount is in the currency of the section.
    fn check(&self) -> Result<(), Refusal> {
        for category in Category::ALL.iter().copied() {
            let acv = self.category(category).acv.value;
            if acv.currency != self.currency {
                let error = MoneyError::OtherCurrency(acv.currency, self.currency);
                return Err(Refusal::Currency {
                    label: format!("{} ACV", category.label()),
                    error: Box::new(error),
                });
            }
        }
        Ok(())
    }

    /// A new currency would silently change the worth of every amount that is not given anew.
    fn may_change(&self, operations: &[Operation]) -> Result<(), Refusal> {
        let moves = |operation: &Operation| match operation {
            Operation::Set { field, value, .. } if field == "currency" => {
                *value != Value::from(self.currency)
            }
            _ => false,
        };
        let given = |category: Category| {
            let key = format!("{}.acv", category.word());
            operations.iter().any(|operation| operation.key() == key)
        };
        if operations.iter().any(moves) && !Category::ALL.iter().copied().all(given) {
            return Err(Refusal::CurrencyAlone);
        }
        Ok(())
    }

    fn currency(&self) -> Option<Currency> {
        Some(self.currency)
    }
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
}
