//! Writing sections: directly the first time, as a proposal ever after. One run at a time per group.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use crate::conversation::card::Card;
use crate::conversation::outgoing::Asked;
use crate::conversation::words;
use crate::drafting::brief::Brief;
use crate::drafting::{Draft, DraftError, check};
use crate::handlers::audit::zone_of;
use crate::handlers::blocking::{Deadline, Labour, NotComputed};
use crate::handlers::context::Context;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::edit::{self, WRITE_AGAIN};
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::{Handled, Ours, Trouble};
use crate::ids::{GenerationId, MemberId, WorkspaceId};
use crate::jobs::{Task, TaskRun};
use crate::proposals::revision::Origin;
use crate::store::generations::{self, GenerationState, NewGeneration, Start};
use crate::store::sections::{self, Appended, NewRevision};
use crate::store::{Tx, partners, workspaces};
use crate::strategy::address::{SectionAddress, SectionGroup};

/// What a generation job is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub workspace: WorkspaceId,
    /// One generation per group, in the order in which they build on each other.
    pub groups: Vec<(SectionGroup, GenerationId)>,
    pub sections: Vec<SectionAddress>,
    pub member: MemberId,
    pub name: String,
    pub asked: Asked,
}

/// A job that has not ended after this long may be started again by somebody else.
const LEASE_MS: i64 = 5 * 60 * 1_000;

/// `/strategy generate <section>|all`
pub async fn requested(scene: &mut Scene<'_>, wanted: &[SectionAddress]) -> Handled {
    scene.may(Act::Edit)?;
    let ready = scene.desk.workspace.answers.as_ref().is_some_and(|a| a.missing().is_empty());
    if !ready {
        return Err(Trouble::mend(words::trouble::not_set_up()));
    }
    let Split { written, new } = split(scene, wanted).await?;
    for section in written {
        edit::start(scene, section, Some(WRITE_AGAIN.to_owned())).await?;
    }
    if new.is_empty() { Ok(()) } else { start(scene, &new, true).await }
}

/// Sections by whether there is something that could be overwritten.
pub struct Split {
    pub written: Vec<SectionAddress>,
    pub new: Vec<SectionAddress>,
}

pub async fn split(scene: &mut Scene<'_>, wanted: &[SectionAddress]) -> Handled<Split> {
    let workspace = scene.desk.workspace.id.clone();
    let known = sections::all(&mut scene.desk.tx, &workspace).await?;
    let is_written = |section: &SectionAddress| known.iter().any(|k| k.address == *section);
    let (written, new) = wanted.iter().copied().partition(is_written);
    Ok(Split { written, new })
}

/// Starts a run for sections that were never written.
pub async fn start(scene: &mut Scene<'_>, wanted: &[SectionAddress], say_so: bool) -> Handled {
    let mut groups = Vec::new();
    for group in SectionGroup::ALL {
        if wanted.iter().any(|section| section.group() == group)
            && let Some(id) = claim(scene, group).await?
        {
            groups.push((group, id));
        }
    }
    let started = |section: &&SectionAddress| groups.iter().any(|(g, _)| *g == section.group());
    let sections: Vec<_> = wanted.iter().filter(started).copied().collect();
    if sections.is_empty() {
        return Ok(());
    }
    if say_so {
        let sentence = words::section::writing(&sections);
        scene.whisper(Card::sentence(sentence)).await?;
    }
    let run = Run {
        workspace: scene.desk.workspace.id.clone(),
        groups,
        sections,
        member: scene.member.id.clone(),
        name: scene.member.name.clone(),
        asked: scene.asked(),
    };
    let run = serde_json::to_string(&run).map_err(|error| Trouble::ours(error.to_string()))?;
    scene.desk.enqueue(&Task::Generate { run }).await
}

/// The group's one running generation, or a word about the one that runs already.
async fn claim(scene: &mut Scene<'_>, group: SectionGroup) -> Handled<Option<GenerationId>> {
    let now = scene.now();
    let id = scene.desk.cx.ids.generation();
    let new = NewGeneration {
        id: id.clone(),
        workspace: scene.desk.workspace.id.clone(),
        group,
        by: scene.member.id.clone(),
        by_name: scene.member.name.clone(),
        at: now,
        lease_until: now + LEASE_MS,
    };
    match generations::start(&mut scene.desk.tx, &new).await? {
        Start::Started => Ok(Some(id)),
        Start::Running { since, by_name } => {
            let zone = zone_of(&scene.desk.workspace.zone);
            let since = words::moment(since, &zone);
            let sentence = words::section::already_running(group.title(), &since, &by_name);
            scene.whisper(Card::sentence(sentence)).await?;
            Ok(None)
        }
    }
}

/// Runs one generation job: each section is drafted with no transaction open and committed by
/// itself, so that a crash keeps what is done.
pub async fn run(cx: &Context, run: &Run, task: &TaskRun) -> Handled {
    let author = Author { member: run.member.clone(), name: run.name.clone() };
    let written = write_missing(cx, &run.workspace, (&run.sections, &author)).await;
    let (state, card) = match written {
        Ok(()) => (GenerationState::Complete, words::setup::done(&run.sections)),
        // The same again would end the same.
        Err(Trouble::Mend(card)) => (GenerationState::Failed, card),
        Err(other) => return Err(other),
    };
    let mut desk = Desk::open_for(cx, &run.workspace).await?;
    for (_, id) in &run.groups {
        let now = cx.clock.now_ms();
        generations::finish(&mut desk.tx, &run.workspace, id, state, now).await?;
    }
    desk.whisper(&run.asked, card).await?;
    task.complete(&mut desk.tx).await?;
    desk.commit().await
}

