//! What goes out: in order, never early, never twice, and never silently unsure.

use std::time::Instant;

use super::*;
use crate::store::testing::both;

both!(
    a_lane_is_sent_in_order,
    a_second_row_with_the_same_key_is_not_sent,
    a_lane_that_was_told_to_wait_rests_as_a_whole_and_never_begins_early,
    an_unknown_send_rests_then_is_found_and_not_sent_again,
    an_unknown_send_that_is_not_there_is_sent_again,
    an_unknown_send_that_nobody_can_look_for_is_told_to_its_owner,
    a_row_that_was_being_sent_when_the_process_ended_is_looked_for_first,
    a_repeatable_row_is_simply_sent_again,
    a_form_is_not_opened_after_its_trigger_died,
    a_refusal_is_told_and_the_next_has_its_turn,
    a_panic_while_sending_leaves_the_row_in_doubt,
);

fn sends(rig: &Rig) -> Vec<String> {
    let told = |line: &String| line.starts_with("tick") || line.starts_with("late");
    rig.spy.lines().into_iter().filter(|line| !told(line)).collect()
}

async fn a_lane_is_sent_in_order(db: Fresh) {
    let rig = Rig::new(db).await;
    let engine = rig.start(quick()).await;
    let ids: Vec<String> = (0..20).map(|n| format!("{n:02}")).collect();
    for id in &ids {
        assert!(rig.say(&post(id)).await);
    }
    rig.spy.wait_for(20, "sent").await;
    let sent: Vec<String> =
        rig.spy.lines().into_iter().filter(|line| line.starts_with("sent")).collect();
    assert_eq!(sent, ids.iter().map(|id| format!("sent {id}")).collect::<Vec<_>>());
    assert_eq!(rig.spy.count("send "), 20);
    rig.until("SELECT COUNT(*) FROM outbox WHERE state = 'sent'", 20).await;
    rig.until(rig.open_jobs(), 0).await;
    engine.stop().await.unwrap();
}

async fn a_second_row_with_the_same_key_is_not_sent(db: Fresh) {
    let rig = Rig::new(db).await;
    let engine = rig.start(quick()).await;
    assert!(rig.say(&post("1")).await);
    assert!(!rig.say(&Outgoing { dedup_key: "key-1".to_owned(), ..post("2") }).await);
    rig.say(&post("3")).await;
    rig.spy.wait_for(1, "sent 3").await;
    assert_eq!(rig.spy.count("send "), 2);
    engine.stop().await.unwrap();
}

async fn a_lane_that_was_told_to_wait_rests_as_a_whole_and_never_begins_early(db: Fresh) {
    const REST: Duration = Duration::from_millis(700);
    let rig = Rig::new(db).await;
    let told = AtomicU64::new(0);
    rig.spy.on_send(move |row| {
        if row.lane == "slack:C1" && told.fetch_add(1, Ordering::SeqCst) == 0 {
            return Act::Send(SendOutcome::Later(REST));
        }
        Act::Send(SendOutcome::Sent { message_ref: "r".to_owned() })
    });
    let engine = rig.start(quick()).await;
    rig.say(&post("1")).await;
    rig.spy.wait_for(1, "send 1").await;
    let told = rig.spy.at.borrow()[0];
    rig.say(&post("2")).await;
    rig.say(&Outgoing { lane: "slack:C2".to_owned(), ..post("other") }).await;
    rig.spy.wait_for(1, "sent other").await;
    assert!(told.elapsed() < REST, "the other lane did not wait");
    rig.spy.wait_for(1, "sent 2").await;
    let order = sends(&rig);
    let (first, second) = (
        order.iter().position(|line| line == "sent 1").unwrap(),
        order.iter().position(|line| line == "sent 2").unwrap(),
    );
    assert!(first < second);
    let again = rig.spy.at.borrow()[2];
    assert!(again.duration_since(told) >= REST, "{:?} is early", again.duration_since(told));
    assert_eq!(rig.number("SELECT attempts FROM outbox WHERE id = '1'").await, 1, "was no try");
    engine.stop().await.unwrap();
}

fn unknown_once(rig: &Rig) {
    let tries = AtomicU64::new(0);
    rig.spy.on_send(move |row| {
        if tries.fetch_add(1, Ordering::SeqCst) == 0 {
            return Act::Send(SendOutcome::Unknown("no answer".to_owned()));
        }
        Act::Send(SendOutcome::Sent { message_ref: format!("again-{}", row.id) })
    });
}

