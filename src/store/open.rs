//! How a database is opened: settings of each driver, lock, migrations.

use std::io;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Executor};

use super::checkpoint::Checkpoints;
use super::database::{Db, Store};
use super::lock::{FileLock, refuse_network};
use super::{Error, Result, migrate};
use crate::config::private;

/// A waiting writer gives up after this long, so that a forgotten transaction is a loud failure.
const PATIENCE: Duration = Duration::from_secs(5);
/// A connection that lay idle longer than this is asked whether it still lives.
const STALE: Duration = Duration::from_secs(10);

/// A replica that stands still in the middle of a transaction must not hold the others up.
const SESSION: &str = "SET idle_in_transaction_session_timeout = '10s'; SET lock_timeout = '5s'";

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// Be the only process on a `SQLite` file (`attache serve`). No effect on `PostgreSQL`.
    pub exclusive: bool,
    /// Bring the tables up to date first.
    pub migrate: bool,
    /// Connections to `PostgreSQL`.
    pub connections: u32,
    /// Whether each commit waits for the disk (`SQLite`). Slack has been told "yes" by then.
    pub durable: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { exclusive: false, migrate: true, connections: 10, durable: true }
    }
}

/// KiB of pages that the connection that writes keeps: the keys of a busy day.
const WRITE_CACHE: &str = "-8192";
/// KiB of pages for each of those that read; the system keeps the file in memory too.
const READ_CACHE: &str = "-1024";

impl Store {
    /// Opens `sqlite://path` (made when absent) or `postgres://…`.
    pub async fn open(url: &str, options: &Options) -> Result<Self> {
        let store = if url.starts_with("sqlite:") {
            open_sqlite(url, options).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            open_postgres(url, options).await?
        } else {
            let known = "a database address starts with sqlite:// or postgres://";
            return Err(Error::Unreachable(known.to_owned()));
        };
        if options.migrate {
            migrate::up(&store).await?;
        }
        Ok(store)
    }
}

async fn open_sqlite(url: &str, options: &Options) -> Result<Store> {
    let connect = SqliteConnectOptions::from_str(url)?;
    let path = connect.get_filename().to_owned();
    let unreachable = |e: std::io::Error| Error::Unreachable(format!("{}: {e}", path.display()));
    private::folder_of(&path).map_err(unreachable)?;
    refuse_network(&path)?;
    let lock = if options.exclusive { Some(FileLock::take(&path)?) } else { None };
    keep_private(&path, options.exclusive).map_err(unreachable)?;
    let connect = sqlite_settings(connect, options);
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(connect.clone())
        .await?;
    let read = SqlitePoolOptions::new()
        .max_connections(4)
        .acquire_timeout(PATIENCE)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_lazy_with(connect.clone().read_only(true).pragma("cache_size", READ_CACHE));
    let checkpoints = Checkpoints::start(&connect, &path);
    Ok(Store::new(Db::Lite { write, read }, Some(checkpoints), lock))
}

/// A new file is its owner's before `SQLite` writes to it, which gives its log and its index the same
/// mode. One that is there already stays as it is: somebody may have wanted it so.
fn keep_private(path: &Path, tell: bool) -> io::Result<()> {
    match private::new_file(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => return made.map(drop),
    }
    if tell && private::is_open_to_others(path)? {
        let file = path.display();
        tracing::warn!(
            "other people on this machine can read the database; run: chmod 600 {file}*"
        );
    }
    Ok(())
}

fn sqlite_settings(connect: SqliteConnectOptions, options: &Options) -> SqliteConnectOptions {
    let synchronous =
        if options.durable { SqliteSynchronous::Full } else { SqliteSynchronous::Normal };
    connect
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .busy_timeout(PATIENCE)
        .foreign_keys(true)
        // Checkpoints are made apart, off the way of whoever waits for a commit.
        .pragma("wal_autocheckpoint", "0")
        .pragma("cache_size", WRITE_CACHE)
        // What a statement may have to take back is kept in memory, not in a file made for it.
        .pragma("temp_store", "memory")
        .statement_cache_capacity(500)
}

async fn open_postgres(url: &str, options: &Options) -> Result<Store> {
    let connect = PgConnectOptions::from_str(url)?.application_name("attache");
    let pool = PgPoolOptions::new()
        .max_connections(options.connections)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(SESSION).await.map(|_| ()) })
        })
        .before_acquire(|connection, meta| {
            Box::pin(async move { Ok(meta.idle_for < STALE || connection.ping().await.is_ok()) })
        })
        .connect_with(connect)
        .await?;
    Ok(Store::new(Db::Pg(pool), None, None))
}
