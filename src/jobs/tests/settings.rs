//! The engine's settings, which a careless upgrade would lose without a sound.

use super::*;
use crate::jobs::Queue;
use crate::jobs::river::{queue_config, working};
use crate::store::Kind;
use crate::store::testing::fresh;

#[test]
fn an_unknown_send_rests_longer_than_a_request_can_take_and_a_fence_falls_before_the_janitor() {
    let settings = Settings::default();
    assert!(settings.fence < settings.dead);
    assert!(settings.beat * 3 < settings.fence);
    assert!(settings.reconcile_rest >= Queue::Deliver.time_out());
}

#[test]
fn delays_grow_up_to_a_bound() {
    let settings = Settings::default();
    let delays: Vec<u64> = (1..7).map(|n| settings.retry_after(n).as_secs()).collect();
    assert_eq!(delays, [1, 4, 16, 64, 256, 300]);
}

#[test]
fn waking_changes_no_more_than_a_microsecond() {
    let settings = Settings::default();
    for queue in Queue::ALL {
        let (one, other) =
            (queue_config(queue, &settings, false), queue_config(queue, &settings, true));
        assert_ne!(one, other, "River would not see a change");
        assert_eq!(one.max_workers(), queue.workers());
        let micro = Duration::from_micros(1);
        assert_eq!(other.fetch_poll_interval(), one.fetch_poll_interval() + micro);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_begins_without_waiting_for_a_poll() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let rig = Rig::new(fresh(kind).await).await;
        // Neither a poll nor a notification would come in the test's time.
        let hour = Duration::from_hours(1);
        let engine = rig.start(Settings { poll: hour, ..Settings::default() }).await;
        rig.hear("c", "1").await;
        rig.spy.wait_for(1, "heard c/1").await;
        rig.say(&post("1")).await;
        rig.spy.wait_for(1, "sent 1").await;
        engine.stop().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kind_that_this_binary_does_not_know_is_left_alone() {
    let rig = Rig::new(fresh(Kind::Sqlite).await).await;
    let mut tx = rig.db.store.begin().await.unwrap();
    rig.jobs.enqueue(&mut tx, &Task::Upkeep {}).await.unwrap();
    let rename = "UPDATE river_job SET kind = 'of_a_newer_binary'";
    on!(&mut tx, |c| sqlx::query(rename).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    let engine = rig.start(quick()).await;
    rig.hear("c", "1").await;
    rig.spy.wait_for(1, "heard c/1").await;
    rig.spy.wait_for(5, "tick").await;
    engine.stop().await.unwrap();
    let untouched = "SELECT COUNT(*) FROM river_job WHERE state = 'available' AND attempt = 0";
    assert_eq!(rig.number(untouched).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_client_is_built_as_decided() {
    let rig = Rig::new(fresh(Kind::Postgres).await).await;
    let workers = riverqueue::Workers::new();
    // Without workers there may be no queues: the builder says so, so the settings reached it.
    assert!(working(&rig.db.store, "id", &Settings::default(), workers).is_err());
    let schema = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'river'";
    assert!(rig.number(schema).await >= 4);
    let public = "SELECT COUNT(*) FROM information_schema.tables \
                  WHERE table_schema = 'public' AND table_name LIKE 'river%'";
    assert_eq!(rig.number(public).await, 0);
}
