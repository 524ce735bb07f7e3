//! Schedules at their time: ticked by every replica, each run made once per nominal time.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use crate::conversation::card::Card;
use crate::conversation::inbound::Answer;
use crate::conversation::outgoing::{Asked, Effect, Subject};
use crate::conversation::words;
use crate::handlers::context::Context;
use crate::handlers::deliveries::about;
use crate::handlers::desk::{Desk, again_key};
use crate::handlers::schedule_line::shown_channel;
use crate::handlers::trouble::{Handled, Trouble};
use crate::handlers::{notice, report, schedule_place};
use crate::ids::{ReportId, ScheduleId, WorkspaceId};
use crate::jobs::{OutboxRow, Task, TaskRun};
use crate::schedules::{CATCH_UP, Slot};
use crate::store::deliveries::{self, Deck, Delivery};
use crate::store::runs::{self, Claim, NewRun, RunState};
use crate::store::schedules::{self, StoredSchedule};
use crate::store::{Error, Tx, reports};
use crate::telemetry;

/// How many due schedules one tick takes in one go.
const DUE_AT_ONCE: i64 = 20;
/// How long one that does not read is left alone.
const PUT_OFF: SignedDuration = SignedDuration::from_hours(1);

/// One tick: every due schedule moves on by compare-and-swap, and its run is started in the same
/// transaction; of several replicas one wins.
pub async fn tick(cx: &Context, now: Timestamp) -> Handled {
    loop {
        let mut tx = cx.store.begin().await?;
        let due = schedules::due(&mut tx, now.as_millisecond(), DUE_AT_ONCE).await?;
        if due.is_empty() {
            return Ok(());
        }
        for found in &due {
            match found {
                Ok(stored) => advance(cx, &mut tx, stored, now).await?,
                Err((id, error)) => put_off(&mut tx, (id, error), now).await?,
            }
        }
        tx.commit().await?;
    }
}

/// A schedule that does not read is logged, and looked at again in an hour.
async fn put_off(tx: &mut Tx, (id, error): (&ScheduleId, &Error), now: Timestamp) -> Handled {
    let until = now.saturating_add(PUT_OFF).unwrap_or(Timestamp::MAX);
    if schedules::put_off(tx, id, (now.as_millisecond(), until.as_millisecond())).await? {
        telemetry::reference(error, &format!("a schedule that is due does not read: {id}"));
    }
    Ok(())
}

async fn advance(cx: &Context, tx: &mut Tx, stored: &StoredSchedule, now: Timestamp) -> Handled {
    let schedule = &stored.schedule;
    let Some(from) = schedule.next else { return Ok(()) };
    let missed = schedule.order.timing.catch_up(from.nominal, now, CATCH_UP);
    if !schedules::advance(tx, &schedule.id, from.nominal, missed.next).await? {
        return Ok(());
    }
    for slot in &missed.skipped {
        let note = "the server was not running when it was due";
        add_run(tx, stored, *slot, (RunState::Skipped, note)).await?;
    }
    if let Some(slot) = missed.run
        && add_run(tx, stored, slot, (RunState::Started, "")).await?
    {
        let task =
            Task::RunSchedule { schedule: schedule.id.to_string(), slot: slot.nominal.to_string() };
        cx.jobs.enqueue(tx, &task).await?;
    }
    Ok(())
}

async fn add_run(
    tx: &mut Tx,
    stored: &StoredSchedule,
    slot: Slot,
    (state, note): (RunState, &str),
) -> Handled<bool> {
    let run = NewRun {
        workspace: &stored.workspace_id,
        schedule: &stored.schedule.id,
        slot: slot.nominal,
        due_at: slot.due.as_millisecond(),
        state,
        note,
    };
    Ok(runs::add_run(tx, &run).await?)
}

/// Runs one (schedule, slot): the report is built, stored and posted once per channel and period.
pub async fn run(cx: &Context, schedule: &str, slot: &str, task: &TaskRun) -> Handled {
    let id = ScheduleId::from_stored(schedule);
    let nominal: DateTime = slot.parse().map_err(|_| Trouble::ours("a slot that is no time"))?;
    let mut reader = cx.store.reader().await?;
    let found = schedules::by_id(&mut reader, &id).await?;
    drop(reader);
    let Some(stored) = found else { return removed(cx, (&id, nominal), task).await };
    let stored = schedule_place::settled(cx, stored).await?;
    let material = report::read(cx, &stored.workspace_id).await?;
    let starts = report::starts(&material.workspace);
    let slot = stored.schedule.order.timing.slot(nominal);
    let slot = slot.ok_or_else(|| Trouble::ours("a slot outside of the calendar"))?;
    let quarter = slot.closed_quarter(starts);
    let built = if material.is_empty() {
        Err(words::report::nothing_to_report())
    } else {
        report::build(cx, material, (quarter, cx.clock.now())).await?
    };
    let outcome = Ran { stored, nominal, period: quarter.label(), built };
    finish(cx, outcome, task).await
}

