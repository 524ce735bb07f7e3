//! Schedules: added, listed, changed in chat; ticked by every replica; run once per nominal time.

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::conversation::card::Card;
use crate::conversation::command::ScheduleChange;
use crate::conversation::inbound::{Answer, Place, PlaceKind, Platform};
use crate::conversation::outgoing::{Asked, Subject};
use crate::conversation::words::{self, schedule::Line};
use crate::handlers::audit::zone_of;
use crate::handlers::context::Context;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::report;
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::ScheduleId;
use crate::jobs::{Task, TaskRun};
use crate::schedules::{
    Approval, CATCH_UP, Defaults, Order, Report, Schedule, Slot, State, Zone, read_order,
};
use crate::store::Tx;
use crate::store::schedules::{self, NewRun, RunState, StoredSchedule};

/// How many due schedules one tick takes in one go.
const DUE_AT_ONCE: i64 = 20;
const RUNS_SHOWN: i64 = 20;

/// `/strategy schedule quarterly in #leadership quarterly at 09:00 Europe/London`
pub async fn add(scene: &mut Scene<'_>, text: &str) -> Handled {
    scene.may(Act::Report)?;
    let order = read(scene, text)?;
    let now = scene.desk.cx.clock.now();
    let next =
        order.timing.first_after(now).ok_or_else(|| Trouble::mend(words::schedule::never()))?;
    let stored = StoredSchedule {
        workspace_id: scene.desk.workspace.id.clone(),
        to: place(scene, order.channel.as_deref()),
        owner: scene.asked().who,
        owner_name: scene.member.name.clone(),
        created_at: scene.now(),
        schedule: Schedule {
            id: scene.desk.cx.ids.schedule(),
            order,
            state: State::Active,
            approval: Approval::Off,
            next: Some(next),
        },
    };
    schedules::add(&mut scene.desk.tx, &stored).await?;
    audit(scene, "schedule.added", &stored.schedule.id).await?;
    let preview = stored.schedule.order.timing.preview(now, 3);
    let preview: Vec<_> = preview.into_iter().map(shown_slot(&stored)).collect();
    let line = line(0, &stored);
    scene.whisper(words::schedule::added(&stored.schedule.id, &line, &preview)).await
}

fn read(scene: &Scene<'_>, text: &str) -> Handled<Order> {
    let workspace = &scene.desk.workspace;
    let zone = Zone::read(&workspace.zone).unwrap_or_else(|_| Zone::utc());
    let today = scene.desk.cx.clock.now().to_zoned(zone_of(&workspace.zone)).date();
    let defaults = Defaults { zone: &zone, starts: report::starts(workspace), today };
    let order = read_order(text, &defaults)
        .map_err(|why| Trouble::mend(words::schedule::not_read(&why.to_string())))?;
    if order.report != Report::Quarterly {
        return Err(Trouble::mend(words::schedule::only_quarterly(order.report.label())));
    }
    if order.view.is_some() {
        return Err(Trouble::mend(words::schedule::no_views()));
    }
    Ok(order)
}

/// `<#C123|leadership>`, `#leadership`, or the channel it was asked in.
fn place(scene: &Scene<'_>, channel: Option<&str>) -> Place {
    let here = scene.channel();
    let Some(typed) = channel else { return here };
    let inner = typed.trim_start_matches('<').trim_end_matches('>');
    let id = inner.split('|').next().unwrap_or(inner);
    let id = match (here.platform, inner == typed) {
        (Platform::Slack, true) => id.to_owned(),
        _ => id.trim_start_matches('#').to_owned(),
    };
    Place { channel: id, kind: PlaceKind::Channel, ..here }
}

/// `/strategy schedules`
pub async fn list(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::Read)?;
    let workspace = scene.desk.workspace.id.clone();
    let stored = schedules::list(&mut scene.desk.tx, &workspace).await?;
    let lines: Vec<_> = stored.iter().enumerate().map(|(at, one)| line(at + 1, one)).collect();
    scene.whisper(words::schedule::list(&lines)).await
}

/// `/strategy schedule pause 1`
pub async fn change_number(
    scene: &mut Scene<'_>,
    change_to: ScheduleChange,
    number: usize,
) -> Handled {
    scene.may(Act::Report)?;
    let workspace = scene.desk.workspace.id.clone();
    let stored = schedules::list(&mut scene.desk.tx, &workspace).await?;
    let wanted = number.checked_sub(1).and_then(|at| stored.into_iter().nth(at));
    let wanted = wanted.ok_or_else(|| Trouble::mend(words::schedule::no_such_schedule()))?;
    change(scene, change_to, &wanted.schedule.id).await
}

