//! What came in: written down before it is acknowledged, worked off in order per conversation.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::OnceLock;

use super::{Link, Reads, Result, Tx, on, statements};

statements! {
    NEXT = "SELECT conversation, seq, platform, payload, received_at, attempts FROM inbox \
            WHERE conversation = $1 AND done_at IS NULL ORDER BY seq LIMIT 1";
    FINISH = "UPDATE inbox SET done_at = $3 \
              WHERE conversation = $1 AND seq = $2 AND done_at IS NULL";
    GIVE_UP = "UPDATE inbox SET done_at = $3, error = $4 \
               WHERE conversation = $1 AND seq = $2 AND done_at IS NULL";
    TRIED = "UPDATE inbox SET attempts = attempts + 1, error = $3 \
             WHERE conversation = $1 AND seq = $2 AND done_at IS NULL";
    LOCK = "UPDATE conversation SET next_seq = next_seq WHERE key = $1";
    PLACE = "SELECT conversation, seq FROM inbox WHERE dedupe_key = $1 AND platform = $2";
    OPEN = "SELECT DISTINCT conversation FROM inbox \
            WHERE done_at IS NULL AND received_at < $1 ORDER BY conversation LIMIT $2";
    PRUNE = "DELETE FROM inbox WHERE received_at < $1 AND done_at IS NOT NULL";
}

/// One request, verified but not looked into.
#[derive(Clone, Debug)]
pub struct Heard {
    /// `slack`, `teams` or `console`.
    pub platform: &'static str,
    /// What the platform repeats when it sends the same thing again; unique per platform.
    pub dedupe_key: String,
    /// Rows of one conversation are handled in the order in which they were accepted.
    pub conversation: String,
    /// JSON text for the handler.
    pub payload: String,
    /// When it arrived, in milliseconds since 1970.
    pub received_at: i64,
}

/// One accepted request, as the handler gets it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct InboxRow {
    pub conversation: String,
    pub seq: i64,
    pub platform: String,
    pub payload: String,
    pub received_at: i64,
    /// How many times it was tried before.
    pub attempts: i64,
}

/// The most rows that [`accept`] takes at once.
pub const MOST: usize = 128;

/// Writes the requests down in the order given, and says for each whether it is new.
///
/// # Panics
/// With more than [`MOST`] requests, or none.
pub async fn accept(tx: &mut Tx, heard: &[&Heard]) -> Result<Vec<bool>> {
    assert!((1..=MOST).contains(&heard.len()), "a batch has 1 to {MOST} requests");
    let (conversations, behind) = count(heard);
    on!(&mut *tx, |c| {
        let mut query = sqlx::query(join_text(conversations.len()));
        for (key, many) in &conversations {
            query = query.bind(key).bind(many);
        }
        query.execute(c).await.map(|_| ())
    })?;
    let added = on!(&mut *tx, |c| {
        let mut query = sqlx::query(insert_text(heard.len()));
        for (heard, behind) in heard.iter().zip(&behind) {
            query = query
                .bind(&heard.conversation)
                .bind(behind)
                .bind(heard.platform)
                .bind(&heard.dedupe_key)
                .bind(&heard.payload)
                .bind(heard.received_at);
        }
        query.execute(c).await.map(|done| done.rows_affected())
    })?;
    if added == heard.len() as u64 {
        return Ok(vec![true; heard.len()]);
    }
    which_are_new(tx, heard, &behind).await
}

/// Conversations with their number of new rows, in the order in which every process locks them;
/// and for each row how many of its conversation come behind it.
fn count<'a>(heard: &[&'a Heard]) -> (BTreeMap<&'a str, i64>, Vec<i64>) {
    let mut seen: BTreeMap<&str, i64> = BTreeMap::new();
    let mut behind = vec![0; heard.len()];
    for (heard, behind) in heard.iter().zip(&mut behind).rev() {
        let many = seen.entry(&heard.conversation).or_default();
        *behind = *many;
        *many += 1;
    }
    (seen, behind)
}

