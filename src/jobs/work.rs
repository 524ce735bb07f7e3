//! What the engine asks of the product: the trait that `handlers` implements.

use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;
use riverqueue::WorkContext;

use super::river::engine_error;
use super::{InboxRow, OutboxRow, Task};
use crate::store::{Result, Tx, txn};

/// A future of [`Work`].
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The product's side of the engine. Each call may be repeated after a crash; the notes say what
/// makes that harmless. A call that panics or takes too long counts as failed.
pub trait Work: Send + Sync + 'static {
    /// Does what a request asks for. Opens its own transaction, writes every effect in it, and calls
    /// [`store::inbox::finish`](crate::store::inbox::finish) in the same one before the commit; when
    /// that answers false, somebody else was faster: roll back and answer `Ok`.
    fn heard<'a>(&'a self, row: &'a InboxRow) -> Doing<'a, std::result::Result<(), JobError>>;

    /// The request failed too often and will not be tried again: tell the person. In the
    /// transaction that marks it.
    fn gave_up<'a>(
        &'a self,
        tx: &'a mut Tx,
        row: &'a InboxRow,
        why: &'a str,
    ) -> Doing<'a, Result<()>>;

    /// Does a task. To be done exactly once, write its effects and [`TaskRun::complete`] in one
    /// transaction.
    fn task<'a>(
        &'a self,
        task: &'a Task,
        run: &'a TaskRun,
    ) -> Doing<'a, std::result::Result<(), JobError>>;

    /// The task failed for good: tell whoever waits for it. May be called again after a crash.
    fn task_gave_up<'a>(
        &'a self,
        tx: &'a mut Tx,
        task: &'a Task,
        why: &'a str,
    ) -> Doing<'a, Result<()>>;

    /// Sends one row, with its key in the message's metadata. Called with the row marked `sending`
    /// and no transaction open.
    fn send<'a>(&'a self, row: &'a OutboxRow) -> Doing<'a, SendOutcome>;

    /// Looks for a row that may have been sent.
    fn find<'a>(&'a self, row: &'a OutboxRow) -> Doing<'a, Found>;

    /// The row was sent: remember its place. In the transaction that marks it.
    fn sent<'a>(
        &'a self,
        tx: &'a mut Tx,
        row: &'a OutboxRow,
        message_ref: &'a str,
    ) -> Doing<'a, Result<()>>;

    /// The row waits: it was tried in vain, or had no turn yet. Called once a row; tell whoever would
    /// wonder. In the transaction that notes it.
    fn late<'a>(&'a self, tx: &'a mut Tx, row: &'a OutboxRow) -> Doing<'a, Result<()>>;

    /// The row was refused for good, was given up, or came too late. In the transaction that marks it.
    fn refused<'a>(
        &'a self,
        tx: &'a mut Tx,
        row: &'a OutboxRow,
        why: &'a str,
    ) -> Doing<'a, Result<()>>;

    /// Nobody can tell whether the row was sent: tell the owner. In the transaction that marks it.
    fn unknown<'a>(
        &'a self,
        tx: &'a mut Tx,
        row: &'a OutboxRow,
        why: &'a str,
    ) -> Doing<'a, Result<()>>;

    /// Business time has moved on to `now`: see what is due. Every replica ticks.
    fn tick(&self, now: Timestamp) -> Doing<'_, ()>;
}

/// Why a request or a task is not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It may work another time; counts as a try.
    #[error("{0}")]
    Retry(String),
    /// Not now; does not count as a try.
    #[error("not before {0:?} from now")]
    Later(Duration),
    /// It will never work.
    #[error("{0}")]
    Fail(String),
}

impl From<crate::store::Error> for JobError {
    fn from(error: crate::store::Error) -> Self {
        Self::Retry(error.to_string())
    }
}

/// How a send went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The other side has it, under this name.
    Sent { message_ref: String },
    /// Surely not taken, and the whole lane is to rest (429).
    Later(Duration),
    /// It never left: nobody was reached.
    NotSent(String),
    /// The other side failed at it, and surely did not take it.
    Failed(String),
    /// Surely not taken, and never will be.
    Refused(String),
    /// No answer, or one that says nothing.
    Unknown(String),
}

/// What looking for a row found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is there, under this name.
    Sent { message_ref: String },
    /// It is surely not there.
    NotThere,
    /// The other side cannot be asked now: it stays in doubt and is looked for again.
    Later(String),
    /// Not allowed to look, or no way to.
    CannotLook(String),
}

/// One try of a task.
pub struct TaskRun {
    context: WorkContext,
    attempt: i32,
    tries: i32,
}

impl TaskRun {
    pub(super) fn new(context: WorkContext, attempt: i32, tries: i32) -> Self {
        Self { context, attempt, tries }
    }

    /// Marks the task done in the transaction that holds its effects. Fails with
    /// [`Conflict`](crate::store::Error::Conflict) when the task was meanwhile given to another
    /// replica: then roll back.
    pub async fn complete(&self, tx: &mut Tx) -> Result<()> {
        txn!(tx, |t| self.context.job_complete_tx(t).await).map_err(engine_error)?;
        Ok(())
    }

    /// Which try this is, from 1.
    #[must_use]
    pub fn attempt(&self) -> i32 {
        self.attempt
    }

    /// Whether there will be no other.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.attempt >= self.tries
    }

    /// Ends when the task is to stop: time is up, or the process is.
    pub async fn stopped(&self) {
        self.context.cancellation_token().cancelled().await;
    }
}

impl std::fmt::Debug for TaskRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskRun").field("attempt", &self.attempt).finish_non_exhaustive()
    }
}
