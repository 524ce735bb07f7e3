//! One field of a typed document, ready to be read or written by its key.

use serde::{Deserialize, Serialize};

use super::field::{Kind, Range, Value};
use super::list::{LIST_LIMIT, List};
use super::money::{Currency, Money, MoneyError};
use super::operation::{Basis, Refusal, expected};
use super::share::Share;
use super::text::{TEXT_LIMIT, clean, is_clean};

/// Largest count: accounts, employees, people.
pub const COUNT_LIMIT: u64 = 100_000_000;
/// Largest ACV in minor units. With [`COUNT_LIMIT`] every opportunity fits an `i64`.
pub const ACV_LIMIT: i64 = 10_000_000_000;
/// Largest bound of a revenue range in minor units.
pub const REVENUE_LIMIT: i64 = 100_000_000_000_000_000;

/// A value somebody assumed, with its basis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumed<T> {
    pub value: T,
    pub basis: Basis,
}

impl<T> Assumed<T> {
    #[must_use]
    pub fn new(value: T, basis: Basis) -> Self {
        Self { value, basis }
    }
}

/// A field to write to.
pub(crate) enum Slot<'a> {
    Text(&'a mut String),
    Range(&'a mut Option<Range<u64>>),
    MoneyRange(&'a mut Option<Range<Money>>),
    Count(&'a mut Option<u64>),
    Flag(&'a mut bool),
    Items(&'a mut List),
    Currency(&'a mut Currency),
    AssumedCount(&'a mut Assumed<u64>),
    AssumedShare(&'a mut Assumed<Share>),
    AssumedMoney(&'a mut Assumed<Money>),
    Source(&'a mut Basis),
}

/// Makes `slot` of a document from its list of fields.
macro_rules! slots {
    ($document:ty { $($field:ident $kind:ident),* $(,)? }) => {
        impl $document {
            pub(crate) fn slot(&mut self, name: &str) -> Option<$crate::strategy::slot::Slot<'_>> {
                match name {
                    $(stringify!($field) => {
                        Some($crate::strategy::slot::Slot::$kind(&mut self.$field))
                    })*
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use slots;

impl Slot<'_> {
    /// The value as it stands.
    pub(crate) fn read(&self) -> Value {
        match self {
            Self::Text(text) => Value::Text((*text).clone()),
            Self::Range(range) => range.map_or(Value::Nothing, Value::Range),
            Self::MoneyRange(range) => range.map_or(Value::Nothing, Value::MoneyRange),
            Self::Count(count) => count.map_or(Value::Nothing, Value::Count),
            Self::Flag(flag) => Value::Flag(**flag),
            Self::Items(list) => Value::Items(list.texts().map(str::to_owned).collect()),
            Self::Currency(currency) => Value::from(**currency),
            Self::AssumedCount(assumed) => Value::Count(assumed.value),
            Self::AssumedShare(assumed) => Value::Share(assumed.value),
            Self::AssumedMoney(assumed) => Value::Money(assumed.value),
            Self::Source(basis) => Value::Text(basis.source.clone()),
        }
    }

    /// The basis of an assumption.
    pub(crate) fn basis(&self) -> Option<&Basis> {
        match self {
            Self::AssumedCount(assumed) => Some(&assumed.basis),
            Self::AssumedShare(assumed) => Some(&assumed.basis),
            Self::AssumedMoney(assumed) => Some(&assumed.basis),
            _ => None,
        }
    }

    /// Its canonical bytes, with item ids and basis.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let bytes = match self {
            Self::Text(it) => serde_json::to_vec(it),
            Self::Range(it) => serde_json::to_vec(it),
            Self::MoneyRange(it) => serde_json::to_vec(it),
            Self::Count(it) => serde_json::to_vec(it),
            Self::Flag(it) => serde_json::to_vec(it),
            Self::Items(it) => serde_json::to_vec(it),
            Self::Currency(it) => serde_json::to_vec(it),
            Self::AssumedCount(it) => serde_json::to_vec(it),
            Self::AssumedShare(it) => serde_json::to_vec(it),
            Self::AssumedMoney(it) => serde_json::to_vec(it),
            Self::Source(it) => serde_json::to_vec(it),
        };
        bytes.expect("plain values always have a JSON form")
    }

    /// Takes a value of its kind, cleaned and within its limits.
    pub(crate) fn write(
        &mut self,
        label: &str,
        value: &Value,
        basis: Option<&Basis>,
    ) -> Result<(), Refusal> {
        match (self, value) {
            (Self::Text(slot), Value::Text(text)) => **slot = clean(text),
            (Self::Text(slot), Value::Nothing) => slot.clear(),
            (Self::Range(slot), Value::Range(range)) => **slot = Some(*range),
            (Self::Range(slot), Value::Nothing) => **slot = None,
            (Self::MoneyRange(slot), Value::MoneyRange(range)) => **slot = Some(*range),
            (Self::MoneyRange(slot), Value::Nothing) => **slot = None,
            (Self::Count(slot), Value::Count(count)) => **slot = Some(*count),
            (Self::Count(slot), Value::Nothing) => **slot = None,
            (Self::Flag(slot), Value::Flag(flag)) => **slot = *flag,
            (Self::Items(slot), Value::Items(texts)) => {
                slot.assign(texts.iter().map(|text| clean(text)).collect());
            }
            (Self::Items(slot), Value::Nothing) => slot.assign(Vec::new()),
            (Self::Currency(slot), Value::Text(code)) => **slot = read_currency(label, code)?,
            (Self::AssumedCount(slot), Value::Count(count)) => assume(slot, *count, basis),
            (Self::AssumedShare(slot), Value::Share(share)) => assume(slot, *share, basis),
            (Self::AssumedMoney(slot), Value::Money(money)) => assume(slot, *money, basis),
            (Self::Source(slot), Value::Text(text)) => give_source(slot, text, basis),
            (slot, _) => {
                let expected = expected(slot.kind());
                return Err(Refusal::WrongKind { label: label.to_owned(), expected });
            }
        }
        Ok(())
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Range(_) => Kind::Range,
            Self::MoneyRange(_) => Kind::MoneyRange,
            Self::Count(_) | Self::AssumedCount(_) => Kind::Count,
            Self::Flag(_) => Kind::Flag,
            Self::Items(_) => Kind::Items,
            Self::Currency(_) => Kind::Currency,
            Self::AssumedShare(_) => Kind::Share,
            Self::AssumedMoney(_) => Kind::Money,
            Self::Source(_) => Kind::Source,
        }
    }

    /// Holds the value against its limits.
    pub(crate) fn check(&self, label: &str) -> Result<(), Refusal> {
        match self {
            Self::Text(text) => check_text(label, text),
            Self::Range(Some(range)) => check_counts(label, range),
            Self::MoneyRange(Some(range)) => check_amounts(label, range),
            Self::Count(Some(count)) => check_count(label, *count),
            Self::Items(list) => check_list(label, list),
            Self::AssumedCount(assumed) => {
                check_count(label, assumed.value).and_then(|()| check_basis(label, &assumed.basis))
            }
            Self::AssumedShare(assumed) if !assumed.value.is_sound() => {
                Err(Refusal::ShareOutOfRange(label.to_owned()))
            }
            Self::AssumedShare(assumed) => check_basis(label, &assumed.basis),
            Self::AssumedMoney(assumed) => check_amount(label, assumed.value, ACV_LIMIT)
                .and_then(|()| check_basis(label, &assumed.basis)),
            Self::Range(None)
            | Self::MoneyRange(None)
            | Self::Count(None)
            | Self::Flag(_)
            | Self::Currency(_)
            | Self::Source(_) => Ok(()),
        }
    }
}

fn assume<T>(slot: &mut Assumed<T>, value: T, basis: Option<&Basis>) {
    let mut basis = basis.cloned().unwrap_or_default();
    (basis.source, basis.by) = (clean(&basis.source), clean(&basis.by));
    *slot = Assumed { value, basis };
}

/// A source makes an assumption more than a starting one. Who gave it, and when, is kept if told.
fn give_source(slot: &mut Basis, text: &str, basis: Option<&Basis>) {
    slot.source = clean(text);
    slot.starting = false;
    if let Some(basis) = basis {
        (slot.by, slot.on) = (clean(&basis.by), basis.on);
    }
}

fn read_currency(label: &str, code: &str) -> Result<Currency, Refusal> {
    let expected = expected(Kind::Currency);
    Currency::from_code(code).ok_or(Refusal::WrongKind { label: label.to_owned(), expected })
}

fn check_text(label: &str, text: &str) -> Result<(), Refusal> {
    if text.chars().count() > TEXT_LIMIT {
        return Err(Refusal::TooLong { label: label.to_owned(), limit: TEXT_LIMIT });
    }
    if is_clean(text) { Ok(()) } else { Err(Refusal::Unclean(label.to_owned())) }
}

fn check_basis(label: &str, basis: &Basis) -> Result<(), Refusal> {
    check_text(label, &basis.source).and_then(|()| check_text(label, &basis.by))
}

fn check_count(label: &str, count: u64) -> Result<(), Refusal> {
    if count > COUNT_LIMIT { Err(Refusal::TooLarge(label.to_owned())) } else { Ok(()) }
}

fn check_counts(label: &str, range: &Range<u64>) -> Result<(), Refusal> {
    for bound in [range.min, range.max].into_iter().flatten() {
        check_count(label, bound)?;
    }
    if range.is_sound() { Ok(()) } else { Err(Refusal::RangeReversed(label.to_owned())) }
}

fn check_amount(label: &str, money: Money, limit: i64) -> Result<(), Refusal> {
    if money.minor < 0 {
        return Err(Refusal::Negative(label.to_owned()));
    }
    if money.minor > limit { Err(Refusal::TooLarge(label.to_owned())) } else { Ok(()) }
}

fn check_amounts(label: &str, range: &Range<Money>) -> Result<(), Refusal> {
    for bound in [range.min, range.max].into_iter().flatten() {
        check_amount(label, bound, REVENUE_LIMIT)?;
    }
    if let (Some(min), Some(max)) = (range.min, range.max) {
        let mixed = |error: MoneyError| Refusal::Currency { label: label.to_owned(), error };
        min.same_currency(max).map_err(mixed)?;
    }
    if range.is_sound() { Ok(()) } else { Err(Refusal::RangeReversed(label.to_owned())) }
}

fn check_list(label: &str, list: &List) -> Result<(), Refusal> {
    if list.len() > LIST_LIMIT {
        return Err(Refusal::TooMany { label: label.to_owned(), limit: LIST_LIMIT });
    }
    if list.texts().any(str::is_empty) {
        return Err(Refusal::Empty(label.to_owned()));
    }
    if !list.is_sound() {
        return Err(Refusal::DamagedList(label.to_owned()));
    }
    list.texts().try_for_each(|text| check_text(label, text))
}
