//! A form: a few fields that a person fills in, in words that each platform can render.

use serde::{Deserialize, Serialize};

use super::card::Text;

/// Opened by a press or a command, sent back as [`super::inbound::Said::Submitted`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Opaque to people and platforms: made by `button::Sheet`; at most 3,000 characters.
    pub token: String,
    /// At most 24 characters.
    pub title: String,
    /// The label of the sending button; at most 24 characters.
    pub submit: String,
    #[serde(default)]
    pub intro: Option<Text>,
    pub fields: Vec<FormField>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormField {
    /// Key in the answer; unique in the form.
    pub name: String,
    pub label: String,
    #[serde(default)]
    pub hint: Option<String>,
    pub kind: FieldKind,
    /// What stands there at first.
    #[serde(default)]
    pub value: String,
    #[serde(default)]
    pub required: bool,
    /// Longest answer, in characters; a platform may take less.
    pub longest: usize,
}

impl FormField {
    /// How long the answer may be, in characters: what stands there at first always fits.
    #[must_use]
    pub fn room(&self) -> usize {
        self.longest.max(self.value.chars().count())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    Line,
    Paragraph,
    /// One of these: (value, label).
    Choice(Vec<(String, String)>),
}

/// What is wrong with one field, to be shown beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub field: String,
    pub text: String,
}
