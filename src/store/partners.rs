//! Partner, deal and activity facts, and what each import of them brought.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sqlx::AssertSqlSafe;

use super::ask::{every, first, json, odd, run, to_json};
use super::{Reads, Result, Tx, on, statements, workspaces};
use crate::ids::WorkspaceId;
use crate::partners::import::Kind;
use crate::partners::{Activity, Columns, Deal, Fact, Partner, changes};

statements! {
    PARTNERS = "SELECT body FROM partner_now WHERE workspace_id = $1 ORDER BY external_id";
    DEALS = "SELECT body FROM deal_now WHERE workspace_id = $1 ORDER BY external_id";
    ACTIVITIES = "SELECT body FROM activity_now WHERE workspace_id = $1 ORDER BY external_id";
    PARTNER = "SELECT body FROM partner_now WHERE workspace_id = $1 AND external_id = $2";
    PARTNER_IDS = "SELECT external_id FROM partner_now WHERE workspace_id = $1 \
                   ORDER BY external_id";
    VERSION = "SELECT COALESCE(MAX(seq), 0) FROM import_log WHERE workspace_id = $1";
    LOG = "INSERT INTO import_log (workspace_id, seq, kind, at, by_name, source, added, changed, \
           unchanged, refused) VALUES ($1, (SELECT COALESCE(MAX(seq), 0) + 1 FROM import_log \
           WHERE workspace_id = $1), $2, $3, $4, $5, $6, $7, $8, $9)";
    IMPORT_LOG = "SELECT kind, at, by_name, source, added, changed, unchanged, refused \
                  FROM import_log WHERE workspace_id = $1 ORDER BY seq DESC LIMIT $2";
}

/// Rows written by one statement.
pub(super) const BATCH: usize = 200;

/// How many rows an import added, changed, and found as they were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub added: i64,
    pub changed: i64,
    pub unchanged: i64,
}

/// One import, as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    pub kind: Kind,
    pub at: i64,
    pub by_name: String,
    /// A file's name, or the door it came by.
    pub source: String,
    pub tally: Tally,
    pub refused: i64,
}

#[derive(sqlx::FromRow)]
struct ImportRow {
    kind: String,
    at: i64,
    by_name: String,
    source: String,
    added: i64,
    changed: i64,
    unchanged: i64,
    refused: i64,
}

impl ImportRow {
    fn read(self) -> Result<Imported> {
        let found = [Kind::Partners, Kind::Deals, Kind::Activities]
            .into_iter()
            .find(|kind| word(*kind) == self.kind);
        Ok(Imported {
            kind: found.ok_or_else(|| odd("the kind of an import", &self.kind))?,
            at: self.at,
            by_name: self.by_name,
            source: self.source,
            tally: Tally { added: self.added, changed: self.changed, unchanged: self.unchanged },
            refused: self.refused,
        })
    }
}

/// The word for a kind, as stored.
pub(super) fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Partners => "partners",
        Kind::Deals => "deals",
        Kind::Activities => "activities",
    }
}

