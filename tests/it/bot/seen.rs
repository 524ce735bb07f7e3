//! What a person sees, in the same words for every face.

use std::collections::BTreeMap;

/// A message as somebody sees it.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The platform's own id.
    pub id: String,
    pub channel: String,
    /// The root of the thread it is in.
    pub thread: Option<String>,
    pub private: bool,
    pub by_bot: bool,
    /// Everything that can be read, a part a line; buttons in brackets.
    pub words: String,
    pub changes: Vec<Change>,
    pub buttons: Vec<Button>,
    /// Name and address of a file.
    pub file: Option<(String, String)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub field: String,
    pub before: String,
    pub after: String,
}

#[derive(Clone, Debug, Default)]
pub struct Button {
    pub label: String,
    pub value: String,
    /// What a browser would post.
    pub fields: BTreeMap<String, String>,
}

/// A form that stands open for a person.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub id: String,
    pub token: String,
    pub title: String,
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug, Default)]
pub struct Field {
    pub name: String,
    pub label: String,
    pub value: String,
    pub required: bool,
}

/// A thread: its channel and its root message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    pub channel: String,
    pub root: String,
}

impl Seen {
    /// The thread that this message is in or starts.
    pub fn thread(&self) -> Thread {
        let root = self.thread.clone().unwrap_or_else(|| self.id.clone());
        Thread { channel: self.channel.clone(), root }
    }

    pub fn labels(&self) -> Vec<&str> {
        self.buttons.iter().map(|button| button.label.as_str()).collect()
    }

    pub fn button(&self, label: &str) -> &Button {
        let found = self.buttons.iter().find(|button| button.label == label);
        found.unwrap_or_else(|| panic!("no button {label} on:\n{}", self.words))
    }

    /// Fails unless it says this, whatever its line breaks.
    #[track_caller]
    pub fn says(&self, what: &str) {
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat(&self.words).contains(&flat(what)), "not said: {what}\nbut:\n{}", self.words);
    }

    #[track_caller]
    pub fn does_not_say(&self, what: &str) {
        assert!(!self.words.contains(what), "said: {what}\nin:\n{}", self.words);
    }

    /// Before and after of one field.
    #[track_caller]
    pub fn change(&self, field: &str) -> (&str, &str) {
        let found = self.changes.iter().find(|change| change.field == field);
        let change = found.unwrap_or_else(|| panic!("{field} does not change in:\n{}", self.words));
        (&change.before, &change.after)
    }
}

impl Form {
    #[track_caller]
    pub fn says_optional(&self) {
        assert!(self.fields.iter().all(|field| !field.required), "{:?}", self.fields);
    }

    pub fn field(&self, name: &str) -> &Field {
        let found = self.fields.iter().find(|field| field.name == name || field.label == name);
        found.unwrap_or_else(|| panic!("no field {name} in {:?}", self.fields))
    }

    /// The values as they stand, with these in place of some.
    pub fn filled(&self, values: &[(&str, &str)]) -> BTreeMap<String, String> {
        let mut filled: BTreeMap<_, _> =
            self.fields.iter().map(|field| (field.name.clone(), field.value.clone())).collect();
        for (name, value) in values {
            filled.insert(self.field(name).name.clone(), (*value).to_owned());
        }
        filled
    }
}
