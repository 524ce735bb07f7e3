//! The typed document of a section: read, written, checked and changed by field.

use thiserror::Error;

use super::address::SectionAddress;
use super::field::{FieldView, Kind, SectionSpec, Value};
use super::icp::{self, Icp};
use super::ipp::{self, IppProfile, IppTypes};
use super::list::Item;
use super::money::MoneyError;
use super::operation::{Basis, Refusal};
use super::slot::Slot;
use super::tam::{self, Category, Tam};

/// What a section says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    Icp(Icp),
    IppProfile(IppProfile),
    IppTypes(IppTypes),
    Tam(Tam),
}

/// Why stored or received text is no document of a section.
#[derive(Debug, Error)]
pub enum ParseError {
    #[error("not a document of {address}: {error}")]
    Shape { address: SectionAddress, error: serde_json::Error },
    #[error("not a document of {address}: {refusal}")]
    Limits { address: SectionAddress, refusal: Refusal },
}

impl SectionAddress {
    /// The shape of the section's document.
    #[must_use]
    pub fn spec(self) -> &'static SectionSpec {
        match self {
            Self::Icp => &icp::SPEC,
            Self::IppProfile => &ipp::PROFILE,
            Self::IppTypes => &ipp::TYPES,
            Self::Tam => &tam::SPEC,
        }
    }
}

impl Document {
    #[must_use]
    pub fn address(&self) -> SectionAddress {
        match self {
            Self::Icp(_) => SectionAddress::Icp,
            Self::IppProfile(_) => SectionAddress::IppProfile,
            Self::IppTypes(_) => SectionAddress::IppTypes,
            Self::Tam(_) => SectionAddress::Tam,
        }
    }

    /// The one JSON form: fields in declared order, no white space. Hashes are taken of it.
    ///
    /// # Panics
    /// Never: plain values always have a JSON form.
    #[must_use]
    pub fn canonical(&self) -> String {
        let json = match self {
            Self::Icp(document) => serde_json::to_string(document),
            Self::IppProfile(document) => serde_json::to_string(document),
            Self::IppTypes(document) => serde_json::to_string(document),
            Self::Tam(document) => serde_json::to_string(document),
        };
        json.expect("plain values always have a JSON form")
    }

    /// Reads a document of the section and holds it against every limit.
    ///
    /// # Errors
    /// Unknown or missing fields, wrong types, values beyond their limits.
    pub fn parse(address: SectionAddress, text: &str) -> Result<Self, ParseError> {
        let read = match address {
            SectionAddress::Icp => serde_json::from_str(text).map(Self::Icp),
            SectionAddress::IppProfile => serde_json::from_str(text).map(Self::IppProfile),
            SectionAddress::IppTypes => serde_json::from_str(text).map(Self::IppTypes),
            SectionAddress::Tam => serde_json::from_str(text).map(Self::Tam),
        };
        let document = read.map_err(|error| ParseError::Shape { address, error })?;
        match document.check() {
            Ok(()) => Ok(document),
            Err(refusal) => Err(ParseError::Limits { address, refusal }),
        }
    }

    /// Every field that is shown and counted, in reading order.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldView> {
        self.address().spec().keys().iter().filter_map(|key| self.field(key)).collect()
    }

    /// One field by its key.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<FieldView> {
        let spec = self.address().spec();
        let field = spec.of_key(key)?;
        Some(FieldView {
            key: key.to_owned(),
            label: spec.label(key),
            kind: field.kind,
            unit: field.unit,
            value: self.value(key)?,
            basis: self.basis(key).map(|basis| basis.display()),
        })
    }

    /// The value behind a key: a field name, or `row.column`.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<Value> {
        self.clone().slot(key).map(|slot| slot.read())
    }

    /// The basis of an assumption.
    #[must_use]
    pub fn basis(&self, key: &str) -> Option<Basis> {
        self.clone().slot(key).and_then(|slot| slot.basis().cloned())
    }

    /// The items of a list.
    #[must_use]
    pub fn items(&self, list: &str) -> Option<Vec<Item>> {
        match self.clone().slot(list)? {
            Slot::Items(list) => Some(list.items().to_vec()),
            _ => None,
        }
    }

    /// Canonical bytes of one field, with item ids and basis; what its hash is taken of.
    #[must_use]
    pub fn field_bytes(&self, key: &str) -> Option<Vec<u8>> {
        self.clone().slot(key).map(|slot| slot.bytes())
    }

    /// Holds every value against its limits.
    ///
    /// # Errors
    /// The first value that does not fit.
    pub fn check(&self) -> Result<(), Refusal> {
        let spec = self.address().spec();
        let mut copy = self.clone();
        for key in spec.keys() {
            if let Some(slot) = copy.slot(&key) {
                slot.check(&spec.label(&key))?;
            }
        }
        match self {
            Self::Tam(tam) => one_currency(tam),
            _ => Ok(()),
        }
    }

    pub(crate) fn slot(&mut self, key: &str) -> Option<Slot<'_>> {
        match self {
            Self::Icp(document) => document.slot(key),
            Self::IppProfile(document) => document.slot(key),
            Self::IppTypes(document) => document.slot(key),
            Self::Tam(document) => document.slot(key),
        }
    }

    /// The same document; list items that read like one of `earlier` take that one's id, all
    /// others a number that `earlier` never gave. For comparing a section that was written anew.
    #[must_use]
    pub fn with_ids_of(&self, earlier: &Self) -> Self {
        let mut aligned = self.clone();
        if self.address() != earlier.address() {
            return aligned;
        }
        let mut old = earlier.clone();
        for field in self.address().spec().fields.iter().filter(|f| f.kind == Kind::Items) {
            if let (Some(Slot::Items(new)), Some(Slot::Items(old))) =
                (aligned.slot(field.name), old.slot(field.name))
            {
                let texts = new.texts().map(str::to_owned).collect();
                *new = old.clone();
                new.assign(texts);
            }
        }
        aligned
    }
}

fn one_currency(tam: &Tam) -> Result<(), Refusal> {
    for category in Category::ALL.iter().copied() {
        let acv = tam.category(category).acv.value;
        if acv.currency != tam.currency {
            let error = MoneyError::OtherCurrency(acv.currency, tam.currency);
            return Err(Refusal::Currency { label: format!("{} ACV", category.label()), error });
        }
    }
    Ok(())
}
