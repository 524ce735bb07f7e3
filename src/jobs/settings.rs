//! What can be set about the engine; tests shorten the delays.

use std::time::Duration;

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Takes requests and does the work.
    All,
    /// Takes requests only.
    Web,
    /// Does the work only.
    Worker,
}

/// Delays and bounds. All of them run on real time, not on the business clock.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How often due schedules are looked for; a fifth of it is added at random.
    pub tick: Duration,
    /// The first delay after a failure; each further one is four times as long, up to 5 minutes.
    pub retry: Duration,
    /// How long an unknown send rests before it is looked for (`ATTACHE_RECONCILE_REST_MS`): longer
    /// than the slowest request can take to land.
    pub reconcile_rest: Duration,
    /// How often a request is tried before its person is told.
    pub request_tries: i64,
    /// How often a send is tried before it counts as refused.
    pub send_tries: i64,
    /// How often a row is put back unsent, or looked for in vain, before it is given up.
    pub most_waits: i64,
    /// A row that is older than this and was tried a few times is given up.
    pub send_age: Duration,
    /// The longest that a lane rests, whatever the other side asks for.
    pub longest_rest: Duration,
    /// Who waits for a row that is not out after this is told, where they would wonder.
    pub soon: Duration,
    /// A row that waits for this long is worth a warning in the log.
    pub long: Duration,
    /// How long the jobs that run may go on after a stop before they are handed back.
    pub grace: Duration,
    /// How often a replica shows that it lives (`PostgreSQL`).
    pub beat: Duration,
    /// A replica that could not show itself for this long does nothing any more.
    pub fence: Duration,
    /// A replica that was not seen for this long has its jobs freed by the others; longer than
    /// `fence`.
    pub dead: Duration,
    /// Net under the wake-ups: how often a queue is looked at anyway.
    pub poll: Duration,
    /// How often jobs that rested become due, and who leads is decided.
    pub upkeep: Duration,
    #[cfg(test)]
    pub(super) hooks: Hooks,
}

/// Where tests put their fingers in.
#[cfg(test)]
#[derive(Clone, Default)]
pub(super) struct Hooks {
    /// The last look is left out: the negative control.
    pub(super) careless: bool,
    /// Called between the last row and the closing of a drain ticket.
    pub(super) before_close: Option<Hook>,
}

#[cfg(test)]
pub(super) type Hook = std::sync::Arc<dyn Fn() -> super::Doing<'static, ()> + Send + Sync>;

#[cfg(test)]
impl std::fmt::Debug for Hooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hooks")
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tick: Duration::from_secs(5),
            retry: Duration::from_secs(1),
            reconcile_rest: Duration::from_secs(40),
            request_tries: 5,
            send_tries: 12,
            most_waits: 300,
            send_age: Duration::from_hours(24),
            longest_rest: Duration::from_mins(15),
            soon: Duration::from_secs(3),
            long: Duration::from_mins(5),
            grace: Duration::from_secs(20),
            beat: Duration::from_secs(1),
            fence: Duration::from_secs(7),
            dead: Duration::from_secs(10),
            poll: Duration::from_millis(500),
            upkeep: Duration::from_millis(500),
            #[cfg(test)]
            hooks: Hooks::default(),
        }
    }
}

impl Settings {
    /// The same, with another rest for sends whose outcome is unknown.
    #[must_use]
    pub fn resting(mut self, reconcile_rest: Duration) -> Self {
        self.reconcile_rest = reconcile_rest;
        self
    }

    /// The delay after the `failures`-th failure, from 1.
    pub(super) fn retry_after(&self, failures: i64) -> Duration {
        let times = u32::try_from(failures.clamp(1, 12) - 1).unwrap_or(0);
        self.retry.saturating_mul(4_u32.saturating_pow(times)).min(Duration::from_mins(5))
    }
}
