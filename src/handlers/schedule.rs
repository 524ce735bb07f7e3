//! Schedules: added, listed and changed in chat.

use std::collections::BTreeSet;

use crate::conversation::command::ScheduleChange;
use crate::conversation::words::{self, schedule::Line};
use crate::handlers::audit::zone_of;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::report;
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::schedule_line::{line, shown_channel, shown_slot};
use crate::handlers::schedule_place::{self, Room};
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::ScheduleId;
use crate::schedules::{
    AHEAD, Approval, Defaults, Order, Posting, Postings, Report, Schedule, Slot, State, Zone,
    first_of_each, read_order,
};
use crate::store::runs::{self, Claim};
use crate::store::schedules::{self, StoredSchedule};
use crate::store::workspaces;

/// One workspace has no more at a time.
const MOST: usize = 100;

/// `/strategy schedule quarterly in #leadership quarterly at 09:00 Europe/London`
pub async fn add(scene: &mut Scene<'_>, text: &str) -> Handled {
    scene.may(Act::Report)?;
    let order = read(scene, text)?;
    let room = schedule_place::room(scene, &order).await?;
    let order = Order { channel: room.name.clone(), ..order };
    let next = order.timing.first_after(scene.desk.cx.clock.now());
    let next = next.ok_or_else(|| Trouble::mend(words::schedule::never()))?;
    let workspace = scene.desk.workspace.id.clone();
    // One after another, so that two who ask at once are told of each other.
    workspaces::lock(&mut scene.desk.tx, &workspace).await?;
    let mut others = schedules::list(&mut scene.desk.tx, &workspace).await?;
    if others.len() >= MOST {
        return Err(Trouble::mend(words::schedule::too_many(MOST)));
    }
    schedule_place::settle_like(scene, &room, &mut others).await?;
    let there = |one: &&StoredSchedule| {
        one.to.lane() == room.place.lane() && one.schedule.order.report == order.report
    };
    others.retain(|one| there(&one));
    if let Some(same) = others.iter().find(|one| one.schedule.order.timing == order.timing) {
        return Err(Trouble::mend(words::schedule::already(&line(same))));
    }
    let mut stored = new(scene, (order, next), &room);
    stored.number = schedules::add(&mut scene.desk.tx, &stored).await?;
    audit(scene, "schedule.added", &stored).await?;
    let coming = coming(&mut scene.desk, &stored, &others).await?;
    let card = words::schedule::added(&stored.schedule.id, &line(&stored), &coming);
    scene.whisper(if room.checked { card } else { words::schedule::unchecked(card) }).await
}

fn new(scene: &Scene<'_>, (order, next): (Order, Slot), room: &Room) -> StoredSchedule {
    StoredSchedule {
        workspace_id: scene.desk.workspace.id.clone(),
        to: room.place.clone(),
        owner: scene.asked().who,
        owner_name: scene.member.name.clone(),
        created_at: scene.now(),
        number: 0,
        paused_because: String::new(),
        schedule: Schedule {
            id: scene.desk.cx.ids.schedule(),
            order,
            state: State::Active,
            approval: Approval::Off,
            next: Some(next),
        },
    }
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

/// The next runs that will post something: not about a quarter that stands there already, nor one
/// that another schedule of the same channel posts first.
async fn coming(
    desk: &mut Desk<'_>,
    stored: &StoredSchedule,
    others: &[StoredSchedule],
) -> Handled<words::schedule::Coming> {
    let now = desk.cx.clock.now();
    let starts = report::starts(&desk.workspace);
    let posted = posted(desk, stored).await?;
    let active = others.iter().filter(|one| one.schedule.state == State::Active);
    let (by, all): (Vec<_>, Vec<_>) = active
        .map(|one| {
            let timing = &one.schedule.order.timing;
            (one.number, timing.postings((now, AHEAD), starts, |_| false))
        })
        .unzip();
    let first = first_of_each(&all);
    let taken = |run: &Posting| {
        let before = first.get(&run.quarter).is_some_and(|due| *due <= run.slot.due);
        before || posted.contains(&run.quarter.label())
    };
    let Postings { runs, idle } = stored.schedule.order.timing.postings((now, 3), starts, taken);
    let shown =
        |run: &Posting| format!("{}, about {}", shown_slot(stored, run.slot), run.quarter.label());
    Ok(words::schedule::Coming { runs: runs.iter().map(shown).collect(), idle, others: by })
}

/// The periods that stand in the channel of a schedule.
async fn posted(desk: &mut Desk<'_>, stored: &StoredSchedule) -> Handled<BTreeSet<String>> {
    let claim = Claim {
        workspace: &stored.workspace_id,
        report: stored.schedule.order.report.word(),
        view: "",
        lane: &stored.to.lane(),
        period: "",
    };
    Ok(runs::claimed(&mut desk.tx, &claim).await?)
}

/// `/strategy schedules`
pub async fn list(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::Read)?;
    let workspace = scene.desk.workspace.id.clone();
    let stored = schedules::list(&mut scene.desk.tx, &workspace).await?;
    let mut lines = Vec::new();
    for one in &stored {
        let next = next(&mut scene.desk, one).await?;
        lines.push(Line { next, ..line(one) });
    }
    scene.show("schedules", words::schedule::list(&lines)).await
}

