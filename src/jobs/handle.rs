//! The handle by which everybody puts work in: in the transaction that needs it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use riverqueue::{Client, InsertOpts, JobArgs};
use serde::{Deserialize, Serialize};

use super::lane::Lane;
use super::river::{self, engine_error, queue_config};
use super::{Outgoing, Queue, Settings, Task, task, tickets};
use crate::clock::Clock;
use crate::store::{Result, Store, Tx, inbox, outbox, txn};

/// Puts work in. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Jobs(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    /// For inserting while no engine runs here. Each client keeps some MiB for events.
    client: OnceLock<Client>,
    waker: Arc<Waker>,
    clock: Clock,
}

/// One conversation may have something to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Drain {
    pub(super) conversation: String,
}

impl JobArgs for Drain {
    const KIND: &'static str = "drain";
}

/// One lane may have something to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Deliver {
    pub(super) lane: String,
}

impl JobArgs for Deliver {
    const KIND: &'static str = "deliver";
}

/// Tickets are never used up by crashes and rests: what fails too often is the row, not the ticket.
pub(super) const TICKET_TRIES: i32 = 1000;

impl Jobs {
    /// Makes the engine's tables, and the handle. Work is done once an
    /// [`Engine`](super::Engine) runs, in this process or in another one.
    pub async fn open(store: &Store) -> Result<Self> {
        river::migrate(store).await?;
        let (store, waker, client) = (store.clone(), Arc::default(), OnceLock::new());
        Ok(Self(Arc::new(Inner { store, client, waker, clock: Clock::system() })))
    }

    /// The running engine's client, else one of our own, made when it is first needed.
    fn client(&self) -> Result<Client> {
        if let Some(running) = self.0.waker.client() {
            return Ok(running);
        }
        if let Some(own) = self.0.client.get() {
            return Ok(own.clone());
        }
        let own = river::inserting(&self.0.store)?;
        Ok(self.0.client.get_or_init(|| own).clone())
    }

    /// Appends the task to its queue; false when the same one is there and not done.
    pub async fn enqueue(&self, tx: &mut Tx, task: &Task) -> Result<bool> {
        let new = task::insert(&self.client()?, tx, task).await?;
        self.wake_after(tx, task.queue());
        Ok(new)
    }

    /// Appends to the lane; false when a row with its key is there already.
    pub async fn say(&self, tx: &mut Tx, what: &Outgoing) -> Result<bool> {
        let new = outbox::say(tx, what, self.0.clock.now_ms()).await?;
        if new {
            self.deliver(tx, &what.lane).await?;
        }
        Ok(new)
    }

    async fn deliver(&self, tx: &mut Tx, lane: &str) -> Result<()> {
        let queue = Lane::read(lane).queue();
        self.insert(tx, lane, ticket(queue)).await?;
        self.wake_after(tx, queue);
        Ok(())
    }

    /// The lane has something to send once it has rested.
    pub(super) async fn deliver_in(&self, tx: &mut Tx, lane: &str, rest: Duration) -> Result<()> {
        let at = self.0.clock.now().saturating_add(rest);
        let opts = ticket(Lane::read(lane).queue());
        let opts = if let Ok(at) = at { opts.with_scheduled_at(at) } else { opts };
        self.insert(tx, lane, opts).await
    }

    async fn insert(&self, tx: &mut Tx, lane: &str, opts: InsertOpts) -> Result<()> {
        let args = Deliver { lane: lane.to_owned() };
        let client = self.client()?;
        txn!(tx, |t| client.insert(args).opts(opts).tx(t).await).map_err(engine_error)?;
        Ok(())
    }

    /// Makes sure that whatever has been open for a minute has a ticket; the net under lost ones.
    pub(super) async fn ensure_tickets(&self) -> Result<()> {
        const MOST: i64 = 500;
        let before = self.0.clock.now_ms() - 60_000;
        let mut tx = self.0.store.begin().await?;
        for lane in outbox::open(&mut tx, before, MOST).await? {
            self.deliver(&mut tx, &lane).await?;
        }
        for conversation in inbox::open(&mut tx, before, MOST).await? {
            tickets::drain(&mut tx, &[&conversation]).await?;
        }
        tx.commit().await
    }

    fn wake_after(&self, tx: &mut Tx, queue: Queue) {
        let waker = Arc::clone(&self.0.waker);
        tx.after_commit(Box::new(move || waker.wake(queue)));
    }

    /// A drain job as River itself inserts it, to compare with ours.
    #[cfg(test)]
    pub(super) async fn drain_by_river(&self, tx: &mut Tx, conversation: &str) -> Result<()> {
        let (args, opts) =
            (Drain { conversation: conversation.to_owned() }, ticket(Queue::Inbound));
        let client = self.client()?;
        txn!(tx, |t| client.insert(args).opts(opts).tx(t).await).map_err(engine_error)?;
        Ok(())
    }

    pub(super) fn waker(&self) -> &Arc<Waker> {
        &self.0.waker
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }
}

/// How tickets are inserted.
pub(super) fn ticket(queue: Queue) -> InsertOpts {
    InsertOpts::default()
        .with_queue(queue.name())
        .with_max_attempts(TICKET_TRIES)
        .with_unique(task::while_open())
}

/// Makes this process's engine fetch now.
///
/// River's client has no call for that when the job was inserted in our own transaction; it would
/// wait for `PostgreSQL`'s notification, or on `SQLite` for its next poll. But it fetches at once
/// when a queue's configuration changes, so the queue is given one that differs in a microsecond of
/// its poll interval. Polling stays as the net below.
#[derive(Debug, Default)]
pub(super) struct Waker {
    running: Mutex<Option<(Client, Settings)>>,
    /// Which of its two configurations each queue has.
    other: [AtomicBool; Queue::ALL.len()],
}

impl Waker {
    pub(super) fn attach(&self, client: Client, settings: Settings) {
        let mut running = self.lock();
        for other in &self.other {
            other.store(false, Ordering::Relaxed);
        }
        *running = Some((client, settings));
    }

    fn client(&self) -> Option<Client> {
        self.lock().as_ref().map(|(client, _)| client.clone())
    }

    pub(super) fn detach(&self) {
        *self.lock() = None;
    }

    pub(super) fn wake(&self, queue: Queue) {
        if let Some((client, settings)) = &*self.lock() {
            let other = !self.other[queue as usize].fetch_xor(true, Ordering::Relaxed);
            let config = queue_config(queue, settings, other);
            if let Err(error) = client.local_queues().update(queue.name(), config) {
                tracing::debug!(%error, "a queue could not be woken; it will poll");
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Client, Settings)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
