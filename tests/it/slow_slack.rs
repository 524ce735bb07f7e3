//! A Slack that fails for some: nobody else waits, and whoever pressed or asked is told how it ended.

use std::time::{Duration, Instant};

use super::bot::on_slack;
use super::bot::slack_api::Failure;

const ASKED: &str = "narrow the company size to 50–500 employees";

/// Long enough that nobody would wait for it by accident.
const HANGS: Duration = Duration::from_secs(9);

#[test]
fn an_accept_and_a_private_answer_do_not_wait_for_a_channel_that_hangs() {
    on_slack(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", ASKED).await;
        let card = bot.card(&thread).await;
        let before = bot.whispers("ben").await.len();
        bot.stage.api.fail_next("chat.postMessage", Failure::Delay(HANGS));
        let posted = bot.stage.api.calls("chat.postMessage").len();
        bot.without_waiting(async || {
            bot.say("ben", "/strategy edit tam").await;
            let hangs = async || bot.stage.api.calls("chat.postMessage").len() > posted;
            bot.stage.until("a post hangs", hangs).await;
            let begun = Instant::now();
            bot.click("ana", &card, "Accept").await;
            bot.say("ben", "/strategy help").await;
            let shown = async || bot.again(&card).await.words.contains("Accepted by");
            bot.stage.until("the card shows it", shown).await;
            let told = async || bot.whispers("ben").await.len() > before;
            bot.stage.until("the answer is there", told).await;
            assert!(begun.elapsed() < HANGS / 2, "{:?}", begun.elapsed());
        })
        .await;
        assert_eq!(bot.posts(bot.channel()).await.len(), 1, "the post hangs all the time");
        bot.stage.settle().await;
        assert_eq!(bot.posts(bot.channel()).await.len(), 2);
    });
}

#[test]
fn who_pressed_is_told_what_their_card_cannot_show() {
    on_slack(async |bot| {
        bot.with_sample().await;
        bot.expects_error("a message was not sent");
        bot.expects_unsent(2);
        let thread = bot.edit("ana", "icp", ASKED).await;
        let card = bot.card(&thread).await;
        bot.stage.api.fail_next("chat.update", Failure::Status(500));
        bot.click("ana", &card, "Accept").await;
        let told = bot.last_whisper("ana").await;
        told.says("Ideal customer profile: Accepted by Ana. Now revision 2.");
        told.says("The card does not show it yet");
        bot.again(&card).await.says("Accepted by Ana");

        bot.say_in(&thread, "ben", "add Retail to industries").await;
        let card = bot.card(&thread).await;
        bot.stage.api.fail_next("chat.update", Failure::Refused("cant_update_message"));
        bot.click("ben", &card, "Discard").await;
        let told = bot.last_whisper("ben").await;
        told.says("Discarded by Ben. Nothing was changed.");
        told.says("The card cannot show it: the message cannot be changed any more.");
        told.does_not_say("cant_update");

        bot.stage.api.fail_next("chat.postMessage", Failure::Refused("restricted_action"));
        bot.say_in(&thread, "ben", "add Fishing to industries").await;
        let mut told = bot.whispers("ben").await;
        let card = told.pop().unwrap();
        let why = told.pop().unwrap();
        why.says("The proposal that you asked for is made, but its card could not be posted");
        why.does_not_say("restricted_action");
        bot.click("ben", &card, "Accept").await;
        bot.last_whisper("ben").await.says("Accepted by Ben. Now revision 3.");
        assert_eq!(bot.revision("icp").await, 3);
    });
}

const TRIED: &str = "SELECT COUNT(*) FROM outbox WHERE op = 'attach' AND attempts >= 2 \
                     AND state IN ('pending', 'sending')";

#[test]
fn a_file_that_never_arrives_holds_nobody_and_is_told_in_the_end() {
    on_slack(async |bot| {
        bot.with_sample().await;
        bot.expects_error("a message was not sent");
        bot.expects_unsent(1);
        for _ in 0..30 {
            bot.stage.api.fail_next("upload", Failure::Status(500));
        }
        bot.without_waiting(async || bot.say("ana", "/strategy report quarterly").await).await;
        let tried = async || bot.stage.api.calls("files.getUploadURLExternal").len() >= 2;
        bot.stage.until("the deck was tried", tried).await;
        bot.without_waiting(async || bot.say("ben", "/strategy edit icp").await).await;
        let posted = async || bot.posts(bot.channel()).await.len() == 2;
        bot.stage.until("the next post is there", posted).await;
        assert_eq!(bot.stage.number(TRIED, TRIED).await, 1, "its tries are counted");
        bot.stage.change("UPDATE outbox SET attempts = 12 WHERE op = 'attach'").await;
        bot.stage.settle().await;
        bot.last_whisper("ana").await.says("the platform did not take it, however often I tried");
    });
}

#[test]
fn no_rest_is_longer_than_rests_are() {
    on_slack(async |bot| {
        bot.with_sample().await;
        bot.stage.api.fail_next("chat.postMessage", Failure::TooMany(99_999_999_999));
        bot.say("ana", "/strategy edit icp").await;
        assert_eq!(bot.posts(bot.channel()).await.len(), 1);
        bot.stage.change("UPDATE channel_lane SET blocked_until = 99999999999000").await;
        bot.say("ana", "/strategy edit tam").await;
        assert_eq!(bot.posts(bot.channel()).await.len(), 2);
    });
}
