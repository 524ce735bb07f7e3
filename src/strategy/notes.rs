//! The list of notes that every section ends with.

use super::field::{FieldSpec, Kind};

/// Anything worth keeping that no other field holds.
pub(crate) const SPEC: FieldSpec = FieldSpec {
    name: "notes",
    label: "Notes",
    kind: Kind::Items,
    unit: "",
    synonyms: &["note", "remarks", "remark", "comments", "comment"],
    help: "Anything worth keeping that no other field holds.",
    assumption: false,
};
