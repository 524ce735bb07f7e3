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
#[expect(clippy::large_enum_variant, reason = "one at a time, at a click")]
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

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;
    use crate::proposals::OPEN_FOR;
    use crate::strategy::drafted::DraftedBy;
    use crate::strategy::field::Range;
    use crate::strategy::icp::Icp;
    use crate::strategy::list::List;

    fn icp() -> Document {
        Document::Icp(Icp {
            summary: "Lenders".to_owned(),
            company_size: Some(Range::new(Some(20), Some(1_000))),
            industries: List::of(["Retail", "Lending"]),
            ..Icp::default()
        })
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn who(name: &str) -> MemberId {
        MemberId::from_stored(name)
    }

    fn id(name: &str) -> ProposalId {
        ProposalId::from_stored(name)
    }

    fn size(min: u64, max: u64) -> Vec<Operation> {
        read(&format!(
            r#"[{{"op":"set","field":"company_size","value":{{"min":{min},"max":{max}}}}}]"#
        ))
    }

    fn read(wire: &str) -> Vec<Operation> {
        serde_json::from_str(wire).unwrap()
    }

    fn current(revision: i64, operations: &[Operation]) -> Current {
        Current { revision, document: apply(&icp(), operations).unwrap() }
    }

    fn suggestion(operations: Vec<Operation>) -> Suggestion {
        Suggestion {
            operations,
            summary: "Company size".to_owned(),
            reason: String::new(),
            requested_by: who("ana"),
            drafted_by: DraftedBy::Rules,
            not_done: Vec::new(),
            warnings: Vec::new(),
            supersedes: None,
        }
    }

    fn open(operations: Vec<Operation>) -> Proposal {
        Proposal::open(id("p1"), suggestion(operations), &current(3, &[]), at(0)).unwrap()
    }

    fn accept(proposal: &Proposal, current: &Current) -> Outcome {
        decide(proposal, Decision::Accept, current, &who("ben"), at(60))
    }

    #[test]
    fn accepting_applies_exactly_what_was_shown_as_the_next_revision() {
        let proposal = open(size(50, 500));
        assert_eq!(proposal.before["company_size"].shown, "20–1,000 employees");
        let Outcome::Accepted { document, revision, ending, .. } =
            accept(&proposal, &current(3, &[]))
        else {
            panic!("accepted")
        };
        assert_eq!(Digest::of_document(&document), proposal.result_hash);
        assert_eq!(document.field("company_size").unwrap().display(), "50–500 employees");
        assert_eq!(revision, 4);
        assert_eq!(ending, State::Accepted { by: who("ben"), at: at(60), revision: 4 });
    }

    #[test]
    fn a_second_click_is_told_who_was_first() {
        let proposal = open(size(50, 500));
        let first = accept(&proposal, &current(3, &[]));
        let ended = proposal.end(first.ending().unwrap().clone()).unwrap();
        let again =
            decide(&ended, Decision::Discard, &current(4, &size(50, 500)), &who("vic"), at(61));
        let Outcome::Already { state } = again else { panic!("already") };
        assert_eq!(
            (state.as_str(), state.by(), state.at()),
            ("accepted", Some(&who("ben")), Some(at(60)))
        );
    }

    #[test]
    fn a_moved_base_makes_it_stale_and_nothing_is_applied() {
        let proposal = open(size(50, 500));
        let elsewhere = read(r#"[{"op":"add","list":"industries","item":"Fintech"}]"#);
        let outcome = accept(&proposal, &current(4, &elsewhere));
        let ending = Some(State::Stale { by: who("ben"), at: at(60) });
        let apart = Outcome::Stale { collisions: vec![], can_rebase: true, ending: ending.clone() };
        assert_eq!(outcome, apart);
        let outcome = accept(&proposal, &current(4, &size(20, 900)));
        let collisions = vec!["company_size".to_owned()];
        assert_eq!(outcome, Outcome::Stale { collisions, can_rebase: false, ending });
    }

    #[test]
    fn a_revision_that_says_the_same_is_still_another_base() {
        let proposal = open(size(50, 500));
        assert!(matches!(accept(&proposal, &current(5, &[])), Outcome::Stale { .. }));
        let swapped = current(3, &size(1, 2));
        assert!(matches!(accept(&proposal, &swapped), Outcome::Stale { .. }), "same number only");
    }

    #[test]
    fn a_stale_proposal_opens_again_on_the_current_revision_when_fields_do_not_collide() {
        let proposal = open(size(50, 500));
        let stale = proposal.end(State::Stale { by: who("ben"), at: at(60) }).unwrap();
        let moved = current(4, &read(r#"[{"op":"set","field":"summary","value":"Banks"}]"#));
        let rebase = Decision::Rebase(id("p2"));
        let outcome = decide(&stale, rebase, &moved, &who("vic"), at(70));
        let Outcome::Rebased { proposal: newer, ending } = outcome else { panic!("rebased") };
        assert_eq!((newer.base_revision, newer.state.clone(), ending), (4, State::Open, None));
        assert_eq!(
            (newer.supersedes.clone(), newer.requested_by.clone()),
            (Some(id("p1")), who("vic"))
        );
        let Outcome::Accepted { document, .. } = accept(&newer, &moved) else { panic!("accepted") };
        assert_eq!(document.field("summary").unwrap().display(), "Banks");

        let collided = current(4, &size(20, 900));
        let outcome = decide(&stale, Decision::Rebase(id("p3")), &collided, &who("vic"), at(70));
        assert!(matches!(outcome, Outcome::Stale { can_rebase: false, ending: None, .. }));
        let done = current(4, &[size(20, 30), size(20, 1_000)].concat());
        let outcome = decide(&stale, Decision::Accept, &done, &who("vic"), at(70));
        assert!(matches!(outcome, Outcome::Already { .. }), "stale is never applied");
    }

    #[test]
    fn an_open_proposal_whose_base_moved_is_superseded_by_its_rebase() {
        let proposal = open(size(50, 500));
        let same =
            decide(&proposal, Decision::Rebase(id("p2")), &current(3, &[]), &who("b"), at(1));
        assert_eq!(same, Outcome::NothingToChange);
        let moved = current(4, &read(r#"[{"op":"set","field":"summary","value":"Banks"}]"#));
        let outcome = decide(&proposal, Decision::Rebase(id("p2")), &moved, &who("b"), at(1));
        assert_eq!(outcome.ending(), Some(&State::Superseded { by: id("p2"), at: at(1) }));
    }

    #[test]
    fn edit_and_accept_applies_the_edited_operations_or_leaves_it_open() {
        let proposal = open(size(50, 500));
        let with = |operations| {
            decide(
                &proposal,
                Decision::EditAndAccept(operations),
                &current(3, &[]),
                &who("b"),
                at(1),
            )
        };
        let Outcome::Accepted { document, operations, .. } = with(size(60, 400)) else {
            panic!("accepted")
        };
        assert_eq!(operations, size(60, 400));
        assert_eq!(document.field("company_size").unwrap().display(), "60–400 employees");
        assert!(matches!(with(size(60, 4)), Outcome::Refused(_)));
        assert_eq!(with(size(20, 1_000)), Outcome::NothingToChange);
        assert_eq!(with(size(60, 4)).ending(), None);
    }

    #[test]
    fn after_fourteen_days_it_has_expired_to_the_second() {
        let proposal = open(size(50, 500));
        let last = at(0) + OPEN_FOR - SignedDuration::from_secs(1);
        for decision in [Decision::Accept, Decision::Discard, Decision::Rebase(id("p2"))] {
            let click = |now| decide(&proposal, decision.clone(), &current(3, &[]), &who("b"), now);
            assert!(!matches!(click(last), Outcome::Expired { .. }));
            let ending = State::Expired { at: at(0) + OPEN_FOR };
            assert_eq!(click(at(0) + OPEN_FOR), Outcome::Expired { ending });
        }
    }

    #[test]
    fn what_changes_nothing_or_does_not_fit_is_never_opened() {
        let open = |operations| {
            Proposal::open(id("p"), suggestion(operations), &current(3, &[]), at(0)).unwrap_err()
        };
        assert_eq!(open(size(20, 1_000)), NotOpened::NothingToChange);
        assert_eq!(open(Vec::new()), NotOpened::NothingToChange);
        assert!(matches!(open(size(9, 1)), NotOpened::Refused(_)));
        // Taken out and put back: other ids, but nothing that a reader could see.
        let same = read(
            r#"[{"op":"remove","list":"industries","id":"i2"},{"op":"add","list":"industries","item":"Lending"}]"#,
        );
        assert_eq!(open(same), NotOpened::NothingToChange);
    }

    #[test]
    fn a_proposal_reads_back_from_what_is_stored() {
        let proposal = open(size(50, 500));
        let json = serde_json::to_string(&proposal).unwrap();
        assert_eq!(serde_json::from_str::<Proposal>(&json).unwrap(), proposal);
    }

    /// One thing that happens to a proposal.
    #[derive(Clone, Debug)]
    enum Event {
        Click(Decision, u8),
        Supersede,
        Moves,
        DaysPass(i64),
    }

    fn event() -> impl Strategy<Value = Event> {
        let decision = prop_oneof![
            Just(Decision::Accept),
            Just(Decision::Discard),
            Just(Decision::Rebase(id("next"))),
            (1..9_u64, 1..9_u64).prop_map(|(a, b)| Decision::EditAndAccept(size(a, b))),
        ];
        prop_oneof![
            5 => (decision, 0..3_u8).prop_map(|(decision, who)| Event::Click(decision, who)),
            1 => Just(Event::Supersede),
            2 => Just(Event::Moves),
            1 => (0..20_i64).prop_map(Event::DaysPass),
        ]
    }

    proptest! {
        #[test]
        fn a_proposal_ends_exactly_once_and_is_applied_at_most_once(
            events in prop::collection::vec(event(), 1..12),
        ) {
            let mut proposal = open(size(50, 500));
            let mut now = current(3, &[]);
            let (mut clock, mut endings, mut applied) = (at(0), 0, 0);
            for event in events {
                clock += SignedDuration::from_secs(1);
                let ending = match event {
                    Event::Moves => {
                        now.revision += 1;
                        None
                    }
                    Event::DaysPass(days) => {
                        clock += SignedDuration::from_hours(24 * days);
                        None
                    }
                    Event::Supersede => Some(State::Superseded { by: id("next"), at: clock }),
                    Event::Click(decision, member) => {
                        let member = who(&member.to_string());
                        let outcome = decide(&proposal, decision, &now, &member, clock);
                        if let Outcome::Accepted { document, revision, .. } = &outcome {
                            prop_assert_eq!(proposal.base_revision, now.revision);
                            prop_assert_eq!(*revision, now.revision + 1);
                            prop_assert!(!proposal.is_overdue(clock));
                            now = Current { revision: *revision, document: document.clone() };
                            applied += 1;
                        }
                        if !proposal.state.is_open() {
                            prop_assert_eq!(outcome.ending(), None, "an ended proposal ends no more");
                        }
                        outcome.ending().cloned()
                    }
                };
                let Some(ending) = ending else { continue };
                let before = proposal.state.clone();
                match proposal.clone().end(ending) {
                    Ok(ended) => {
                        prop_assert!(before.is_open());
                        endings += 1;
                        proposal = ended;
                    }
                    Err(already) => prop_assert_eq!(already.proposal.state, before),
                }
            }
            prop_assert!(endings <= 1 && applied <= 1);
            prop_assert_eq!(endings == 0, proposal.state.is_open());
            prop_assert_eq!(applied == 1, proposal.state.as_str() == "accepted");
        }
    }
}
