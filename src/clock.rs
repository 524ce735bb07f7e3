//! The business clock: ticks, expiry, freshness and periods ask it for the time; tests turn it.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Tells the time. Cheap to clone; all clones tell the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    System,
    /// Real time, moved by a fixed distance (`ATTACHE_CLOCK`).
    Shifted(SignedDuration),
    /// Stands still until a test turns it.
    Turned(Mutex<Timestamp>),
}

impl Clock {
    /// The wall clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Kind::System))
    }

    /// Starts at `start` now and runs on at the pace of real time.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        Self(Arc::new(Kind::Shifted(start.duration_since(wall()))))
    }

    /// Stands still at `start` until [`Clock::turn`].
    #[must_use]
    pub fn standing_at(start: Timestamp) -> Self {
        Self(Arc::new(Kind::Turned(Mutex::new(start))))
    }

    /// Business time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &*self.0 {
            Kind::System => wall(),
            Kind::Shifted(by) => wall().saturating_add(*by).unwrap_or(Timestamp::MAX),
            Kind::Turned(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// The wall clock, whatever business time is: for the stamps of outside peers.
    #[must_use]
    pub fn real(&self) -> Timestamp {
        wall()
    }

    /// Business time now, in milliseconds since 1970 (UTC), as it is stored.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }

    /// Moves a standing clock forward; does nothing to one that runs by itself.
    pub fn turn(&self, by: SignedDuration) {
        if let Kind::Turned(at) = &*self.0 {
            let mut at = at.lock().unwrap_or_else(PoisonError::into_inner);
            *at = at.saturating_add(by).unwrap_or(Timestamp::MAX);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
fn wall() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_moves_only_when_turned() {
        let start: Timestamp = "2026-10-05T08:59:50Z".parse().unwrap();
        let clock = Clock::standing_at(start);
        assert_eq!(clock.now(), start);
        clock.turn(SignedDuration::from_secs(10));
        assert_eq!(clock.now().to_string(), "2026-10-05T09:00:00Z");
    }

    #[test]
    fn a_shifted_clock_starts_where_it_was_told_and_runs_on() {
        let start: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
        let clock = Clock::starting_at(start);
        let ahead = clock.now().duration_since(start);
        assert!(ahead >= SignedDuration::ZERO && ahead < SignedDuration::from_mins(1));
    }
}
