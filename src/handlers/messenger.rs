//! What a platform must be able to do for us: the port that each of `platforms/*` fills.

use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::conversation::card::{Card, Text};
use crate::conversation::form::Form;
use crate::conversation::inbound::{Actor, Answer, Place, PlaceKind, Standing};
use crate::conversation::outgoing::MessageRef;
use crate::ids::ReportId;

/// Says things on one platform. Every call has a time-out of its own and never retries by itself:
/// the outbox decides what an outcome means.
pub trait Messenger: Send + Sync {
    /// A message for everybody in the place, carrying `key` where the platform can keep it.
    fn post<'a>(&'a self, key: &'a str, to: &'a Place, card: &'a Card) -> Sending<'a, MessageRef>;

    /// New content for a message of ours.
    fn update<'a>(&'a self, message: &'a MessageRef, card: &'a Card) -> Sending<'a, ()>;

    /// A message that only this person sees: through the answer address while it lives, else in
    /// the way the platform has for it, near the place it is about.
    fn whisper<'a>(&'a self, to: &'a Private<'a>, card: &'a Card) -> Sending<'a, ()>;

    /// A form for this person.
    fn open<'a>(&'a self, to: &'a Private<'a>, form: &'a Form) -> Sending<'a, ()>;

    /// A file in a thread. What must survive a crash half-way (a file id) goes to `notes` first and
    /// comes back as `earlier`.
    fn attach<'a>(
        &'a self,
        file: &'a Attachment<'a>,
        notes: &'a dyn Notes,
    ) -> Sending<'a, MessageRef>;

    /// Looks for what an earlier, unknown try of [`Messenger::post`] or [`Messenger::attach`]
    /// brought about. `Ok(None)` means: surely not there.
    fn find<'a>(&'a self, trace: &'a Trace<'a>) -> Sending<'a, Option<MessageRef>>;

    /// Whether our token is good, now, for this team: asked before a team is linked.
    fn speaks_for<'a>(&'a self, team: &'a str) -> Sending<'a, bool>;

    /// Asks whether our access still works, with all that we need, for these linked teams. What was
    /// found out is told by [`Messenger::ails`].
    fn look_after<'a>(&'a self, teams: &'a [String]) -> Sending<'a, ()> {
        let _ = teams;
        Box::pin(std::future::ready(Ok(())))
    }

    /// Why nothing can be said or asked here until whoever hosts us mends it, in the platform's own
    /// word, such as `token_revoked`; as far as was found out.
    fn ails(&self) -> Option<String> {
        None
    }

    /// What the platform says about a person: their requests do not always carry it.
    fn about<'a>(&'a self, who: &'a Actor) -> Sending<'a, Profile>;

    /// Whether guests, or people of another organisation, read what is posted there; nobody of them does
    /// on a platform that has none.
    fn outsiders<'a>(&'a self, _place: &'a Place) -> Sending<'a, bool> {
        Box::pin(std::future::ready(Ok(false)))
    }

    /// What the platform says about a channel, now; none where there is none that we can see.
    fn channel<'a>(&'a self, sought: Sought<'a>) -> Sending<'a, Option<Channel>>;
}

/// How a channel is sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought<'a> {
    /// By the platform's own id, as a request's place or a mention names it.
    Id(&'a str),
    /// By the name that people call it, with or without a `#`. Names are looked for among the
    /// channels that we are a member of.
    Name(&'a str),
}

/// A channel as the platform knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    pub id: String,
    /// Without a `#`; empty where it has none.
    pub name: String,
    pub kind: PlaceKind,
    /// Whether we are in it, and so may post there.
    pub member: bool,
    pub archived: bool,
    /// Whether people of another organisation read there, or are invited to.
    pub shared: bool,
}

/// A person as the platform knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub standing: Standing,
    /// What people there call them, where it says so.
    pub name: Option<String>,
}

pub type Sending<'a, T> = BoxFuture<'a, Result<T, SendError>>;

/// One person, near a place, with the ways to answer their request.
#[derive(Clone, Copy, Debug)]
pub struct Private<'a> {
    pub to: &'a Actor,
    pub near: &'a Place,
    pub answer: &'a Answer,
}

#[derive(Clone, Copy, Debug)]
pub struct Attachment<'a> {
    /// The key of the outbox row.
    pub key: &'a str,
    pub to: &'a Place,
    /// With its ending.
    pub file_name: &'a str,
    pub title: &'a str,
    pub comment: &'a Text,
    /// The stored report that these bytes are of: a platform of our own links it instead.
    pub report: &'a ReportId,
    pub bytes: &'a [u8],
    /// What an earlier try noted.
    pub earlier: Option<&'a str>,
}

/// What is known of a send whose outcome is not.
#[derive(Clone, Copy, Debug)]
pub struct Trace<'a> {
    pub key: &'a str,
    pub to: &'a Place,
    /// When the try began, in milliseconds since 1970 (UTC), business time.
    pub since: i64,
    /// What the try noted.
    pub note: Option<&'a str>,
}

/// Keeps a word about a running send in its outbox row, durably, before the next outside call.
pub trait Notes: Send + Sync {
    fn keep<'a>(&'a self, note: &'a str) -> BoxFuture<'a, Result<(), SendError>>;
}

impl SendError {
    /// Whether it may well be otherwise a moment later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Later(_) | Self::NotSent(_) | Self::Failed(_) | Self::Unknown(_) => true,
            Self::Refused(_) | Self::Expired | Self::CannotLook(_) => false,
        }
    }
}

/// Why something was not (or perhaps not) said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The platform asks to wait; it did not take it.
    #[error("asked to wait {} s", .0.as_secs())]
    Later(Duration),
    /// The platform refused it for good: its own word, such as `channel_not_found`.
    #[error("refused: {0}")]
    Refused(String),
    /// It never left; trying again is safe.
    #[error("not sent: {0}")]
    NotSent(String),
    /// The platform failed at it, and nothing that anybody sees was done; trying again is safe.
    #[error("failed: {0}")]
    Failed(String),
    /// It may or may not have been taken.
    #[error("outcome unknown: {0}")]
    Unknown(String),
    /// The form's trigger or the answer address is too old.
    #[error("too late")]
    Expired,
    /// This platform (or its permissions) cannot look.
    #[error("cannot look: {0}")]
    CannotLook(String),
}
