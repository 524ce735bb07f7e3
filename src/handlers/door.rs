//! Where a platform hands over what it has verified.

use std::collections::BTreeMap;

use futures_util::future::BoxFuture;

use crate::conversation::form::FieldError;
use crate::conversation::inbound::Inbound;

/// The way in for people. A platform verifies and parses, calls [`Door::receive`], and answers its
/// caller by the outcome; it does nothing else before that answer.
pub trait Door: Send + Sync {
    /// Writes the request down, durably, and wakes the work. Returns once it is committed.
    fn receive<'a>(&'a self, inbound: &'a Inbound) -> BoxFuture<'a, Received>;

    /// What is wrong with a form's fields: pure, for platforms that want it in their answer.
    /// Empty when the form may be sent on to [`Door::receive`].
    fn form_faults(&self, form: &str, fields: &BTreeMap<String, String>) -> Vec<FieldError>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Committed; it will be worked on.
    Accepted,
    /// Heard before; nothing new will happen. Answer as if accepted.
    Duplicate,
    /// Refused before anything was written: answer 503, and only then.
    Overloaded,
    /// Ours; logged once under this reference. Nothing was written: answer 500 with the reference.
    Failed(u32),
}
