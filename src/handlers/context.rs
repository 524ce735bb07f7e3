//! What every handler is given: the store, the time, the drafter, the platforms, a few rules.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

use crate::clock::Clock;
use crate::conversation::inbound::{Actor, Platform};
use crate::drafting::Drafter;
use crate::handlers::blocking::Blocking;
use crate::handlers::import::Door;
use crate::handlers::messenger::Messenger;
use crate::ids::Ids;
use crate::jobs::Jobs;
use crate::store::Store;

/// Made once by `app`.
pub struct Context {
    pub store: Store,
    pub jobs: Jobs,
    /// Business time.
    pub clock: Clock,
    /// Real time, for what platforms count: triggers, sends.
    pub wall: Clock,
    pub ids: Ids,
    pub drafter: Arc<dyn Drafter>,
    /// Where work that computes is done.
    pub blocking: Blocking,
    /// Where files of partner facts come in.
    pub files: Door,
    pub messengers: BTreeMap<Platform, Arc<dyn Messenger>>,
    pub rules: Rules,
    pub upkeep: Upkeep,
}

/// Settings that decide something in a handler.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// People who are owners from the start: (platform, user).
    pub owners: Vec<(Platform, String)>,
}

impl Rules {
    #[must_use]
    pub fn names_owner(&self, who: &Actor) -> bool {
        self.owners.iter().any(|(platform, user)| *platform == who.platform && *user == who.user)
    }
}

/// The day on which this process has last asked for the upkeep. One too many does no harm.
#[derive(Debug)]
pub struct Upkeep(AtomicI64);

impl Upkeep {
    /// True once a day.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        let day = now.as_second().div_euclid(24 * 60 * 60);
        self.0.swap(day, Ordering::Relaxed) != day
    }

    /// It could not be asked for: the next tick asks again.
    pub fn missed(&self) {
        self.0.store(i64::MIN, Ordering::Relaxed);
    }
}

impl Default for Upkeep {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}
