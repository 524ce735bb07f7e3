//! The draft job: what somebody asked for in an edit thread becomes a proposal, or a private reason.
//!
//! It reads, lets the drafter work with no transaction open, and writes the outcome together with
//! the end of its own job; anew, when somebody changed meanwhile what it had read. The requests of one
//! thread have their turns one after another, so that each builds on the one before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use crate::conversation::button::Click;
use crate::conversation::card::Card;
use crate::conversation::words;
use crate::drafting::brief::{Brief, EditBrief, Fact, REQUEST_LIMIT};
use crate::drafting::{DraftError, EditDraft, check, doubt};
use crate::handlers::audit::zone_of;
use crate::handlers::blocking::Deadline;
use crate::handlers::context::Context;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::edit::{DraftRequest, WRITE_AGAIN};
use crate::handlers::generate;
use crate::handlers::proposal_card;
use crate::handlers::rights::Act;
use crate::handlers::trouble::{Handled, Ours, Trouble};
use crate::jobs::TaskRun;
use crate::proposals::revision::Current;
use crate::proposals::{NotOpened, Proposal, Suggestion};
use crate::store::{
    Snapshot, Tx, members, partners, proposals, requests, sections, threads, workspaces,
};
use crate::strategy::address::SectionAddress;
use crate::strategy::apply::apply;
use crate::strategy::confidence::confidence;
use crate::strategy::difference::difference;
use crate::strategy::document::Document;
use crate::strategy::drafted::{NotDone, Why};
use crate::strategy::opportunity::opportunity;

/// How many earlier turns of the thread a drafter is told.
const TURNS: i64 = 20;

/// How soon a request looks again whether those before it in its thread are through.
const TURN_REST: Duration = Duration::from_millis(500);
/// A request of which nothing was heard for so long holds nobody up any more, milliseconds.
const LOST_AFTER_MS: i64 = 60 * 60 * 1_000;
/// How often a draft is made anew at once when what it was made on has changed meanwhile.
const TRIES: usize = 3;

/// Runs one draft job, when it is its turn.
pub async fn run(cx: &Context, request: &DraftRequest, task: &TaskRun) -> Handled {
    let mut reader = cx.store.reader().await?;
    let turn = (request.turn, cx.clock.now_ms() - LOST_AFTER_MS);
    if !requests::is_next(&mut reader, &request.workspace, &request.thread, turn).await? {
        return Err(Trouble::Ours(Ours::NotYet(TURN_REST)));
    }
    drop(reader);
    for _ in 0..TRIES {
        let drafted = match read(cx, request).await? {
            None => None,
            Some(read) => {
                let again = request.text.trim().eq_ignore_ascii_case(WRITE_AGAIN);
                Some(if again { write_again(cx, read).await? } else { edit(cx, read).await? })
            }
        };
        if Box::pin(finish(cx, request, task, drafted)).await? {
            return Ok(());
        }
    }
    Err(Trouble::Ours(Ours::NotYet(TURN_REST)))
}

/// What came of it, with what it was made on; or why nothing did.
type Drafted = Result<(Read, EditDraft), DraftError>;

/// Everything a drafter may see, and what the proposal is made on.
struct Read {
    current: Current,
    brief: EditBrief,
    whole: Brief,
    superseded: Option<Proposal>,
    asked_by: String,
}

/// Reads it from one snapshot, ended before the drafter begins.
async fn read(cx: &Context, request: &DraftRequest) -> Handled<Option<Read>> {
    let mut now = cx.store.snapshot().await?;
    let read = read_from(cx, &mut now, request).await?;
    now.end().await?;
    Ok(read)
}

