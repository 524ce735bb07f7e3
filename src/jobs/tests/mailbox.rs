//! Order within a conversation, and nothing lost between the last look and the end of a ticket.

use super::*;
use crate::store::testing::both;

both!(
    every_conversation_is_worked_off_in_order_and_alone,
    a_request_that_comes_at_the_last_moment_is_not_lost,
    without_the_locked_look_a_request_is_lost,
    a_failing_head_blocks_its_conversation_until_it_works,
    a_head_that_keeps_failing_is_given_up_and_the_next_has_its_turn,
    a_panic_counts_as_a_failure_of_its_request_only,
    a_request_that_asks_for_time_costs_no_try,
    a_handler_that_forgets_to_finish_is_noticed,
    a_ticket_that_got_lost_is_made_again,
);

async fn every_conversation_is_worked_off_in_order_and_alone(db: Fresh) {
    let rig = Arc::new(Rig::new(db).await);
    let engine = rig.start(quick()).await;
    let mut producers = Vec::new();
    for producer in 0..4 {
        let rig = Arc::clone(&rig);
        producers.push(tokio::spawn(async move {
            for n in 0..20 {
                for conversation in 0..3 {
                    let name = format!("c{}", producer * 3 + conversation);
                    assert_eq!(rig.hear(&name, &format!("{n:03}")).await, Verdict::Accepted);
                }
            }
        }));
    }
    for producer in producers {
        producer.await.unwrap();
    }
    rig.spy.wait_for(240, "heard").await;
    rig.until(rig.open_jobs(), 0).await;
    let lines = rig.spy.lines();
    assert_eq!(rig.spy.count("overlap"), 0, "{lines:?}");
    for conversation in 0..12 {
        let start = format!("heard c{conversation}/");
        let seen: Vec<&String> = lines.iter().filter(|line| line.starts_with(&start)).collect();
        assert_eq!(seen.len(), 20);
        assert!(seen.is_sorted(), "{seen:?}");
    }
    assert_eq!(rig.effects().await, 240);
    engine.stop().await.unwrap();
}

/// One request comes between the drain's last look and its end; answers how many were heard.
async fn squeeze_one_in(rig: &Rig, careless: bool) -> usize {
    let gate = Gate::new();
    let mut settings = quick();
    settings.hooks.careless = careless;
    settings.hooks.before_close = Some({
        let gate = Arc::clone(&gate);
        Arc::new(move || {
            let gate = Arc::clone(&gate);
            Box::pin(async move { gate.pass().await })
        })
    });
    let engine = rig.start(settings).await;
    rig.hear("c", "first").await;
    gate.somebody_waits().await;
    rig.hear("c", "second").await;
    for _ in 0..9 {
        gate.open();
    }
    rig.until(rig.open_jobs(), 0).await;
    engine.stop().await.unwrap();
    rig.spy.count("heard")
}

async fn a_request_that_comes_at_the_last_moment_is_not_lost(db: Fresh) {
    let rig = Rig::new(db).await;
    assert_eq!(squeeze_one_in(&rig, false).await, 2);
}

/// The negative control: the test above can see what it is for.
async fn without_the_locked_look_a_request_is_lost(db: Fresh) {
    let rig = Rig::new(db).await;
    assert_eq!(squeeze_one_in(&rig, true).await, 1);
}

async fn a_failing_head_blocks_its_conversation_until_it_works(db: Fresh) {
    let rig = Rig::new(db).await;
    let tries = AtomicU64::new(0);
    rig.spy.on_heard(move |row| {
        if row.payload == "first" && tries.fetch_add(1, Ordering::SeqCst) < 3 {
            return Act::Fail(JobError::Retry("not yet".to_owned()));
        }
        Act::Do
    });
    let engine = rig.start(quick()).await;
    rig.hear("c", "first").await;
    rig.hear("c", "second").await;
    rig.spy.wait_for(2, "heard").await;
    let heard: Vec<String> =
        rig.spy.lines().into_iter().filter(|line| line.starts_with("heard")).collect();
    assert_eq!(heard, ["heard c/first", "heard c/second"]);
    assert_eq!(rig.number("SELECT attempts FROM inbox WHERE payload = 'first'").await, 3);
    engine.stop().await.unwrap();
}

