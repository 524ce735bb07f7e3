//! What must hold after every run, whatever happened in it. One checker for all.

use std::collections::{BTreeMap, BTreeSet};

use attache::store::audit::{Chain, verify};
use attache::store::{Options, Store, workspaces};
use serde_json::Value;

use crate::database::{Look, rows};
use crate::fleet::Fleet;
use crate::ledger::Ledger;
use crate::server::Plan;
use crate::slack_api::SlackApi;

/// What was counted, and everything that should not be.
#[derive(Default)]
pub struct Outcome {
    pub faults: Vec<String>,
    accepts: usize,
    accepted: usize,
    stale: usize,
    lost: usize,
    twice: usize,
    posts: usize,
    files: usize,
    doubled: usize,
    unknown: usize,
    revisions: usize,
    deeds: i64,
    answers: String,
}

#[derive(sqlx::FromRow)]
struct Proposal {
    id: String,
    address: String,
    base_revision: i64,
    state: String,
    applied: i64,
}

#[derive(sqlx::FromRow)]
struct Said {
    op: String,
    dedup_key: String,
    state: String,
    payload: String,
    why: String,
}

/// Address, number, and the proposal it came of.
type Revision = (String, i64, String);
/// Action, subject, and the request that led to it.
type Deed = (String, String, String);

/// Looks at the ended run from all sides.
pub async fn check(fleet: &Fleet) -> Outcome {
    let mut outcome = Outcome::default();
    let mut look = fleet.database.look().await;
    let deeds: Vec<Deed> =
        rows!(look, "SELECT action, subject_id, COALESCE(inbound_key, '') FROM audit_log");
    let said: Vec<Said> = rows!(
        look,
        "SELECT op, dedup_key, state, payload, COALESCE(last_error, '') AS why FROM outbox"
    );
    {
        let kept = kept(&mut look).await;
        let (revisions, proposals) = strategy(&mut look).await;
        let ledger = fleet.town.ledger();
        outcome.promises(&ledger, &kept, &deeds);
        outcome.revisions(&revisions);
        outcome.proposals(&ledger, (&proposals, &revisions), &deeds);
        outcome.reports(&ledger, &deeds, &said);
        outcome.posts(&fleet.town.api, &said);
        outcome.files(&fleet.town.api, &said);
        outcome.answers = format!(
            "{} promised, {} silent, {} busy, other {:?}",
            ledger.promised.len(),
            ledger.silent,
            ledger.busy,
            ledger.odd
        );
    }
    outcome.runs(&mut look).await;
    outcome.whole(&mut look).await;
    look.close().await;
    outcome.chain(fleet).await;
    let never = ["panicked", "was given up", "does not read"];
    for words in never {
        outcome.faults.extend(fleet.plan.logged(words));
    }
    outcome.faults.extend(fleet.town.api.violations());
    outcome
}

/// The inbox: key, and whether it is done.
async fn kept(look: &mut Look) -> BTreeMap<String, bool> {
    let kept: Vec<(String, i64)> = rows!(
        *look,
        "SELECT dedupe_key, CAST(CASE WHEN done_at IS NULL THEN 0 ELSE 1 END AS BIGINT) FROM inbox"
    );
    kept.into_iter().map(|(key, done)| (key, done == 1)).collect()
}

async fn strategy(look: &mut Look) -> (Vec<Revision>, Vec<Proposal>) {
    let revisions = rows!(
        *look,
        "SELECT address, revision, COALESCE(proposal_id, '') FROM section_revision \
         ORDER BY address, revision"
    );
    let proposals = rows!(
        *look,
        "SELECT id, address, base_revision, state, COALESCE(applied_revision, 0) AS applied \
         FROM proposal"
    );
    (revisions, proposals)
}

impl Outcome {
    fn fault(&mut self, fault: String) {
        self.faults.push(fault);
    }

    /// Whatever was answered 200 is kept and done, and led to its deed.
    fn promises(&mut self, ledger: &Ledger, kept: &BTreeMap<String, bool>, deeds: &[Deed]) {
        for key in &ledger.promised {
            match kept.get(key) {
                Some(true) => {}
                Some(false) => self.fault(format!("promised and not done: {key}")),
                None => {
                    self.lost += 1;
                    self.fault(format!("promised and lost: {key}"));
                }
            }
        }
        for key in kept.keys().filter(|key| !ledger.sent.contains(*key)) {
            // Schedules are ordered outside of the ledger's editors, and are sent too.
            self.fault(format!("kept and never sent: {key}"));
        }
        for key in &ledger.edits {
            let opened =
                deeds.iter().filter(|(action, _, by)| action == "thread.opened" && by == key);
            if opened.count() != 1 {
                self.fault(format!("not one thread for {key}"));
            }
        }
    }

