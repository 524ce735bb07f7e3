//! What a reader sees changing: field by field, before and after.

use std::collections::BTreeMap;

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

/// Compares two documents of one section, field by field of the same key. Documents of different
/// sections differ in nothing.
#[must_use]
pub fn diff(before: &Document, after: &Document) -> Diff {
    let (old, new) = (before.fields(), after.fields());
    let old = by_key(&old);
    let pairs = new.iter().filter_map(|new| old.get(new.key.as_str()).map(|old| (*old, new)));
    let changes = pairs.filter(|(old, new)| old != new).map(|(old, new)| change(old, new));
    Diff { changes: changes.collect(), fields: new.len() }
}

fn by_key(fields: &[FieldView]) -> BTreeMap<&str, &FieldView> {
    fields.iter().map(|field| (field.key.as_str(), field)).collect()
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
    let (theirs, ours) = (by_key(&theirs), by_key(&ours));
    let rows = base.iter().filter_map(|base| {
        let (theirs, ours) = (*theirs.get(base.key.as_str())?, *ours.get(base.key.as_str())?);
        (base != theirs || base != ours).then(|| ThreeWay {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::apply::apply;
    use crate::strategy::field::Range;
    use crate::strategy::icp::Icp;
    use crate::strategy::list::List;
    use crate::strategy::money::Currency;
    use crate::strategy::tam::Tam;

    fn icp() -> Document {
        Document::Icp(Icp {
            company_size: Some(Range::new(Some(20), Some(1_000))),
            industries: List::of(["Retail", "Lending"]),
            ..Icp::default()
        })
    }

    fn changed(document: &Document, wire: &str) -> Document {
        apply(document, &serde_json::from_str::<Vec<_>>(wire).unwrap()).unwrap()
    }

    #[test]
    fn each_field_shows_before_and_after_and_what_came_and_went() {
        let after = changed(
            &icp(),
            r#"[{"op":"set","field":"company_size","value":{"min":50,"max":500}},
                {"op":"add","list":"industries","item":"Fintech"},
                {"op":"remove","list":"industries","id":"i1"}]"#,
        );
        let found = diff(&icp(), &after);
        assert_eq!((found.changes.len(), found.fields), (2, 10));
        let size = &found.changes[0];
        assert_eq!((size.label.as_str(), size.added.len()), ("Company size", 0));
        assert_eq!(
            (size.before.as_str(), size.after.as_str()),
            ("20–1,000 employees", "50–500 employees")
        );
        let industries = &found.changes[1];
        assert_eq!(industries.added, ["Fintech"]);
        assert_eq!(industries.removed, ["Retail"]);
        assert_eq!(industries.after, "Lending, Fintech");
    }

    #[test]
    fn a_new_order_is_a_change_without_comings_or_goings() {
        let wire = r#"[{"op":"move","list":"industries","id":"i2","after_id":null}]"#;
        let found = diff(&icp(), &changed(&icp(), wire));
        assert_eq!(found.changes.len(), 1);
        assert!(found.changes[0].added.is_empty() && found.changes[0].removed.is_empty());
    }

    #[test]
    fn a_new_basis_is_shown_as_a_change_of_its_assumption() {
        let tam = Document::Tam(Tam::starting(Currency::USD));
        let wire =
            r#"[{"op":"set_cell","row":"solutions","column":"share_source","value":"Survey"}]"#;
        let found = diff(&tam, &changed(&tam, wire));
        let labels: Vec<_> = found.changes.iter().map(|change| change.label.as_str()).collect();
        assert_eq!(labels, ["Solutions share"]);
        assert_eq!(found.changes[0].after, "15% (Survey)");
        assert_eq!(found.fields, 9);
    }

    #[test]
    fn three_ways_collide_only_where_both_moved_apart() {
        let theirs = changed(
            &icp(),
            r#"[{"op":"set","field":"company_size","value":{"min":20,"max":900}},{"op":"set","field":"summary","value":"Same"}]"#,
        );
        let ours = changed(
            &icp(),
            r#"[{"op":"set","field":"company_size","value":{"min":50,"max":500}},{"op":"set","field":"summary","value":"Same"},{"op":"add","list":"industries","item":"Fintech"}]"#,
        );
        let rows: Vec<_> = three_way(&icp(), &theirs, &ours)
            .into_iter()
            .map(|row| (row.key, row.collides))
            .collect();
        assert_eq!(
            rows,
            [
                ("summary".to_owned(), false),
                ("company_size".to_owned(), true),
                ("industries".to_owned(), false)
            ]
        );
    }
}
