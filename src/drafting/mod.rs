//! Who writes the first version: of a section, of a change to it, of an answer about it.
//!
//! A drafter only ever suggests. What it hands back is checked by [`check`] before anybody sees
//! it, and a person accepts it. Nothing it says replaces a document: an edit is a list of
//! [`crate::strategy::operation::Operation`]s.

pub mod brief;
pub mod check;
pub mod doubt;
mod numbers;
pub mod rules;
#[cfg(test)]
mod tests;

use futures_util::future::BoxFuture;
use thiserror::Error;

use crate::strategy::document::Document;
use crate::strategy::drafted::{DraftedBy, NotDone};
use crate::strategy::operation::Operation;

use self::brief::{Brief, EditBrief, Question};

/// Asked now and then by work that takes a while: whether to end it.
pub type Look<'a> = &'a (dyn Fn() -> bool + Send + Sync);

/// Writes sections, changes to sections, and answers about them.
pub trait Drafter: Send + Sync {
    /// Who it is, as recorded on everything it writes.
    fn identity(&self) -> DraftedBy;

    /// Writes a section from the onboarding answers and the partner facts.
    fn write<'a>(&'a self, brief: &'a Brief) -> BoxFuture<'a, Result<Draft, DraftError>>;

    /// Turns a request into operations on one section, and ends early when it is over: what it
    /// then hands back is not used.
    fn edit<'a>(
        &'a self,
        brief: &'a EditBrief,
        over: Look<'a>,
    ) -> BoxFuture<'a, Result<EditDraft, DraftError>>;

    /// Answers a question from what is recorded; changes nothing.
    fn answer<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Answer, DraftError>>;
}

/// A section, written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub document: Document,
    /// One sentence: what it was written from.
    pub summary: String,
    /// What nobody has said yet and would make it better, as questions.
    pub questions: Vec<String>,
    /// What was concluded rather than told, and from what.
    pub notes: Vec<String>,
}

/// A request, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EditDraft {
    /// One sentence: what changes. Empty when nothing does.
    pub understood: String,
    /// Operations on the brief's document, with everything the thread asked for so far.
    pub operations: Vec<Operation>,
    /// What was left undone, each part with its reason.
    pub not_done: Vec<NotDone>,
    /// Answers to questions in the request.
    pub answers: Vec<Answer>,
    /// What a reader should look at twice.
    pub warnings: Vec<String>,
}

/// An answer, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub text: String,
    /// Recorded fields or facts it was read from; empty when nothing is recorded.
    pub sources: Vec<String>,
}

/// Why a drafter wrote nothing. The person is told, and offered the rules drafter.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DraftError {
    /// Something a person must give first.
    #[error("{0}")]
    Needs(String),
    /// The drafter could not be reached, or took too long.
    #[error("the drafter did not answer: {0}")]
    Unavailable(String),
    /// Its deadline passed. The same again would end the same.
    #[error("it took too long")]
    TooLong,
    /// What it wrote did not pass the checks.
    #[error("the draft did not pass the checks: {0}")]
    Rejected(String),
}
