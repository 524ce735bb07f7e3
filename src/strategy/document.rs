//! The typed document of a section: read, written, checked and changed by field.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::address::SectionAddress;
use super::field::{FieldView, Kind, Role, SectionSpec, Value};
use super::field_value::FieldValue;
use super::list::{Item, List};
use super::money::Currency;
use super::operation::{Basis, Operation, Refusal};
use super::record::{Section, Shape};
use super::sections::every_section;

/// Why stored or received text is no document of a section.
#[derive(Debug, Error)]
pub enum ParseError {
    #[error("not a document of {address}: {error}")]
    Shape { address: SectionAddress, error: serde_json::Error },
    #[error("not a document of {address}: {refusal}")]
    Limits { address: SectionAddress, refusal: Refusal },
}

macro_rules! documents {
    ($($group:ident $group_word:literal $group_title:literal {
        $($(#[$doc:meta])* $section:ident $word:literal $title:literal $module:ident :: $type:ident;)*
    })*) => {
        /// What a section says.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Document {
            $($($section(super::$module::$type),)*)*
        }

        impl SectionAddress {
            /// The shape of the section's document.
            #[must_use]
            pub fn spec(self) -> &'static SectionSpec {
                match self { $($(Self::$section => super::$module::$type::SPEC,)*)* }
            }
        }

        impl Document {
            #[must_use]
            pub fn address(&self) -> SectionAddress {
                match self { $($(Self::$section(_) => SectionAddress::$section,)*)* }
            }

            fn read<'a, D: Deserializer<'a>>(address: SectionAddress, from: D) -> Result<Self, D::Error> {
                match address {
                    $($(SectionAddress::$section => Deserialize::deserialize(from).map(Self::$section),)*)*
                }
            }

            fn section(&self) -> &dyn Section {
                match self { $($(Self::$section(document) => document,)*)* }
            }

            fn section_mut(&mut self) -> &mut dyn Section {
                match self { $($(Self::$section(document) => document,)*)* }
            }
        }

        /// As the section itself: which one it is stands beside it.
        impl Serialize for Document {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match self { $($(Self::$section(document) => document.serialize(to),)*)* }
            }
        }
    };
}
every_section!(documents);

impl Document {
    /// The one JSON form: fields in declared order, no white space. Hashes are taken of it.
    ///
    /// # Panics
    /// Never: plain values always have a JSON form.
    #[must_use]
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).expect("plain values always have a JSON form")
    }

    /// Reads a document of the section and holds it against every limit.
    ///
    /// # Errors
    /// Unknown or missing fields, wrong types, values beyond their limits.
    pub fn parse(address: SectionAddress, text: &str) -> Result<Self, ParseError> {
        let mut json = serde_json::Deserializer::from_str(text);
        let read = Self::read(address, &mut json).and_then(|read| json.end().map(|()| read));
        Self::within_limits(address, read)
    }

    /// Reads a document out of a larger JSON text, like [`Document::parse`].
    ///
    /// # Errors
    /// As there.
    pub fn from_value(
        address: SectionAddress,
        value: serde_json::Value,
    ) -> Result<Self, ParseError> {
        Self::within_limits(address, Self::read(address, value))
    }

    fn within_limits(
        address: SectionAddress,
        read: serde_json::Result<Self>,
    ) -> Result<Self, ParseError> {
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
            basis: self.basis(key).map(Basis::display),
        })
    }

    /// The value behind a key: a field name, or `row.column`.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<Value> {
        self.held(key).map(FieldValue::read)
    }

    /// The basis of an assumption.
    #[must_use]
    pub fn basis(&self, key: &str) -> Option<&Basis> {
        self.section().field(key).and_then(FieldValue::basis)
    }

    /// The items of a list.
    #[must_use]
    pub fn items(&self, list: &str) -> Option<&[Item]> {
        self.list(list).map(List::items)
    }

    pub(crate) fn list(&self, key: &str) -> Option<&List> {
        self.section().field(key).and_then(FieldValue::list)
    }

    /// Canonical bytes of one field, with item ids and basis; what its hash is taken of.
    #[must_use]
    pub fn field_bytes(&self, key: &str) -> Option<Vec<u8>> {
        self.held(key).map(FieldValue::bytes)
    }

    /// The currency of amounts that are given without one, where the section has one.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        self.section().currency()
    }

    /// Holds every value against its limits, and the document against its section's rules.
    ///
    /// # Errors
    /// The first value that does not fit.
    pub fn check(&self) -> Result<(), Refusal> {
        let (spec, section) = (self.address().spec(), self.section());
        for key in spec.keys() {
            if let Some(field) = section.field(&key) {
                field.check(&spec.label(&key))?;
            }
        }
        section.check()
    }

    /// Whether the section allows these operations together, on the document as it stands.
    pub(crate) fn may_change(&self, operations: &[Operation]) -> Result<(), Refusal> {
        self.section().may_change(operations)
    }

    /// A field, or what holds the source of another.
    fn held(&self, key: &str) -> Option<&dyn FieldValue> {
        match source_of(self.address().spec(), key) {
            Some(of) => self.basis(&of).map(|basis| basis as &dyn FieldValue),
            None => self.section().field(key),
        }
    }

    /// A field to write to, or what holds the source of another.
    pub(crate) fn held_mut(&mut self, key: &str) -> Option<&mut dyn FieldValue> {
        match source_of(self.address().spec(), key) {
            Some(of) => {
                let basis = self.section_mut().field_mut(&of)?.basis_mut()?;
                Some(basis as &mut dyn FieldValue)
            }
            None => self.section_mut().field_mut(key),
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
        for field in self.address().spec().fields.iter().filter(|f| f.kind == Kind::Items) {
            let new = aligned.section_mut().field_mut(field.name).and_then(FieldValue::list_mut);
            if let (Some(new), Some(old)) = (new, earlier.list(field.name)) {
                let texts = new.texts().map(str::to_owned).collect();
                new.clone_from(old);
                new.assign(texts);
            }
        }
        aligned
    }
}

/// The key of the assumption whose source this key holds.
fn source_of(spec: &SectionSpec, key: &str) -> Option<String> {
    let Role::SourceOf(of) = spec.of_key(key)?.role else { return None };
    Some(match key.split_once('.') {
        Some((row, _)) => format!("{row}.{of}"),
        None => of.to_owned(),
    })
}
