//! Trouble: peers that do not answer, databases that are busy, servers that end in between.

use std::time::Duration;

use attache::jobs::Role;
use attache::store::Kind;
use jiff::SignedDuration;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use super::bot::slack_api::Failure;
use super::bot::{Face, on_console, on_every_face, on_slack, tell};

const ASKED: &str = "narrow the company size to 50–500 employees";

#[test]
fn what_is_said_while_slack_is_away_arrives_later_once_and_in_order() {
    on_slack(async |bot| {
        bot.with_sample().await;
        bot.stage.api.go_away();
        bot.without_waiting(async || {
            bot.say("ana", &format!("/strategy edit icp {ASKED}")).await;
            bot.say("ben", "/strategy edit tam set solutions share to 16%").await;
            bot.say("ana", "/strategy edit ipp.profile").await;
        })
        .await;
        let tried = async || !bot.stage.api.calls("conversations.info").is_empty();
        bot.stage.until("who reads there was asked about in vain", tried).await;
        assert!(bot.posts(bot.channel()).await.is_empty());
        bot.stage.api.come_back();
        bot.stage.settle().await;
        let posts = bot.posts(bot.channel()).await;
        assert_eq!(posts.len(), 3, "nothing is lost, nothing doubled");
        let queued = bot
            .stage
            .texts("SELECT dedup_key FROM outbox WHERE dedup_key LIKE 'thread:%' ORDER BY seq")
            .await;
        let sent: Vec<_> = bot
            .stage
            .api
            .messages(bot.channel())
            .into_iter()
            .filter(|m| m.thread.is_none())
            .collect();
        let keys: Vec<_> = sent
            .iter()
            .map(|m| m.metadata["event_payload"]["key"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(keys, queued, "in the order in which they were asked for");
        let mut cards = 0;
        for post in &posts {
            cards += bot.replies(&post.thread()).await.len();
        }
        assert_eq!(cards, 2, "what was asked for with the posts is proposed in their threads");
    });
}

#[test]
fn slack_is_given_the_rest_that_it_asks_for() {
    on_slack(async |bot| {
        bot.with_sample().await;
        let began = std::time::Instant::now();
        bot.stage.api.fail_next("chat.postMessage", Failure::TooMany(1));
        bot.say("ana", "/strategy edit icp").await;
        assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
        assert_eq!(bot.posts(bot.channel()).await.len(), 1);
        assert_eq!(bot.stage.api.calls("chat.postMessage").len(), 2);
    });
}

#[test]
fn a_post_whose_answer_was_lost_is_looked_for_and_not_doubled() {
    on_slack(async |bot| {
        bot.with_sample().await;
        bot.stage.api.fail_next("chat.postMessage", Failure::LostReply);
        let thread = bot.edit("ana", "icp", ASKED).await;
        assert_eq!(bot.posts(bot.channel()).await.len(), 1);
        assert_eq!(bot.replies(&thread).await.len(), 1, "the thread is bound to what was found");
        bot.stage.api.fail_next("chat.postMessage", Failure::LostReply);
        bot.say_in(&thread, "ana", "make it 50 to 400").await;
        assert_eq!(bot.replies(&thread).await.len(), 2);
        bot.stage.api.fail_next("files.completeUploadExternal", Failure::LostReply);
        bot.say("ana", "/strategy report quarterly").await;
        let review = bot.last_post().await;
        assert_eq!(bot.files(&review.thread()).await.len(), 1);
    });
}

#[test]
fn a_channel_without_the_bot_is_told_to_who_asked() {
    on_slack(async |bot| {
        bot.with_sample().await;
        bot.expects_error("a message was not sent");
        bot.expects_unsent(1);
        bot.stage.api.fail_next("chat.postMessage", Failure::Refused("not_in_channel"));
        bot.say("ana", "/strategy edit icp").await;
        let told = bot.last_whisper("ana").await;
        told.says("I cannot post in #C0STRATEGY: I am not a member there. Invite me with /invite");
        assert!(bot.posts(bot.channel()).await.is_empty());
        bot.say("ana", "/strategy edit icp").await;
        assert_eq!(bot.posts(bot.channel()).await.len(), 1, "asked again, it is done");
    });
}

#[test]
fn a_console_channel_that_is_not_there_is_told_to_who_asked() {
    tell(&[Face::Console], &[], async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy schedule quarterly in #nowhere daily at 10:00").await;
        let told = bot.last_whisper("ana").await;
        told.says("There is no channel #nowhere, so nothing was scheduled.");
        told.says("#leadership");
        bot.say("ana", "/strategy schedules").await;
        bot.last_whisper("ana").await.says("Nothing is scheduled.");
    });
}

/// Keeps everybody else from writing until the sender is used or dropped.
async fn lock(
    kind: Kind,
    url: &str,
) -> Box<dyn FnOnce() -> std::pin::Pin<Box<dyn Future<Output = ()>>>> {
    if kind == Kind::Sqlite {
        let options: sqlx::sqlite::SqliteConnectOptions = url.parse().unwrap();
        let mut held = options.connect().await.unwrap();
        held.execute("BEGIN IMMEDIATE").await.unwrap();
        return Box::new(|| {
            Box::pin(async move {
                held.execute("COMMIT").await.unwrap();
                held.close().await.unwrap();
            })
        });
    }
    let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
    let mut held = options.connect().await.unwrap();
    held.execute("BEGIN; LOCK TABLE inbox, outbox, section IN SHARE ROW EXCLUSIVE MODE")
        .await
        .unwrap();
    Box::new(|| {
        Box::pin(async move {
            held.execute("COMMIT").await.unwrap();
            held.close().await.unwrap();
        })
    })
}

#[test]
fn a_locked_database_is_told_while_slack_still_listens_and_nothing_is_done_twice() {
    on_slack(async |bot| {
        bot.with_sample().await;
        assert_eq!(
            bot.readiness().await,
            (200, r#"{"database":"ok","queue":"ok","writes":"ok"}"#.to_owned())
        );
        let command = bot.slack.command_of("ana", bot.channel(), "tam set solutions share=16%");
        let release = lock(bot.stage.kind, &bot.stage.url).await;
        let begun = std::time::Instant::now();
        let (first, second) =
            tokio::join!(bot.slack.command_answer(&command), bot.slack.command_answer(&command),);
        assert!(begun.elapsed() < Duration::from_millis(4500), "{:?}", begun.elapsed());
        for answer in [first, second] {
            assert_eq!((answer.status, answer.body.as_str()), (503, "busy; try again"));
        }
        let (status, words) = bot.readiness().await;
        assert_eq!(status, 503);
        assert!(
            words.contains(r#""database":"ok""#) && words.contains(r#""writes":"no""#),
            "{words}"
        );
        release().await;
        let ready = async || bot.readiness().await.0 == 200;
        bot.stage.until("it says that it is ready again", ready).await;
        for _ in 0..2 {
            assert_eq!(bot.slack.command_answer(&command).await.status, 200);
        }
        bot.stage.settle().await;
        assert_eq!(bot.revision("tam").await, 2);
    });
}

#[test]
fn a_database_that_is_locked_for_three_seconds_costs_a_browser_nothing_but_time() {
    on_console(async |bot| {
        bot.with_sample().await;
        let release = lock(bot.stage.kind, &bot.stage.url).await;
        let mut three_seconds = tokio::time::interval(Duration::from_secs(3));
        three_seconds.tick().await;
        let waiting = async {
            three_seconds.tick().await;
            release().await;
        };
        let asking = bot.without_waiting(async || {
            bot.say("ana", "/strategy tam set solutions share=16%").await;
        });
        tokio::join!(waiting, asking);
        bot.stage.settle().await;
        assert_eq!(bot.revision("tam").await, 2);
        bot.last_whisper("ana").await.says("revision 2");
    });
}

#[test]
fn what_was_acknowledged_before_a_stop_is_done_after_the_start() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.restart(Role::Web).await;
        bot.without_waiting(async || bot.say("ana", &format!("/strategy edit icp {ASKED}")).await)
            .await;
        bot.restart(Role::Web).await;
        assert!(bot.posts(bot.channel()).await.is_empty(), "nobody works");
        bot.restart(Role::All).await;
        bot.stage.settle().await;
        let thread = bot.last_post().await.thread();
        let card = bot.card(&thread).await;
        bot.restart(Role::Web).await;
        bot.without_waiting(async || {
            bot.click("ana", &card, "Accept").await;
            bot.click("ben", &card, "Accept").await;
        })
        .await;
        bot.restart(Role::All).await;
        bot.stage.settle().await;
        assert_eq!(bot.revision("icp").await, 2);
        bot.again(&card).await.says("Accepted by");
        assert_eq!(bot.posts(bot.channel()).await.len(), 1);
    });
}

