//! What waits too long: told to those who would wonder, warned of in the log, counted for `/metrics`;
//! and tickets that would sleep on after a clock was put back.

use std::time::Duration;

use tracing::{info, warn};

use super::worker::Crew;
use super::{Jobs, OutboxRow};
use crate::store::waiting::{self, LongWait};
use crate::store::{Link, Reads, Result, Store, outbox};

/// The most rows that are looked at in one go.
const AT_ONCE: i64 = 50;
/// The most lanes that have figures of their own.
const LANES: i64 = 5;

/// Nothing of ours is put off for longer than a rest; what is, by twice as much, was put off by a
/// clock that has been put back since.
const PULL_IN_SQLITE: &str = "UPDATE river_job SET scheduled_at = datetime('now', 'subsec') \
    WHERE state IN ('scheduled', 'retryable') \
    AND julianday(scheduled_at) > julianday('now') + $1 / 86400.0";
const PULL_IN_POSTGRES: &str = "UPDATE river.river_job SET scheduled_at = now() \
    WHERE state IN ('scheduled', 'retryable') \
    AND scheduled_at > now() + $1 * INTERVAL '1 second'";

/// Rows of one kind that wait to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// `op` and `state`, or `lane`.
    pub labels: Vec<(&'static str, String)>,
    pub many: i64,
    pub oldest: Duration,
}

impl Jobs {
    /// Everything that waits to be sent by kind and state, and the few lanes in which it waits longest.
    pub async fn unsent(&self) -> Result<(Vec<Unsent>, Vec<Unsent>)> {
        let now = self.clock().now_ms();
        let age = |since: i64| {
            Duration::from_millis(u64::try_from(now.saturating_sub(since)).unwrap_or(0))
        };
        let mut reader = self.store().reader().await?;
        let kinds = waiting::counts(&mut reader).await?.into_iter().map(|kind| Unsent {
            labels: vec![("op", kind.op), ("state", kind.state)],
            many: kind.many,
            oldest: age(kind.since),
        });
        let lanes = waiting::lanes(&mut reader, LANES).await?.into_iter().map(|lane| Unsent {
            labels: vec![("lane", lane.lane)],
            many: lane.many,
            oldest: age(lane.since),
        });
        Ok((kinds.collect(), lanes.collect()))
    }
}

/// Tells those who would wonder about what is not out yet, though it had no try that failed.
pub(super) async fn tell(crew: &Crew) -> Result<()> {
    let before = crew.clock.now_ms().saturating_sub(millis(crew.settings.soon));
    let mut reader = crew.store.reader().await?;
    let rows = waiting::untold(&mut reader, before, AT_ONCE).await?;
    drop(reader);
    for row in rows {
        tell_of(crew, &row).await?;
    }
    Ok(())
}

async fn tell_of(crew: &Crew, row: &OutboxRow) -> Result<()> {
    let mut tx = crew.store.begin().await?;
    if outbox::tell(&mut tx, &row.id).await? {
        crew.work.late(&mut tx, row).await?;
    }
    tx.commit().await
}

/// One line in the log for every row that waits for long.
pub(super) async fn warn_of_long(crew: &Crew) -> Result<()> {
    let now = crew.clock.now_ms();
    let before = now.saturating_sub(millis(crew.settings.long));
    let mut reader = crew.store.reader().await?;
    let rows = waiting::unwarned(&mut reader, before, AT_ONCE).await?;
    drop(reader);
    for LongWait { id, lane, op, attempts, waits, created_at, last_error } in rows {
        let mut tx = crew.store.begin().await?;
        let ours = waiting::warned(&mut tx, &id).await?;
        tx.commit().await?;
        if ours {
            let seconds = now.saturating_sub(created_at) / 1_000;
            let why = last_error.as_deref().unwrap_or("it had no turn yet");
            warn!(
                reference = id,
                lane, op, seconds, attempts, waits, why, "a message waits for long"
            );
        }
    }
    Ok(())
}

/// Jobs that are put off for longer than anything of ours is have their turn now.
pub(super) async fn pull_in(store: &Store, longest: Duration) -> Result<()> {
    let seconds = i64::try_from(longest.as_secs().saturating_mul(2)).unwrap_or(i64::MAX);
    let mut tx = store.begin().await?;
    let pulled = match tx.link() {
        Link::Lite(c) => {
            sqlx::query(PULL_IN_SQLITE).bind(seconds).execute(c).await?.rows_affected()
        }
        Link::Pg(c) => {
            sqlx::query(PULL_IN_POSTGRES).bind(seconds).execute(c).await?.rows_affected()
        }
    };
    tx.commit().await?;
    if pulled > 0 {
        info!(jobs = pulled, "jobs were put off for too long; has the clock been put back?");
    }
    Ok(())
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
