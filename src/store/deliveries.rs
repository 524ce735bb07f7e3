//! Reports on their way to people, asked for by hand or made by a schedule, and their decks.
//!
//! A message may stand without its deck: the deck has a state of its own.

use super::ask::{every, first, hit, json, odd, run, to_json};
use super::runs::RunState;
use super::{Reads, Result, Tx, statements};
use crate::conversation::inbound::Place;
use crate::ids::{ReportId, ScheduleId, WorkspaceId};

statements! {
    ADD = "INSERT INTO delivery (workspace_id, report_id, schedule_id, slot, kind, period_label, \
           place, lane, channel, asked_by, at, state, note, tries, deck, deck_note, deck_tries) \
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', 1, 'waiting', '', 0) \
           ON CONFLICT (workspace_id, report_id) DO NOTHING";
    GET = "SELECT report_id, schedule_id, slot, kind, period_label, place, channel, asked_by, at, \
           state, note, tries, deck, deck_note, deck_tries FROM delivery \
           WHERE workspace_id = $1 AND report_id = $2";
    BY_HAND = "SELECT report_id, schedule_id, slot, kind, period_label, place, channel, asked_by, \
               at, state, note, tries, deck, deck_note, deck_tries FROM delivery \
               WHERE workspace_id = $1 AND schedule_id = '' ORDER BY at DESC, report_id DESC LIMIT $2";
    POSTED = "SELECT report_id, schedule_id, slot, kind, period_label, place, channel, asked_by, \
              at, state, note, tries, deck, deck_note, deck_tries FROM delivery \
              WHERE workspace_id = $1 AND lane = $2 AND period_label = $3 AND kind = $4 \
              AND state = 'posted' ORDER BY at DESC, report_id DESC LIMIT 1";
    SET = "UPDATE delivery SET state = $3, note = $4 WHERE workspace_id = $1 AND report_id = $2";
    SET_PERIOD = "UPDATE delivery SET period_label = $3 \
                  WHERE workspace_id = $1 AND report_id = $2";
    AGAIN = "UPDATE delivery SET state = 'sending', note = '', tries = tries + 1 \
             WHERE workspace_id = $1 AND report_id = $2 AND state = 'failed'";
    SET_DECK = "UPDATE delivery SET deck = $3, deck_note = $4 \
                WHERE workspace_id = $1 AND report_id = $2";
    DECK_AGAIN = "UPDATE delivery SET deck = 'sending', deck_note = '', \
                  deck_tries = deck_tries + 1 \
                  WHERE workspace_id = $1 AND report_id = $2 AND deck IN ('waiting', 'missing')";
}

/// How the deck of a posted report stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deck {
    /// Its message is not out yet.
    Waiting,
    Sending,
    Sent,
    /// The message stands without it; why.
    Missing(String),
}

impl Deck {
    /// Every state's word, as stored.
    pub const WORDS: [&str; 4] = ["waiting", "sending", "sent", "missing"];

    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Missing(_) => "missing",
        }
    }

    pub(super) fn read(word: &str, note: String) -> Result<Self> {
        match word {
            "waiting" => Ok(Self::Waiting),
            "sending" => Ok(Self::Sending),
            "sent" => Ok(Self::Sent),
            "missing" => Ok(Self::Missing(note)),
            other => Err(odd("a deck's state", other)),
        }
    }

    fn note(&self) -> &str {
        match self {
            Self::Missing(why) => why,
            Self::Waiting | Self::Sending | Self::Sent => "",
        }
    }
}

/// A report on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub report: ReportId,
    /// The schedule and the slot it was made for; none when somebody asked for it.
    pub run: Option<(ScheduleId, String)>,
    /// `summary`, `quarterly` or `annual`.
    pub kind: String,
    /// The label of its time; empty until it is made.
    pub period: String,
    pub to: Place,
    /// The channel as people call it; empty for a direct chat.
    pub channel: String,
    /// Whose schedule it is, or who asked.
    pub by: String,
    pub at: i64,
    pub state: RunState,
    pub note: String,
    /// How often it was put into the outbox.
    pub tries: i64,
    pub deck: Deck,
    pub deck_tries: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    report_id: String,
    schedule_id: String,
    slot: String,
    kind: String,
    period_label: String,
    place: String,
    channel: String,
    asked_by: String,
    at: i64,
    state: String,
    note: String,
    tries: i64,
    deck: String,
    deck_note: String,
    deck_tries: i64,
}