/// The next run that has something to post.
async fn next(desk: &mut Desk<'_>, stored: &StoredSchedule) -> Handled<String> {
    let (State::Active, Some(slot)) = (stored.schedule.state, stored.schedule.next) else {
        return Ok(line(stored).next);
    };
    let posted = posted(desk, stored).await?;
    let starts = report::starts(&desk.workspace);
    if !posted.contains(&slot.closed_quarter(starts).label()) {
        return Ok(shown_slot(stored, slot));
    }
    let taken = |run: &Posting| posted.contains(&run.quarter.label());
    let timing = &stored.schedule.order.timing;
    let coming = timing.postings((desk.cx.clock.now(), 1), starts, taken).runs;
    Ok(coming.first().map_or_else(words::schedule::never, |run| shown_slot(stored, run.slot)))
}

/// `/strategy schedule pause 1`
pub async fn change_number(
    scene: &mut Scene<'_>,
    change_to: ScheduleChange,
    number: usize,
) -> Handled {
    scene.may(Act::Report)?;
    let workspace = scene.desk.workspace.id.clone();
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    let wanted = schedules::by_number(&mut scene.desk.tx, &workspace, number).await?;
    let wanted = wanted.ok_or_else(|| Trouble::mend(words::schedule::no_such_schedule()))?;
    change(scene, change_to, &wanted).await
}

/// *Pause*, *Resume*, *Remove*
pub async fn change(scene: &mut Scene<'_>, to: ScheduleChange, id: &ScheduleId) -> Handled {
    scene.may(Act::Report)?;
    let workspace = scene.desk.workspace.id.clone();
    let stored = schedules::get(&mut scene.desk.tx, &workspace, id).await?;
    let mut stored = stored.ok_or_else(|| Trouble::mend(words::schedule::no_such_schedule()))?;
    let (verb, action) = match (to, stored.schedule.state) {
        (ScheduleChange::Pause, State::Paused) => {
            return Err(Trouble::mend(words::schedule::already_so("paused")));
        }
        (ScheduleChange::Resume, State::Active) => {
            return Err(Trouble::mend(words::schedule::already_so("running")));
        }
        (ScheduleChange::Pause, _) => {
            schedules::pause(&mut scene.desk.tx, &workspace, id, "").await?;
            ("Paused", "schedule.paused")
        }
        (ScheduleChange::Resume, _) => {
            let next = stored.schedule.order.timing.first_after(scene.desk.cx.clock.now());
            schedules::resume(&mut scene.desk.tx, &workspace, id, next).await?;
            (stored.schedule.state, stored.schedule.next) = (State::Active, next);
            ("Resumed", "schedule.resumed")
        }
        (ScheduleChange::Remove, _) => {
            schedules::remove(&mut scene.desk.tx, &workspace, id).await?;
            ("Removed", "schedule.removed")
        }
    };
    audit(scene, action, &stored).await?;
    let next = match to {
        ScheduleChange::Resume => Some(next(&mut scene.desk, &stored).await?),
        ScheduleChange::Pause | ScheduleChange::Remove => None,
    };
    scene.whisper(words::schedule::changed(verb, &line(&stored), next.as_deref())).await
}

/// The next run of all, for the home card.
pub async fn next_run(desk: &mut Desk<'_>) -> Handled<Option<String>> {
    let stored = schedules::list(&mut desk.tx, &desk.workspace.id).await?;
    let active = stored.iter().filter(|one| one.schedule.state == State::Active);
    let next = active.filter_map(|one| one.schedule.next.map(|slot| (slot, one)));
    let next = next.min_by_key(|(slot, _)| slot.due);
    Ok(next.map(|(slot, one)| {
        let when = shown_slot(one, slot);
        format!("{} in {}, {when}", one.schedule.order.report.label(), shown_channel(one))
    }))
}

async fn audit(scene: &mut Scene<'_>, action: &str, stored: &StoredSchedule) -> Handled {
    let deed = Deed {
        action,
        subject_kind: "schedule",
        subject_id: stored.schedule.id.as_str(),
        detail: format!("{} in {}", stored.schedule.order.report.label(), shown_channel(stored)),
        ..Deed::default()
    };
    scene.audit(deed).await
}
