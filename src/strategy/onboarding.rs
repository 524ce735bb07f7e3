//! What a company tells us before its first sections are written (S-01).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::bounds::{self, RangeError};
use super::count::{self, CountError};
use super::field::{Range, Value};
use super::field_value::{ACV_LIMIT, COUNT_LIMIT, REVENUE_LIMIT};
use super::money::{Currency, Money, MoneyError};
use super::share::{Share, ShareError};
use super::tam::Category;
use super::text::{TEXT_LIMIT, clean};

/// The answers so far. Empty and `None` mean "not answered".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Answers {
    pub company_name: String,
    pub company_description: String,
    pub product_category: String,
    pub current_arr: Option<Money>,
    pub target_arr: Option<Money>,
    pub primary_icps: Vec<String>,
    /// The two or three markets where partners should speed growth up.
    pub markets: Vec<String>,
    /// Employees of a typical customer.
    pub company_size: Option<Range<u64>>,
    pub industries: Vec<String>,
    pub buyers: Vec<String>,
    pub accounts: Option<u64>,
    pub accounts_source: String,
    pub solutions: CategoryAnswers,
    pub technology: CategoryAnswers,
    pub sales: CategoryAnswers,
}

/// What the company assumes about one category of partners.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CategoryAnswers {
    pub share: Option<Share>,
    pub acv: Option<Money>,
}

/// One question. The first seven are asked of everyone; they are the six inputs of S-01, with the
/// company's name beside its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    CompanyName,
    CompanyDescription,
    ProductCategory,
    CurrentArr,
    TargetArr,
    PrimaryIcps,
    Markets,
    CompanySize,
    Industries,
    Buyers,
    Accounts,
    AccountsSource,
    Share(Category),
    Acv(Category),
}

/// Why an answer was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AnswerError {
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error(transparent)]
    Share(#[from] ShareError),
    #[error(transparent)]
    Count(#[from] CountError),
    #[error("a range such as 50–500 is needed: {0}")]
    Range(#[from] RangeError),
    #[error("that is longer than {TEXT_LIMIT} characters")]
    TooLong,
    #[error("at most {LIST_ANSWERS} entries are kept")]
    TooMany,
    #[error("that is more than can be right; please check the number")]
    TooLarge,
}

/// Something to ask about before writing; none of them stops anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Warning {
    /// The target is not above the current ARR.
    TargetNotAboveCurrent,
    /// Fewer than two or more than three markets.
    MarketCount(usize),
    /// Current and target ARR, or an ACV, are in different currencies.
    MixedCurrencies,
}

/// Entries in one list answer.
const LIST_ANSWERS: usize = 20;

impl Input {
    /// Every question, in the order of the form.
    pub const ALL: [Self; 18] = [
        Self::CompanyName,
        Self::CompanyDescription,
        Self::ProductCategory,
        Self::CurrentArr,
        Self::TargetArr,
        Self::PrimaryIcps,
        Self::Markets,
        Self::CompanySize,
        Self::Industries,
        Self::Buyers,
        Self::Accounts,
        Self::AccountsSource,
        Self::Share(Category::Solutions),
        Self::Acv(Category::Solutions),
        Self::Share(Category::Technology),
        Self::Acv(Category::Technology),
        Self::Share(Category::Sales),
        Self::Acv(Category::Sales),
    ];

    /// Whether everyone is asked.
    #[must_use]
    pub fn is_required(self) -> bool {
        self <= Self::Markets
    }

    /// The name on a form, such as `current_arr` or `solutions_share`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::CompanyName => "company_name",
            Self::CompanyDescription => "company_description",
            Self::ProductCategory => "product_category",
            Self::CurrentArr => "current_arr",
            Self::TargetArr => "target_arr",
            Self::PrimaryIcps => "primary_icps",
            Self::Markets => "markets",
            Self::CompanySize => "company_size",
            Self::Industries => "industries",
            Self::Buyers => "buyers",
            Self::Accounts => "accounts",
            Self::AccountsSource => "accounts_source",
            Self::Share(Category::Solutions) => "solutions_share",
            Self::Share(Category::Technology) => "technology_share",
            Self::Share(Category::Sales) => "sales_share",
            Self::Acv(Category::Solutions) => "solutions_acv",
            Self::Acv(Category::Technology) => "technology_acv",
            Self::Acv(Category::Sales) => "sales_acv",
        }
    }

    /// Reads a form name.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|input| input.key() == key)
    }

    /// What people read above the field.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::CompanyName => "Company name",
            Self::CompanyDescription => "What the company does",
            Self::ProductCategory => "Product category",
            Self::CurrentArr => "Current ARR",
            Self::TargetArr => "Target ARR",
            Self::PrimaryIcps => "Primary ideal customers",
            Self::Markets => "Markets",
            Self::CompanySize => "Typical customer size",
            Self::Industries => "Industries",
            Self::Buyers => "Buyers",
            Self::Accounts => "Addressable accounts",
            Self::AccountsSource => "Source of that number",
            Self::Share(Category::Solutions) => "Solutions share",
            Self::Share(Category::Technology) => "Technology share",
            Self::Share(Category::Sales) => "Sales share",
            Self::Acv(Category::Solutions) => "Solutions ACV",
            Self::Acv(Category::Technology) => "Technology ACV",
            Self::Acv(Category::Sales) => "Sales ACV",
        }
    }

    /// One example or rule below the field.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::CompanyName => "As your partners know it.",
            Self::CompanyDescription => "One or two sentences.",
            Self::ProductCategory => "Such as payment fraud detection.",
            Self::CurrentArr | Self::TargetArr => "Such as $12m or EUR 4 000 000.",
            Self::PrimaryIcps => "One to a line, such as mid-market fintech lenders.",
            Self::Markets => "The two or three where partners should speed growth up.",
            Self::CompanySize => "Employees, such as 50–500.",
            Self::Industries | Self::Buyers => "Separated by commas.",
            Self::Accounts => "How many companies could buy, such as 4000 or 4k.",
            Self::AccountsSource => "Such as a market study or your own list.",
            Self::Share(_) => "Share of those accounts that such partners reach, such as 15%.",
            Self::Acv(_) => "Yearly value of one contract, such as 40k.",
        }
    }
}