#[test]
fn a_second_process_on_the_same_file_is_refused() {
    tell(&[Face::Console], &[], async |bot| {
        let second = bot.stage.start(Role::All).await;
        if bot.stage.kind == Kind::Postgres {
            assert!(second.is_ok(), "several processes share one PostgreSQL");
            return;
        }
        let why = second.expect_err("one process per file").to_string();
        assert!(why.contains("another"), "{why}");
        bot.say("ana", "/strategy").await;
        bot.last_whisper("ana").await.says("Nothing is written yet.");
    });
}

#[test]
fn what_was_heard_and_sent_is_forgotten_after_a_while() {
    on_every_face(async |bot| {
        bot.say("ana", "/strategy help").await;
        bot.stage.change("UPDATE inbox SET received_at = received_at - 691200000").await;
        bot.stage.change("UPDATE outbox SET created_at = created_at - 691200000").await;
        bot.say("ana", "/strategy").await;
        bot.wait(SignedDuration::from_hours(24)).await;
        let sent = async || bot.stage.number(SENT, SENT).await;
        bot.stage.until("what was sent is forgotten", async || sent().await == 1).await;
        let heard = async || bot.stage.number(HEARD, HEARD).await;
        bot.stage.until("the old request is forgotten", async || heard().await == 1).await;
        bot.say("ana", "/strategy help").await;
        assert_eq!(heard().await, 2, "the others stay");
    });
}

