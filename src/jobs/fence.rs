//! A replica that cannot show that it lives must not act: others may have taken its work.
//!
//! The side effects of a job run inside [`Fence::guard`]. Each time such a future is about to go on,
//! the age of the last beat is looked at first; once a beat was missed for too long, every future
//! that began before is dropped where it stands, also when beats go on later. What remains is the
//! time between that look and the system call right after it (microseconds): a process that is
//! stopped exactly there and wakes later sends what others may have sent. For messages even that
//! is caught, as long as the stop is shorter than the rest of an unknown send.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::sync::watch;

/// This replica missed too many beats while the work was under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fenced;

/// Knows when this replica last showed that it lives. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Fence(Option<Arc<Beats>>);

#[derive(Debug)]
struct Beats {
    limit: Duration,
    last: Mutex<Beat>,
    /// Counts how often beats were missed for too long; wakes those who wait.
    broken: watch::Sender<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Beat {
    at: Instant,
    alive: bool,
    epoch: u64,
}

impl Fence {
    /// For the only process on a file: nobody takes its work.
    pub(super) fn open() -> Self {
        Self(None)
    }

    pub(super) fn new(limit: Duration) -> Self {
        let last = Mutex::new(Beat { at: Instant::now(), alive: true, epoch: 0 });
        Self(Some(Arc::new(Beats { limit, last, broken: watch::channel(0).0 })))
    }

    /// A beat that was sent at `at` has been stored.
    pub(super) fn beaten(&self, at: Instant) {
        if let Some(beats) = &self.0 {
            beats.look();
            let mut last = beats.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.at = last.at.max(at);
            last.alive = true;
        }
    }

    /// Drops what is under way if beats were missed for too long.
    pub(super) fn look(&self) {
        if let Some(beats) = &self.0 {
            beats.look();
        }
    }

    /// Runs `work` for as long as this replica may act.
    pub(super) async fn guard<T>(&self, work: impl Future<Output = T>) -> Result<T, Fenced> {
        let Some(beats) = &self.0 else { return Ok(work.await) };
        let begun = beats.look().ok_or(Fenced)?;
        let mut broken = beats.broken.subscribe();
        let mut work = pin!(work);
        let mut broke = pin!(broken.wait_for(|epoch| *epoch != begun));
        poll_fn(|context| {
            if beats.look() != Some(begun) || broke.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(Fenced));
            }
            work.as_mut().poll(context).map(Ok)
        })
        .await
    }
}

impl Beats {
    /// The present epoch, or none while this replica may not act.
    fn look(&self) -> Option<u64> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.at.elapsed() < self.limit {
            return Some(last.epoch);
        }
        if last.alive {
            last.alive = false;
            last.epoch += 1;
            self.broken.send_replace(last.epoch);
        }
        None
    }
}
