//! River's workers: each hands its job to the part of the room that knows what to do, and says in
//! River's words how it went.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use riverqueue::jiff::Timestamp;
use riverqueue::{
    Job, JobArgs, WorkCancelled, WorkContext, WorkError, WorkOutcome, Worker, WorkerTimeout,
    Workers,
};
use tracing::{info, warn};

use super::fence::Fence;
use super::handle::{Deliver, Drain};
use super::seats::{Doubts, Seats};
use super::{JobError, Jobs, Queue, Settings, Task, TaskRun, Work, deliver, drain, task};
use crate::clock::Clock;
use crate::store::{Error, Result, Store};

/// What every worker needs.
pub(super) struct Crew {
    pub(super) store: Store,
    pub(super) jobs: Jobs,
    pub(super) work: Arc<dyn Work>,
    pub(super) fence: Fence,
    pub(super) settings: Settings,
    /// Real time.
    pub(super) clock: Clock,
    pub(super) seats: Seats,
    pub(super) doubts: Doubts,
}

/// Why a call into the product did not come to its end.
pub(super) enum Cut {
    /// The process is to stop, or the job was taken back.
    Stopped,
    /// This replica may not act.
    Fenced,
    /// It panicked or took too long.
    Failed(String),
}

/// How a ticket's turn ended.
pub(super) enum Turn {
    /// Nothing is left, and the ticket was closed in a transaction.
    Empty,
    /// Not before that long.
    Rest(Duration),
    /// The process is to stop.
    Stopped,
}

/// How soon work is looked at again that this replica may not do just now.
pub(super) const FENCED_REST: Duration = Duration::from_secs(1);
/// A row whose ticket was begun this often without an end takes the process down.
pub(super) const POISON: i32 = 12;

impl Crew {
    /// That moment, in milliseconds since 1970.
    pub(super) fn moment_in(&self, rest: Duration) -> i64 {
        self.clock.now_ms().saturating_add(i64::try_from(rest.as_millis()).unwrap_or(i64::MAX))
    }

    /// Runs a call into the product for as long as it may go on.
    pub(super) async fn attend<T>(
        &self,
        context: &WorkContext,
        limit: Duration,
        call: impl Future<Output = T> + Send,
    ) -> std::result::Result<T, Cut> {
        let call = self.fence.guard(AssertUnwindSafe(call).catch_unwind());
        let ended = tokio::select! {
            ended = tokio::time::timeout(limit, call) => ended,
            () = context.cancellation_token().cancelled() => return Err(Cut::Stopped),
        };
        match ended {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(panic))) => Err(Cut::Failed(format!("panicked: {}", said(&*panic)))),
            Ok(Err(_fenced)) => Err(Cut::Fenced),
            Err(_late) => Err(Cut::Failed(format!("took longer than {limit:?}"))),
        }
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a word")
}

/// Every worker of the engine.
pub(super) fn all(crew: &Arc<Crew>) -> Result<Workers> {
    let mut workers = Workers::new();
    let refused = |e: riverqueue::Error| Error::Broken(e.to_string());
    workers.add::<Drain, _>(DrainWorker(Arc::clone(crew))).map_err(refused)?;
    workers.add::<Deliver, _>(DeliverWorker(Arc::clone(crew))).map_err(refused)?;
    let tasks = TaskWorker { crew: Arc::clone(crew), queue: Queue::Upkeep };
    task::register(&mut workers, &tasks)?;
    Ok(workers)
}

/// The try failed; River keeps the reason with the job.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Failed(String);

type Said = std::result::Result<WorkOutcome, riverqueue::BoxError>;

struct DrainWorker(Arc<Crew>);

impl Worker<Drain> for DrainWorker {
    type Error = riverqueue::BoxError;

    fn timeout(&self, _: &Job<Drain>) -> WorkerTimeout {
        WorkerTimeout::After(Queue::Inbound.time_out())
    }

    async fn work(&self, context: WorkContext, job: Job<Drain>) -> Said {
        let turn = drain::turn(&self.0, &context, &job.args.conversation, job.row.attempt).await;
        ticket_said(turn, &job.row)
    }
}

struct DeliverWorker(Arc<Crew>);

