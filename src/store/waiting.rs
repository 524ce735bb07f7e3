//! What waits in the outbox, for those who watch it; and what it need not keep.

use super::ask::{every, run};
use super::outbox::OutboxRow;
use super::{Reads, Result, Tx, on, statements};

statements! {
    COUNTS = "SELECT op, state, COUNT(*), MIN(created_at) FROM outbox \
              WHERE state IN ('pending', 'sending') GROUP BY op, state ORDER BY op, state";
    LANES = "SELECT lane, COUNT(*), MIN(created_at) FROM outbox \
             WHERE state IN ('pending', 'sending') GROUP BY lane ORDER BY 3, lane LIMIT $1";
    UNTOLD = "SELECT lane, seq, id, workspace_id, op, payload, dedup_key, repeatable, expires_at, \
              state, attempts, waits, message_ref, created_at, tried_at FROM outbox \
              WHERE state IN ('pending', 'sending') AND told = 0 AND created_at < $1 \
              ORDER BY created_at, id LIMIT $2";
    UNWARNED = "SELECT id, lane, op, attempts, waits, created_at, last_error FROM outbox \
                WHERE state IN ('pending', 'sending') AND warned = 0 AND created_at < $1 \
                ORDER BY created_at, id LIMIT $2";
    WARNED = "UPDATE outbox SET warned = 1 WHERE id = $1 AND warned = 0";
    OVER = "SELECT id FROM outbox WHERE state IN ('sent', 'expired') \
            AND (created_at < $2 OR (repeatable = 1 AND created_at < $1)) LIMIT $3";
    FORGET = "DELETE FROM outbox WHERE id = $1 AND state IN ('sent', 'expired')";
    FORGET_LANES = "DELETE FROM channel_lane WHERE lane IN (SELECT lane FROM channel_lane AS idle \
                    WHERE blocked_until < $1 AND NOT EXISTS \
                    (SELECT 1 FROM outbox WHERE outbox.lane = idle.lane) LIMIT $2)";
}

/// How much waits of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub op: String,
    /// `pending` or `sending`.
    pub state: String,
    pub many: i64,
    /// When the oldest was said; milliseconds since 1970.
    pub since: i64,
}

/// How much waits in one lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingLane {
    pub lane: String,
    pub many: i64,
    pub since: i64,
}

/// A row that waits for long, for the log.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LongWait {
    pub id: String,
    pub lane: String,
    pub op: String,
    pub attempts: i64,
    pub waits: i64,
    pub created_at: i64,
    pub last_error: Option<String>,
}

/// Everything that waits, by kind and state.
pub async fn counts(db: &mut impl Reads) -> Result<Vec<Waiting>> {
    let rows: Vec<(String, String, i64, i64)> = every!(db, COUNTS)?;
    let counted =
        rows.into_iter().map(|(op, state, many, since)| Waiting { op, state, many, since });
    Ok(counted.collect())
}

/// The lanes in which something waits longest.
pub async fn lanes(db: &mut impl Reads, most: i64) -> Result<Vec<WaitingLane>> {
    let rows: Vec<(String, i64, i64)> = every!(db, LANES, most)?;
    Ok(rows.into_iter().map(|(lane, many, since)| WaitingLane { lane, many, since }).collect())
}

/// Rows from before `before` about which nobody was told yet that they wait, oldest first.
pub async fn untold(db: &mut impl Reads, before: i64, most: i64) -> Result<Vec<OutboxRow>> {
    every!(db, UNTOLD, before, most)
}

/// Rows from before `before` of which the log does not know yet, oldest first.
pub async fn unwarned(db: &mut impl Reads, before: i64, most: i64) -> Result<Vec<LongWait>> {
    every!(db, UNWARNED, before, most)
}

/// False when somebody else was faster.
pub async fn warned(tx: &mut Tx, id: &str) -> Result<bool> {
    Ok(run!(tx, WARNED, id)? == 1)
}

/// Some rows that were sent and are not needed any more: what may be said twice from before
/// `repeatable`, the others, whose keys are to be remembered for longer, from before `keyed`.
pub async fn over(
    db: &mut impl Reads,
    (repeatable, keyed): (i64, i64),
    most: i64,
) -> Result<Vec<String>> {
    Ok(on!(db, |c| sqlx::query_scalar(OVER)
        .bind(repeatable)
        .bind(keyed)
        .bind(most)
        .fetch_all(c)
        .await)?)
}

/// Deletes a row that was sent.
pub async fn forget(tx: &mut Tx, id: &str) -> Result<()> {
    run!(tx, FORGET, id).map(|_| ())
}

/// Deletes lanes that hold nothing and do not rest any more; says how many.
pub async fn forget_lanes(tx: &mut Tx, now: i64, most: i64) -> Result<u64> {
    run!(tx, FORGET_LANES, now, most)
}
