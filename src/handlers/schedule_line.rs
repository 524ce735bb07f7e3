//! A schedule as people see it: its line, its channel, its next run.

use crate::conversation::inbound::{Place, PlaceKind, Platform};
use crate::conversation::mention::Mention;
use crate::conversation::words::{self, schedule::Line};
use crate::schedules::{Slot, State};
use crate::store::schedules::StoredSchedule;

/// A schedule as it is listed; when it runs next by its rule alone.
#[must_use]
pub fn line(stored: &StoredSchedule) -> Line {
    let schedule = &stored.schedule;
    let next = match (schedule.state, schedule.next) {
        (State::Paused, _) => words::schedule::paused(&stored.paused_because),
        (State::Active, Some(slot)) => shown_slot(stored, slot),
        (State::Active, None) => words::schedule::never(),
    };
    Line {
        number: stored.number,
        report: schedule.order.report.label().to_owned(),
        channel: shown_channel(stored),
        timing: schedule.order.timing.describe(),
        next,
        owner: stored.owner_name.clone(),
    }
}

/// When a run is due, in the schedule's own zone.
#[must_use]
pub fn shown_slot(stored: &StoredSchedule, slot: Slot) -> String {
    words::schedule::when(slot.due, &stored.schedule.order.timing.zone)
}

/// `#leadership`, as it was named when the schedule was made.
#[must_use]
pub fn shown_channel(stored: &StoredSchedule) -> String {
    channel_name(stored.schedule.order.channel.as_deref(), &stored.to)
}

/// A channel for people; earlier releases kept it as it was typed.
#[must_use]
pub fn channel_name(named: Option<&str>, to: &Place) -> String {
    let Some(named) = named else {
        let (direct, console) = (to.kind == PlaceKind::Direct, to.platform == Platform::Console);
        return match (direct, console) {
            (true, _) => "your direct chat".to_owned(),
            (false, true) => format!("#{}", to.channel),
            (false, false) => "the channel it was made in".to_owned(),
        };
    };
    let mention = Mention::read(named);
    let name = mention.map_or(named, |mention| mention.name.unwrap_or(mention.id));
    format!("#{}", name.trim_start_matches('#'))
}
