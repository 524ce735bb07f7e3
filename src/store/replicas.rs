//! Who works on this database, and when each was last seen to live.

use super::{Reads, Result, Tx, on, statements};

statements! {
    BEAT = "INSERT INTO replica (id, beat_at, started_at, version) VALUES ($1, $2, $2, $3) \
            ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at";
    LIVING = "SELECT id FROM replica WHERE beat_at > $1 ORDER BY id";
    LEAVE = "DELETE FROM replica WHERE id = $1";
    FORGET = "DELETE FROM replica WHERE beat_at < $1";
}

/// This replica lives.
pub async fn beat(tx: &mut Tx, id: &str, version: &str, now: i64) -> Result<()> {
    on!(tx, |c| sqlx::query(BEAT).bind(id).bind(now).bind(version).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Those that have shown themselves since.
pub async fn living(db: &mut impl Reads, since: i64) -> Result<Vec<String>> {
    Ok(on!(db, |c| sqlx::query_scalar(LIVING).bind(since).fetch_all(c).await)?)
}

/// This replica ends in good order.
pub async fn leave(tx: &mut Tx, id: &str) -> Result<()> {
    on!(tx, |c| sqlx::query(LEAVE).bind(id).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Drops the names of those long gone.
pub async fn forget(tx: &mut Tx, before: i64) -> Result<()> {
    on!(tx, |c| sqlx::query(FORGET).bind(before).execute(c).await.map(|_| ()))?;
    Ok(())
}
