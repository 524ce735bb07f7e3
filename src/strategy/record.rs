//! How a section is declared: one declaration gives the typed struct, its JSON form, and the
//! description that forms, cards, drafters and readers of words go by.
//!
//! ```text
//! section! {
//!     /// What it is, and where the rule comes from.
//!     pub struct Tam {
//!         accounts: Assumed<u64>, "Addressable accounts", "Companies that could buy.",
//!             also ["account base"],
//!             source "Source of addressable accounts", "Where …", ["accounts source"];
//!     }
//!     rows TamCategory { sales "Sales", ["sales partners"]; }
//! }
//! ```
//!
//! A field has its type, label and help; then, where it has them, the unit behind its number, the
//! lower-case phrases that name it too, and the name of its source. Rows are fields of one record
//! type each, known by name. A section ends with its notes. What no declaration can say is in
//! [`Rules`].

use super::field::{FieldSpec, Kind, Role, SectionSpec};
use super::field_value::FieldValue;
use super::money::Currency;
use super::operation::{Operation, Refusal};

/// Anything worth keeping that no other field holds: every section ends with it.
const NOTES: FieldSpec = FieldSpec {
    name: "notes",
    label: "Notes",
    kind: Kind::Items,
    unit: "",
    synonyms: &["note", "remarks", "remark", "comments", "comment"],
    help: "Anything worth keeping that no other field holds.",
    assumption: false,
    role: Role::Notes,
};

/// The fields of a section, and its notes behind them.
pub(crate) const fn with_notes<const N: usize>(fields: &[FieldSpec]) -> [FieldSpec; N] {
    let mut all = [NOTES; N];
    let mut at = 0;
    while at < fields.len() {
        all[at] = fields[at];
        at += 1;
    }
    all
}

/// Named fields of one type each, reached by their names.
pub(crate) trait Record {
    const FIELDS: &'static [FieldSpec];

    /// A field by its name.
    fn named(&self, name: &str) -> Option<&dyn FieldValue>;

    fn named_mut(&mut self, name: &str) -> Option<&mut dyn FieldValue>;
}

/// A document of a section: fields and cells reached by key, a field's name or `row.column`.
pub(crate) trait Section: Rules {
    fn field(&self, key: &str) -> Option<&dyn FieldValue>;

    fn field_mut(&mut self, key: &str) -> Option<&mut dyn FieldValue>;
}

/// The shape of a section's documents.
pub(crate) trait Shape {
    const SPEC: &'static SectionSpec;
}

/// What a section asks beyond the limits of its fields.
pub(crate) trait Rules {
    /// What must hold for the document as a whole.
    fn check(&self) -> Result<(), Refusal> {
        Ok(())
    }

    /// Whether these operations may be done together on the document as it stands.
    fn may_change(&self, _: &[Operation]) -> Result<(), Refusal> {
        Ok(())
    }

    /// The currency of amounts that are given without one.
    fn currency(&self) -> Option<Currency> {
        None
    }
}

/// Declares a record: see the head of this file.
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $record:ident {
            $(
                $field:ident: $type:ty, $label:literal, $help:literal
                $(, unit $unit:literal)?
                $(, also [$($synonym:literal),* $(,)?])?
                $(, source $source:literal, $source_help:literal,
                    [$($source_synonym:literal),* $(,)?])?;
            )*
        }
        $(and { $($more:ident: $more_type:ty,)* })?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $record {
            $(#[doc = $help] pub $field: $type,)*
            $($(pub $more: $more_type,)*)?
        }

        impl $crate::strategy::record::Record for $record {
            const FIELDS: &'static [$crate::strategy::field::FieldSpec] = &[$(
                $crate::strategy::field::FieldSpec {
                    name: stringify!($field),
                    label: $label,
                    kind: <$type as $crate::strategy::field_value::FieldType>::KIND,
                    unit: concat!("", $($unit)?),
                    synonyms: &[$($($synonym),*)?],
                    help: $help,
                    assumption: <$type as $crate::strategy::field_value::FieldType>::ASSUMED,
                    role: $crate::strategy::field::Role::Plain,
                },
                $($crate::strategy::field::FieldSpec {
                    name: concat!(stringify!($field), "_source"),
                    label: $source,
                    kind: $crate::strategy::field::Kind::Source,
                    unit: "",
                    synonyms: &[$($source_synonym),*],
                    help: $source_help,
                    assumption: false,
                    role: $crate::strategy::field::Role::SourceOf(stringify!($field)),
                },)?
            )*];

            fn named(&self, name: &str) -> Option<&dyn $crate::strategy::field_value::FieldValue> {
                match name {
                    $(stringify!($field) => Some(&self.$field),)*
                    _ => None,
                }
            }

            fn named_mut(
                &mut self,
                name: &str,
            ) -> Option<&mut dyn $crate::strategy::field_value::FieldValue> {
                match name {
                    $(stringify!($field) => Some(&mut self.$field),)*
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use record;

/// Declares a section: see the head of this file.
macro_rules! section {
    (
        $(#[$meta:meta])*
        pub struct $section:ident { $($fields:tt)* }
        $(rows $row_type:ident {
            $($row:ident $row_label:literal, [$($synonym:literal),* $(,)?];)*
        })?
    ) => {
        $crate::strategy::record::record! {
            $(#[$meta])*
            pub struct $section { $($fields)* }
            and { $($($row: $row_type,)*)? notes: $crate::strategy::list::List, }
        }

        impl $crate::strategy::record::Shape for $section {
            const SPEC: &'static $crate::strategy::field::SectionSpec = {
                use $crate::strategy::field::{FieldSpec, RowSpec, SectionSpec};
                use $crate::strategy::record::{Record, with_notes};
                const OWN: &[FieldSpec] = <$section as Record>::FIELDS;
                const ALL: [FieldSpec; OWN.len() + 1] = with_notes(OWN);
                const ROWS: &[RowSpec] = &[$($(RowSpec {
                    name: stringify!($row),
                    label: $row_label,
                    synonyms: &[$($synonym),*],
                },)*)?];
                const COLUMNS: &[&[FieldSpec]] = &[$(<$row_type as Record>::FIELDS)?];
                &SectionSpec {
                    fields: &ALL,
                    rows: ROWS,
                    columns: match COLUMNS { [columns] => columns, _ => &[] },
                }
            };
        }

        impl $crate::strategy::record::Section for $section {
            fn field(&self, key: &str) -> Option<&dyn $crate::strategy::field_value::FieldValue> {
                use $crate::strategy::record::Record;
                match key.split_once('.') {
                    None if key == "notes" => Some(&self.notes),
                    None => self.named(key),
                    Some((row, column)) => match row {
                        $($(stringify!($row) => self.$row.named(column),)*)?
                        _ => { let _ = column; None }
                    },
                }
            }

            fn field_mut(
                &mut self,
                key: &str,
            ) -> Option<&mut dyn $crate::strategy::field_value::FieldValue> {
                use $crate::strategy::record::Record;
                match key.split_once('.') {
                    None if key == "notes" => Some(&mut self.notes),
                    None => self.named_mut(key),
                    Some((row, column)) => match row {
                        $($(stringify!($row) => self.$row.named_mut(column),)*)?
                        _ => { let _ = column; None }
                    },
                }
            }
        }
    };
}
pub(crate) use section;
