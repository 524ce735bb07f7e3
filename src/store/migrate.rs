//! Brings the tables up to date: forward only, each migration in a transaction of its own.
//!
//! Several replicas may start at once: `PostgreSQL` lets one in by an advisory lock, `SQLite` by its
//! write lock. A database that has more than this binary knows is left as it is: migrations expand
//! first, so an older replica can go on beside a newer one.

use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;
use tracing::{info, warn};

use super::database::{Kind, Link, Reads, Store, Tx, on};
use super::{Error, Result};

struct Migration {
    version: i64,
    name: &'static str,
    ddl: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal)*) => {
        &[$(Migration {
            version: $version,
            name: $name,
            ddl: include_str!(concat!("../../migrations/", $name, ".sql")),
        }),*]
    };
}

/// In the order in which they are applied. Add at the end; never change one that was released.
const ALL: &[Migration] = migrations! {
    1 "0001_work"
    2 "0002_people"
    3 "0003_strategy"
    4 "0004_facts"
    5 "0005_reports"
    6 "0006_console"
    7 "0007_requests"
    8 "0008_waiting"
    9 "0009_deliveries"
    10 "0010_staged_facts"
    11 "0011_rights"
    12 "0012_console"
};

/// The texts of all steps, for tests that hold other texts against them.
#[cfg(test)]
pub(super) fn texts() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|migration| migration.ddl)
}

/// Any number, the same in every replica.
const ADVISORY_LOCK: i64 = 0x0a77_ac4e;

impl Store {
    /// A transaction that every other one of its kind waits for: setting a new database up.
    pub async fn begin_setup(&self) -> Result<Tx> {
        let mut tx = self.begin().await?;
        lock(&mut tx).await?;
        Ok(tx)
    }
}

pub(super) async fn up(store: &Store) -> Result<()> {
    up_by(store, ALL).await
}

async fn up_by(store: &Store, all: &[Migration]) -> Result<()> {
    let mut tx = store.begin().await?;
    lock(&mut tx).await?;
    make_version_table(&mut tx, store.kind()).await?;
    let applied = applied(&mut tx).await?;
    for (version, _) in applied.iter().skip(all.len()) {
        warn!(version, "this database is newer than this binary");
    }
    for migration in all {
        let known = applied.iter().find(|(version, _)| *version == migration.version);
        let print = fingerprint(migration.ddl);
        match known {
            Some((_, before)) if *before == print => {}
            Some(_) => return Err(changed(migration)),
            None => apply(&mut tx, store.kind(), migration, &print).await?,
        }
    }
    tx.commit().await
}

fn changed(migration: &Migration) -> Error {
    Error::Broken(format!("migration {} was changed after it was applied", migration.name))
}

async fn lock(tx: &mut Tx) -> Result<()> {
    if let Link::Pg(c) = tx.link() {
        // Another replica may migrate a large database; that is worth waiting for.
        sqlx::query("SET LOCAL lock_timeout = 0").execute(&mut *c).await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(ADVISORY_LOCK).execute(c).await?;
    }
    Ok(())
}

async fn make_version_table(tx: &mut Tx, kind: Kind) -> Result<()> {
    let ddl = "CREATE TABLE IF NOT EXISTS schema_version (\
               version {int} PRIMARY KEY, name TEXT NOT NULL, fingerprint TEXT NOT NULL) {strict}";
    let ddl = expand(ddl, kind);
    on!(tx, |c| sqlx::raw_sql(AssertSqlSafe(ddl)).execute(c).await.map(|_| ()))?;
    Ok(())
}

