//! The things to do later: plain data, one line each.

use std::time::Duration;

use riverqueue::{Client, InsertOpts, JobState, UniqueOpts, Workers};
use serde::{Deserialize, Serialize};

use super::river::engine_error;
use super::worker::TaskWorker;
use crate::store::{Error, Result, Tx, txn};

/// Which jobs wait for each other's workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Queue {
    /// Conversations to work off.
    Inbound,
    /// What a model writes.
    Llm,
    /// Posts in channels and threads.
    Deliver,
    /// New content for messages that stand there.
    Edit,
    /// Files.
    File,
    /// What only one person sees, and forms.
    Private,
    /// Reports and their decks.
    Report,
    /// Pruning, backup.
    Upkeep,
}

impl Queue {
    /// Every queue.
    pub const ALL: [Self; 8] = [
        Self::Inbound,
        Self::Llm,
        Self::Deliver,
        Self::Edit,
        Self::File,
        Self::Private,
        Self::Report,
        Self::Upkeep,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Llm => "llm",
            Self::Deliver => "deliver",
            Self::Edit => "edit",
            Self::File => "file",
            Self::Private => "private",
            Self::Report => "report",
            Self::Upkeep => "upkeep",
        }
    }

    /// How many of its jobs one process works on at once.
    #[must_use]
    pub fn workers(self) -> usize {
        match self {
            Self::Inbound | Self::Deliver | Self::Private => 32,
            Self::Edit => 16,
            Self::Llm => 8,
            Self::File | Self::Report => 4,
            Self::Upkeep => 2,
        }
    }

    /// How many of them may be about one channel or person, so that a slow one leaves workers to the
    /// others.
    #[must_use]
    pub fn at_one_place(self) -> usize {
        (self.workers() / 4).clamp(1, 4)
    }

    /// How long one try may take.
    #[must_use]
    pub fn time_out(self) -> Duration {
        Duration::from_secs(match self {
            Self::Deliver | Self::Edit | Self::File | Self::Private => 30,
            Self::Inbound | Self::Upkeep => 60,
            Self::Llm => 180,
            Self::Report => 300,
        })
    }

    /// How often a task is tried; for rows of the inbox and the outbox see
    /// [`Settings`](super::Settings).
    #[must_use]
    pub fn tries(self) -> i32 {
        match self {
            Self::Inbound => 5,
            Self::Llm | Self::Report => 4,
            Self::Deliver | Self::Edit | Self::File | Self::Private => 12,
            Self::Upkeep => 3,
        }
    }
}

/// The kinds of task. A kind's name and fields are stored: add new ones, do not rename old ones.
///
/// Two tasks with the same fields are one while the first is not done.
macro_rules! tasks {
    ($($(#[$doc:meta])* $name:ident $kind:literal on $queue:ident { $($field:ident),* };)*) => {
        /// Something to do later.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Task {
            $($(#[$doc])* $name { $($field: String),* },)*
        }

        impl Task {
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $kind,)*
                }
            }

            #[must_use]
            pub fn queue(&self) -> Queue {
                match self {
                    $(Self::$name { .. } => Queue::$queue,)*
                }
            }
        }

        mod args {
            $(
                #[derive(Clone, Debug, super::Serialize, super::Deserialize)]
                pub(super) struct $name { $(pub(super) $field: String),* }

                impl riverqueue::JobArgs for $name {
                    const KIND: &'static str = $kind;
                }

                impl From<$name> for super::Task {
                    fn from(args: $name) -> Self {
                        let $name { $($field),* } = args;
                        Self::$name { $($field),* }
                    }
                }
            )*
        }

        /// Appends the task to its queue; false when the same one waits there already.
        pub(super) async fn insert(client: &Client, tx: &mut Tx, task: &Task) -> Result<bool> {
            match task.clone() {
                $(Task::$name { $($field),* } => {
                    let opts = options(Queue::$queue);
                    let args = args::$name { $($field),* };
                    txn!(tx, |t| client.insert(args).opts(opts).tx(t).await
                        .map(|done| !done.unique_skipped_as_duplicate))
                        .map_err(engine_error)
                })*
            }
        }

        /// Makes one worker answer for every kind.
        pub(super) fn register(workers: &mut Workers, worker: &TaskWorker) -> Result<()> {
            $(
                workers
                    .add::<args::$name, _>(worker.on(Queue::$queue))
                    .map_err(|e| Error::Broken(e.to_string()))?;
            )*
            Ok(())
        }
    };
}

tasks! {
    /// Writes the proposal that somebody asked for in an edit thread.
    Draft "draft" on Llm { proposal_request };
    /// Writes the sections of a generation run.
    Generate "generate" on Llm { run };
    /// Gathers, writes and posts a report.
    Report "report" on Report { run };
    /// Starts the run of a schedule for one nominal time.
    RunSchedule "run_schedule" on Report { schedule, slot };
    /// Loads the sample company into an empty workspace.
    LoadSample "load_sample" on Report { run };
    /// Prunes what is old, closes what has expired.
    Upkeep "upkeep" on Upkeep {};
}

fn options(queue: Queue) -> InsertOpts {
    InsertOpts::default()
        .with_queue(queue.name())
        .with_max_attempts(queue.tries())
        .with_unique(while_open())
}

/// Unique until it has ended, one way or the other.
pub(super) fn while_open() -> UniqueOpts {
    UniqueOpts::new().with_by_args(true).with_by_state([
        JobState::Available,
        JobState::Pending,
        JobState::Retryable,
        JobState::Running,
        JobState::Scheduled,
    ])
}
