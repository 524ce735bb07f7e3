//! Standing orders: kept, listed, changed, and run once when they are due.

use std::path::Path;

use attache::jobs::Role;
use attache::store::Kind;
use jiff::SignedDuration;
use serde_json::json;

use super::bot::slack_api::Failure;
use super::bot::slack_face::recorded;
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
            .says("Mon 5 Oct 2026, 10:00 UTC | quarterly review | #leadership | posted");
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
        told.says("Mon 5 Oct 2026, 10:00 UTC | quarterly review | #leadership | posted");
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
        bot.last_whisper("ana").await.says("failed: I am not a member there");

        let told = bot.whispers("ana").await;
        let told = told.iter().find(|told| told.words.contains("though it was scheduled")).unwrap();
        told.says("The quarterly review FY2026-Q3 was not posted in #leadership");
        told.says("Invite me with /invite @Attaché");
        assert_eq!(told.channel, bot.direct("ana"), "by direct message, not in the channel");

        // The bot was invited meanwhile.
        bot.click("ana", told, "Post it again").await;
        let posts = bot.posts(bot.leadership().0).await;
        assert_eq!(bot.files(&posts[0].thread()).await.len(), 1, "with its deck");
        bot.say("ana", "/strategy deliveries").await;
        bot.last_whisper("ana").await.says("#leadership | posted | schedule 1");
        bot.click("ana", told, "Post it again").await;
        bot.last_whisper("ana").await.says("This report stands there already");
        bot.wait(SignedDuration::from_hours(7 * 24)).await;
        assert_eq!(reviews(bot).await, 1, "the period was still to be posted");
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

/// What each place is called where it is typed, and what is said about it at once.
const NO_CHANNELS: &[(&str, &str)] = &[
    ("#nosuchchannel", "#nosuchchannel, so nothing was scheduled"),
    ("@ben", "@ben is a person, and reports are posted in channels"),
    ("@channel", "@channel calls people and is no channel"),
    ("London", "London may be a channel or a time zone: write #london"),
    ("#general and #leadership", "a schedule posts in one channel"),
];

#[test]
fn where_a_review_cannot_be_posted_is_told_when_it_is_scheduled() {
    on_every_face(async |bot| {
        bot.gather().await;
        for (typed, why) in NO_CHANNELS {
            bot.say("ana", &format!("/strategy schedule quarterly in {typed} at 10:00")).await;
            bot.last_whisper("ana").await.says(why);
        }
        let others: &[(&str, &str)] = match bot.face {
            Face::Slack => &[
                ("<@U02BEN|ben.okoro>", "@ben.okoro is a person"),
                ("<@U02BEN>", "that is a person"),
                ("<#C0SALES|sales>,", "I am not a member of #sales"),
                ("<#C0OLD|old>", "#old is archived"),
                ("<#D0BEN>", "That is a direct chat"),
                ("<#C0GONE|gone>", "I am a member of no channel #gone"),
            ],
            Face::Console => &[("#dm-ben", "That is a direct chat")],
        };
        let api = &bot.stage.api;
        api.set_channel("C0SALES", json!({ "id": "C0SALES", "name": "sales", "is_member": false }));
        let old = json!({ "id": "C0OLD", "name": "old", "is_member": true, "is_archived": true });
        api.set_channel("C0OLD", old);
        api.set_channel("D0BEN", json!({ "id": "D0BEN", "is_im": true }));
        api.hide_channel("C0GONE");
        for (typed, why) in others {
            bot.say("ana", &format!("/strategy schedule quarterly in {typed} at 10:00")).await;
            let told = bot.last_whisper("ana").await;
            told.says(why);
            told.does_not_say("<@");
        }
        bot.say("ana", "/strategy schedules").await;
        bot.last_whisper("ana").await.says("Nothing is scheduled.");

        for here in ["here", "in @here", "in this channel,"] {
            bot.say("ana", &format!("/strategy schedule quarterly {here} at 10:00")).await;
        }
        bot.last_whisper("ana").await.says("This is scheduled already, as number 1");
        bot.say("ana", "/strategy schedules").await;
        let main = if bot.face == Face::Slack { "#strategy" } else { "#general" };
        bot.last_whisper("ana").await.says(&format!("1 | quarterly review | {main} |"));
    });
}

