//! The way to the acknowledgement: every request is written down before anybody says yes.
//!
//! One writer per process. It commits at once when nothing waits, and otherwise everything that
//! waits in one transaction: the rows, their places in their conversations, one drain job for each.
//! It refuses at the door what it could not acknowledge in time. A client that hangs up changes
//! nothing: the writer's task goes on.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinHandle;
use tracing::warn;

use super::{Heard, Jobs, Queue, tickets};
use crate::store::inbox::{self, MOST};
use crate::store::{Error, Result};

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Written down; it will be worked on.
    Accepted,
    /// Written down before; it is or was worked on.
    Duplicate,
    /// Not written down: it could not have been acknowledged in time. Answer 503.
    Overloaded,
}

/// When the door closes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Requests that may wait for the next commit.
    pub waiting: usize,
    /// How long the first of them may have waited.
    pub age: Duration,
    /// How long after it was sent (by its own timestamp) a request is pointless. Looked at only
    /// while others have waited for [`Bounds::pressed`]: a clock may be wrong.
    pub patience: Duration,
    /// From this wait on, the sender's patience counts.
    pub pressed: Duration,
}

impl Default for Bounds {
    /// Slack waits 3 s.
    fn default() -> Self {
        Self {
            waiting: 256,
            age: Duration::from_secs(2),
            patience: Duration::from_millis(2500),
            pressed: Duration::from_millis(250),
        }
    }
}

/// Takes requests in. Cheap to clone; all clones feed the same writer.
#[derive(Clone)]
pub struct InboxWriter(Arc<Shared>);

struct Shared {
    jobs: Jobs,
    bounds: Bounds,
    queue: Mutex<Waiting>,
    come: Notify,
    task: Mutex<Option<JoinHandle<()>>>,
    /// Closed by the writer's end, whatever that was.
    alive: watch::Receiver<()>,
}

#[derive(Default)]
struct Waiting {
    rows: VecDeque<Item>,
    /// When the oldest request that is now being committed came in, and how many are with it.
    committing: Option<(Instant, usize)>,
    closed: bool,
}

struct Item {
    heard: Heard,
    came: Instant,
    answer: oneshot::Sender<Result<Verdict>>,
}

impl InboxWriter {
    #[must_use]
    pub fn start(jobs: &Jobs, bounds: Bounds) -> Self {
        let (life, alive) = watch::channel(());
        let shared = Arc::new(Shared {
            jobs: jobs.clone(),
            bounds,
            queue: Mutex::default(),
            come: Notify::new(),
            task: Mutex::default(),
            alive,
        });
        let writer = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            let _life = life;
            write(writer).await;
        });
        *shared.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
        Self(shared)
    }

    /// Writes the request down. `sent_at` is the sender's own timestamp (ms since 1970), if any.
    ///
    /// An error means that it was not written: the sender may try again.
    pub async fn accept(&self, mut heard: Heard, sent_at: Option<i64>) -> Result<Verdict> {
        // PostgreSQL's text holds no NUL, and one hostile row must not fail its neighbours.
        for text in [&mut heard.conversation, &mut heard.dedupe_key, &mut heard.payload] {
            if text.contains('\0') {
                *text = text.replace('\0', "\u{fffd}");
            }
        }
        let (answer, verdict) = oneshot::channel();
        {
            let mut queue = self.0.lock();
            if !self.0.has_room(&queue, &heard, sent_at) {
                return Ok(Verdict::Overloaded);
            }
            queue.rows.push_back(Item { heard, came: Instant::now(), answer });
        }
        self.0.come.notify_one();
        verdict.await.unwrap_or_else(|_| Err(Error::Unreachable("the writer ended".to_owned())))
    }

    /// How many requests wait for a commit.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.lock().rows.len()
    }

    /// How many requests are being committed.
    #[cfg(test)]
    pub(super) fn committing(&self) -> usize {
        self.0.lock().committing.map_or(0, |(_, many)| many)
    }

    /// Ends when the writer ended though nobody asked: then the process had better end too.
    pub async fn failed(&self) {
        let mut alive = self.0.alive.clone();
        while alive.changed().await.is_ok() {}
        if self.0.lock().closed {
            std::future::pending::<()>().await;
        }
    }

    /// Closes the door, writes down what waits, and ends.
    pub async fn stop(&self) {
        self.0.lock().closed = true;
        self.0.come.notify_one();
        let task = self.0.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            warn!(%error, "the inbox writer did not end well");
        }
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_room(&self, queue: &Waiting, heard: &Heard, sent_at: Option<i64>) -> bool {
        let bounds = &self.bounds;
        let oldest = queue.committing.map(|(came, _)| came);
        let oldest = oldest.or_else(|| queue.rows.front().map(|item| item.came));
        let age = oldest.map_or(Duration::ZERO, |came| came.elapsed());
        if queue.closed || queue.rows.len() >= bounds.waiting || age >= bounds.age {
            return false;
        }
        let on_the_way = heard.received_at.saturating_sub(sent_at.unwrap_or(heard.received_at));
        let on_the_way = Duration::from_millis(u64::try_from(on_the_way).unwrap_or(0));
        age < bounds.pressed || on_the_way + age < bounds.patience
    }

    fn take_waiting(&self) -> Vec<Item> {
        self.lock().rows.drain(..).collect()
    }

    /// Everything that waits; none when the door is closed and all is done.
    async fn next(&self) -> Option<Vec<Item>> {
        loop {
            {
                let mut queue = self.lock();
                let many = queue.rows.len().min(MOST);
                if many > 0 {
                    queue.committing = queue.rows.front().map(|item| (item.came, many));
                    return Some(queue.rows.drain(..many).collect());
                }
                queue.committing = None;
                if queue.closed {
                    return None;
                }
            }
            self.come.notified().await;
            // Those who were woken together may all knock first: one commit instead of two.
            tokio::task::yield_now().await;
        }
    }
}

