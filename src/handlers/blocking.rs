//! Work that computes: off the threads that answer requests, a few pieces at once, each with a
//! deadline that it looks at.
//!
//! No transaction is open while a piece waits for its seat or is worked on: what it needs is read
//! before, and what it came to is written after. Pure rooms know no clock; they are given
//! [`Deadline::look`], a plain closure, and end when it says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::time::timeout;

/// What is computed: each kind has seats of its own, so that none waits for another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labour {
    /// Reading a request, writing a section, holding it against the rules.
    Draft,
    /// Reading a file of facts.
    Import,
    /// Figures, words, slides and their bytes.
    Report,
}

impl Labour {
    /// How many pieces one process works on at once.
    const fn seats(self) -> usize {
        match self {
            Self::Draft => 4,
            Self::Import | Self::Report => 2,
        }
    }

    const fn bounds(self) -> Bounds {
        let (patience, limit) = match self {
            Self::Draft => (20, 10),
            Self::Import => (20, 60),
            Self::Report => (60, 120),
        };
        Bounds { patience: Duration::from_secs(patience), limit: Duration::from_secs(limit) }
    }
}

#[derive(Clone, Copy, Debug)]
struct Bounds {
    /// How long a piece waits for its seat.
    patience: Duration,
    /// How long it may take from there.
    limit: Duration,
}

/// Why a piece of work came to nothing. Nothing of it goes on for longer than until its next look.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotComputed {
    /// All seats were taken for as long as it waits: trying again later can help.
    #[error("all seats for this work are taken")]
    Busy,
    /// Its deadline passed: trying the same again does not help.
    #[error("it took too long")]
    TooLong,
    /// It panicked.
    #[error("it broke: {0}")]
    Broken(String),
}

/// When a piece of work has to end: its time is over, or nobody waits for it any more.
#[derive(Clone, Debug)]
pub struct Deadline {
    at: Instant,
    left: Arc<AtomicBool>,
}

impl Deadline {
    fn after(limit: Duration) -> Self {
        Self { at: Instant::now() + limit, left: Arc::default() }
    }

    /// Whether to end now.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.left.load(Ordering::Relaxed) || Instant::now() >= self.at
    }

    /// The same as a plain question, for rooms that know no clock.
    pub fn look(&self) -> impl Fn() -> bool + Send + Sync + '_ {
        || self.is_over()
    }
}

/// Whoever waited is gone: the work ends at its next look.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The seats of this process. Cheap to clone; all clones share them.
#[derive(Clone, Debug)]
pub struct Blocking {
    draft: Arc<Semaphore>,
    import: Arc<Semaphore>,
    report: Arc<Semaphore>,
}

impl Default for Blocking {
    fn default() -> Self {
        let seats = |labour: Labour| Arc::new(Semaphore::new(labour.seats()));
        Self {
            draft: seats(Labour::Draft),
            import: seats(Labour::Import),
            report: seats(Labour::Report),
        }
    }
}

impl Blocking {
    /// Does the work on a thread of its own once there is a seat. When the caller is dropped, or
    /// the time is over, the answer is not waited for; the seat stays taken until the work has
    /// looked at its deadline and ended.
    ///
    /// # Errors
    /// As [`NotComputed`].
    pub async fn run<T: Send + 'static>(
        &self,
        labour: Labour,
        work: impl FnOnce(&Deadline) -> T + Send + 'static,
    ) -> Result<T, NotComputed> {
        self.run_within(labour, labour.bounds(), work).await
    }

    async fn run_within<T: Send + 'static>(
        &self,
        labour: Labour,
        Bounds { patience, limit }: Bounds,
        work: impl FnOnce(&Deadline) -> T + Send + 'static,
    ) -> Result<T, NotComputed> {
        let seat = Arc::clone(self.seats(labour)).acquire_owned();
        let Ok(Ok(seat)) = timeout(patience, seat).await else {
            return Err(NotComputed::Busy);
        };
        let deadline = Deadline::after(limit);
        let waiting = Waiting(Arc::clone(&deadline.left));
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&deadline);
            drop(seat);
            (done, Instant::now() < deadline.at)
        });
        let done = timeout(limit, done).await;
        drop(waiting);
        match done {
            Ok(Ok((done, true))) => Ok(done),
            Ok(Ok((_, false))) | Err(_) => Err(NotComputed::TooLong),
            Ok(Err(error)) => Err(NotComputed::Broken(error.to_string())),
        }
    }

    fn seats(&self, labour: Labour) -> &Arc<Semaphore> {
        match labour {
            Labour::Draft => &self.draft,
            Labour::Import => &self.import,
            Labour::Report => &self.report,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const SHORT: Bounds =
        Bounds { patience: Duration::from_secs(20), limit: Duration::from_millis(20) };

    #[tokio::test]
    async fn work_ends_at_the_look_after_its_deadline_and_frees_its_seat() {
        let blocking = Blocking::default();
        let endless = |deadline: &Deadline| {
            while !deadline.is_over() {
                std::hint::spin_loop();
            }
        };
        for _ in 0..=Labour::Report.seats() {
            let ended = blocking.run_within(Labour::Report, SHORT, endless).await;
            assert_eq!(ended, Err(NotComputed::TooLong));
        }
        assert_eq!(blocking.run(Labour::Report, |_| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn work_ends_when_nobody_waits_for_it_any_more() {
        let (blocking, (ended, end)) = (Blocking::default(), mpsc::channel());
        let (started, starts) = tokio::sync::oneshot::channel();
        let work = blocking.run(Labour::Import, move |deadline| {
            started.send(()).unwrap();
            while !deadline.is_over() {
                std::hint::spin_loop();
            }
            ended.send(Instant::now() < deadline.at).unwrap();
        });
        tokio::select! {
            _ = work => panic!("it ended by itself"),
            begun = starts => begun.unwrap(),
        }
        assert!(tokio::task::spawn_blocking(move || end.recv()).await.unwrap().unwrap());
    }

    #[tokio::test]
    async fn more_work_than_seats_waits_and_is_then_told_that_all_are_taken() {
        let blocking = Blocking::default();
        let taken = Arc::clone(&blocking.import).acquire_many_owned(2).await.unwrap();
        let hasty = Bounds { patience: Duration::from_millis(20), ..SHORT };
        let refused = blocking.run_within(Labour::Import, hasty, |_| 1).await;
        assert_eq!(refused, Err(NotComputed::Busy));
        drop(taken);
        assert_eq!(blocking.run(Labour::Import, |_| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn a_panic_is_a_broken_piece_and_no_more() {
        let blocking = Blocking::default();
        let broke = blocking.run(Labour::Draft, |_| -> u8 { panic!("planted") }).await;
        assert!(matches!(broke, Err(NotComputed::Broken(_))), "{broke:?}");
        assert_eq!(blocking.draft.available_permits(), Labour::Draft.seats());
    }
}