const HEARD: &str = "SELECT COUNT(*) FROM inbox";
const SENT: &str = "SELECT COUNT(*) FROM outbox";

#[test]
fn a_report_that_does_not_read_is_told_and_keeps_nobody_waiting() {
    on_slack(async |bot| {
        bot.with_sample().await;
        bot.expects_error("a message was not sent");
        bot.expects_error("a stored deck does not read");
        bot.expects_unsent(1);
        bot.stage.api.fail_next("files.getUploadURLExternal", Failure::TooMany(1));
        bot.without_waiting(async || bot.say("ana", "/strategy report quarterly").await).await;
        let asked = async || !bot.stage.api.calls("files.getUploadURLExternal").is_empty();
        bot.stage.until("the deck is on its way", asked).await;
        bot.stage.change("ALTER TABLE report_deck RENAME COLUMN bytes TO lost").await;
        bot.stage.settle().await;
        bot.last_whisper("ana").await.says("the stored deck cannot be read");
        bot.say("ana", "/strategy edit icp").await;
        assert_eq!(bot.posts(bot.channel()).await.len(), 2, "the channel goes on");
    });
}

#[test]
fn a_failure_of_ours_is_logged_once_under_the_reference_that_is_told() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.expects_error("reference");
        bot.stage.change("ALTER TABLE schedule_run RENAME COLUMN note TO lost").await;
        bot.stage.change("ALTER TABLE report RENAME COLUMN title TO lost").await;
        for (at, asked) in ["deliveries", "report quarterly"].into_iter().enumerate() {
            bot.say("ana", &format!("/strategy {asked}")).await;
            let told = bot.last_whisper("ana").await.words;
            let reference = told.split("reference ").nth(1).expect("an apology");
            let errors = bot.stage.watch.errors();
            assert_eq!(errors.len(), at + 1, "{errors:?}");
            assert!(errors[at].contains(&reference[..8]), "{told}: {errors:?}");
        }
        bot.stage.forget_given_up().await;
    });
}

#[test]
fn a_database_that_is_full_says_so_and_works_again_when_there_is_room() {
    on_slack(async |bot| {
        bot.with_sample().await;
        if bot.stage.kind == Kind::Postgres {
            return; // its disk is not ours to fill
        }
        bot.expects_error("riverqueue");
        let request = format!("edit icp {}{ASKED}", " ".repeat(5_500));
        let command = bot.slack.command_of("ana", bot.channel(), &request);
        // No page more than there are now; a new connection does not know of it.
        bot.stage.change("PRAGMA max_page_count = 1").await;
        let answer = bot.slack.command_answer(&command).await;
        assert_eq!((answer.status, answer.body.as_str()), (503, "busy; try again"));
        assert!(bot.posts(bot.channel()).await.is_empty());
        let answer = bot.slack.command_answer(&command).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        bot.stage.settle().await;
        assert_eq!(bot.posts(bot.channel()).await.len(), 1, "the same request, once");
        bot.say("ana", "/strategy tam set solutions share=16%").await;
        assert_eq!(bot.revision("tam").await, 2, "what was there before is there");
    });
}