/// *Pause*, *Resume*, *Remove*
pub async fn change(scene: &mut Scene<'_>, to: ScheduleChange, id: &ScheduleId) -> Handled {
    scene.may(Act::Report)?;
    let workspace = scene.desk.workspace.id.clone();
    let stored = schedules::get(&mut scene.desk.tx, &workspace, id).await?;
    let stored = stored.ok_or_else(|| Trouble::mend(words::schedule::no_such_schedule()))?;
    let (verb, action) = match (to, stored.schedule.state) {
        (ScheduleChange::Pause, State::Paused) => {
            return Err(Trouble::mend(words::schedule::already_so("paused")));
        }
        (ScheduleChange::Resume, State::Active) => {
            return Err(Trouble::mend(words::schedule::already_so("running")));
        }
        (ScheduleChange::Pause, _) => {
            schedules::pause(&mut scene.desk.tx, &workspace, id).await?;
            ("Paused", "schedule.paused")
        }
        (ScheduleChange::Resume, _) => {
            let next = stored.schedule.order.timing.first_after(scene.desk.cx.clock.now());
            schedules::resume(&mut scene.desk.tx, &workspace, id, next).await?;
            ("Resumed", "schedule.resumed")
        }
        (ScheduleChange::Remove, _) => {
            schedules::remove(&mut scene.desk.tx, &workspace, id).await?;
            ("Removed", "schedule.removed")
        }
    };
    audit(scene, action, id).await?;
    let sentence = words::schedule::changed(verb, &line(0, &stored));
    scene.whisper(Card::sentence(sentence)).await
}

/// `/strategy deliveries`
pub async fn deliveries(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::Report)?;
    let workspace = scene.desk.workspace.clone();
    let zone = zone_of(&workspace.zone);
    let runs = schedules::runs(&mut scene.desk.tx, &workspace.id, RUNS_SHOWN).await?;
    let rows = runs.into_iter().map(|run| {
        let outcome = if run.note.is_empty() {
            run.state.as_str().to_owned()
        } else {
            format!("{}: {}", run.state.as_str(), run.note)
        };
        let channel = channel_name(run.channel.as_deref(), &run.to);
        [words::moment(run.due_at, &zone), run.report, channel, outcome]
    });
    let card = words::schedule::deliveries(rows.collect());
    scene.whisper(card).await
}

/// The next run of all, for the home card.
pub async fn next_run(desk: &mut Desk<'_>) -> Handled<Option<String>> {
    let stored = schedules::list(&mut desk.tx, &desk.workspace.id).await?;
    let active = stored.iter().filter(|one| one.schedule.state == State::Active);
    let next = active.filter_map(|one| one.schedule.next.map(|slot| (slot.due, one)));
    let next = next.min_by_key(|(due, _)| *due);
    Ok(next.map(|(due, one)| {
        let when = words::moment(due.as_millisecond(), &zone_of(&desk.workspace.zone));
        format!("{} in {}, {when}", one.schedule.order.report.label(), shown_channel(one))
    }))
}

/// One tick: every due schedule moves on by compare-and-swap, and its run is started in the same
/// transaction; of several replicas one wins.
pub async fn tick(cx: &Context, now: Timestamp) -> Handled {
    loop {
        let mut tx = cx.store.begin().await?;
        let due = schedules::due(&mut tx, now.as_millisecond(), DUE_AT_ONCE).await?;
        if due.is_empty() {
            return Ok(());
        }
        for stored in &due {
            advance(cx, &mut tx, stored, now).await?;
        }
        tx.commit().await?;
    }
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
    Ok(schedules::add_run(tx, &run).await?)
}

/// Runs one (schedule, slot): the report is built, stored and posted once per channel and period.
pub async fn run(cx: &Context, schedule: &str, slot: &str, task: &TaskRun) -> Handled {
    let id = ScheduleId::from_stored(schedule);
    let nominal: DateTime = slot.parse().map_err(|_| Trouble::ours("a slot that is no time"))?;
    let mut tx = cx.store.begin().await?;
    let found = schedules::by_id(&mut tx, &id).await?;
    drop(tx);
    let Some(stored) = found else { return finish(cx, None, task).await };
    let material = report::read(cx, &stored.workspace_id).await?;
    let starts = report::starts(&material.workspace);
    let slot = stored.schedule.order.timing.slot(nominal);
    let slot = slot.ok_or_else(|| Trouble::ours("a slot outside of the calendar"))?;
    let quarter = slot.closed_quarter(starts);
    let built = if material.is_empty() {
        Err(words::report::nothing_to_report())
    } else {
        report::build(material, (quarter, cx.clock.now())).await?
    };
    let outcome = Ran { stored, nominal, period: quarter.label(), built };
    finish(cx, Some(outcome), task).await
}

struct Ran {
    stored: StoredSchedule,
    nominal: DateTime,
    period: String,
    built: Result<report::Built, String>,
}

async fn finish(cx: &Context, ran: Option<Ran>, task: &TaskRun) -> Handled {
    let Some(ran) = ran else {
        let mut tx = cx.store.begin().await?;
        task.complete(&mut tx).await?;
        return Ok(tx.commit().await?);
    };
    let mut desk = Desk::open_for(cx, &ran.stored.workspace_id).await?;
    write(&mut desk, ran).await?;
    task.complete(&mut desk.tx).await?;
    desk.commit().await
}

