//! Edit threads, each bound for life to one section, and what was said in them.

use super::ask::{every, first, hit, json, run, to_json};
use super::sections::address;
use super::{Error, Reads, Result, Tx, statements};
use crate::conversation::inbound::{Place, Platform};
use crate::conversation::outgoing::MessageRef;
use crate::ids::{MemberId, ThreadId, WorkspaceId};
use crate::strategy::address::SectionAddress;

statements! {
    ADD = "INSERT INTO thread (workspace_id, id, address, opened_by, opened_by_name, platform, \
           team, channel, root, message, request, created_at) \
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// A thread is bound once; binding it again to the same message changes nothing.
    BIND = "UPDATE thread SET platform = $3, team = $4, channel = $5, root = $6, message = $7 \
            WHERE workspace_id = $1 AND id = $2 AND (root = '' OR root = $6)";
    GET = "SELECT workspace_id, id, address, opened_by, opened_by_name, message, request, \
           created_at FROM thread WHERE workspace_id = $1 AND id = $2";
    BY_PLACE = "SELECT workspace_id, id, address, opened_by, opened_by_name, message, request, \
                created_at FROM thread \
                WHERE workspace_id = $1 AND platform = $2 AND team = $3 AND channel = $4 \
                AND root = $5 AND root <> ''";
    /// The thread's row is changed by nothing, so that turns get their numbers one by one.
    LOCK = "UPDATE thread SET created_at = created_at WHERE workspace_id = $1 AND id = $2";
    ADD_TURN = "INSERT INTO turn (workspace_id, thread_id, seq, who, by_bot, text, at) \
                VALUES ($1, $2, (SELECT COALESCE(MAX(seq), 0) + 1 FROM turn \
                WHERE workspace_id = $1 AND thread_id = $2), $3, $4, $5, $6) RETURNING seq";
    TURN = "SELECT seq, who, by_bot, text, at FROM turn \
            WHERE workspace_id = $1 AND thread_id = $2 AND seq = $3";
    TURNS = "SELECT seq, who, by_bot, text, at FROM turn \
             WHERE workspace_id = $1 AND thread_id = $2 ORDER BY seq DESC LIMIT $3";
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    pub id: ThreadId,
    pub workspace_id: WorkspaceId,
    pub section: SectionAddress,
    pub opened_by: MemberId,
    pub opened_by_name: String,
    /// The message that the thread hangs from, once that is posted.
    pub root: Option<MessageRef>,
    /// What was asked for when it was opened.
    pub request: Option<String>,
    pub created_at: i64,
}

impl Thread {
    /// Where to say something in this thread, once it is posted.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.root.as_ref().map(|root| root.place.in_thread(root.thread_root()))
    }
}

/// Something said in a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Counts from 1.
    pub seq: i64,
    pub who: String,
    pub by_bot: bool,
    pub text: String,
    pub at: i64,
}

/// What to add to a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words<'a> {
    pub who: &'a str,
    pub by_bot: bool,
    pub text: &'a str,
    pub at: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    workspace_id: String,
    id: String,
    address: String,
    opened_by: String,
    opened_by_name: String,
    message: Option<String>,
    request: Option<String>,
    created_at: i64,
}

#[derive(sqlx::FromRow)]
struct TurnRow {
    seq: i64,
    who: String,
    by_bot: i64,
    text: String,
    at: i64,
}

impl TurnRow {
    fn read(self) -> Turn {
        let Self { seq, who, by_bot, text, at } = self;
        Turn { seq, who, by_bot: by_bot != 0, text, at }
    }
}

impl Row {
    fn read(self) -> Result<Thread> {
        let root = self.message.map(|message| json("the root of a thread", &message));
        Ok(Thread {
            id: ThreadId::from_stored(self.id),
            workspace_id: WorkspaceId::from_stored(self.workspace_id),
            section: address(&self.address)?,
            opened_by: MemberId::from_stored(self.opened_by),
            opened_by_name: self.opened_by_name,
            root: root.transpose()?,
            request: self.request,
            created_at: self.created_at,
        })
    }
}