#[test]
fn a_name_and_its_mention_are_one_channel_also_for_what_was_stored_before() {
    on_slack(async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy schedule quarterly in #Leadership, quarterly at 10:00").await;
        bot.last_whisper("ana").await.says("Scheduled: the quarterly review in #leadership,");
        let (_, mention) = bot.leadership();
        bot.say("ana", &format!("/strategy schedule quarterly in {mention}, quarterly at 10:00"))
            .await;
        bot.last_whisper("ana").await.says("This is scheduled already, as number 1");
        // As an earlier release kept it.
        bot.stage
            .change("UPDATE schedule SET place = REPLACE(place, 'C0LEADERS', '#leadership')")
            .await;
        bot.say(
            "ana",
            &format!("/strategy schedule quarterly in {mention} weekly on monday at 11:00"),
        )
        .await;
        let told = bot.last_whisper("ana").await;
        told.says("Scheduled: the quarterly review in #leadership");
        told.says("None of its runs will post anything");
        told.says("Schedule 1 posts there, too");
        bot.stage
            .change("UPDATE schedule SET place = REPLACE(place, 'C0LEADERS', '#leadership') WHERE number = 1")
            .await;
        bot.wait(SignedDuration::from_hours(2)).await;
        bot.wait(SignedDuration::from_hours(1)).await;
        assert_eq!(reviews(bot).await, 1, "not twice");
        bot.say("ana", "/strategy deliveries").await;
        bot.last_whisper("ana").await.says("skipped: FY2026-Q3 was posted there already");
    });
}

#[test]
fn a_daily_schedule_promises_the_runs_that_post_and_no_others() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let (_, typed) = bot.leadership();
        let order = format!("/strategy schedule quarterly in {typed} daily at 12:00 Europe/Paris");
        bot.say("ana", &order).await;
        let told = bot.last_whisper("ana").await;
        told.says("Mon 5 Oct 2026, 12:00 Europe/Paris, about FY2026-Q3");
        told.says("Fri 1 Jan 2027, 12:00 Europe/Paris, about FY2026-Q4");
        told.says("its other runs have nothing to post and are skipped");
        told.does_not_say("Tue 6 Oct 2026");
        bot.wait(SignedDuration::from_hours(2)).await;
        bot.say("ana", "/strategy schedules").await;
        bot.last_whisper("ana").await.says("Fri 1 Jan 2027, 12:00 Europe/Paris");
        bot.say("ana", "/strategy report quarterly").await;
        bot.say("ana", "/strategy deliveries").await;
        let listed = bot.last_whisper("ana").await;
        listed.says(
            "Mon 5 Oct 2026, 12:00 Europe/Paris | quarterly review | #leadership | posted | schedule 1",
        );
        let main = if bot.face == Face::Slack { "#strategy" } else { "#general" };
        listed
            .says(&format!("Mon 5 Oct 2026, 10:30 UTC | quarterly review | {main} | posted | Ana"));
    });
}

#[test]
fn the_numbers_of_the_others_stay_when_one_is_removed() {
    on_every_face(async |bot| {
        bot.gather().await;
        for time in ["10:00", "11:00", "12:00"] {
            bot.say("ana", &format!("/strategy schedule quarterly quarterly at {time}")).await;
        }
        bot.say("ana", "/strategy schedule remove 1").await;
        bot.say("ana", "/strategy schedule pause 2").await;
        bot.last_whisper("ana").await.says("at 11:00, UTC. It has number 2.");
        bot.say("ana", "/strategy schedule quarterly quarterly at 13:00").await;
        bot.last_whisper("ana").await.says("It has number 4.");
        bot.say("ana", "/strategy schedule resume 2").await;
        bot.last_whisper("ana").await.says("Next run: Mon 5 Oct 2026, 11:00 UTC.");
        bot.say("ana", "/strategy schedule remove 1").await;
        bot.last_whisper("ana").await.says("There is no such schedule.");
    });
}

