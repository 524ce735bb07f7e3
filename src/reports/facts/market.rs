//! Who fits and how large the opportunity is: ICP confidence and partner TAM, as the strategy says.

use crate::partners::Partner;
use crate::reports::ledger::{Unit, Value};
use crate::strategy::confidence::confidence;
use crate::strategy::icp::Icp;
use crate::strategy::opportunity::opportunity;
use crate::strategy::tam::Tam;

use super::Group;
use super::book::{Book, Groups, Passport};
use super::scope::Scope;

/// The strategy sections that a review reads, each with its revision. A section that was never
/// written is `None`; the review then says so.
#[derive(Clone, Debug, Default)]
pub struct Strategy<'a> {
    pub icp: Option<Revised<'a, Icp>>,
    pub tam: Option<Revised<'a, Tam>>,
}

/// A section as it stood when the report was built.
#[derive(Clone, Debug)]
pub struct Revised<'a, T> {
    pub document: &'a T,
    pub revision: u64,
}

pub(super) fn gather(scope: &Scope<'_>, strategy: &Strategy<'_>, book: &mut Book) {
    if let Some(icp) = &strategy.icp {
        fit(scope, icp, book);
    } else {
        missing_fit(book, "the ICP is not written yet");
        book.source("ICP: not written yet");
    }
    if let Some(tam) = &strategy.tam {
        tam_figures(tam, book);
    } else {
        missing_tam(book);
        book.source("Partner TAM: not written yet");
    }
}

const FIT: &str = "partners and ICP";

fn count(label: &str, formula: &'static str, source: &'static str) -> Passport {
    Passport { label: label.to_owned(), unit: Unit::Count, formula, source }
}

fn confidence_passport() -> Passport {
    Passport {
        label: "ICP confidence".to_owned(),
        unit: Unit::Share,
        formula: "matching partners / partners that can be evaluated",
        source: FIT,
    }
}

fn missing_fit(book: &mut Book, why: &str) {
    let value = Value::Missing(why.to_owned());
    book.enter_from("icp.confidence", &confidence_passport(), value, vec![]);
}

fn fit(scope: &Scope<'_>, icp: &Revised<'_, Icp>, book: &mut Book) {
    let partners: Vec<Partner> = scope.partners.iter().copied().cloned().collect();
    let found = confidence(icp.document, &partners);
    let different = found.evaluated - found.matching;
    for (id, label, n) in [
        ("icp.matching", "Partners that match the ICP", found.matching),
        ("icp.different", "Partners that do not match the ICP", different),
        ("icp.judged", "Partners held against the ICP", found.evaluated),
        ("icp.unclear", "Partners that cannot be held against the ICP", found.not_evaluable.len()),
    ] {
        let passport = count(label, "compared trait by trait with the ICP", FIT);
        let value = Value::or_missing(i64::try_from(n).ok(), "too many");
        book.enter(id, &passport, value, partners.len());
    }
    let share = (found.matching * 10_000).checked_div(found.evaluated);
    let share = share.and_then(|bp| i64::try_from(bp).ok());
    let value = Value::or_missing(share, "no partners evaluated");
    let inputs = vec!["icp.matching".to_owned(), "icp.judged".to_owned()];
    book.enter_from("icp.confidence", &confidence_passport(), value, inputs);
    book.source(&format!("ICP: revision {}", icp.revision));
}

const TAM: &str = "Partner TAM";

fn worth(label: String, unit: Unit, formula: &'static str) -> Passport {
    Passport { label, unit, formula, source: TAM }
}

fn missing_tam(book: &mut Book) {
    let passport = worth("Partner TAM".to_owned(), book.money(), "sum of the categories");
    let value = Value::Missing("the partner TAM is not written yet".to_owned());
    book.enter_from("tam.total", &passport, value, vec![]);
}

/// The TAM as the strategy computes it. It keeps its own currency, which is printed with it.
fn tam_figures(tam: &Revised<'_, Tam>, book: &mut Book) {
    let found = opportunity(tam.document);
    let money = || Unit::Money(found.currency);
    let mut inputs = vec![];
    let mut groups = vec![];
    for row in &found.rows {
        let (word, label) = (row.category.word(), row.category.label());
        let id = format!("tam.{word}");
        let formula = "addressable accounts x share x ACV";
        let passport = worth(format!("{label} TAM"), money(), formula);
        let value = Value::Known(row.opportunity.minor);
        let from = ["tam.accounts".to_owned(), format!("{id}.share"), format!("{id}.acv")];
        book.enter_from(&id, &passport, value, from.to_vec());
        let share = worth(format!("{label} share"), Unit::Share, "as assumed in the TAM");
        let value = Value::Known(row.share.bp().into());
        book.enter_from(&format!("{id}.share"), &share, value, vec![]);
        let acv = worth(format!("{label} ACV"), money(), "as assumed in the TAM");
        book.enter_from(&format!("{id}.acv"), &acv, Value::Known(row.acv.minor), vec![]);
        inputs.push(id);
        groups.push(Group { name: label.to_owned(), key: word.to_owned() });
    }
    let total = worth("Partner TAM".to_owned(), money(), "sum of the categories");
    book.enter_from("tam.total", &total, Value::Known(found.total.minor), inputs);
    let accounts = count("Addressable accounts", "as assumed in the TAM", TAM);
    let value = Value::or_missing(i64::try_from(found.accounts).ok(), "too many");
    book.enter_from("tam.accounts", &accounts, value, vec![]);
    let starting = count("Starting assumptions of the TAM", "inputs nobody has stated", TAM);
    let value = Value::or_missing(i64::try_from(found.starting.len()).ok(), "too many");
    book.enter_from("tam.starting", &starting, value, vec![]);
    book.groups(Groups::Categories, groups);
    book.source(&format!("Partner TAM: revision {}", tam.revision));
    if !found.starting.is_empty() {
        book.gap("a basis for inputs of the partner TAM: {tam.starting} starting assumptions");
    }
}
