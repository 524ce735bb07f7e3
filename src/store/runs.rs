//! What became of the runs of schedules, and which periods were posted where.
//!
//! A run's name is (schedule, nominal slot); its primary key is the second lock against a second run.

use std::collections::BTreeSet;

use jiff::civil::DateTime;

use super::ask::{every, hit, json, odd, run};
use super::deliveries::Deck;
use super::schedules::readable;
use super::{Reads, Result, Tx, statements};
use crate::conversation::inbound::Place;
use crate::ids::{ReportId, ScheduleId, WorkspaceId};
use crate::schedules::{Order, Zone};

statements! {
    ADD_RUN = "INSERT INTO schedule_run (workspace_id, schedule_id, slot, due_at, state, note) \
               VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (workspace_id, schedule_id, slot) DO NOTHING";
    /// For the tick's own jobs, which name a schedule only.
    SET_RUN = "UPDATE schedule_run SET state = $3, note = $4 \
               WHERE workspace_id = (SELECT workspace_id FROM schedule WHERE id = $1) \
               AND schedule_id = $1 AND slot = $2";
    RUNS = "SELECT r.schedule_id, r.slot, r.due_at, r.state, r.note, s.order_body, s.place, \
            s.number, d.report_id, d.deck, d.deck_note FROM schedule_run r JOIN schedule s \
            ON s.workspace_id = r.workspace_id AND s.id = r.schedule_id LEFT JOIN delivery d \
            ON d.workspace_id = r.workspace_id AND d.schedule_id = r.schedule_id \
            AND d.slot = r.slot \
            WHERE r.workspace_id = $1 ORDER BY r.due_at DESC, r.schedule_id LIMIT $2";
    CLAIM_POST = "INSERT INTO posted (workspace_id, kind, view_key, channel_key, period_label) \
                  VALUES ($1, $2, $3, $4, $5) \
                  ON CONFLICT (workspace_id, kind, view_key, channel_key, period_label) DO NOTHING";
    RELEASE_POST = "DELETE FROM posted WHERE workspace_id = $1 AND kind = $2 AND view_key = $3 \
                    AND channel_key = $4 AND period_label = $5";
    CLAIMED = "SELECT period_label FROM posted \
               WHERE workspace_id = $1 AND kind = $2 AND view_key = $3 AND channel_key = $4";
    /// What was posted under one name of a channel was posted under the other.
    CLAIMS_TO = "INSERT INTO posted (workspace_id, kind, view_key, channel_key, period_label) \
                 SELECT workspace_id, kind, view_key, $3, period_label FROM posted \
                 WHERE workspace_id = $1 AND channel_key = $2 \
                 ON CONFLICT (workspace_id, kind, view_key, channel_key, period_label) DO NOTHING";
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunState {
    /// Its job is under way.
    Started,
    /// Its message is in the outbox.
    Sending,
    Posted,
    /// Missed, or posted there before; never run.
    Skipped,
    /// There was nothing to post; the note says why.
    Held,
    /// The platform refused the message, or nobody knows.
    Failed,
}

impl RunState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Started, Self::Sending, Self::Posted, Self::Skipped, Self::Held, Self::Failed];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Sending => "sending",
            Self::Posted => "posted",
            Self::Skipped => "skipped",
            Self::Held => "held",
            Self::Failed => "failed",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A run to remember.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRun<'a> {
    pub workspace: &'a WorkspaceId,
    pub schedule: &'a ScheduleId,
    /// The nominal time.
    pub slot: DateTime,
    pub due_at: i64,
    pub state: RunState,
    pub note: &'a str,
}

/// A run as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub schedule: ScheduleId,
    pub slot: String,
    pub due_at: i64,
    pub state: RunState,
    pub note: String,
    /// The report's name for people.
    pub report: String,
    /// The channel as it was named; none where it was not.
    pub channel: Option<String>,
    pub to: Place,
    /// The number of its schedule.
    pub number: i64,
    /// The zone of its schedule.
    pub zone: Zone,
    /// The report that was made for it, and how its deck stands.
    pub made: Option<(ReportId, Deck)>,
}

