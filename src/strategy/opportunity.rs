//! Partner TAM arithmetic: opportunity = addressable accounts × share × ACV.
//!
//! Everything is computed in `i128`. Rows are rounded so that they add up to their total exactly.

use super::money::{Currency, Money};
use super::share::Share;
use super::tam::{Category, Tam};

/// Basis points in a whole.
const WHOLE: i128 = 10_000;

/// The opportunity by category, and in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opportunity {
    pub accounts: u64,
    pub currency: Currency,
    /// Solutions, technology, sales.
    pub rows: Vec<Row>,
    /// Accounts reached, over all rows; an account reached twice counts twice.
    pub reached: u64,
    /// The sum of the rows, exactly.
    pub total: Money,
    /// The sum of the shares in basis points; may be above 10,000.
    pub share_bp: u32,
    /// Direct or unallocated; `None` when the categories overlap (more than 100 % together).
    pub remainder: Option<Share>,
    /// Labels of the inputs that are still starting assumptions.
    pub starting: Vec<String>,
}

/// One category of partners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub category: Category,
    pub share: Share,
    /// Accounts reached, to the whole account.
    pub reached: u64,
    pub acv: Money,
    pub opportunity: Money,
    /// What one more percentage point of share adds.
    pub per_point: Money,
    /// What 1,000 more of the currency in ACV add.
    pub per_thousand: Money,
    /// Whether the share or the ACV is still a starting assumption.
    pub starting: bool,
}

impl Opportunity {
    /// Whether the shares add up to more than 100 %, so that categories overlap.
    #[must_use]
    pub fn overlaps(&self) -> bool {
        self.remainder.is_none()
    }
}

/// Computes the opportunity of checked assumptions: within the limits of a document nothing
/// can overflow.
#[must_use]
pub fn opportunity(tam: &Tam) -> Opportunity {
    let accounts = i128::from(tam.accounts.value);
    let inputs = Category::ALL.iter().map(|category| tam.category(*category));
    let shares: Vec<i128> = inputs.clone().map(|row| i128::from(row.share.value.bp())).collect();
    let reached: Vec<i128> = shares.iter().map(|share| accounts * share).collect();
    let worth: Vec<i128> =
        reached.iter().zip(inputs).map(|(n, row)| n * i128::from(row.acv.value.minor)).collect();
    let (reached, total_reached) = rounded(&reached);
    let (worth, total) = rounded(&worth);
    let rows = Category::ALL.iter().zip(reached.iter().zip(&worth));
    let share_bp: i128 = shares.iter().sum();
    Opportunity {
        accounts: tam.accounts.value,
        currency: tam.currency,
        rows: rows.map(|(category, (n, worth))| row(tam, *category, *n, *worth)).collect(),
        reached: count(total_reached),
        total: money(total, tam.currency),
        share_bp: u32::try_from(share_bp).unwrap_or(u32::MAX),
        remainder: u32::try_from(WHOLE - share_bp).ok().and_then(|bp| Share::from_bp(bp).ok()),
        starting: tam.starting_assumptions(),
    }
}

fn row(tam: &Tam, category: Category, reached: i128, worth: i128) -> Row {
    let inputs = tam.category(category);
    let (accounts, share) = (i128::from(tam.accounts.value), inputs.share.value);
    let acv = inputs.acv.value;
    let point = accounts * 100 * i128::from(acv.minor);
    let thousand = i128::from(tam.currency.minor_per_major()) * 1_000;
    Row {
        category,
        share,
        reached: count(reached),
        acv,
        opportunity: money(worth, tam.currency),
        per_point: money(half_up(point), tam.currency),
        per_thousand: money(half_up(accounts * i128::from(share.bp()) * thousand), tam.currency),
        starting: inputs.share.basis.starting || inputs.acv.basis.starting,
    }
}

/// Divides every value by 10,000 so that the parts add up to the rounded whole: the parts with
/// the largest remainders take what is missing.
fn rounded(values: &[i128]) -> (Vec<i128>, i128) {
    let total = half_up(values.iter().sum());
    let mut parts: Vec<i128> = values.iter().map(|value| value.div_euclid(WHOLE)).collect();
    let missing = total - parts.iter().sum::<i128>();
    let mut by_rest: Vec<usize> = (0..values.len()).collect();
    by_rest.sort_by_key(|at| std::cmp::Reverse(values[*at].rem_euclid(WHOLE)));
    for at in by_rest.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
        parts[at] += 1;
    }
    (parts, total)
}

