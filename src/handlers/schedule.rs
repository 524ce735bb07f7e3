//! Schedules: added, listed and changed in chat, and what became of their runs.

use crate::conversation::card::Card;
use crate::conversation::command::ScheduleChange;
use crate::conversation::inbound::{Place, PlaceKind, Platform};
use crate::conversation::mention::Mention;
use crate::conversation::words::{self, schedule::Line};
use crate::handlers::audit::zone_of;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::report;
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::ScheduleId;
use crate::schedules::{
    Approval, Defaults, Order, Report, Schedule, Slot, State, Zone, read_order,
};
use crate::store::console::messages;
use crate::store::runs;
use crate::store::schedules::{self, StoredSchedule};

const RUNS_SHOWN: i64 = 20;

/// `/strategy schedule quarterly in #leadership quarterly at 09:00 Europe/London`
pub async fn add(scene: &mut Scene<'_>, text: &str) -> Handled {
    scene.may(Act::Report)?;
    let order = read(scene, text)?;
    let now = scene.desk.cx.clock.now();
    let to = place(scene, order.channel.as_deref());
    must_be_known(scene, &to).await?;
    let next =
        order.timing.first_after(now).ok_or_else(|| Trouble::mend(words::schedule::never()))?;
    let stored = StoredSchedule {
        workspace_id: scene.desk.workspace.id.clone(),
        to,
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
    };
    schedules::add(&mut scene.desk.tx, &stored).await?;
    audit(scene, "schedule.added", &stored).await?;
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

/// A mention of a channel, `#leadership`, or the channel it was asked in.
fn place(scene: &Scene<'_>, channel: Option<&str>) -> Place {
    let here = scene.channel();
    let Some(typed) = channel else { return here };
    let id = match (Mention::read(typed), here.platform) {
        (Some(mention), _) => mention.id.to_owned(),
        (None, Platform::Slack) => typed.to_owned(),
        (None, _) => typed.trim_start_matches('#').to_owned(),
    };
    Place { channel: id, kind: PlaceKind::Channel, ..here }
}

/// The console knows its channels, so a slip is told at once and not at the first run.
async fn must_be_known(scene: &mut Scene<'_>, to: &Place) -> Handled {
    if to.platform != Platform::Console || to.kind != PlaceKind::Channel {
        return Ok(());
    }
    let workspace = scene.desk.workspace.id.clone();
    let known = messages::channels(&mut scene.desk.tx, &workspace).await?;
    if known.iter().any(|channel| channel.id == to.channel) {
        return Ok(());
    }
    let names: Vec<_> = known.iter().map(|channel| format!("#{}", channel.name)).collect();
    Err(Trouble::mend(words::schedule::no_such_channel(&to.channel, &words::list(&names))))
}

/// `/strategy schedules`
pub async fn list(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::Read)?;
    let workspace = scene.desk.workspace.id.clone();
    let stored = schedules::list(&mut scene.desk.tx, &workspace).await?;
    let lines: Vec<_> = stored.iter().enumerate().map(|(at, one)| line(at + 1, one)).collect();
    scene.show("schedules", words::schedule::list(&lines)).await
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
            schedules::pause(&mut scene.desk.tx, &workspace, id, "").await?;
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
    audit(scene, action, &stored).await?;
    let sentence = words::schedule::changed(verb, &line(0, &stored));
    scene.whisper(Card::sentence(sentence)).await
}

/// `/strategy deliveries`
pub async fn deliveries(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::Oversee)?;
    let workspace = scene.desk.workspace.clone();
    let zone = zone_of(&workspace.zone);
    let latest = runs::runs(&mut scene.desk.tx, &workspace.id, RUNS_SHOWN).await?;
    let rows = latest.into_iter().map(|run| {
        let outcome = if run.note.is_empty() {
            run.state.as_str().to_owned()
        } else {
            format!("{}: {}", run.state.as_str(), run.note)
        };
        let channel = channel_name(run.channel.as_deref(), &run.to);
        [words::moment(run.due_at, &zone), run.report, channel, outcome]
    });
    let card = words::schedule::deliveries(rows.collect());
    scene.show("deliveries", card).await
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
#[must_use]
pub fn shown_channel(stored: &StoredSchedule) -> String {
    channel_name(stored.schedule.order.channel.as_deref(), &stored.to)
}

fn channel_name(typed: Option<&str>, to: &Place) -> String {
    let Some(typed) = typed else {
        let direct = to.kind == PlaceKind::Direct;
        return if direct { "your direct chat" } else { "the channel it was made in" }.to_owned();
    };
    let mention = Mention::read(typed);
    let name = mention.map_or(typed, |mention| mention.name.unwrap_or(mention.id));
    format!("#{}", name.trim_start_matches('#'))
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