async fn an_unknown_send_rests_then_is_found_and_not_sent_again(db: Fresh) {
    let rig = Rig::new(db).await;
    unknown_once(&rig);
    rig.spy.on_find(|_| Found::Sent { message_ref: "found".to_owned() });
    let engine = rig.start(quick()).await;
    rig.say(&post("1")).await;
    rig.say(&post("2")).await;
    rig.spy.wait_for(1, "sent 2").await;
    assert_eq!(sends(&rig), ["send 1", "find 1", "sent 1", "send 2", "sent 2"]);
    let at = rig.spy.at.borrow().clone();
    assert!(at[1].duration_since(at[0]) >= quick().reconcile_rest);
    rig.until("SELECT COUNT(*) FROM effect WHERE what = 'found'", 1).await;
    engine.stop().await.unwrap();
}

async fn an_unknown_send_that_is_not_there_is_sent_again(db: Fresh) {
    let rig = Rig::new(db).await;
    unknown_once(&rig);
    let engine = rig.start(quick()).await;
    rig.say(&post("1")).await;
    rig.spy.wait_for(1, "sent 1").await;
    assert_eq!(sends(&rig), ["send 1", "find 1", "send 1", "sent 1"]);
    engine.stop().await.unwrap();
}

async fn an_unknown_send_that_nobody_can_look_for_is_told_to_its_owner(db: Fresh) {
    let rig = Rig::new(db).await;
    unknown_once(&rig);
    rig.spy.on_find(|_| Found::CannotLook("no permission".to_owned()));
    let engine = rig.start(quick()).await;
    rig.say(&post("1")).await;
    rig.say(&post("2")).await;
    rig.spy.wait_for(1, "sent 2").await;
    let told = "unknown 1: no permission";
    assert_eq!(sends(&rig), ["send 1", "find 1", told, "send 2", "sent 2"]);
    assert_eq!(rig.number("SELECT COUNT(*) FROM outbox WHERE state = 'unknown'").await, 1);
    engine.stop().await.unwrap();
}

async fn a_row_that_was_being_sent_when_the_process_ended_is_looked_for_first(db: Fresh) {
    let rig = Rig::new(db).await;
    rig.spy.on_find(|_| Found::Sent { message_ref: "found".to_owned() });
    rig.say(&post("1")).await;
    let mut tx = rig.db.store.begin().await.unwrap();
    let now = Clock::system().now_ms();
    assert!(crate::store::outbox::sending(&mut tx, "1", now).await.unwrap());
    tx.commit().await.unwrap();
    let begun = Instant::now();
    let engine = rig.start(quick()).await;
    rig.spy.wait_for(1, "sent 1").await;
    assert_eq!(sends(&rig), ["find 1", "sent 1"]);
    assert!(begun.elapsed() < PATIENCE);
    engine.stop().await.unwrap();
}

async fn a_repeatable_row_is_simply_sent_again(db: Fresh) {
    let rig = Rig::new(db).await;
    unknown_once(&rig);
    let engine = rig.start(quick()).await;
    rig.say(&Outgoing { repeatable: true, ..post("1") }).await;
    rig.spy.wait_for(1, "sent 1").await;
    assert_eq!(sends(&rig), ["send 1", "send 1", "sent 1"]);
    engine.stop().await.unwrap();
}

async fn a_form_is_not_opened_after_its_trigger_died(db: Fresh) {
    let rig = Rig::new(db).await;
    let dead = Outgoing { repeatable: true, expires_at: Some(1), ..post("form") };
    rig.say(&dead).await;
    rig.say(&post("2")).await;
    let engine = rig.start(quick()).await;
    rig.spy.wait_for(1, "sent 2").await;
    assert_eq!(sends(&rig), ["refused form: its time has passed", "send 2", "sent 2"]);
    assert_eq!(rig.number("SELECT COUNT(*) FROM outbox WHERE state = 'expired'").await, 1);
    engine.stop().await.unwrap();
}

async fn a_refusal_is_told_and_the_next_has_its_turn(db: Fresh) {
    let rig = Rig::new(db).await;
    rig.spy.on_send(|row| match row.id.as_str() {
        "1" => Act::Send(SendOutcome::Refused("channel_not_found".to_owned())),
        _ => Act::Do,
    });
    let engine = rig.start(quick()).await;
    rig.say(&post("1")).await;
    rig.say(&post("2")).await;
    rig.spy.wait_for(1, "sent 2").await;
    assert_eq!(sends(&rig), ["send 1", "refused 1: channel_not_found", "send 2", "sent 2"]);
    engine.stop().await.unwrap();
}

async fn a_panic_while_sending_leaves_the_row_in_doubt(db: Fresh) {
    let rig = Rig::new(db).await;
    let tries = AtomicU64::new(0);
    rig.spy.on_send(
        move |_| {
            if tries.fetch_add(1, Ordering::SeqCst) == 0 { Act::Panic } else { Act::Do }
        },
    );
    let engine = rig.start(quick()).await;
    rig.say(&post("1")).await;
    rig.spy.wait_for(1, "sent 1").await;
    assert_eq!(sends(&rig), ["send 1", "find 1", "send 1", "sent 1"]);
    engine.stop().await.unwrap();
}