/// Duplicates are rare, so only then each row is asked for.
async fn which_are_new(tx: &mut Tx, heard: &[&Heard], behind: &[i64]) -> Result<Vec<bool>> {
    let mut new = Vec::with_capacity(heard.len());
    for (heard, behind) in heard.iter().zip(behind) {
        let place: Option<(String, i64)> = on!(&mut *tx, |c| sqlx::query_as(PLACE)
            .bind(&heard.dedupe_key)
            .bind(heard.platform)
            .fetch_optional(c)
            .await)?;
        let next: i64 = on!(&mut *tx, |c| sqlx::query_scalar(NEXT_SEQ)
            .bind(&heard.conversation)
            .fetch_one(c)
            .await)?;
        new.push(place == Some((heard.conversation.clone(), next - 1 - behind)));
    }
    Ok(new)
}

const NEXT_SEQ: &str = "SELECT next_seq FROM conversation WHERE key = $1";

/// `rows` mailboxes are made or moved on.
fn join_text(rows: usize) -> &'static str {
    static TEXTS: [OnceLock<String>; MOST] = [const { OnceLock::new() }; MOST];
    TEXTS[rows - 1].get_or_init(|| {
        let mut text = String::from("INSERT INTO conversation (key, next_seq) VALUES ");
        for row in 0..rows {
            let comma = if row == 0 { "" } else { ", " };
            let (key, many) = (2 * row + 1, 2 * row + 2);
            let _ = write!(text, "{comma}(${key}, CAST(${many} AS BIGINT))");
        }
        text + " ON CONFLICT (key) DO UPDATE \
                SET next_seq = conversation.next_seq + excluded.next_seq"
    })
}

/// `rows` requests, each at its place in its mailbox.
fn insert_text(rows: usize) -> &'static str {
    static TEXTS: [OnceLock<String>; MOST] = [const { OnceLock::new() }; MOST];
    TEXTS[rows - 1].get_or_init(|| {
        let mut text = String::from(
            "INSERT INTO inbox \
             (conversation, seq, platform, dedupe_key, payload, received_at) VALUES ",
        );
        for row in 0..rows {
            let comma = if row == 0 { "" } else { ", " };
            let n = 6 * row;
            let _ = write!(
                text,
                "{comma}(${}, (SELECT next_seq - 1 - ${} FROM conversation WHERE key = ${}), \
                 ${}, ${}, ${}, ${})",
                n + 1,
                n + 2,
                n + 1,
                n + 3,
                n + 4,
                n + 5,
                n + 6
            );
        }
        text + " ON CONFLICT (dedupe_key, platform) DO NOTHING"
    })
}

/// The oldest request of the conversation that is not done.
pub async fn next(db: &mut impl Reads, conversation: &str) -> Result<Option<InboxRow>> {
    Ok(on!(db, |c| sqlx::query_as(NEXT).bind(conversation).fetch_optional(c).await)?)
}

/// The request is done; to be called in the transaction that holds its effects.
/// Answers false when it was done already: then roll back.
pub async fn finish(tx: &mut Tx, row: &InboxRow, now: i64) -> Result<bool> {
    let done = on!(tx, |c| sqlx::query(FINISH)
        .bind(&row.conversation)
        .bind(row.seq)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// The request will not be tried again.
pub async fn give_up(tx: &mut Tx, row: &InboxRow, reason: &str, now: i64) -> Result<bool> {
    let done = on!(tx, |c| sqlx::query(GIVE_UP)
        .bind(&row.conversation)
        .bind(row.seq)
        .bind(now)
        .bind(reason)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// The request was tried in vain, and stays at the head of its conversation.
pub async fn tried(tx: &mut Tx, row: &InboxRow, reason: &str) -> Result<()> {
    on!(tx, |c| sqlx::query(TRIED)
        .bind(&row.conversation)
        .bind(row.seq)
        .bind(reason)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Keeps new requests out of the conversation until this transaction ends; on `SQLite` any
/// transaction does.
pub async fn lock(tx: &mut Tx, conversation: &str) -> Result<()> {
    if let Link::Pg(c) = tx.link() {
        sqlx::query(LOCK).bind(conversation).execute(c).await?;
    }
    Ok(())
}

/// Conversations that have had something to do since before `before`.
pub async fn open(db: &mut impl Reads, before: i64, most: i64) -> Result<Vec<String>> {
    Ok(on!(db, |c| sqlx::query_scalar(OPEN).bind(before).bind(most).fetch_all(c).await)?)
}

/// Forgets what was done before `before`; its dedupe keys with it.
pub async fn prune(tx: &mut Tx, before: i64) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(PRUNE)
        .bind(before)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}
