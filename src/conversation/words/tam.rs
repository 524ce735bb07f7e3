//! Direct changes of the partner TAM, with undo, and questions about its assumptions.

use super::section::plain;
use crate::conversation::button::{Click, Sheet};
use crate::conversation::card::{Card, Change, Part};
use crate::conversation::form::{FieldKind, Form, FormField};

/// Saved at once; *Undo* takes it back as a new revision.
#[must_use]
pub fn saved(changes: Vec<Change>, revision: i64, when: &str, total: &str) -> Card {
    let line = format!("Saved {when}, revision {revision}. Total opportunity {total}.");
    Card::new(line.clone()).text(line).with(Part::Changes(changes)).buttons(vec![
        plain("Undo", &Click::UndoTam(revision)),
        plain("Partner TAM", &Click::Show(crate::strategy::address::SectionAddress::Tam)),
    ])
}

#[must_use]
pub fn undone(revision: i64) -> String {
    format!("Undone. The values from before stand again, as revision {revision}.")
}

#[must_use]
pub fn cannot_undo(current: i64) -> String {
    format!(
        "This cannot be undone by itself any more: others changed the section since, it is at revision {current}. Nothing was changed. See /strategy history tam."
    )
}

#[must_use]
pub fn undone_already() -> String {
    "This was undone already. Nothing more was changed.".to_owned()
}

#[must_use]
pub fn same_already() -> String {
    "These values stand there already. Nothing was changed.".to_owned()
}

#[must_use]
pub fn not_read(reason: &str) -> String {
    format!(
        "{reason} Nothing was changed. Like this: /strategy tam set solutions share=15% acv=40000, or tam set accounts=4000 source=\"industry register\"."
    )
}

/// A question about a number was answered after others had changed the section.
#[must_use]
pub fn moved_since(current: i64) -> String {
    format!(
        "Partner TAM changed since this was asked, it is at revision {current}. Nothing was changed. Say it again with /strategy tam set."
    )
}

/// A form of an earlier release does not say what it showed.
#[must_use]
pub fn form_out_of_date() -> String {
    "This form is out of date. Nothing was changed. Open it anew with Change share or ACV below \
     /strategy tam."
        .to_owned()
}

/// One line per assumption of the form, filled with the values of this revision.
#[must_use]
pub fn form(revision: i64, fields: Vec<(String, String, String)>) -> Form {
    let fields = fields.into_iter().map(|(name, label, value)| FormField {
        name,
        label,
        hint: None,
        kind: FieldKind::Line,
        value,
        required: true,
        longest: 40,
    });
    let mut fields: Vec<_> = fields.collect();
    fields.push(FormField {
        name: "source".to_owned(),
        label: "What is this based on?".to_owned(),
        hint: Some(
            "Kept with what you change, so that the number can be questioned later.".to_owned(),
        ),
        kind: FieldKind::Line,
        value: String::new(),
        required: false,
        longest: 300,
    });
    Form {
        token: Sheet::Tam(Some(revision)).token(),
        title: "Change the partner TAM".to_owned(),
        submit: "Save".to_owned(),
        intro: None,
        fields,
    }
}

#[must_use]
pub fn not_answered(reason: &str) -> String {
    format!("I cannot answer this: {reason}.")
}