impl Answers {
    /// Required questions without an answer: ask only for these.
    #[must_use]
    pub fn missing(&self) -> Vec<Input> {
        let open = |input: &Input| input.is_required() && self.get(*input).is_empty();
        Input::ALL.into_iter().filter(open).collect()
    }

    /// What somebody should look at again before sections are written.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let amounts = [self.current_arr, self.target_arr]
            .into_iter()
            .chain(Category::ALL.iter().map(|category| self.category(*category).acv));
        if amounts.flatten().any(|money| money.currency != self.currency()) {
            warnings.push(Warning::MixedCurrencies);
        }
        if let (Some(current), Some(target)) = (self.current_arr, self.target_arr)
            && current.same_currency(target).is_ok()
            && target <= current
        {
            warnings.push(Warning::TargetNotAboveCurrent);
        }
        if !self.markets.is_empty() && !(2..=3).contains(&self.markets.len()) {
            warnings.push(Warning::MarketCount(self.markets.len()));
        }
        warnings
    }

    /// The company's currency: that of its current ARR, else of its target, else dollars.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.current_arr.or(self.target_arr).map_or(Currency::USD, |money| money.currency)
    }

    #[must_use]
    pub fn category(&self, category: Category) -> &CategoryAnswers {
        match category {
            Category::Solutions => &self.solutions,
            Category::Technology => &self.technology,
            Category::Sales => &self.sales,
        }
    }

    fn category_mut(&mut self, category: Category) -> &mut CategoryAnswers {
        match category {
            Category::Solutions => &mut self.solutions,
            Category::Technology => &mut self.technology,
            Category::Sales => &mut self.sales,
        }
    }

    /// The answer as it can be typed again; empty when there is none.
    #[must_use]
    pub fn get(&self, input: Input) -> String {
        let money = |money: Option<Money>| money.map(Money::written);
        let shown = match input {
            Input::CompanyName => Some(self.company_name.clone()),
            Input::CompanyDescription => Some(self.company_description.clone()),
            Input::ProductCategory => Some(self.product_category.clone()),
            Input::CurrentArr => money(self.current_arr),
            Input::TargetArr => money(self.target_arr),
            Input::PrimaryIcps => Some(self.primary_icps.join("\n")),
            Input::Markets => Some(self.markets.join("\n")),
            Input::CompanySize => self.company_size.map(|size| Value::Range(size).written()),
            Input::Industries => Some(self.industries.join(", ")),
            Input::Buyers => Some(self.buyers.join(", ")),
            Input::Accounts => self.accounts.map(|count| count.to_string()),
            Input::AccountsSource => Some(self.accounts_source.clone()),
            Input::Share(category) => self.category(category).share.map(|s| s.to_string()),
            Input::Acv(category) => money(self.category(category).acv),
        };
        shown.unwrap_or_default()
    }

    /// Takes an answer as it was typed; an empty one takes the answer back.
    ///
    /// # Errors
    /// What cannot be read as the answer wants it, with an example of what can.
    pub fn put(&mut self, input: Input, typed: &str) -> Result<(), AnswerError> {
        if typed.chars().count() > TEXT_LIMIT {
            return Err(AnswerError::TooLong);
        }
        let text = clean(typed);
        match input {
            Input::CompanyName => self.company_name = text,
            Input::CompanyDescription => self.company_description = text,
            Input::ProductCategory => self.product_category = text,
            Input::CurrentArr => {
                self.current_arr = amount(&text, self.currency(), REVENUE_LIMIT)?;
            }
            Input::TargetArr => self.target_arr = amount(&text, self.currency(), REVENUE_LIMIT)?,
            Input::PrimaryIcps => self.primary_icps = entries(typed, false)?,
            Input::Markets => self.markets = entries(typed, true)?,
            Input::CompanySize => self.company_size = range(&text)?,
            Input::Industries => self.industries = entries(typed, true)?,
            Input::Buyers => self.buyers = entries(typed, true)?,
            Input::Accounts => self.accounts = whole(&text)?,
            Input::AccountsSource => self.accounts_source = text,
            Input::Share(category) => {
                let share = (!text.is_empty()).then(|| Share::parse(&text)).transpose()?;
                self.category_mut(category).share = share;
            }
            Input::Acv(category) => {
                self.category_mut(category).acv = amount(&text, self.currency(), ACV_LIMIT)?;
            }
        }
        Ok(())
    }
}

