//! What came in: written down before it is acknowledged, worked off in order per conversation.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::ask::first;
use super::{Link, Reads, Result, Tx, on, statements};
use crate::conversation::inbound::Platform;

statements! {
    NEXT = "SELECT id, conversation, platform, payload, received_at, attempts FROM inbox \
            WHERE conversation = $1 AND done_at IS NULL ORDER BY id LIMIT 1";
    FINISH = "UPDATE inbox SET done_at = $2 WHERE id = $1 AND done_at IS NULL";
    GIVE_UP = "UPDATE inbox SET done_at = $2, error = $3 WHERE id = $1 AND done_at IS NULL";
    TRIED = "UPDATE inbox SET attempts = attempts + 1, error = $2 \
             WHERE id = $1 AND done_at IS NULL";
    PLACE = "SELECT id FROM inbox WHERE dedupe_key = $1 AND platform = $2";
    SAID = "SELECT payload FROM inbox WHERE id = $1 AND platform = $2";
    OPEN = "SELECT DISTINCT conversation FROM inbox \
            WHERE done_at IS NULL AND received_at < $1 ORDER BY conversation LIMIT $2";
    PRUNE = "DELETE FROM inbox WHERE received_at < $1 AND done_at IS NOT NULL \
             AND id IN (SELECT id FROM inbox ORDER BY id LIMIT $2)";
}

/// Several locks, one after the other in the order given; `PostgreSQL` only.
const LOCK: &str = "SELECT pg_advisory_xact_lock(name) FROM unnest($1::bigint[]) AS name";

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
    /// When it arrived, in milliseconds since 1970, real time.
    pub received_at: i64,
}

/// One accepted request, as the handler gets it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct InboxRow {
    pub id: i64,
    pub conversation: String,
    pub platform: String,
    pub payload: String,
    pub received_at: i64,
    /// How many times it was tried before.
    pub attempts: i64,
}

/// The most rows that [`accept`] takes at once.
pub const MOST: usize = 128;

/// The most rows that [`prune`] looks at.
const PRUNED_AT_ONCE: i64 = 5000;

/// Writes the requests down in the order given, and says for each whether it is new.
///
/// # Panics
/// With more than [`MOST`] requests, or none.
pub async fn accept(tx: &mut Tx, heard: &[&Heard]) -> Result<Vec<bool>> {
    assert!((1..=MOST).contains(&heard.len()), "a batch has 1 to {MOST} requests");
    lock(tx, heard.iter().map(|heard| heard.conversation.as_str())).await?;
    let added = match tx.link() {
        Link::Lite(c) => {
            let mut query = sqlx::query(sqlite_text(heard.len()));
            for heard in heard {
                query = query
                    .bind(&heard.conversation)
                    .bind(heard.platform)
                    .bind(&heard.dedupe_key)
                    .bind(&heard.payload)
                    .bind(heard.received_at);
            }
            query.execute(c).await?.rows_affected()
        }
        Link::Pg(c) => {
            let texts = |of: fn(&Heard) -> &str| -> Vec<&str> {
                heard.iter().map(|heard| of(heard)).collect()
            };
            let times: Vec<i64> = heard.iter().map(|heard| heard.received_at).collect();
            sqlx::query(POSTGRES_TEXT)
                .bind(texts(|heard| &heard.conversation))
                .bind(texts(|heard| heard.platform))
                .bind(texts(|heard| &heard.dedupe_key))
                .bind(texts(|heard| &heard.payload))
                .bind(times)
                .execute(c)
                .await?
                .rows_affected()
        }
    };
    if added == heard.len() as u64 {
        return Ok(vec![true; heard.len()]);
    }
    which_are_new(tx, heard, usize::try_from(added).unwrap_or(0)).await
}

/// Duplicates are rare, so only then each row is asked for. Under the lock, the rows that were just
/// added have the highest ids.
async fn which_are_new(tx: &mut Tx, heard: &[&Heard], added: usize) -> Result<Vec<bool>> {
    let mut ids: Vec<i64> = Vec::with_capacity(heard.len());
    for heard in heard {
        ids.push(on!(&mut *tx, |c| sqlx::query_scalar(PLACE)
            .bind(&heard.dedupe_key)
            .bind(heard.platform)
            .fetch_one(c)
            .await)?);
    }
    let distinct: BTreeSet<i64> = ids.iter().copied().collect();
    let mut new: BTreeSet<i64> = distinct.into_iter().rev().take(added).collect();
    Ok(ids.into_iter().map(|id| new.remove(&id)).collect())
}