fn half_up(value: i128) -> i128 {
    (value + WHOLE / 2).div_euclid(WHOLE)
}

fn count(value: i128) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

fn money(minor: i128, currency: Currency) -> Money {
    Money::new(i64::try_from(minor).unwrap_or(i64::MAX), currency)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::strategy::document::Document;
    use crate::strategy::field_value::{ACV_LIMIT, Assumed, COUNT_LIMIT};
    use crate::strategy::operation::Basis;

    fn tam(accounts: u64, rows: [(u32, i64); 3]) -> Tam {
        let mut tam = Tam::starting(Currency::USD);
        tam.accounts = Assumed::new(accounts, Basis::default());
        for (category, (bp, acv)) in Category::ALL.iter().zip(rows) {
            let row = tam.category_mut(*category);
            row.share = Assumed::new(Share::from_bp(bp).unwrap(), Basis::default());
            row.acv = Assumed::new(Money::new(acv, Currency::USD), Basis::default());
        }
        tam
    }

    const SAMPLE: [(u32, i64); 3] = [(1_500, 4_000_000), (1_000, 2_500_000), (2_000, 3_000_000)];

    #[test]
    fn the_worked_example_comes_out_to_the_dollar() {
        let all = opportunity(&tam(4_000, SAMPLE));
        let shown: Vec<_> =
            all.rows.iter().map(|row| (row.reached, row.opportunity.to_string())).collect();
        assert_eq!(
            shown,
            [
                (600, "$24,000,000".to_owned()),
                (400, "$10,000,000".to_owned()),
                (800, "$24,000,000".to_owned())
            ]
        );
        assert_eq!(all.total.to_string(), "$58,000,000");
        assert_eq!((all.reached, all.share_bp), (1_800, 4_500));
        assert_eq!(all.remainder.map(|rest| rest.to_string()).as_deref(), Some("55%"));
        assert!(!all.overlaps());
    }

    #[test]
    fn sensitivity_is_one_point_and_one_thousand() {
        let solutions = &opportunity(&tam(4_000, SAMPLE)).rows[0];
        assert_eq!(solutions.per_point.to_string(), "$1,600,000");
        assert_eq!(solutions.per_thousand.to_string(), "$600,000");
    }

    #[test]
    fn shares_above_the_whole_overlap_and_leave_no_remainder() {
        let all = opportunity(&tam(4_000, [(5_000, 1), (4_000, 1), (3_000, 1)]));
        assert!(all.overlaps());
        assert_eq!((all.share_bp, all.remainder), (12_000, None));
        let exact = opportunity(&tam(4_000, [(5_000, 1), (4_000, 1), (1_000, 1)]));
        assert_eq!((exact.overlaps(), exact.remainder), (false, Some(Share::default())));
    }

    #[test]
    fn a_share_of_nothing_keeps_its_row() {
        let all = opportunity(&tam(4_000, [(0, 4_000_000), (1_000, 2_500_000), (0, 1)]));
        assert_eq!(all.rows.len(), 3);
        assert_eq!(all.rows[0].opportunity.to_string(), "$0");
        assert_eq!(all.total.to_string(), "$10,000,000");
    }

    #[test]
    fn what_nobody_gave_is_named_as_a_starting_assumption() {
        let all = opportunity(&Tam::starting(Currency::USD));
        assert_eq!(all.starting.len(), 7);
        assert!(all.rows.iter().all(|row| row.starting));
        assert!(opportunity(&tam(4_000, SAMPLE)).starting.is_empty());
    }

    proptest! {
        #[test]
        fn rows_always_add_up_to_their_total(
            accounts in 0..=COUNT_LIMIT,
            rows in prop::array::uniform3((0..=10_000_u32, 0..=ACV_LIMIT)),
        ) {
            let tam = tam(accounts, rows);
            prop_assert!(Document::Tam(tam.clone()).check().is_ok());
            let all = opportunity(&tam);
            let sum: i128 = all.rows.iter().map(|row| i128::from(row.opportunity.minor)).sum();
            prop_assert_eq!(sum, i128::from(all.total.minor));
            prop_assert_eq!(all.rows.iter().map(|row| row.reached).sum::<u64>(), all.reached);
            for (row, (bp, acv)) in all.rows.iter().zip(rows) {
                let exact = i128::from(accounts) * i128::from(bp) * i128::from(acv);
                let off = i128::from(row.opportunity.minor) * WHOLE - exact;
                prop_assert!(off.abs() < WHOLE, "off by {off} of 10,000");
            }
        }
    }
}
