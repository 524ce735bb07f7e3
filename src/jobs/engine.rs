//! Starts the work, keeps it going, and ends it without losing any.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use riverqueue::RunHandle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tracing::{error, warn};

use super::fence::Fence;
use super::recovery::{Heart, at_boot};
use super::river::{engine_error, working};
use super::seats::{Doubts, Seats};
use super::worker::{self, Crew};
use super::{Jobs, Queue, Role, Settings, Work, waiting};
use crate::clock::Clock;
use crate::ids::Ids;
use crate::store::{Db, Error, Result};

/// How often lost tickets are looked for.
const TICKETS: Duration = Duration::from_mins(1);

/// The running work of this process.
pub struct Engine {
    jobs: Jobs,
    stop: watch::Sender<bool>,
    /// Turns true when the work ends though nobody asked.
    end: watch::Sender<bool>,
    river: Option<(riverqueue::Stopper, JoinHandle<()>)>,
    loops: Vec<JoinHandle<()>>,
    grace: Duration,
    #[cfg(test)]
    pub(super) held: watch::Sender<bool>,
}

impl Engine {
    /// Takes up what an earlier process left, and begins to work. A web-only role does nothing here.
    /// `clock` is the business clock, for [`Work::tick`].
    pub async fn start(
        jobs: &Jobs,
        role: Role,
        work: Arc<dyn Work>,
        clock: &Clock,
        settings: Settings,
    ) -> Result<Self> {
        let (stop, stopping) = watch::channel(false);
        let (held, holding) = watch::channel(false);
        let mut engine = Self {
            jobs: jobs.clone(),
            stop,
            end: watch::channel(false).0,
            river: None,
            loops: Vec::new(),
            grace: settings.grace,
            #[cfg(test)]
            held,
        };
        #[cfg(not(test))]
        drop(held);
        if role == Role::Web {
            return Ok(engine);
        }
        at_boot(jobs.store()).await?;
        let id = Ids::random().text();
        let fence = engine.beat(&id, &settings, holding).await?;
        let crew = Arc::new(Crew {
            store: jobs.store().clone(),
            jobs: jobs.clone(),
            work,
            fence,
            settings: settings.clone(),
            clock: Clock::system(),
            seats: Seats::default(),
            doubts: Doubts::default(),
        });
        engine.work(&id, &crew).await?;
        engine.keep("tick", ticking(Arc::clone(&crew), clock.clone(), stopping.clone()));
        engine.keep("minding", minding(crew, stopping));
        Ok(engine)
    }

    /// The first beat is written before the first job is taken.
    async fn beat(
        &mut self,
        id: &str,
        settings: &Settings,
        held: watch::Receiver<bool>,
    ) -> Result<Fence> {
        let Db::Pg(pool) = self.jobs.store().db() else { return Ok(Fence::open()) };
        let fence = Fence::new(settings.fence);
        let mut heart = Heart::new(pool, id, &fence, settings, held);
        heart.beat().await?;
        self.keep("heart", heart.run(self.stop.subscribe()));
        Ok(fence)
    }

    /// A loop that ends in a panic takes the engine down with it, never silently.
    fn keep(&mut self, name: &'static str, running: impl Future<Output = ()> + Send + 'static) {
        let end = self.end.clone();
        self.loops.push(tokio::spawn(async move {
            if AssertUnwindSafe(running).catch_unwind().await.is_err() {
                error!(name, "a loop of the job engine panicked");
                end.send_replace(true);
            }
        }));
    }

    async fn work(&mut self, id: &str, crew: &Arc<Crew>) -> Result<()> {
        let jobs = &self.jobs;
        let client = working(jobs.store(), id, &crew.settings, worker::all(crew)?)?;
        let mut run = client.start().map_err(engine_error)?;
        run.wait_ready().await.map_err(engine_error)?;
        jobs.waker().attach(client, crew.settings.clone());
        let stopper = run.stopper();
        let watched = tokio::spawn(watch_over(run, self.end.clone()));
        self.river = Some((stopper, watched));
        Ok(())
    }

    /// Ends when the work ended though nobody asked: then the process had better end too.
    pub async fn failed(&self) {
        let mut ended = self.end.subscribe();
        if ended.wait_for(|ended| *ended).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Takes no further job, lets those that run end within the grace, and hands the others back
    /// without a try lost.
    pub async fn stop(mut self) -> Result<()> {
        if let Some((stopper, mut watched)) = self.river.take() {
            stopper.stop();
            if timeout(self.grace, &mut watched).await.is_err() {
                warn!(grace = ?self.grace, "work still runs; it is handed back");
                stopper.stop_and_cancel();
                watched.await.map_err(|e| Error::Broken(e.to_string()))?;
            }
        }
        self.jobs.waker().detach();
        self.stop.send_replace(true);
        for task in self.loops.drain(..) {
            task.await.map_err(|e| Error::Broken(e.to_string()))?;
        }
        Ok(())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.jobs.waker().detach();
        if let Some((stopper, _)) = &self.river {
            stopper.stop_and_cancel();
        }
    }
}

/// Ends with the engine; when that was nobody's wish, says so.
async fn watch_over(mut run: RunHandle, end: watch::Sender<bool>) {
    if let Err(why) = run.wait().await {
        error!(%why, "the job engine ended");
        end.send_replace(true);
    }
}

/// Tells the product that time has passed.
async fn ticking(crew: Arc<Crew>, clock: Clock, mut stop: watch::Receiver<bool>) {
    // Replicas that start together need not tick together.
    let bytes = Ids::random().text().into_bytes();
    let odd = bytes.iter().fold(0_u32, |sum, byte| sum.wrapping_mul(31) + u32::from(*byte)) % 200;
    let period = crew.settings.tick + crew.settings.tick.mul_f64(f64::from(odd) / 1000.0);
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = waiting::tell(&crew).await {
            warn!(%error, "who waits for a message could not be told");
        }
        let tick = AssertUnwindSafe(crew.work.tick(clock.now())).catch_unwind();
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            ticked = crew.fence.guard(tick) => if let Ok(Err(_panic)) = ticked {
                error!("a tick panicked; the next one comes");
            }
        }
    }
}

/// Gives a ticket to whatever has waited without one, and looks for what waits too long.
async fn minding(crew: Arc<Crew>, mut stop: watch::Receiver<bool>) {
    let mut ticks = interval(TICKETS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = mind(&crew).await {
            warn!(%error, "open work could not be looked through");
        }
        crew.jobs.waker().wake(Queue::Inbound);
    }
}

async fn mind(crew: &Crew) -> Result<()> {
    waiting::pull_in(&crew.store, crew.settings.longest_rest).await?;
    crew.jobs.ensure_tickets().await?;
    waiting::warn_of_long(crew).await
}