impl Row {
    fn read(self) -> Result<Delivery> {
        let by_hand = self.schedule_id.is_empty();
        Ok(Delivery {
            report: ReportId::from_stored(self.report_id),
            run: (!by_hand).then(|| (ScheduleId::from_stored(self.schedule_id), self.slot)),
            kind: self.kind,
            period: self.period_label,
            to: json("a delivery's place", &self.place)?,
            channel: self.channel,
            by: self.asked_by,
            at: self.at,
            state: RunState::parse(&self.state)
                .ok_or_else(|| odd("a delivery's state", &self.state))?,
            note: self.note,
            tries: self.tries,
            deck: Deck::read(&self.deck, self.deck_note)?,
            deck_tries: self.deck_tries,
        })
    }
}

/// Remembers one, with its state; false when it is known already. Notes and decks come later.
pub async fn add(tx: &mut Tx, workspace: &WorkspaceId, new: &Delivery) -> Result<bool> {
    let none = (ScheduleId::from_stored(""), String::new());
    let (schedule, slot) = new.run.as_ref().unwrap_or(&none);
    let rows = run!(
        tx,
        ADD,
        workspace.as_str(),
        new.report.as_str(),
        schedule.as_str(),
        slot,
        &new.kind,
        &new.period,
        to_json("a delivery's place", &new.to)?,
        new.to.lane(),
        &new.channel,
        &new.by,
        new.at,
        new.state.as_str(),
    )?;
    Ok(rows == 1)
}

pub async fn get(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    report: &ReportId,
) -> Result<Option<Delivery>> {
    let row: Option<Row> = first!(db, GET, workspace.as_str(), report.as_str())?;
    row.map(Row::read).transpose()
}

/// What people asked for, newest first.
pub async fn by_hand(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    limit: i64,
) -> Result<Vec<Delivery>> {
    let rows: Vec<Row> = every!(db, BY_HAND, workspace.as_str(), limit)?;
    rows.into_iter().map(Row::read).collect()
}

/// The latest post of a report about a period in a lane.
pub async fn posted(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    (lane, kind, period): (&str, &str, &str),
) -> Result<Option<Delivery>> {
    let row: Option<Row> = first!(db, POSTED, workspace.as_str(), lane, period, kind)?;
    row.map(Row::read).transpose()
}

/// How it stands, and why. One that an earlier release sent is not known, which is no error.
pub async fn set(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    report: &ReportId,
    (state, note): (RunState, &str),
) -> Result<()> {
    run!(tx, SET, workspace.as_str(), report.as_str(), state.as_str(), note)?;
    Ok(())
}

/// The time that it turned out to speak about.
pub async fn set_period(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    report: &ReportId,
    period: &str,
) -> Result<()> {
    hit(run!(tx, SET_PERIOD, workspace.as_str(), report.as_str(), period)?)
}

/// It is sent once more; false when it is not one that failed.
pub async fn again(tx: &mut Tx, workspace: &WorkspaceId, report: &ReportId) -> Result<bool> {
    Ok(run!(tx, AGAIN, workspace.as_str(), report.as_str())? == 1)
}

pub async fn set_deck(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    report: &ReportId,
    deck: &Deck,
) -> Result<()> {
    run!(tx, SET_DECK, workspace.as_str(), report.as_str(), deck.as_str(), deck.note())?;
    Ok(())
}

