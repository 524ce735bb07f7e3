//! When: cadences, zones, slots. Never waits, and is told the time.
//!
//! A slot is a wall-clock time without a zone (`2027-03-28T01:30`). It names a run for ever; the
//! instant at which it is due is worked out from it, so that neither a clock change nor new zone
//! rules can make a second run of the same slot.

mod cadence;
mod cron_line;
mod describe;
mod nearest;
mod order;
mod phrase;
mod postings;
mod slots;
mod target;
mod tokens;
mod zone;

pub use cadence::{Cadence, DayRule, Weekday, Weekdays};
pub use cron_line::CronLine;
pub use nearest::distance;
pub use order::{Defaults, NotUnderstood, Order, Report, read_order, read_target, read_timing};
pub use postings::{AHEAD, Posting, Postings, first_of_each};
pub use slots::{CATCH_UP, Missed, Slot, Timing};
pub use target::Target;
pub use zone::Zone;

use serde::{Deserialize, Serialize};

use crate::ids::ScheduleId;

/// A standing order for a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    pub id: ScheduleId,
    pub order: Order,
    pub state: State,
    pub approval: Approval,
    /// The slot to run next; `None` when none will come.
    pub next: Option<Slot>,
}

/// Whether a schedule runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Active,
    Paused,
}

/// Whether a person looks at a report before it is posted (E-09).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    #[default]
    Off,
    Required,
}
