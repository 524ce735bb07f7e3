//! The two drivers behind one name: pools, transactions, and the macros that pick between them.

use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::time::timeout;

use super::checkpoint::Checkpoints;
use super::lock::FileLock;
use super::{Error, Result};

/// Runs one body against the driver behind anything that [`Reads`]; `$c` is `&mut SqliteConnection`
/// or `&mut PgConnection`.
macro_rules! on {
    ($db:expr, |$c:ident| $body:expr) => {
        match $crate::store::Reads::link($db) {
            $crate::store::Link::Lite($c) => $body,
            $crate::store::Link::Pg($c) => $body,
        }
    };
}
pub(crate) use on;

/// Like `on!`, but hands out the driver's transaction itself, as the job engine wants it.
macro_rules! txn {
    ($tx:expr, |$t:ident| $body:expr) => {
        match $tx.open() {
            $crate::store::Open::Lite($t) => $body,
            $crate::store::Open::Pg($t) => $body,
        }
    };
}
pub(crate) use txn;

/// Names SQL texts, and lists them all in `SQL` so that a test can prepare each on both databases.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* const $name: &str = $text;)*
        #[cfg(test)]
        pub(super) const SQL: &[&str] = &[$($name),*];
    };
}
pub(crate) use statements;

/// Slack waits 3 s for an answer: whoever cannot begin by then is told while they listen.
const PROMPT: Duration = Duration::from_millis(2500);

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// The pools. `SQLite` has one connection that writes, and a few that only read.
#[derive(Clone, Debug)]
pub enum Db {
    Lite { write: SqlitePool, read: SqlitePool },
    Pg(PgPool),
}

/// An open database. Cheap to clone; all clones are the same one.
#[derive(Clone, Debug)]
pub struct Store(Arc<Opened>);

#[derive(Debug)]
struct Opened {
    db: Db,
    checkpoints: Option<Checkpoints>,
    lock: Option<FileLock>,
}

/// One transaction. Dropped without [`Tx::commit`] it leaves nothing behind.
///
/// Never ask the [`Store`] for another one while it is open: `SQLite` has one write connection.
pub struct Tx {
    open: Open,
    after: Vec<AfterCommit>,
}

/// The driver's transaction inside a [`Tx`].
#[derive(Debug)]
pub enum Open {
    Lite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

/// What runs once the rows are really there, such as waking those who wait for them.
pub type AfterCommit = Box<dyn FnOnce() + Send>;

/// A connection that only reads, outside any transaction.
#[derive(Debug)]
pub enum Reader {
    Lite(PoolConnection<Sqlite>),
    Pg(PoolConnection<Postgres>),
}

/// One moment of the database, to read several things that belong together. It keeps nobody from
/// writing, and what is written meanwhile is not seen.
#[derive(Debug)]
pub struct Snapshot(Open);

/// The driver's connection behind a [`Tx`] or a [`Reader`].
#[derive(Debug)]
pub enum Link<'a> {
    Lite(&'a mut SqliteConnection),
    Pg(&'a mut PgConnection),
}

/// What can be read from: a [`Reader`], a [`Snapshot`], or a [`Tx`] that then sees its own writes.
pub trait Reads: Send {
    fn link(&mut self) -> Link<'_>;
}

impl Reads for Tx {
    fn link(&mut self) -> Link<'_> {
        match &mut self.open {
            Open::Lite(tx) => Link::Lite(&mut *tx),
            Open::Pg(tx) => Link::Pg(&mut *tx),
        }
    }
}

impl Reads for Snapshot {
    fn link(&mut self) -> Link<'_> {
        match &mut self.0 {
            Open::Lite(tx) => Link::Lite(&mut *tx),
            Open::Pg(tx) => Link::Pg(&mut *tx),
        }
    }
}

impl Reads for Reader {
    fn link(&mut self) -> Link<'_> {
        match self {
            Self::Lite(connection) => Link::Lite(&mut *connection),
            Self::Pg(connection) => Link::Pg(&mut *connection),
        }
    }
}

impl Snapshot {
    /// Ends it, awaited: its connection is free before work begins that takes a while.
    pub async fn end(self) -> Result<()> {
        match self.0 {
            Open::Lite(tx) => tx.rollback().await,
            Open::Pg(tx) => tx.rollback().await,
        }
        .map_err(Error::from)
    }
}

