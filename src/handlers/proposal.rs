//! A click on a proposal: accept, edit and accept, discard, re-base.
//!
//! Each is one transaction: the pure decision, then the revision, the ending, the audit row and the
//! redraw of every place that shows the card.

use std::collections::{BTreeMap, BTreeSet};

use crate::conversation::button::Sheet;
use crate::conversation::card::Card;
use crate::conversation::form::FieldError;
use crate::conversation::outgoing::Subject;
use crate::conversation::words;
use crate::handlers::desk::Deed;
use crate::handlers::proposal_card::{self, ending_of};
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::ProposalId;
use crate::numbers;
use crate::proposals::decide::{Decision, Outcome, decide};
use crate::proposals::diff::{diff, three_way};
use crate::proposals::revision::{Current, Origin};
use crate::proposals::{Proposal, State};
use crate::store::proposals::{self, Stored};
use crate::store::sections::{self, Appended, NewRevision};
use crate::strategy::address::SectionAddress;
use crate::strategy::apply::apply;
use crate::strategy::document::Document;
use crate::strategy::drafted::DraftedBy;
use crate::strategy::enter;
use crate::strategy::field::FieldView;
use crate::strategy::operation::{Basis, Operation};

/// *Accept*
pub async fn accept(scene: &mut Scene<'_>, id: &ProposalId) -> Handled {
    decided(scene, id, Decision::Accept).await
}

/// *Discard*
pub async fn discard(scene: &mut Scene<'_>, id: &ProposalId) -> Handled {
    decided(scene, id, Decision::Discard).await
}

/// *Re-base*: the same change as a new proposal on the present revision.
pub async fn rebase(scene: &mut Scene<'_>, id: &ProposalId) -> Handled {
    let new = scene.desk.cx.ids.proposal();
    decided(scene, id, Decision::Rebase(new)).await
}

/// A press on a card that ended is told how it ended.
pub async fn must_be_open(scene: &mut Scene<'_>, id: &ProposalId) -> Handled {
    let (stored, _) = load(scene, id).await?;
    if stored.proposal.state.is_open() { Ok(()) } else { already(scene, &stored.proposal).await }
}

/// *Show all*: every word of the change, in as many private messages as it takes.
pub async fn show_all(scene: &mut Scene<'_>, id: &ProposalId) -> Handled {
    scene.may(Act::Read)?;
    let (stored, _) = load(scene, id).await?;
    let base = base_of(scene, &stored.proposal).await?;
    let proposed = apply(&base, &stored.proposal.operations)
        .map_err(|error| Trouble::ours(format!("a stored proposal does not apply: {error}")))?;
    let changes = diff(&base, &proposed).changes.into_iter().map(proposal_card::change);
    let changes: Vec<_> = changes.collect();
    for card in words::proposal::whole(stored.proposal.address, &changes) {
        scene.whisper(card).await?;
    }
    Ok(())
}

/// *Edit & accept*: a form with the proposed values.
pub async fn open_edit_and_accept(scene: &mut Scene<'_>, id: &ProposalId) -> Handled {
    scene.may(Act::Decide)?;
    let (stored, current) = load(scene, id).await?;
    let proposal = &stored.proposal;
    if !proposal.state.is_open() {
        return already(scene, proposal).await;
    }
    let proposed = apply(&current.document, &proposal.operations)
        .map_err(|_| Trouble::mend(words::section::moved_meanwhile(proposal.address)))?;
    let fields = touched(proposal, &proposed);
    let form = words::proposal::edit_form(Sheet::EditAndAccept(id.clone()).token(), &fields);
    scene.open(form).await
}

/// The form of *Edit & accept*, sent: what stands in it is what is applied. A number that was left as
/// proposed keeps the ground it was proposed on; for another one stands who typed it.
pub async fn edit_and_accept(
    scene: &mut Scene<'_>,
    id: &ProposalId,
    fields: &BTreeMap<String, String>,
) -> Handled {
    scene.may(Act::Decide)?;
    let (stored, _) = load(scene, id).await?;
    let base = base_of(scene, &stored.proposal).await?;
    let operations = enter::operations(&base, fields)
        .map_err(|refusal| Trouble::mend(unchanged(&refusal.to_string())))?;
    let proposed = apply(&base, &stored.proposal.operations)
        .map_err(|error| Trouble::ours(format!("a stored proposal does not apply: {error}")))?;
    let edited = Basis::given("", scene.member.name.clone(), scene.today());
    let grounded = |operation: Operation| {
        let key = operation.key();
        let as_proposed = operation.value() == proposed.value(&key).as_ref();
        let proposed = proposed.basis(&key).filter(|_| as_proposed);
        operation.attributed(stored.proposal.address, proposed.unwrap_or(&edited))
    };
    let operations = operations.into_iter().map(grounded).collect();
    decided(scene, id, Decision::EditAndAccept(operations)).await
}