    /// Each section's revisions are 1, 2, 3…, each of another proposal.
    fn revisions(&mut self, revisions: &[Revision]) {
        self.revisions = revisions.len();
        let mut last: BTreeMap<&str, i64> = BTreeMap::new();
        let mut of: BTreeSet<&str> = BTreeSet::new();
        for (address, number, proposal) in revisions {
            let before = last.insert(address, *number).unwrap_or(0);
            if *number != before + 1 {
                self.fault(format!("{address} goes from revision {before} to {number}"));
            }
            if !proposal.is_empty() && !of.insert(proposal) {
                self.twice += 1;
                self.fault(format!("proposal {proposal} was applied twice"));
            }
        }
    }

    /// Each proposal ended at most once; each that people accepted and nobody disputed was applied,
    /// or gave way to another that was.
    fn proposals(
        &mut self,
        ledger: &Ledger,
        (proposals, revisions): (&[Proposal], &[Revision]),
        deeds: &[Deed],
    ) {
        const ENDINGS: [&str; 4] =
            ["proposal.accepted", "proposal.discarded", "proposal.stale", "proposal.expired"];
        let mut endings: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (action, subject, _) in deeds.iter().filter(|(a, ..)| ENDINGS.contains(&a.as_str())) {
            endings.entry(subject).or_default().push(action);
        }
        let applied: BTreeMap<&str, (&str, i64)> = revisions
            .iter()
            .map(|(address, number, of)| (of.as_str(), (address.as_str(), *number)))
            .collect();
        let moved: BTreeSet<(&str, i64)> =
            revisions.iter().map(|(address, number, _)| (address.as_str(), *number)).collect();
        let mut open: BTreeSet<&str> = ledger.accepts.keys().map(String::as_str).collect();
        for proposal in proposals {
            open.remove(proposal.id.as_str());
            let told = endings.get(proposal.id.as_str()).map_or(&[][..], Vec::as_slice);
            let expected = match proposal.state.as_str() {
                "open" | "superseded" => Vec::new(),
                state => vec![format!("proposal.{state}")],
            };
            if told != expected {
                self.fault(format!("{} is {} but was told {told:?}", proposal.id, proposal.state));
            }
            let was = applied.get(proposal.id.as_str());
            let is_applied = proposal.state == "accepted";
            if is_applied != was.is_some()
                || was.is_some_and(|(_, number)| *number != proposal.applied)
            {
                self.fault(format!(
                    "{} is {} and its revision {was:?}",
                    proposal.id, proposal.state
                ));
            }
            self.accepted += usize::from(is_applied);
            self.stale += usize::from(proposal.state == "stale");
            let promised = ledger.accepts.get(&proposal.id).is_some_and(|a| a.promised > 0);
            let gave_way = proposal.state == "stale"
                && moved.contains(&(proposal.address.as_str(), proposal.base_revision + 1));
            let disputed = ledger.disputed.contains(&proposal.id) && proposal.state != "open";
            if promised && !is_applied && !gave_way && !disputed {
                self.lost += 1;
                self.fault(format!(
                    "Accept was promised, but {} is {}",
                    proposal.id, proposal.state
                ));
            }
        }
        self.accepts = ledger.promised_accepts();
        self.faults.extend(open.into_iter().map(|id| format!("proposal {id} is gone")));
    }

    /// Each promised report was posted, or its person told why not.
    fn reports(&mut self, ledger: &Ledger, deeds: &[Deed], said: &[Said]) {
        for key in &ledger.reports {
            let asked: Vec<_> =
                deeds.iter().filter(|(a, _, by)| a == "report.requested" && by == key).collect();
            let [(_, report, _)] = asked[..] else {
                self.fault(format!("not one report for {key}"));
                continue;
            };
            let wanted = format!("report:{report}");
            if !said.iter().any(|row| row.dedup_key == wanted) {
                self.fault(format!("report {report} was never to be posted"));
            }
        }
    }

