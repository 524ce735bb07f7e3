//! Standing orders for reports, their runs, and what was posted where.
//!
//! A run's name is (schedule, nominal slot). Every replica ticks: [`advance`] moves a schedule on by
//! compare-and-swap, so one of them wins; the run's primary key is the second lock.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::ask::{every, first, hit, json, odd, run, to_json};
use super::{Error, Reads, Result, Tx, statements};
use crate::conversation::inbound::{Actor, Place};
use crate::ids::{ScheduleId, WorkspaceId};
use crate::schedules::{Approval, Order, Schedule, Slot, State};

statements! {
    ADD = "INSERT INTO schedule (workspace_id, id, order_body, place, owner, owner_name, state, \
           approval, next_slot, next_due_at, revision, created_at) \
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11)";
    LIST = "SELECT workspace_id, id, order_body, place, owner, owner_name, state, approval, \
            next_slot, next_due_at, created_at FROM schedule \
            WHERE workspace_id = $1 AND state <> 'removed' ORDER BY created_at, id";
    GET = "SELECT workspace_id, id, order_body, place, owner, owner_name, state, approval, \
           next_slot, next_due_at, created_at FROM schedule \
           WHERE workspace_id = $1 AND id = $2 AND state <> 'removed'";
    /// For the tick's own jobs, which name a schedule only.
    BY_ID = "SELECT workspace_id, id, order_body, place, owner, owner_name, state, approval, \
             next_slot, next_due_at, created_at FROM schedule WHERE id = $1 AND state <> 'removed'";
    /// Of all workspaces: the tick.
    DUE = "SELECT workspace_id, id, order_body, place, owner, owner_name, state, approval, \
           next_slot, next_due_at, created_at FROM schedule \
           WHERE state = 'active' AND next_due_at <= $1 ORDER BY next_due_at, id LIMIT $2";
    /// By the tick, about what it found due.
    ADVANCE = "UPDATE schedule SET next_slot = $3, next_due_at = $4, revision = revision + 1 \
               WHERE id = $1 AND next_slot = $2 AND state = 'active'";
    /// By the tick, about what it found due and could not read.
    PUT_OFF = "UPDATE schedule SET next_due_at = $3 \
               WHERE id = $1 AND next_due_at <= $2 AND state = 'active'";
    SET_STATE = "UPDATE schedule SET state = $3, revision = revision + 1 \
                 WHERE workspace_id = $1 AND id = $2 AND state <> 'removed'";
    RESUME = "UPDATE schedule SET state = 'active', next_slot = $3, next_due_at = $4, \
              revision = revision + 1 WHERE workspace_id = $1 AND id = $2 AND state <> 'removed'";
    ADD_RUN = "INSERT INTO schedule_run (workspace_id, schedule_id, slot, due_at, state, note) \
               VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (workspace_id, schedule_id, slot) DO NOTHING";
    /// For the tick's own jobs, which name a schedule only.
    SET_RUN = "UPDATE schedule_run SET state = $3, note = $4 \
               WHERE workspace_id = (SELECT workspace_id FROM schedule WHERE id = $1) \
               AND schedule_id = $1 AND slot = $2";
    RUNS = "SELECT r.schedule_id, r.slot, r.due_at, r.state, r.note, s.order_body, s.place \
            FROM schedule_run r JOIN schedule s \
            ON s.workspace_id = r.workspace_id AND s.id = r.schedule_id \
            WHERE r.workspace_id = $1 ORDER BY r.due_at DESC, r.schedule_id LIMIT $2";
    CLAIM_POST = "INSERT INTO posted (workspace_id, kind, view_key, channel_key, period_label) \
                  VALUES ($1, $2, $3, $4, $5) \
                  ON CONFLICT (workspace_id, kind, view_key, channel_key, period_label) DO NOTHING";
    RELEASE_POST = "DELETE FROM posted WHERE workspace_id = $1 AND kind = $2 AND view_key = $3 \
                    AND channel_key = $4 AND period_label = $5";
}

