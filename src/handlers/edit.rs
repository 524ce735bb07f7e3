//! An edit thread, from its root message to the proposal: opened, spoken in, drafted, refined.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::conversation::button::Sheet;
use crate::conversation::outgoing::{Asked, MessageRef, Subject};
use crate::conversation::words;
use crate::drafting::brief::REQUEST_LIMIT;
use crate::drafting::doubt;
use crate::handlers::context::Context;
use crate::handlers::desk::Deed;
use crate::handlers::proposal;
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::{MemberId, ProposalId, ThreadId, WorkspaceId};
use crate::jobs::Task;
use crate::numbers::Meant;
use crate::store::threads::{self, Thread};
use crate::store::{Tx, proposals, requests, sections};
use crate::strategy::address::SectionAddress;

/// What a draft job is told: who asked for what in which thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftRequest {
    pub workspace: WorkspaceId,
    pub thread: ThreadId,
    /// Tells two equal requests apart.
    pub id: String,
    pub text: String,
    pub member: MemberId,
    pub asked: Asked,
    /// The turn of the thread that it was said in; 0 in a job of an earlier release.
    #[serde(default)]
    pub turn: i64,
}

/// Said in a thread, it has the whole section written again.
pub const WRITE_AGAIN: &str = "regenerate";

/// `/strategy edit <section> [request]` or *Edit with AI*: a root message that names the scope.
pub async fn start(
    scene: &mut Scene<'_>,
    section: SectionAddress,
    request: Option<String>,
) -> Handled {
    scene.may(Act::Edit)?;
    not_too_long(request.as_deref().unwrap_or_default())?;
    let workspace = scene.desk.workspace.id.clone();
    let Some(current) = sections::current(&mut scene.desk.tx, &workspace, section).await? else {
        return Err(Trouble::Mend(words::section::never_written(section)));
    };
    let name = scene.member.name.clone();
    let card = words::edit::root(section, current.revision, &name, request.as_deref());
    let thread = Thread {
        id: scene.desk.cx.ids.thread(),
        workspace_id: workspace,
        section,
        opened_by: scene.member.id.clone(),
        opened_by_name: name,
        root: None,
        request,
        created_at: scene.now(),
    };
    threads::add(&mut scene.desk.tx, &thread).await?;
    let key = format!("thread:{}", thread.id);
    let (to, asked) = (scene.channel(), scene.asked());
    scene.desk.post(&key, to, (card, Subject::Thread(thread.id.clone())), Some(asked)).await?;
    let deed = Deed {
        action: "thread.opened",
        subject_kind: "section",
        subject_id: section.as_str(),
        ..Deed::default()
    };
    scene.audit(deed).await
}

/// The root message is posted: the thread is bound to it for life, and the first request is drafted.
pub async fn bound(
    cx: &Context,
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (thread, message): (&ThreadId, &MessageRef),
    asked: Option<Asked>,
) -> Handled {
    threads::bind(tx, workspace, thread, message).await?;
    let bound = threads::get(tx, workspace, thread).await?;
    let Some(Thread { request: Some(text), opened_by, opened_by_name, created_at, .. }) = bound
    else {
        return Ok(());
    };
    let Some(asked) = asked else { return Ok(()) };
    let near = message.place.in_thread(message.thread_root());
    let said = Said { text: &text, by: &opened_by, name: &opened_by_name, at: created_at };
    draft((cx, tx, workspace), (thread, said), Asked { near, ..asked }).await
}

/// Words in a thread of ours: `accept` and `discard` act, everything else is a request. False when
/// the thread is none of ours.
pub async fn said_in_thread(scene: &mut Scene<'_>, text: &str) -> Handled<bool> {
    let Some(thread) = thread_here(scene).await? else { return Ok(false) };
    let text = text.trim();
    if text.is_empty() {
        return Ok(true);
    }
    let workspace = scene.desk.workspace.id.clone();
    let open = proposals::open_in_thread(&mut scene.desk.tx, &workspace, &thread.id).await?;
    match (text.to_lowercase().as_str(), open) {
        ("accept", Some(open)) => proposal::accept(scene, &open.proposal.id).await?,
        ("discard", Some(open)) => proposal::discard(scene, &open.proposal.id).await?,
        ("accept" | "discard", None) => {
            scene.may(Act::Decide)?;
            return Err(Trouble::mend(words::edit::nothing_open()));
        }
        _ => request(scene, &thread, text).await?,
    }
    Ok(true)
}