async fn write(shared: Arc<Shared>) {
    while let Some(items) = shared.next().await {
        let heard: Vec<&Heard> = items.iter().map(|item| &item.heard).collect();
        let done = commit(&shared.jobs, &heard).await;
        match done {
            Ok(new) => answer(items, new.into_iter().map(|new| Ok(verdict(new)))),
            // Who came meanwhile would wait as long for the same answer, and come too late.
            Err(error) if error.passes() => {
                refuse(items, &error);
                refuse(shared.take_waiting(), &error);
            }
            Err(error) if items.len() == 1 => refuse(items, &error),
            Err(_) => one_by_one(&shared.jobs, items).await,
        }
    }
}

fn verdict(new: bool) -> Verdict {
    if new { Verdict::Accepted } else { Verdict::Duplicate }
}

fn answer(items: Vec<Item>, verdicts: impl Iterator<Item = Result<Verdict>>) {
    for (item, verdict) in items.into_iter().zip(verdicts) {
        // Whoever hung up does not want to know.
        let _ = item.answer.send(verdict);
    }
}

fn refuse(items: Vec<Item>, error: &Error) {
    if items.is_empty() {
        return;
    }
    warn!(%error, requests = items.len(), "requests could not be written down");
    let errors = vec![error.clone(); items.len()];
    answer(items, errors.into_iter().map(Err));
}

/// One row that the database will not take must not fail its neighbours.
async fn one_by_one(jobs: &Jobs, items: Vec<Item>) {
    for item in items {
        match commit(jobs, &[&item.heard]).await {
            Ok(new) => answer(vec![item], new.into_iter().map(|new| Ok(verdict(new)))),
            Err(error) => refuse(vec![item], &error),
        }
    }
}

async fn commit(jobs: &Jobs, heard: &[&Heard]) -> Result<Vec<bool>> {
    let mut tx = jobs.store().begin_promptly().await?;
    let new = inbox::accept(&mut tx, heard).await?;
    let with_new: BTreeSet<&str> = heard
        .iter()
        .zip(&new)
        .filter(|(_, new)| **new)
        .map(|(heard, _)| heard.conversation.as_str())
        .collect();
    if !with_new.is_empty() {
        let conversations: Vec<&str> = with_new.into_iter().collect();
        tickets::drain(&mut tx, &conversations).await?;
    }
    tx.commit().await?;
    jobs.waker().wake(Queue::Inbound);
    Ok(new)
}