/// Somebody removed the schedule after its run was started: the run says so.
async fn removed(cx: &Context, (id, nominal): (&ScheduleId, DateTime), task: &TaskRun) -> Handled {
    let mut tx = cx.store.begin().await?;
    let outcome = (RunState::Skipped, "the schedule was removed before it ran");
    match runs::set_run(&mut tx, id, nominal, outcome).await {
        Ok(()) | Err(Error::Missing) => {}
        Err(error) => return Err(error.into()),
    }
    task.complete(&mut tx).await?;
    Ok(tx.commit().await?)
}

struct Ran {
    stored: StoredSchedule,
    nominal: DateTime,
    period: String,
    built: Result<report::Built, String>,
}

async fn finish(cx: &Context, ran: Ran, task: &TaskRun) -> Handled {
    let mut desk = Desk::open_for(cx, &ran.stored.workspace_id).await?;
    write(&mut desk, ran).await?;
    task.complete(&mut desk.tx).await?;
    desk.commit().await
}

async fn write(desk: &mut Desk<'_>, ran: Ran) -> Handled {
    let (stored, nominal) = (&ran.stored, ran.nominal);
    let id = &stored.schedule.id;
    let built = match ran.built {
        Ok(built) => built,
        Err(reason) => {
            let card = not_posted(stored, &reason);
            tell(desk, stored, &card).await?;
            let outcome = (RunState::Held, reason.as_str());
            return Ok(runs::set_run(&mut desk.tx, id, nominal, outcome).await?);
        }
    };
    let lane = stored.to.lane();
    let claim =
        claim(&stored.workspace_id, stored.schedule.order.report.word(), (&lane, &ran.period));
    if !runs::claim_post(&mut desk.tx, &claim).await? {
        return stands_there(desk, (stored, nominal), &ran.period).await;
    }
    let card = report::card(&built.report);
    let report = desk.cx.ids.report();
    report::keep(desk, &report, (built, "schedule")).await?;
    let delivery = delivery((stored, nominal), (&report, ran.period, desk.cx.clock.now_ms()));
    deliveries::add(&mut desk.tx, &stored.workspace_id, &delivery).await?;
    let said = (card, Subject::Report(report));
    desk.post(&run_key(id, nominal), stored.to.clone(), said, Some(asked(stored))).await?;
    Ok(runs::set_run(&mut desk.tx, id, nominal, (RunState::Sending, "")).await?)
}

fn claim<'a>(
    workspace: &'a WorkspaceId,
    report: &'a str,
    (lane, period): (&'a str, &'a str),
) -> Claim<'a> {
    Claim { workspace, report, view: "", lane, period }
}

fn delivery(
    (stored, nominal): (&StoredSchedule, DateTime),
    (report, period, at): (&ReportId, String, i64),
) -> Delivery {
    Delivery {
        report: report.clone(),
        run: Some((stored.schedule.id.clone(), nominal.to_string())),
        kind: stored.schedule.order.report.word().to_owned(),
        period,
        to: stored.to.clone(),
        channel: stored.schedule.order.channel.clone().unwrap_or_default(),
        by: stored.owner_name.clone(),
        at,
        state: RunState::Sending,
        note: String::new(),
        tries: 1,
        deck: Deck::Waiting,
        deck_tries: 0,
    }
}

/// Its period was posted there before. Where that stands without its deck, this is the time to say so.
async fn stands_there(
    desk: &mut Desk<'_>,
    (stored, nominal): (&StoredSchedule, DateTime),
    period: &str,
) -> Handled {
    let (lane, kind) = (stored.to.lane(), stored.schedule.order.report.word());
    let there = (lane.as_str(), kind, period);
    let before = deliveries::posted(&mut desk.tx, &stored.workspace_id, there).await?;
    let bare = before.filter(|before| matches!(before.deck, Deck::Missing(_)));
    let note = words::delivery::stood_there(period, bare.is_some());
    if let Some(bare) = bare {
        let card = words::delivery::skipped_without_deck(&about(&bare));
        tell(desk, stored, &card).await?;
    }
    let outcome = (RunState::Skipped, note.as_str());
    Ok(runs::set_run(&mut desk.tx, &stored.schedule.id, nominal, outcome).await?)
}

