//! Who did what when, append only: each row's hash covers the row and the hash before it.
//!
//! Rows are written in the transaction of the change they tell about, best after it: the head of a
//! workspace's chain is locked from then on. Editing, dropping or inserting a row anywhere breaks
//! [`verify`], and so does cutting off the end, because the head knows the last number.

use sha2::{Digest, Sha256};

use super::ask::{every, first, platform, run};
use super::seal::hex;
use super::{Reads, Result, Tx, statements};
use crate::conversation::inbound::Platform;
use crate::ids::WorkspaceId;

statements! {
    START = "INSERT INTO audit_head (workspace_id, seq, hash) VALUES ($1, 0, '') \
             ON CONFLICT (workspace_id) DO NOTHING";
    NEXT = "UPDATE audit_head SET seq = seq + 1 WHERE workspace_id = $1 RETURNING seq, hash";
    ADD = "INSERT INTO audit_log (workspace_id, seq, at, actor_member, actor_name, platform, \
           action, subject_kind, subject_id, before_revision, after_revision, detail, \
           inbound_key, hash) \
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    HEAD = "UPDATE audit_head SET hash = $2 WHERE workspace_id = $1";
    READ_HEAD = "SELECT seq, hash FROM audit_head WHERE workspace_id = $1";
    LIST = "SELECT workspace_id, seq, at, actor_member, actor_name, platform, action, \
            subject_kind, subject_id, before_revision, after_revision, detail, inbound_key, hash \
            FROM audit_log WHERE workspace_id = $1 ORDER BY seq DESC LIMIT $2";
    AFTER = "SELECT workspace_id, seq, at, actor_member, actor_name, platform, action, \
             subject_kind, subject_id, before_revision, after_revision, detail, inbound_key, hash \
             FROM audit_log WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
}

/// One deed. What is not known is `None`; `detail` is for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub workspace_id: WorkspaceId,
    pub at: i64,
    pub actor_member: Option<String>,
    pub actor_name: String,
    pub platform: Option<Platform>,
    /// Such as `proposal.accepted`, or `denied`.
    pub action: String,
    pub subject_kind: String,
    pub subject_id: String,
    pub before_revision: Option<i64>,
    pub after_revision: Option<i64>,
    pub detail: String,
    /// The request that led to it.
    pub inbound_key: Option<String>,
}

/// What [`verify`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Every row is as it was written.
    Whole { rows: i64 },
    /// From this number on rows were changed, dropped or put in.
    BrokenAt { seq: i64 },
}

#[derive(sqlx::FromRow)]
struct Row {
    workspace_id: String,
    seq: i64,
    at: i64,
    actor_member: Option<String>,
    actor_name: String,
    platform: Option<String>,
    action: String,
    subject_kind: String,
    subject_id: String,
    before_revision: Option<i64>,
    after_revision: Option<i64>,
    detail: String,
    inbound_key: Option<String>,
    hash: String,
}

impl Row {
    fn of(entry: &Entry, seq: i64) -> Self {
        let entry = entry.clone();
        Self {
            workspace_id: entry.workspace_id.as_str().to_owned(),
            seq,
            at: entry.at,
            actor_member: entry.actor_member,
            actor_name: entry.actor_name,
            platform: entry.platform.map(|platform| platform.as_str().to_owned()),
            action: entry.action,
            subject_kind: entry.subject_kind,
            subject_id: entry.subject_id,
            before_revision: entry.before_revision,
            after_revision: entry.after_revision,
            detail: entry.detail,
            inbound_key: entry.inbound_key,
            hash: String::new(),
        }
    }

    fn read(self) -> Result<Entry> {
        Ok(Entry {
            workspace_id: WorkspaceId::from_stored(self.workspace_id),
            at: self.at,
            actor_member: self.actor_member,
            actor_name: self.actor_name,
            platform: self.platform.as_deref().map(platform).transpose()?,
            action: self.action,
            subject_kind: self.subject_kind,
            subject_id: self.subject_id,
            before_revision: self.before_revision,
            after_revision: self.after_revision,
            detail: self.detail,
            inbound_key: self.inbound_key,
        })
    }

    /// Over every column but the hash itself, each with its length, nothing told from empty.
    fn chained(&self, before: &str) -> String {
        let number = |n: Option<i64>| n.map(|n| n.to_string());
        let parts = [
            Some(before.to_owned()),
            Some(self.workspace_id.clone()),
            Some(self.seq.to_string()),
            Some(self.at.to_string()),
            self.actor_member.clone(),
            Some(self.actor_name.clone()),
            self.platform.clone(),
            Some(self.action.clone()),
            Some(self.subject_kind.clone()),
            Some(self.subject_id.clone()),
            number(self.before_revision),
            number(self.after_revision),
            Some(self.detail.clone()),
            self.inbound_key.clone(),
        ];
        let mut hash = Sha256::new();
        for part in parts {
            match part {
                Some(part) => {
                    hash.update((part.len() as u64).to_be_bytes());
                    hash.update(part);
                }
                None => hash.update(u64::MAX.to_be_bytes()),
            }
        }
        hex(&hash.finalize())
    }
}

/// Adds one row to the workspace's chain.
pub async fn add(tx: &mut Tx, entry: &Entry) -> Result<()> {
    let ws = entry.workspace_id.as_str();
    let mut head: Option<(i64, String)> = first!(&mut *tx, NEXT, ws)?;
    if head.is_none() {
        run!(&mut *tx, START, ws)?;
        head = first!(&mut *tx, NEXT, ws)?;
    }
    let (seq, before) = head.ok_or(super::Error::Missing)?;
    let row = Row::of(entry, seq);
    let hash = row.chained(&before);
    run!(
        &mut *tx,
        ADD,
        ws,
        seq,
        row.at,
        row.actor_member.as_deref(),
        &row.actor_name,
        row.platform.as_deref(),
        &row.action,
        &row.subject_kind,
        &row.subject_id,
        row.before_revision,
        row.after_revision,
        &row.detail,
        row.inbound_key.as_deref(),
        &hash,
    )?;
    run!(tx, HEAD, ws, &hash)?;
    Ok(())
}

/// The latest rows, newest first.
pub async fn list(db: &mut impl Reads, workspace: &WorkspaceId, limit: i64) -> Result<Vec<Entry>> {
    let rows: Vec<Row> = every!(db, LIST, workspace.as_str(), limit)?;
    rows.into_iter().map(Row::read).collect()
}

/// Rows that are checked at a time.
const PAGE: i64 = 500;

/// Follows the chain from its first row to its head.
pub async fn verify(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<Chain> {
    let ws = workspace.as_str();
    let head: Option<(i64, String)> = first!(&mut *db, READ_HEAD, ws)?;
    let (last, expected) = head.unwrap_or_default();
    let (mut seq, mut hash) = (0, String::new());
    loop {
        let rows: Vec<Row> = every!(&mut *db, AFTER, ws, seq, PAGE)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let next = row.chained(&hash);
            if row.seq != seq + 1 || row.hash != next {
                return Ok(Chain::BrokenAt { seq: seq + 1 });
            }
            (seq, hash) = (row.seq, next);
        }
    }
    let whole = seq == last && hash == expected;
    Ok(if whole { Chain::Whole { rows: seq } } else { Chain::BrokenAt { seq: seq.min(last) + 1 } })
}
