//! What an import changes: new rows held against those that are stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::facts::{Activity, Deal, Partner};

/// The columns that a row has, in the order of the template.
pub type Columns = Arc<[&'static str]>;

/// A row that is stored under the id of the system it comes from.
pub trait Fact: Clone + PartialEq + Serialize + DeserializeOwned {
    fn external_id(&self) -> &str;
}

macro_rules! facts {
    ($($name:ident)+) => {$(
        impl Fact for $name {
            fn external_id(&self) -> &str {
                &self.external_id
            }
        }
    )+};
}

facts! { Partner Deal Activity }

/// The difference that an import makes. Stored rows that the file does not name stay as they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Changes<T> {
    pub added: Vec<T>,
    pub changed: Vec<Changed<T>>,
    pub unchanged: usize,
}

/// A stored row as it will be, and which of its columns differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed<T> {
    pub row: T,
    pub columns: Vec<String>,
}

/// Holds rows against the stored ones. `columns` says for each row which it has
/// (in a file, those of its header): every other column keeps what is stored.
#[must_use]
pub fn changes<T: Fact>(stored: &[T], rows: &[T], columns: &[Columns]) -> Changes<T> {
    let by_id: BTreeMap<&str, &T> = stored.iter().map(|row| (row.external_id(), row)).collect();
    let mut found = Changes { added: Vec::new(), changed: Vec::new(), unchanged: 0 };
    for (row, columns) in rows.iter().zip(columns) {
        match by_id.get(row.external_id()) {
            None => found.added.push(row.clone()),
            Some(old) if *old == row => found.unchanged += 1,
            Some(old) => match merged(*old, row, columns) {
                Some(changed) => found.changed.push(changed),
                None => found.unchanged += 1,
            },
        }
    }
    found
}

/// The row as it will stand: the new one over the stored one, where there is one.
pub(super) fn over<T: Fact>(old: Option<&T>, new: &T, columns: &[&str]) -> T {
    let changed = old.map(|old| merged(old, new, columns).map_or_else(|| old.clone(), |c| c.row));
    changed.unwrap_or_else(|| new.clone())
}

/// The new row over the old one; `None` when no column of the file differs.
fn merged<T: Fact>(old: &T, new: &T, columns: &[&str]) -> Option<Changed<T>> {
    let mut kept = cells(old);
    let mut differ = Vec::new();
    for (column, value) in cells(new) {
        let of_file = columns.contains(&column.as_str());
        if of_file && kept.get(&column) != Some(&value) {
            kept.insert(column.clone(), value);
            differ.push(column);
        }
    }
    if differ.is_empty() {
        return None;
    }
    let row = serde_json::from_value(Value::Object(kept)).unwrap_or_else(|_| new.clone());
    Some(Changed { row, columns: differ })
}

fn cells<T: Serialize>(row: &T) -> Map<String, Value> {
    match serde_json::to_value(row) {
        Ok(Value::Object(cells)) => cells,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partners::Tier;
    use crate::partners::import::{Import, Kind, Known, Rows, read};

    fn file(text: &str) -> (Vec<Partner>, Vec<Columns>) {
        let import = read(Kind::Partners, text.as_bytes(), &Known::default()).unwrap();
        let Import { rows: Rows::Partners(rows), columns, refused, .. } = import else {
            panic!("not partners");
        };
        assert_eq!(refused, []);
        (rows, columns)
    }

    #[test]
    fn a_second_import_of_the_same_file_changes_nothing() {
        let (rows, columns) = file("external_id,name,tier\nP-1,One,gold\nP-2,Two,\n");
        let again = changes(&rows, &rows, &columns);
        assert_eq!((again.added.len(), again.changed.len(), again.unchanged), (0, 0, 2));
    }

    #[test]
    fn new_rows_are_added_and_changed_ones_name_their_columns() {
        let (stored, _) = file("external_id,name,tier\nP-1,One,gold\nP-2,Two,silver\n");
        let (rows, columns) = file("external_id,name,tier\nP-1,One AG,platinum\nP-3,Three,\n");
        let found = changes(&stored, &rows, &columns);
        assert_eq!(found.added, rows[1..]);
        assert_eq!(found.changed[0].columns, ["name", "tier"]);
        assert_eq!(found.unchanged, 0);
    }

    #[test]
    fn a_column_that_the_file_does_not_have_keeps_what_is_stored() {
        let (stored, _) = file("external_id,name,tier,region\nP-1,One,gold,DACH\n");
        let (rows, columns) = file("external_id,name\nP-1,One AG\n");
        let found = changes(&stored, &rows, &columns);
        assert_eq!(found.changed[0].row.tier, Some(Tier::Gold));
        assert_eq!(found.changed[0].row.region.as_deref(), Some("DACH"));
        let (same, columns) = file("external_id,name\nP-1,One\n");
        assert_eq!(changes(&stored, &same, &columns).unchanged, 1);
    }

    #[test]
    fn a_column_that_is_there_and_empty_takes_the_value_away() {
        let (stored, _) = file("external_id,name,tier\nP-1,One,gold\n");
        let (rows, columns) = file("external_id,name,tier\nP-1,One,\n");
        assert_eq!(changes(&stored, &rows, &columns).changed[0].row.tier, None);
    }
}
