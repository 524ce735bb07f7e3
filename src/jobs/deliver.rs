//! Sends what one outbound channel is owed, in order, each row once.
//!
//! ```text
//! pending ─own commit─▶ sending ─▶ sent | refused | expired
//!    ▲                     │ no clear answer, or a crash
//!    │ surely not there    ▼
//!    └──────────────── rests, is looked for ─▶ sent | unknown (its owner is told)
//! ```
//!
//! A row that may be done twice (an update, a private reply, a form) is not looked for.

use std::time::{Duration, Instant};

use riverqueue::WorkContext;
use tracing::{error, info, warn};

use super::river::engine_error;
use super::worker::{Crew, Cut, FENCED_REST, Turn};
use super::{Found, OutboxRow, Queue, SendOutcome};
use crate::store::outbox::{self, End};
use crate::store::{Result, txn};

/// A turn begins no further row after this.
const LONG_TURN: Duration = Duration::from_secs(10);
/// How often the end of a send is written down before it is left in doubt.
const WRITES: u32 = 3;

/// What became of the head.
enum Head {
    Gone,
    Rests(Duration),
    Stopped,
}

pub(super) async fn turn(crew: &Crew, context: &WorkContext, lane: &str) -> Result<Turn> {
    let begun = Instant::now();
    loop {
        let mut reader = crew.store.reader().await?;
        let until = outbox::resting(&mut reader, lane).await?;
        let head = outbox::next(&mut reader, lane).await?;
        drop(reader);
        let Some(row) = head else {
            if close(crew, context, lane).await? {
                return Ok(Turn::Empty);
            }
            continue;
        };
        let rest = until.saturating_sub(crew.clock.now_ms());
        if rest > 0 {
            return Ok(Turn::Rest(millis(rest)));
        }
        if begun.elapsed() > LONG_TURN {
            return Ok(Turn::Rest(Duration::ZERO));
        }
        match step(crew, context, row).await? {
            Head::Gone => {}
            Head::Rests(rest) => return Ok(Turn::Rest(rest)),
            Head::Stopped => return Ok(Turn::Stopped),
        }
    }
}

