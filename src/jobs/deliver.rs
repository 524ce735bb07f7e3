//! Sends what one lane is owed, in order, each row once.
//!
//! ```text
//! pending ─own commit─▶ sending ─▶ sent | refused | expired
//!    ▲                     │ no clear answer, or a crash
//!    │ surely not there    ▼
//!    └──────────────── rests, is looked for ─▶ sent | unknown (its owner is told)
//! ```
//!
//! A row that may be done twice (an update, a private reply, a form) is not looked for. Every row ends:
//! what was tried, put back or looked for too often, or is too old after a few tries, is refused or
//! unknown, and told.

use std::time::{Duration, Instant};

use riverqueue::WorkContext;
use tracing::{error, info, warn};

use super::lane::Lane;
use super::river::engine_error;
use super::worker::{Crew, Cut, FENCED_REST, Turn};
use super::{Found, OutboxRow, Queue, SendOutcome};
use crate::store::outbox::{self, End};
use crate::store::{Result, Tx, txn};

/// A turn begins no further row after this.
const LONG_TURN: Duration = Duration::from_secs(10);
/// How often the end of a send is written down before it is left in doubt.
const WRITES: u32 = 3;
/// When a lane is looked at again whose channel or person has as many turns as may be.
const NO_SEAT: Duration = Duration::from_secs(1);
/// Age alone ends nothing that was not tried this often: a clock may jump.
const FEW: i64 = 5;
const TRIED_TOO_OFTEN: &str = "it was tried too often";

/// What became of the head.
enum Head {
    Gone,
    Rests(Duration),
    Stopped,
}

