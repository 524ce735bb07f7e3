//! Nothing waits for ever: not for one that always fails, not for one that asks for nonsense, not
//! behind a post in doubt, not for a clock that was put back.

use std::time::Instant;

use super::*;
use crate::jobs::lane;
use crate::store::testing::both;

both!(
    what_always_fails_is_refused_and_lets_the_next_pass,
    what_is_never_reached_is_given_up_by_count_and_by_age,
    a_doubt_that_nobody_ever_clears_ends_as_unknown,
    a_rest_is_no_longer_than_rests_are_whatever_is_asked_or_stored,
    a_doubt_ends_although_the_clock_was_put_back,
    a_ticket_that_a_clock_put_off_has_its_turn,
    updates_files_and_private_answers_pass_a_post_in_doubt,
    many_channels_that_hang_keep_nobody_else_waiting,
    what_waits_is_counted_and_warned_of_once,
);

const CHANNEL: &str = "slack:T1:C1";

fn file(id: &str) -> Outgoing {
    Outgoing { lane: lane::files(CHANNEL, Some("7.1")), ..post(id) }
}

fn update(id: &str, message: &str) -> Outgoing {
    Outgoing { lane: lane::edits(CHANNEL, message), repeatable: true, ..post(id) }
}

fn answer(id: &str) -> Outgoing {
    Outgoing { lane: lane::private("slack:T1:@U1"), repeatable: true, ..post(id) }
}

fn top(id: &str) -> Outgoing {
    Outgoing { lane: CHANNEL.to_owned(), ..post(id) }
}

/// Every send of a row whose id begins with this goes like this.
fn always(rig: &Rig, start: &'static str, outcome: SendOutcome) {
    rig.spy.on_send(
        move |row| {
            if row.id.starts_with(start) { Act::Send(outcome.clone()) } else { Act::Do }
        },
    );
}

async fn what_always_fails_is_refused_and_lets_the_next_pass(db: Fresh) {
    let rig = Rig::new(db).await;
    always(&rig, "bad", SendOutcome::Failed("http 500".to_owned()));
    let settings = Settings { send_tries: 4, ..quick() };
    let engine = rig.start(settings).await;
    rig.say(&file("bad file")).await;
    rig.say(&answer("bad answer")).await;
    rig.say(&file("file")).await;
    rig.say(&answer("answer")).await;
    rig.say(&top("post")).await;
    rig.spy.wait_for(2, "refused bad").await;
    let lines = rig.spy.lines();
    for (bad, good) in [("bad file", "file"), ("bad answer", "answer"), ("bad file", "post")] {
        let at = |line: String| lines.iter().position(|known| *known == line).unwrap();
        let refused = at(format!("refused {bad}: it was tried too often"));
        assert!(at(format!("sent {good}")) < refused, "{good} did not wait for {bad}: {lines:?}");
        assert_eq!(rig.spy.count(&format!("send {bad}")), 4);
        assert_eq!(rig.spy.count(&format!("late {bad}")), 1, "said to be late once");
    }
    rig.until(rig.open_jobs(), 0).await;
    engine.stop().await.unwrap();
}

async fn what_is_never_reached_is_given_up_by_count_and_by_age(db: Fresh) {
    let rig = Rig::new(db).await;
    always(&rig, "bad", SendOutcome::NotSent("no route".to_owned()));
    let engine = rig.start(Settings { most_waits: 3, ..quick() }).await;
    rig.say(&top("bad 1")).await;
    rig.say(&top("next 1")).await;
    rig.spy.wait_for(1, "sent next 1").await;
    assert_eq!(rig.spy.count("send bad 1"), 4);
    assert_eq!(rig.number("SELECT attempts FROM outbox WHERE id = 'bad 1'").await, 1);
    engine.stop().await.unwrap();
    let engine = rig.start(Settings { send_age: Duration::from_millis(1), ..quick() }).await;
    rig.say(&top("bad 2")).await;
    rig.spy.wait_for(1, "refused bad 2: it was tried too often").await;
    assert_eq!(rig.spy.count("send bad 2"), 5, "age alone ends nothing that was not tried");
    engine.stop().await.unwrap();
}

async fn a_doubt_that_nobody_ever_clears_ends_as_unknown(db: Fresh) {
    let rig = Rig::new(db).await;
    always(&rig, "bad", SendOutcome::Unknown("no answer".to_owned()));
    rig.spy.on_find(|_| Found::Later("still no answer".to_owned()));
    let rest = Duration::from_millis(20);
    let engine = rig.start(Settings { most_waits: 3, reconcile_rest: rest, ..quick() }).await;
    rig.say(&top("bad")).await;
    rig.say(&top("next")).await;
    rig.spy.wait_for(1, "sent next").await;
    assert_eq!((rig.spy.count("send bad"), rig.spy.count("find bad")), (1, 3));
    assert_eq!(rig.spy.count("unknown bad: still no answer"), 1);
    engine.stop().await.unwrap();
}

async fn a_rest_is_no_longer_than_rests_are_whatever_is_asked_or_stored(db: Fresh) {
    let rig = Rig::new(db).await;
    let asked = AtomicU64::new(0);
    rig.spy.on_send(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Act::Send(SendOutcome::Later(Duration::MAX)),
        _ => Act::Do,
    });
    let longest = Duration::from_millis(200);
    let engine = rig.start(Settings { longest_rest: longest, ..quick() }).await;
    let begun = Instant::now();
    rig.say(&top("1")).await;
    rig.spy.wait_for(1, "sent 1").await;
    assert!(begun.elapsed() >= longest);
    let mut tx = rig.db.store.begin().await.unwrap();
    let far = 99_999_999_999_000;
    crate::store::outbox::rest(&mut tx, CHANNEL, far, 1).await.unwrap();
    tx.commit().await.unwrap();
    rig.say(&top("2")).await;
    rig.spy.wait_for(1, "sent 2").await;
    engine.stop().await.unwrap();
}