fn millis(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

/// Looks for the last time with the lane locked, and closes the ticket if there is nothing.
async fn close(crew: &Crew, context: &WorkContext, lane: &str) -> Result<bool> {
    let mut tx = crew.store.begin().await?;
    outbox::lock(&mut tx, lane).await?;
    if outbox::next(&mut tx, lane).await?.is_some() {
        tx.rollback().await?;
        return Ok(false);
    }
    txn!(&mut tx, |t| context.job_complete_tx(t).await).map_err(engine_error)?;
    tx.commit().await?;
    Ok(true)
}

async fn step(crew: &Crew, context: &WorkContext, row: OutboxRow) -> Result<Head> {
    if row.is_in_doubt() && !row.is_repeatable() {
        return look(crew, context, &row).await;
    }
    if row.expires_at.is_some_and(|at| at <= crew.clock.now_ms()) {
        return end(crew, &row, End::Expired, "its time has passed").await;
    }
    if row.attempts >= crew.settings.send_tries {
        return end(crew, &row, End::Refused, "it was tried too often").await;
    }
    send(crew, context, row).await
}

async fn send(crew: &Crew, context: &WorkContext, mut row: OutboxRow) -> Result<Head> {
    let mut tx = crew.store.begin().await?;
    if row.is_in_doubt() {
        outbox::pending(&mut tx, &row.id, "it may be done twice").await?;
    }
    let ours = outbox::sending(&mut tx, &row.id, crew.clock.now_ms()).await?;
    tx.commit().await?;
    if !ours {
        return Ok(Head::Rests(FENCED_REST));
    }
    row.attempts += 1;
    let limit = Queue::Deliver.time_out();
    match crew.attend(context, limit, crew.work.send(&row)).await {
        Ok(SendOutcome::Sent { message_ref }) => sent(crew, &row, &message_ref).await,
        Ok(SendOutcome::Later(rest)) => later(crew, &row, rest).await,
        Ok(SendOutcome::Refused(why)) => end(crew, &row, End::Refused, &why).await,
        Ok(SendOutcome::Unknown(why)) | Err(Cut::Failed(why)) => doubt(crew, &row, &why).await,
        Err(Cut::Fenced) => Ok(Head::Rests(FENCED_REST)),
        Err(Cut::Stopped) => Ok(Head::Stopped),
    }
}

async fn sent(crew: &Crew, row: &OutboxRow, message_ref: &str) -> Result<Head> {
    let mut write = 1;
    loop {
        match write_sent(crew, row, message_ref).await {
            Ok(()) => return Ok(Head::Gone),
            Err(error) if write < WRITES && error.passes() => {
                warn!(outbox = row.id, %error, "a send could not be written down; again");
                write += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

async fn write_sent(crew: &Crew, row: &OutboxRow, message_ref: &str) -> Result<()> {
    let mut tx = crew.store.begin().await?;
    if outbox::sent(&mut tx, &row.id, message_ref, crew.clock.now_ms()).await? {
        crew.work.sent(&mut tx, row, message_ref).await?;
    }
    tx.commit().await
}

/// The other side asked for quiet: the whole lane rests.
async fn later(crew: &Crew, row: &OutboxRow, rest: Duration) -> Result<Head> {
    let ms = i64::try_from(rest.as_millis()).unwrap_or(i64::MAX);
    let mut tx = crew.store.begin().await?;
    outbox::later(&mut tx, &row.id).await?;
    outbox::rest(&mut tx, &row.lane, crew.clock.now_ms().saturating_add(ms)).await?;
    tx.commit().await?;
    Ok(Head::Rests(rest))
}

/// Nobody can tell yet whether it was sent.
async fn doubt(crew: &Crew, row: &OutboxRow, why: &str) -> Result<Head> {
    info!(outbox = row.id, op = row.op, why, "a send had no clear answer");
    let mut tx = crew.store.begin().await?;
    let rest = if row.is_repeatable() {
        outbox::pending(&mut tx, &row.id, why).await?;
        crew.settings.retry_after(row.attempts)
    } else {
        outbox::touch(&mut tx, &row.id, crew.clock.now_ms(), why).await?;
        crew.settings.reconcile_rest
    };
    tx.commit().await?;
    Ok(Head::Rests(rest))
}

/// A row in doubt rests, is looked for, and is decided.
async fn look(crew: &Crew, context: &WorkContext, row: &OutboxRow) -> Result<Head> {
    let rest = i64::try_from(crew.settings.reconcile_rest.as_millis()).unwrap_or(i64::MAX);
    let due = row.tried_at.unwrap_or(0).saturating_add(rest);
    let left = due.saturating_sub(crew.clock.now_ms());
    if left > 0 {
        return Ok(Head::Rests(millis(left)));
    }
    let limit = Queue::Deliver.time_out();
    match crew.attend(context, limit, crew.work.find(row)).await {
        Ok(Found::Sent { message_ref }) => sent(crew, row, &message_ref).await,
        Ok(Found::NotThere) => {
            let mut tx = crew.store.begin().await?;
            outbox::pending(&mut tx, &row.id, "looked for, and surely not there").await?;
            tx.commit().await?;
            Ok(Head::Gone)
        }
        Ok(Found::Later(why)) => doubt(crew, row, &why).await,
        Ok(Found::CannotLook(why)) | Err(Cut::Failed(why)) => {
            end(crew, row, End::Unknown, &why).await
        }
        Err(Cut::Fenced) => Ok(Head::Rests(FENCED_REST)),
        Err(Cut::Stopped) => Ok(Head::Stopped),
    }
}

async fn end(crew: &Crew, row: &OutboxRow, end: End, why: &str) -> Result<Head> {
    let mut tx = crew.store.begin().await?;
    if outbox::end(&mut tx, &row.id, end, why).await? {
        match end {
            End::Refused | End::Expired => crew.work.refused(&mut tx, row, why).await?,
            End::Unknown => crew.work.unknown(&mut tx, row, why).await?,
        }
        if end == End::Expired {
            info!(reference = row.id, op = row.op, "a message came too late to be sent");
        } else {
            error!(reference = row.id, op = row.op, why, ?end, "a message was not sent");
        }
    }
    tx.commit().await?;
    Ok(Head::Gone)
}