async fn read_from(
    cx: &Context,
    now: &mut Snapshot,
    request: &DraftRequest,
) -> Handled<Option<Read>> {
    let id = &request.workspace;
    let workspace = workspaces::get(now, id).await?;
    let workspace = workspace.ok_or_else(|| Trouble::ours("the workspace is gone"))?;
    let Some(thread) = threads::get(now, id, &request.thread).await? else { return Ok(None) };
    let all = sections::all(now, id).await?;
    let Some(section) = all.iter().find(|known| known.address == thread.section) else {
        return Ok(None);
    };
    let current = Current { revision: section.revision, document: section.document.clone() };
    let turns = threads::turns(now, id, &request.thread, TURNS).await?;
    let open = proposals::open_in_thread(now, id, &request.thread).await?;
    let member = members::get(now, id, &request.member).await?;
    // Somebody may have lost the right while the request waited its turn.
    if member.as_ref().is_some_and(|member| !Act::Edit.allows(member.role)) {
        return Ok(None);
    }
    let asked_by = member.map_or_else(String::new, |member| member.name);
    let today = cx.clock.now().to_zoned(zone_of(&workspace.zone)).date();
    let known: Arc<[_]> = partners::partners(now, id).await?.into();
    let sections: BTreeMap<_, _> =
        all.iter().map(|section| (section.address, section.document.clone())).collect();
    let superseded = open.map(|stored| stored.proposal);
    let fits = superseded.as_ref().filter(|open| still_fits(open, &current));
    let said = turns.iter().filter(|turn| !turn.by_bot && turn.seq < request.turn);
    // A longer one was refused unread.
    let said = said.filter(|turn| turn.text.chars().count() <= REQUEST_LIMIT);
    let said = said.map(|turn| turn.text.clone()).collect();
    let answers = workspace.answers.unwrap_or_default();
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

/// Whether what is proposed already can be part of the next proposal: nobody moved its fields.
fn still_fits(open: &Proposal, current: &Current) -> bool {
    open.base_revision == current.revision
        || open.collisions(&current.document).is_empty()
            && apply(&current.document, &open.operations).is_ok()
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

/// Drafted and held against the rules, off the threads that answer requests.
async fn edit(cx: &Context, read: Read) -> Handled<Drafted> {
    let drafter = Arc::clone(&cx.drafter);
    let work = move |deadline: &Deadline, wait: &Handle| {
        let draft = wait.block_on(drafter.edit(&read.brief, &deadline.look()))?;
        match check::edit(&read.brief, &draft).first() {
            None => Ok((read, draft)),
            Some(fault) => Err(DraftError::Rejected(fault.to_string())),
        }
    };
    generate::in_time(cx, work).await
}

/// The whole section anew, reduced to the operations that lead there.
async fn write_again(cx: &Context, read: Read) -> Handled<Drafted> {
    let drafted = generate::written(cx, read.whole.clone()).await?;
    Ok(drafted.map(|draft| {
        let before = &read.current.document;
        let edit = EditDraft {
            understood: format!("Write the section again: {}", draft.summary),
            operations: difference(before, &draft.document.with_ids_of(before)),
            warnings: draft.notes,
            ..EditDraft::default()
        };
        (read, edit)
    }))
}

/// False when what was read has changed meanwhile: then nothing is kept.
async fn finish(
    cx: &Context,
    request: &DraftRequest,
    task: &TaskRun,
    drafted: Option<Drafted>,
) -> Handled<bool> {
    let mut desk = Desk::open_for(cx, &request.workspace).await?;
    match drafted {
        None => {}
        Some(Err(error @ DraftError::Unavailable(_))) if !task.is_last() => {
            return Err(Trouble::Ours(Ours::Draft(error)));
        }
        Some(Err(error)) => {
            let sentence = match error {
                DraftError::TooLong => words::edit::took_too_long(),
                other => words::edit::drafting_failed(&other.to_string()),
            };
            desk.whisper(&request.asked, Card::sentence(sentence)).await?;
        }
        Some(Ok((read, draft))) => {
            let stands = stands(&mut desk, request, &read).await?;
            if !stands || !write(&mut desk, request, read, draft).await? {
                desk.tx.rollback().await?;
                return Ok(false);
            }
        }
    }
    requests::end(&mut desk.tx, &request.workspace, &request.thread, request.turn).await?;
    task.complete(&mut desk.tx).await?;
    desk.commit().await?;
    Ok(true)
}

/// Whether section and open proposal are still those that the draft was made on.
async fn stands(desk: &mut Desk<'_>, request: &DraftRequest, read: &Read) -> Handled<bool> {
    let (workspace, section) = (&request.workspace, read.current.document.address());
    let now = sections::current(&mut desk.tx, workspace, section).await?;
    let open = proposals::open_in_thread(&mut desk.tx, workspace, &request.thread).await?;
    let open = open.map(|stored| stored.proposal.id);
    Ok(now.is_some_and(|section| section.revision == read.current.revision)
        && open.as_ref() == read.superseded.as_ref().map(|open| &open.id))
}

/// False when somebody decided the open proposal in this very moment.
async fn write(
    desk: &mut Desk<'_>,
    request: &DraftRequest,
    read: Read,
    draft: EditDraft,
) -> Handled<bool> {
    let doubts = doubt::of(&read.brief, &draft);
    if !doubts.is_empty() {
        let (thread, turn) = (&request.thread, request.turn);
        let click = |meant| Click::AskAs { meant, thread: thread.clone(), turn };
        desk.whisper(&request.asked, words::number::which(&doubts, click)).await?;
        return Ok(true);
    }
    let section = read.current.document.address();
    if !draft.answers.is_empty() {
        let texts = draft.answers.iter().map(|answer| answer.text.as_str());
        desk.whisper(&request.asked, words::edit::answers(texts)).await?;
    }
    for other in elsewhere(&draft) {
        desk.whisper(&request.asked, words::edit::other_section(other)).await?;
    }
    if draft.operations.is_empty() && read.brief.earlier.is_empty() || !is_new(&read, &draft) {
        nothing(desk, request, &read, &draft).await?;
        return Ok(true);
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
            desk.whisper(&request.asked, Card::sentence(sentence)).await?;
            Ok(true)
        }
        Err(NotOpened::Refused(error)) => {
            let reasons = [words::ended(&error.reason.to_string())];
            desk.whisper(&request.asked, words::edit::nothing_done(section, &reasons)).await?;
            Ok(true)
        }
    }
}

/// The other sections that the request speaks of, each once.
fn elsewhere(draft: &EditDraft) -> BTreeSet<SectionAddress> {
    let other = |part: &NotDone| match part.why {
        Why::OtherSection(other) => Some(other),
        _ => None,
    };
    draft.not_done.iter().filter_map(other).collect()
}

/// Whether the draft comes to something else than what the thread proposes already.
fn is_new(read: &Read, draft: &EditDraft) -> bool {
    let stands = &read.current.document;
    let comes_to = |operations| apply(stands, operations).map(|document| document.canonical());
    comes_to(&read.brief.earlier) != comes_to(&draft.operations)
}

/// What changes, from the section as it stands: a refinement's own words speak of the card before.
fn summary(read: &Read, draft: &EditDraft) -> String {
    let result = apply(&read.current.document, &draft.operations);
    let (false, Ok(result)) = (read.brief.earlier.is_empty(), result) else {
        return draft.understood.clone();
    };
    proposal_card::told(&read.current.document, &result)
}

/// The older card of the thread gives way, the new one is posted. False when the older one ended in
/// another way just now.
async fn propose(
    desk: &mut Desk<'_>,
    request: &DraftRequest,
    (proposal, read): (Proposal, Read),
) -> Handled<bool> {
    let workspace = desk.workspace.id.clone();
    if let Some(older) = read.superseded {
        let ending = older.clone().supersede(proposal.id.clone(), desk.cx.clock.now());
        let ending = ending.map_err(|error| Trouble::ours(error.to_string()))?.state;
        if !proposals::end(&mut desk.tx, &workspace, &older.id, &ending).await? {
            return Ok(false);
        }
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
    let to = (&request.thread, request.asked.clone());
    proposal_card::open(desk, proposal, to).await?;
    Ok(true)
}

async fn nothing(
    desk: &mut Desk<'_>,
    request: &DraftRequest,
    read: &Read,
    draft: &EditDraft,
) -> Handled {
    let section = read.current.document.address();
    let elsewhere = |why: &Why| matches!(why, Why::OtherSection(_));
    let left: Vec<_> = draft.not_done.iter().filter(|part| !elsewhere(&part.why)).collect();
    let only_answers = left.is_empty() && (!draft.answers.is_empty() || !draft.not_done.is_empty());
    if only_answers {
        return Ok(());
    }
    if left.is_empty() || left.iter().all(|part| part.why == Why::AlreadySo) {
        let sentence = if read.brief.earlier.is_empty() {
            words::proposal::nothing_to_change(section)
        } else {
            words::proposal::proposed_already()
        };
        return desk.whisper(&request.asked, Card::sentence(sentence)).await;
    }
    let reasons: Vec<_> =
        left.iter().map(|part| format!("\"{}\": {}", part.part, part.detail)).collect();
    desk.whisper(&request.asked, words::edit::nothing_done(section, &reasons)).await
}

/// The job failed for good: who asked is told, and the next request has its turn.
pub async fn gave_up(cx: &Context, tx: &mut Tx, request: &DraftRequest, reference: u32) -> Handled {
    requests::end(tx, &request.workspace, &request.thread, request.turn).await?;
    let card = Card::sentence(words::trouble::our_fault(reference));
    Desk::whisper_in(cx, tx, &request.workspace, (&request.asked, card)).await
}
