//! What people asked for, and what they were answered.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub struct Ledger {
    /// Requests that were answered with 200: promised. By the key under which they are kept.
    pub promised: BTreeSet<String>,
    /// All that was ever sent, answered or not.
    pub sent: BTreeSet<String>,
    /// `/strategy edit` that was promised.
    pub edits: BTreeSet<String>,
    /// `/strategy report` that was promised.
    pub reports: BTreeSet<String>,
    /// Presses of Accept and words `accept`, by proposal.
    pub accepts: BTreeMap<String, Accepts>,
    /// Proposals that somebody else tried to end, or to replace.
    pub disputed: BTreeSet<String>,
    /// Answers 503, and answers that are neither 200 nor 503.
    pub busy: usize,
    pub odd: BTreeMap<u16, usize>,
    /// Requests that got no answer at all.
    pub silent: usize,
}

#[derive(Default)]
pub struct Accepts {
    pub sent: usize,
    pub promised: usize,
}

impl Ledger {
    /// All promised presses of Accept.
    pub fn promised_accepts(&self) -> usize {
        self.accepts.values().map(|accepts| accepts.promised).sum()
    }
}
