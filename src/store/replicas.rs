//! Who works on a `PostgreSQL` database, and when each was last seen to live, by the database's own
//! clock. (`SQLite` has one worker only, which the file lock sees to.)

use std::time::Duration;

use sqlx::PgConnection;

use super::Result;

/// The texts of this file; they are for `PostgreSQL` only.
#[cfg(test)]
pub(super) const POSTGRES_SQL: &[&str] = &[BEAT, LEAVE, FORGET];

const BEAT: &str = "INSERT INTO replica (id, beat_at, started_at, version) \
    SELECT $1, now_ms, now_ms, $2 FROM \
    (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now_ms) AS clock \
    ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at";
const LEAVE: &str = "DELETE FROM replica WHERE id = $1";
const FORGET: &str = "DELETE FROM replica \
    WHERE beat_at < CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) - $1";

/// This replica lives.
pub async fn beat(connection: &mut PgConnection, id: &str, version: &str) -> Result<()> {
    sqlx::query(BEAT).bind(id).bind(version).execute(connection).await?;
    Ok(())
}

/// This replica ends in good order: its jobs, if it left any, are free at once.
pub async fn leave(connection: &mut PgConnection, id: &str) -> Result<()> {
    sqlx::query(LEAVE).bind(id).execute(connection).await?;
    Ok(())
}

/// Drops the names of those that were not seen for that long.
pub async fn forget(connection: &mut PgConnection, age: Duration) -> Result<()> {
    let age = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
    sqlx::query(FORGET).bind(age).execute(connection).await?;
    Ok(())
}
