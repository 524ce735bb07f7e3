//! Reports as they were built, each with its deck.

use super::ask::{every, first, run};
use super::{Reads, Result, Tx, statements};
use crate::ids::{ReportId, WorkspaceId};

statements! {
    ADD = "INSERT INTO report (workspace_id, id, kind, period_label, view_key, body, file_name, \
           title, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
           ON CONFLICT (workspace_id, id) DO NOTHING";
    ADD_DECK = "INSERT INTO report_deck (workspace_id, report_id, bytes) VALUES ($1, $2, $3)";
    GET = "SELECT workspace_id, id, kind, period_label, view_key, body, file_name, title, \
           created_by, created_at FROM report WHERE workspace_id = $1 AND id = $2";
    LATEST = "SELECT workspace_id, id, kind, period_label, view_key, body, file_name, title, \
              created_by, created_at FROM report WHERE workspace_id = $1 AND kind = $2 \
              ORDER BY created_at DESC, id DESC LIMIT $3";
    /// A signed link names a report and nothing else.
    BY_ID_ANY = "SELECT workspace_id, id, kind, period_label, view_key, body, file_name, title, \
                 created_by, created_at FROM report WHERE id = $1";
    DECK = "SELECT bytes FROM report_deck WHERE workspace_id = $1 AND report_id = $2";
}

/// A report without its deck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredReport {
    pub id: ReportId,
    pub workspace_id: WorkspaceId,
    /// `summary`, `quarterly` or `annual`.
    pub kind: String,
    /// The label of the time it speaks about, such as `FY2026-Q3`.
    pub period: String,
    /// Names the filters it was made under; empty for all partners.
    pub view: String,
    /// Figures and words as they were, JSON.
    pub report: String,
    pub file_name: String,
    pub title: String,
    pub created_by: String,
    pub created_at: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    workspace_id: String,
    id: String,
    kind: String,
    period_label: String,
    view_key: String,
    body: String,
    file_name: String,
    title: String,
    created_by: String,
    created_at: i64,
}

impl From<Row> for StoredReport {
    fn from(row: Row) -> Self {
        Self {
            id: ReportId::from_stored(row.id),
            workspace_id: WorkspaceId::from_stored(row.workspace_id),
            kind: row.kind,
            period: row.period_label,
            view: row.view_key,
            report: row.body,
            file_name: row.file_name,
            title: row.title,
            created_by: row.created_by,
            created_at: row.created_at,
        }
    }
}

/// Keeps a report with its deck; false when it was kept already, by an earlier try: the first one
/// stays.
pub async fn add(tx: &mut Tx, new: &StoredReport, deck: &[u8]) -> Result<bool> {
    let (ws, id) = (new.workspace_id.as_str(), new.id.as_str());
    let rows = run!(
        &mut *tx,
        ADD,
        ws,
        id,
        &new.kind,
        &new.period,
        &new.view,
        &new.report,
        &new.file_name,
        &new.title,
        &new.created_by,
        new.created_at,
    )?;
    if rows == 1 {
        run!(tx, ADD_DECK, ws, id, deck)?;
    }
    Ok(rows == 1)
}

pub async fn get(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    id: &ReportId,
) -> Result<Option<StoredReport>> {
    let row: Option<Row> = first!(db, GET, workspace.as_str(), id.as_str())?;
    Ok(row.map(StoredReport::from))
}

/// The latest reports of a kind, newest first.
pub async fn latest(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    kind: &str,
    limit: i64,
) -> Result<Vec<StoredReport>> {
    let rows: Vec<Row> = every!(db, LATEST, workspace.as_str(), kind, limit)?;
    Ok(rows.into_iter().map(StoredReport::from).collect())
}

/// A report of whichever workspace: only for a link whose signature was checked.
pub async fn by_id_any(db: &mut impl Reads, id: &ReportId) -> Result<Option<StoredReport>> {
    let row: Option<Row> = first!(db, BY_ID_ANY, id.as_str())?;
    Ok(row.map(StoredReport::from))
}

/// The bytes of a report's deck.
pub async fn deck(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    id: &ReportId,
) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> = first!(db, DECK, workspace.as_str(), id.as_str())?;
    Ok(row.map(|(bytes,)| bytes))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{settled, tamper};
    use super::super::testing::{Fresh, both};
    use super::*;

    both!(
        a_report_is_kept_once_with_its_deck,
        a_workspace_does_not_reach_the_reports_of_another,
        a_kind_that_there_is_not_is_refused,
    );

    fn report(workspace: &WorkspaceId, id: &str, at: i64) -> StoredReport {
        StoredReport {
            id: ReportId::from_stored(id),
            workspace_id: workspace.clone(),
            kind: "quarterly".to_owned(),
            period: "FY2026-Q3".to_owned(),
            view: String::new(),
            report: "{}".to_owned(),
            file_name: "Northwind-quarterly-FY2026-Q3.pptx".to_owned(),
            title: "Quarterly review FY2026-Q3".to_owned(),
            created_by: "Ana".to_owned(),
            created_at: at,
        }
    }

    async fn a_report_is_kept_once_with_its_deck(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let deck_of = |fill: u8| vec![fill; 300_000];
        let (first, later) = (report(&ws, "r", 1), report(&ws, "s", 2));
        let mut tx = db.store.begin().await.unwrap();
        assert!(add(&mut tx, &first, &deck_of(0)).await.unwrap());
        let retried = StoredReport { title: "again".to_owned(), ..first.clone() };
        assert!(!add(&mut tx, &retried, &deck_of(1)).await.unwrap());
        assert!(add(&mut tx, &later, &deck_of(2)).await.unwrap());
        tx.commit().await.unwrap();
        let mut reader = db.store.reader().await.unwrap();
        assert_eq!(get(&mut reader, &ws, &first.id).await.unwrap(), Some(first.clone()));
        assert_eq!(deck(&mut reader, &ws, &first.id).await.unwrap(), Some(deck_of(0)));
        assert_eq!(by_id_any(&mut reader, &first.id).await.unwrap(), Some(first.clone()));
        let newest = latest(&mut reader, &ws, "quarterly", 9).await.unwrap();
        assert_eq!(newest, [later, first]);
        assert_eq!(latest(&mut reader, &ws, "annual", 9).await.unwrap(), []);
    }

    async fn a_workspace_does_not_reach_the_reports_of_another(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let theirs = report(&ws, "r", 1);
        let mut tx = db.store.begin().await.unwrap();
        add(&mut tx, &theirs, b"PK").await.unwrap();
        assert_eq!(get(&mut tx, &other, &theirs.id).await.unwrap(), None);
        assert_eq!(deck(&mut tx, &other, &theirs.id).await.unwrap(), None);
        assert_eq!(latest(&mut tx, &other, "quarterly", 9).await.unwrap(), []);
    }

    async fn a_kind_that_there_is_not_is_refused(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        add(&mut tx, &report(&ws, "r", 1), b"PK").await.unwrap();
        tx.commit().await.unwrap();
        assert!(tamper(&db.store, "UPDATE report SET kind = 'weekly'").await.is_err());
        assert!(tamper(&db.store, "DELETE FROM report").await.is_err(), "its deck needs it");
    }
}
