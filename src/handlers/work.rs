//! `work`: what the engine asks of us, one arm per kind of thing to do.

use std::sync::Arc;

use jiff::Timestamp;

use crate::handlers::context::Context;
use crate::handlers::trouble::{Handled, Ours, Trouble};
use crate::handlers::{deliver, draft, expire, generate, receive, report, sample, schedule_run};
use crate::jobs::{Doing, Found, InboxRow, JobError, OutboxRow, SendOutcome, Task, TaskRun, Work};
use crate::store::{Error, Result, Tx};
use crate::telemetry;

/// The product's side of the engine.
pub struct Works(pub Arc<Context>);

impl Work for Works {
    fn heard<'a>(&'a self, row: &'a InboxRow) -> Doing<'a, std::result::Result<(), JobError>> {
        Box::pin(receive::heard(&self.0, row))
    }

    fn gave_up<'a>(
        &'a self,
        tx: &'a mut Tx,
        row: &'a InboxRow,
        why: &'a str,
    ) -> Doing<'a, Result<()>> {
        Box::pin(async move { ours(receive::gave_up(&self.0, tx, row, why).await) })
    }

    fn task<'a>(
        &'a self,
        task: &'a Task,
        run: &'a TaskRun,
    ) -> Doing<'a, std::result::Result<(), JobError>> {
        Box::pin(async move { carry_out(&self.0, task, run).await.map_err(job_error) })
    }

    fn task_gave_up<'a>(
        &'a self,
        tx: &'a mut Tx,
        task: &'a Task,
        why: &'a str,
    ) -> Doing<'a, Result<()>> {
        Box::pin(async move { ours(abandoned(&self.0, tx, task, why).await) })
    }

    fn send<'a>(&'a self, row: &'a OutboxRow) -> Doing<'a, SendOutcome> {
        Box::pin(deliver::send(&self.0, row))
    }

    fn find<'a>(&'a self, row: &'a OutboxRow) -> Doing<'a, Found> {
        Box::pin(deliver::find(&self.0, row))
    }

    fn sent<'a>(
        &'a self,
        tx: &'a mut Tx,
        row: &'a OutboxRow,
        message_ref: &'a str,
    ) -> Doing<'a, Result<()>> {
        Box::pin(async move { ours(deliver::sent(&self.0, tx, row, message_ref).await) })
    }

    fn late<'a>(&'a self, tx: &'a mut Tx, row: &'a OutboxRow) -> Doing<'a, Result<()>> {
        Box::pin(async move { ours(deliver::late(&self.0, tx, row).await) })
    }

    fn refused<'a>(
        &'a self,
        tx: &'a mut Tx,
        row: &'a OutboxRow,
        why: &'a str,
    ) -> Doing<'a, Result<()>> {
        Box::pin(async move { ours(deliver::refused(&self.0, tx, row, why).await) })
    }

    fn unknown<'a>(
        &'a self,
        tx: &'a mut Tx,
        row: &'a OutboxRow,
        _: &'a str,
    ) -> Doing<'a, Result<()>> {
        Box::pin(async move { ours(deliver::unknown(&self.0, tx, row).await) })
    }

    fn tick(&self, now: Timestamp) -> Doing<'_, ()> {
        Box::pin(async move {
            // Each stands alone: trouble with one keeps no other from its turn.
            ticked(schedule_run::tick(&self.0, now).await);
            ticked(expire::tick(&self.0, now).await);
            ticked(expire::upkeep_when_due(&self.0, now).await);
        })
    }
}

fn ticked(done: Handled) {
    if let Err(trouble) = done {
        let what = Ours::Other(format!("{trouble:?}"));
        telemetry::reference(&what, "a tick did not end well");
    }
}

async fn carry_out(cx: &Context, task: &Task, run: &TaskRun) -> Handled {
    match task {
        Task::Draft { proposal_request } => draft::run(cx, &read(proposal_request)?, run).await,
        Task::Generate { run: asked } => generate::run(cx, &read(asked)?, run).await,
        Task::Report { run: asked } => report::run(cx, &read(asked)?, run).await,
        Task::RunSchedule { schedule, slot } => schedule_run::run(cx, schedule, slot, run).await,
        Task::LoadSample { run: asked } => sample::run(cx, &read(asked)?, run).await,
        Task::Upkeep {} => expire::upkeep(cx, run).await,
    }
}

/// A task that failed for good: whoever waits for it is told.
async fn abandoned(cx: &Context, tx: &mut Tx, task: &Task, why: &str) -> Handled {
    let reference = telemetry::reference(&Ours::Other(why.to_owned()), "a task was given up");
    match task {
        Task::Draft { proposal_request } => {
            draft::gave_up(cx, tx, &read(proposal_request)?, reference).await
        }
        Task::Generate { run } => generate::gave_up(cx, tx, &read(run)?, reference).await,
        Task::Report { run } => report::gave_up(cx, tx, &read(run)?, reference).await,
        Task::RunSchedule { schedule, slot } => {
            schedule_run::gave_up(cx, tx, (schedule, slot), reference).await
        }
        Task::LoadSample { run } => sample::gave_up(cx, tx, &read(run)?, reference).await,
        Task::Upkeep {} => Ok(()),
    }
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> Handled<T> {
    serde_json::from_str(json)
        .map_err(|error| Trouble::ours(format!("a task does not read: {error}")))
}

fn job_error(trouble: Trouble) -> JobError {
    match trouble {
        Trouble::Ours(Ours::NotYet(rest)) => JobError::Later(rest),
        Trouble::Ours(ours) => JobError::Retry(ours.to_string()),
        Trouble::Mend(card) | Trouble::Denied { card, .. } => JobError::Fail(card.fallback),
    }
}

/// Inside the engine's own transactions only what is ours can go wrong.
fn ours(done: Handled) -> Result<()> {
    done.map_err(|trouble| match trouble {
        Trouble::Ours(Ours::Store(error)) => error,
        Trouble::Ours(other) => Error::Broken(other.to_string()),
        Trouble::Mend(card) | Trouble::Denied { card, .. } => Error::Broken(card.fallback),
    })
}