/// Its deck is sent, or sent once more; false when it is there, or on its way.
pub async fn send_deck(tx: &mut Tx, workspace: &WorkspaceId, report: &ReportId) -> Result<bool> {
    Ok(run!(tx, DECK_AGAIN, workspace.as_str(), report.as_str())? == 1)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{message, settled, tamper};
    use super::super::testing::{Fresh, both};
    use super::*;

    both!(
        a_delivery_comes_back_and_is_known_once,
        a_deck_has_a_state_of_its_own_and_is_sent_once_at_a_time,
        what_stands_in_a_lane_is_found_by_its_period,
    );

    fn delivery(report: &str, at: i64) -> Delivery {
        Delivery {
            report: ReportId::from_stored(report),
            run: None,
            kind: "quarterly".to_owned(),
            period: "FY2026-Q3".to_owned(),
            to: message("C1", "1").place,
            channel: "#leadership".to_owned(),
            by: "Ana".to_owned(),
            at,
            state: RunState::Started,
            note: String::new(),
            tries: 1,
            deck: Deck::Waiting,
            deck_tries: 0,
        }
    }

    async fn a_delivery_comes_back_and_is_known_once(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let (first, second) = (delivery("r1", 1), delivery("r2", 2));
        let run = Some((ScheduleId::from_stored("s"), "2027-01-04T09:00:00".to_owned()));
        let scheduled = Delivery { run, ..delivery("r3", 3) };
        let mut tx = db.store.begin().await.unwrap();
        for new in [&first, &second, &scheduled] {
            assert!(add(&mut tx, &ws, new).await.unwrap());
        }
        assert!(!add(&mut tx, &ws, &first).await.unwrap());
        assert_eq!(get(&mut tx, &ws, &scheduled.report).await.unwrap(), Some(scheduled.clone()));
        assert_eq!(by_hand(&mut tx, &ws, 9).await.unwrap(), [second, first.clone()]);
        assert_eq!(by_hand(&mut tx, &other, 9).await.unwrap(), []);
        set(&mut tx, &ws, &first.report, (RunState::Failed, "why")).await.unwrap();
        let failed = get(&mut tx, &ws, &first.report).await.unwrap().unwrap();
        assert_eq!((failed.state, failed.note.as_str()), (RunState::Failed, "why"));
        assert!(again(&mut tx, &ws, &first.report).await.unwrap());
        assert!(!again(&mut tx, &ws, &first.report).await.unwrap(), "it is on its way");
        assert_eq!(get(&mut tx, &ws, &first.report).await.unwrap().unwrap().tries, 2);
        tx.commit().await.unwrap();
        for wrong in ["UPDATE delivery SET state = 'lost'", "UPDATE delivery SET deck = 'perhaps'"]
        {
            assert!(tamper(&db.store, wrong).await.is_err(), "{wrong}");
        }
    }

    async fn a_deck_has_a_state_of_its_own_and_is_sent_once_at_a_time(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let new = delivery("r1", 1);
        let mut tx = db.store.begin().await.unwrap();
        add(&mut tx, &ws, &new).await.unwrap();
        for deck in [Deck::Sending, Deck::Sent, Deck::Missing("scope".to_owned())] {
            set_deck(&mut tx, &ws, &new.report, &deck).await.unwrap();
            assert_eq!(get(&mut tx, &ws, &new.report).await.unwrap().unwrap().deck, deck);
        }
        assert!(send_deck(&mut tx, &ws, &new.report).await.unwrap());
        assert!(!send_deck(&mut tx, &ws, &new.report).await.unwrap(), "it is on its way");
        let now = get(&mut tx, &ws, &new.report).await.unwrap().unwrap();
        assert_eq!((now.deck, now.deck_tries), (Deck::Sending, 1));
    }

    async fn what_stands_in_a_lane_is_found_by_its_period(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let new = delivery("r1", 1);
        let mut tx = db.store.begin().await.unwrap();
        add(&mut tx, &ws, &Delivery { period: String::new(), ..new.clone() }).await.unwrap();
        set_period(&mut tx, &ws, &new.report, "FY2026-Q3").await.unwrap();
        let there = ("slack:T1:C1", "quarterly", "FY2026-Q3");
        assert_eq!(posted(&mut tx, &ws, there).await.unwrap(), None, "it is not out");
        set(&mut tx, &ws, &new.report, (RunState::Posted, "")).await.unwrap();
        let found = posted(&mut tx, &ws, there).await.unwrap().unwrap();
        assert_eq!(found.report, new.report);
        let elsewhere = ("slack:T1:C2", "quarterly", "FY2026-Q3");
        assert_eq!(posted(&mut tx, &ws, elsewhere).await.unwrap(), None);
    }
}
