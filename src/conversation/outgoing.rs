//! What goes out: the payload of an outbox row, complete enough to be sent by another process.

use serde::{Deserialize, Serialize};

use super::card::{Card, Text};
use super::form::Form;
use super::inbound::{Actor, Answer, Place};
use crate::ids::{ProposalId, ReportId, ThreadId};

/// One thing to do on a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A message that everybody in the place sees. Never doubled. Who asked is told when the
    /// platform refuses it.
    Post { to: Place, card: Card, of: Subject, asked: Option<Asked> },
    /// New content for a message of ours. Repeating it does no harm. Who brought it about is told in
    /// words when it cannot be shown, or not soon.
    Update {
        message: MessageRef,
        card: Card,
        #[serde(default)]
        told: Option<Told>,
    },
    /// A message that only this person sees. At least once.
    Whisper { asked: Asked, card: Card },
    /// A form for the person who pressed or asked; worthless once the trigger is old.
    Open { asked: Asked, form: Form },
    /// A stored report's deck, placed in a thread. Never doubled.
    Attach { to: Place, report: ReportId, comment: Text, asked: Option<Asked> },
}

/// Whom a private answer is for, and how their request can be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub who: Actor,
    /// The place the answer is about.
    pub near: Place,
    #[serde(default)]
    pub answer: Answer,
}

/// Who waits for new content, and what it says, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub asked: Asked,
    pub outcome: String,
}

/// What a posted message is about: remembered with its place, so that it can be updated later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Subject {
    Nothing,
    /// The root message of an edit thread.
    Thread(ThreadId),
    Proposal(ProposalId),
    Report(ReportId),
}

/// Where one of our messages stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    /// The place it was posted to: channel, and thread when inside one.
    pub place: Place,
    /// The platform's id of the message.
    pub message: String,
}

impl MessageRef {
    /// The root of the thread that this message is in or starts.
    #[must_use]
    pub fn thread_root(&self) -> &str {
        self.place.thread.as_deref().unwrap_or(&self.message)
    }
}
