//! Whether this process can work now: read, write, look at its queue, talk through its platforms.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::handlers::context::Context;
use crate::web::health::{Part, Ready};

/// Whoever asks waits no longer than this for the answer "no".
const PATIENCE: Duration = Duration::from_secs(2);
/// However many ask, it is found out once in this time.
const FRESH: Duration = Duration::from_secs(1);

/// What was found out last. Those who ask together wait for one answer.
#[derive(Default)]
pub(super) struct Readiness(Mutex<Option<(Instant, Ready)>>);

impl Readiness {
    pub(super) async fn of(&self, cx: &Context) -> Ready {
        let mut last = self.0.lock().await;
        if let Some((at, known)) = last.as_ref()
            && at.elapsed() < FRESH
        {
            return known.clone();
        }
        let found = find_out(cx).await;
        *last = Some((Instant::now(), found.clone()));
        found
    }
}

async fn find_out(cx: &Context) -> Ready {
    let store = cx.store.clone();
    // A task of its own: given up while it waits for the lock, it still ends in good order.
    let writing = tokio::spawn(async move { store.try_write().await.is_ok() });
    let (database, writes, queue) = tokio::join!(
        timeout(PATIENCE, cx.store.ping()),
        timeout(PATIENCE, writing),
        timeout(PATIENCE, cx.jobs.queues()),
    );
    let mut ready = vec![
        ("database", Part::of(matches!(database, Ok(Ok(()))))),
        ("writes", Part::of(matches!(writes, Ok(Ok(true))))),
        ("queue", Part::of(matches!(queue, Ok(Ok(_))))),
    ];
    for (platform, messenger) in &cx.messengers {
        if let Some(word) = messenger.ails() {
            ready.push((platform.as_str(), Part::Ailing(word)));
        }
    }
    ready
}