async fn applied(tx: &mut Tx) -> Result<Vec<(i64, String)>> {
    let sql = "SELECT version, fingerprint FROM schema_version ORDER BY version";
    Ok(on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

async fn apply(tx: &mut Tx, kind: Kind, migration: &Migration, print: &str) -> Result<()> {
    let ddl = expand(migration.ddl, kind);
    let done = on!(tx, |c| sqlx::raw_sql(AssertSqlSafe(ddl)).execute(c).await.map(|_| ()));
    done.map_err(|e| Error::Broken(format!("migration {}: {e}", migration.name)))?;
    let sql = "INSERT INTO schema_version (version, name, fingerprint) VALUES ($1, $2, $3)";
    on!(tx, |c| sqlx::query(sql)
        .bind(migration.version)
        .bind(migration.name)
        .bind(print)
        .execute(c)
        .await
        .map(|_| ()))?;
    info!(migration = migration.name, "migrated");
    Ok(())
}

fn fingerprint(ddl: &str) -> String {
    let hash = Sha256::digest(ddl.as_bytes());
    let mut head = [0; 8];
    head.copy_from_slice(&hash[..8]);
    format!("{:016x}", u64::from_be_bytes(head))
}

/// Turns the words that differ between the databases into the one's own; see `migrations/README.md`.
fn expand(ddl: &str, kind: Kind) -> String {
    let (int, blob, id, serial, strict, keyed) = match kind {
        Kind::Sqlite => (
            "INTEGER",
            "BLOB",
            "TEXT",
            "INTEGER NOT NULL PRIMARY KEY",
            "STRICT",
            "STRICT, WITHOUT ROWID",
        ),
        Kind::Postgres => (
            "BIGINT",
            "BYTEA",
            "TEXT COLLATE \"C\"",
            "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
            "",
            "",
        ),
    };
    ddl.replace("{int}", int)
        .replace("{blob}", blob)
        .replace("{id}", id)
        .replace("{serial}", serial)
        .replace("{strict}", strict)
        .replace("{keyed}", keyed)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::testing::{Fresh, bare};
    use super::*;

    /// What stands in the tables of each migration once people have worked with it.
    const FILLED: &[&str] = &[
        include_str!("../../migrations/filled/0001_work.sql"),
        include_str!("../../migrations/filled/0002_people.sql"),
        include_str!("../../migrations/filled/0003_strategy.sql"),
        include_str!("../../migrations/filled/0004_facts.sql"),
        include_str!("../../migrations/filled/0005_reports.sql"),
        include_str!("../../migrations/filled/0006_console.sql"),
        include_str!("../../migrations/filled/0007_requests.sql"),
        include_str!("../../migrations/filled/0008_waiting.sql"),
        include_str!("../../migrations/filled/0009_deliveries.sql"),
        include_str!("../../migrations/filled/0010_staged_facts.sql"),
        include_str!("../../migrations/filled/0011_rights.sql"),
        include_str!("../../migrations/filled/0012_console.sql"),
    ];

    fn tables(migration: &Migration) -> impl Iterator<Item = &'static str> {
        let made = migration.ddl.lines().filter_map(|line| line.strip_prefix("CREATE TABLE "));
        made.filter_map(|rest| rest.split(' ').next())
    }

    async fn fill(store: &Store, filled: &str) {
        let bytes = match store.kind() {
            Kind::Sqlite => "x'504b'",
            Kind::Postgres => "'\\x504b'",
        };
        let text = filled.replace("{bytes}", bytes);
        let mut tx = store.begin().await.unwrap();
        on!(&mut tx, |c| sqlx::raw_sql(AssertSqlSafe(text)).execute(c).await.map(|_| ())).unwrap();
        tx.commit().await.unwrap();
    }

    async fn rows(store: &Store, migrations: &[Migration]) -> BTreeMap<&'static str, i64> {
        let mut reader = store.reader().await.unwrap();
        let mut rows = BTreeMap::new();
        for table in migrations.iter().flat_map(tables) {
            let text = format!("SELECT COUNT(*) FROM {table}");
            let count: i64 =
                on!(&mut reader, |c| sqlx::query_scalar(AssertSqlSafe(text)).fetch_one(c).await)
                    .unwrap();
            rows.insert(table, count);
        }
        rows
    }

    /// From every step on, with rows in every table there is by then, to the last.
    async fn a_filled_database_keeps_its_rows_through_every_later_step(kind: Kind) {
        assert_eq!(FILLED.len(), ALL.len(), "each migration comes with rows for its tables");
        for step in 1..=ALL.len() {
            let db: Fresh = bare(kind).await;
            let (before, after) = (&ALL[..step], &FILLED[..step]);
            up_by(&db.store, before).await.unwrap();
            for filled in after {
                fill(&db.store, filled).await;
            }
            let kept = rows(&db.store, before).await;
            let empty: Vec<_> = kept.iter().filter(|(_, rows)| **rows == 0).collect();
            assert!(empty.is_empty(), "no rows to keep in {empty:?}");
            up(&db.store).await.unwrap();
            assert_eq!(rows(&db.store, before).await, kept);
            up(&db.store).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_filled_sqlite_database_keeps_its_rows_through_every_later_step() {
        a_filled_database_keeps_its_rows_through_every_later_step(Kind::Sqlite).await;
    }

    #[tokio::test]
    async fn a_filled_postgres_database_keeps_its_rows_through_every_later_step() {
        a_filled_database_keeps_its_rows_through_every_later_step(Kind::Postgres).await;
    }

    #[tokio::test]
    async fn a_step_that_was_changed_after_it_was_applied_is_refused() {
        let db = bare(Kind::Sqlite).await;
        let one = |ddl| [Migration { version: 1, name: "0001_work", ddl }];
        up_by(&db.store, &one("CREATE TABLE a (b {int}) {strict}")).await.unwrap();
        let changed = up_by(&db.store, &one("CREATE TABLE a (c {int}) {strict}")).await;
        assert!(matches!(changed, Err(Error::Broken(_))), "{changed:?}");
    }

    #[tokio::test]
    async fn a_database_of_a_newer_binary_is_left_as_it_is() {
        let db = bare(Kind::Sqlite).await;
        up(&db.store).await.unwrap();
        up_by(&db.store, &ALL[..2]).await.unwrap();
        assert_eq!(rows(&db.store, ALL).await.values().sum::<i64>(), 0);
    }
}
