//! The operations that lead from one document to another: the keyed difference.

use super::document::Document;
use super::enter::set;
use super::list::{Item, List};
use super::operation::Operation;

/// The shortest plain list of operations that turns `before` into `after`. Items are the same
/// when their ids are; align a section that was written anew with
/// [`Document::with_ids_of`] first. Documents of two sections have no difference.
#[must_use]
pub fn difference(before: &Document, after: &Document) -> Vec<Operation> {
    if before.address() != after.address() {
        return Vec::new();
    }
    let keys = after.address().spec().keys();
    keys.iter().flat_map(|key| field_difference(before, after, key)).collect()
}

fn field_difference(before: &Document, after: &Document, key: &str) -> Vec<Operation> {
    if before.field_bytes(key) == after.field_bytes(key) {
        return Vec::new();
    }
    if let (Some(old), Some(new)) = (before.list(key), after.list(key)) {
        return list_difference(key, old, new);
    }
    let Some(value) = after.value(key) else { return Vec::new() };
    vec![set(key, value, after.basis(key).cloned())]
}

fn list_difference(list: &str, before: &List, after: &List) -> Vec<Operation> {
    let mut steps = Steps { list, at: before.clone(), operations: Vec::new() };
    for item in before.items().iter().filter(|item| after.get(&item.id).is_none()) {
        steps.remove(&item.id);
    }
    for item in after.items() {
        if steps.at.get(&item.id).is_some_and(|now| now.text != item.text) {
            steps.replace(item);
        }
    }
    // Ids of new items are given anew, so what stands in front is remembered as it is named now.
    let mut front: Option<String> = None;
    for item in after.items() {
        let id = if steps.at.get(&item.id).is_some() && before.get(&item.id).is_some() {
            item.id.clone()
        } else {
            steps.add(&item.text)
        };
        steps.put_after(&id, front.as_deref());
        front = Some(id);
    }
    steps.operations
}

/// A list on its way, and the operations that brought it there.
struct Steps<'a> {
    list: &'a str,
    at: List,
    operations: Vec<Operation>,
}

impl Steps<'_> {
    fn remove(&mut self, id: &str) {
        self.at.remove(id);
        self.operations.push(Operation::Remove { list: self.list.to_owned(), id: id.to_owned() });
    }

    fn replace(&mut self, item: &Item) {
        self.at.replace(&item.id, item.text.clone());
        let (list, id) = (self.list.to_owned(), item.id.clone());
        self.operations.push(Operation::Replace { list, id, item: item.text.clone() });
    }

    fn add(&mut self, text: &str) -> String {
        let (list, item) = (self.list.to_owned(), text.to_owned());
        self.operations.push(Operation::Add { list, item, after_id: None });
        self.at.push(text.to_owned())
    }

    fn put_after(&mut self, id: &str, front: Option<&str>) {
        let stands = self.at.position(id);
        let wanted = front.and_then(|front| self.at.position(front)).map_or(0, |at| at + 1);
        if stands == Some(wanted) {
            return;
        }
        self.at.put_after(id, front);
        let (list, id, after_id) = (self.list.to_owned(), id.to_owned(), front.map(str::to_owned));
        match self.operations.last_mut() {
            // An item that was just added goes to its place at once.
            Some(Operation::Add { after_id: place, .. }) if is_new(&self.at, &id) => {
                if after_id.is_some() {
                    *place = after_id;
                } else {
                    self.operations.push(Operation::Move { list, id, after_id });
                }
            }
            _ => self.operations.push(Operation::Move { list, id, after_id }),
        }
    }
}

/// Whether the item has the highest number of the list, so that it came last.
fn is_new(list: &List, id: &str) -> bool {
    let number = |id: &str| id.trim_start_matches('i').parse::<u32>().unwrap_or(0);
    list.items().iter().all(|item| number(&item.id) <= number(id))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::strategy::apply::apply;
    use crate::strategy::icp::Icp;

    fn icp(industries: &[&str]) -> Document {
        Document::Icp(Icp { industries: List::of(industries.iter().copied()), ..Icp::default() })
    }

    #[test]
    fn equal_documents_have_no_difference() {
        assert!(difference(&icp(&["a"]), &icp(&["a"])).is_empty());
    }

    #[test]
    fn a_section_written_anew_differs_only_in_what_reads_differently() {
        let (old, new) = (icp(&["Retail", "Fintech", "Health"]), icp(&["Fintech", "Energy"]));
        let operations = difference(&old, &new.with_ids_of(&old));
        let wire = serde_json::to_string(&operations).unwrap();
        assert_eq!(
            wire,
            r#"[{"op":"remove","list":"industries","id":"i1"},{"op":"remove","list":"industries","id":"i3"},{"op":"add","list":"industries","item":"Energy"}]"#
        );
    }

    #[test]
    fn a_new_item_goes_to_its_place_at_once() {
        let old = icp(&["a", "b"]);
        let new = icp(&["a", "x", "b"]).with_ids_of(&old);
        let wire = serde_json::to_string(&difference(&old, &new)).unwrap();
        assert_eq!(wire, r#"[{"op":"add","list":"industries","item":"x","after_id":"i1"}]"#);
    }

    proptest! {
        #[test]
        fn the_difference_leads_from_one_to_the_other(
            old in prop::collection::btree_set("[a-h]", 0..8),
            new in Just(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]).prop_shuffle(),
            many in 0..10_usize,
        ) {
            let old = icp(&old.iter().map(String::as_str).collect::<Vec<_>>());
            let new = icp(&new[..many]).with_ids_of(&old);
            let reached = apply(&old, &difference(&old, &new)).unwrap();
            prop_assert_eq!(reached.value("industries"), new.value("industries"));
            prop_assert!(reached.check().is_ok());
        }
    }
}
