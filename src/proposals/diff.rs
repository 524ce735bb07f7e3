//! What a reader sees changing: field by field, before and after.

use crate::strategy::document::Document;
use crate::strategy::field::{FieldView, Kind, Value};

/// The fields that differ, and how many there are in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// In reading order.
    pub changes: Vec<FieldChange>,
    /// Fields of the section, changed or not: the *m* of "*n* of *m* fields change".
    pub fields: usize,
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub key: String,
    pub label: String,
    pub kind: Kind,
    /// As people read it.
    pub before: String,
    pub after: String,
    /// List items that are new, in their order; empty for other kinds.
    pub added: Vec<String>,
    /// List items that are gone, in their order; empty for other kinds.
    pub removed: Vec<String>,
}

/// Compares two documents of one section. Documents of different sections differ in nothing.
#[must_use]
pub fn diff(before: &Document, after: &Document) -> Diff {
    let (old, new) = (before.fields(), after.fields());
    let changes = old.iter().zip(&new).filter(|(old, new)| old.key == new.key && old != new);
    Diff { changes: changes.map(|(old, new)| change(old, new)).collect(), fields: old.len() }
}

fn change(old: &FieldView, new: &FieldView) -> FieldChange {
    let (was, is) = (texts(&old.value), texts(&new.value));
    FieldChange {
        key: new.key.clone(),
        label: new.label.clone(),
        kind: new.kind,
        before: old.display(),
        after: new.display(),
        added: is.iter().filter(|text| !was.contains(text)).cloned().collect(),
        removed: was.iter().filter(|text| !is.contains(text)).cloned().collect(),
    }
}

fn texts(value: &Value) -> &[String] {
    match value {
        Value::Items(texts) => texts,
        _ => &[],
    }
}

/// One field in a stale proposal: what it was, what it has become, what was proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreeWay {
    pub key: String,
    pub label: String,
    pub base: String,
    pub theirs: String,
    pub ours: String,
    /// Both sides moved it, to different values.
    pub collides: bool,
}

/// Every field that either side moved, in reading order.
#[must_use]
pub fn three_way(base: &Document, theirs: &Document, ours: &Document) -> Vec<ThreeWay> {
    let (base, theirs, ours) = (base.fields(), theirs.fields(), ours.fields());
    let rows = base.iter().zip(theirs.iter().zip(&ours)).filter_map(|(base, (theirs, ours))| {
        let same_field = base.key == theirs.key && base.key == ours.key;
        let moved = base != theirs || base != ours;
        (same_field && moved).then(|| ThreeWay {
            key: base.key.clone(),
            label: base.label.clone(),
            base: base.display(),
            theirs: theirs.display(),
            ours: ours.display(),
            collides: base != theirs && base != ours && theirs != ours,
        })
    });
    rows.collect()
}