/// What is posted once: this report under this view, to this channel, about this period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    pub workspace: &'a WorkspaceId,
    /// `summary`, `quarterly` or `annual`.
    pub report: &'a str,
    /// Names the filters; empty for all partners.
    pub view: &'a str,
    /// The channel with its platform and team.
    pub lane: &'a str,
    pub period: &'a str,
}

#[derive(sqlx::FromRow)]
struct RunRow {
    schedule_id: String,
    slot: String,
    due_at: i64,
    state: String,
    note: String,
    order_body: String,
    place: String,
    number: i64,
    report_id: Option<String>,
    deck: Option<String>,
    deck_note: Option<String>,
}

impl RunRow {
    fn read(self) -> Result<Run> {
        let order: Order = json("a schedule's order", &self.order_body)?;
        let place: Place = json("a schedule's place", &self.place)?;
        let deck = self.deck.map(|deck| Deck::read(&deck, self.deck_note.unwrap_or_default()));
        let made = self.report_id.map(ReportId::from_stored).zip(deck.transpose()?);
        Ok(Run {
            schedule: ScheduleId::from_stored(self.schedule_id),
            slot: self.slot,
            due_at: self.due_at,
            state: RunState::parse(&self.state).ok_or_else(|| odd("a run's state", &self.state))?,
            note: self.note,
            report: order.report.label().to_owned(),
            channel: order.channel,
            to: place,
            number: self.number,
            zone: order.timing.zone,
            made,
        })
    }
}

/// Remembers a run; false when this slot has one already.
pub async fn add_run(tx: &mut Tx, new: &NewRun<'_>) -> Result<bool> {
    let rows = run!(
        tx,
        ADD_RUN,
        new.workspace.as_str(),
        new.schedule.as_str(),
        new.slot.to_string(),
        new.due_at,
        new.state.as_str(),
        new.note,
    )?;
    Ok(rows == 1)
}

/// What became of a run.
pub async fn set_run(
    tx: &mut Tx,
    schedule: &ScheduleId,
    slot: DateTime,
    (state, note): (RunState, &str),
) -> Result<()> {
    let slot = slot.to_string();
    hit(run!(tx, SET_RUN, schedule.as_str(), &slot, state.as_str(), note)?)
}

/// The latest runs, newest first, those of removed schedules too.
pub async fn runs(db: &mut impl Reads, workspace: &WorkspaceId, limit: i64) -> Result<Vec<Run>> {
    let rows: Vec<RunRow> = every!(db, RUNS, workspace.as_str(), limit)?;
    let read = rows.into_iter().map(|row| (row.schedule_id.clone(), row.read()));
    Ok(read.filter_map(|(id, read)| readable(&id, read)).collect())
}

/// Claims the one post of a report in a channel; false when it was claimed before.
pub async fn claim_post(tx: &mut Tx, claim: &Claim<'_>) -> Result<bool> {
    let (ws, report) = (claim.workspace.as_str(), claim.report);
    Ok(run!(tx, CLAIM_POST, ws, report, claim.view, claim.lane, claim.period)? == 1)
}

/// What was claimed was surely not posted: another run may.
pub async fn release_post(tx: &mut Tx, claim: &Claim<'_>) -> Result<()> {
    let (ws, report) = (claim.workspace.as_str(), claim.report);
    run!(tx, RELEASE_POST, ws, report, claim.view, claim.lane, claim.period)?;
    Ok(())
}

/// The periods of a report that were posted to a channel, or are on their way.
pub async fn claimed(db: &mut impl Reads, of: &Claim<'_>) -> Result<BTreeSet<String>> {
    let (ws, report) = (of.workspace.as_str(), of.report);
    let rows: Vec<(String,)> = every!(db, CLAIMED, ws, report, of.view, of.lane)?;
    Ok(rows.into_iter().map(|(period,)| period).collect())
}