pub(super) async fn turn(crew: &Crew, context: &WorkContext, lane: &str) -> Result<Turn> {
    let begun = Instant::now();
    let Some(_seat) = crew.seats.take(&Lane::read(lane)) else { return Ok(Turn::Rest(NO_SEAT)) };
    loop {
        let mut reader = crew.store.reader().await?;
        let until = outbox::resting(&mut reader, Lane::read(lane).rests_with()).await?;
        let head = outbox::next(&mut reader, lane).await?;
        drop(reader);
        let Some(row) = head else {
            if close(crew, context, lane).await? {
                return Ok(Turn::Empty);
            }
            continue;
        };
        let rest = resting(crew, lane, until).await?;
        if !rest.is_zero() {
            return Ok(Turn::Rest(rest));
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

/// How long the lane rests. No stored rest is longer than any that is kept: the other side asked for
/// nonsense once, or our clock was ahead.
async fn resting(crew: &Crew, lane: &str, until: i64) -> Result<Duration> {
    let left = millis(until.saturating_sub(crew.clock.now_ms()));
    let longest = crew.settings.longest_rest;
    if left > longest {
        let mut tx = crew.store.begin().await?;
        outbox::shorten(&mut tx, Lane::read(lane).rests_with(), crew.moment_in(longest)).await?;
        tx.commit().await?;
    }
    Ok(left.min(longest))
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
        return end(crew, &row, End::Refused, TRIED_TOO_OFTEN).await;
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
        Ok(SendOutcome::NotSent(why)) => not_sent(crew, &row, &why).await,
        Ok(SendOutcome::Failed(why)) => failed(crew, &row, &why).await,
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
            Ok(()) => {
                crew.doubts.end(&row.id);
                return Ok(Head::Gone);
            }
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

/// The other side asked for quiet: all that it counts together rests.
async fn later(crew: &Crew, row: &OutboxRow, asked: Duration) -> Result<Head> {
    if worn_out(crew, row) {
        return end(crew, row, End::Refused, TRIED_TOO_OFTEN).await;
    }
    let rest = asked.clamp(crew.settings.retry, crew.settings.longest_rest);
    let why = format!("asked to wait {} s", asked.as_secs());
    let (group, until) = (Lane::read(&row.lane).rests_with(), crew.moment_in(rest));
    let mut tx = crew.store.begin().await?;
    outbox::put_back(&mut tx, &row.id, &why).await?;
    outbox::rest(&mut tx, group, until, crew.clock.now_ms()).await?;
    late(crew, &mut tx, row).await?;
    tx.commit().await?;
    Ok(Head::Rests(rest))
}

/// It never left.
async fn not_sent(crew: &Crew, row: &OutboxRow, why: &str) -> Result<Head> {
    if worn_out(crew, row) {
        return end(crew, row, End::Refused, TRIED_TOO_OFTEN).await;
    }
    let mut tx = crew.store.begin().await?;
    outbox::put_back(&mut tx, &row.id, why).await?;
    rests(crew, tx, row, crew.settings.retry_after(row.waits + 1)).await
}

/// The other side failed at it and surely did not take it.
async fn failed(crew: &Crew, row: &OutboxRow, why: &str) -> Result<Head> {
    info!(outbox = row.id, op = row.op, why, "a send failed");
    if worn_out(crew, row) {
        return end(crew, row, End::Refused, TRIED_TOO_OFTEN).await;
    }
    let mut tx = crew.store.begin().await?;
    outbox::pending(&mut tx, &row.id, why).await?;
    rests(crew, tx, row, crew.settings.retry_after(row.attempts)).await
}

/// A row that is to be tried again: it lets the next one pass where order does not matter.
async fn rests(crew: &Crew, mut tx: Tx, row: &OutboxRow, rest: Duration) -> Result<Head> {
    late(crew, &mut tx, row).await?;
    let Some(aside) = Lane::read(&row.lane).aside(&row.id) else {
        tx.commit().await?;
        return Ok(Head::Rests(rest));
    };
    outbox::step_aside(&mut tx, &row.id, &aside).await?;
    crew.jobs.deliver_in(&mut tx, &aside, rest).await?;
    tx.commit().await?;
    Ok(Head::Gone)
}

/// Nobody can tell yet whether it was sent.
async fn doubt(crew: &Crew, row: &OutboxRow, why: &str) -> Result<Head> {
    if row.is_repeatable() {
        return failed(crew, row, why).await;
    }
    info!(outbox = row.id, op = row.op, why, "a send had no clear answer");
    crew.doubts.begin(&row.id);
    let mut tx = crew.store.begin().await?;
    outbox::touch(&mut tx, &row.id, crew.clock.now_ms(), why).await?;
    late(crew, &mut tx, row).await?;
    tx.commit().await?;
    Ok(Head::Rests(crew.settings.reconcile_rest))
}

/// Who waits for it is told, once, where the product thinks that they should be.
async fn late(crew: &Crew, tx: &mut Tx, row: &OutboxRow) -> Result<()> {
    if outbox::tell(tx, &row.id).await? { crew.work.late(tx, row).await } else { Ok(()) }
}

/// Whether it was put back often enough, or is too old.
fn worn_out(crew: &Crew, row: &OutboxRow) -> bool {
    let age = millis(crew.clock.now_ms().saturating_sub(row.created_at));
    let tries = row.attempts.saturating_add(row.waits);
    row.waits >= crew.settings.most_waits || (tries >= FEW && age > crew.settings.send_age)
}

/// A row in doubt rests, is looked for, and is decided.
async fn look(crew: &Crew, context: &WorkContext, row: &OutboxRow) -> Result<Head> {
    let rest = crew.settings.reconcile_rest;
    let tried = row.tried_at.unwrap_or(0);
    if tried > crew.clock.now_ms() {
        return doubt(crew, row, "the clock was put back").await;
    }
    let left = rest.saturating_sub(millis(crew.clock.now_ms().saturating_sub(tried)));
    let left = left.max(crew.doubts.left(&row.id, rest));
    if !left.is_zero() {
        return Ok(Head::Rests(left));
    }
    let limit = Queue::Deliver.time_out();
    match crew.attend(context, limit, crew.work.find(row)).await {
        Ok(Found::Sent { message_ref }) => sent(crew, row, &message_ref).await,
        Ok(Found::NotThere) => {
            crew.doubts.end(&row.id);
            let mut tx = crew.store.begin().await?;
            outbox::pending(&mut tx, &row.id, "looked for, and surely not there").await?;
            tx.commit().await?;
            Ok(Head::Gone)
        }
        Ok(Found::Later(why)) if worn_out(crew, row) => end(crew, row, End::Unknown, &why).await,
        Ok(Found::Later(why)) => doubt(crew, row, &why).await,
        Ok(Found::CannotLook(why)) | Err(Cut::Failed(why)) => {
            end(crew, row, End::Unknown, &why).await
        }
        Err(Cut::Fenced) => Ok(Head::Rests(FENCED_REST)),
        Err(Cut::Stopped) => Ok(Head::Stopped),
    }
}

async fn end(crew: &Crew, row: &OutboxRow, end: End, why: &str) -> Result<Head> {
    crew.doubts.end(&row.id);
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