/// Platform, team, channel and root, as they are looked for.
fn key(root: &MessageRef) -> (&'static str, &str, &str, &str) {
    let place = &root.place;
    (place.platform.as_str(), &place.team, &place.channel, root.thread_root())
}

/// A new thread. Two threads under one message are a conflict.
pub async fn add(tx: &mut Tx, new: &Thread) -> Result<()> {
    let (platform, team, channel, root) = new.root.as_ref().map_or(("", "", "", ""), key);
    let message =
        new.root.as_ref().map(|root| to_json("the root of a thread", root)).transpose()?;
    run!(
        tx,
        ADD,
        new.workspace_id.as_str(),
        new.id.as_str(),
        new.section.as_str(),
        new.opened_by.as_str(),
        &new.opened_by_name,
        platform,
        team,
        channel,
        root,
        message.as_deref(),
        new.request.as_deref(),
        new.created_at,
    )?;
    Ok(())
}

/// The root message is posted. Binding it to another message afterwards is refused as missing.
pub async fn bind(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &ThreadId,
    root: &MessageRef,
) -> Result<()> {
    let message = to_json("the root of a thread", root)?;
    let (platform, team, channel, at) = key(root);
    let (ws, id) = (workspace.as_str(), id.as_str());
    hit(run!(tx, BIND, ws, id, platform, team, channel, at, &message)?)
}

pub async fn get(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    id: &ThreadId,
) -> Result<Option<Thread>> {
    let row: Option<Row> = first!(db, GET, workspace.as_str(), id.as_str())?;
    row.map(Row::read).transpose()
}

/// The thread whose root is this message.
pub async fn by_place(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    (platform, team): (Platform, &str),
    channel: &str,
    root: &str,
) -> Result<Option<Thread>> {
    let (ws, platform) = (workspace.as_str(), platform.as_str());
    let row: Option<Row> = first!(db, BY_PLACE, ws, platform, team, channel, root)?;
    row.map(Row::read).transpose()
}

/// Adds what was said and answers its number; one thread's turns get theirs one after another.
pub async fn add_turn(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    thread: &ThreadId,
    said: Words<'_>,
) -> Result<i64> {
    let (ws, id) = (workspace.as_str(), thread.as_str());
    hit(run!(&mut *tx, LOCK, ws, id)?)?;
    let by_bot = i64::from(said.by_bot);
    let seq: Option<(i64,)> = first!(tx, ADD_TURN, ws, id, said.who, by_bot, said.text, said.at)?;
    seq.map(|(seq,)| seq).ok_or(Error::Missing)
}

/// One turn by its number.
pub async fn turn(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    thread: &ThreadId,
    seq: i64,
) -> Result<Option<Turn>> {
    let row: Option<TurnRow> = first!(db, TURN, workspace.as_str(), thread.as_str(), seq)?;
    Ok(row.map(TurnRow::read))
}

