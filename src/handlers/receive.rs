//! `receive`: one heard request, from its inbox row to its outcome, in one transaction.
//!
//! The drain calls it in the order of the conversation. What the person can mend is told privately;
//! what is ours is tried again by the drain and, when that is used up, told with a reference.

use std::collections::BTreeMap;

use crate::conversation::button::{Click, Sheet};
use crate::conversation::card::Card;
use crate::conversation::command::{self, Command, ScheduleChange};
use crate::conversation::inbound::{Inbound, PlaceKind, Said};
use crate::conversation::mention::readable;
use crate::conversation::outgoing::Asked;
use crate::conversation::words;
use crate::handlers::context::Context;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::inquiry::{self, Told};
use crate::handlers::messenger::SendError;
use crate::handlers::scene::{Scene, read_click, read_sheet};
use crate::handlers::trouble::{Handled, Ours, Trouble};
use crate::handlers::{
    access, audit, deliveries, edit, generate, help, history, home, members, proposal, report,
    sample, scene, schedule, settings, setup, show, tam, whereabouts,
};
use crate::jobs::JobError;
use crate::store::inbox::{self, InboxRow};
use crate::store::{Tx, installations, workspaces};
use crate::telemetry;

/// Answers one row of the inbox and finishes it in the same transaction.
pub async fn heard(cx: &Context, row: &InboxRow) -> Result<(), JobError> {
    let inbound: Inbound = match serde_json::from_str(&row.payload) {
        Ok(inbound) => inbound,
        Err(error) => return Err(JobError::Fail(format!("an inbox row does not read: {error}"))),
    };
    match scene::is_ours(cx, &inbound).await {
        Ok(true) => {}
        Ok(false) => {
            let ails = access::ails(cx, &inbound).map(|word| words::trouble::not_let_in(&word));
            let why = ails.unwrap_or_else(words::trouble::no_workspace_linked);
            return turn_away(cx, (row, &inbound), why).await.map_err(retry);
        }
        Err(trouble) => return Err(retry(trouble)),
    }
    let introduced = match scene::introduced(cx, inbound.clone()).await {
        Ok(inbound) => inbound,
        Err(error) if error.may_pass() && row.attempts < 1 => {
            return Err(JobError::Retry(format!("who asks is not known: {error}")));
        }
        Err(error) => {
            return turn_away_unknown(cx, (row, &inbound), &error).await.map_err(retry);
        }
    };
    attended(cx, row, &introduced).await.map_err(retry)
}

/// Answers; what the platform must be asked first is asked in between, with no transaction open.
async fn attended(cx: &Context, row: &InboxRow, inbound: &Inbound) -> Handled {
    let mut told = Told::default();
    for _ in 0..inquiry::MOST {
        match answer(cx, row, (inbound, &told)).await {
            Err(Trouble::Ours(Ours::Ask(question))) => told.ask(cx, *question).await,
            Err(Trouble::Mend(card)) => return tell(cx, row, inbound, (card, None)).await,
            Err(Trouble::Denied { card, what }) => {
                return tell(cx, row, inbound, (card, Some(what))).await;
            }
            other => return other,
        }
    }
    Err(Trouble::ours("a request asks its platform without an end"))
}

fn retry(trouble: Trouble) -> JobError {
    match trouble {
        Trouble::Ours(ours) => JobError::Retry(ours.to_string()),
        Trouble::Mend(card) | Trouble::Denied { card, .. } => JobError::Fail(card.fallback),
    }
}

/// Who cannot be let in is told why where they left an address for the answer: there is no token to
/// speak to them otherwise.
async fn turn_away(cx: &Context, (row, inbound): (&InboxRow, &Inbound), why: String) -> Handled {
    let mut tx = cx.store.begin().await?;
    let answerable = inbound.answer.url.is_some();
    if let Some(only) = workspaces::only(&mut tx).await?.filter(|_| answerable) {
        let card = Card::sentence(why);
        Desk::whisper_in(cx, &mut tx, &only.id, (&asked(inbound), card)).await?;
    }
    done(cx, tx, row).await
}

/// Whether this is a colleague cannot be found out now: they are told, and nothing is done. What
/// nobody said in words is let go.
async fn turn_away_unknown(
    cx: &Context,
    (row, inbound): (&InboxRow, &Inbound),
    error: &SendError,
) -> Handled {
    let (platform, team) = (inbound.who.platform, &inbound.place.team);
    let mut tx = cx.store.begin().await?;
    let known = installations::by_team(&mut tx, platform, team).await?;
    let workspace = match known {
        Some(installation) => Some(installation.workspace_id),
        None => workspaces::only(&mut tx).await?.map(|only| only.id),
    };
    let wished = !matches!(inbound.said, Said::Opened | Said::Removed);
    if let Some(workspace) = workspace.filter(|_| wished) {
        let why = match error {
            SendError::Refused(word) => words::trouble::not_let_in(word),
            _ => words::trouble::cannot_ask(platform),
        };
        let card = Card::sentence(why);
        Desk::whisper_in(cx, &mut tx, &workspace, (&asked(inbound), card)).await?;
    }
    done(cx, tx, row).await
}