/// Who is named as the author of what is generated.
#[derive(Clone, Debug)]
pub struct Author {
    pub member: MemberId,
    pub name: String,
}

/// Writes those of the sections that were never written.
pub async fn write_missing(
    cx: &Context,
    workspace: &WorkspaceId,
    (wanted, author): (&[SectionAddress], &Author),
) -> Handled {
    for section in wanted {
        if let Some(brief) = brief(cx, workspace, (*section, author)).await? {
            let draft = written(cx, brief).await?.map_err(|error| match error {
                DraftError::TooLong => Trouble::mend(words::section::took_too_long(*section)),
                other => Trouble::Ours(Ours::Draft(other)),
            })?;
            append(cx, workspace, (draft, author)).await?;
        }
    }
    Ok(())
}

/// The section as the drafter writes it, once it holds against the rules.
pub async fn written(cx: &Context, brief: Brief) -> Handled<Result<Draft, DraftError>> {
    let drafter = Arc::clone(&cx.drafter);
    let work =
        move |_: &Deadline, wait: &Handle| held(&brief, wait.block_on(drafter.write(&brief))?);
    in_time(cx, work).await
}

/// Lets a drafter work off the threads that answer requests; whatever it waits for, it waits there.
pub async fn in_time<T: Send + 'static>(
    cx: &Context,
    work: impl FnOnce(&Deadline, &Handle) -> Result<T, DraftError> + Send + 'static,
) -> Handled<Result<T, DraftError>> {
    let wait = Handle::current();
    let work = move |deadline: &Deadline| work(deadline, &wait);
    match cx.blocking.run(Labour::Draft, work).await {
        Ok(drafted) => Ok(drafted),
        Err(NotComputed::TooLong) => Ok(Err(DraftError::TooLong)),
        Err(why) => Err(why.into()),
    }
}

fn held(brief: &Brief, draft: Draft) -> Result<Draft, DraftError> {
    match check::section(brief, &draft).first() {
        None => Ok(draft),
        Some(fault) => Err(DraftError::Rejected(fault.to_string())),
    }
}

/// What the drafter is told; none when the section was written meanwhile, by an earlier try.
async fn brief(
    cx: &Context,
    workspace: &WorkspaceId,
    (section, author): (SectionAddress, &Author),
) -> Handled<Option<Brief>> {
    let mut now = cx.store.snapshot().await?;
    let all = sections::all(&mut now, workspace).await?;
    let partners: Arc<[_]> = partners::partners(&mut now, workspace).await?.into();
    let workspace = workspaces::get(&mut now, workspace).await?;
    now.end().await?;
    let workspace = workspace.ok_or_else(|| Trouble::ours("the workspace is gone"))?;
    if all.iter().any(|known| known.address == section) {
        return Ok(None);
    }
    let sections: BTreeMap<_, _> =
        all.into_iter().map(|section| (section.address, section.document)).collect();
    let zone = zone_of(&workspace.zone);
    Ok(Some(Brief {
        address: section,
        answers: workspace.answers.unwrap_or_default(),
        partners,
        sections,
        asked_by: author.name.clone(),
        today: cx.clock.now().to_zoned(zone).date(),
    }))
}

async fn append(
    cx: &Context,
    workspace: &WorkspaceId,
    (draft, author): (Draft, &Author),
) -> Handled {
    let mut desk = Desk::open_for(cx, workspace).await?;
    let section = draft.document.address();
    let revision = NewRevision {
        workspace: workspace.clone(),
        address: section,
        base_revision: 0,
        document: draft.document,
        author: author.member.clone(),
        author_name: author.name.clone(),
        origin: Origin::Generated,
        drafted_by: cx.drafter.identity(),
        proposal: None,
        note: draft.summary,
        at: cx.clock.now_ms(),
    };
    if let Appended::Revision(number) = sections::append(&mut desk.tx, &revision).await? {
        let deed = Deed {
            action: "section.generated",
            subject_kind: "section",
            subject_id: section.as_str(),
            after: Some(number),
            detail: format!("asked by {}", author.name),
            ..Deed::default()
        };
        desk.audit(deed).await?;
    }
    desk.commit().await
}

/// The job failed for good: the groups are free again and who asked is told.
pub async fn gave_up(cx: &Context, tx: &mut Tx, run: &Run, reference: u32) -> Handled {
    for (_, id) in &run.groups {
        let now = cx.clock.now_ms();
        generations::finish(tx, &run.workspace, id, GenerationState::Failed, now).await?;
    }
    let card = Card::sentence(words::trouble::our_fault(reference));
    Desk::whisper_in(cx, tx, &run.workspace, (&run.asked, card)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::document::Document;
    use crate::strategy::icp::Icp;
    use crate::strategy::onboarding::Answers;

    #[test]
    fn a_section_with_a_link_that_nobody_gave_is_not_written() {
        let brief = Brief {
            address: SectionAddress::Icp,
            answers: Answers::default(),
            partners: Arc::from([]),
            sections: BTreeMap::new(),
            asked_by: "Ana".to_owned(),
            today: jiff::civil::date(2026, 10, 5),
        };
        let written = |summary: &str| {
            let icp = Icp { summary: summary.to_owned(), ..Icp::default() };
            let draft = Draft {
                document: Document::Icp(icp),
                summary: String::new(),
                questions: Vec::new(),
                notes: Vec::new(),
            };
            held(&brief, draft)
        };
        assert!(written("We sell to lenders.").is_ok());
        let linked = written("We sell to lenders, see https://evil.example.");
        assert!(matches!(linked, Err(DraftError::Rejected(_))), "{linked:?}");
        let counted = written("We sell to 777 lenders.");
        assert!(matches!(counted, Err(DraftError::Rejected(_))), "{counted:?}");
    }
}
