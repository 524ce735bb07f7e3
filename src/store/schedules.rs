//! Standing orders for reports.
//!
//! Every replica ticks: [`advance`] moves a schedule on by compare-and-swap, so one of them wins.

use jiff::Timestamp;
use jiff::civil::DateTime;
use tracing::warn;

use super::ask::{every, first, hit, json, odd, run, to_json};
use super::{Error, Reads, Result, Tx, statements};
use crate::conversation::inbound::{Actor, Place};
use crate::ids::{ScheduleId, WorkspaceId};
use crate::schedules::{Approval, Schedule, Slot, State};

statements! {
    /// Numbers are given once: one that was removed keeps its own.
    ADD = "INSERT INTO schedule (workspace_id, id, order_body, place, owner, owner_name, state, \
           approval, next_slot, next_due_at, revision, created_at, paused_because, number) \
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12, \
           (SELECT COALESCE(MAX(number), 0) + 1 FROM schedule WHERE workspace_id = $1)) \
           RETURNING number";
    LIST = "SELECT workspace_id, id, order_body, place, owner, owner_name, state, approval, \
            next_slot, next_due_at, created_at, number, paused_because FROM schedule \
            WHERE workspace_id = $1 AND state <> 'removed' ORDER BY number, created_at, id";
    GET = "SELECT workspace_id, id, order_body, place, owner, owner_name, state, approval, \
           next_slot, next_due_at, created_at, number, paused_because FROM schedule \
           WHERE workspace_id = $1 AND id = $2 AND state <> 'removed'";
    BY_NUMBER = "SELECT id FROM schedule \
                 WHERE workspace_id = $1 AND number = $2 AND state <> 'removed'";
    /// For the tick's own jobs, which name a schedule only.
    BY_ID = "SELECT workspace_id, id, order_body, place, owner, owner_name, state, approval, \
             next_slot, next_due_at, created_at, number, paused_because FROM schedule \
             WHERE id = $1 AND state <> 'removed'";
    /// Of all workspaces: the tick.
    DUE = "SELECT workspace_id, id, order_body, place, owner, owner_name, state, approval, \
           next_slot, next_due_at, created_at, number, paused_because FROM schedule \
           WHERE state = 'active' AND next_due_at <= $1 ORDER BY next_due_at, id LIMIT $2";
    /// By the tick, about what it found due.
    ADVANCE = "UPDATE schedule SET next_slot = $3, next_due_at = $4, revision = revision + 1 \
               WHERE id = $1 AND next_slot = $2 AND state = 'active'";
    /// By the tick, about what it found due and could not read.
    PUT_OFF = "UPDATE schedule SET next_due_at = $3 \
               WHERE id = $1 AND next_due_at <= $2 AND state = 'active'";
    SET_STATE = "UPDATE schedule SET state = $3, paused_because = $4, revision = revision + 1 \
                 WHERE workspace_id = $1 AND id = $2 AND state <> 'removed'";
    RESUME = "UPDATE schedule SET state = 'active', next_slot = $3, next_due_at = $4, \
              paused_because = '', revision = revision + 1 \
              WHERE workspace_id = $1 AND id = $2 AND state <> 'removed'";
    MOVE = "UPDATE schedule SET place = $3, order_body = $4, revision = revision + 1 \
            WHERE workspace_id = $1 AND id = $2 AND state <> 'removed'";
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
    /// What people call it by; given by [`add`], what is passed in is not looked at.
    pub number: i64,
    /// Why it was paused when nobody asked for it; empty otherwise.
    pub paused_because: String,
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
    number: i64,
    paused_because: String,
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
            number: self.number,
            paused_because: self.paused_because,
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

/// Keeps it; its number.
pub async fn add(tx: &mut Tx, new: &StoredSchedule) -> Result<i64> {
    let schedule = &new.schedule;
    let (next_slot, next_due_at) = columns(schedule.next);
    let given: Option<(i64,)> = first!(
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
        &new.paused_because,
    )?;
    given.map(|(number,)| number).ok_or(Error::Missing)
}

/// All that were not removed, by their numbers. One that does not read hides no other.
pub async fn list(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<Vec<StoredSchedule>> {
    let rows: Vec<Row> = every!(db, LIST, workspace.as_str())?;
    let read = rows.into_iter().map(|row| (row.id.clone(), row.read()));
    Ok(read.filter_map(|(id, read)| readable(&id, read)).collect())
}

/// What reads; what does not is left to the log.
pub(super) fn readable<T>(id: &str, read: Result<T>) -> Option<T> {
    read.inspect_err(|error| warn!(id, %error, "a schedule does not read and is not listed")).ok()
}

/// The one of this number, unless it was removed.
pub async fn by_number(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    number: i64,
) -> Result<Option<ScheduleId>> {
    let row: Option<(String,)> = first!(db, BY_NUMBER, workspace.as_str(), number)?;
    Ok(row.map(|(id,)| ScheduleId::from_stored(id)))
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

/// Runs no more until it is resumed; `because` is empty where somebody asked for that.
pub async fn pause(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &ScheduleId,
    because: &str,
) -> Result<()> {
    hit(run!(tx, SET_STATE, workspace.as_str(), id.as_str(), "paused", because)?)
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
    hit(run!(tx, SET_STATE, workspace.as_str(), id.as_str(), "removed", "")?)
}

/// It posts there from now on, under this name.
pub async fn move_to(tx: &mut Tx, stored: &StoredSchedule) -> Result<()> {
    let (ws, id) = (stored.workspace_id.as_str(), stored.schedule.id.as_str());
    let place = to_json("a schedule's place", &stored.to)?;
    let order = to_json("a schedule's order", &stored.schedule.order)?;
    hit(run!(tx, MOVE, ws, id, &place, &order)?)
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::civil::datetime;

    use super::super::fixtures::{at_once, message, settled, tamper};
    use super::super::runs::{NewRun, RunState, add_run, runs};
    use super::super::testing::{Fresh, both};
    use super::*;
    use crate::conversation::inbound::{Platform, Standing};
    use crate::schedules::{Cadence, DayRule, Order, Report, Timing, Zone};

    both!(
        a_schedule_comes_back_as_it_was_ordered,
        what_is_due_is_found_and_moved_on_by_one_of_eight,
        one_that_does_not_read_is_named_and_put_off,
        a_paused_schedule_is_not_due_and_does_not_move,
        a_removed_schedule_leaves_its_runs,
        a_number_is_given_once_and_stays,
        a_workspace_does_not_reach_the_schedules_of_another,
        states_that_there_are_not_are_refused,
    );

    pub(in crate::store) const NOMINAL: DateTime = datetime(2027, 1, 4, 9, 0, 0, 0);

    fn slot(nominal: DateTime) -> Slot {
        let due = nominal.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        Slot { nominal, due }
    }

    pub(in crate::store) fn due_at(nominal: DateTime) -> i64 {
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
            number: 0,
            paused_because: String::new(),
        }
    }

    pub(in crate::store) async fn added(
        db: &Fresh,
        workspace: &WorkspaceId,
        id: &str,
    ) -> StoredSchedule {
        let new = schedule(workspace, id, "leadership");
        let mut tx = db.store.begin().await.unwrap();
        let number = add(&mut tx, &new).await.unwrap();
        tx.commit().await.unwrap();
        StoredSchedule { number, ..new }
    }

    async fn a_schedule_comes_back_as_it_was_ordered(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let new = added(&db, &ws, "s").await;
        let mut never = schedule(&ws, "t", "board");
        (never.schedule.next, never.schedule.approval) = (None, Approval::Required);
        let mut tx = db.store.begin().await.unwrap();
        never.number = add(&mut tx, &never).await.unwrap();
        assert_eq!((new.number, never.number), (1, 2));
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

    pub(in crate::store) fn run_of<'a>(
        ws: &'a WorkspaceId,
        id: &'a ScheduleId,
        state: RunState,
    ) -> NewRun<'a> {
        let due_at = due_at(NOMINAL);
        NewRun { workspace: ws, schedule: id, slot: NOMINAL, due_at, state, note: "" }
    }

    async fn a_paused_schedule_is_not_due_and_does_not_move(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let id = added(&db, &ws, "s").await.schedule.id;
        let mut tx = db.store.begin().await.unwrap();
        pause(&mut tx, &ws, &id, "").await.unwrap();
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

    async fn a_number_is_given_once_and_stays(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        for (id, number) in [("s", 1), ("t", 2), ("u", 3)] {
            assert_eq!(added(&db, &ws, id).await.number, number);
        }
        assert_eq!(added(&db, &other, "x").await.number, 1);
        let mut tx = db.store.begin().await.unwrap();
        for id in ["s", "u"] {
            remove(&mut tx, &ws, &ScheduleId::from_stored(id)).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(added(&db, &ws, "y").await.number, 4, "none is given again");
        let mut reader = db.store.reader().await.unwrap();
        let listed = list(&mut reader, &ws).await.unwrap();
        assert_eq!(listed.iter().map(|one| one.number).collect::<Vec<_>>(), [2, 4]);
        let second = by_number(&mut reader, &ws, 2).await.unwrap();
        assert_eq!(second, Some(ScheduleId::from_stored("t")));
        assert_eq!(by_number(&mut reader, &ws, 1).await.unwrap(), None);
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
            pause(&mut tx, &other, &id, "").await.unwrap_err(),
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
