//! Roles, help, and words that are not known.

use attache::conversation::command::TABLE;

use super::bot::{Face, on_every_face, on_slack, tell};

#[test]
fn a_slip_of_the_finger_gets_the_nearest_command() {
    on_every_face(async |bot| {
        bot.say("ana", "/strategy hepl").await;
        let told = bot.last_whisper("ana").await;
        told.says("I do not know \"hepl\". Did you mean /strategy help?");
        bot.say("ana", "/strategy banana").await;
        let told = bot.last_whisper("ana").await;
        told.says("I do not know \"banana\".");
        told.says("/strategy help");
        bot.say("ana", "/strategy edit ipp").await;
        bot.last_whisper("ana").await.says("Which section: ipp.profile or ipp.types?");
        bot.say("ana", "/strategy history icq").await;
        bot.last_whisper("ana").await.says("There is no section \"icq\". Did you mean icp?");
        bot.say("ana", "/strategy report").await;
        bot.last_whisper("ana").await.says("Like this: /strategy report quarterly");
        assert!(bot.posts(bot.channel()).await.is_empty(), "refusals are private");
    });
}

#[test]
fn help_names_every_command() {
    on_every_face(async |bot| {
        bot.say("vic", "/strategy help").await;
        let help = bot.last_whisper("vic").await;
        for row in TABLE {
            help.says(row.usage);
        }
    });
}

#[test]
fn plain_words_are_commands_in_the_direct_chat() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say_at(&bot.direct("ben"), "ben", "icp").await;
        bot.last_whisper("ben").await.says("Confidence:");
        let others = bot.whispers("ana").await.len();
        bot.say("ben", "good morning everybody").await;
        assert_eq!(bot.whispers("ana").await.len(), others);
        assert!(bot.posts(bot.channel()).await.is_empty(), "talk is none of our business");
    });
}

#[test]
fn owners_give_roles_and_nobody_else_does() {
    on_every_face(async |bot| {
        bot.gather().await;
        let vic = if bot.face == Face::Slack { "<@U03VIC|vic.lind>" } else { "vic" };
        bot.say("ben", &format!("/strategy members role {vic} owner")).await;
        bot.last_whisper("ben").await.says("Only an owner can give roles. Nothing was changed.");
        bot.say("ana", &format!("/strategy members role {vic} admin")).await;
        bot.last_whisper("ana").await.says("Vic now has the role admin.");
        bot.say("ana", &format!("/strategy members role {vic} boss")).await;
        bot.last_whisper("ana").await.says("There is no role \"boss\".");
        bot.say("ana", "/strategy members role @nobody member").await;
        bot.last_whisper("ana").await.says("I do not know @nobody yet.");
        bot.say("vic", "/strategy members").await;
        let members = bot.last_whisper("vic").await;
        members.says("Ana");
        members.says("admin");
    });
}

#[test]
fn the_code_that_the_server_prints_makes_the_first_owner_in_slack() {
    tell(&[Face::Slack], &[("ATTACHE_OWNERS", "")], async |bot| {
        bot.say("ana", "/strategy claim WRONG-CODE").await;
        bot.last_whisper("ana").await.says("This code is not valid");
        let printed = bot.stage.watch.warnings();
        let line = printed.iter().find(|line| line.contains("/strategy claim")).expect("a code");
        let code = line.split("claim ").nth(1).unwrap().split(' ').next().unwrap().to_lowercase();
        bot.say("ana", &format!("/strategy claim {code}")).await;
        bot.last_whisper("ana").await.says("You are now the owner of this workspace.");
        bot.say("ben", &format!("/strategy claim {code}")).await;
        bot.last_whisper("ben").await.says("This workspace has an owner already.");
        bot.say("ana", "/strategy members role <@U01ANA|ana.reyes> viewer").await;
        bot.last_whisper("ana").await.says("now has the role viewer");
    });
}

#[test]
fn with_an_address_elsewhere_owners_come_in_by_their_link_only() {
    let elsewhere = &[("ATTACHE_PUBLIC_URL", "https://attache.example.com")];
    tell(&[Face::Console], elsewhere, async |bot| {
        let base = bot.console.base.borrow().clone();
        // As a plain proxy hands it on: asked for this machine, and nothing says that it was not.
        let pick = bot.stage.http.post(format!("{base}/sign-in")).header("origin", &base);
        let form = ("content-type", "application/x-www-form-urlencoded");
        let refused = pick.header(form.0, form.1).body("person=ana").send().await.unwrap();
        assert_eq!(refused.status(), 403);
        assert!(refused.headers().get("set-cookie").is_none());
        let links = bot.stage.sign_in_links().await;
        assert_eq!(links.len(), 1, "{links:?}");
        assert_eq!(links[0].0, "ana");
        let came_in = bot.stage.http.get(format!("{base}{}", links[0].1)).send().await.unwrap();
        assert!(came_in.headers().get("set-cookie").is_some(), "{came_in:?}");
    });
    tell(&[Face::Console], &[], async |bot| {
        assert_eq!(bot.stage.sign_in_links().await, [], "at this machine nobody needs one");
    });
}

#[test]
fn a_mention_is_its_person_and_nobody_who_calls_themselves_so() {
    on_slack(async |bot| {
        let eve = super::bot::people::EVE;
        let mut info = eve.in_slack();
        info["profile"]["display_name"] = "U04KIM".into();
        bot.stage.api.set_user(eve.slack, info);
        bot.say("eve", "/strategy members").await;
        bot.say("ana", "/strategy members role <@U04KIM|kim> owner").await;
        bot.last_whisper("ana").await.says("I do not know");
        bot.say("ana", "/strategy members role <@U09EVE|eve.out> member").await;
        bot.last_whisper("ana").await.says("U04KIM now has the role member.");
    });
}

#[test]
fn the_last_owner_stays() {
    tell(&[Face::Console], &[("ATTACHE_OWNERS", "")], async |bot| {
        bot.say("ana", "/strategy members role ana viewer").await;
        bot.last_whisper("ana").await.says("This is the last owner.");
    });
}

#[test]
fn a_name_that_two_people_have_names_nobody() {
    on_every_face(async |bot| {
        bot.gather().await;
        bot.stage.change("UPDATE member SET name = 'Ben' WHERE name = 'Vic'").await;
        bot.say("ana", "/strategy members role Ben admin").await;
        let told = bot.last_whisper("ana").await;
        told.says("people are called Ben");
        let vic = match bot.face {
            Face::Slack => "slack:U03VIC",
            Face::Console => "console:vic",
        };
        told.says(vic);
        bot.say("ana", &format!("/strategy members role {vic} admin")).await;
        bot.last_whisper("ana").await.says("now has the role admin.");
        bot.say("ana", "/strategy members").await;
        bot.last_whisper("ana").await.says(&format!("{vic} | admin"));
    });
}
