//! Looks after the platforms for as long as the process runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::handlers::access;
use crate::handlers::context::Context;

/// How often each platform is asked whether we may still work there. The first time is at once.
const PERIOD: Duration = Duration::from_mins(1);

pub(super) fn begin(cx: &Arc<Context>, mut stop: watch::Receiver<bool>) -> JoinHandle<()> {
    let cx = Arc::clone(cx);
    tokio::spawn(async move {
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let look = async {
                ticks.tick().await;
                access::look(&cx).await;
            };
            tokio::select! {
                () = look => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    })
}
