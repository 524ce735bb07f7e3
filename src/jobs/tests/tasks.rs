//! Tasks: once, again, later, never; and the end of a process that still has some running.

use super::*;
use crate::store::testing::both;

both!(
    a_task_is_done_when_its_transaction_commits,
    a_task_of_a_rolled_back_transaction_does_not_exist,
    the_same_task_waits_once,
    a_task_is_tried_again_until_it_is_given_up,
    a_task_that_asks_for_time_costs_no_try,
    a_hopeless_task_is_kept_as_dead_and_told,
    a_panicking_task_is_tried_again,
    work_that_ends_within_the_grace_is_not_cut_off,
    work_that_does_not_end_is_handed_back_without_a_try_lost,
    the_clock_ticks_with_business_time,
    the_depth_of_every_queue_can_be_read,
);

fn report(run: &str) -> Task {
    Task::Report { run: run.to_owned() }
}

impl Rig {
    async fn enqueue(&self, task: &Task) -> bool {
        let mut tx = self.db.store.begin().await.unwrap();
        let new = self.jobs.enqueue(&mut tx, task).await.unwrap();
        tx.commit().await.unwrap();
        new
    }
}

async fn a_task_is_done_when_its_transaction_commits(db: Fresh) {
    let rig = Rig::new(db).await;
    let engine = rig.start(quick()).await;
    let slot = Task::RunSchedule { schedule: "s".to_owned(), slot: "2026-10-05T09:00".to_owned() };
    for task in [report("1"), slot, Task::Upkeep {}, Task::Generate { run: "g".to_owned() }] {
        assert!(rig.enqueue(&task).await);
    }
    rig.spy.wait_for(4, "task ").await;
    rig.until(rig.open_jobs(), 0).await;
    assert_eq!(rig.spy.count("try "), 4);
    assert_eq!(rig.effects().await, 4);
    engine.stop().await.unwrap();
}

async fn a_task_of_a_rolled_back_transaction_does_not_exist(db: Fresh) {
    let rig = Rig::new(db).await;
    let mut tx = rig.db.store.begin().await.unwrap();
    assert!(rig.jobs.enqueue(&mut tx, &report("1")).await.unwrap());
    tx.rollback().await.unwrap();
    assert_eq!(rig.number(rig.open_jobs()).await, 0);
}

async fn the_same_task_waits_once(db: Fresh) {
    let rig = Rig::new(db).await;
    assert!(rig.enqueue(&report("1")).await);
    assert!(!rig.enqueue(&report("1")).await);
    assert!(rig.enqueue(&report("2")).await);
    let engine = rig.start(quick()).await;
    rig.until(rig.open_jobs(), 0).await;
    assert_eq!(rig.effects().await, 2);
    assert!(rig.enqueue(&report("1")).await, "it ended, so it may be asked for again");
    engine.stop().await.unwrap();
}

async fn a_task_is_tried_again_until_it_is_given_up(db: Fresh) {
    let rig = Rig::new(db).await;
    rig.spy.on_task(|_| Act::Fail(JobError::Retry("the model is away".to_owned())));
    let engine = rig.start(quick()).await;
    rig.enqueue(&report("1")).await;
    rig.spy.wait_for(1, "task gave up report: the model is away").await;
    assert_eq!(rig.spy.count("try report"), 4);
    rig.until(rig.open_jobs(), 0).await;
    engine.stop().await.unwrap();
}

async fn a_task_that_asks_for_time_costs_no_try(db: Fresh) {
    let rig = Rig::new(db).await;
    let asked = AtomicU64::new(0);
    rig.spy.on_task(move |_| {
        if asked.fetch_add(1, Ordering::SeqCst) < 6 {
            return Act::Fail(JobError::Later(Duration::from_millis(1)));
        }
        Act::Do
    });
    let engine = rig.start(quick()).await;
    rig.enqueue(&report("1")).await;
    rig.spy.wait_for(1, "task report").await;
    assert_eq!(rig.spy.count("try report 1"), 7);
    engine.stop().await.unwrap();
}