async fn a_head_that_keeps_failing_is_given_up_and_the_next_has_its_turn(db: Fresh) {
    let rig = Rig::new(db).await;
    rig.spy.on_heard(|row| match row.payload.as_str() {
        "bad" => Act::Fail(JobError::Retry("never".to_owned())),
        "hopeless" => Act::Fail(JobError::Fail("no such thing".to_owned())),
        _ => Act::Do,
    });
    let engine = rig.start(quick()).await;
    for what in ["bad", "hopeless", "good"] {
        rig.hear("c", what).await;
    }
    rig.spy.wait_for(1, "heard c/good").await;
    let gave_up: Vec<String> =
        rig.spy.lines().into_iter().filter(|line| line.starts_with("gave up")).collect();
    assert_eq!(gave_up, ["gave up c/bad: never", "gave up c/hopeless: no such thing"]);
    assert_eq!(rig.number("SELECT COUNT(*) FROM inbox WHERE error IS NOT NULL").await, 2);
    assert_eq!(rig.effects().await, 3, "the notices and the good one");
    engine.stop().await.unwrap();
}

async fn a_panic_counts_as_a_failure_of_its_request_only(db: Fresh) {
    let rig = Rig::new(db).await;
    rig.spy.on_heard(|row| if row.payload == "bad" { Act::Panic } else { Act::Do });
    let engine = rig.start(quick()).await;
    rig.hear("c", "bad").await;
    rig.hear("c", "good").await;
    rig.hear("d", "other").await;
    rig.spy.wait_for(2, "heard").await;
    rig.spy.wait_for(1, "gave up c/bad: panicked: as the test wants it").await;
    engine.stop().await.unwrap();
}

async fn a_request_that_asks_for_time_costs_no_try(db: Fresh) {
    let rig = Rig::new(db).await;
    let asked = AtomicU64::new(0);
    rig.spy.on_heard(move |_| {
        if asked.fetch_add(1, Ordering::SeqCst) < 8 {
            return Act::Fail(JobError::Later(Duration::from_millis(1)));
        }
        Act::Do
    });
    let engine = rig.start(quick()).await;
    rig.hear("c", "slow").await;
    rig.spy.wait_for(1, "heard").await;
    assert_eq!(rig.number("SELECT attempts FROM inbox").await, 0);
    engine.stop().await.unwrap();
}

async fn a_handler_that_forgets_to_finish_is_noticed(db: Fresh) {
    let rig = Rig::new(db).await;
    rig.spy.on_heard(|_| Act::Lie);
    let engine = rig.start(quick()).await;
    rig.hear("c", "forgotten").await;
    rig.spy.wait_for(1, "gave up c/forgotten: the handler ended without").await;
    engine.stop().await.unwrap();
}

async fn a_ticket_that_got_lost_is_made_again(db: Fresh) {
    let rig = Rig::new(db).await;
    rig.hear("c", "alone").await;
    rig.say(&post("alone")).await;
    let mut tx = rig.db.store.begin().await.unwrap();
    let forget = rig.river("DELETE FROM river_job", "DELETE FROM river.river_job");
    on!(&mut tx, |c| sqlx::query(forget).execute(c).await.map(|_| ())).unwrap();
    on!(&mut tx, |c| sqlx::query("UPDATE outbox SET created_at = 0").execute(c).await.map(|_| ()))
        .unwrap();
    tx.commit().await.unwrap();
    let engine = rig.start(quick()).await;
    rig.spy.wait_for(1, "heard c/alone").await;
    rig.spy.wait_for(1, "sent alone").await;
    engine.stop().await.unwrap();
}