/// The row of a request, to come back to it.
pub async fn id(db: &mut impl Reads, platform: Platform, key: &str) -> Result<Option<i64>> {
    let row: Option<(i64,)> = first!(db, PLACE, key, platform.as_str())?;
    Ok(row.map(|(id,)| id))
}

/// What was heard then; `None` when it was forgotten since.
pub async fn payload(db: &mut impl Reads, id: i64, platform: Platform) -> Result<Option<String>> {
    let row: Option<(String,)> = first!(db, SAID, id, platform.as_str())?;
    Ok(row.map(|(payload,)| payload))
}

/// In the order given.
const POSTGRES_TEXT: &str = "INSERT INTO inbox \
    (conversation, platform, dedupe_key, payload, received_at) \
    SELECT conversation, platform, dedupe_key, payload, received_at \
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) WITH ORDINALITY \
    AS heard (conversation, platform, dedupe_key, payload, received_at, place) ORDER BY place \
    ON CONFLICT (dedupe_key, platform) DO NOTHING";

/// `rows` requests. The places have no names: `SQLite` would search for each among all of them.
/// With `OR FAIL` it keeps no copy of every page to take half a statement back: whoever fails rolls
/// the whole transaction back.
fn sqlite_text(rows: usize) -> &'static str {
    static TEXTS: [OnceLock<String>; MOST] = [const { OnceLock::new() }; MOST];
    TEXTS[rows - 1].get_or_init(|| {
        let places = vec!["(?, ?, ?, ?, ?)"; rows].join(", ");
        format!(
            "INSERT OR FAIL INTO inbox (conversation, platform, dedupe_key, payload, received_at) \
             VALUES {places} ON CONFLICT (dedupe_key, platform) DO NOTHING"
        )
    })
}

/// Keeps others from adding to these conversations until this transaction ends. On `SQLite` any
/// transaction does that.
pub async fn lock(tx: &mut Tx, conversations: impl Iterator<Item = &str>) -> Result<()> {
    if let Link::Pg(c) = tx.link() {
        // In the same order in every process, so that no two wait for each other.
        let names: BTreeSet<i64> = conversations.map(lock_name).collect();
        let names: Vec<i64> = names.into_iter().collect();
        sqlx::query(LOCK).bind(names).execute(c).await?;
    }
    Ok(())
}

fn lock_name(conversation: &str) -> i64 {
    let mut head = [0; 8];
    head.copy_from_slice(&Sha256::digest(conversation.as_bytes())[..8]);
    i64::from_be_bytes(head)
}

/// The oldest request of the conversation that is not done.
pub async fn next(db: &mut impl Reads, conversation: &str) -> Result<Option<InboxRow>> {
    Ok(on!(db, |c| sqlx::query_as(NEXT).bind(conversation).fetch_optional(c).await)?)
}

/// The request is done; to be called in the transaction that holds its effects.
/// Answers false when it was done already: then roll back.
pub async fn finish(tx: &mut Tx, row: &InboxRow, now: i64) -> Result<bool> {
    let done = on!(tx, |c| sqlx::query(FINISH)
        .bind(row.id)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// The request will not be tried again.
pub async fn give_up(tx: &mut Tx, row: &InboxRow, reason: &str, now: i64) -> Result<bool> {
    let done = on!(tx, |c| sqlx::query(GIVE_UP)
        .bind(row.id)
        .bind(now)
        .bind(reason)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// The request was tried in vain, and stays at the head of its conversation.
pub async fn tried(tx: &mut Tx, row: &InboxRow, reason: &str) -> Result<()> {
    on!(tx, |c| sqlx::query(TRIED).bind(row.id).bind(reason).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Conversations that have had something to do since before `before`.
pub async fn open(db: &mut impl Reads, before: i64, most: i64) -> Result<Vec<String>> {
    Ok(on!(db, |c| sqlx::query_scalar(OPEN).bind(before).bind(most).fetch_all(c).await)?)
}

/// Forgets what was done before `before`, and with it the dedupe keys. Looks at some thousands of the
/// oldest rows only, so that nobody waits long for the transaction. Answers how many went.
pub async fn prune(tx: &mut Tx, before: i64) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(PRUNE)
        .bind(before)
        .bind(PRUNED_AT_ONCE)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
}