async fn a_hopeless_task_is_kept_as_dead_and_told(db: Fresh) {
    let rig = Rig::new(db).await;
    rig.spy.on_task(|_| Act::Fail(JobError::Fail("no such run".to_owned())));
    let engine = rig.start(quick()).await;
    rig.enqueue(&report("1")).await;
    rig.spy.wait_for(1, "task gave up report: no such run").await;
    rig.until(rig.open_jobs(), 0).await;
    assert_eq!(rig.spy.count("try report"), 1);
    let states = rig.jobs.queues().await.unwrap();
    assert_eq!(states.iter().map(|state| state.dead).sum::<i64>(), 1);
    engine.stop().await.unwrap();
}

async fn a_panicking_task_is_tried_again(db: Fresh) {
    let rig = Rig::new(db).await;
    let tries = AtomicU64::new(0);
    rig.spy.on_task(
        move |_| {
            if tries.fetch_add(1, Ordering::SeqCst) == 0 { Act::Panic } else { Act::Do }
        },
    );
    let engine = rig.start(quick()).await;
    rig.enqueue(&report("1")).await;
    rig.spy.wait_for(1, "task report").await;
    assert_eq!(rig.spy.count("try report"), 2);
    engine.stop().await.unwrap();
}

async fn work_that_ends_within_the_grace_is_not_cut_off(db: Fresh) {
    let rig = Rig::new(db).await;
    let gate = Gate::new();
    let waiting = Arc::clone(&gate);
    rig.spy.on_task(move |_| Act::Wait(Arc::clone(&waiting)));
    let engine = rig.start(quick()).await;
    rig.enqueue(&report("1")).await;
    gate.somebody_waits().await;
    let stopping = tokio::spawn(engine.stop());
    gate.open();
    stopping.await.unwrap().unwrap();
    assert_eq!(rig.spy.count("task report"), 1);
    assert_eq!(rig.number(rig.open_jobs()).await, 0);
}

async fn work_that_does_not_end_is_handed_back_without_a_try_lost(db: Fresh) {
    let rig = Rig::new(db).await;
    let gate = Gate::new();
    let (for_task, for_heard) = (Arc::clone(&gate), Arc::clone(&gate));
    rig.spy.on_task(move |_| Act::Wait(Arc::clone(&for_task)));
    rig.spy.on_heard(move |_| Act::Wait(Arc::clone(&for_heard)));
    let mut settings = quick();
    settings.grace = Duration::from_millis(50);
    let engine = rig.start(settings).await;
    rig.enqueue(&report("1")).await;
    rig.hear("c", "1").await;
    gate.waits(2).await;
    engine.stop().await.unwrap();
    let back = rig.river(
        "SELECT COUNT(*) FROM river_job WHERE state = 'available' AND attempt = 0",
        "SELECT COUNT(*) FROM river.river_job WHERE state = 'available' AND attempt = 0",
    );
    assert_eq!(rig.number(back).await, 2);
    assert_eq!(rig.effects().await, 0);
    rig.spy.on_task(|_| Act::Do);
    rig.spy.on_heard(|_| Act::Do);
    let engine = rig.start(quick()).await;
    rig.spy.wait_for(1, "task report").await;
    rig.spy.wait_for(1, "heard c/1").await;
    assert_eq!(rig.spy.count("try report 1"), 2);
    engine.stop().await.unwrap();
}

async fn the_clock_ticks_with_business_time(db: Fresh) {
    let rig = Rig::new(db).await;
    let clock = Clock::standing_at("2026-10-05T08:59:50Z".parse().unwrap());
    let spy = Arc::clone(&rig.spy);
    let engine = Engine::start(&rig.jobs, Role::Worker, spy, &clock, quick()).await.unwrap();
    rig.spy.wait_for(2, "tick 2026-10-05T08:59:50Z").await;
    clock.turn(jiff::SignedDuration::from_secs(10));
    rig.spy.wait_for(1, "tick 2026-10-05T09:00:00Z").await;
    engine.stop().await.unwrap();
}

async fn the_depth_of_every_queue_can_be_read(db: Fresh) {
    let rig = Rig::new(db).await;
    for run in ["1", "2", "3"] {
        rig.enqueue(&report(run)).await;
    }
    rig.say(&post("1")).await;
    let states = rig.jobs.queues().await.unwrap();
    let seen: Vec<(&str, i64, i64)> =
        states.iter().map(|s| (s.queue.as_str(), s.waiting, s.running)).collect();
    assert_eq!(seen, [("deliver", 1, 0), ("report", 3, 0)]);
    assert!(states.iter().all(|s| s.oldest < Duration::from_secs(20)), "{states:?}");
}
