//! How much work waits, for `/metrics`, `/readyz` and `attache jobs`.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Jobs;
use crate::store::{Kind, Result, on};

const SQLITE: &str = "SELECT queue, state, COUNT(*), \
    CAST((julianday('now') - julianday(MIN(scheduled_at))) * 86400000 AS INTEGER) FROM river_job \
    WHERE state IN ('available', 'running', 'retryable', 'scheduled', 'discarded') \
    GROUP BY queue, state ORDER BY queue, state";
const POSTGRES: &str = "SELECT queue, state::text, COUNT(*), \
    CAST(EXTRACT(EPOCH FROM now() - MIN(scheduled_at)) * 1000 AS BIGINT) FROM river.river_job \
    WHERE state IN ('available', 'running', 'retryable', 'scheduled', 'discarded') \
    GROUP BY queue, state ORDER BY queue, state";

/// One queue, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueState {
    pub queue: String,
    /// Could be worked on now.
    pub waiting: i64,
    pub running: i64,
    /// Rests until its time.
    pub resting: i64,
    /// Given up, and kept.
    pub dead: i64,
    /// How long the one that waits longest has been due.
    pub oldest: Duration,
}

impl Jobs {
    /// Every queue that has something, by name.
    pub async fn queues(&self) -> Result<Vec<QueueState>> {
        let mut reader = self.store().reader().await?;
        let sql = match self.store().kind() {
            Kind::Sqlite => SQLITE,
            Kind::Postgres => POSTGRES,
        };
        let rows: Vec<(String, String, i64, Option<i64>)> =
            on!(&mut reader, |c| sqlx::query_as(sql).fetch_all(c).await)?;
        let mut queues: BTreeMap<String, QueueState> = BTreeMap::new();
        for (queue, state, many, age) in rows {
            let entry = queues
                .entry(queue.clone())
                .or_insert_with(|| QueueState { queue, ..QueueState::default() });
            match state.as_str() {
                "available" => {
                    entry.waiting = many;
                    let age = u64::try_from(age.unwrap_or(0)).unwrap_or(0);
                    entry.oldest = Duration::from_millis(age);
                }
                "running" => entry.running = many,
                "discarded" => entry.dead = many,
                _ => entry.resting += many,
            }
        }
        Ok(queues.into_values().collect())
    }
}
