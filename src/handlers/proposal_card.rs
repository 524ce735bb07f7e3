//! A proposal's card: drawn from what is stored, posted once, redrawn wherever it is shown.

use crate::conversation::card::{Card, Change};
use crate::conversation::inbound::Place;
use crate::conversation::outgoing::{Asked, MessageRef, Subject, Told};
use crate::conversation::words;
use crate::conversation::words::proposal::{self as say, Ending};
use crate::handlers::context::Context;
use crate::handlers::desk::Desk;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::{MemberId, ProposalId, ThreadId, WorkspaceId};
use crate::proposals::diff::{Diff, FieldChange, diff};
use crate::proposals::{Proposal, State};
use crate::store::proposals::Stored;
use crate::store::{Tx, members, partners, places, proposals, sections, threads};
use crate::strategy::apply::apply;
use crate::strategy::confidence::confidence;
use crate::strategy::document::Document;
use crate::strategy::drafted::DraftedBy;

/// Stores an open proposal and posts its card in its thread; who asked for it is told when the
/// platform refuses that.
pub async fn open(
    desk: &mut Desk<'_>,
    proposal: Proposal,
    (thread, asked): (&ThreadId, Asked),
) -> Handled {
    proposals::add(&mut desk.tx, &desk.workspace.id, &proposal, thread).await?;
    let card = draw(&mut desk.tx, &desk.workspace.id, &proposal, None).await?;
    let place = place_of(desk, thread).await?;
    let key = format!("proposal:{}", proposal.id);
    desk.post(&key, place, (card, Subject::Proposal(proposal.id.clone())), Some(asked)).await
}

/// The card is posted: what was decided while it was on its way shows on it, too.
pub async fn posted(
    cx: &Context,
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (id, message): (&ProposalId, &MessageRef),
) -> Handled {
    // Whoever decides now does so before this is read, or finds where the card is.
    proposals::lock(tx, workspace, id).await?;
    places::remember(tx, workspace, &Subject::Proposal(id.clone()), message).await?;
    let Some(Stored { proposal, .. }) = proposals::get(tx, workspace, id).await? else {
        return Ok(());
    };
    let Some(ending) = ending_of(tx, workspace, &proposal).await? else { return Ok(()) };
    let card = draw(tx, workspace, &proposal, Some(ending)).await?;
    Desk::update_in(cx, tx, workspace, (message, card)).await
}

/// New content for every message that shows it; who decided it is told where that does not arrive.
pub async fn redraw(scene: &mut Scene<'_>, proposal: &Proposal, ending: State) -> Handled {
    let asked = scene.asked();
    redraw_for(&mut scene.desk, proposal, (ending, Some(asked))).await
}

pub async fn redraw_at(desk: &mut Desk<'_>, proposal: &Proposal, ending: State) -> Handled {
    redraw_for(desk, proposal, (ending, None)).await
}

async fn redraw_for(
    desk: &mut Desk<'_>,
    proposal: &Proposal,
    (ending, asked): (State, Option<Asked>),
) -> Handled {
    let ended = Proposal { state: ending, ..proposal.clone() };
    let shown = ending_of(&mut desk.tx, &desk.workspace.id, &ended).await?;
    let outcome = shown.as_ref().map(|shown| say::decided(proposal.address, shown));
    let card = draw(&mut desk.tx, &desk.workspace.id, proposal, shown).await?;
    let told = asked.zip(outcome).map(|(asked, outcome)| Told { asked, outcome });
    desk.redraw(&Subject::Proposal(proposal.id.clone()), &card, told).await
}

