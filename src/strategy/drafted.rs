//! What a drafter says about its own work: who wrote it, and what it left undone.

use serde::{Deserialize, Serialize};

use super::address::SectionAddress;

/// Who wrote a change or a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum DraftedBy {
    /// The built-in rules: no model, no network.
    Rules,
    /// A language model, under a version of our prompt.
    Model { model: String, prompt: String },
    /// A person, by form or command.
    Person,
}

/// A part of a request that was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotDone {
    /// The part, in the words of the request.
    pub part: String,
    pub why: Why,
    /// What stood in the way and what to say instead, in a short sentence.
    pub detail: String,
}

/// Why a part of a request was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason", content = "address")]
pub enum Why {
    /// It belongs to another section; a thread for that one can be offered.
    OtherSection(SectionAddress),
    /// It needs a fact or a number that nobody has given.
    NeedsFact,
    /// It can be read in more than one way, or in none.
    Unclear,
    /// It holds a number that may be two; its author can choose.
    Ambiguous,
    /// It is understood, and not allowed.
    NotAllowed,
    /// It is so already.
    AlreadySo,
}
