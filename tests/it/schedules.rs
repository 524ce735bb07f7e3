//! Standing orders: kept, listed, changed, and run once when they are due.

use std::path::Path;

use attache::jobs::Role;
use attache::store::Kind;
use jiff::SignedDuration;

use super::bot::slack_api::Failure;
use super::bot::{Bot, Face, on_every_face, on_slack};
use super::reports::slides;

/// Due an hour and a half after the story begins, and then each quarter.
async fn ordered(bot: &Bot) {
    let (_, typed) = bot.leadership();
    bot.say("ana", &format!("/strategy schedule quarterly in {typed} quarterly at 10:00")).await;
    bot.last_whisper("ana").await.says("Scheduled: the quarterly review in #leadership");
}

/// Keeps the deck that was posted for `tests/decks/check.py`, in the folder that Cargo gives tests.
fn keep(face: Face, deck: &[u8]) {
    let name = format!("scheduled-{face:?}.pptx").to_lowercase();
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), deck).unwrap();
}

async fn reviews(bot: &Bot) -> usize {
    bot.posts(bot.leadership().0).await.len()
}

#[test]
fn a_schedule_is_previewed_listed_paused_resumed_and_removed() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        ordered(bot).await;
        let told = bot.last_whisper("ana").await;
        told.says("Next three runs");
        for run in
            ["Mon 5 Oct 2026, 10:00 UTC", "Mon 4 Jan 2027, 10:00 UTC", "Mon 5 Apr 2027, 10:00 UTC"]
        {
            told.says(run);
        }
        bot.say("vic", "/strategy schedules").await;
        let listed = bot.last_whisper("vic").await;
        listed.says("1 | quarterly review | #leadership | every quarter on the first Monday");
        bot.say("vic", "/strategy schedule pause 1").await;
        bot.last_whisper("vic").await.says("You need the role admin or higher");

        bot.say("ana", "/strategy schedule pause 1").await;
        bot.last_whisper("ana").await.says("Paused: the quarterly review in #leadership");
        bot.wait(SignedDuration::from_hours(2)).await;
        assert_eq!(reviews(bot).await, 0, "a paused schedule does not run");
        bot.say("ana", "/strategy schedule pause 1").await;
        bot.last_whisper("ana").await.says("This schedule is paused already.");
        bot.say("ana", "/strategy schedule resume 1").await;
        bot.last_whisper("ana").await.says("Resumed");
        bot.wait(SignedDuration::from_hours(1)).await;
        assert_eq!(reviews(bot).await, 0, "what was missed while paused is not caught up");
        bot.say("ana", "/strategy schedules").await;
        bot.last_whisper("ana").await.says("Mon 4 Jan 2027, 10:00 UTC");
        bot.say("ana", "/strategy schedule remove 1").await;
        bot.last_whisper("ana").await.says("Removed");
        bot.say("ana", "/strategy schedules").await;
        bot.last_whisper("ana").await.says("Nothing is scheduled.");
        bot.say("ana", "/strategy schedule remove 1").await;
        bot.last_whisper("ana").await.says("There is no such schedule.");
    });
}

#[test]
fn a_schedule_that_is_due_posts_once_with_its_deck() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        ordered(bot).await;
        if bot.stage.kind == Kind::Postgres {
            bot.second_server().await;
        }
        // The engines' own ticks find it, not the story's.
        bot.stage.clock.turn(SignedDuration::from_mins(89));
        bot.stage.settle().await;
        assert_eq!(reviews(bot).await, 0, "never early");
        bot.stage.clock.turn(SignedDuration::from_mins(1));
        bot.stage.until("the review is posted", async || reviews(bot).await > 0).await;
        bot.wait(SignedDuration::from_mins(10)).await;
        let posts = bot.posts(bot.leadership().0).await;
        assert_eq!(posts.len(), 1);
        posts[0].says("FY2026-Q3");
        let files = bot.files(&posts[0].thread()).await;
        assert_eq!(files.len(), 1);
        assert!(slides(&files[0].1) >= 8);
        if bot.stage.kind == Kind::Postgres {
            keep(bot.face, &files[0].1);
        }
        bot.say("ana", "/strategy deliveries").await;
        bot.last_whisper("ana")
            .await
            .says("5 Oct 2026, 10:00 | quarterly review | #leadership | posted");
        bot.say("ana", "/strategy schedules").await;
        bot.last_whisper("ana").await.says("Mon 4 Jan 2027, 10:00 UTC");
    });
}

#[test]
fn a_period_that_was_posted_is_not_posted_by_another_schedule() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        ordered(bot).await;
        let (_, typed) = bot.leadership();
        bot.say("ana", &format!("/strategy schedule quarterly in {typed} daily at 11:00")).await;
        bot.wait(SignedDuration::from_hours(2)).await;
        bot.wait(SignedDuration::from_hours(1)).await;
        assert_eq!(reviews(bot).await, 1);
        bot.say("ana", "/strategy deliveries").await;
        bot.last_whisper("ana").await.says("skipped: FY2026-Q3 was posted there already");
    });
}

