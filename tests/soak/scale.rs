//! How much is run, and from which seed.

use crate::chance::Chance;

/// The seed of the tenth that runs with the tests.
const FIXED: u64 = 20_261_120;

pub struct Scale {
    full: bool,
    seed: u64,
    name: &'static str,
}

impl Scale {
    /// From `ATTACHE_SOAK` (`full`) and `ATTACHE_SOAK_SEED`.
    pub fn read(name: &'static str) -> Self {
        let full = setting("ATTACHE_SOAK").as_deref() == Some("full");
        let seed = setting("ATTACHE_SOAK_SEED")
            .map_or(FIXED, |text| text.parse().expect("ATTACHE_SOAK_SEED is a whole number"));
        eprintln!("{name}: {} run, seed {seed}", if full { "whole" } else { "a tenth of the" });
        Self { full, seed, name }
    }

    /// One of two counts. `ATTACHE_SOAK_COUNT` replaces the whole one.
    pub fn count(&self, whole: usize, tenth: usize) -> usize {
        let asked = setting("ATTACHE_SOAK_COUNT").and_then(|text| text.parse().ok());
        if self.full { asked.unwrap_or(whole) } else { tenth }
    }

    pub fn is_full(&self) -> bool {
        self.full
    }

    pub fn chance(&self) -> Chance {
        Chance::new(self.seed).split(self.name)
    }

    /// Says how it went, as one line per fact.
    pub fn tell(&self, facts: &[(&str, String)]) {
        let wide = facts.iter().map(|(what, _)| what.len()).max().unwrap_or(0);
        let lines = facts.iter().map(|(what, so)| format!("  {what:wide$}  {so}\n"));
        eprintln!("{}, seed {}\n{}", self.name, self.seed, lines.collect::<String>());
    }
}

#[expect(clippy::disallowed_methods, reason = "the long runs are set from outside")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}