/// A schedule, with where it posts and whom it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSchedule {
    pub workspace_id: WorkspaceId,
    pub schedule: Schedule,
    /// The channel to post to.
    pub to: Place,
    /// Told when a run cannot be posted.
    pub owner: Actor,
    pub owner_name: String,
    pub created_at: i64,
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
    /// The channel as it was typed; none where it was not.
    pub channel: Option<String>,
    pub to: Place,
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
struct Row {
    workspace_id: String,
    id: String,
    order_body: String,
    place: String,
    owner: String,
    owner_name: String,
    state: String,
    approval: String,
    next_slot: String,
    next_due_at: Option<i64>,
    created_at: i64,
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
}

impl Row {
    fn read(self) -> Result<StoredSchedule> {
        let next = self.next_due_at.map(|due| slot(&self.next_slot, due)).transpose()?;
        Ok(StoredSchedule {
            workspace_id: WorkspaceId::from_stored(self.workspace_id),
            schedule: Schedule {
                id: ScheduleId::from_stored(self.id),
                order: json("a schedule's order", &self.order_body)?,
                state: state(&self.state)?,
                approval: approval(&self.approval)?,
                next,
            },
            to: json("a schedule's place", &self.place)?,
            owner: json("a schedule's owner", &self.owner)?,
            owner_name: self.owner_name,
            created_at: self.created_at,
        })
    }
}

impl RunRow {
    fn read(self) -> Result<Run> {
        let order: Order = json("a schedule's order", &self.order_body)?;
        let place: Place = json("a schedule's place", &self.place)?;
        Ok(Run {
            schedule: ScheduleId::from_stored(self.schedule_id),
            slot: self.slot,
            due_at: self.due_at,
            state: RunState::parse(&self.state).ok_or_else(|| odd("a run's state", &self.state))?,
            note: self.note,
            report: order.report.label().to_owned(),
            channel: order.channel,
            to: place,
        })
    }
}

fn slot(nominal: &str, due: i64) -> Result<Slot> {
    let due = Timestamp::from_millisecond(due).map_err(|_| odd("a slot's due time", due))?;
    Ok(Slot { nominal: nominal.parse().map_err(|_| odd("a slot", nominal))?, due })
}

/// The two columns of the next slot.
fn columns(next: Option<Slot>) -> (String, Option<i64>) {
    next.map_or((String::new(), None), |slot| {
        (slot.nominal.to_string(), Some(slot.due.as_millisecond()))
    })
}

fn state_word(state: State) -> &'static str {
    match state {
        State::Active => "active",
        State::Paused => "paused",
    }
}

fn state(stored: &str) -> Result<State> {
    let known = [State::Active, State::Paused];
    let found = known.into_iter().find(|state| state_word(*state) == stored);
    found.ok_or_else(|| odd("a schedule's state", stored))
}

fn approval_word(approval: Approval) -> &'static str {
    match approval {
        Approval::Off => "off",
        Approval::Required => "required",
    }
}

fn approval(stored: &str) -> Result<Approval> {
    let known = [Approval::Off, Approval::Required];
    let found = known.into_iter().find(|approval| approval_word(*approval) == stored);
    found.ok_or_else(|| odd("a schedule's approval", stored))
}

pub async fn add(tx: &mut Tx, new: &StoredSchedule) -> Result<()> {
    let schedule = &new.schedule;
    let (next_slot, next_due_at) = columns(schedule.next);
    run!(
        tx,
        ADD,
        new.workspace_id.as_str(),
        schedule.id.as_str(),
        to_json("a schedule's order", &schedule.order)?,
        to_json("a schedule's place", &new.to)?,
        to_json("a schedule's owner", &new.owner)?,
        &new.owner_name,
        state_word(schedule.state),
        approval_word(schedule.approval),
        &next_slot,
        next_due_at,
        new.created_at,
    )?;
    Ok(())
}