fn asked(inbound: &Inbound) -> Asked {
    let Inbound { who, place, answer, .. } = inbound.clone();
    Asked { who, near: place, answer }
}

/// Marks a row done that no scene was entered for.
async fn done(cx: &Context, mut tx: Tx, row: &InboxRow) -> Handled {
    if inbox::finish(&mut tx, row, cx.wall.now_ms()).await? {
        return Ok(tx.commit().await?);
    }
    Ok(tx.rollback().await?)
}

/// Tries are used up: in the transaction that says so, the person gets an apology with a reference.
pub async fn gave_up(cx: &Context, tx: &mut Tx, row: &InboxRow, why: &str) -> Handled {
    let reference =
        telemetry::reference(&Ours::Other(why.to_owned()), "a request could not be answered");
    let Ok(inbound) = serde_json::from_str::<Inbound>(&row.payload) else { return Ok(()) };
    let known = installations::by_team(tx, inbound.who.platform, &inbound.place.team).await?;
    let Some(installation) = known else { return Ok(()) };
    let card = Card::sentence(words::trouble::our_fault(reference));
    Desk::whisper_in(cx, tx, &installation.workspace_id, (&asked(&inbound), card)).await
}

async fn answer(cx: &Context, row: &InboxRow, heard: (&Inbound, &Told)) -> Handled {
    let whereabouts = whereabouts::of(cx, heard.0).await;
    let whereabouts =
        whereabouts.map_err(|error| Trouble::ours(format!("the channel is not known: {error}")))?;
    let mut scene = Scene::enter(cx, heard, row.received_at).await?;
    scene.whereabouts = whereabouts;
    dispatch(&mut scene).await?;
    finish(scene, row).await
}

/// Marks the row done in the same transaction; when somebody else was faster, nothing is kept.
async fn finish(mut scene: Scene<'_>, row: &InboxRow) -> Handled {
    let now = scene.desk.cx.wall.now_ms();
    if inbox::finish(&mut scene.desk.tx, row, now).await? {
        return scene.desk.commit().await;
    }
    Ok(scene.desk.tx.rollback().await?)
}

/// A refusal: whatever the handler wrote is gone, the sentence is said, a denial is audited.
async fn tell(
    cx: &Context,
    row: &InboxRow,
    inbound: &Inbound,
    (card, denied): (Card, Option<&str>),
) -> Handled {
    let told = Told::default();
    let mut scene = Scene::enter(cx, (inbound, &told), row.received_at).await?;
    let card = match denied {
        Some(what) if scene.is_a_colleague() && scene.is_unowned().await? => {
            words::trouble::no_owner_yet(what)
        }
        _ => card,
    };
    scene.whisper(card).await?;
    if let Some(what) = denied {
        let detail = format!("wanted to {what}");
        let subject_id = scene.member.id.to_string();
        let deed = Deed {
            action: "denied",
            subject_kind: "member",
            subject_id: &subject_id,
            detail,
            ..Deed::default()
        };
        scene.audit(deed).await?;
    }
    finish(scene, row).await
}

async fn dispatch(scene: &mut Scene<'_>) -> Handled {
    match &scene.inbound.said {
        Said::Command(text) => say(scene, text).await,
        Said::Message { text, mentioned } => message(scene, text, *mentioned).await,
        Said::Click { button, .. } => click(scene, read_click(button)?).await,
        Said::Submitted { form, fields } => submitted(scene, form, &readable_all(fields)).await,
        Said::Opened => home::greet(scene).await,
        Said::Hurried => scene.whisper(Card::sentence(words::trouble::too_fast())).await,
        Said::Removed => members::removed(scene).await,
    }
}

/// What was filled in is kept as people read it: there is no markup in a section.
fn readable_all(fields: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    fields.iter().map(|(name, text)| (name.clone(), readable(text))).collect()
}

async fn submitted(
    scene: &mut Scene<'_>,
    form: &str,
    fields: &BTreeMap<String, String>,
) -> Handled {
    match read_sheet(form)? {
        Sheet::EditAndAccept(id) => proposal::edit_and_accept(scene, &id, fields).await,
        Sheet::Refine(id) => edit::refine(scene, &id, fields).await,
        Sheet::Setup(step) => setup::submitted(scene, step, fields).await,
        Sheet::Tam(shown) => tam::submitted(scene, shown, fields).await,
    }
}