async fn tell(desk: &mut Desk<'_>, stored: &StoredSchedule, card: &Card) -> Handled {
    let (cx, workspace) = (desk.cx, &stored.workspace_id);
    notice::tell(cx, &mut desk.tx, workspace, (&stored.owner, card)).await
}

fn not_posted(stored: &StoredSchedule, reason: &str) -> Card {
    let label = stored.schedule.order.report.label();
    Card::sentence(words::schedule::not_posted(label, &shown_channel(stored), reason))
}

const RUN_KEY: &str = "run:";

fn run_key(id: &ScheduleId, nominal: DateTime) -> String {
    format!("{RUN_KEY}{id}:{nominal}")
}

/// The key under which a report that failed is posted once more.
#[must_use]
pub fn key_again(delivery: &Delivery) -> String {
    let key = match &delivery.run {
        Some((schedule, slot)) => format!("{RUN_KEY}{schedule}:{slot}"),
        None => format!("report:{}", delivery.report),
    };
    again_key(key, delivery.tries)
}

/// Claims its period once more; false when it was posted there meanwhile.
pub async fn claim_again(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    delivery: &Delivery,
) -> Handled<bool> {
    let lane = delivery.to.lane();
    let claim = claim(workspace, &delivery.kind, (&lane, &delivery.period));
    Ok(runs::claim_post(tx, &claim).await?)
}

/// The message of a run is out.
pub async fn posted(tx: &mut Tx, key: &str) -> Handled {
    set_by_key(tx, key, (RunState::Posted, "")).await
}

/// Nobody knows whether the message of a run is out: its period stays claimed, so that it is not
/// posted twice.
pub async fn unknown(tx: &mut Tx, key: &str, why: &str) -> Handled {
    set_by_key(tx, key, (RunState::Failed, why)).await
}

/// The message of a run was refused: nothing stands there, so another run may post its period.
pub async fn refused(tx: &mut Tx, row: &OutboxRow, why: &str) -> Handled {
    if !row.dedup_key.starts_with(RUN_KEY) {
        return Ok(());
    }
    set_by_key(tx, &row.dedup_key, (RunState::Failed, why)).await?;
    let Ok(Effect::Post { to, of: Subject::Report(id), .. }) = serde_json::from_str(&row.payload)
    else {
        return Ok(());
    };
    let workspace = WorkspaceId::from_stored(row.workspace_id.clone());
    let Some(report) = reports::get(tx, &workspace, &id).await? else { return Ok(()) };
    let claim = Claim {
        workspace: &workspace,
        report: &report.kind,
        view: &report.view,
        lane: &to.lane(),
        period: &report.period,
    };
    Ok(runs::release_post(tx, &claim).await?)
}

async fn set_by_key(tx: &mut Tx, key: &str, outcome: (RunState, &str)) -> Handled {
    let Some((id, nominal)) = key.strip_prefix(RUN_KEY).and_then(|rest| rest.split_once(':'))
    else {
        return Ok(());
    };
    let nominal = nominal.split('/').next().unwrap_or_default();
    let Ok(nominal) = nominal.parse::<DateTime>() else { return Ok(()) };
    Ok(runs::set_run(tx, &ScheduleId::from_stored(id), nominal, outcome).await?)
}

fn asked(stored: &StoredSchedule) -> Asked {
    Asked { who: stored.owner.clone(), near: stored.to.clone(), answer: Answer::default() }
}

/// The job of a run failed for good: its owner is told.
pub async fn gave_up(
    cx: &Context,
    tx: &mut Tx,
    (schedule, slot): (&str, &str),
    reference: u32,
) -> Handled {
    let id = ScheduleId::from_stored(schedule);
    let Some(stored) = schedules::by_id(tx, &id).await? else { return Ok(()) };
    if let Ok(nominal) = slot.parse::<DateTime>() {
        let note = format!("reference {reference:08x}");
        runs::set_run(tx, &id, nominal, (RunState::Failed, &note)).await?;
    }
    let card = not_posted(&stored, &words::trouble::our_fault(reference));
    notice::tell(cx, tx, &stored.workspace_id, (&stored.owner, &card)).await
}
