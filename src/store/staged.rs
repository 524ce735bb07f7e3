//! Large imports on their way: written in slices that nobody sees, shown at once, moved in slices.
//!
//! Each step is a short transaction. A process that ends while it writes leaves rows that nobody
//! reads; one that ends while it moves leaves rows that are read where they are. The next import
//! clears up after both.

use std::fmt::Write as _;

use sqlx::AssertSqlSafe;

use super::ask::{first, hit, odd, run};
use super::partners::{NewFact, word};
use super::{Result, Store, Tx, on, statements, workspaces};
use crate::ids::WorkspaceId;
use crate::partners::import::Kind;

/// Rows of one transaction: few enough that others wait for a moment only.
pub const SLICE: usize = 500;
/// A file that was not shown this long after it began was left behind, milliseconds.
const LEFT_BEHIND_MS: i64 = 60 * 60 * 1000;

statements! {
    OPEN = "INSERT INTO staged_import (workspace_id, id, kind, state, at) \
            VALUES ($1, $2, $3, 'writing', $4)";
    SHOW = "UPDATE staged_import SET state = 'shown' WHERE workspace_id = $1 AND id = $2 \
            AND state = 'writing'";
    SHOWN = "SELECT id, kind, at FROM staged_import WHERE workspace_id = $1 AND state = 'shown' \
             ORDER BY id LIMIT 1";
    LEFT_BEHIND = "SELECT id FROM staged_import WHERE workspace_id = $1 AND state = 'writing' \
                   AND at < $2 ORDER BY id LIMIT 1";
    MOVE_PARTNERS = "INSERT INTO partner (workspace_id, external_id, body, updated_at) \
                     SELECT workspace_id, external_id, body, CAST($4 AS BIGINT) FROM staged_fact \
                     WHERE workspace_id = $1 AND import_id = $2 ORDER BY external_id LIMIT $3 \
                     ON CONFLICT (workspace_id, external_id) DO UPDATE SET body = excluded.body, \
                     updated_at = excluded.updated_at";
    MOVE_DEALS = "INSERT INTO deal (workspace_id, external_id, partner_external_id, body, \
                  updated_at) SELECT workspace_id, external_id, partner_external_id, body, \
                  CAST($4 AS BIGINT) FROM staged_fact WHERE workspace_id = $1 AND import_id = $2 \
                  ORDER BY external_id LIMIT $3 ON CONFLICT (workspace_id, external_id) DO UPDATE \
                  SET body = excluded.body, updated_at = excluded.updated_at, \
                  partner_external_id = excluded.partner_external_id";
    MOVE_ACTIVITIES = "INSERT INTO activity (workspace_id, external_id, partner_external_id, body, \
                       updated_at) SELECT workspace_id, external_id, partner_external_id, body, \
                       CAST($4 AS BIGINT) FROM staged_fact WHERE workspace_id = $1 \
                       AND import_id = $2 ORDER BY external_id LIMIT $3 \
                       ON CONFLICT (workspace_id, external_id) DO UPDATE SET body = excluded.body, \
                       updated_at = excluded.updated_at, \
                       partner_external_id = excluded.partner_external_id";
    DROP_FACTS = "DELETE FROM staged_fact WHERE workspace_id = $1 AND import_id = $2 \
                  AND external_id IN (SELECT external_id FROM staged_fact WHERE workspace_id = $1 \
                  AND import_id = $2 ORDER BY external_id LIMIT $3)";
    CLOSE = "DELETE FROM staged_import WHERE workspace_id = $1 AND id = $2";
}