/// Numbers of that form that may be two, before anything is written. A key names the same kind of
/// field in whichever section it stands.
#[must_use]
pub fn faults(fields: &BTreeMap<String, String>) -> Vec<FieldError> {
    let is_numeric = |key: &str| {
        let mut known = SectionAddress::ALL.into_iter().filter_map(|it| it.spec().of_key(key));
        known.any(|field| field.kind.is_numeric())
    };
    let doubt = |(key, text): (&String, &String)| {
        let both = numbers::doubts(text).into_iter().next().filter(|_| is_numeric(key))?;
        Some(FieldError { field: key.clone(), text: format!("{both}.") })
    };
    fields.iter().filter_map(doubt).collect()
}

async fn decided(scene: &mut Scene<'_>, id: &ProposalId, decision: Decision) -> Handled {
    scene.may(Act::Decide)?;
    let (stored, current) = load(scene, id).await?;
    let now = scene.desk.cx.clock.now();
    let edited = matches!(decision, Decision::EditAndAccept(_));
    let outcome = decide(&stored.proposal, decision, &current, &scene.member.id, now);
    if let Some(ending) = outcome.ending()
        && !proposals::end(&mut scene.desk.tx, &scene.desk.workspace.id, id, ending).await?
    {
        return Err(Trouble::ours("an open proposal ended under our hands"));
    }
    match outcome {
        Outcome::Accepted { document, revision, ending, .. } => {
            let accepted = Accepted { document, revision, edited };
            write_accepted(scene, &stored, ending, accepted).await
        }
        Outcome::Discarded { ending } => {
            audit(scene, id, "proposal.discarded", (None, None)).await?;
            proposal_card::redraw(scene, &stored.proposal, ending).await
        }
        Outcome::Stale { can_rebase, ending, .. } => {
            stale(scene, &stored, &current, (can_rebase, ending)).await
        }
        Outcome::Rebased { proposal, ending } => {
            let workspace = scene.desk.workspace.id.clone();
            let open =
                proposals::open_in_thread(&mut scene.desk.tx, &workspace, &stored.thread).await?;
            if open.is_some_and(|open| open.proposal.id != *id) {
                return Err(Trouble::mend(words::proposal::newer_is_open()));
            }
            if let Some(ending) = ending {
                proposal_card::redraw_at(&mut scene.desk, &stored.proposal, ending).await?;
            }
            audit(scene, &proposal.id, "proposal.rebased", (None, None)).await?;
            let asked = scene.asked();
            proposal_card::open(&mut scene.desk, *proposal, (&stored.thread, asked)).await
        }
        Outcome::Already { state } => {
            let proposal = Proposal { state, ..stored.proposal };
            already(scene, &proposal).await
        }
        Outcome::Expired { ending } => {
            let sentence = words::proposal::outcome(&words::proposal::Ending::Expired);
            proposal_card::redraw_at(&mut scene.desk, &stored.proposal, ending).await?;
            scene.whisper(Card::sentence(sentence)).await
        }
        Outcome::NothingToChange => {
            let sentence = words::proposal::nothing_to_change(stored.proposal.address);
            Err(Trouble::mend(sentence))
        }
        Outcome::Refused(error) => Err(Trouble::mend(unchanged(&error.reason.to_string()))),
    }
}

struct Accepted {
    document: Document,
    revision: i64,
    edited: bool,
}

async fn write_accepted(
    scene: &mut Scene<'_>,
    stored: &Stored,
    ending: State,
    accepted: Accepted,
) -> Handled {
    let proposal = &stored.proposal;
    let note = if accepted.edited {
        proposal_card::told(&base_of(scene, proposal).await?, &accepted.document)
    } else {
        proposal.summary.clone()
    };
    let revision = NewRevision {
        workspace: scene.desk.workspace.id.clone(),
        address: proposal.address,
        base_revision: proposal.base_revision,
        document: accepted.document,
        author: scene.member.id.clone(),
        author_name: scene.member.name.clone(),
        origin: Origin::Edit,
        drafted_by: if accepted.edited { DraftedBy::Person } else { proposal.drafted_by.clone() },
        proposal: Some(proposal.id.clone()),
        note,
        at: scene.now(),
    };
    match sections::append(&mut scene.desk.tx, &revision).await? {
        Appended::Revision(number) if number == accepted.revision => {}
        _ => return Err(Trouble::ours("the section moved inside an accepting transaction")),
    }
    let revisions = (Some(proposal.base_revision), Some(accepted.revision));
    audit(scene, &proposal.id, "proposal.accepted", revisions).await?;
    proposal_card::redraw(scene, proposal, ending).await
}

