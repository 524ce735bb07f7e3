//! Works off one conversation, in the order in which its requests were accepted.
//!
//! A head that fails blocks its conversation until its next try; after the last one it is marked
//! failed, its person is told, and the next one has its turn.

use std::time::{Duration, Instant};

use riverqueue::WorkContext;
use tracing::info;

use super::river::engine_error;
use super::worker::{Crew, Cut, FENCED_REST, POISON, Turn};
use super::{InboxRow, JobError};
use crate::store::{Result, inbox, txn};

/// A turn begins no further row after this, so that one conversation cannot keep a worker.
const LONG_TURN: Duration = Duration::from_secs(10);
/// How long one request may take.
const REQUEST_LIMIT: Duration = Duration::from_secs(45);

/// What became of the head.
enum Head {
    Gone,
    Rests(Duration),
    Stopped,
}

pub(super) async fn turn(
    crew: &Crew,
    context: &WorkContext,
    conversation: &str,
    attempt: i32,
) -> Result<Turn> {
    let begun = Instant::now();
    let mut reader = crew.store.reader().await?;
    let mut head = inbox::next(&mut reader, conversation).await?;
    drop(reader);
    if let (Some(row), true) = (&head, attempt > POISON) {
        give_up(crew, row, "the process ended each time it was tried").await?;
        head = None;
    }
    let mut before = None;
    loop {
        let Some(row) = head else {
            head = close(crew, context, conversation).await?;
            if head.is_none() {
                return Ok(Turn::Empty);
            }
            continue;
        };
        if begun.elapsed() > LONG_TURN {
            return Ok(Turn::Rest(Duration::ZERO));
        }
        let unfinished = before == Some(row.id);
        before = Some(row.id);
        match handle(crew, context, &row, unfinished).await? {
            Head::Gone => head = None,
            Head::Rests(rest) => return Ok(Turn::Rest(rest)),
            Head::Stopped => return Ok(Turn::Stopped),
        }
    }
}

/// Looks for the last time with the door locked. Either the ticket is closed in that transaction, and
/// whoever comes later brings a new one; or somebody came, and is answered.
async fn close(crew: &Crew, context: &WorkContext, conversation: &str) -> Result<Option<InboxRow>> {
    #[cfg(test)]
    if let Some(hook) = &crew.settings.hooks.before_close {
        hook().await;
    }
    let mut tx = crew.store.begin().await?;
    inbox::lock(&mut tx, std::iter::once(conversation)).await?;
    let left = inbox::next(&mut tx, conversation).await?;
    #[cfg(test)]
    let left = left.filter(|_| !crew.settings.hooks.careless);
    if left.is_some() {
        tx.rollback().await?;
        return Ok(left);
    }
    txn!(&mut tx, |t| context.job_complete_tx(t).await).map_err(engine_error)?;
    tx.commit().await?;
    Ok(None)
}

/// `unfinished` when the handler said "done" before, and the row is still there.
async fn handle(
    crew: &Crew,
    context: &WorkContext,
    row: &InboxRow,
    unfinished: bool,
) -> Result<Head> {
    let done = if unfinished {
        Err(JobError::Retry("the handler ended without finishing the request".to_owned()))
    } else {
        match crew.attend(context, REQUEST_LIMIT, crew.work.heard(row)).await {
            Ok(done) => done,
            Err(Cut::Failed(why)) => Err(JobError::Retry(why)),
            Err(Cut::Fenced) => return Ok(Head::Rests(FENCED_REST)),
            Err(Cut::Stopped) => return Ok(Head::Stopped),
        }
    };
    match done {
        Ok(()) => Ok(Head::Gone),
        Err(JobError::Later(rest)) => Ok(Head::Rests(rest)),
        Err(JobError::Fail(why)) => give_up(crew, row, &why).await,
        Err(JobError::Retry(why)) => failed(crew, row, &why).await,
    }
}

async fn failed(crew: &Crew, row: &InboxRow, why: &str) -> Result<Head> {
    let failures = row.attempts + 1;
    if failures >= crew.settings.request_tries {
        return give_up(crew, row, why).await;
    }
    info!(request = row.id, conversation = row.conversation, failures, why, "a request failed");
    let mut tx = crew.store.begin().await?;
    inbox::tried(&mut tx, row, why).await?;
    tx.commit().await?;
    Ok(Head::Rests(crew.settings.retry_after(failures)))
}

async fn give_up(crew: &Crew, row: &InboxRow, why: &str) -> Result<Head> {
    let mut tx = crew.store.begin().await?;
    if inbox::give_up(&mut tx, row, why, crew.clock.now_ms()).await? {
        crew.work.gave_up(&mut tx, row, why).await?;
        // The product has logged why, under the reference that it told.
        info!(request = row.id, "a request was given up");
    }
    tx.commit().await?;
    Ok(Head::Gone)
}