/// Writes the rows of an import where nobody sees them yet.
pub async fn write(
    store: &Store,
    (workspace, id): (&WorkspaceId, &str),
    (kind, at): (Kind, i64),
    facts: &[NewFact],
) -> Result<()> {
    let mut tx = store.begin().await?;
    run!(&mut tx, OPEN, workspace.as_str(), id, word(kind), at)?;
    tx.commit().await?;
    for slice in facts.chunks(SLICE) {
        let mut tx = store.begin().await?;
        for batch in slice.chunks(super::partners::BATCH) {
            write_batch(&mut tx, (workspace, id), batch).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn write_batch(
    tx: &mut Tx,
    (workspace, id): (&WorkspaceId, &str),
    batch: &[NewFact],
) -> Result<()> {
    let text = batch_text(batch.len());
    on!(tx, |c| {
        let mut query = sqlx::query(AssertSqlSafe(text)).bind(workspace.as_str()).bind(id);
        for fact in batch {
            query = query.bind(&fact.external_id).bind(&fact.partner).bind(&fact.body);
        }
        query.persistent(batch.len() == super::partners::BATCH).execute(c).await.map(|_| ())
    })?;
    Ok(())
}

fn batch_text(rows: usize) -> String {
    let mut text = String::from(
        "INSERT INTO staged_fact (workspace_id, import_id, external_id, partner_external_id, body) \
         VALUES ",
    );
    for row in 0..rows {
        let (comma, at) = (if row == 0 { "" } else { ", " }, 3 + row * 3);
        let _ = write!(text, "{comma}($1, $2, ${at}, ${}, ${})", at + 1, at + 2);
    }
    text
}

/// From the commit of this transaction on, the rows of the import are what readers see.
pub async fn show(tx: &mut Tx, workspace: &WorkspaceId, id: &str) -> Result<()> {
    hit(run!(tx, SHOW, workspace.as_str(), id)?)
}

/// Moves what is shown to where it stays, and drops what was left behind before `now`.
pub async fn clear_up(store: &Store, workspace: &WorkspaceId, now: i64) -> Result<()> {
    loop {
        let mut tx = store.begin().await?;
        workspaces::lock(&mut tx, workspace).await?;
        let Some((id, kind, at)) = shown(&mut tx, workspace).await? else { break };
        let slice = i64::try_from(SLICE).unwrap_or(i64::MAX);
        let text = match kind {
            Kind::Partners => MOVE_PARTNERS,
            Kind::Deals => MOVE_DEALS,
            Kind::Activities => MOVE_ACTIVITIES,
        };
        run!(&mut tx, text, workspace.as_str(), &id, slice, at)?;
        drop_slice(&mut tx, workspace, &id).await?;
        tx.commit().await?;
    }
    loop {
        let mut tx = store.begin().await?;
        let before = now.saturating_sub(LEFT_BEHIND_MS);
        let row: Option<(String,)> = first!(&mut tx, LEFT_BEHIND, workspace.as_str(), before)?;
        let Some((id,)) = row else { return Ok(()) };
        drop_slice(&mut tx, workspace, &id).await?;
        tx.commit().await?;
    }
}

/// An import whose rows are read before they were moved: its id, kind and time.
pub async fn shown(tx: &mut Tx, workspace: &WorkspaceId) -> Result<Option<(String, Kind, i64)>> {
    let row: Option<(String, String, i64)> = first!(tx, SHOWN, workspace.as_str())?;
    row.map(|(id, kind, at)| {
        let found = Kind::from_word(&kind).ok_or_else(|| odd("the kind of an import", &kind))?;
        Ok((id, found, at))
    })
    .transpose()
}

/// Drops the next rows of an import, and the import itself behind its last one.
async fn drop_slice(tx: &mut Tx, workspace: &WorkspaceId, id: &str) -> Result<()> {
    let slice = i64::try_from(SLICE).unwrap_or(i64::MAX);
    let dropped = run!(tx, DROP_FACTS, workspace.as_str(), id, slice)?;
    if dropped < SLICE as u64 {
        run!(tx, CLOSE, workspace.as_str(), id)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::ask::every;
    use super::super::fixtures::settled;
    use super::super::testing::{Fresh, both};
    use super::super::{partners, workspaces};
    use super::*;
    use crate::partners::Partner;
    use crate::partners::import::{Known, Rows, read};

    both!(
        an_import_is_seen_whole_from_one_moment_on,
        what_was_left_behind_is_cleared_up_and_never_seen,
    );

    fn facts(csv: &str) -> Vec<NewFact> {
        let import = read(Kind::Partners, csv.as_bytes(), &Known::default()).unwrap();
        let Rows::Partners(rows) = import.rows else { panic!() };
        partners::plan(&[], &rows, &import.columns).unwrap().write
    }

    async fn names(store: &Store, workspace: &WorkspaceId) -> Vec<String> {
        let mut reader = store.reader().await.unwrap();
        let found: Vec<Partner> = partners::partners(&mut reader, workspace).await.unwrap();
        found.into_iter().map(|partner| partner.name).collect()
    }

    async fn an_import_is_seen_whole_from_one_moment_on(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let mut tx = db.store.begin().await.unwrap();
        let old = facts("external_id,name\nP-1,One\nP-2,Two\n");
        partners::write(&mut tx, (Kind::Partners, &ws, 1), &old).await.unwrap();
        tx.commit().await.unwrap();
        let many: Vec<_> = (3..SLICE + 7).map(|n| format!("Q-{n},New {n}")).collect();
        let new = facts(&format!("external_id,name\nP-2,Two AG\n{}\n", many.join("\n")));
        write(&db.store, (&ws, "i-1"), (Kind::Partners, 2), &new).await.unwrap();
        assert_eq!(names(&db.store, &ws).await, ["One", "Two"]);

        let mut tx = db.store.begin().await.unwrap();
        show(&mut tx, &ws, "i-1").await.unwrap();
        assert!(show(&mut tx, &ws, "i-1").await.is_err(), "once");
        tx.commit().await.unwrap();
        let seen = names(&db.store, &ws).await;
        assert_eq!(
            (seen.len(), &seen[..2]),
            (SLICE + 6, &["One".to_owned(), "Two AG".to_owned()][..])
        );
        let mut reader = db.store.reader().await.unwrap();
        assert_eq!(partners::partner_ids(&mut reader, &ws).await.unwrap().len(), SLICE + 6);
        assert_eq!(
            partners::partner(&mut reader, &ws, "P-2").await.unwrap().unwrap().name,
            "Two AG"
        );
        drop(reader);
        assert!(names(&db.store, &other).await.is_empty());

        clear_up(&db.store, &ws, 3).await.unwrap();
        assert_eq!(names(&db.store, &ws).await, seen);
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(shown(&mut tx, &ws).await.unwrap(), None);
        workspaces::lock(&mut tx, &ws).await.unwrap();
    }

    async fn what_was_left_behind_is_cleared_up_and_never_seen(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let new = facts("external_id,name\nP-1,One\n");
        write(&db.store, (&ws, "i-1"), (Kind::Partners, 5), &new).await.unwrap();
        let left = async || -> i64 {
            let mut reader = db.store.reader().await.unwrap();
            let rows: Vec<(i64,)> = every!(&mut reader, "SELECT at FROM staged_import").unwrap();
            i64::try_from(rows.len()).unwrap()
        };
        clear_up(&db.store, &ws, 5 + LEFT_BEHIND_MS).await.unwrap();
        assert_eq!(left().await, 1, "it may still be written");
        clear_up(&db.store, &ws, 6 + LEFT_BEHIND_MS).await.unwrap();
        assert_eq!(left().await, 0);
        assert!(names(&db.store, &ws).await.is_empty());
    }
}