#[test]
fn a_run_missed_in_a_short_outage_is_made_once_and_an_older_one_is_skipped() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let (_, typed) = bot.leadership();
        bot.say("ana", &format!("/strategy schedule quarterly in {typed} on 5 october at 10:00"))
            .await;
        bot.say("ana", "/strategy schedule quarterly on 6 october at 10:00").await;
        bot.outage(SignedDuration::from_hours(20), Role::All).await;
        bot.wait(SignedDuration::ZERO).await;
        assert_eq!(reviews(bot).await, 1, "within 24 hours it is made up for");
        bot.outage(SignedDuration::from_hours(48), Role::All).await;
        bot.wait(SignedDuration::ZERO).await;
        assert!(bot.posts(bot.channel()).await.is_empty(), "after 24 hours it is not");
        bot.say("ana", "/strategy deliveries").await;
        let told = bot.last_whisper("ana").await;
        told.says("5 Oct 2026, 10:00 | quarterly review | #leadership | posted");
        told.says("skipped: the server was not running when it was due");
    });
}

#[test]
fn what_cannot_be_scheduled_is_told_with_an_example() {
    on_every_face(async |bot| {
        bot.gather().await;
        for (text, why) in [
            ("quarterly in #leadership whenever", "Nothing was scheduled."),
            ("summary daily at 09:00", "cannot be made yet"),
            ("quarterly view board daily at 09:00", "There are no saved views yet"),
            ("quarterly daily at 25:00", "Nothing was scheduled."),
        ] {
            bot.say("ana", &format!("/strategy schedule {text}")).await;
            bot.last_whisper("ana").await.says(why);
        }
        bot.say("ben", "/strategy schedule quarterly daily at 09:00").await;
        bot.last_whisper("ben").await.says("You need the role admin or higher");
        bot.say("ana", "/strategy schedules").await;
        bot.last_whisper("ana").await.says("Nothing is scheduled.");
    });
}

#[test]
fn a_post_that_was_refused_does_not_keep_its_period_from_the_next_run() {
    on_slack(async |bot| {
        bot.with_sample().await;
        let (_, typed) = bot.leadership();
        let order = format!("/strategy schedule quarterly in {typed} weekly on monday at 10:00");
        bot.say("ana", &order).await;
        bot.expects_error("a message was not sent");
        bot.expects_unsent(1);
        bot.stage.api.fail_next("chat.postMessage", Failure::Refused("not_in_channel"));
        bot.wait(SignedDuration::from_hours(2)).await;
        assert_eq!(reviews(bot).await, 0);
        bot.say("ana", "/strategy deliveries").await;
        bot.last_whisper("ana").await.says("failed: not_in_channel");

        // The bot was invited meanwhile.
        bot.wait(SignedDuration::from_hours(7 * 24)).await;
        assert_eq!(reviews(bot).await, 1, "the period is still to be posted");
        bot.wait(SignedDuration::from_hours(7 * 24)).await;
        assert_eq!(reviews(bot).await, 1, "and then it is posted");
    });
}

#[test]
fn a_run_of_a_schedule_that_was_removed_meanwhile_is_skipped() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        ordered(bot).await;
        // Nobody works while the clock strikes, and then the schedule goes.
        bot.outage(SignedDuration::from_hours(2), Role::Web).await;
        bot.stage.tick().await;
        bot.stage.change("UPDATE schedule SET state = 'removed'").await;
        bot.restart(Role::All).await;
        bot.stage.settle().await;
        assert_eq!(reviews(bot).await, 0);
        bot.say("ana", "/strategy deliveries").await;
        let told = bot.last_whisper("ana").await;
        told.says("skipped: the schedule was removed before it ran");
    });
}

#[test]
fn a_schedule_that_does_not_read_keeps_no_other_from_running() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", "narrow the company size to 50–500 employees").await;
        bot.say("ana", "/strategy schedule quarterly on 20 october at 09:00").await;
        bot.stage.change("UPDATE schedule SET order_body = '{}'").await;
        let (_, typed) = bot.leadership();
        bot.say("ana", &format!("/strategy schedule quarterly in {typed} on 20 october at 10:00"))
            .await;
        bot.expects_error("a schedule that is due does not read");
        bot.wait(SignedDuration::from_hours(15 * 24 + 2)).await;
        assert_eq!(reviews(bot).await, 1);
        bot.card(&thread).await.says("Expired after 14 days");
        bot.wait(SignedDuration::from_mins(10)).await;
        bot.wait(SignedDuration::from_mins(10)).await;
        let errors = bot.stage.watch.errors();
        assert_eq!(errors.len(), 1, "told once, not with every tick: {errors:?}");
    });
}
