//! The work of a process that ended, or stands still, goes on elsewhere and is not done twice.

use super::*;
use crate::store::Kind;
use crate::store::Options;
use crate::store::testing::fresh;

/// Another process on the same database, with its own pools and its own script.
async fn another(rig: &Rig) -> Rig {
    let store = Store::open(&rig.db.url, &Options::default()).await.unwrap();
    let jobs = Jobs::open(&store).await.unwrap();
    let (spy, writer) = (Spy::new(&store), InboxWriter::start(&jobs, Bounds::default()));
    let db = Fresh::beside(store, &rig.db.url);
    Rig { db, jobs, spy, writer }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ran_when_the_process_ended_runs_again_at_once() {
    let rig = Rig::new(fresh(Kind::Sqlite).await).await;
    rig.hear("c", "1").await;
    let mut tx = rig.db.store.begin().await.unwrap();
    rig.jobs.enqueue(&mut tx, &Task::Upkeep {}).await.unwrap();
    on!(&mut tx, |c| sqlx::query(
        "UPDATE river_job SET state = 'running', attempt = max_attempts, \
         attempted_at = datetime('now'), attempted_by = jsonb('[\"gone\"]')"
    )
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    let engine = rig.start(Settings::default()).await;
    rig.spy.wait_for(1, "heard c/1").await;
    rig.spy.wait_for(1, "task upkeep").await;
    engine.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_takes_the_process_down_each_time_ends_some_day() {
    let rig = Rig::new(fresh(Kind::Sqlite).await).await;
    let mut tx = rig.db.store.begin().await.unwrap();
    rig.jobs.enqueue(&mut tx, &Task::Upkeep {}).await.unwrap();
    tx.commit().await.unwrap();
    let crash = "UPDATE river_job SET state = 'running', attempt = attempt + 1 \
                 WHERE state = 'available'";
    let mut crashes = 0;
    while rig.number(rig.open_jobs()).await > 0 {
        crashes += 1;
        let mut tx = rig.db.store.begin().await.unwrap();
        on!(&mut tx, |c| sqlx::query(crash).execute(c).await.map(|_| ())).unwrap();
        tx.commit().await.unwrap();
        crate::jobs::recovery::at_boot(&rig.db.store).await.unwrap();
        assert!(crashes < 100);
    }
    assert_eq!(crashes, 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_takes_the_process_down_each_time_is_given_up() {
    let rig = Rig::new(fresh(Kind::Sqlite).await).await;
    rig.hear("c", "poison").await;
    rig.hear("c", "good").await;
    let mut tx = rig.db.store.begin().await.unwrap();
    on!(&mut tx, |c| sqlx::query("UPDATE river_job SET attempt = 12").execute(c).await.map(|_| ()))
        .unwrap();
    tx.commit().await.unwrap();
    let engine = rig.start(quick()).await;
    rig.spy.wait_for(1, "gave up c/poison: the process ended").await;
    rig.spy.wait_for(1, "heard c/good").await;
    assert_eq!(rig.spy.count("heard"), 1);
    engine.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_jobs_of_a_replica_that_is_gone_are_freed() {
    let rig = Rig::new(fresh(Kind::Postgres).await).await;
    rig.hear("c", "1").await;
    let mut tx = rig.db.store.begin().await.unwrap();
    on!(&mut tx, |c| sqlx::query(
        "UPDATE river.river_job SET state = 'running', attempt = 1, attempted_at = now(), \
         attempted_by = '{gone}'"
    )
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    let engine = rig.start(quick()).await;
    rig.spy.wait_for(1, "heard c/1").await;
    rig.until(rig.open_jobs(), 0).await;
    engine.stop().await.unwrap();
    assert_eq!(rig.number("SELECT COUNT(*) FROM replica").await, 0, "it signed off");
}

/// Replica A stands still in the middle of a request, a task and a send; B takes over; A wakes.
/// Answers how often something happened outside.
async fn stall(fence: Duration) -> (Rig, Rig, u64) {
    let a = Rig::new(fresh(Kind::Postgres).await).await;
    let b = another(&a).await;
    let gate = Gate::new();
    let (for_heard, for_task) = (Arc::clone(&gate), Arc::clone(&gate));
    a.spy.on_heard(move |_| Act::Wait(Arc::clone(&for_heard)));
    a.spy.on_task(move |_| Act::Wait(Arc::clone(&for_task)));
    let engine_a = a.start(Settings { fence, ..quick() }).await;
    a.hear("c", "1").await;
    let mut tx = a.db.store.begin().await.unwrap();
    a.jobs.enqueue(&mut tx, &Task::Report { run: "r".to_owned() }).await.unwrap();
    tx.commit().await.unwrap();
    gate.waits(2).await;
    engine_a.held.send_replace(true);
    let through = Gate::new();
    through.open();
    through.open();
    let (for_heard, for_task) = (Arc::clone(&through), Arc::clone(&through));
    b.spy.on_heard(move |_| Act::Wait(Arc::clone(&for_heard)));
    b.spy.on_task(move |_| Act::Wait(Arc::clone(&for_task)));
    let engine_b = b.start(quick()).await;
    b.spy.wait_for(1, "heard c/1").await;
    b.spy.wait_for(1, "task report").await;
    engine_a.held.send_replace(false);
    gate.open();
    gate.open();
    b.until(b.open_jobs(), 0).await;
    engine_a.stop().await.unwrap();
    engine_b.stop().await.unwrap();
    let outside = a.spy.outside.load(Ordering::SeqCst) + b.spy.outside.load(Ordering::SeqCst);
    (a, b, outside)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_stood_still_does_nothing_twice() {
    let (a, b, outside) = stall(quick().fence).await;
    assert_eq!(outside, 2);
    assert_eq!(b.effects().await, 2);
    assert_eq!(a.spy.count("heard") + a.spy.count("task"), 0);
}

/// The negative control: without the fence there are side effects twice; the rows stay right.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_fence_side_effects_are_doubled_and_rows_are_not() {
    let (a, b, outside) = stall(Duration::from_hours(1)).await;
    assert_eq!(outside, 4);
    assert_eq!(b.effects().await, 2);
    assert_eq!(a.spy.count("heard") + a.spy.count("task "), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_stood_still_while_sending_leaves_the_row_to_be_looked_for() {
    let a = Rig::new(fresh(Kind::Postgres).await).await;
    let b = another(&a).await;
    let gate = Gate::new();
    let waiting = Arc::clone(&gate);
    a.spy.on_send(move |_| Act::Wait(Arc::clone(&waiting)));
    let engine_a = a.start(quick()).await;
    a.say(&post("1")).await;
    gate.somebody_waits().await;
    engine_a.held.send_replace(true);
    b.spy.on_find(|_| Found::Sent { message_ref: "found".to_owned() });
    let engine_b = b.start(quick()).await;
    b.spy.wait_for(1, "sent 1").await;
    assert_eq!(b.spy.count("send "), 0);
    gate.open();
    engine_a.held.send_replace(false);
    engine_a.stop().await.unwrap();
    engine_b.stop().await.unwrap();
    assert_eq!(a.spy.outside.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_lives_keeps_its_long_work() {
    let a = Rig::new(fresh(Kind::Postgres).await).await;
    let b = another(&a).await;
    let gate = Gate::new();
    let waiting = Arc::clone(&gate);
    a.spy.on_task(move |_| Act::Wait(Arc::clone(&waiting)));
    let engine_a = a.start(quick()).await;
    let mut tx = a.db.store.begin().await.unwrap();
    a.jobs.enqueue(&mut tx, &Task::Report { run: "r".to_owned() }).await.unwrap();
    tx.commit().await.unwrap();
    gate.somebody_waits().await;
    let engine_b = b.start(quick()).await;
    // Longer than `dead`, by the beats of both.
    b.spy.wait_for(30, "tick").await;
    gate.open();
    a.spy.wait_for(1, "task report").await;
    assert_eq!(b.spy.count("try"), 0);
    engine_a.stop().await.unwrap();
    engine_b.stop().await.unwrap();
}