    /// Nothing is left to send; what was sent stands there once, and nothing else does.
    fn posts(&mut self, api: &SlackApi, said: &[Said]) {
        let channels: BTreeSet<String> = api
            .calls("chat.postMessage")
            .iter()
            .filter_map(|call| call["channel"].as_str().map(str::to_owned))
            .collect();
        let mut there: BTreeMap<String, usize> = BTreeMap::new();
        for posted in channels.iter().flat_map(|channel| api.messages(channel)) {
            if let Some(key) = posted.metadata["event_payload"]["key"].as_str() {
                *there.entry(key.to_owned()).or_default() += 1;
            }
        }
        self.posts = there.values().sum();
        for row in said {
            if matches!(row.state.as_str(), "pending" | "sending" | "refused") {
                self.fault(format!("{} {} is {}: {}", row.op, row.dedup_key, row.state, row.why));
            }
            let times = there.remove(&row.dedup_key).unwrap_or(0);
            self.unknown += usize::from(row.state == "unknown");
            self.doubled += times.saturating_sub(1);
            let expected = usize::from(row.op == "post" && row.state == "sent");
            if times != expected && !(row.state == "unknown" && times <= 1) {
                let Said { dedup_key, state, .. } = row;
                self.fault(format!("{dedup_key} is {state} and stands there {times} times"));
            }
        }
        self.faults.extend(there.into_keys().map(|key| format!("posted out of nowhere: {key}")));
    }

    /// The same for decks in threads.
    fn files(&mut self, api: &SlackApi, said: &[Said]) {
        let mut there: BTreeMap<(String, Option<String>), usize> = BTreeMap::new();
        for file in api.files() {
            *there.entry((file.channel, file.thread)).or_default() += 1;
            self.files += 1;
        }
        for row in said.iter().filter(|row| row.op == "attach") {
            let payload: Value = serde_json::from_str(&row.payload).unwrap();
            let to = &payload["attach"]["to"];
            let place = (
                to["channel"].as_str().unwrap_or_default().to_owned(),
                to["thread"].as_str().map(str::to_owned),
            );
            let times = there.remove(&place).unwrap_or(0);
            self.doubled += times.saturating_sub(1);
            if times != usize::from(row.state == "sent") && !(row.state == "unknown" && times <= 1)
            {
                self.fault(format!("{} is {} and there {times} times", row.dedup_key, row.state));
            }
        }
        self.faults.extend(there.into_keys().map(|place| format!("a deck nobody sent: {place:?}")));
    }

    /// Each run of a schedule came to an end.
    async fn runs(&mut self, look: &mut Look) {
        let runs: Vec<(String, String, String)> =
            rows!(*look, "SELECT schedule_id, slot, state FROM schedule_run");
        for (schedule, slot, state) in runs {
            if !matches!(state.as_str(), "posted" | "skipped") {
                self.fault(format!("the run of {schedule} at {slot} is {state}"));
            }
        }
    }

    async fn whole(&mut self, look: &mut Look) {
        if let Look::Lite(c) = look {
            let said: Vec<(String,)> =
                sqlx::query_as("PRAGMA integrity_check").fetch_all(c).await.unwrap();
            if said != [("ok".to_owned(),)] {
                self.fault(format!("the file is not whole: {said:?}"));
            }
        }
    }

    async fn chain(&mut self, fleet: &Fleet) {
        let options = Options { migrate: false, connections: 2, ..Options::default() };
        let store = Store::open(&fleet.database.url, &options).await.unwrap();
        let mut reader = store.reader().await.unwrap();
        let workspace = workspaces::list(&mut reader).await.unwrap().remove(0).id;
        match verify(&mut reader, &workspace).await.unwrap() {
            Chain::Whole { rows } => self.deeds = rows,
            Chain::BrokenAt { seq } => self.fault(format!("the audit is broken at {seq}")),
        }
        drop(reader);
        store.close().await;
    }

    pub fn facts(&self) -> Vec<(&'static str, String)> {
        vec![
            ("requests", self.answers.clone()),
            ("answered Accepts", self.accepts.to_string()),
            ("proposals accepted, stale", format!("{}, {}", self.accepted, self.stale)),
            ("lost, applied twice", format!("{}, {}", self.lost, self.twice)),
            ("posts, decks", format!("{}, {}", self.posts, self.files)),
            ("posted twice, told unknown", format!("{}, {}", self.doubled, self.unknown)),
            ("revisions, audit rows", format!("{}, {}", self.revisions, self.deeds)),
        ]
    }

    /// Fails with everything that was found.
    pub fn must_be_clean(&self, plan: &Plan) {
        let faults = self.faults.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
        assert!(self.faults.is_empty(), "{faults}\n--- log\n{}", plan.words());
        assert!(self.accepts > 0 && self.posts > 0, "nothing happened in this run");
    }
}
