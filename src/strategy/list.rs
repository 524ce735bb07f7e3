//! Ordered lists whose items keep their ids for life.

use serde::{Deserialize, Serialize};

use super::text::folded;

/// Items in one list.
pub const LIST_LIMIT: usize = 50;

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Stable within its list, such as `i1`; never used again after a removal.
    pub id: String,
    pub text: String,
}

/// An ordered list and the number that its next new item takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    next: u32,
    items: Vec<Item>,
}

impl Default for List {
    fn default() -> Self {
        Self { next: 1, items: Vec::new() }
    }
}

impl List {
    /// A new list of these texts, numbered from `i1`.
    #[must_use]
    pub fn of<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        let mut list = Self::default();
        for text in texts {
            list.push(text.into());
        }
        list
    }

    /// The items in their order.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The texts in their order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.items.iter().map(|item| item.text.as_str())
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The item with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The item that reads like this text, whatever its case.
    #[must_use]
    pub fn like(&self, text: &str) -> Option<&Item> {
        let wanted = folded(text);
        self.items.iter().find(|item| folded(&item.text) == wanted)
    }

    /// Where the item stands.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.items.iter().position(|item| item.id == id)
    }

    /// Adds an item at the end and returns its id.
    pub(crate) fn push(&mut self, text: String) -> String {
        self.insert(self.items.len(), text)
    }

    /// Adds an item before position `at` and returns its id.
    pub(crate) fn insert(&mut self, at: usize, text: String) -> String {
        let id = format!("i{}", self.next);
        self.next = self.next.saturating_add(1);
        self.items.insert(at.min(self.items.len()), Item { id: id.clone(), text });
        id
    }

    /// Takes the item out; `false` when there is none.
    pub(crate) fn remove(&mut self, id: &str) -> bool {
        let before = self.items.len();
        self.items.retain(|item| item.id != id);
        self.items.len() < before
    }

    /// Gives the item another text; `false` when there is none.
    pub(crate) fn replace(&mut self, id: &str, text: String) -> bool {
        let item = self.items.iter_mut().find(|item| item.id == id);
        item.map(|item| item.text = text).is_some()
    }

    /// Puts the item after another one, or first; `false` when either is missing.
    pub(crate) fn put_after(&mut self, id: &str, after: Option<&str>) -> bool {
        let (Some(from), true) = (self.position(id), after.is_none_or(|other| other != id)) else {
            return false;
        };
        if after.is_some_and(|other| self.position(other).is_none()) {
            return false;
        }
        let item = self.items.remove(from);
        let at = after.and_then(|other| self.position(other)).map_or(0, |at| at + 1);
        self.items.insert(at, item);
        true
    }

    /// Takes these texts in this order; what reads the same keeps its id.
    pub(crate) fn assign(&mut self, texts: Vec<String>) {
        let mut old = std::mem::take(&mut self.items);
        for text in texts {
            let wanted = folded(&text);
            match old.iter().position(|item| folded(&item.text) == wanted) {
                Some(at) => self.items.push(Item { text, ..old.remove(at) }),
                None => {
                    self.push(text);
                }
            }
        }
    }

    /// Whether ids are unique and below the next number.
    pub(crate) fn is_sound(&self) -> bool {
        let number = |item: &Item| item.id.strip_prefix('i').and_then(|n| n.parse::<u32>().ok());
        let mut numbers: Vec<_> = self.items.iter().map(number).collect();
        let all_known = numbers.iter().all(|n| n.is_some_and(|n| n > 0 && n < self.next));
        numbers.sort_unstable();
        numbers.dedup();
        all_known && numbers.len() == self.items.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_never_used_again() {
        let mut list = List::of(["a", "b"]);
        assert!(list.remove("i2"));
        assert_eq!(list.push("c".to_owned()), "i3");
        assert!(list.is_sound());
    }

    #[test]
    fn assigning_keeps_the_ids_of_equal_texts() {
        let mut list = List::of(["Retail", "Fintech"]);
        list.assign(vec!["fintech".to_owned(), "Health".to_owned()]);
        let shown: Vec<_> = list.items().iter().map(|i| (i.id.as_str(), i.text.as_str())).collect();
        assert_eq!(shown, [("i2", "fintech"), ("i3", "Health")]);
    }

    #[test]
    fn an_item_moves_behind_another_or_to_the_front() {
        let mut list = List::of(["a", "b", "c"]);
        assert!(list.put_after("i3", Some("i1")));
        assert_eq!(list.texts().collect::<String>(), "acb");
        assert!(list.put_after("i2", None));
        assert_eq!(list.texts().collect::<String>(), "bac");
        assert!(!list.put_after("i1", Some("i1")));
        assert!(!list.put_after("i1", Some("i9")));
        assert!(!list.put_after("i9", None));
    }
}