fn amount(text: &str, otherwise: Currency, limit: i64) -> Result<Option<Money>, AnswerError> {
    if text.is_empty() {
        return Ok(None);
    }
    let money = Money::parse(text, otherwise)?;
    if money.minor > limit { Err(AnswerError::TooLarge) } else { Ok(Some(money)) }
}

fn whole(text: &str) -> Result<Option<u64>, AnswerError> {
    if text.is_empty() {
        return Ok(None);
    }
    let count = count::parse(text)?;
    if count > COUNT_LIMIT { Err(AnswerError::TooLarge) } else { Ok(Some(count)) }
}

fn range(text: &str) -> Result<Option<Range<u64>>, AnswerError> {
    if text.is_empty() { Ok(None) } else { Ok(Some(bounds::counts(text)?)) }
}

/// Lines, or also commas and semicolons; empty ones and repetitions are dropped.
fn entries(typed: &str, at_commas: bool) -> Result<Vec<String>, AnswerError> {
    let ends = |c: char| c == '\n' || c == ';' || at_commas && c == ',';
    let mut kept: Vec<String> = Vec::new();
    for entry in typed.split(ends).map(clean).filter(|entry| !entry.is_empty()) {
        let again = kept.iter().any(|one| one.eq_ignore_ascii_case(&entry));
        if !again {
            kept.push(entry);
        }
    }
    if kept.len() > LIST_ANSWERS { Err(AnswerError::TooMany) } else { Ok(kept) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(typed: &[(Input, &str)]) -> Answers {
        let mut answers = Answers::default();
        for (input, text) in typed {
            answers.put(*input, text).unwrap();
        }
        answers
    }

    #[test]
    fn only_what_is_missing_is_asked_for() {
        let some = answers(&[(Input::CompanyName, "Acme"), (Input::CurrentArr, "$12m")]);
        let missing = some.missing();
        assert_eq!(missing.len(), 5);
        assert!(!missing.contains(&Input::CompanyName) && missing.contains(&Input::Markets));
        assert!(Input::ALL.iter().filter(|input| input.is_required()).count() == 7);
    }

    #[test]
    fn a_target_that_is_no_growth_is_asked_about() {
        let flat = answers(&[(Input::CurrentArr, "12m"), (Input::TargetArr, "12m")]);
        assert_eq!(flat.warnings(), [Warning::TargetNotAboveCurrent]);
        let grows = answers(&[(Input::CurrentArr, "12m"), (Input::TargetArr, "$12,000,001")]);
        assert!(grows.warnings().is_empty());
    }

    #[test]
    fn markets_other_than_two_or_three_are_taken_with_a_warning() {
        for (typed, warned) in [("DACH", true), ("DACH, UK", false), ("a, b, c, d", true)] {
            assert_eq!(!answers(&[(Input::Markets, typed)]).warnings().is_empty(), warned);
        }
        assert!(Answers::default().warnings().is_empty());
    }

    #[test]
    fn two_currencies_are_noticed() {
        let mixed = answers(&[(Input::CurrentArr, "EUR 4m"), (Input::TargetArr, "$9m")]);
        assert_eq!(mixed.warnings(), [Warning::MixedCurrencies]);
        assert_eq!(mixed.currency().code(), "EUR");
    }

    #[test]
    fn every_answer_can_be_typed_again_as_it_is_shown() {
        let typed = answers(&[
            (Input::CompanyName, "Acme"),
            (Input::PrimaryIcps, "Lenders, large and small\nInsurers"),
            (Input::Markets, "DACH, UK; Benelux, dach"),
            (Input::CurrentArr, "EUR 4m"),
            (Input::CompanySize, "50-500 employees"),
            (Input::Accounts, "4 000"),
            (Input::Share(Category::Solutions), "15.5%"),
            (Input::Acv(Category::Sales), "40k"),
        ]);
        assert_eq!(typed.primary_icps.len(), 2);
        assert_eq!(typed.markets.len(), 3);
        assert_eq!(typed.sales.acv.unwrap().currency.code(), "EUR");
        let mut again = Answers::default();
        for input in Input::ALL {
            assert_eq!(Input::parse(input.key()), Some(input));
            again.put(input, &typed.get(input)).unwrap();
        }
        assert_eq!(again, typed);
        let json = serde_json::to_string(&typed).unwrap();
        assert_eq!(serde_json::from_str::<Answers>(&json).unwrap(), typed);
    }

    #[test]
    fn what_cannot_be_read_changes_nothing() {
        let mut some = answers(&[(Input::CompanySize, "50–500"), (Input::Accounts, "4k")]);
        for (input, text) in [
            (Input::CompanySize, "ISO 27001"),
            (Input::CompanySize, "500-50"),
            (Input::Accounts, "-4"),
            (Input::Accounts, "99999999999999999999"),
            (Input::Share(Category::Sales), "101%"),
            (Input::Acv(Category::Sales), "NaN"),
            (Input::CurrentArr, "12 apples"),
        ] {
            assert!(some.put(input, text).is_err(), "{text}");
        }
        assert_eq!(some, answers(&[(Input::CompanySize, "50–500"), (Input::Accounts, "4000")]));
    }

    #[test]
    fn the_sample_company_answers_every_question() {
        let typed: std::collections::BTreeMap<String, String> =
            serde_json::from_str(crate::partners::sample::COMPANY).unwrap();
        let mut sample = Answers::default();
        for (key, text) in &typed {
            sample.put(Input::parse(key).unwrap(), text).unwrap();
        }
        assert_eq!((sample.missing(), sample.warnings()), (vec![], vec![]));
        assert!(Input::ALL.into_iter().all(|input| !sample.get(input).is_empty()));
    }
}
