//! A change someone must accept or discard. Never waits.
//!
//! ```text
//! open ─▶ accepted | discarded | superseded | stale | expired
//! ```
//!
//! A proposal ends exactly once. It is decided by [`decide::decide`], which writes nothing: its
//! [`decide::Outcome`] names what happened, and how the proposal ends if it does.

pub mod archive;
pub mod decide;
pub mod diff;
pub mod digest;
pub mod revision;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::{MemberId, ProposalId};
use crate::strategy::address::SectionAddress;
use crate::strategy::apply::apply;
use crate::strategy::document::Document;
use crate::strategy::drafted::{DraftedBy, NotDone};
use crate::strategy::operation::{ApplyError, Operation};

use self::diff::diff;
use self::digest::Digest;
use self::revision::Current;

/// How long a proposal stays open.
pub const OPEN_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A change to one section, on the revision it was drafted against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub id: ProposalId,
    pub address: SectionAddress,
    pub base_revision: i64,
    pub base_hash: Digest,
    pub operations: Vec<Operation>,
    /// What each touched field held in the base, by key.
    pub before: BTreeMap<String, Before>,
    /// Hash of the document that accepting writes.
    pub result_hash: Digest,
    /// One line: what changes.
    pub summary: String,
    /// Why, in the words of the request; may be empty.
    pub reason: String,
    pub requested_by: MemberId,
    pub drafted_by: DraftedBy,
    pub not_done: Vec<NotDone>,
    pub warnings: Vec<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// The earlier proposal that this one replaces.
    pub supersedes: Option<ProposalId>,
    pub state: State,
}

/// One touched field as it stood in the base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// As people read it.
    pub shown: String,
    pub hash: Digest,
}

/// Where a proposal stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    Open,
    /// Applied; the section is at this revision since.
    Accepted {
        by: MemberId,
        at: Timestamp,
        revision: i64,
    },
    Discarded {
        by: MemberId,
        at: Timestamp,
    },
    /// Replaced by a later proposal.
    Superseded {
        by: ProposalId,
        at: Timestamp,
    },
    /// Its base had moved when somebody decided; it is never applied.
    Stale {
        by: MemberId,
        at: Timestamp,
    },
    Expired {
        at: Timestamp,
    },
}

impl State {
    /// The word for it, as stored.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted { .. } => "accepted",
            Self::Discarded { .. } => "discarded",
            Self::Superseded { .. } => "superseded",
            Self::Stale { .. } => "stale",
            Self::Expired { .. } => "expired",
        }
    }

    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }

    /// The person who ended it, if one did.
    #[must_use]
    pub fn by(&self) -> Option<&MemberId> {
        match self {
            Self::Accepted { by, .. } | Self::Discarded { by, .. } | Self::Stale { by, .. } => {
                Some(by)
            }
            Self::Open | Self::Superseded { .. } | Self::Expired { .. } => None,
        }
    }

    /// When it ended.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Open => None,
            Self::Accepted { at, .. }
            | Self::Discarded { at, .. }
            | Self::Superseded { at, .. }
            | Self::Stale { at, .. }
            | Self::Expired { at } => Some(*at),
        }
    }
}

/// What a drafter or a person suggests, before it becomes a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    pub operations: Vec<Operation>,
    pub summary: String,
    pub reason: String,
    pub requested_by: MemberId,
    pub drafted_by: DraftedBy,
    pub not_done: Vec<NotDone>,
    pub warnings: Vec<String>,
    pub supersedes: Option<ProposalId>,
}

/// Why a suggestion did not become a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotOpened {
    /// The section already says so: say it, and show no card.
    #[error("nothing would change")]
    NothingToChange,
    #[error(transparent)]
    Refused(#[from] ApplyError),
}

/// The proposal had ended before; it is handed back as it was.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the proposal is {} already", proposal.state.as_str())]
pub struct Ended {
    pub proposal: Box<Proposal>,
}

impl Proposal {
    /// Opens a proposal on the section as it stands.
    ///
    /// # Errors
    /// A suggestion that changes nothing a reader can see, or that does not apply.
    pub fn open(
        id: ProposalId,
        suggestion: Suggestion,
        base: &Current,
        now: Timestamp,
    ) -> Result<Self, NotOpened> {
        let result = apply(&base.document, &suggestion.operations)?;
        if diff(&base.document, &result).changes.is_empty() {
            return Err(NotOpened::NothingToChange);
        }
        Ok(Self {
            id,
            address: base.document.address(),
            base_revision: base.revision,
            base_hash: Digest::of_document(&base.document),
            before: before(&base.document, &suggestion.operations),
            result_hash: Digest::of_document(&result),
            operations: suggestion.operations,
            summary: suggestion.summary,
            reason: suggestion.reason,
            requested_by: suggestion.requested_by,
            drafted_by: suggestion.drafted_by,
            not_done: suggestion.not_done,
            warnings: suggestion.warnings,
            created_at: now,
            expires_at: now.saturating_add(OPEN_FOR).unwrap_or(Timestamp::MAX),
            supersedes: suggestion.supersedes,
            state: State::Open,
        })
    }

    /// Ends an open proposal.
    ///
    /// # Errors
    /// [`Ended`] when it is not open, or when `ending` is no ending.
    pub fn end(self, ending: State) -> Result<Self, Ended> {
        if self.state.is_open() && !ending.is_open() {
            Ok(Self { state: ending, ..self })
        } else {
            Err(Ended { proposal: Box::new(self) })
        }
    }

    /// Ends an open proposal because a later one takes its place.
    ///
    /// # Errors
    /// [`Ended`] when it is not open.
    pub fn supersede(self, by: ProposalId, at: Timestamp) -> Result<Self, Ended> {
        self.end(State::Superseded { by, at })
    }

    /// Whether its time has passed.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }

    /// Fields that have moved since the base, of those that it touches.
    #[must_use]
    pub fn collisions(&self, now: &Document) -> Vec<String> {
        let moved = |(key, before): &(&String, &Before)| {
            Digest::of_field(now, key).as_ref() != Some(&before.hash)
        };
        self.before.iter().filter(moved).map(|(key, _)| key.clone()).collect()
    }
}

fn before(base: &Document, operations: &[Operation]) -> BTreeMap<String, Before> {
    let touched = operations.iter().flat_map(|operation| [operation.key(), operation.shown_key()]);
    let stood = touched.filter_map(|key| {
        let hash = Digest::of_field(base, &key)?;
        let shown = base.field(&key)?.display();
        Some((key, Before { shown, hash }))
    });
    stood.collect()
}
