//! What this process keeps in mind about its sends: who is sent to how often at once, and how long
//! a send has been in doubt by a clock that nobody can set.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Queue;
use super::lane::Lane;

/// So many turns at once for one channel or person in one queue.
#[derive(Debug, Default)]
pub(super) struct Seats(Mutex<BTreeMap<(Queue, String), usize>>);

/// Held for a turn.
pub(super) struct Seat<'a> {
    seats: &'a Seats,
    place: (Queue, String),
}

impl Seats {
    /// None when as many as may be are taken.
    pub(super) fn take(&self, lane: &Lane<'_>) -> Option<Seat<'_>> {
        let place = (lane.queue(), lane.destination().to_owned());
        let mut taken = locked(&self.0);
        let many = taken.entry(place.clone()).or_default();
        if *many >= place.0.at_one_place() {
            return None;
        }
        *many += 1;
        Some(Seat { seats: self, place })
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut taken = locked(&self.seats.0);
        if let Some(many) = taken.get_mut(&self.place) {
            *many -= 1;
            if *many == 0 {
                taken.remove(&self.place);
            }
        }
    }
}

/// The most doubts that are kept in mind; the others go by the stored time alone.
const MOST: usize = 10_000;

/// When a send of this process came into doubt, by row.
#[derive(Debug, Default)]
pub(super) struct Doubts(Mutex<BTreeMap<String, Instant>>);

impl Doubts {
    pub(super) fn begin(&self, row: &str) {
        let mut doubts = locked(&self.0);
        if doubts.len() < MOST {
            doubts.insert(row.to_owned(), Instant::now());
        }
    }

    /// How much of its rest is left, as far as this process knows.
    pub(super) fn left(&self, row: &str, rest: Duration) -> Duration {
        let doubts = locked(&self.0);
        doubts.get(row).map_or(Duration::ZERO, |begun| rest.saturating_sub(begun.elapsed()))
    }

    pub(super) fn end(&self, row: &str) {
        locked(&self.0).remove(row);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_channel_leaves_workers_to_the_others() {
        let seats = Seats::default();
        let lane = |name| Lane::read(name);
        let names = ["c/edit/1", "c/edit/2", "c/edit/3", "c/edit/4"];
        let held: Vec<_> = names.map(|name| seats.take(&lane(name)).unwrap()).into();
        assert!(seats.take(&lane("c/edit/5")).is_none());
        assert!(seats.take(&lane("d/edit/1")).is_some(), "another channel");
        assert!(seats.take(&lane("c")).is_some(), "another queue");
        drop(held);
        assert!(seats.take(&lane("c/edit/5")).is_some());
        assert!(seats.0.lock().unwrap().is_empty(), "nothing is left behind");
    }

    #[test]
    fn a_doubt_rests_by_the_time_that_passed() {
        let (doubts, hour) = (Doubts::default(), Duration::from_hours(1));
        assert_eq!(doubts.left("o1", hour), Duration::ZERO);
        doubts.begin("o1");
        assert!(doubts.left("o1", hour) > Duration::from_mins(59));
        doubts.end("o1");
        assert_eq!(doubts.left("o1", hour), Duration::ZERO);
    }
}