/// A channel that was known by a name is known by its id now: what was posted there stays posted.
pub async fn claims_to(tx: &mut Tx, workspace: &WorkspaceId, from: &str, to: &str) -> Result<()> {
    run!(tx, CLAIMS_TO, workspace.as_str(), from, to)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::super::Error;
    use super::super::fixtures::settled;
    use super::super::schedules::tests::{NOMINAL, added, due_at, run_of};
    use super::super::testing::{Fresh, both};
    use super::*;

    both!(
        a_slot_has_one_run,
        one_report_is_claimed_once_per_channel_and_period,
        what_was_posted_under_a_name_was_posted_under_the_id,
    );

    async fn a_slot_has_one_run(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let id = added(&db, &ws, "s").await.schedule.id;
        let mut tx = db.store.begin().await.unwrap();
        assert!(add_run(&mut tx, &run_of(&ws, &id, RunState::Started)).await.unwrap());
        assert!(!add_run(&mut tx, &run_of(&ws, &id, RunState::Skipped)).await.unwrap());
        for state in RunState::ALL {
            set_run(&mut tx, &id, NOMINAL, (state, "why")).await.unwrap();
            assert_eq!(runs(&mut tx, &ws, 9).await.unwrap()[0].state, state);
        }
        let listed = runs(&mut tx, &ws, 9).await.unwrap();
        let expected = Run {
            schedule: id.clone(),
            slot: "2027-01-04T09:00:00".to_owned(),
            due_at: due_at(NOMINAL),
            state: RunState::Failed,
            note: "why".to_owned(),
            report: "quarterly review".to_owned(),
            channel: Some("#leadership".to_owned()),
            to: listed[0].to.clone(),
            number: 1,
            zone: Zone::read("Europe/London").unwrap(),
            made: None,
        };
        assert_eq!(listed, [expected]);
        let earlier = datetime(2026, 10, 5, 9, 0, 0, 0);
        let none = set_run(&mut tx, &id, earlier, (RunState::Posted, "")).await;
        assert!(matches!(none, Err(Error::Missing)), "{none:?}");
    }

    async fn one_report_is_claimed_once_per_channel_and_period(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let claim = |period: &'static str| Claim {
            workspace: &ws,
            report: "quarterly",
            view: "",
            lane: "slack:T1:C1",
            period,
        };
        let mut tx = db.store.begin().await.unwrap();
        assert!(claim_post(&mut tx, &claim("FY2026-Q3")).await.unwrap());
        assert!(!claim_post(&mut tx, &claim("FY2026-Q3")).await.unwrap());
        let others = [
            claim("FY2026-Q4"),
            Claim { view: "board", ..claim("FY2026-Q3") },
            Claim { lane: "slack:T1:C2", ..claim("FY2026-Q3") },
            Claim { report: "annual", ..claim("FY2026-Q3") },
            Claim { workspace: &other, ..claim("FY2026-Q3") },
        ];
        for claim in others {
            assert!(claim_post(&mut tx, &claim).await.unwrap(), "{claim:?}");
        }
        release_post(&mut tx, &claim("FY2026-Q3")).await.unwrap();
        assert!(claim_post(&mut tx, &claim("FY2026-Q3")).await.unwrap());
        assert!(!claim_post(&mut tx, &claim("FY2026-Q4")).await.unwrap(), "the others stay");
    }

    async fn what_was_posted_under_a_name_was_posted_under_the_id(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let claim = |lane: &'static str, period: &'static str| Claim {
            workspace: &ws,
            report: "quarterly",
            view: "",
            lane,
            period,
        };
        let mut tx = db.store.begin().await.unwrap();
        for (lane, period) in [("#p", "Q1"), ("#p", "Q2"), ("C1", "Q2"), ("C1", "Q3")] {
            assert!(claim_post(&mut tx, &claim(lane, period)).await.unwrap());
        }
        claims_to(&mut tx, &ws, "#p", "C1").await.unwrap();
        let both = claimed(&mut tx, &claim("C1", "")).await.unwrap();
        assert_eq!(both.into_iter().collect::<Vec<_>>(), ["Q1", "Q2", "Q3"]);
    }
}
