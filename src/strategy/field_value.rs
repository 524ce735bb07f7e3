//! What one field of a document holds, behind one trait: read, written and held against its limits
//! by its type.

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

/// What is known of a field from its type alone.
pub(crate) trait FieldType {
    const KIND: Kind;
    /// Whether it is an assumption with a recorded basis.
    const ASSUMED: bool = false;
}

/// A field of a document.
pub(crate) trait FieldValue {
    /// The value as it stands.
    fn read(&self) -> Value;

    /// Its canonical bytes, with item ids and basis.
    fn bytes(&self) -> Vec<u8>;

    /// Takes a value of its kind, cleaned.
    fn write(&mut self, given: &Given<'_>) -> Result<(), Refusal>;

    /// Holds the value against its limits.
    fn check(&self, label: &str) -> Result<(), Refusal>;

    /// The basis of an assumption.
    fn basis(&self) -> Option<&Basis> {
        None
    }

    fn basis_mut(&mut self) -> Option<&mut Basis> {
        None
    }

    fn list(&self) -> Option<&List> {
        None
    }

    fn list_mut(&mut self) -> Option<&mut List> {
        None
    }
}

/// A value for a field, and what the field is called in a refusal.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) label: &'a str,
    pub(crate) value: &'a Value,
    pub(crate) basis: Option<&'a Basis>,
}

impl Given<'_> {
    fn wrong_kind(&self, kind: Kind) -> Refusal {
        Refusal::WrongKind { label: self.label.to_owned(), expected: expected(kind) }
    }

    fn basis(&self) -> Basis {
        let given = self.basis.cloned().unwrap_or_default();
        Basis { source: clean(&given.source), by: clean(&given.by), ..given }
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("plain values always have a JSON form")
}

impl FieldType for String {
    const KIND: Kind = Kind::Text;
}

impl FieldValue for String {
    fn read(&self) -> Value {
        Value::Text(self.clone())
    }

    fn bytes(&self) -> Vec<u8> {
        json(self)
    }

    fn write(&mut self, given: &Given<'_>) -> Result<(), Refusal> {
        match given.value {
            Value::Text(text) => *self = clean(text),
            Value::Nothing => self.clear(),
            _ => return Err(given.wrong_kind(Self::KIND)),
        }
        Ok(())
    }

    fn check(&self, label: &str) -> Result<(), Refusal> {
        check_text(label, self)
    }
}

impl FieldType for bool {
    const KIND: Kind = Kind::Flag;
}

impl FieldValue for bool {
    fn read(&self) -> Value {
        Value::Flag(*self)
    }

    fn bytes(&self) -> Vec<u8> {
        json(self)
    }

    fn write(&mut self, given: &Given<'_>) -> Result<(), Refusal> {
        let Value::Flag(flag) = given.value else { return Err(given.wrong_kind(Self::KIND)) };
        *self = *flag;
        Ok(())
    }

    fn check(&self, _: &str) -> Result<(), Refusal> {
        Ok(())
    }
}

impl FieldType for List {
    const KIND: Kind = Kind::Items;
}

impl FieldValue for List {
    fn read(&self) -> Value {
        Value::Items(self.texts().map(str::to_owned).collect())
    }

    fn bytes(&self) -> Vec<u8> {
        json(self)
    }

    fn write(&mut self, given: &Given<'_>) -> Result<(), Refusal> {
        match given.value {
            Value::Items(texts) => self.assign(texts.iter().map(|text| clean(text)).collect()),
            Value::Nothing => self.assign(Vec::new()),
            _ => return Err(given.wrong_kind(Self::KIND)),
        }
        Ok(())
    }

    fn check(&self, label: &str) -> Result<(), Refusal> {
        if self.len() > LIST_LIMIT {
            return Err(Refusal::TooMany { label: label.to_owned(), limit: LIST_LIMIT });
        }
        if self.texts().any(str::is_empty) {
            return Err(Refusal::Empty(label.to_owned()));
        }
        if !self.is_sound() {
            return Err(Refusal::DamagedList(label.to_owned()));
        }
        self.texts().try_for_each(|text| check_text(label, text))
    }

    fn list(&self) -> Option<&List> {
        Some(self)
    }

    fn list_mut(&mut self) -> Option<&mut List> {
        Some(self)
    }
}

impl FieldType for Currency {
    const KIND: Kind = Kind::Currency;
}

impl FieldValue for Currency {
    fn read(&self) -> Value {
        Value::from(*self)
    }

    fn bytes(&self) -> Vec<u8> {
        json(self)
    }

    fn write(&mut self, given: &Given<'_>) -> Result<(), Refusal> {
        let read = match given.value {
            Value::Text(code) => Self::from_code(code),
            _ => None,
        };
        *self = read.ok_or_else(|| given.wrong_kind(Self::KIND))?;
        Ok(())
    }

    fn check(&self, _: &str) -> Result<(), Refusal> {
        Ok(())
    }
}

/// The source of an assumption.
impl FieldValue for Basis {
    fn read(&self) -> Value {
        Value::Text(self.source.clone())
    }