/// The base moved: the card says so, and the one who pressed sees both sides.
async fn stale(
    scene: &mut Scene<'_>,
    stored: &Stored,
    current: &Current,
    (can_rebase, ending): (bool, Option<State>),
) -> Handled {
    let proposal = &stored.proposal;
    let base = base_of(scene, proposal).await?;
    if let Ok(ours) = apply(&base, &proposal.operations) {
        let rows: Vec<_> = three_way(&base, &current.document, &ours)
            .into_iter()
            .map(|row| [row.label, row.base, row.theirs, row.ours])
            .collect();
        scene.whisper(words::proposal::three_way(proposal.address, rows)).await?;
    }
    if ending.is_some() {
        audit(scene, &proposal.id, "proposal.stale", (None, None)).await?;
        let shown =
            words::proposal::Ending::Stale { revision: current.revision, rebase: can_rebase };
        let desk = &mut scene.desk;
        let (tx, workspace) = (&mut desk.tx, &desk.workspace.id);
        let card = proposal_card::draw(tx, workspace, proposal, Some(shown)).await?;
        desk.redraw(&Subject::Proposal(proposal.id.clone()), &card, None).await?;
    }
    Ok(())
}

/// The second press, the second person: a private sentence, nothing changed.
async fn already(scene: &mut Scene<'_>, proposal: &Proposal) -> Handled {
    let desk = &mut scene.desk;
    let ending = ending_of(&mut desk.tx, &desk.workspace.id, proposal).await?;
    let sentence = match ending {
        Some(ending) => words::proposal::already(&ending, &ago(scene, proposal)),
        None => words::proposal::unknown(),
    };
    Err(Trouble::mend(sentence))
}

fn ago(scene: &Scene<'_>, proposal: &Proposal) -> String {
    let Some(at) = proposal.state.at() else { return String::new() };
    let minutes = (scene.now() - at.as_millisecond()) / 60_000;
    match minutes {
        ..1 => "a moment ago".to_owned(),
        1 => "a minute ago".to_owned(),
        2..60 => format!("{minutes} minutes ago"),
        _ => {
            let zone = super::audit::zone_of(&scene.desk.workspace.zone);
            format!("on {}", words::moment(at.as_millisecond(), &zone))
        }
    }
}

async fn load(scene: &mut Scene<'_>, id: &ProposalId) -> Handled<(Stored, Current)> {
    let workspace = scene.desk.workspace.id.clone();
    let stored = proposals::get(&mut scene.desk.tx, &workspace, id)
        .await?
        .ok_or_else(|| Trouble::mend(words::proposal::unknown()))?;
    let section = sections::current(&mut scene.desk.tx, &workspace, stored.proposal.address)
        .await?
        .ok_or_else(|| Trouble::ours("a proposal for a section that was never written"))?;
    Ok((stored, Current { revision: section.revision, document: section.document }))
}

async fn base_of(scene: &mut Scene<'_>, proposal: &Proposal) -> Handled<Document> {
    let desk = &mut scene.desk;
    proposal_card::base_of(&mut desk.tx, &desk.workspace.id, proposal).await
}

/// Every field that the proposal touches, as proposed.
fn touched(proposal: &Proposal, proposed: &Document) -> Vec<FieldView> {
    let keys: BTreeSet<_> = proposal.operations.iter().map(Operation::shown_key).collect();
    proposed.fields().into_iter().filter(|field| keys.contains(&field.key)).collect()
}

async fn audit(
    scene: &mut Scene<'_>,
    id: &ProposalId,
    action: &str,
    (before, after): (Option<i64>, Option<i64>),
) -> Handled {
    let deed = Deed {
        action,
        subject_kind: "proposal",
        subject_id: id.as_str(),
        before,
        after,
        detail: String::new(),
    };
    scene.audit(deed).await
}

fn unchanged(why: &str) -> String {
    format!("{} Nothing was changed.", words::ended(why))
}
