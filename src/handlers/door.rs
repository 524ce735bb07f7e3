//! Where a platform hands over what it has verified.

use std::collections::BTreeMap;
use std::time::Instant;

use futures_util::future::BoxFuture;

use crate::clock::Clock;
use crate::conversation::button::Sheet;
use crate::conversation::form::FieldError;
use crate::conversation::inbound::{Inbound, Said};
use crate::handlers::rate::Rate;
use crate::handlers::{proposal, setup, tam};
use crate::jobs::{Heard, InboxWriter, Verdict};
use crate::telemetry;

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
    /// This person asks faster than is taken: nothing was written, and sending it again by itself
    /// would not help. Say so in the answer where the platform shows it; where it does not, hand
    /// over [`Inbound::hurried`], which is written down once a minute.
    TooFast,
    /// Ours; logged once under this reference. Nothing was written: answer 500 with the reference.
    Failed(u32),
}

/// The door of this process: everything goes through its inbox writer.
pub struct FrontDoor {
    writer: InboxWriter,
    wall: Clock,
    rate: Rate,
}

impl FrontDoor {
    #[must_use]
    pub fn new(writer: InboxWriter, wall: Clock, rate: Rate) -> Self {
        Self { writer, wall, rate }
    }
}

impl Door for FrontDoor {
    fn receive<'a>(&'a self, inbound: &'a Inbound) -> BoxFuture<'a, Received> {
        Box::pin(async move {
            let now = Instant::now();
            if !self.rate.takes(inbound, now) {
                return Received::TooFast;
            }
            if inbound.said == Said::Hurried && !self.rate.tells(inbound, now) {
                return Received::Duplicate;
            }
            let payload = match serde_json::to_string(inbound) {
                Ok(payload) => payload,
                Err(error) => return failed(&error),
            };
            let heard = Heard {
                platform: inbound.place.platform.as_str(),
                dedupe_key: inbound.key.clone(),
                conversation: inbound.conversation(),
                payload,
                received_at: self.wall.now_ms(),
            };
            match self.writer.accept(heard, Some(inbound.at)).await {
                Ok(Verdict::Accepted) => Received::Accepted,
                Ok(Verdict::Duplicate) => Received::Duplicate,
                Ok(Verdict::Overloaded) => Received::Overloaded,
                // Logged by the writer; asking again may well succeed.
                Err(error) if error.passes() => Received::Overloaded,
                Err(error) => failed(&error),
            }
        })
    }

    fn form_faults(&self, form: &str, fields: &BTreeMap<String, String>) -> Vec<FieldError> {
        match Sheet::read(form) {
            Some(Sheet::Setup(step)) => setup::faults(step, fields),
            Some(Sheet::Tam(_)) => tam::faults(fields),
            Some(Sheet::EditAndAccept(_)) => proposal::faults(fields),
            Some(Sheet::Refine(_)) | None => Vec::new(),
        }
    }
}

fn failed(error: &(dyn std::error::Error + 'static)) -> Received {
    Received::Failed(telemetry::reference(error, "a request could not be written down"))
}
