//! The door: everything once, nothing that cannot be acknowledged in time, nothing abandoned.

use super::*;
use crate::store::testing::both;
use crate::store::{Kind, Link, Reads};

both!(
    sixteen_copies_at_once_are_one_request,
    what_waits_is_committed_together,
    a_door_that_is_full_refuses_and_writes_nothing,
    a_request_that_its_sender_has_given_up_is_refused_only_under_pressure,
    a_client_that_hangs_up_does_not_abandon_its_request,
    a_row_that_the_database_will_not_take_does_not_fail_its_neighbours,
    a_closed_door_writes_down_what_waits,
    tickets_look_like_the_engines_own,
    a_waiting_ticket_is_not_doubled,
);

/// Holds up every writer until it is dropped.
async fn hold(rig: &Rig) -> Tx {
    let mut tx = rig.db.store.begin().await.unwrap();
    if let Link::Pg(c) = tx.link() {
        sqlx::query("LOCK TABLE inbox IN EXCLUSIVE MODE").execute(c).await.unwrap();
    }
    tx
}

async fn sixteen_copies_at_once_are_one_request(db: Fresh) {
    let rig = Arc::new(Rig::new(db).await);
    let engine = rig.start(quick()).await;
    let mut copies = Vec::new();
    for _ in 0..16 {
        let rig = Arc::clone(&rig);
        copies.push(tokio::spawn(async move { rig.hear("c", "once").await }));
    }
    let mut verdicts = Vec::new();
    for copy in copies {
        verdicts.push(copy.await.unwrap());
    }
    assert_eq!(verdicts.iter().filter(|v| **v == Verdict::Accepted).count(), 1, "{verdicts:?}");
    assert_eq!(verdicts.iter().filter(|v| **v == Verdict::Duplicate).count(), 15);
    rig.spy.wait_for(1, "heard").await;
    rig.until(rig.open_jobs(), 0).await;
    assert_eq!(rig.effects().await, 1);
    assert_eq!(rig.hear("c", "once").await, Verdict::Duplicate, "and later as well");
    engine.stop().await.unwrap();
}

async fn what_waits_is_committed_together(db: Fresh) {
    let rig = Arc::new(Rig::new(db).await);
    let held = hold(&rig).await;
    let mut callers = Vec::new();
    for n in 0..100 {
        let rig = Arc::clone(&rig);
        let conversation = format!("c{}", n % 7);
        callers.push(tokio::spawn(async move { rig.hear(&conversation, &n.to_string()).await }));
    }
    while rig.writer.waiting() + rig.writer.committing() < 100 {
        tokio::task::yield_now().await;
    }
    drop(held);
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Verdict::Accepted);
    }
    assert_eq!(rig.number("SELECT COUNT(*) FROM inbox").await, 100);
    assert_eq!(rig.number(rig.open_jobs()).await, 7);
}

async fn a_door_that_is_full_refuses_and_writes_nothing(db: Fresh) {
    let mut rig = Rig::new(db).await;
    rig.writer = InboxWriter::start(&rig.jobs, Bounds { waiting: 3, ..Bounds::default() });
    let rig = Arc::new(rig);
    let held = hold(&rig).await;
    let mut callers = Vec::new();
    for n in 0..4 {
        let asked = Arc::clone(&rig);
        callers.push(tokio::spawn(async move { asked.hear("c", &n.to_string()).await }));
        if n == 0 {
            // The first is taken up; it waits for the database and no longer at the door.
            while rig.writer.committing() == 0 {
                tokio::task::yield_now().await;
            }
        }
    }
    while rig.writer.waiting() < 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(rig.hear("c", "too many").await, Verdict::Overloaded);
    drop(held);
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Verdict::Accepted);
    }
    assert_eq!(rig.number("SELECT COUNT(*) FROM inbox").await, 4);
    assert_eq!(rig.hear("c", "too many").await, Verdict::Accepted, "it may be sent again");
}

async fn a_request_that_its_sender_has_given_up_is_refused_only_under_pressure(db: Fresh) {
    let mut rig = Rig::new(db).await;
    let long_ago = Some(heard("c", "x").received_at - 60_000);
    assert_eq!(rig.writer.accept(heard("c", "a"), long_ago).await.unwrap(), Verdict::Accepted);
    let bounds = Bounds { pressed: Duration::ZERO, ..Bounds::default() };
    rig.writer = InboxWriter::start(&rig.jobs, bounds);
    let verdict = rig.writer.accept(heard("c", "b"), long_ago).await.unwrap();
    assert_eq!(verdict, Verdict::Overloaded);
    let just_now = Some(heard("c", "x").received_at - 1000);
    assert_eq!(rig.writer.accept(heard("c", "c"), just_now).await.unwrap(), Verdict::Accepted);
}