/// *Refine*: asks what should be different.
pub async fn open_refine(scene: &mut Scene<'_>, id: &ProposalId) -> Handled {
    scene.may(Act::Edit)?;
    proposal::must_be_open(scene, id).await?;
    scene.open(words::proposal::refine_form(Sheet::Refine(id.clone()).token())).await
}

/// The form of *Refine*, sent: a turn of the proposal's thread like any other.
pub async fn refine(
    scene: &mut Scene<'_>,
    id: &ProposalId,
    fields: &BTreeMap<String, String>,
) -> Handled {
    let workspace = scene.desk.workspace.id.clone();
    let stored = proposals::get(&mut scene.desk.tx, &workspace, id).await?;
    let stored = stored.ok_or_else(|| Trouble::mend(words::proposal::unknown()))?;
    let thread = threads::get(&mut scene.desk.tx, &workspace, &stored.thread).await?;
    let thread = thread.ok_or_else(|| Trouble::ours("a proposal without a thread"))?;
    let text = fields.get("request").map(|text| text.trim()).unwrap_or_default();
    if text.is_empty() {
        return Err(Trouble::mend(words::edit::say_what()));
    }
    request(scene, &thread, text).await
}

/// A number in a turn of the thread may have been two; it is asked for again as it was meant.
pub async fn ask_as(
    scene: &mut Scene<'_>,
    meant: Meant,
    (thread, turn): (&ThreadId, i64),
) -> Handled {
    scene.may(Act::Edit)?;
    let workspace = scene.desk.workspace.id.clone();
    let tx = &mut scene.desk.tx;
    let said = threads::turn(tx, &workspace, thread, turn).await?;
    let thread = threads::get(tx, &workspace, thread).await?;
    let Some((thread, said)) = thread.zip(said.filter(|turn| !turn.by_bot)) else {
        return Err(Trouble::mend(words::number::too_old()));
    };
    request(scene, &thread, &doubt::settled(&said.text, meant)).await
}

async fn request(scene: &mut Scene<'_>, thread: &Thread, text: &str) -> Handled {
    scene.may(Act::Edit)?;
    not_too_long(text)?;
    let near = thread.place().ok_or_else(|| Trouble::ours("a thread that is not posted yet"))?;
    let asked = Asked { near, ..scene.asked() };
    let (by, name) = (scene.member.id.clone(), scene.member.name.clone());
    let said = Said { text, by: &by, name: &name, at: scene.now() };
    let workspace = scene.desk.workspace.id.clone();
    let desk = &mut scene.desk;
    draft((desk.cx, &mut desk.tx, &workspace), (&thread.id, said), asked).await
}

/// What a drafter would not read is not kept either.
fn not_too_long(request: &str) -> Handled {
    if request.chars().count() > REQUEST_LIMIT {
        return Err(Trouble::mend(words::edit::too_long(REQUEST_LIMIT)));
    }
    Ok(())
}

struct Said<'a> {
    text: &'a str,
    by: &'a MemberId,
    name: &'a str,
    at: i64,
}

async fn draft(
    (cx, tx, workspace): (&Context, &mut Tx, &WorkspaceId),
    (thread, said): (&ThreadId, Said<'_>),
    asked: Asked,
) -> Handled {
    let words = threads::Words { who: said.name, by_bot: false, text: said.text, at: said.at };
    let turn = threads::add_turn(tx, workspace, thread, words).await?;
    requests::add(tx, workspace, thread, (turn, said.at)).await?;
    let request = DraftRequest {
        workspace: workspace.clone(),
        thread: thread.clone(),
        id: cx.ids.text(),
        text: said.text.to_owned(),
        member: said.by.clone(),
        asked,
        turn,
    };
    let proposal_request =
        serde_json::to_string(&request).map_err(|error| Trouble::ours(error.to_string()))?;
    cx.jobs.enqueue(tx, &Task::Draft { proposal_request }).await?;
    Ok(())
}

async fn thread_here(scene: &mut Scene<'_>) -> Handled<Option<Thread>> {
    let place = &scene.inbound.place;
    let Some(root) = &place.thread else { return Ok(None) };
    let workspace = scene.desk.workspace.id.clone();
    Ok(threads::by_place(
        &mut scene.desk.tx,
        &workspace,
        (place.platform, &place.team),
        &place.channel,
        root,
    )
    .await?)
}