#[test]
fn a_review_without_its_deck_says_so_and_its_deck_is_sent_again() {
    on_slack(async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy members role <@U02BEN|ben.okoro> admin").await;
        ordered(bot).await;
        let (_, typed) = bot.leadership();
        bot.say("ana", &format!("/strategy schedule quarterly in {typed} daily at 12:00")).await;
        bot.expects_error("a message was not sent");
        bot.expects_unsent(1);
        bot.stage.api.fail_next("files.getUploadURLExternal", Failure::Refused("missing_scope"));
        bot.wait(SignedDuration::from_hours(2)).await;
        let missing = "The quarterly review FY2026-Q3 stands in #leadership without its deck";
        for who in ["ana", "ben"] {
            let told = bot.last_whisper(who).await;
            told.says(missing);
            assert_eq!(told.channel, bot.direct(who), "by direct message");
        }
        bot.say("ben", "/strategy deliveries").await;
        let listed = bot.last_whisper("ben").await;
        listed.says("#leadership | posted without its deck: the app has not been given");

        bot.wait(SignedDuration::from_hours(2)).await;
        let told = bot.last_whisper("ana").await;
        told.says("It stands there already, but without its deck.");
        bot.click("ana", &told, "Send the deck again").await;
        let posts = bot.posts(bot.leadership().0).await;
        assert_eq!(posts.len(), 1);
        assert_eq!(bot.files(&posts[0].thread()).await.len(), 1);
        bot.click("ben", &listed, "Send the deck again").await;
        bot.last_whisper("ben").await.says("The deck of this report is there, or on its way.");
        bot.say("ana", "/strategy deliveries").await;
        let listed = bot.last_whisper("ana").await;
        listed.says("skipped: FY2026-Q3 was posted there already, without its deck");
        listed.says("#leadership | posted | schedule 1");
        assert_eq!(listed.labels(), [""; 0]);
    });
}

#[test]
fn a_team_that_removed_the_app_gets_no_more_reviews_until_somebody_resumes_them() {
    on_slack(async |bot| {
        bot.with_sample().await;
        ordered(bot).await;
        bot.say("ana", "/strategy schedule quarterly on 6 october at 10:00").await;
        bot.say("ana", "/strategy report quarterly").await;
        let mut gone = recorded("lifecycle", "uninstalled");
        gone["event_id"] = json!("Ev0GONE");
        assert_eq!(bot.slack.event(&gone).await.status, 200);
        bot.stage.settle().await;
        let said = bot.stage.api.calls("chat.postMessage").len();
        for _ in 0..3 {
            bot.wait(SignedDuration::from_hours(24)).await;
        }
        assert_eq!(bot.stage.api.calls("chat.postMessage").len(), said, "nothing is posted");

        bot.say("ana", "/strategy schedules").await;
        let listed = bot.last_whisper("ana").await;
        listed.says("paused: the app was removed");
        let asked = bot.whispers("ana").await;
        let asked = asked.iter().find(|told| told.words.contains("installed here again")).unwrap();
        asked.says("2 schedules were paused when it was removed");
        assert_eq!(asked.channel, bot.direct("ana"));
        bot.click("ana", asked, "Resume 1").await;
        bot.last_whisper("ana").await.says("Next run: Mon 4 Jan 2027, 10:00 UTC.");
        bot.say("ana", "/strategy schedules").await;
        bot.last_whisper("ana")
            .await
            .says("2 | quarterly review | #strategy | every year on the 6th");
    });
}