/// All that were not removed, oldest first.
pub async fn list(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<Vec<StoredSchedule>> {
    let rows: Vec<Row> = every!(db, LIST, workspace.as_str())?;
    rows.into_iter().map(Row::read).collect()
}

pub async fn get(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    id: &ScheduleId,
) -> Result<Option<StoredSchedule>> {
    let row: Option<Row> = first!(db, GET, workspace.as_str(), id.as_str())?;
    row.map(Row::read).transpose()
}

/// A schedule of whichever workspace: only for the id in a job that the tick made.
pub async fn by_id(db: &mut impl Reads, id: &ScheduleId) -> Result<Option<StoredSchedule>> {
    let row: Option<Row> = first!(db, BY_ID, id.as_str())?;
    row.map(Row::read).transpose()
}

/// Active ones of every workspace that are due by now, the longest due first. One that does not read
/// keeps no other from its turn: its id comes with the reason.
pub async fn due(
    db: &mut impl Reads,
    now: i64,
    limit: i64,
) -> Result<Vec<std::result::Result<StoredSchedule, (ScheduleId, Error)>>> {
    let rows: Vec<Row> = every!(db, DUE, now, limit)?;
    let read = rows.into_iter().map(|row| {
        let id = ScheduleId::from_stored(row.id.clone());
        row.read().map_err(|error| (id, error))
    });
    Ok(read.collect())
}

/// One that does not read and was due by `now` is not looked at again before `until`; false when
/// somebody else has put it off. Its slot stays, so that a later version which reads it goes on from
/// there.
pub async fn put_off(tx: &mut Tx, id: &ScheduleId, (now, until): (i64, i64)) -> Result<bool> {
    Ok(run!(tx, PUT_OFF, id.as_str(), now, until)? == 1)
}

/// Moves a schedule on from the slot that was due; false when somebody else has done so, or it was
/// paused meanwhile.
pub async fn advance(
    tx: &mut Tx,
    id: &ScheduleId,
    from: DateTime,
    to: Option<Slot>,
) -> Result<bool> {
    let (next_slot, next_due_at) = columns(to);
    let from = from.to_string();
    Ok(run!(tx, ADVANCE, id.as_str(), &from, &next_slot, next_due_at)? == 1)
}

pub async fn pause(tx: &mut Tx, workspace: &WorkspaceId, id: &ScheduleId) -> Result<()> {
    hit(run!(tx, SET_STATE, workspace.as_str(), id.as_str(), "paused")?)
}

/// Runs again, from `next` on: what would have been due meanwhile is not caught up.
pub async fn resume(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &ScheduleId,
    next: Option<Slot>,
) -> Result<()> {
    let (next_slot, next_due_at) = columns(next);
    hit(run!(tx, RESUME, workspace.as_str(), id.as_str(), &next_slot, next_due_at)?)
}

/// It is gone for people; its runs stay in the list of deliveries.
pub async fn remove(tx: &mut Tx, workspace: &WorkspaceId, id: &ScheduleId) -> Result<()> {
    hit(run!(tx, SET_STATE, workspace.as_str(), id.as_str(), "removed")?)
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
    rows.into_iter().map(RunRow::read).collect()
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

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::super::fixtures::{at_once, message, settled, tamper};
    use super::super::testing::{Fresh, both};
    use super::*;
    use crate::conversation::inbound::{Platform, Standing};
    use crate::schedules::{Cadence, DayRule, Report, Timing, Zone};

    both!(
        a_schedule_comes_back_as_it_was_ordered,
        what_is_due_is_found_and_moved_on_by_one_of_eight,
        one_that_does_not_read_is_named_and_put_off,
        a_paused_schedule_is_not_due_and_does_not_move,
        a_removed_schedule_leaves_its_runs,
        a_slot_has_one_run,
        one_report_is_claimed_once_per_channel_and_period,
        a_workspace_does_not_reach_the_schedules_of_another,
        states_that_there_are_not_are_refused,
    );

    const NOMINAL: DateTime = datetime(2027, 1, 4, 9, 0, 0, 0);

    fn slot(nominal: DateTime) -> Slot {
        let due = nominal.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        Slot { nominal, due }
    }

    fn due_at(nominal: DateTime) -> i64 {
        slot(nominal).due.as_millisecond()
    }

    fn schedule(workspace: &WorkspaceId, id: &str, channel: &str) -> StoredSchedule {
        let timing = Timing {
            cadence: Cadence::Monthly { day: DayRule::NthBusinessDay { n: 1 } },
            at: jiff::civil::time(9, 0, 0, 0),
            zone: Zone::read("Europe/London").unwrap(),
        };
        let channel = Some(format!("#{channel}"));
        StoredSchedule {
            workspace_id: workspace.clone(),
            schedule: Schedule {
                id: ScheduleId::from_stored(id),
                order: Order { report: Report::Quarterly, view: None, channel, timing },
                state: State::Active,
                approval: Approval::Off,
                next: Some(slot(NOMINAL)),
            },
            to: message("C1", "1").place,
            owner: Actor {
                platform: Platform::Slack,
                team: "T1".to_owned(),
                user: "U1".to_owned(),
                name: Some("Ana".to_owned()),
                standing: Standing::Full,
            },
            owner_name: "Ana".to_owned(),
            created_at: 4,
        }
    }

    async fn added(db: &Fresh, workspace: &WorkspaceId, id: &str) -> StoredSchedule {
        let new = schedule(workspace, id, "leadership");
        let mut tx = db.store.begin().await.unwrap();
        add(&mut tx, &new).await.unwrap();
        tx.commit().await.unwrap();
        new
    }

    async fn a_schedule_comes_back_as_it_was_ordered(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let new = added(&db, &ws, "s").await;
        let mut never = schedule(&ws, "t", "board");
        (never.schedule.next, never.schedule.approval) = (None, Approval::Required);
        let mut tx = db.store.begin().await.unwrap();
        add(&mut tx, &never).await.unwrap();
        assert_eq!(get(&mut tx, &ws, &new.schedule.id).await.unwrap(), Some(new.clone()));
        assert_eq!(by_id(&mut tx, &new.schedule.id).await.unwrap(), Some(new.clone()));
        assert_eq!(list(&mut tx, &ws).await.unwrap(), [new, never]);
    }

    async fn what_is_due_is_found_and_moved_on_by_one_of_eight(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let new = added(&db, &ws, "s").await;
        added(&db, &other, "t").await;
        let mut reader = db.store.reader().await.unwrap();
        assert!(due(&mut reader, due_at(NOMINAL) - 1, 9).await.unwrap().is_empty());
        assert_eq!(due(&mut reader, due_at(NOMINAL), 9).await.unwrap().len(), 2);
        let first = due(&mut reader, due_at(NOMINAL), 1).await.unwrap();
        assert_eq!(first.len(), 1);
        assert_eq!(first[0].as_ref().unwrap(), &new);
        drop(reader);
        let later = datetime(2027, 4, 5, 9, 0, 0, 0);
        let (store, id, of) = (db.store.clone(), new.schedule.id.clone(), ws.clone());
        let won = at_once(move |_| {
            let (store, id, ws) = (store.clone(), id.clone(), of.clone());
            async move {
                let mut tx = store.begin().await.unwrap();
                let won = advance(&mut tx, &id, NOMINAL, Some(slot(later))).await.unwrap();
                let run = run_of(&ws, &id, RunState::Started);
                let ran = won && add_run(&mut tx, &run).await.unwrap();
                tx.commit().await.unwrap();
                (won, ran)
            }
        });
        let won: Vec<_> = won.await.into_iter().filter(|(won, _)| *won).collect();
        assert_eq!(won, [(true, true)]);
        let mut reader = db.store.reader().await.unwrap();
        let found = get(&mut reader, &ws, &new.schedule.id).await.unwrap().unwrap();
        assert_eq!(found.schedule.next, Some(slot(later)));
        assert_eq!(due(&mut reader, due_at(NOMINAL), 9).await.unwrap().len(), 1);
    }

    async fn one_that_does_not_read_is_named_and_put_off(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let odd = added(&db, &ws, "s").await.schedule.id;
        tamper(&db.store, "UPDATE schedule SET order_body = '{}'").await.unwrap();
        let good = added(&db, &ws, "t").await;
        let mut tx = db.store.begin().await.unwrap();
        let mut found = due(&mut tx, due_at(NOMINAL), 9).await.unwrap().into_iter();
        let (named, _) = found.next().unwrap().unwrap_err();
        assert_eq!(named, odd);
        assert_eq!(found.next().unwrap().unwrap(), good);
        let hour = (due_at(NOMINAL), due_at(NOMINAL) + 5);
        assert!(put_off(&mut tx, &odd, hour).await.unwrap());
        assert!(!put_off(&mut tx, &odd, hour).await.unwrap(), "once");
        assert_eq!(due(&mut tx, due_at(NOMINAL) + 4, 9).await.unwrap().len(), 1);
        assert_eq!(due(&mut tx, due_at(NOMINAL) + 5, 9).await.unwrap().len(), 2);
    }

    fn run_of<'a>(ws: &'a WorkspaceId, id: &'a ScheduleId, state: RunState) -> NewRun<'a> {
        let due_at = due_at(NOMINAL);
        NewRun { workspace: ws, schedule: id, slot: NOMINAL, due_at, state, note: "" }
    }

    async fn a_paused_schedule_is_not_due_and_does_not_move(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let id = added(&db, &ws, "s").await.schedule.id;
        let mut tx = db.store.begin().await.unwrap();
        pause(&mut tx, &ws, &id).await.unwrap();
        assert!(due(&mut tx, i64::MAX, 9).await.unwrap().is_empty());
        assert!(!advance(&mut tx, &id, NOMINAL, None).await.unwrap());
        let paused = get(&mut tx, &ws, &id).await.unwrap().unwrap().schedule;
        assert_eq!((paused.state, paused.next), (State::Paused, Some(slot(NOMINAL))));
        let later = datetime(2027, 4, 5, 9, 0, 0, 0);
        resume(&mut tx, &ws, &id, Some(slot(later))).await.unwrap();
        assert!(!advance(&mut tx, &id, NOMINAL, None).await.unwrap(), "it moved on meanwhile");
        assert!(advance(&mut tx, &id, later, None).await.unwrap());
        assert_eq!(get(&mut tx, &ws, &id).await.unwrap().unwrap().schedule.next, None);
        assert!(due(&mut tx, i64::MAX, 9).await.unwrap().is_empty());
    }

    async fn a_removed_schedule_leaves_its_runs(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let id = added(&db, &ws, "s").await.schedule.id;
        let mut tx = db.store.begin().await.unwrap();
        add_run(&mut tx, &run_of(&ws, &id, RunState::Started)).await.unwrap();
        remove(&mut tx, &ws, &id).await.unwrap();
        assert_eq!(list(&mut tx, &ws).await.unwrap(), []);
        assert_eq!(get(&mut tx, &ws, &id).await.unwrap(), None);
        assert_eq!(by_id(&mut tx, &id).await.unwrap(), None);
        assert!(due(&mut tx, i64::MAX, 9).await.unwrap().is_empty());
        let back = resume(&mut tx, &ws, &id, None).await;
        assert!(matches!(back, Err(Error::Missing)), "{back:?}");
        assert_eq!(runs(&mut tx, &ws, 9).await.unwrap().len(), 1);
    }

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

    async fn a_workspace_does_not_reach_the_schedules_of_another(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let id = added(&db, &ws, "s").await.schedule.id;
        let mut tx = db.store.begin().await.unwrap();
        add_run(&mut tx, &run_of(&ws, &id, RunState::Started)).await.unwrap();
        assert_eq!(get(&mut tx, &other, &id).await.unwrap(), None);
        assert_eq!(list(&mut tx, &other).await.unwrap(), []);
        assert_eq!(runs(&mut tx, &other, 9).await.unwrap(), []);
        let errors = [
            pause(&mut tx, &other, &id).await.unwrap_err(),
            resume(&mut tx, &other, &id, None).await.unwrap_err(),
            remove(&mut tx, &other, &id).await.unwrap_err(),
        ];
        assert!(errors.iter().all(|error| matches!(error, Error::Missing)), "{errors:?}");
        let stray = add_run(&mut tx, &run_of(&other, &id, RunState::Started)).await;
        assert!(matches!(stray, Err(Error::Conflict(_))), "{stray:?}");
    }

    async fn states_that_there_are_not_are_refused(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let id = added(&db, &ws, "s").await.schedule.id;
        let mut tx = db.store.begin().await.unwrap();
        add_run(&mut tx, &run_of(&ws, &id, RunState::Started)).await.unwrap();
        tx.commit().await.unwrap();
        for wrong in [
            "UPDATE schedule SET state = 'asleep'",
            "UPDATE schedule SET approval = 'maybe'",
            "UPDATE schedule SET next_slot = ''",
            "UPDATE schedule_run SET state = 'lost'",
            "INSERT INTO posted VALUES ('w', 'weekly', '', 'c', 'p')",
        ] {
            assert!(tamper(&db.store, wrong).await.is_err(), "{wrong}");
        }
    }
}
