//! What a click on a proposal does, decided without writing anything.

use jiff::Timestamp;

use crate::ids::{MemberId, ProposalId};
use crate::strategy::apply::apply;
use crate::strategy::document::Document;
use crate::strategy::operation::{ApplyError, Operation};

use super::diff::diff;
use super::digest::Digest;
use super::revision::Current;
use super::{NotOpened, Proposal, State, Suggestion};

/// What somebody wants done with a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Apply exactly what was shown.
    Accept,
    /// Apply these operations on the proposal's base instead.
    EditAndAccept(Vec<Operation>),
    Discard,
    /// Propose the same change on the section as it stands now, under this new id.
    Rebase(ProposalId),
}

/// What happened. Whoever carries it out writes [`Outcome::ending`] and the outcome's own part
/// in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The document becomes the section's next revision.
    Accepted {
        document: Document,
        revision: i64,
        operations: Vec<Operation>,
        ending: State,
    },
    Discarded {
        ending: State,
    },
    /// The base has moved: nothing is applied. `ending` is there when this decision found it.
    Stale {
        /// Touched fields that moved.
        collisions: Vec<String>,
        can_rebase: bool,
        ending: Option<State>,
    },
    /// The same change, open on the current revision. `ending` is the older one's, if it was open.
    Rebased {
        proposal: Box<Proposal>,
        ending: Option<State>,
    },
    /// It had ended before: who was first, and how.
    Already {
        state: State,
    },
    /// Its time had passed.
    Expired {
        ending: State,
    },
    /// The section says so already, or nothing has moved that a re-base could follow.
    NothingToChange,
    /// The edited operations do not fit; the proposal stays open.
    Refused(ApplyError),
}

impl Outcome {
    /// How the proposal ends, when it does.
    #[must_use]
    pub fn ending(&self) -> Option<&State> {
        match self {
            Self::Accepted { ending, .. }
            | Self::Discarded { ending }
            | Self::Expired { ending } => Some(ending),
            Self::Stale { ending, .. } | Self::Rebased { ending, .. } => ending.as_ref(),
            Self::Already { .. } | Self::NothingToChange | Self::Refused(_) => None,
        }
    }
}

/// Decides. The right to do so was checked before.
#[must_use]
pub fn decide(
    proposal: &Proposal,
    decision: Decision,
    current: &Current,
    who: &MemberId,
    now: Timestamp,
) -> Outcome {
    let stale = matches!(proposal.state, State::Stale { .. });
    let follows = stale && matches!(decision, Decision::Rebase(_));
    if !proposal.state.is_open() && !follows {
        return Outcome::Already { state: proposal.state.clone() };
    }
    if proposal.is_overdue(now) {
        return if stale {
            Outcome::Already { state: proposal.state.clone() }
        } else {
            Outcome::Expired { ending: State::Expired { at: now } }
        };
    }
    let at_click = Click { proposal, current, who, now };
    match decision {
        Decision::Discard => {
            Outcome::Discarded { ending: State::Discarded { by: who.clone(), at: now } }
        }
        Decision::Accept => at_click.accept(&proposal.operations, true),
        Decision::EditAndAccept(operations) => at_click.accept(&operations, false),
        Decision::Rebase(id) => at_click.rebase(id),
    }
}

/// A decision on a proposal that is not settled yet.
struct Click<'a> {
    proposal: &'a Proposal,
    current: &'a Current,
    who: &'a MemberId,
    now: Timestamp,
}

impl Click<'_> {
    /// Compare and swap on the base revision.
    fn accept(&self, operations: &[Operation], as_shown: bool) -> Outcome {
        if self.base_moved() {
            return self.stale();
        }
        let document = match apply(&self.current.document, operations) {
            Ok(document) => document,
            Err(_) if as_shown => return self.stale(),
            Err(error) => return Outcome::Refused(error),
        };
        if as_shown && Digest::of_document(&document) != self.proposal.result_hash {
            return self.stale();
        }
        if diff(&self.current.document, &document).changes.is_empty() {
            return Outcome::NothingToChange;
        }
        let revision = self.current.revision + 1;
        let ending = State::Accepted { by: self.who.clone(), at: self.now, revision };
        Outcome::Accepted { document, revision, operations: operations.to_vec(), ending }
    }

    fn base_moved(&self) -> bool {
        self.current.revision != self.proposal.base_revision
            || Digest::of_document(&self.current.document) != self.proposal.base_hash
    }

    fn stale(&self) -> Outcome {
        let collisions = self.proposal.collisions(&self.current.document);
        let changes = apply(&self.current.document, &self.proposal.operations)
            .is_ok_and(|result| !diff(&self.current.document, &result).changes.is_empty());
        let ending = self.was_open(State::Stale { by: self.who.clone(), at: self.now });
        Outcome::Stale { can_rebase: collisions.is_empty() && changes, collisions, ending }
    }

    fn rebase(&self, id: ProposalId) -> Outcome {
        if !self.base_moved() && self.proposal.state.is_open() {
            return Outcome::NothingToChange;
        }
        if !self.proposal.collisions(&self.current.document).is_empty() {
            return self.stale();
        }
        match Proposal::open(id.clone(), self.suggestion(), self.current, self.now) {
            Ok(proposal) => {
                let ending = self.was_open(State::Superseded { by: id, at: self.now });
                Outcome::Rebased { proposal: Box::new(proposal), ending }
            }
            Err(NotOpened::NothingToChange) => Outcome::NothingToChange,
            Err(NotOpened::Refused(_)) => self.stale(),
        }
    }

    fn suggestion(&self) -> Suggestion {
        let older = self.proposal;
        Suggestion {
            operations: older.operations.clone(),
            summary: older.summary.clone(),
            reason: older.reason.clone(),
            requested_by: self.who.clone(),
            drafted_by: older.drafted_by.clone(),
            not_done: older.not_done.clone(),
            warnings: older.warnings.clone(),
            supersedes: Some(older.id.clone()),
        }
    }

    fn was_open(&self, ending: State) -> Option<State> {
        self.proposal.state.is_open().then_some(ending)
    }
}
