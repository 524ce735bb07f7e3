//! What goes out: one lane per outbound channel, sent in order, each row once.
//!
//! `pending → sending → sent | refused | expired | unknown`. A row found in `sending` by somebody who
//! does not send it is unknown: perhaps the other side took it, perhaps not. It is looked for
//! before it is sent again.

use super::ask::run;
use super::{Link, Reads, Result, Tx, on, statements};

statements! {
    /// A lane that was pruned and comes back begins above every row that it ever had.
    JOIN = "INSERT INTO channel_lane (lane, next_seq, blocked_until) VALUES ($1, $2, 0) \
            ON CONFLICT (lane) DO UPDATE SET next_seq = channel_lane.next_seq + 1 \
            RETURNING next_seq";
    SAY = "INSERT INTO outbox (lane, seq, id, workspace_id, op, payload, dedup_key, repeatable, \
           expires_at, state, created_at) \
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10) \
           ON CONFLICT (dedup_key) DO NOTHING";
    NEXT = "SELECT lane, seq, id, workspace_id, op, payload, dedup_key, repeatable, expires_at, \
            state, attempts, waits, message_ref, created_at, tried_at FROM outbox \
            WHERE lane = $1 AND state IN ('pending', 'sending') ORDER BY seq LIMIT 1";
    SENDING = "UPDATE outbox SET state = 'sending', attempts = attempts + 1, tried_at = $2 \
               WHERE id = $1 AND state = 'pending'";
    TOUCH = "UPDATE outbox SET tried_at = $2, last_error = $3, waits = waits + 1 \
             WHERE id = $1 AND state = 'sending'";
    PUT_BACK = "UPDATE outbox SET state = 'pending', attempts = attempts - 1, waits = waits + 1, \
                last_error = $2 WHERE id = $1 AND state = 'sending'";
    STEP_ASIDE = "UPDATE outbox SET lane = $2 WHERE id = $1 AND state = 'pending'";
    NOTE = "UPDATE outbox SET message_ref = $2 WHERE id = $1 AND state = 'sending'";
    PENDING = "UPDATE outbox SET state = 'pending', last_error = $2 \
               WHERE id = $1 AND state = 'sending'";
    SENT = "UPDATE outbox SET state = 'sent', message_ref = $2, sent_at = $3 \
            WHERE id = $1 AND state = 'sending'";
    END = "UPDATE outbox SET state = $2, last_error = $3 \
           WHERE id = $1 AND state IN ('pending', 'sending')";
    LOCK = "UPDATE channel_lane SET next_seq = next_seq WHERE lane = $1";
    REST = "INSERT INTO channel_lane (lane, next_seq, blocked_until) VALUES ($1, $3, $2) \
            ON CONFLICT (lane) DO UPDATE SET blocked_until = $2 \
            WHERE channel_lane.blocked_until < $2";
    SHORTEN = "UPDATE channel_lane SET blocked_until = $2 WHERE lane = $1 AND blocked_until > $2";
    RESTING = "SELECT blocked_until FROM channel_lane WHERE lane = $1";
    TELL = "UPDATE outbox SET told = 1 WHERE id = $1 AND told = 0";
    OPEN = "SELECT DISTINCT lane FROM outbox \
            WHERE state IN ('pending', 'sending') AND created_at < $1 ORDER BY lane LIMIT $2";
}

/// Something to say outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    pub id: String,
    pub workspace: String,
    /// The outbound channel, such as `slack:T01:C02`: one lane is sent in order and rests as a whole.
    pub lane: String,
    /// What to do there, in the messenger's words.
    pub op: String,
    /// JSON text for the messenger.
    pub payload: String,
    /// Two rows with one key are the same wish: the second is not written.
    pub dedup_key: String,
    /// Doing it twice does no harm (an update, a private reply), so it is not looked for.
    pub repeatable: bool,
    /// Pointless after this moment (ms since 1970), such as a form once its trigger has died.
    pub expires_at: Option<i64>,
}

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OutboxRow {
    pub lane: String,
    pub seq: i64,
    pub id: String,
    pub workspace_id: String,
    pub op: String,
    pub payload: String,
    pub dedup_key: String,
    repeatable: i64,
    pub expires_at: Option<i64>,
    pub state: String,
    /// How often it was tried without being told to wait.
    pub attempts: i64,
    /// How often it was put back unsent, or looked for in vain.
    pub waits: i64,
    pub message_ref: Option<String>,
    pub created_at: i64,
    /// When it was last tried or looked for.
    pub tried_at: Option<i64>,
}

impl OutboxRow {
    /// Whether doing it twice does no harm.
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        self.repeatable != 0
    }

    /// Whether somebody began to send it and did not write down how that ended.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.state == "sending"
    }
}