impl Store {
    pub(super) fn new(db: Db, checkpoints: Option<Checkpoints>, lock: Option<FileLock>) -> Self {
        Self(Arc::new(Opened { db, checkpoints, lock }))
    }

    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.0.db {
            Db::Lite { .. } => Kind::Sqlite,
            Db::Pg(_) => Kind::Postgres,
        }
    }

    /// The pools themselves, for the job engine.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// Whether this process is the only one that may work on the file; never so on `PostgreSQL`.
    #[must_use]
    pub fn is_exclusive(&self) -> bool {
        self.0.lock.is_some()
    }

    /// Starts a transaction; on `SQLite` it holds the write lock from its first moment.
    ///
    /// It starts in a task of its own: a caller that is dropped while waiting would otherwise leave
    /// a connection behind that is in a transaction without knowing it.
    pub async fn begin(&self) -> Result<Tx> {
        let store = self.clone();
        match tokio::spawn(async move { store.begin_here().await }).await {
            Ok(begun) => begun,
            Err(error) => Err(Error::Unreachable(error.to_string())),
        }
    }

    /// Like [`Store::begin`], for those whose caller hangs up soon: a lock that somebody else holds is
    /// waited for no longer than [`PROMPT`].
    pub async fn begin_promptly(&self) -> Result<Tx> {
        const BEGIN: &str = "BEGIN; SET LOCAL lock_timeout = '2500ms'";
        let store = self.clone();
        let begun = tokio::spawn(async move {
            match &store.0.db {
                Db::Lite { .. } => store.begin_here().await,
                Db::Pg(pool) => {
                    let open = Open::Pg(pool.begin_with(BEGIN).await?);
                    Ok(Tx { open, after: Vec::new() })
                }
            }
        });
        match timeout(PROMPT, begun).await {
            Ok(begun) => begun.unwrap_or_else(|error| Err(Error::Unreachable(error.to_string()))),
            Err(_) => Err(Error::Busy("somebody else holds it".to_owned())),
        }
    }

    /// Like [`Store::begin`], for a task that nobody drops halfway.
    pub async fn begin_here(&self) -> Result<Tx> {
        let open = match &self.0.db {
            Db::Lite { write, .. } => Open::Lite(begin_to_write(write).await?),
            Db::Pg(pool) => Open::Pg(pool.begin().await?),
        };
        Ok(Tx { open, after: Vec::new() })
    }

    /// A connection to read from. Give it back (drop it) before starting a transaction.
    pub async fn reader(&self) -> Result<Reader> {
        Ok(match &self.0.db {
            Db::Lite { read, .. } => Reader::Lite(read.acquire().await?),
            Db::Pg(pool) => Reader::Pg(pool.acquire().await?),
        })
    }

    /// One moment to read from. End it before starting a transaction or other work.
    ///
    /// It starts in a task of its own, as [`Store::begin`] does.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let store = self.clone();
        let begun = tokio::spawn(async move {
            Ok::<_, Error>(Snapshot(match &store.0.db {
                // Its first read fixes the moment.
                Db::Lite { read, .. } => Open::Lite(read.begin().await?),
                Db::Pg(pool) => Open::Pg(pool.begin_with(BEGIN).await?),
            }))
        });
        begun.await.unwrap_or_else(|error| Err(Error::Unreachable(error.to_string())))
    }

    /// Answers when the database can be read: the readiness check.
    pub async fn ping(&self) -> Result<()> {
        let mut reader = self.reader().await?;
        on!(&mut reader, |c| sqlx::query("SELECT 1").execute(c).await.map(|_| ()))?;
        Ok(())
    }

    /// Closes every connection; `SQLite`'s log is folded into the file.
    pub async fn close(&self) {
        if let Some(checkpoints) = &self.0.checkpoints {
            checkpoints.stop().await;
        }
        match &self.0.db {
            Db::Lite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Db::Pg(pool) => pool.close().await,
        }
    }
}

/// A full disk ends `SQLite`'s transaction by itself, and the driver does not notice: to it the only
/// write connection stays in that transaction for ever. Such a connection makes way for a new one.
async fn begin_to_write(write: &SqlitePool) -> sqlx::Result<Transaction<'static, Sqlite>> {
    const BEGIN: &str = "BEGIN IMMEDIATE";
    match write.begin_with(BEGIN).await {
        Err(sqlx::Error::InvalidSavePointStatement) => {
            write.acquire().await?.close().await?;
            write.begin_with(BEGIN).await
        }
        begun => begun,
    }
}

impl Tx {
    /// The driver's transaction, for `txn!`.
    pub(crate) fn open(&mut self) -> &mut Open {
        &mut self.open
    }

    /// Runs `then` right after this transaction has been committed, and never if it is not.
    pub fn after_commit(&mut self, then: AfterCommit) {
        self.after.push(then);
    }

    pub async fn commit(self) -> Result<()> {
        match self.open {
            Open::Lite(tx) => tx.commit().await,
            Open::Pg(tx) => tx.commit().await,
        }?;
        for then in self.after {
            then();
        }
        Ok(())
    }

    pub async fn rollback(self) -> Result<()> {
        match self.open {
            Open::Lite(tx) => tx.rollback().await,
            Open::Pg(tx) => tx.rollback().await,
        }
        .map_err(Error::from)
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("open", &self.open).finish_non_exhaustive()
    }
}