/// The card, with an ending or with its buttons.
pub async fn draw(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    proposal: &Proposal,
    ending: Option<Ending>,
) -> Handled<Card> {
    let base = base_of(tx, workspace, proposal).await?;
    let proposed = apply(&base, &proposal.operations)
        .map_err(|error| Trouble::ours(format!("a stored proposal does not apply: {error}")))?;
    let applied = match &ending {
        Some(Ending::Accepted { revision, .. }) => {
            sections::revision(tx, workspace, proposal.address, *revision).await?
        }
        _ => None,
    };
    let applied = applied.map(|applied| applied.document).filter(|applied| *applied != proposed);
    let mut warnings = proposal.warnings.clone();
    warnings.extend(applied.iter().map(|_| say::changed_when_accepted()));
    let summary = applied.as_ref().map(|applied| told(&base, applied));
    let proposed = applied.unwrap_or(proposed);
    let asked_by = name_of(tx, workspace, &proposal.requested_by).await?;
    let Diff { changes, fields } = diff(&base, &proposed);
    let computed = computed(tx, workspace, (&base, &proposed)).await?;
    let not_done =
        proposal.not_done.iter().map(|part| format!("\"{}\": {}", part.part, part.detail));
    Ok(say::card(&say::Shown {
        id: &proposal.id,
        section: proposal.address,
        base_revision: proposal.base_revision,
        summary: summary.as_deref().unwrap_or(&proposal.summary),
        reason: &proposal.reason,
        asked_by: &asked_by,
        drafted_by: drafted_by(&proposal.drafted_by),
        changes: changes.into_iter().map(change).collect(),
        fields,
        computed,
        not_done: not_done.collect(),
        warnings: &warnings,
        ending,
    }))
}

/// What changes from one revision to another, in one line.
#[must_use]
pub fn told(before: &Document, after: &Document) -> String {
    let changes = diff(before, after).changes;
    let lines = changes.iter().map(|c| format!("{}: {} → {}", c.label, c.before, c.after));
    lines.collect::<Vec<_>>().join("; ")
}

/// What follows from the section, before and after: the confidence of the ideal customer profile.
async fn computed(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    sides: (&Document, &Document),
) -> Handled<Option<(&'static str, String, String)>> {
    let (Document::Icp(base), Document::Icp(proposed)) = sides else { return Ok(None) };
    let partners = partners::partners(tx, workspace).await?;
    let of = |icp| words::section::confidence(&confidence(icp, &partners));
    Ok(Some(("Confidence", of(base), of(proposed))))
}

/// How an ended proposal ended, with names; none while it is open.
pub async fn ending_of(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    proposal: &Proposal,
) -> Handled<Option<Ending>> {
    Ok(Some(match &proposal.state {
        State::Open => return Ok(None),
        State::Accepted { by, revision, .. } => {
            Ending::Accepted { by: name_of(tx, workspace, by).await?, revision: *revision }
        }
        State::Discarded { by, .. } => Ending::Discarded { by: name_of(tx, workspace, by).await? },
        State::Superseded { .. } => Ending::Superseded,
        State::Stale { .. } => {
            let current = sections::current(tx, workspace, proposal.address).await?;
            let (revision, rebase) = current.map_or((0, false), |section| {
                (section.revision, proposal.collisions(&section.document).is_empty())
            });
            Ending::Stale { revision, rebase }
        }
        State::Expired { .. } => Ending::Expired,
    }))
}

/// The document that the proposal was made on.
pub async fn base_of(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    proposal: &Proposal,
) -> Handled<Document> {
    let base = proposal.base_revision;
    let revision = sections::revision(tx, workspace, proposal.address, base).await?;
    let revision =
        revision.ok_or_else(|| Trouble::ours("a proposal on a revision that is gone"))?;
    Ok(revision.document)
}

#[must_use]
pub fn change(change: FieldChange) -> Change {
    Change {
        label: change.label,
        before: change.before,
        after: change.after,
        added: change.added,
        removed: change.removed,
    }
}

/// `the built-in rules`, or the model's name.
#[must_use]
pub fn drafted_by(drafted: &DraftedBy) -> String {
    match drafted {
        DraftedBy::Rules => "the built-in rules".to_owned(),
        DraftedBy::Model { model, .. } => model.clone(),
        DraftedBy::Person => "a person".to_owned(),
    }
}

async fn name_of(tx: &mut Tx, workspace: &WorkspaceId, member: &MemberId) -> Handled<String> {
    let known = members::get(tx, workspace, member).await?;
    Ok(known.map_or_else(|| "somebody who left".to_owned(), |member| member.name))
}

async fn place_of(desk: &mut Desk<'_>, thread: &ThreadId) -> Handled<Place> {
    let bound = threads::get(&mut desk.tx, &desk.workspace.id, thread).await?;
    let place = bound.and_then(|thread| thread.place());
    place.ok_or_else(|| Trouble::ours("a proposal for a thread that is not posted yet"))
}
