//! The sample company: the same import that users have, then the same drafter.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::conversation::card::Card;
use crate::conversation::outgoing::Asked;
use crate::conversation::words;
use crate::handlers::context::Context;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::generate::{self, Author};
use crate::handlers::import::{self, File, Wanted};
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::settings;
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::{MemberId, WorkspaceId};
use crate::jobs::{Task, TaskRun};
use crate::partners::import::Kind;
use crate::partners::sample;
use crate::store::{Tx, partners, sections, workspaces};
use crate::strategy::address::SectionAddress;
use crate::strategy::onboarding::{Answers, Input};

/// What the loading job is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    pub workspace: WorkspaceId,
    pub member: MemberId,
    pub name: String,
    pub asked: Asked,
}

/// How many rows came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    pub partners: usize,
    pub deals: usize,
    pub activities: usize,
    /// Everything was there before: nothing was done.
    pub already: bool,
}

/// *Load the sample company*
pub async fn requested(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::LoadSample)?;
    let workspace = scene.desk.workspace.id.clone();
    if !is_empty(&mut scene.desk.tx, &workspace).await? {
        return Err(Trouble::mend(words::home::not_empty()));
    }
    let load = Load {
        workspace,
        member: scene.member.id.clone(),
        name: scene.member.name.clone(),
        asked: scene.asked(),
    };
    let run = serde_json::to_string(&load).map_err(|error| Trouble::ours(error.to_string()))?;
    scene.desk.enqueue(&Task::LoadSample { run }).await?;
    scene.whisper(Card::sentence(words::home::loading_sample())).await
}

/// `/strategy import`
pub async fn how_to_import(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::Read)?;
    scene.whisper(words::home::how_to_import()).await
}

/// Runs the loading job.
pub async fn run(cx: &Context, load: &Load, task: &TaskRun) -> Handled {
    let author = Author { member: load.member.clone(), name: load.name.clone() };
    let loaded = load_into(cx, &load.workspace, &author).await?;
    let mut desk = Desk::open_for(cx, &load.workspace).await?;
    let card = match loaded {
        Some(rows) => {
            let company = desk.workspace.name.clone();
            words::home::sample_loaded(&company, rows.partners, rows.deals, rows.activities)
        }
        None => Card::sentence(words::home::not_empty()),
    };
    desk.whisper(&load.asked, card).await?;
    task.complete(&mut desk.tx).await?;
    desk.commit().await
}

/// Loads company, facts and first strategy; none when the workspace has something of its own.
/// Facts come in one transaction; a crash after it goes on with the sections that are missing.
pub async fn load_into(
    cx: &Context,
    workspace: &WorkspaceId,
    author: &Author,
) -> Handled<Option<Loaded>> {
    let mut desk = Desk::open_for(cx, workspace).await?;
    let begun = desk.workspace.sample;
    if !begun && !is_empty(&mut desk.tx, workspace).await? {
        return Ok(None);
    }
    let mut loaded = if begun { count(&mut desk).await? } else { facts(&mut desk, author).await? };
    let written = sections::all(&mut desk.tx, workspace).await?.len();
    loaded.already = begun && written == SectionAddress::ALL.len();
    desk.commit().await?;
    generate::write_missing(cx, workspace, (&SectionAddress::ALL, author)).await?;
    Ok(Some(loaded))
}

async fn facts(desk: &mut Desk<'_>, author: &Author) -> Handled<Loaded> {
    let answers = answers()?;
    let workspace = desk.workspace.id.clone();
    workspaces::set_answers(&mut desk.tx, &workspace, &answers).await?;
    settings::count_in(desk, answers.currency()).await?;
    workspaces::rename(&mut desk.tx, &workspace, &answers.company_name).await?;
    workspaces::mark_sample(&mut desk.tx, &workspace).await?;
    let mut loaded = Loaded::default();
    for (kind, csv) in sample::FILES {
        let rows = take(desk, author, (kind, csv)).await?;
        match kind {
            Kind::Partners => loaded.partners = rows,
            Kind::Deals => loaded.deals = rows,
            Kind::Activities => loaded.activities = rows,
        }
    }
    let deed = Deed {
        action: "sample.loaded",
        subject_kind: "workspace",
        subject_id: workspace.as_str(),
        detail: format!("asked by {}", author.name),
        ..Deed::default()
    };
    desk.audit(deed).await?;
    Ok(loaded)
}

/// The answers of the sample company, read as a person's would be.
fn answers() -> Handled<Answers> {
    let wrong = |why: String| Trouble::ours(format!("the sample company does not read: {why}"));
    let typed: BTreeMap<String, String> =
        serde_json::from_str(sample::COMPANY).map_err(|error| wrong(error.to_string()))?;
    let mut answers = Answers::default();
    for (name, text) in typed {
        let input = Input::parse(&name).ok_or_else(|| wrong(name))?;
        answers.put(input, &text).map_err(|error| wrong(error.to_string()))?;
    }
    Ok(answers)
}

async fn take(desk: &mut Desk<'_>, author: &Author, (kind, csv): (Kind, &str)) -> Handled<usize> {
    let wanted = Wanted {
        file: File { kind, bytes: Arc::new(csv.as_bytes().to_vec()), decimal: None },
        keep_good: false,
        source: "the sample company",
        by: &author.name,
        at: desk.cx.clock.now_ms(),
    };
    let workspace = desk.workspace.clone();
    let taken = import::take_in(&mut desk.tx, &workspace, &wanted).await?;
    match taken {
        Ok(taken) if taken.applied => Ok(taken.read),
        Ok(taken) => Err(Trouble::ours(format!("sample rows were refused: {:?}", taken.refused))),
        Err(refused) => Err(Trouble::ours(refused.to_string())),
    }
}

async fn count(desk: &mut Desk<'_>) -> Handled<Loaded> {
    let workspace = desk.workspace.id.clone();
    Ok(Loaded {
        partners: partners::partners(&mut desk.tx, &workspace).await?.len(),
        deals: partners::deals(&mut desk.tx, &workspace).await?.len(),
        activities: partners::activities(&mut desk.tx, &workspace).await?.len(),
        already: false,
    })
}

async fn is_empty(tx: &mut Tx, workspace: &WorkspaceId) -> Handled<bool> {
    let written = sections::all(tx, workspace).await?;
    Ok(written.is_empty() && partners::partner_ids(tx, workspace).await?.is_empty())
}

/// The job failed for good: who asked is told.
pub async fn gave_up(cx: &Context, tx: &mut Tx, load: &Load, reference: u32) -> Handled {
    let card = Card::sentence(words::trouble::our_fault(reference));
    Desk::whisper_in(cx, tx, &load.workspace, (&load.asked, card)).await
}