/// The last turns, in the order in which they were said.
pub async fn turns(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    thread: &ThreadId,
    limit: i64,
) -> Result<Vec<Turn>> {
    let rows: Vec<TurnRow> = every!(db, TURNS, workspace.as_str(), thread.as_str(), limit)?;
    Ok(rows.into_iter().rev().map(TurnRow::read).collect())
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_once, message, opened, settled, tamper, thread};
    use super::super::testing::{Fresh, both};
    use super::*;

    both!(
        a_thread_is_found_by_its_root_once_that_is_posted,
        a_thread_is_bound_once,
        turns_are_numbered_even_when_said_at_once,
        a_workspace_does_not_reach_the_threads_of_another,
    );

    const SLACK: (Platform, &str) = (Platform::Slack, "T1");

    async fn a_thread_is_found_by_its_root_once_that_is_posted(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let id = opened(&mut tx, &ws, "t").await;
        opened(&mut tx, &ws, "another, not posted either").await;
        let found = get(&mut tx, &ws, &id).await.unwrap().unwrap();
        assert_eq!((&found, found.place()), (&thread(&ws, "t"), None));
        assert_eq!(by_place(&mut tx, &ws, SLACK, "", "").await.unwrap(), None);
        let root = message("C1", "1700.1");
        bind(&mut tx, &ws, &id, &root).await.unwrap();
        let found = by_place(&mut tx, &ws, SLACK, "C1", "1700.1").await.unwrap().unwrap();
        assert_eq!(found, Thread { root: Some(root.clone()), ..thread(&ws, "t") });
        assert_eq!(found.place(), Some(root.place.in_thread("1700.1")));
        for (channel, at) in [("C2", "1700.1"), ("C1", "1700.2")] {
            assert_eq!(by_place(&mut tx, &ws, SLACK, channel, at).await.unwrap(), None);
        }
        let posted = Thread { root: Some(message("C9", "1")), ..thread(&ws, "posted") };
        add(&mut tx, &posted).await.unwrap();
        assert_eq!(by_place(&mut tx, &ws, SLACK, "C9", "1").await.unwrap(), Some(posted));
    }

    async fn a_thread_is_bound_once(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let id = opened(&mut tx, &ws, "t").await;
        let root = message("C1", "1");
        bind(&mut tx, &ws, &id, &root).await.unwrap();
        bind(&mut tx, &ws, &id, &root).await.unwrap();
        let moved = bind(&mut tx, &ws, &id, &message("C1", "2")).await;
        assert!(matches!(moved, Err(Error::Missing)), "{moved:?}");
        let twin = Thread { root: Some(root), ..thread(&ws, "twin") };
        let taken = add(&mut tx, &twin).await;
        assert!(matches!(taken, Err(Error::Conflict(_))), "{taken:?}");
    }

    async fn turns_are_numbered_even_when_said_at_once(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let id = opened(&mut tx, &ws, "t").await;
        tx.commit().await.unwrap();
        let (store, of, thread) = (db.store.clone(), ws.clone(), id.clone());
        let mut numbers = at_once(move |number| {
            let (store, ws, thread) = (store.clone(), of.clone(), thread.clone());
            async move {
                let mut tx = store.begin().await.unwrap();
                let text = number.to_string();
                let said = Words { who: "Ana", by_bot: number % 2 == 1, text: &text, at: 1 };
                let seq = add_turn(&mut tx, &ws, &thread, said).await.unwrap();
                tx.commit().await.unwrap();
                (seq, text)
            }
        })
        .await;
        numbers.sort();
        assert!(numbers.iter().map(|(seq, _)| *seq).eq(1..=8));
        let kept = turns(&mut db.store.reader().await.unwrap(), &ws, &id, 3).await.unwrap();
        let kept: Vec<_> = kept.into_iter().map(|turn| (turn.seq, turn.text)).collect();
        assert_eq!(kept, numbers[5..]);
        let mut reader = db.store.reader().await.unwrap();
        let second = turn(&mut reader, &ws, &id, 2).await.unwrap().unwrap();
        assert_eq!((second.seq, second.text), numbers[1]);
        assert_eq!(turn(&mut reader, &ws, &id, 9).await.unwrap(), None);
    }

    async fn a_workspace_does_not_reach_the_threads_of_another(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let mut tx = db.store.begin().await.unwrap();
        let id = opened(&mut tx, &ws, "t").await;
        let root = message("C1", "1");
        let bound = bind(&mut tx, &other, &id, &root).await;
        assert!(matches!(bound, Err(Error::Missing)), "{bound:?}");
        bind(&mut tx, &ws, &id, &root).await.unwrap();
        let said = Words { who: "Eve", by_bot: false, text: "x", at: 1 };
        let spoke = add_turn(&mut tx, &other, &id, said).await;
        assert!(matches!(spoke, Err(Error::Missing)), "{spoke:?}");
        assert_eq!(get(&mut tx, &other, &id).await.unwrap(), None);
        assert_eq!(by_place(&mut tx, &other, SLACK, "C1", "1").await.unwrap(), None);
        assert_eq!(turns(&mut tx, &other, &id, 9).await.unwrap(), []);
        let same = Thread { root: Some(root), ..thread(&other, "t") };
        add(&mut tx, &same).await.unwrap();
        tx.commit().await.unwrap();
        assert!(tamper(&db.store, "UPDATE thread SET message = NULL").await.is_err());
        assert!(tamper(&db.store, "UPDATE thread SET platform = 'pager'").await.is_err());
    }
}
