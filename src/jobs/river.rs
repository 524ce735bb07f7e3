//! River's client: its tables, its settings, and its errors in our words.
//!
//! Its tables stand in a schema of their own (`river`) on `PostgreSQL`. Traps that the settings
//! avoid: a job is rescued by age only (our recovery is faster), finished jobs stay unique for a
//! day (ours only while open), a rolled-back binary would take kinds it does not know (it fetches
//! only those it knows), and `SQLite`'s notifications are polled ten times a second (off: we wake
//! the queues ourselves, see [`Waker`](super::handle::Waker)).

use std::time::Duration;

use riverqueue::database::{PostgresDatabase, SchemaName};
use riverqueue::migrate::{PostgresMigrator, SqliteMigrator};
use riverqueue::{Client, ClientBuilder, MaintenanceConfig, QueueConfig, Retention, Workers};

use super::{Queue, Settings};
use crate::store::{Db, Error, Result, Store};

/// River's schema on `PostgreSQL`.
pub(super) const SCHEMA: &str = "river";
/// Two fetches of one queue are at least this far apart; the first after a pause waits for nobody.
const COOLDOWN: Duration = Duration::from_millis(10);
/// Any number, the same in every replica.
const ADVISORY_LOCK: i64 = 0x0a77_ac4f;

/// Brings River's tables up to date; several replicas may do so at once.
pub(super) async fn migrate(store: &Store) -> Result<()> {
    match store.db() {
        Db::Lite { write, .. } => {
            SqliteMigrator::new(write.clone()).migrate_up().await.map_err(migration_error)?;
        }
        Db::Pg(pool) => {
            let mut lock = pool.begin().await?;
            sqlx::query("SET LOCAL lock_timeout = 0").execute(&mut *lock).await?;
            sqlx::query("SELECT pg_advisory_xact_lock($1)")
                .bind(ADVISORY_LOCK)
                .execute(&mut *lock)
                .await?;
            sqlx::query("CREATE SCHEMA IF NOT EXISTS river").execute(pool).await?;
            let migrator = PostgresMigrator::new(pool.clone()).with_schema(schema()?);
            migrator.migrate_up().await.map_err(migration_error)?;
            lock.rollback().await?;
        }
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn migration_error(error: riverqueue::migrate::Error) -> Error {
    Error::Broken(format!("the job engine's tables: {error}"))
}

fn schema() -> Result<SchemaName> {
    SchemaName::new(SCHEMA).map_err(|e| Error::Broken(e.to_string()))
}

fn builder(store: &Store) -> Result<ClientBuilder> {
    Ok(match store.db() {
        Db::Lite { write, .. } => Client::builder(write.clone()).without_notifications(),
        Db::Pg(pool) => Client::builder(PostgresDatabase::new(pool.clone()).with_schema(schema()?)),
    })
}

/// A client that only inserts.
pub(super) fn inserting(store: &Store) -> Result<Client> {
    builder(store)?.fetch_cooldown(COOLDOWN).build().map_err(engine_error)
}

/// A client that works.
pub(super) fn working(
    store: &Store,
    id: &str,
    settings: &Settings,
    workers: Workers,
) -> Result<Client> {
    let mut builder = builder(store)?
        .id(id)
        .workers(workers)
        .fetch_only_known_kinds(true)
        .fetch_cooldown(COOLDOWN)
        .job_timeout(Duration::from_mins(1))
        .job_stuck_threshold(Duration::from_secs(5))
        .maintenance(maintenance(settings));
    for queue in Queue::ALL {
        builder = builder.queue(queue.name(), queue_config(queue, settings, false));
    }
    builder.build().map_err(engine_error)
}

fn maintenance(settings: &Settings) -> MaintenanceConfig {
    MaintenanceConfig::default()
        .with_rescue_after(Duration::from_secs(90))
        .with_rescuer_interval(Duration::from_secs(10))
        .with_elect_interval(settings.upkeep * 2)
        .with_scheduler_interval(settings.upkeep)
        .with_completed_job_retention(Retention::DeleteAfter(Duration::from_hours(24)))
        .with_discarded_job_retention(Retention::Keep)
}

/// `other` gives a configuration that works the same and compares as different.
pub(super) fn queue_config(queue: Queue, settings: &Settings, other: bool) -> QueueConfig {
    let poll = settings.poll + Duration::from_micros(u64::from(other));
    QueueConfig::new(queue.workers()).with_fetch_poll_interval(poll)
}

/// River's errors, as the store says them.
pub(super) fn engine_error(error: riverqueue::Error) -> Error {
    match error {
        riverqueue::Error::Database(error) => error.into(),
        riverqueue::Error::JobNotRunning { .. } | riverqueue::Error::NotFound(_) => {
            Error::Conflict("the job is no longer ours".to_owned())
        }
        other => Error::Broken(format!("the job engine: {other}")),
    }
}