/// How a row ended without being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The other side said no for good.
    Refused,
    /// It was too late for it.
    Expired,
    /// Nobody can tell whether it was sent.
    Unknown,
}

impl End {
    fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
}

/// Appends to the lane; false when a row with this key is there already.
pub async fn say(tx: &mut Tx, what: &Outgoing, now: i64) -> Result<bool> {
    let seq: i64 =
        on!(&mut *tx, |c| sqlx::query_scalar(JOIN).bind(&what.lane).bind(now).fetch_one(c).await)?;
    let added = on!(tx, |c| sqlx::query(SAY)
        .bind(&what.lane)
        .bind(seq)
        .bind(&what.id)
        .bind(&what.workspace)
        .bind(&what.op)
        .bind(&what.payload)
        .bind(&what.dedup_key)
        .bind(i64::from(what.repeatable))
        .bind(what.expires_at)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(added == 1)
}

/// The oldest row of the lane that is neither sent nor ended.
pub async fn next(db: &mut impl Reads, lane: &str) -> Result<Option<OutboxRow>> {
    Ok(on!(db, |c| sqlx::query_as(NEXT).bind(lane).fetch_optional(c).await)?)
}

/// About to be sent; commit before sending. False when somebody else has it.
pub async fn sending(tx: &mut Tx, id: &str, now: i64) -> Result<bool> {
    let changed = on!(tx, |c| sqlx::query(SENDING)
        .bind(id)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// Still in doubt; it rests anew from `now`.
pub async fn touch(tx: &mut Tx, id: &str, now: i64, why: &str) -> Result<()> {
    run!(tx, TOUCH, id, now, why).map(|_| ())
}

/// Surely not sent, and not for its own sake: the other side asked for quiet, or was not reached. That
/// was no try, and is counted by itself.
pub async fn put_back(tx: &mut Tx, id: &str, why: &str) -> Result<()> {
    run!(tx, PUT_BACK, id, why).map(|_| ())
}

/// Notes that whoever waits for it is told so now; false when they were.
pub async fn tell(tx: &mut Tx, id: &str) -> Result<bool> {
    Ok(run!(tx, TELL, id)? == 1)
}

/// Moves a row that was put back to a lane of its own, so that the next one has its turn.
pub async fn step_aside(tx: &mut Tx, id: &str, lane: &str) -> Result<()> {
    run!(tx, STEP_ASIDE, id, lane).map(|_| ())
}

/// Keeps what must survive a crash in the middle of sending this row, such as a file's id: it comes
/// back as the row's `message_ref` until the row is sent.
pub async fn note(tx: &mut Tx, id: &str, note: &str) -> Result<()> {
    on!(tx, |c| sqlx::query(NOTE).bind(id).bind(note).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Surely not sent: it may be sent again.
pub async fn pending(tx: &mut Tx, id: &str, why: &str) -> Result<()> {
    on!(tx, |c| sqlx::query(PENDING).bind(id).bind(why).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Sent, and known under this name. False when that is known already.
pub async fn sent(tx: &mut Tx, id: &str, message_ref: &str, now: i64) -> Result<bool> {
    let changed = on!(tx, |c| sqlx::query(SENT)
        .bind(id)
        .bind(message_ref)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// It will not be sent by itself any more.
pub async fn end(tx: &mut Tx, id: &str, end: End, why: &str) -> Result<bool> {
    let changed = on!(tx, |c| sqlx::query(END)
        .bind(id)
        .bind(end.as_str())
        .bind(why)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// Keeps new rows out of the lane until this transaction ends; on `SQLite` any transaction does.
pub async fn lock(tx: &mut Tx, lane: &str) -> Result<()> {
    if let Link::Pg(c) = tx.link() {
        sqlx::query(LOCK).bind(lane).execute(c).await?;
    }
    Ok(())
}

/// All lanes that rest with this one rest until then (ms since 1970).
pub async fn rest(tx: &mut Tx, lane: &str, until: i64, now: i64) -> Result<()> {
    run!(tx, REST, lane, until, now).map(|_| ())
}

/// It rests no longer than that, whatever is stored.
pub async fn shorten(tx: &mut Tx, lane: &str, until: i64) -> Result<()> {
    run!(tx, SHORTEN, lane, until).map(|_| ())
}

/// Until when the lane rests; 0 when it does not.
pub async fn resting(db: &mut impl Reads, lane: &str) -> Result<i64> {
    let until: Option<i64> =
        on!(db, |c| sqlx::query_scalar(RESTING).bind(lane).fetch_optional(c).await)?;
    Ok(until.unwrap_or(0))
}

/// Lanes that have had something to send since before `before`.
pub async fn open(db: &mut impl Reads, before: i64, most: i64) -> Result<Vec<String>> {
    Ok(on!(db, |c| sqlx::query_scalar(OPEN).bind(before).bind(most).fetch_all(c).await)?)
}
