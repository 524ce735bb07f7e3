//! Who is not ours: teams that anybody may have, and one that removed the app.

use attache::handlers::access;
use serde_json::json;

use super::bot::slack_api::Failure;
use super::bot::slack_face::{form, recorded};
use super::bot::{Bot, on_slack};

const LINKED: &str = "SELECT team FROM installation WHERE platform = 'slack' AND active = 1";
const FORM: &str = "application/x-www-form-urlencoded";

/// A command that Slack signed, from another team.
async fn from_team(bot: &Bot, team: &str, text: &str) {
    let mut command = bot.slack.command_of("eve", "C0THEIRS", text);
    command["team_id"] = json!(team);
    let answer = bot.slack.post("/slack/commands", FORM, form(&command)).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{text}");
    bot.stage.settle().await;
}

#[test]
fn only_the_team_of_the_token_is_linked() {
    on_slack(async |bot| {
        for known in [false, true] {
            from_team(bot, "T0OTHER", "icp").await;
            let told = bot.last_whisper("eve").await;
            told.says("This team is not linked to a workspace yet.");
            let mut event = bot.slack.message_of("eve", "C0THEIRS", None, "<@U0ATTACHE> icp");
            event["team_id"] = json!("T0OTHER");
            event["authorizations"][0]["team_id"] = json!("T0OTHER");
            assert_eq!(bot.slack.event(&event).await.status, 200);
            bot.stage.settle().await;
            let linked = bot.stage.texts(LINKED).await;
            assert_eq!(linked.len(), usize::from(known), "{linked:?}");
            bot.gather().await;
            assert_eq!(bot.stage.texts(LINKED).await, ["T0NORTHW"]);
        }
        assert_eq!(bot.whispers("eve").await.len(), 2, "one for each command");
        let asked = bot.stage.api.calls("users.info");
        assert!(asked.iter().all(|asked| asked["user"] != "U09EVE"), "{asked:?}");
        bot.say("ana", "/strategy members").await;
        bot.last_whisper("ana").await.does_not_say("eve");
    });
}

#[test]
fn a_team_that_removed_the_app_comes_back_with_a_good_token_only() {
    on_slack(async |bot| {
        bot.with_sample().await;
        let mut gone = recorded("lifecycle", "uninstalled");
        gone["event_id"] = json!("Ev0GONE");
        assert_eq!(bot.slack.event(&gone).await.status, 200);
        bot.stage.settle().await;
        assert!(bot.stage.texts(LINKED).await.is_empty());

        bot.stage.api.fail_next("auth.test", Failure::Refused("account_inactive"));
        bot.say("ana", "/strategy icp").await;
        bot.last_whisper("ana").await.says("the platform does not accept my access any more");
        assert!(bot.stage.texts(LINKED).await.is_empty());

        bot.say("ana", "/strategy icp").await;
        bot.last_whisper("ana").await.says("Confidence:");
        assert_eq!(bot.stage.texts(LINKED).await, ["T0NORTHW"]);
    });
}

#[test]
fn every_workspace_of_an_organisation_wide_installation_is_linked() {
    on_slack(async |bot| {
        bot.stage.api.belong_to("E0NORTH");
        let of = |team: &str, organisation: &str| {
            json!({ "id": "U09EVE", "team_id": team, "profile": { "display_name": "Eve" },
                "enterprise_user": { "enterprise_id": organisation } })
        };
        let mut asked = bot.slack.command_of("eve", "C0SISTER", "members");
        asked["is_enterprise_install"] = json!("true");
        asked["enterprise_id"] = json!("E0NORTH");
        for (team, organisation, answer) in [
            ("T0SISTER", "E0NORTH", "slack:U09EVE"),
            ("T0NORTHW", "E0NORTH", "slack:U09EVE"),
            ("", "E0NORTH", "slack:U09EVE"),
            ("T0OTHER", "E0OTHER", "This team is not linked to a workspace yet."),
        ] {
            bot.stage.api.set_user("U09EVE", of(team, organisation));
            asked["team_id"] = json!(team);
            asked["enterprise_id"] = json!(organisation);
            asked["trigger_id"] = json!(bot.stage.api.trigger("U09EVE"));
            asked["response_url"] = json!(bot.stage.api.response_url("U09EVE"));
            assert_eq!(bot.slack.command_answer(&asked).await.status, 200);
            bot.stage.settle().await;
            bot.last_whisper("eve").await.says(answer);
        }
        assert_eq!(bot.stage.texts(LINKED).await, ["E0NORTH"], "one link for all of them");
    });
}

#[test]
fn opening_the_home_is_no_request_and_gets_no_card_each_time() {
    on_slack(async |bot| {
        let opened = async |user: &str, event_id: &str| {
            let mut event = recorded("lifecycle", "home_opened");
            event["event_id"] = json!(event_id);
            event["event"]["user"] = json!(user);
            assert_eq!(bot.slack.event(&event).await.status, 200);
            bot.stage.settle().await;
        };
        let said = || bot.stage.api.calls("chat.postMessage").len();
        let mut guest = super::bot::people::EVE.in_slack();
        guest["is_ultra_restricted"] = json!(true);
        bot.stage.api.set_user("U09EVE", guest);
        for (number, user, posts) in [
            (1, "U02BEN", 1),
            (2, "U02BEN", 1),
            (3, "U02BEN", 1),
            (4, "U09EVE", 1),
            (5, "U09EVE", 1),
        ] {
            opened(user, &format!("Ev0OPEN{number}")).await;
            assert_eq!(said(), posts, "{user} opened it, event {number}");
        }
        let refusals = "SELECT detail FROM audit_log WHERE action = 'denied'";
        assert_eq!(bot.stage.texts(refusals).await, Vec::<String>::new());
    });
}

#[test]
fn a_token_that_slack_takes_no_more_is_told_at_once_to_who_asks_and_to_the_owners() {
    const SEEN: &str = "SELECT payload FROM outbox WHERE dedup_key LIKE 'ails:%'";
    on_slack(async |bot| {
        bot.with_sample().await;
        for word in ["token_revoked", "missing_scope", "invalid_auth", "user_not_found"] {
            let before = bot.stage.api.calls("users.info").len();
            bot.stage.api.fail_next("users.info", Failure::Refused(word));
            bot.say("eve", "/strategy icp").await;
            let told = bot.last_whisper("eve").await;
            told.says("othing was done");
            told.does_not_say(word);
            assert_eq!(bot.stage.api.calls("users.info").len(), before + 1, "asked once: {word}");
        }
        let (status, words) = bot.readiness().await;
        assert_eq!(status, 200, "the console goes on");
        assert!(words.contains(r#""slack":"invalid_auth""#), "{words}");

        for _ in 0..2 {
            bot.stage.api.fail_next("auth.test", Failure::Refused("token_revoked"));
            access::look(&bot.stage.context()).await;
            bot.stage.settle().await;
        }
        let told = bot.stage.texts(SEEN).await;
        assert_eq!(told.len(), 1, "the owner of the console, once a day: {told:?}");
        assert!(told[0].contains("I cannot do my work in Slack"), "{told:?}");

        access::look(&bot.stage.context()).await;
        let mended = async || !bot.readiness().await.1.contains("slack");
        bot.stage.until("it works again", mended).await;
        bot.say("ana", "/strategy icp").await;
        bot.last_whisper("ana").await.says("Confidence:");
    });
}
