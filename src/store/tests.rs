//! What must hold for the whole room, on both databases.

use sqlx::{Executor, SqlSafeStr};

use super::inbox::{self, Heard};
use super::outbox::{self, Outgoing};
use super::testing::{Fresh, both};
use super::{Error, Kind, Options, STATEMENTS, Store, on, replicas};

both!(
    every_statement_can_be_prepared,
    a_transaction_that_is_dropped_leaves_nothing,
    a_database_that_is_up_to_date_opens_again,
    two_that_open_at_once_migrate_once,
    a_second_row_with_one_key_is_a_conflict_or_not_written,
    what_runs_after_a_commit_does_not_run_after_a_rollback,
    a_snapshot_stays_at_its_moment_and_keeps_nobody_waiting,
    requests_get_their_places_in_order_and_once,
    a_request_is_done_only_once,
);

async fn every_statement_can_be_prepared(db: Fresh) {
    let mut reader = db.store.reader().await.unwrap();
    let mut texts = STATEMENTS.concat();
    if db.store.kind() == Kind::Postgres {
        texts.extend(replicas::POSTGRES_SQL);
    }
    for sql in texts {
        let text = sql.into_sql_str();
        let prepared = on!(&mut reader, |c| c.prepare(text).await.map(|_| ()));
        assert!(prepared.is_ok(), "{sql}: {prepared:?}");
    }
}

fn heard(conversation: &str, key: &str) -> Heard {
    Heard {
        platform: "slack",
        dedupe_key: key.to_owned(),
        conversation: conversation.to_owned(),
        payload: "{}".to_owned(),
        received_at: 1,
    }
}

async fn a_transaction_that_is_dropped_leaves_nothing(db: Fresh) {
    let mut tx = db.store.begin().await.unwrap();
    inbox::accept(&mut tx, &[&heard("c", "1")]).await.unwrap();
    drop(tx);
    let mut tx = db.store.begin().await.unwrap();
    assert_eq!(inbox::next(&mut tx, "c").await.unwrap(), None);
}

async fn a_database_that_is_up_to_date_opens_again(db: Fresh) {
    let again = Store::open(&db.url, &Options::default()).await.unwrap();
    again.ping().await.unwrap();
}

