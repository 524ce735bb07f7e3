//! The draft job: what somebody asked for in an edit thread becomes a proposal, or a private reason.
//!
//! It reads, lets the drafter work with no transaction open, and writes the outcome together with
//! the end of its own job.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::conversation::card::Card;
use crate::conversation::words;
use crate::drafting::brief::{Brief, EditBrief, Fact};
use crate::drafting::{DraftError, EditDraft, check};
use crate::handlers::audit::zone_of;
use crate::handlers::context::Context;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::edit::{DraftRequest, WRITE_AGAIN};
use crate::handlers::proposal_card;
use crate::handlers::trouble::{Handled, Ours, Trouble};
use crate::jobs::TaskRun;
use crate::proposals::diff::diff;
use crate::proposals::revision::Current;
use crate::proposals::{NotOpened, Proposal, Suggestion};
use crate::store::{Tx, members, partners, proposals, sections, threads};
use crate::strategy::address::SectionAddress;
use crate::strategy::apply::apply;
use crate::strategy::confidence::confidence;
use crate::strategy::difference::difference;
use crate::strategy::document::Document;
use crate::strategy::drafted::Why;
use crate::strategy::opportunity::opportunity;

/// How many earlier turns of the thread a drafter is told.
const TURNS: i64 = 20;

/// Runs one draft job.
pub async fn run(cx: &Context, request: &DraftRequest, task: &TaskRun) -> Handled {
    let Some(read) = read(cx, request).await? else {
        return Box::pin(finish(cx, request, task, None)).await;
    };
    let again = request.text.trim().eq_ignore_ascii_case(WRITE_AGAIN);
    let drafted = if again { write_again(cx, &read).await } else { edit(cx, &read).await };
    Box::pin(finish(cx, request, task, Some((read, drafted)))).await
}

/// Everything a drafter may see, and what the proposal is made on.
struct Read {
    current: Current,
    brief: EditBrief,
    whole: Brief,
    superseded: Option<Proposal>,
    asked_by: String,
}

async fn read(cx: &Context, request: &DraftRequest) -> Handled<Option<Read>> {
    let mut desk = Desk::open_for(cx, &request.workspace).await?;
    let workspace = request.workspace.clone();
    let Some(thread) = threads::get(&mut desk.tx, &workspace, &request.thread).await? else {
        return Ok(None);
    };
    let all = sections::all(&mut desk.tx, &workspace).await?;
    let Some(section) = all.iter().find(|known| known.address == thread.section) else {
        return Ok(None);
    };
    let current = Current { revision: section.revision, document: section.document.clone() };
    let turns = threads::turns(&mut desk.tx, &workspace, &request.thread, TURNS).await?;
    let open = proposals::open_in_thread(&mut desk.tx, &workspace, &request.thread).await?;
    let member = members::get(&mut desk.tx, &workspace, &request.member).await?;
    let asked_by = member.map_or_else(String::new, |member| member.name);
    let zone = zone_of(&desk.workspace.zone);
    let today = cx.clock.now().to_zoned(zone).date();
    let known: Arc<[_]> = partners::partners(&mut desk.tx, &workspace).await?.into();
    let sections: BTreeMap<_, _> =
        all.iter().map(|section| (section.address, section.document.clone())).collect();
    let superseded = open.map(|stored| stored.proposal);
    let fits = superseded.as_ref().filter(|open| open.base_revision == current.revision);
    let mut said: Vec<_> =
        turns.iter().filter(|turn| !turn.by_bot).map(|turn| turn.text.clone()).collect();
    said.pop();
    let answers = desk.workspace.answers.clone().unwrap_or_default();
    let brief = EditBrief {
        currency: answers.currency(),
        document: current.document.clone(),
        earlier: fits.map(|open| open.operations.clone()).unwrap_or_default(),
        said,
        request: request.text.clone(),
        asked_by: asked_by.clone(),
        today,
        facts: facts(&current.document, &known),
    };
    let whole = Brief {
        address: thread.section,
        answers,
        partners: known,
        sections,
        asked_by: asked_by.clone(),
        today,
    };
    Ok(Some(Read { current, brief, whole, superseded, asked_by }))
}

/// Figures that may be named in an edit of this section.
#[must_use]
pub fn facts(document: &Document, partners: &[crate::partners::Partner]) -> Vec<Fact> {
    let fact = |label: &str, value: String, source: &str| Fact {
        label: label.to_owned(),
        value,
        source: source.to_owned(),
    };
    match document {
        Document::Icp(icp) => {
            let value = words::section::confidence(&confidence(icp, partners));
            vec![fact("Confidence", value, "partner facts")]
        }
        Document::Tam(tam) => {
            let total = opportunity(tam).total.to_string();
            vec![fact("Total opportunity", total, "accounts × share × ACV")]
        }
        Document::IppProfile(_) | Document::IppTypes(_) => Vec::new(),
    }
}

async fn edit(cx: &Context, read: &Read) -> Result<EditDraft, DraftError> {
    let draft = cx.drafter.edit(&read.brief).await?;
    match check::edit(&read.brief, &draft).first() {
        None => Ok(draft),
        Some(fault) => Err(DraftError::Rejected(fault.to_string())),
    }
}

/// The whole section anew, reduced to the operations that lead there.
async fn write_again(cx: &Context, read: &Read) -> Result<EditDraft, DraftError> {
    let draft = cx.drafter.write(&read.whole).await?;
    Ok(EditDraft {
        understood: format!("Write the section again: {}", draft.summary),
        operations: difference(&read.current.document, &draft.document),
        warnings: draft.notes,
        ..EditDraft::default()
    })
}

