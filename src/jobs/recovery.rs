//! Who takes over the work of a process that ended without a word.
//!
//! `SQLite`: the file lock says that nobody else works on the file, so at start every running job is
//! free. `PostgreSQL`: each replica writes a beat each second and frees the jobs of those whose
//! beats stopped; a replica that could not beat stops by itself before that ([`super::fence`]).
//!
//! River guards the end of a job by its state only. A replica that wakes late could therefore end a
//! try that another one has begun. So the janitor does not put a job back: it takes the row away and
//! inserts it again under a new id, and whatever the late one writes meets nothing. A crash costs no
//! try, up to a bound that ends jobs which take the process down each time.

use std::time::{Duration, Instant};

use sqlx::{ConnectOptions, PgConnection, PgPool};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tracing::{info, warn};

use super::Settings;
use super::fence::Fence;
use crate::store::{Db, Result, Store, replicas};

/// From so many tries on, an interrupted one counts.
const MOST_TRIES: i32 = 50;

/// Before anything is fetched: what ran when the last process ended is free again.
const FREE_SQLITE: &str = "UPDATE river_job SET \
    state = CASE WHEN attempt >= max_attempts AND max_attempts >= $1 \
        THEN 'discarded' ELSE 'available' END, \
    finalized_at = CASE WHEN attempt >= max_attempts AND max_attempts >= $1 \
        THEN datetime('now', 'subsec') END, \
    max_attempts = CASE WHEN max_attempts < $1 THEN max_attempts + 1 ELSE max_attempts END, \
    scheduled_at = datetime('now', 'subsec') \
    WHERE state = 'running'";

/// Whoever led is gone, and need not be waited for.
const DETHRONE_SQLITE: &str = "DELETE FROM river_leader";

/// The jobs of replicas that were not seen for `$2` ms come back under new ids.
const FREE_POSTGRES: &str = "WITH gone AS (\
    DELETE FROM river.river_job WHERE id IN (\
        SELECT job.id FROM river.river_job AS job WHERE job.state = 'running' AND NOT EXISTS (\
            SELECT 1 FROM replica \
            WHERE replica.id = job.attempted_by[array_upper(job.attempted_by, 1)] \
            AND replica.beat_at > CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) - $2) \
        FOR UPDATE SKIP LOCKED) \
    RETURNING *) \
    INSERT INTO river.river_job (args, attempt, attempted_at, attempted_by, created_at, errors, \
        finalized_at, kind, max_attempts, metadata, priority, queue, scheduled_at, state, tags, \
        unique_key, unique_states) \
    SELECT args, attempt, attempted_at, attempted_by, created_at, errors, \
        CASE WHEN attempt >= max_attempts AND max_attempts >= $1 THEN now() END, kind, \
        LEAST(max_attempts + CASE WHEN max_attempts < $1 THEN 1 ELSE 0 END, 32767), \
        metadata, priority, queue, now(), \
        CASE WHEN attempt >= max_attempts AND max_attempts >= $1 \
            THEN 'discarded'::river.river_job_state ELSE 'available'::river.river_job_state END, \
        tags, unique_key, unique_states FROM gone";

/// Frees what was running, in a process that is alone on its `SQLite` file.
pub(super) async fn at_boot(store: &Store) -> Result<u64> {
    let Db::Lite { write, .. } = store.db() else { return Ok(0) };
    if !store.is_exclusive() {
        return Ok(0);
    }
    let mut tx = write.begin_with("BEGIN IMMEDIATE").await?;
    let freed = sqlx::query(FREE_SQLITE).bind(MOST_TRIES).execute(&mut *tx).await?.rows_affected();
    sqlx::query(DETHRONE_SQLITE).execute(&mut *tx).await?;
    tx.commit().await?;
    if freed > 0 {
        info!(jobs = freed, "work that was cut off goes on");
    }
    Ok(freed)
}

/// Shows that this replica lives, and frees the jobs of those that do not. On a connection of its
/// own, so that a crowded pool does not look like death.
pub(super) struct Heart {
    pool: PgPool,
    connection: Option<PgConnection>,
    pub(super) id: String,
    fence: Fence,
    settings: Settings,
    /// Tests hold the beats.
    pub(super) held: watch::Receiver<bool>,
}

impl Heart {
    pub(super) fn new(
        pool: &PgPool,
        id: &str,
        fence: &Fence,
        settings: &Settings,
        held: watch::Receiver<bool>,
    ) -> Self {
        let (pool, fence, settings) = (pool.clone(), fence.clone(), settings.clone());
        Self { pool, connection: None, id: id.to_owned(), fence, settings, held }
    }

    /// Beats until told to stop, then leaves.
    pub(super) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut ticks = interval(self.settings.beat);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                _ = ticks.tick() => {}
            }
            self.fence.look();
            if *self.held.borrow() {
                continue;
            }
            self.try_beat().await;
        }
        if let Some(connection) = &mut self.connection
            && let Err(error) = replicas::leave(connection, &self.id).await
        {
            warn!(%error, "this replica could not sign off; the others will notice");
        }
    }

    async fn try_beat(&mut self) {
        let limit = self.settings.fence / 2;
        match timeout(limit, self.beat()).await {
            Ok(Ok(0)) => {}
            Ok(Ok(freed)) => info!(jobs = freed, "the work of a replica that is gone goes on"),
            Ok(Err(error)) => {
                warn!(%error, "no beat");
                self.connection = None;
            }
            Err(_late) => {
                warn!("no beat: the database does not answer");
                self.connection = None;
            }
        }
    }

    /// One beat, and the jobs that it freed.
    pub(super) async fn beat(&mut self) -> Result<u64> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            empty => empty.insert(self.pool.connect_options().connect().await?),
        };
        let sent = Instant::now();
        replicas::beat(connection, &self.id, env!("CARGO_PKG_VERSION")).await?;
        self.fence.beaten(sent);
        let dead = i64::try_from(self.settings.dead.as_millis()).unwrap_or(i64::MAX);
        let freed = sqlx::query(FREE_POSTGRES)
            .bind(MOST_TRIES)
            .bind(dead)
            .execute(&mut *connection)
            .await?
            .rows_affected();
        replicas::forget(connection, Duration::from_hours(1)).await?;
        Ok(freed)
    }
}