/// Words in a bound thread go to its section; in a direct chat or with a mention they are commands;
/// all other talk is none of our business.
async fn message(scene: &mut Scene<'_>, text: &str, mentioned: bool) -> Handled {
    if scene.inbound.place.thread.is_some() && edit::said_in_thread(scene, &readable(text)).await? {
        return Ok(());
    }
    let ours = mentioned || scene.inbound.place.kind == PlaceKind::Direct;
    if ours { say(scene, text).await } else { Ok(()) }
}

async fn say(scene: &mut Scene<'_>, text: &str) -> Handled {
    match command::parse(text) {
        Ok(command) => obey(scene, command).await,
        Err(not_understood) => Err(Trouble::Mend(words::help::not_understood(&not_understood))),
    }
}

async fn obey(scene: &mut Scene<'_>, command: Command) -> Handled {
    match command {
        Command::Home => home::show(scene).await,
        Command::Help => help::show(scene).await,
        Command::Setup(step) => setup::start(scene, step).await,
        Command::Show(group) => show::group(scene, group).await,
        Command::ShowOne(section) => show::one(scene, section).await,
        Command::Edit { section, request } => edit::start(scene, section, request).await,
        Command::Generate(sections) => generate::requested(scene, &sections).await,
        Command::History(section) => history::show(scene, section).await,
        Command::Restore { section, revision } => history::restore(scene, section, revision).await,
        Command::TamAsk(question) => tam::ask(scene, &question).await,
        Command::TamSet(settings) => tam::set(scene, &settings).await,
        Command::Report { kind, view } => report::requested(scene, &kind, view.as_deref()).await,
        Command::Schedule(text) => schedule::add(scene, &text).await,
        Command::Schedules => schedule::list(scene).await,
        Command::ScheduleChange { change, number } => {
            schedule::change_number(scene, change, number).await
        }
        Command::Deliveries => deliveries::list(scene).await,
        Command::Import => sample::how_to_import(scene).await,
        Command::Settings(change) => settings::say(scene, &change).await,
        Command::Members => members::list(scene).await,
        Command::MemberRole { person, role } => members::give_role(scene, &person, &role).await,
        Command::Claim(code) => members::claim(scene, &code).await,
        Command::Audit => audit::show(scene).await,
    }
}

async fn click(scene: &mut Scene<'_>, click: Click) -> Handled {
    match click {
        Click::Accept(id) => proposal::accept(scene, &id).await,
        Click::EditAndAccept(id) => proposal::open_edit_and_accept(scene, &id).await,
        Click::Refine(id) => edit::open_refine(scene, &id).await,
        Click::Discard(id) => proposal::discard(scene, &id).await,
        Click::ShowAll(id) => proposal::show_all(scene, &id).await,
        Click::Rebase(id) => proposal::rebase(scene, &id).await,
        Click::Edit(section) => edit::start(scene, section, None).await,
        Click::Show(section) => show::one(scene, section).await,
        Click::History(section) => history::show(scene, section).await,
        Click::Generate(section) => generate::requested(scene, &[section]).await,
        Click::Restore(section, revision) => history::restore(scene, section, revision).await,
        Click::UndoTam(revision) => tam::undo(scene, revision).await,
        Click::ChangeTam => tam::open_form(scene).await,
        Click::SetAs { meant, heard, revision } => {
            tam::set_as(scene, meant, (heard, revision)).await
        }
        Click::AskAs { meant, thread, turn } => edit::ask_as(scene, meant, (&thread, turn)).await,
        Click::Setup => setup::start(scene, None).await,
        Click::SetupStep(step) => setup::start(scene, Some(step)).await,
        Click::LoadSample => sample::requested(scene).await,
        Click::Home => home::show(scene).await,
        Click::Help => help::show(scene).await,
        Click::QuarterlyReport => report::offered(scene).await,
        Click::PostReport(id) => report::here(scene, id).await,
        Click::ReportForMe(id) => report::for_me(scene, id).await,
        Click::PostAgain(id) => deliveries::post_again(scene, &id).await,
        Click::SendDeck(id) => deliveries::send_deck(scene, &id).await,
        Click::PauseSchedule(id) => schedule::change(scene, ScheduleChange::Pause, &id).await,
        Click::ResumeSchedule(id) => schedule::change(scene, ScheduleChange::Resume, &id).await,
        Click::RemoveSchedule(id) => schedule::change(scene, ScheduleChange::Remove, &id).await,
    }
}