async fn finish(
    cx: &Context,
    request: &DraftRequest,
    task: &TaskRun,
    drafted: Option<(Read, Result<EditDraft, DraftError>)>,
) -> Handled {
    let mut desk = Desk::open_for(cx, &request.workspace).await?;
    match drafted {
        None => {}
        Some((_, Err(error @ DraftError::Unavailable(_)))) if !task.is_last() => {
            return Err(Trouble::Ours(Ours::Draft(error)));
        }
        Some((_, Err(error))) => {
            let sentence = words::edit::drafting_failed(&error.to_string());
            desk.whisper(&request.asked, Card::sentence(sentence)).await?;
        }
        Some((read, Ok(draft))) => write(&mut desk, request, read, draft).await?,
    }
    task.complete(&mut desk.tx).await?;
    desk.commit().await
}

async fn write(
    desk: &mut Desk<'_>,
    request: &DraftRequest,
    read: Read,
    draft: EditDraft,
) -> Handled {
    let section = read.current.document.address();
    for answer in &draft.answers {
        desk.whisper(&request.asked, words::edit::answer(&answer.text)).await?;
    }
    for part in &draft.not_done {
        if let Why::OtherSection(other) = part.why {
            desk.whisper(&request.asked, words::edit::other_section(other)).await?;
        }
    }
    if draft.operations.is_empty() {
        return nothing(desk, request, section, &draft).await;
    }
    let summary = summary(&read, &draft);
    let suggestion = Suggestion {
        operations: draft.operations,
        summary,
        reason: request.text.clone(),
        requested_by: request.member.clone(),
        drafted_by: desk.cx.drafter.identity(),
        not_done: draft.not_done,
        warnings: draft.warnings,
        supersedes: read.superseded.as_ref().map(|open| open.id.clone()),
    };
    let id = desk.cx.ids.proposal();
    let now = desk.cx.clock.now();
    match Proposal::open(id, suggestion, &read.current, now) {
        Ok(proposal) => propose(desk, request, (proposal, read)).await,
        Err(NotOpened::NothingToChange) => {
            let sentence = words::proposal::nothing_to_change(section);
            desk.whisper(&request.asked, Card::sentence(sentence)).await
        }
        Err(NotOpened::Refused(error)) => {
            let reasons = [format!("{}.", error.reason)];
            desk.whisper(&request.asked, words::edit::nothing_done(section, &reasons)).await
        }
    }
}

/// What changes, from the section as it stands: a refinement's own words speak of the card before.
fn summary(read: &Read, draft: &EditDraft) -> String {
    let result = apply(&read.current.document, &draft.operations);
    let (false, Ok(result)) = (read.brief.earlier.is_empty(), result) else {
        return draft.understood.clone();
    };
    let changes = diff(&read.current.document, &result).changes;
    let lines = changes.iter().map(|c| format!("{}: {} → {}", c.label, c.before, c.after));
    lines.collect::<Vec<_>>().join("; ")
}

/// The older card of the thread gives way, the new one is posted.
async fn propose(
    desk: &mut Desk<'_>,
    request: &DraftRequest,
    (proposal, read): (Proposal, Read),
) -> Handled {
    let workspace = desk.workspace.id.clone();
    let open = proposals::open_in_thread(&mut desk.tx, &workspace, &request.thread).await?;
    if let Some(older) = open.map(|stored| stored.proposal) {
        let ending = older.clone().supersede(proposal.id.clone(), desk.cx.clock.now());
        let ending = ending.map_err(|error| Trouble::ours(error.to_string()))?.state;
        proposals::end(&mut desk.tx, &workspace, &older.id, &ending).await?;
        proposal_card::redraw_at(desk, &older, ending).await?;
    }
    let words = threads::Words {
        who: "Attaché",
        by_bot: true,
        text: &proposal.summary,
        at: desk.cx.clock.now_ms(),
    };
    threads::add_turn(&mut desk.tx, &workspace, &request.thread, words).await?;
    let deed = Deed {
        action: "proposal.opened",
        subject_kind: "proposal",
        subject_id: proposal.id.as_str(),
        before: Some(proposal.base_revision),
        after: None,
        detail: format!("{}, asked by {}", proposal.address, read.asked_by),
    };
    desk.audit(deed).await?;
    proposal_card::open(desk, proposal, &request.thread).await
}

async fn nothing(
    desk: &mut Desk<'_>,
    request: &DraftRequest,
    section: SectionAddress,
    draft: &EditDraft,
) -> Handled {
    let elsewhere = |why: &Why| matches!(why, Why::OtherSection(_));
    let left: Vec<_> = draft.not_done.iter().filter(|part| !elsewhere(&part.why)).collect();
    let only_answers = left.is_empty() && (!draft.answers.is_empty() || !draft.not_done.is_empty());
    if only_answers {
        return Ok(());
    }
    if left.is_empty() || left.iter().all(|part| part.why == Why::AlreadySo) {
        let sentence = words::proposal::nothing_to_change(section);
        return desk.whisper(&request.asked, Card::sentence(sentence)).await;
    }
    let reasons: Vec<_> =
        left.iter().map(|part| format!("\"{}\": {}", part.part, part.detail)).collect();
    desk.whisper(&request.asked, words::edit::nothing_done(section, &reasons)).await
}

/// The job failed for good: who asked is told.
pub async fn gave_up(cx: &Context, tx: &mut Tx, request: &DraftRequest, reference: u32) -> Handled {
    let card = Card::sentence(words::trouble::our_fault(reference));
    Desk::whisper_in(cx, tx, &request.workspace, (&request.asked, card)).await
}