async fn a_doubt_ends_although_the_clock_was_put_back(db: Fresh) {
    let rig = Rig::new(db).await;
    rig.say(&top("1")).await;
    let mut tx = rig.db.store.begin().await.unwrap();
    assert!(crate::store::outbox::sending(&mut tx, "1", 99_999_999_999_000).await.unwrap());
    tx.commit().await.unwrap();
    let begun = Instant::now();
    let engine = rig.start(quick()).await;
    rig.spy.wait_for(1, "find 1").await;
    assert!(begun.elapsed() >= quick().reconcile_rest, "it rests once more from now");
    rig.spy.wait_for(1, "sent 1").await;
    engine.stop().await.unwrap();
}

async fn a_ticket_that_a_clock_put_off_has_its_turn(db: Fresh) {
    let rig = Rig::new(db).await;
    rig.say(&top("1")).await;
    let put_off = rig.river(
        "UPDATE river_job SET state = 'scheduled', scheduled_at = '2199-01-01 00:00:00.000'",
        "UPDATE river.river_job SET state = 'scheduled', scheduled_at = '2199-01-01'",
    );
    let mut tx = rig.db.store.begin().await.unwrap();
    on!(&mut tx, |c| sqlx::query(put_off).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    let engine = rig.start(quick()).await;
    rig.spy.wait_for(1, "sent 1").await;
    engine.stop().await.unwrap();
}

async fn updates_files_and_private_answers_pass_a_post_in_doubt(db: Fresh) {
    let rig = Rig::new(db).await;
    always(&rig, "post", SendOutcome::Unknown("no answer".to_owned()));
    let hour = Duration::from_hours(1);
    let engine = rig.start(Settings { reconcile_rest: hour, ..quick() }).await;
    rig.say(&top("post")).await;
    rig.spy.wait_for(1, "send post").await;
    let thread = lane::posts(CHANNEL, Some("7.1"));
    let others = [
        update("old update", "7.1"),
        update("new update", "7.1"),
        file("file"),
        answer("answer"),
        Outgoing { lane: thread, ..post("reply") },
    ];
    for other in &others {
        rig.say(other).await;
    }
    for other in &others {
        rig.spy.wait_for(1, &format!("sent {}", other.id)).await;
    }
    let lines = rig.spy.lines();
    let at = |line: &str| lines.iter().position(|known| known == line).unwrap();
    assert!(at("sent old update") < at("send new update"), "one message's contents stay in order");
    assert_eq!(rig.spy.count("find"), 0, "the post is in doubt all the time");
    engine.stop().await.unwrap();
}

async fn many_channels_that_hang_keep_nobody_else_waiting(db: Fresh) {
    let rig = Rig::new(db).await;
    let gate = Gate::new();
    let held = Arc::clone(&gate);
    rig.spy.on_send(move |row| {
        if row.id.starts_with("hangs") { Act::Wait(Arc::clone(&held)) } else { Act::Do }
    });
    let engine = rig.start(Settings { soon: Duration::from_millis(100), ..quick() }).await;
    for channel in 0..40 {
        let lane = format!("slack:T1:C{channel}");
        rig.say(&Outgoing { lane, ..post(&format!("hangs {channel}")) }).await;
    }
    for card in 0..20 {
        rig.say(&update(&format!("hangs, card {card}"), &format!("8.{card}"))).await;
    }
    gate.waits(32 + 4).await;
    rig.say(&answer("answer")).await;
    let elsewhere = lane::edits("slack:T1:C99", "9.1");
    rig.say(&Outgoing { lane: elsewhere, ..update("elsewhere", "9.1") }).await;
    rig.spy.wait_for(1, "sent answer").await;
    rig.spy.wait_for(1, "sent elsewhere").await;
    rig.spy.wait_for(20, "late hangs, card").await;
    assert_eq!(rig.spy.count("sent hangs"), 0);
    for _ in 0..60 {
        gate.open();
    }
    rig.spy.wait_for(60, "sent hangs").await;
    engine.stop().await.unwrap();
}

async fn what_waits_is_counted_and_warned_of_once(db: Fresh) {
    let rig = Rig::new(db).await;
    always(&rig, "bad", SendOutcome::Later(Duration::from_hours(1)));
    rig.say(&top("bad 1")).await;
    rig.say(&top("bad 2")).await;
    let engine = rig.start(Settings { long: Duration::ZERO, ..quick() }).await;
    rig.until("SELECT COUNT(*) FROM outbox WHERE warned = 1", 2).await;
    rig.until("SELECT waits FROM outbox WHERE id = 'bad 1'", 1).await;
    let (kinds, lanes) = rig.jobs.unsent().await.unwrap();
    let label = |name, text: &str| vec![(name, text.to_owned())];
    assert_eq!(kinds[0].labels, [label("op", "post"), label("state", "pending")].concat());
    assert_eq!((lanes[0].labels.clone(), lanes[0].many), (label("lane", CHANNEL), 2));
    let mut reader = rig.db.store.reader().await.unwrap();
    let left = crate::store::waiting::unwarned(&mut reader, i64::MAX, 9).await.unwrap();
    assert_eq!(left, [], "each once");
    drop(reader);
    engine.stop().await.unwrap();
}