async fn a_client_that_hangs_up_does_not_abandon_its_request(db: Fresh) {
    let rig = Arc::new(Rig::new(db).await);
    let held = hold(&rig).await;
    let asked = Arc::clone(&rig);
    let caller = tokio::spawn(async move { asked.hear("c", "1").await });
    while rig.writer.committing() == 0 {
        tokio::task::yield_now().await;
    }
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    drop(held);
    rig.until("SELECT COUNT(*) FROM inbox", 1).await;
    assert_eq!(rig.number(rig.open_jobs()).await, 1);
}

async fn a_row_that_the_database_will_not_take_does_not_fail_its_neighbours(db: Fresh) {
    let rig = Arc::new(Rig::new(db).await);
    let mut tx = rig.db.store.begin().await.unwrap();
    let bad = match rig.db.store.kind() {
        Kind::Sqlite => {
            "CREATE TRIGGER bad BEFORE INSERT ON inbox WHEN NEW.payload = 'bad' \
             BEGIN SELECT RAISE(ABORT, 'bad'); END"
        }
        Kind::Postgres => "ALTER TABLE inbox ADD CONSTRAINT bad CHECK (payload <> 'bad')",
    };
    on!(&mut tx, |c| sqlx::query(bad).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    let held = hold(&rig).await;
    let mut callers = Vec::new();
    for what in ["1", "bad", "2", "nul \0 in it"] {
        let asked = Arc::clone(&rig);
        let heard = heard("c", what);
        callers.push(tokio::spawn(async move { asked.writer.accept(heard, None).await }));
    }
    while rig.writer.waiting() + rig.writer.committing() < 4 {
        tokio::task::yield_now().await;
    }
    drop(held);
    let mut good = 0;
    for caller in callers {
        good += usize::from(caller.await.unwrap().is_ok());
    }
    assert_eq!(good, 3);
    assert_eq!(rig.number("SELECT COUNT(*) FROM inbox").await, 3);
}

async fn a_closed_door_writes_down_what_waits(db: Fresh) {
    let rig = Arc::new(Rig::new(db).await);
    let held = hold(&rig).await;
    let mut callers = Vec::new();
    for n in 0..5 {
        let asked = Arc::clone(&rig);
        callers.push(tokio::spawn(async move { asked.hear("c", &n.to_string()).await }));
    }
    while rig.writer.waiting() + rig.writer.committing() < 5 {
        tokio::task::yield_now().await;
    }
    let closing = Arc::clone(&rig);
    let closing = tokio::spawn(async move { closing.writer.stop().await });
    drop(held);
    closing.await.unwrap();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Verdict::Accepted);
    }
    assert_eq!(rig.hear("c", "late").await, Verdict::Overloaded);
}

/// Our own text for drain jobs must write what River would.
async fn tickets_look_like_the_engines_own(db: Fresh) {
    let rig = Rig::new(db).await;
    let names = ["plain", "with \"quotes\" <&> and \u{2028}", "päth/\u{1F600}"];
    let columns = rig.river(
        "SELECT json(args) || '|' || attempt || '|' || kind || '|' || max_attempts || '|' || \
         priority || '|' || queue || '|' || state || '|' || json(tags) || '|' || \
         unique_states || '|' || typeof(args) || typeof(tags) || \
         typeof(metadata) || '|' || length(scheduled_at) || length(created_at) \
         || coalesce(attempted_by, '-') || coalesce(errors, '-') FROM river_job",
        "SELECT args::text || '|' || attempt || '|' || kind || '|' || max_attempts || '|' || \
         priority || '|' || queue || '|' || state || '|' || tags::text || '|' || \
         unique_states::text || '|' || \
         coalesce(attempted_by::text, '-') || coalesce(errors::text, '-') FROM river.river_job",
    );
    let forget = rig.river("DELETE FROM river_job", "DELETE FROM river.river_job");
    for name in names {
        let mut rows: Vec<String> = Vec::new();
        for ours in [true, false] {
            let mut tx = rig.db.store.begin().await.unwrap();
            if ours {
                crate::jobs::tickets::drain(&mut tx, &[name]).await.unwrap();
            } else {
                rig.jobs.drain_by_river(&mut tx, name).await.unwrap();
            }
            let row = on!(&mut tx, |c| sqlx::query_scalar(columns).fetch_one(c).await).unwrap();
            rows.push(row);
            on!(&mut tx, |c| sqlx::query(forget).execute(c).await.map(|_| ())).unwrap();
        }
        assert_eq!(rows[0], rows[1]);
    }
}

async fn a_waiting_ticket_is_not_doubled(db: Fresh) {
    let rig = Rig::new(db).await;
    for what in ["1", "2", "3"] {
        rig.hear("c", what).await;
    }
    assert_eq!(rig.number(rig.open_jobs()).await, 1);
    rig.hear("another", "1").await;
    assert_eq!(rig.number(rig.open_jobs()).await, 2);
}