async fn two_that_open_at_once_migrate_once(db: Fresh) {
    let mut tx = db.store.begin().await.unwrap();
    on!(&mut tx, |c| sqlx::query("DROP TABLE replica").execute(c).await.map(|_| ())).unwrap();
    on!(&mut tx, |c| sqlx::query("DROP TABLE outbox").execute(c).await.map(|_| ())).unwrap();
    on!(&mut tx, |c| sqlx::query("DROP TABLE channel_lane").execute(c).await.map(|_| ())).unwrap();
    on!(&mut tx, |c| sqlx::query("DROP TABLE inbox").execute(c).await.map(|_| ())).unwrap();
    on!(&mut tx, |c| sqlx::query("DELETE FROM schema_version WHERE version = 1")
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    let options = Options::default();
    let (one, two) = tokio::join!(Store::open(&db.url, &options), Store::open(&db.url, &options));
    one.unwrap();
    two.unwrap();
}

async fn a_second_row_with_one_key_is_a_conflict_or_not_written(db: Fresh) {
    let first = outgoing("1", "same");
    let mut tx = db.store.begin().await.unwrap();
    assert!(outbox::say(&mut tx, &first, 1).await.unwrap());
    assert!(!outbox::say(&mut tx, &outgoing("2", "same"), 1).await.unwrap());
    let error = outbox::say(&mut tx, &outgoing("1", "other"), 1).await.unwrap_err();
    assert!(matches!(error, Error::Conflict(_)), "{error:?}");
}

fn outgoing(id: &str, key: &str) -> Outgoing {
    Outgoing {
        id: id.to_owned(),
        workspace: "w".to_owned(),
        lane: "l".to_owned(),
        op: "post".to_owned(),
        payload: "{}".to_owned(),
        dedup_key: key.to_owned(),
        repeatable: false,
        expires_at: None,
    }
}

async fn what_runs_after_a_commit_does_not_run_after_a_rollback(db: Fresh) {
    let (send, mut got) = tokio::sync::mpsc::unbounded_channel();
    for commit in [false, true] {
        let send = send.clone();
        let mut tx = db.store.begin().await.unwrap();
        tx.after_commit(Box::new(move || send.send(commit).unwrap()));
        if commit { tx.commit().await.unwrap() } else { tx.rollback().await.unwrap() }
    }
    assert!(got.recv().await.unwrap());
    assert!(got.is_empty());
}

async fn a_snapshot_stays_at_its_moment_and_keeps_nobody_waiting(db: Fresh) {
    let mut tx = db.store.begin().await.unwrap();
    outbox::say(&mut tx, &outgoing("1", "one"), 1).await.unwrap();
    tx.commit().await.unwrap();
    let mut moment = db.store.snapshot().await.unwrap();
    let first = outbox::next(&mut moment, "l").await.unwrap().unwrap();
    assert_eq!(first.attempts, 0);
    let mut tx = db.store.begin().await.unwrap();
    assert!(outbox::sending(&mut tx, "1", 2).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(outbox::next(&mut moment, "l").await.unwrap(), Some(first));
    drop(moment);
    let mut later = db.store.snapshot().await.unwrap();
    assert_eq!(outbox::next(&mut later, "l").await.unwrap().unwrap().attempts, 1);
}

async fn requests_get_their_places_in_order_and_once(db: Fresh) {
    let rows =
        [heard("b", "1"), heard("a", "2"), heard("b", "3"), heard("b", "1"), heard("b", "4")];
    let mut tx = db.store.begin().await.unwrap();
    let new = inbox::accept(&mut tx, &rows.iter().collect::<Vec<_>>()).await.unwrap();
    assert_eq!(new, [true, true, true, false, true]);
    let again = inbox::accept(&mut tx, &[&heard("b", "3"), &heard("b", "5")]).await.unwrap();
    assert_eq!(again, [false, true]);
    tx.commit().await.unwrap();
    let mut seen = Vec::new();
    loop {
        let mut tx = db.store.begin().await.unwrap();
        let Some(row) = inbox::next(&mut tx, "b").await.unwrap() else { break };
        assert!(inbox::finish(&mut tx, &row, 9).await.unwrap());
        tx.commit().await.unwrap();
        seen.push(row.id);
    }
    assert_eq!(seen.len(), 4);
    assert!(seen.is_sorted());
}

async fn a_request_is_done_only_once(db: Fresh) {
    let mut tx = db.store.begin().await.unwrap();
    inbox::accept(&mut tx, &[&heard("c", "1")]).await.unwrap();
    let row = inbox::next(&mut tx, "c").await.unwrap().unwrap();
    assert!(inbox::finish(&mut tx, &row, 2).await.unwrap());
    assert!(!inbox::finish(&mut tx, &row, 3).await.unwrap());
    assert!(!inbox::give_up(&mut tx, &row, "late", 3).await.unwrap());
}

#[tokio::test]
async fn only_one_process_may_work_on_a_file() {
    let db = super::testing::fresh(super::Kind::Sqlite).await;
    let options = Options { exclusive: true, ..Options::default() };
    let second = Store::open(&db.url, &options).await.unwrap_err();
    assert!(matches!(second, Error::Busy(_)), "{second:?}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_said_to_be_broken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("attache.db");
    std::fs::write(&path, "a letter to a friend, long enough to be taken for a header".repeat(90))
        .unwrap();
    let url = format!("sqlite://{}", path.display());
    let error = Store::open(&url, &Options::default()).await.unwrap_err();
    assert!(matches!(error, Error::Broken(_)), "{error:?}");
}

#[tokio::test]
async fn a_file_that_somebody_writes_to_is_said_to_be_busy() {
    let db = super::testing::fresh(super::Kind::Sqlite).await;
    let holder = db.store.begin().await.unwrap();
    let error = db.store.begin().await.unwrap_err();
    assert!(matches!(error, Error::Busy(_)) && error.passes(), "{error:?}");
    drop(holder);
}
