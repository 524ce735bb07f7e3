//! `SQLite`'s log is folded into the file here, on a connection of its own, so that no commit pays.
//!
//! A passive checkpoint never waits for anybody. While people write on and on, it never reaches the
//! log's end: past a bound the log is begun again from its start, in the room it has. It is cut back
//! when nothing was written for a while.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use tracing::warn;

use super::lock::beside;

/// How often the log is looked at. A look is one `stat` when nothing was written; a page that was
/// written many times in between is folded in once.
const LOOK: Duration = Duration::from_secs(1);
/// Looks without a write after which the log is cut back.
const QUIET_LOOKS: u32 = 2;
/// Pages in the log (64 MiB) past which it is begun again even while people write.
const BOUND: i64 = 16 << 10;
/// A log not worth cutting back when idle.
const SMALL: u64 = 1 << 20;

/// The task that makes checkpoints.
#[derive(Debug)]
pub(super) struct Checkpoints {
    stop: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Checkpoints {
    pub(super) fn start(connect: &SqliteConnectOptions, database: &Path) -> Self {
        let (stop, stopped) = watch::channel(false);
        let connect = connect.clone().busy_timeout(Duration::from_millis(200));
        let log = beside(database, "-wal");
        let task = tokio::spawn(run(connect, log, stopped));
        Self { stop, task: Mutex::new(Some(task)) }
    }

    pub(super) async fn stop(&self) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            warn!(%error, "the checkpoint task did not end well");
        }
    }
}

async fn run(connect: SqliteConnectOptions, log: PathBuf, mut stopped: watch::Receiver<bool>) {
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut connection = None;
    let mut watcher = Watcher::default();
    loop {
        tokio::select! {
            _ = stopped.changed() => break,
            _ = ticks.tick() => {}
        }
        let Some(pragma) = watcher.due(&log) else { continue };
        if let Err(error) = checkpoint(&connect, &mut connection, pragma).await {
            warn!(%error, "a checkpoint failed; the next one will make up for it");
            connection = None;
        }
    }
    if let Some(connection) = connection {
        let _ = connection.close().await;
    }
}

async fn checkpoint(
    connect: &SqliteConnectOptions,
    connection: &mut Option<SqliteConnection>,
    pragma: &'static str,
) -> sqlx::Result<()> {
    if connection.is_none() {
        *connection = Some(connect.connect().await?);
    }
    if let Some(connection) = connection {
        let (_, pages, _): Outcome = sqlx::query_as(pragma).fetch_one(&mut *connection).await?;
        if pages > BOUND {
            // Nearly all of it is folded in by now, so writers wait for the rest only.
            let _: Outcome = sqlx::query_as(RESTART).fetch_one(connection).await?;
        }
    }
    Ok(())
}

/// Whether somebody was in the way; pages in the log; pages of them that are folded in.
type Outcome = (i64, i64, i64);

const PASSIVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";
const RESTART: &str = "PRAGMA wal_checkpoint(RESTART)";
const TRUNCATE: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// Decides from the log's size and age which checkpoint is due.
#[derive(Default)]
struct Watcher {
    seen: Option<(SystemTime, u64)>,
    quiet: u32,
}

impl Watcher {
    fn due(&mut self, log: &Path) -> Option<&'static str> {
        let meta = std::fs::metadata(log).ok()?;
        self.decide((meta.modified().ok()?, meta.len()))
    }

    fn decide(&mut self, now: (SystemTime, u64)) -> Option<&'static str> {
        let wrote = self.seen != Some(now);
        self.seen = Some(now);
        self.quiet = if wrote { 0 } else { self.quiet.saturating_add(1) };
        match (wrote, now.1) {
            (true, size) if size > 0 => Some(PASSIVE),
            (false, size) if self.quiet == QUIET_LOOKS && size > SMALL => Some(TRUNCATE),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_are_folded_in_and_the_log_is_cut_back_once_it_is_quiet() {
        let mut watcher = Watcher::default();
        let log = (SystemTime::UNIX_EPOCH, 5 << 20);
        assert_eq!(watcher.decide(log), Some(PASSIVE));
        for _ in 1..QUIET_LOOKS {
            assert_eq!(watcher.decide(log), None);
        }
        assert_eq!(watcher.decide(log), Some(TRUNCATE));
        assert_eq!(watcher.decide(log), None);
    }

    #[tokio::test]
    async fn a_log_past_its_bound_is_begun_again_even_under_load() {
        let folder = tempfile::tempdir().unwrap();
        let connect = SqliteConnectOptions::new()
            .filename(folder.path().join("a.db"))
            .create_if_missing(true)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
            .pragma("wal_autocheckpoint", "0");
        let mut writer = connect.connect().await.unwrap();
        sqlx::query("CREATE TABLE t (x BLOB)").execute(&mut writer).await.unwrap();
        let fill = "INSERT INTO t VALUES (randomblob(70000000))";
        sqlx::query(fill).execute(&mut writer).await.unwrap();
        checkpoint(&connect, &mut None, PASSIVE).await.unwrap();
        sqlx::query("INSERT INTO t VALUES (1)").execute(&mut writer).await.unwrap();
        let after: Outcome = sqlx::query_as(PASSIVE).fetch_one(&mut writer).await.unwrap();
        assert!(after.1 < 10, "the next page stands at the log's start: {after:?}");
    }
}
