//! How fast one person may ask: a small store of requests for each, filled again with time.
//!
//! What comes faster is let go before it is written down, and whoever sent it is told so. What was
//! taken is never let go. Presses and forms have a store of their own: talk never uses up *Accept*.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::conversation::inbound::{Inbound, Platform, Said};

/// Presses and forms for each request in words.
const PRESSES: u32 = 2;
/// Requests that may come at once, as a part of those of a minute.
const AT_ONCE: u32 = 4;
/// How long nobody is told again.
const TOLD_FOR: Duration = Duration::from_mins(1);
/// People that are remembered; of more, those who were quiet for a minute are forgotten.
const PEOPLE: usize = 10_000;

/// The stores of everybody who asked lately.
#[derive(Debug)]
pub struct Rate {
    /// Requests in words that one person may send in a minute; none: as many as they like.
    per_minute: Option<u32>,
    people: Mutex<HashMap<Who, Person>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Who {
    platform: Platform,
    team: String,
    user: String,
}

#[derive(Clone, Copy, Debug)]
struct Person {
    /// What is left, in thousandths of a request.
    words: u64,
    presses: u64,
    seen: Instant,
    told: Option<Instant>,
}

impl Rate {
    #[must_use]
    pub fn new(per_minute: Option<u32>) -> Self {
        Self { per_minute, people: Mutex::default() }
    }

    /// Whether this request is taken.
    #[must_use]
    pub fn takes(&self, inbound: &Inbound, now: Instant) -> bool {
        let Some(per_minute) = self.per_minute.map(u64::from) else { return true };
        self.with(inbound, (per_minute, now), |person| {
            let left = match inbound.said {
                Said::Command(_) | Said::Message { .. } | Said::Opened => &mut person.words,
                Said::Click { .. } | Said::Submitted { .. } => &mut person.presses,
                Said::Hurried | Said::Removed => return true,
            };
            let enough = *left >= ONE;
            *left -= if enough { ONE } else { 0 };
            enough
        })
    }

    /// Whether this person is told now that they are too fast: once a minute.
    #[must_use]
    pub fn tells(&self, inbound: &Inbound, now: Instant) -> bool {
        let Some(per_minute) = self.per_minute.map(u64::from) else { return false };
        self.with(inbound, (per_minute, now), |person| {
            let rests = person.told.is_some_and(|told| now.duration_since(told) < TOLD_FOR);
            if !rests {
                person.told = Some(now);
            }
            !rests
        })
    }

    fn with<T>(
        &self,
        inbound: &Inbound,
        (per_minute, now): (u64, Instant),
        look: impl FnOnce(&mut Person) -> T,
    ) -> T {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if people.len() >= PEOPLE {
            people.retain(|_, person| now.duration_since(person.seen) < TOLD_FOR);
        }
        let who = &inbound.who;
        let (platform, team, user) = (who.platform, who.team.clone(), who.user.clone());
        let whole = whole(per_minute);
        let new =
            Person { words: whole, presses: whole * u64::from(PRESSES), seen: now, told: None };
        let person = people.entry(Who { platform, team, user }).or_insert(new);
        let passed = u64::try_from(now.duration_since(person.seen).as_millis()).unwrap_or(u64::MAX);
        let more = passed.saturating_mul(per_minute * ONE) / 60_000;
        if more > 0 {
            person.words = person.words.saturating_add(more).min(new.words);
            let more = more.saturating_mul(u64::from(PRESSES));
            person.presses = person.presses.saturating_add(more).min(new.presses);
            person.seen = now;
        }
        look(person)
    }
}

const ONE: u64 = 1_000;

/// A full store of requests in words.
fn whole(per_minute: u64) -> u64 {
    (per_minute / u64::from(AT_ONCE)).max(1) * ONE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::inbound::{Actor, Answer, Place, PlaceKind, Standing};

    fn of(user: &str, said: Said) -> Inbound {
        let (platform, team) = (Platform::Slack, "T1".to_owned());
        let place = Place {
            platform,
            team: team.clone(),
            channel: "C1".to_owned(),
            thread: None,
            kind: PlaceKind::Channel,
            shared: false,
        };
        let (user, standing) = (user.to_owned(), Standing::Full);
        let who = Actor { platform, team, user, name: None, standing };
        Inbound { key: String::new(), at: 0, who, place, said, answer: Answer::default() }
    }

    fn word() -> Said {
        Said::Command("icp".to_owned())
    }

    #[test]
    fn a_flood_is_let_go_and_honest_people_are_taken() {
        let (rate, start) = (Rate::new(Some(120)), Instant::now());
        let taken = |user: &str, said: Said, after: u64| {
            rate.takes(&of(user, said), start + Duration::from_millis(after))
        };
        let flood = (0..2_500).filter(|n| taken("vic", word(), n * 4)).count();
        assert_eq!(flood, 30 + 19, "thirty at once, then two a second for ten seconds");
        assert!(!taken("vic", word(), 9_998), "not yet");
        assert!(taken("ben", word(), 10_000), "somebody else");
        let press = Said::Click { button: "accept".to_owned(), message: None };
        assert!(taken("vic", press, 10_000), "talk never uses up a press");
        assert!(taken("vic", word(), 11_000), "a second later");
        assert!((0..600).all(|n| taken("ana", word(), n * 500)), "two a second for five minutes");
        let endless = Rate::new(None);
        assert!((0..1_000).all(|_| endless.takes(&of("vic", word()), start)));
    }

    #[test]
    fn whoever_is_too_fast_is_told_once_a_minute() {
        let (rate, start) = (Rate::new(Some(120)), Instant::now());
        let told = |after| rate.tells(&of("vic", word()), start + Duration::from_secs(after));
        assert_eq!([0, 1, 59, 60, 61].map(told), [true, false, false, true, false]);
        assert!(rate.tells(&of("ben", word()), start));
    }

    #[test]
    fn the_people_remembered_are_bounded() {
        let (rate, start) = (Rate::new(Some(120)), Instant::now());
        for n in 0..2 * PEOPLE {
            let now = start + Duration::from_secs(if n < PEOPLE { 0 } else { 100 });
            assert!(rate.takes(&of(&n.to_string(), word()), now));
        }
        assert!(rate.people.lock().unwrap().len() <= PEOPLE);
    }
}