/// All partners, by their external ids.
pub async fn partners(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<Vec<Partner>> {
    let rows: Vec<(String,)> = every!(db, PARTNERS, workspace.as_str())?;
    rows.iter().map(|(body,)| json("a partner", body)).collect()
}

/// All deals, by their external ids.
pub async fn deals(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<Vec<Deal>> {
    let rows: Vec<(String,)> = every!(db, DEALS, workspace.as_str())?;
    rows.iter().map(|(body,)| json("a deal", body)).collect()
}

/// All activities, by their external ids.
pub async fn activities(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<Vec<Activity>> {
    let rows: Vec<(String,)> = every!(db, ACTIVITIES, workspace.as_str())?;
    rows.iter().map(|(body,)| json("an activity", body)).collect()
}

pub async fn partner(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    external_id: &str,
) -> Result<Option<Partner>> {
    let row: Option<(String,)> = first!(db, PARTNER, workspace.as_str(), external_id)?;
    row.map(|(body,)| json("a partner", &body)).transpose()
}

/// The external ids of all partners, to hold deals and activities against.
pub async fn partner_ids(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = every!(db, PARTNER_IDS, workspace.as_str())?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many imports there were: while it stays, what was read of the facts is still so.
pub async fn version(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<i64> {
    let row: Option<(i64,)> = first!(db, VERSION, workspace.as_str())?;
    Ok(row.map_or(0, |(seq,)| seq))
}

/// A fact with the partner it belongs to.
pub trait Kept: Fact {
    fn partner(&self) -> Option<&str>;
}

impl Kept for Partner {
    fn partner(&self) -> Option<&str> {
        None
    }
}

impl Kept for Deal {
    fn partner(&self) -> Option<&str> {
        self.partner_external_id.as_deref()
    }
}

impl Kept for Activity {
    fn partner(&self) -> Option<&str> {
        Some(&self.partner_external_id)
    }
}

/// A fact as it will be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFact {
    pub external_id: String,
    /// Empty for a partner and for a direct deal.
    pub partner: String,
    pub body: String,
}

/// What an import comes to: the rows that it writes, and how many it leaves alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub tally: Tally,
    pub write: Vec<NewFact>,
}

/// Holds rows against the stored ones. `columns` are those of each row: a stored row keeps what the
/// new one has no column for. Nothing is read or written.
pub fn plan<T: Kept>(stored: &[T], rows: &[T], columns: &[Columns]) -> Result<Plan> {
    // One statement may not write a row twice: of two with one id the last counts.
    let named = rows.iter().zip(columns).map(|(row, columns)| (row.external_id(), (row, columns)));
    let last: BTreeMap<&str, (&T, &Columns)> = named.collect();
    let (rows, columns): (Vec<T>, Vec<Columns>) =
        last.into_values().map(|(row, columns)| (row.clone(), Columns::clone(columns))).unzip();
    let found = changes(stored, &rows, &columns);
    let tally = Tally {
        added: count(found.added.len()),
        changed: count(found.changed.len()),
        unchanged: count(found.unchanged),
    };
    let changed = found.changed.iter().map(|changed| &changed.row);
    let write = found.added.iter().chain(changed).map(new_fact).collect::<Result<_>>()?;
    Ok(Plan { tally, write })
}

fn new_fact<T: Kept>(row: &T) -> Result<NewFact> {
    Ok(NewFact {
        external_id: row.external_id().to_owned(),
        partner: row.partner().unwrap_or_default().to_owned(),
        body: to_json("a fact", row)?,
    })
}

/// Writes facts, new ones and such as are there.
pub async fn write(
    tx: &mut Tx,
    (kind, workspace, at): (Kind, &WorkspaceId, i64),
    facts: &[NewFact],
) -> Result<()> {
    for batch in facts.chunks(BATCH) {
        let text = upsert_text(kind, batch.len());
        on!(tx, |c| {
            let mut query = sqlx::query(AssertSqlSafe(text)).bind(workspace.as_str()).bind(at);
            for fact in batch {
                query = query.bind(&fact.external_id).bind(&fact.body);
                if kind != Kind::Partners {
                    query = query.bind(&fact.partner);
                }
            }
            query.persistent(batch.len() == BATCH).execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Writes `rows` rows of one workspace.
fn upsert_text(kind: Kind, rows: usize) -> String {
    let (name, partner) = match kind {
        Kind::Partners => ("partner", ""),
        Kind::Deals => ("deal", ", partner_external_id"),
        Kind::Activities => ("activity", ", partner_external_id"),
    };
    let mut text = format!(
        "INSERT INTO {name} (workspace_id, updated_at, external_id, body{partner}) VALUES "
    );
    let mut next = 3;
    for row in 0..rows {
        let comma = if row == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}($1, $2, ${next}, ${}", next + 1);
        next += 2;
        if !partner.is_empty() {
            let _ = write!(text, ", ${next}");
            next += 1;
        }
        text.push(')');
    }
    text.push_str(
        " ON CONFLICT (workspace_id, external_id) DO UPDATE SET body = excluded.body, \
         updated_at = excluded.updated_at",
    );
    if !partner.is_empty() {
        text.push_str(", partner_external_id = excluded.partner_external_id");
    }
    text
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// Remembers what an import brought.
pub async fn log_import(tx: &mut Tx, workspace: &WorkspaceId, new: &Imported) -> Result<()> {
    workspaces::lock(tx, workspace).await?;
    run!(
        tx,
        LOG,
        workspace.as_str(),
        word(new.kind),
        new.at,
        &new.by_name,
        &new.source,
        new.tally.added,
        new.tally.changed,
        new.tally.unchanged,
        new.refused,
    )?;
    Ok(())
}

/// The latest imports, newest first.
pub async fn import_log(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    limit: i64,
) -> Result<Vec<Imported>> {
    let rows: Vec<ImportRow> = every!(db, IMPORT_LOG, workspace.as_str(), limit)?;
    rows.into_iter().map(ImportRow::read).collect()
}

#[cfg(test)]
mod tests {
    use sqlx::{Executor, SqlSafeStr};

    use super::super::fixtures::settled;
    use super::super::testing::{Fresh, both};
    use super::*;
    use crate::partners::import::{Known, Rows, read};

    both!(
        facts_are_added_changed_and_left_alone,
        deals_and_activities_come_back_as_they_were_read,
        many_rows_are_written_in_batches,
        of_two_rows_with_one_id_the_last_counts,
        what_each_import_brought_is_remembered,
        a_workspace_does_not_reach_the_facts_of_another,
        statements_of_every_size_can_be_prepared,
    );

    fn rows(kind: Kind, csv: &str) -> (Rows, Vec<Columns>) {
        let import = read(kind, csv.as_bytes(), &Known::default()).unwrap();
        assert_eq!(import.refused, []);
        (import.rows, import.columns)
    }

    fn read_partners(csv: &str) -> (Vec<Partner>, Vec<Columns>) {
        let (Rows::Partners(found), columns) = rows(Kind::Partners, csv) else { panic!() };
        (found, columns)
    }

    /// What an import does, in the caller's transaction.
    async fn upsert(
        tx: &mut Tx,
        ws: &WorkspaceId,
        (rows, columns): (&Rows, &[Columns]),
        at: i64,
    ) -> Tally {
        let (kind, plan) = match rows {
            Rows::Partners(rows) => {
                (Kind::Partners, plan(&partners(tx, ws).await.unwrap(), rows, columns))
            }
            Rows::Deals(rows) => (Kind::Deals, plan(&deals(tx, ws).await.unwrap(), rows, columns)),
            Rows::Activities(rows) => {
                (Kind::Activities, plan(&activities(tx, ws).await.unwrap(), rows, columns))
            }
        };
        let plan = plan.unwrap();
        write(tx, (kind, ws, at), &plan.write).await.unwrap();
        plan.tally
    }

    const fn tally(added: i64, changed: i64, unchanged: i64) -> Tally {
        Tally { added, changed, unchanged }
    }

    async fn facts_are_added_changed_and_left_alone(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let (first, columns) = read_partners("external_id,name,tier\nP-2,Two,gold\nP-1,One,\n");
        let done = upsert(&mut tx, &ws, (&Rows::Partners(first.clone()), &columns), 1).await;
        assert_eq!(done, tally(2, 0, 0));
        let done = upsert(&mut tx, &ws, (&Rows::Partners(first.clone()), &columns), 2).await;
        assert_eq!(done, tally(0, 0, 2));
        let (next, columns) = read_partners("external_id,name\nP-2,Two AG\nP-1,One\nP-3,Three\n");
        let done = upsert(&mut tx, &ws, (&Rows::Partners(next.clone()), &columns), 3).await;
        assert_eq!(done, tally(1, 1, 1));
        let found = partners(&mut tx, &ws).await.unwrap();
        let names: Vec<_> = found.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["One", "Two AG", "Three"]);
        assert_eq!(found[1].tier, first[0].tier, "a column that the file lacks stays");
        assert_eq!(partner(&mut tx, &ws, "P-2").await.unwrap().as_ref(), found.get(1));
        assert_eq!(partner(&mut tx, &ws, "P-9").await.unwrap(), None);
        assert_eq!(partner_ids(&mut tx, &ws).await.unwrap(), ["P-1", "P-2", "P-3"]);
    }

    async fn deals_and_activities_come_back_as_they_were_read(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let csv = "external_id,partner_external_id,attribution,name,amount,currency,outcome\n\
                   D-1,P-1,sourced,Big,1250.50,USD,open\nD-2,,direct,Own,,,open\n";
        let (Rows::Deals(read), columns) = rows(Kind::Deals, csv) else { panic!() };
        let done = upsert(&mut tx, &ws, (&Rows::Deals(read.clone()), &columns), 1).await;
        assert_eq!(done, tally(2, 0, 0));
        assert_eq!(deals(&mut tx, &ws).await.unwrap(), read);
        let csv =
            "external_id,partner_external_id,kind,date,people\nA-1,P-1,webinar,2026-03-01,40\n";
        let (Rows::Activities(read), columns) = rows(Kind::Activities, csv) else { panic!() };
        let done = upsert(&mut tx, &ws, (&Rows::Activities(read.clone()), &columns), 1).await;
        assert_eq!(done, tally(1, 0, 0));
        assert_eq!(activities(&mut tx, &ws).await.unwrap(), read);
        let done = upsert(&mut tx, &ws, (&Rows::Activities(read.clone()), &columns), 2).await;
        assert_eq!(done, tally(0, 0, 1));
    }

    async fn many_rows_are_written_in_batches(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut csv = String::from("external_id,name\n");
        for number in 0..2 * BATCH + 37 {
            let _ = writeln!(csv, "P-{number:04},Partner {number}");
        }
        let (read, columns) = read_partners(&csv);
        let mut tx = db.store.begin().await.unwrap();
        let done = upsert(&mut tx, &ws, (&Rows::Partners(read.clone()), &columns), 1).await;
        assert_eq!(done, tally(437, 0, 0));
        assert_eq!(partners(&mut tx, &ws).await.unwrap(), read);
    }

    async fn of_two_rows_with_one_id_the_last_counts(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let (mut read, columns) = read_partners("external_id,name\nP-1,One\nP-2,Two\n");
        read[1].external_id = "P-1".to_owned();
        let mut tx = db.store.begin().await.unwrap();
        let done = upsert(&mut tx, &ws, (&Rows::Partners(read.clone()), &columns), 1).await;
        assert_eq!(done, tally(1, 0, 0));
        assert_eq!(partners(&mut tx, &ws).await.unwrap()[0].name, "Two");
    }

    async fn what_each_import_brought_is_remembered(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let mut tx = db.store.begin().await.unwrap();
        let mut imported = Vec::new();
        for (at, kind) in (1..).zip([Kind::Partners, Kind::Deals, Kind::Activities, Kind::Deals]) {
            imported.push(Imported {
                kind,
                at,
                by_name: "Ana".to_owned(),
                source: "deals.csv".to_owned(),
                tally: tally(at, 2, 3),
                refused: 4,
            });
        }
        for one in &imported {
            log_import(&mut tx, &ws, one).await.unwrap();
        }
        let log = import_log(&mut tx, &ws, 9).await.unwrap();
        assert!(log.iter().eq(imported.iter().rev()));
        assert_eq!(import_log(&mut tx, &other, 9).await.unwrap(), []);
    }

    async fn a_workspace_does_not_reach_the_facts_of_another(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let mut tx = db.store.begin().await.unwrap();
        let (theirs, columns) = read_partners("external_id,name\nP-1,Theirs\n");
        upsert(&mut tx, &ws, (&Rows::Partners(theirs.clone()), &columns), 1).await;
        assert_eq!(partners(&mut tx, &other).await.unwrap(), []);
        assert_eq!(partner(&mut tx, &other, "P-1").await.unwrap(), None);
        let (mine, columns) = read_partners("external_id,name\nP-1,Mine\n");
        let done = upsert(&mut tx, &other, (&Rows::Partners(mine.clone()), &columns), 1).await;
        assert_eq!(done, tally(1, 0, 0));
        assert_eq!(partners(&mut tx, &ws).await.unwrap(), theirs);
    }

    async fn statements_of_every_size_can_be_prepared(db: Fresh) {
        let mut reader = db.store.reader().await.unwrap();
        for table in Kind::ALL {
            for rows in [1, 2, BATCH] {
                let text = AssertSqlSafe(upsert_text(table, rows)).into_sql_str();
                let prepared = on!(&mut reader, |c| c.prepare(text).await.map(|_| ()));
                assert!(prepared.is_ok(), "{table:?} {rows}: {prepared:?}");
            }
        }
    }
}