async fn write(desk: &mut Desk<'_>, ran: Ran) -> Handled {
    let stored = &ran.stored;
    let id = &stored.schedule.id;
    let owner = asked(stored);
    match ran.built {
        Err(reason) => {
            let label = stored.schedule.order.report.label();
            let told = words::schedule::not_posted(label, &shown_channel(stored), &reason);
            desk.whisper(&owner, Card::sentence(told)).await?;
            let outcome = (RunState::Held, reason.as_str());
            Ok(schedules::set_run(&mut desk.tx, id, ran.nominal, outcome).await?)
        }
        Ok(built) => {
            let claim = schedules::Claim {
                workspace: &stored.workspace_id,
                report: stored.schedule.order.report.word(),
                view: "",
                lane: &stored.to.lane(),
                period: &ran.period,
            };
            if !schedules::claim_post(&mut desk.tx, &claim).await? {
                let note = format!("{} was posted there already", ran.period);
                let outcome = (RunState::Skipped, note.as_str());
                return Ok(schedules::set_run(&mut desk.tx, id, ran.nominal, outcome).await?);
            }
            let card = built.card();
            let report = desk.cx.ids.report();
            report::keep(desk, &report, (built, "schedule")).await?;
            let key = run_key(id, ran.nominal);
            let subject = Subject::Report(report);
            desk.post(&key, stored.to.clone(), (card, subject), Some(owner)).await?;
            Ok(schedules::set_run(&mut desk.tx, id, ran.nominal, (RunState::Sending, "")).await?)
        }
    }
}

const RUN_KEY: &str = "run:";

fn run_key(id: &ScheduleId, nominal: DateTime) -> String {
    format!("{RUN_KEY}{id}:{nominal}")
}

/// The message of a run is out.
pub async fn posted(tx: &mut Tx, key: &str) -> Handled {
    set_by_key(tx, key, (RunState::Posted, "")).await
}

/// The message of a run was refused, or nobody knows.
pub async fn not_posted(tx: &mut Tx, key: &str, why: &str) -> Handled {
    set_by_key(tx, key, (RunState::Failed, why)).await
}

async fn set_by_key(tx: &mut Tx, key: &str, outcome: (RunState, &str)) -> Handled {
    let Some((id, nominal)) = key.strip_prefix(RUN_KEY).and_then(|rest| rest.split_once(':'))
    else {
        return Ok(());
    };
    let Ok(nominal) = nominal.parse::<DateTime>() else { return Ok(()) };
    Ok(schedules::set_run(tx, &ScheduleId::from_stored(id), nominal, outcome).await?)
}

fn asked(stored: &StoredSchedule) -> Asked {
    Asked { who: stored.owner.clone(), near: stored.to.clone(), answer: Answer::default() }
}

fn line(number: usize, stored: &StoredSchedule) -> Line {
    let schedule = &stored.schedule;
    let next = match (schedule.state, schedule.next) {
        (State::Paused, _) => words::schedule::paused(),
        (State::Active, Some(slot)) => shown_slot(stored)(slot),
        (State::Active, None) => words::schedule::never(),
    };
    Line {
        number,
        report: schedule.order.report.label().to_owned(),
        channel: shown_channel(stored),
        timing: schedule.order.timing.describe(),
        next,
        owner: stored.owner_name.clone(),
    }
}

fn shown_slot(stored: &StoredSchedule) -> impl Fn(Slot) -> String {
    let zone = stored.schedule.order.timing.zone.clone();
    move |slot| {
        let local = slot.due.to_zoned(zone.rules().clone());
        format!("{} {}", local.strftime("%a %-d %b %Y, %H:%M"), zone.name())
    }
}

/// `#leadership`, as it was named when the schedule was made.
fn shown_channel(stored: &StoredSchedule) -> String {
    channel_name(stored.schedule.order.channel.as_deref(), &stored.to)
}

fn channel_name(typed: Option<&str>, to: &Place) -> String {
    let Some(typed) = typed else {
        let direct = to.kind == PlaceKind::Direct;
        return if direct { "your direct chat" } else { "the channel it was made in" }.to_owned();
    };
    let inner = typed.trim_start_matches('<').trim_end_matches('>');
    let name = inner.split_once('|').map_or(inner, |(_, name)| name);
    format!("#{}", name.trim_start_matches('#'))
}

async fn audit(scene: &mut Scene<'_>, action: &str, id: &ScheduleId) -> Handled {
    let deed =
        Deed { action, subject_kind: "schedule", subject_id: id.as_str(), ..Deed::default() };
    scene.audit(deed).await
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
        schedules::set_run(tx, &id, nominal, (RunState::Failed, &note)).await?;
    }
    let reason = words::trouble::our_fault(reference);
    let label = stored.schedule.order.report.label();
    let told = words::schedule::not_posted(label, &shown_channel(&stored), &reason);
    let card = Card::sentence(told);
    Desk::whisper_in(cx, tx, &stored.workspace_id, (&asked(&stored), card)).await
}