    fn bytes(&self) -> Vec<u8> {
        json(self)
    }

    /// A source makes an assumption more than a starting one. Who gave it, and when, is kept if told.
    fn write(&mut self, given: &Given<'_>) -> Result<(), Refusal> {
        let Value::Text(text) = given.value else { return Err(given.wrong_kind(Kind::Source)) };
        self.source = clean(text);
        self.starting = false;
        if let Some(basis) = given.basis {
            (self.by, self.on) = (clean(&basis.by), basis.on);
        }
        Ok(())
    }

    fn check(&self, label: &str) -> Result<(), Refusal> {
        check_text(label, &self.source).and_then(|()| check_text(label, &self.by))
    }
}

/// A number of a closed kind: how it travels in a [`Value`], and its limits.
pub(crate) trait Figure: Copy + Serialize {
    const FIGURE: Kind;
    fn to_value(self) -> Value;
    fn of_value(value: &Value) -> Option<Self>;
    fn check_figure(self, label: &str) -> Result<(), Refusal>;
}

macro_rules! figure {
    ($type:ty, $kind:ident, $value:ident, $check:expr) => {
        impl Figure for $type {
            const FIGURE: Kind = Kind::$kind;

            fn to_value(self) -> Value {
                Value::$value(self)
            }

            fn of_value(value: &Value) -> Option<Self> {
                match value {
                    Value::$value(figure) => Some(*figure),
                    _ => None,
                }
            }

            fn check_figure(self, label: &str) -> Result<(), Refusal> {
                $check(label, self)
            }
        }
    };
}

figure!(u64, Count, Count, check_count);
figure!(Share, Share, Share, check_share);
figure!(Money, Money, Money, |label, money| check_amount(label, money, ACV_LIMIT));
figure!(Range<u64>, Range, Range, check_counts);
figure!(Range<Money>, MoneyRange, MoneyRange, check_amounts);

/// A figure that may be missing.
impl<T: Figure> FieldType for Option<T> {
    const KIND: Kind = T::FIGURE;
}

impl<T: Figure> FieldValue for Option<T> {
    fn read(&self) -> Value {
        self.map_or(Value::Nothing, T::to_value)
    }

    fn bytes(&self) -> Vec<u8> {
        json(self)
    }

    fn write(&mut self, given: &Given<'_>) -> Result<(), Refusal> {
        *self = match given.value {
            Value::Nothing => None,
            value => Some(T::of_value(value).ok_or_else(|| given.wrong_kind(T::FIGURE))?),
        };
        Ok(())
    }

    fn check(&self, label: &str) -> Result<(), Refusal> {
        self.map_or(Ok(()), |figure| figure.check_figure(label))
    }
}

impl<T: Figure> FieldType for Assumed<T> {
    const KIND: Kind = T::FIGURE;
    const ASSUMED: bool = true;
}

impl<T: Figure> FieldValue for Assumed<T> {
    fn read(&self) -> Value {
        self.value.to_value()
    }

    fn bytes(&self) -> Vec<u8> {
        json(self)
    }

    fn write(&mut self, given: &Given<'_>) -> Result<(), Refusal> {
        let value = T::of_value(given.value).ok_or_else(|| given.wrong_kind(T::FIGURE))?;
        *self = Self::new(value, given.basis());
        Ok(())
    }

    fn check(&self, label: &str) -> Result<(), Refusal> {
        self.value.check_figure(label).and_then(|()| self.basis.check(label))
    }

    fn basis(&self) -> Option<&Basis> {
        Some(&self.basis)
    }

    fn basis_mut(&mut self) -> Option<&mut Basis> {
        Some(&mut self.basis)
    }
}

fn check_text(label: &str, text: &str) -> Result<(), Refusal> {
    if text.chars().count() > TEXT_LIMIT {
        return Err(Refusal::TooLong { label: label.to_owned(), limit: TEXT_LIMIT });
    }
    if is_clean(text) { Ok(()) } else { Err(Refusal::Unclean(label.to_owned())) }
}

fn check_count(label: &str, count: u64) -> Result<(), Refusal> {
    if count > COUNT_LIMIT { Err(Refusal::TooLarge(label.to_owned())) } else { Ok(()) }
}

fn check_share(label: &str, share: Share) -> Result<(), Refusal> {
    if share.is_sound() { Ok(()) } else { Err(Refusal::ShareOutOfRange(label.to_owned())) }
}

fn check_counts(label: &str, range: Range<u64>) -> Result<(), Refusal> {
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

fn check_amounts(label: &str, range: Range<Money>) -> Result<(), Refusal> {
    for bound in [range.min, range.max].into_iter().flatten() {
        check_amount(label, bound, REVENUE_LIMIT)?;
    }
    if let (Some(min), Some(max)) = (range.min, range.max) {
        let mixed = |error: MoneyError| Refusal::Currency {
            label: label.to_owned(),
            error: Box::new(error),
        };
        min.same_currency(max).map_err(mixed)?;
    }
    if range.is_sound() { Ok(()) } else { Err(Refusal::RangeReversed(label.to_owned())) }
}