impl Worker<Deliver> for DeliverWorker {
    type Error = riverqueue::BoxError;

    fn timeout(&self, _: &Job<Deliver>) -> WorkerTimeout {
        // The turn stops beginning rows long before; each has the queue's own limit.
        WorkerTimeout::After(Queue::Deliver.time_out() * 2)
    }

    async fn work(&self, context: WorkContext, job: Job<Deliver>) -> Said {
        let turn = deliver::turn(&self.0, &context, &job.args.lane).await;
        ticket_said(turn, &job.row)
    }
}

/// A database that fails is no fault of the row: the ticket rests and keeps its tries.
fn ticket_said(turn: Result<Turn>, row: &riverqueue::JobRow) -> Said {
    match turn {
        Ok(Turn::Empty) => Ok(WorkOutcome::Complete),
        Ok(Turn::Rest(rest)) => Ok(WorkOutcome::Snooze(rest)),
        Ok(Turn::Stopped) => Err(Box::new(WorkCancelled)),
        // It was freed by the others meanwhile; they have it now.
        Err(Error::Conflict(why)) => {
            info!(job = row.id, kind = row.kind, why, "the ticket is somebody else's now");
            Ok(WorkOutcome::Complete)
        }
        Err(error) => {
            warn!(job = row.id, kind = row.kind, %error, "a ticket rests");
            Ok(WorkOutcome::Snooze(Duration::from_secs(1)))
        }
    }
}

/// Answers for every kind of task; knows its queue for the time-out.
pub(super) struct TaskWorker {
    crew: Arc<Crew>,
    queue: Queue,
}

impl TaskWorker {
    pub(super) fn on(&self, queue: Queue) -> Self {
        Self { crew: Arc::clone(&self.crew), queue }
    }

    async fn run(&self, context: WorkContext, row: &riverqueue::JobRow, task: &Task) -> Said {
        let run = TaskRun::new(context.clone(), row.attempt, row.max_attempts);
        let call = self.crew.work.task(task, &run);
        let done = match self.crew.attend(&context, self.queue.time_out(), call).await {
            Ok(done) => done,
            Err(Cut::Failed(why)) => Err(JobError::Retry(why)),
            Err(Cut::Fenced) => return Ok(WorkOutcome::Snooze(FENCED_REST)),
            Err(Cut::Stopped) => return Err(Box::new(WorkCancelled)),
        };
        match done {
            Ok(()) => Ok(WorkOutcome::Complete),
            Err(JobError::Later(rest)) => Ok(WorkOutcome::Snooze(rest)),
            Err(JobError::Retry(why)) => {
                if run.is_last() {
                    self.give_up(row, task, &why).await?;
                } else {
                    info!(job = row.id, kind = row.kind, attempt = row.attempt, why, "failed");
                }
                Err(Box::new(Failed(why)))
            }
            Err(JobError::Fail(why)) => {
                self.give_up(row, task, &why).await?;
                context.metadata_set("why", &why)?;
                Ok(WorkOutcome::Discard)
            }
        }
    }

    async fn give_up(&self, row: &riverqueue::JobRow, task: &Task, why: &str) -> Result<()> {
        // The product logs why, under the reference that it tells.
        info!(job = row.id, kind = row.kind, "a task was given up");
        let mut tx = self.crew.store.begin().await?;
        self.crew.work.task_gave_up(&mut tx, task, why).await?;
        tx.commit().await
    }
}

impl<A: JobArgs + Clone + Into<Task>> Worker<A> for TaskWorker {
    type Error = riverqueue::BoxError;

    fn timeout(&self, _: &Job<A>) -> WorkerTimeout {
        // Ours comes first; River's is the net behind it.
        WorkerTimeout::After(self.queue.time_out() + Duration::from_secs(10))
    }

    fn next_retry(&self, job: &Job<A>, _: &WorkError, _: Timestamp) -> Option<Duration> {
        Some(self.crew.settings.retry_after(i64::from(job.row.attempt)))
    }

    async fn work(&self, context: WorkContext, job: Job<A>) -> Said {
        let task: Task = job.args.clone().into();
        self.run(context, &job.row, &task).await
    }
}
