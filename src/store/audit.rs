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

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_once, settled, tamper};
    use super::super::testing::{Fresh, both};
    use super::*;

    both!(
        deeds_come_back_newest_first,
        a_deed_that_was_rolled_back_leaves_the_chain_whole,
        eight_who_act_at_once_make_one_chain,
        whatever_is_done_to_the_rows_breaks_the_chain,
        each_workspace_has_a_chain_of_its_own,
    );

    fn deed(workspace: &WorkspaceId, number: usize) -> Entry {
        Entry {
            workspace_id: workspace.clone(),
            at: 5,
            actor_member: Some("ana".to_owned()),
            actor_name: "Ana".to_owned(),
            platform: Some(Platform::Slack),
            action: "proposal.accepted".to_owned(),
            subject_kind: "proposal".to_owned(),
            subject_id: number.to_string(),
            before_revision: Some(1),
            after_revision: Some(2),
            detail: String::new(),
            inbound_key: None,
        }
    }

    async fn filled(db: &Fresh) -> WorkspaceId {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        for number in 1..=5 {
            add(&mut tx, &deed(&ws, number)).await.unwrap();
        }
        tx.commit().await.unwrap();
        ws
    }

    async fn checked(db: &Fresh, workspace: &WorkspaceId) -> Chain {
        verify(&mut db.store.reader().await.unwrap(), workspace).await.unwrap()
    }

    async fn deeds_come_back_newest_first(db: Fresh) {
        let ws = filled(&db).await;
        let nobody = Entry {
            actor_member: None,
            platform: None,
            before_revision: None,
            inbound_key: Some("k".to_owned()),
            ..deed(&ws, 6)
        };
        let mut tx = db.store.begin().await.unwrap();
        add(&mut tx, &nobody).await.unwrap();
        assert_eq!(list(&mut tx, &ws, 2).await.unwrap(), [nobody, deed(&ws, 5)]);
        assert_eq!(verify(&mut tx, &ws).await.unwrap(), Chain::Whole { rows: 6 });
        let nowhere = add(&mut tx, &deed(&WorkspaceId::from_stored("nowhere"), 1)).await;
        assert!(nowhere.is_err());
    }

    async fn a_deed_that_was_rolled_back_leaves_the_chain_whole(db: Fresh) {
        let ws = filled(&db).await;
        let mut tx = db.store.begin().await.unwrap();
        add(&mut tx, &deed(&ws, 6)).await.unwrap();
        tx.rollback().await.unwrap();
        let mut tx = db.store.begin().await.unwrap();
        add(&mut tx, &deed(&ws, 7)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(checked(&db, &ws).await, Chain::Whole { rows: 6 });
    }

    async fn eight_who_act_at_once_make_one_chain(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let (store, of) = (db.store.clone(), ws.clone());
        at_once(move |number| {
            let (store, ws) = (store.clone(), of.clone());
            async move {
                for _ in 0..5 {
                    let mut tx = store.begin().await.unwrap();
                    add(&mut tx, &deed(&ws, number)).await.unwrap();
                    tx.commit().await.unwrap();
                }
            }
        })
        .await;
        assert_eq!(checked(&db, &ws).await, Chain::Whole { rows: 40 });
    }

    async fn whatever_is_done_to_the_rows_breaks_the_chain(db: Fresh) {
        let ws = filled(&db).await;
        let there_and_back = [
            (
                "UPDATE audit_log SET detail = 'nothing' WHERE seq = 3",
                "UPDATE audit_log SET detail = '' WHERE seq = 3",
                3,
            ),
            (
                "UPDATE audit_log SET actor_member = NULL WHERE seq = 2",
                "UPDATE audit_log SET actor_member = 'ana' WHERE seq = 2",
                2,
            ),
            (
                "UPDATE audit_log SET inbound_key = '' WHERE seq = 1",
                "UPDATE audit_log SET inbound_key = NULL WHERE seq = 1",
                1,
            ),
            (
                "UPDATE audit_log SET seq = 9 WHERE seq = 4",
                "UPDATE audit_log SET seq = 4 WHERE seq = 9",
                4,
            ),
            ("UPDATE audit_head SET seq = 6", "UPDATE audit_head SET seq = 5", 6),
            ("UPDATE audit_head SET seq = 4", "UPDATE audit_head SET seq = 5", 5),
        ];
        for (wrong, back, seq) in there_and_back {
            assert_eq!(tamper(&db.store, wrong).await.unwrap(), 1, "{wrong}");
            assert_eq!(checked(&db, &ws).await, Chain::BrokenAt { seq }, "{wrong}");
            tamper(&db.store, back).await.unwrap();
            assert_eq!(checked(&db, &ws).await, Chain::Whole { rows: 5 }, "{back}");
        }
        tamper(&db.store, "DELETE FROM audit_log WHERE seq = 5").await.unwrap();
        assert_eq!(checked(&db, &ws).await, Chain::BrokenAt { seq: 5 });
        tamper(&db.store, "DELETE FROM audit_log WHERE seq = 2").await.unwrap();
        assert_eq!(checked(&db, &ws).await, Chain::BrokenAt { seq: 2 });
        tamper(&db.store, "DELETE FROM audit_log").await.unwrap();
        assert_eq!(checked(&db, &ws).await, Chain::BrokenAt { seq: 1 });
    }

    async fn each_workspace_has_a_chain_of_its_own(db: Fresh) {
        let ws = filled(&db).await;
        let other = settled(&db.store, "v").await;
        let mut tx = db.store.begin().await.unwrap();
        add(&mut tx, &deed(&other, 1)).await.unwrap();
        assert_eq!(list(&mut tx, &other, 9).await.unwrap(), [deed(&other, 1)]);
        tx.commit().await.unwrap();
        tamper(&db.store, "UPDATE audit_log SET at = 6 WHERE workspace_id = 'w'").await.unwrap();
        assert_eq!(checked(&db, &other).await, Chain::Whole { rows: 1 });
        assert_eq!(checked(&db, &ws).await, Chain::BrokenAt { seq: 1 });
    }
}
