//! Roles, help, and words that are not known.

use attache::conversation::command::TABLE;

use jiff::SignedDuration;
use serde_json::json;

use super::bot::slack_api::Failure;
use super::bot::{Bot, Face, on_console, on_every_face, on_slack, tell};

const ROLES: &str = "SELECT action || ' by ' || actor_name || ': ' || detail FROM audit_log \
                     WHERE action LIKE 'member.%' ORDER BY seq";

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
        let link = format!("{base}{}", links[0].1);
        for looked in [bot.stage.http.head(&link), bot.stage.http.get(&link)] {
            let looked = looked.send().await.unwrap();
            assert!(looked.status() == 200 && looked.headers().get("set-cookie").is_none());
        }
        let came_in = bot.stage.http.post(&link).header("origin", &base).send().await.unwrap();
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
        bot.say("ana", "/strategy members").await;
        bot.stage.api.fail_next("users.info", Failure::Refused("user_not_found"));
        bot.say("ana", "/strategy members role <@U04KIM|kim> owner").await;
        bot.last_whisper("ana").await.says("I do not know @kim yet.");
        bot.say("ana", "/strategy members role <@U04KIM|kim> admin").await;
        bot.last_whisper("ana").await.says("kim now has the role admin.");
        bot.say("ana", "/strategy members role <@U09EVE|eve.out> member").await;
        bot.last_whisper("ana").await.says("U04KIM now has the role member.");
    });
}

#[test]
fn the_last_owner_stays() {
    tell(&[Face::Console], &[("ATTACHE_OWNERS", "")], async |bot| {
        for role in ["admin", "viewer", "none"] {
            bot.say("ana", &format!("/strategy members role ana {role}")).await;
            bot.last_whisper("ana").await.says("This is the last owner.");
        }
        let removed = bot.stage.command(&["user", "remove", "--console", "ana"]).await;
        assert!(removed.unwrap_err().to_string().contains("This is the last owner."));
        bot.say("ana", "/strategy members").await;
        bot.last_whisper("ana").await.says("console:ana | owner");
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

#[test]
fn somebody_who_was_shut_out_does_not_come_back_by_speaking() {
    on_slack(async |bot| {
        bot.gather().await;
        bot.say("ana", "/strategy members role <@U03VIC|vic.lind> none").await;
        bot.last_whisper("ana").await.says("Vic now has the role none. They are shut out");
        bot.say("ana", "/strategy members role <@U09EVE|eve.out> none").await;
        bot.restart(attache::jobs::Role::All).await;
        for who in ["vic", "eve"] {
            for words in ["/strategy", "/strategy icp", "/strategy members", "/strategy claim X"] {
                bot.say(who, words).await;
                let told = bot.last_whisper(who).await;
                told.says("You cannot use the partner strategy of this workspace.");
            }
            bot.say_at(&bot.direct(who), who, "icp").await;
            bot.last_whisper(who).await.says("You cannot use the partner strategy");
        }
        bot.say("vic", "/strategy audit").await;
        bot.last_whisper("vic").await.does_not_say("/strategy claim");
        bot.say("ana", "/strategy members").await;
        bot.last_whisper("ana").await.says("slack:U03VIC | none");
        bot.say("ana", "/strategy members role <@U03VIC> viewer").await;
        bot.say("vic", "/strategy members").await;
        bot.last_whisper("vic").await.says("slack:U03VIC | viewer");
    });
}

#[test]
fn an_owner_of_the_settings_who_was_demoted_stays_demoted() {
    on_slack(async |bot| {
        bot.gather().await;
        bot.say("ana", "/strategy members role <@U02BEN|ben.okoro> owner").await;
        bot.say("ben", "/strategy members role <@U01ANA|ana.reyes> viewer").await;
        bot.last_whisper("ben").await.says("Ana now has the role viewer.");
        bot.say("ana", "/strategy members role <@U01ANA> owner").await;
        bot.last_whisper("ana").await.says("Only an owner can give roles.");
        bot.restart(attache::jobs::Role::All).await;
        bot.say("ana", "/strategy audit").await;
        bot.last_whisper("ana").await.says("You need the role admin or higher");
        let warned = bot.stage.watch.warnings();
        let about = |line: &String| line.contains("ATTACHE_OWNERS names slack:U01ANA");
        assert!(warned.iter().any(about), "{warned:?}");
        assert!(!warned.iter().any(|line| line.contains("/strategy claim")), "Ben is an owner");
        let roles = bot.stage.texts(ROLES).await;
        let of_slack: Vec<_> = roles.iter().filter(|row| !row.contains("console:")).collect();
        assert_eq!(
            of_slack,
            [
                "member.joined by Ben: slack:U02BEN → viewer",
                "member.joined by Vic: slack:U03VIC → viewer",
                "member.joined by Ana: slack:U01ANA → owner",
                "member.role by Ana: viewer → member",
                "member.role by Ana: member → owner",
                "member.role by Ben: owner → viewer",
            ]
        );
    });
}

#[test]
fn removing_somebody_ends_their_session_and_their_link_at_once() {
    on_console(async |bot| {
        bot.say("ben", "good morning").await;
        let (cookie, base) = (bot.console.cookie("ben"), bot.console.base.borrow().clone());
        let link = format!("{base}{}", bot.stage.sign_in_link("ben").await);
        let page = async || {
            let page = bot.stage.http.get(format!("{base}/channels/general"));
            page.header("cookie", &cookie).send().await.unwrap().status().as_u16()
        };
        assert_eq!(page().await, 200);
        bot.stage.command(&["token", "create", "import"]).await.unwrap();
        let removed = bot.stage.command(&["user", "remove", "--console", "ben"]).await.unwrap();
        assert!(removed.text.contains("Ben now has the role none."), "{}", removed.text);
        assert!(removed.text.contains("1 import token is still valid"), "{}", removed.text);
        assert_eq!(page().await, 303);
        for request in [bot.stage.http.get(&link), bot.stage.http.post(&link)] {
            let answer = request.header("origin", &base).send().await.unwrap();
            assert_eq!(answer.status(), 410);
        }
        let form = "application/x-www-form-urlencoded";
        let pick = bot.stage.http.post(format!("{base}/sign-in")).header("origin", &base);
        let picked = pick.header("content-type", form).body("person=ben").send().await.unwrap();
        assert!(picked.status() == 404 && picked.headers().get("set-cookie").is_none());
        let door = bot.stage.http.get(format!("{base}/sign-in")).send().await.unwrap();
        let door = door.text().await.unwrap();
        assert!(door.contains("Vic") && !door.contains("Ben"), "{door}");
        assert!(bot.console.page("ana", "/channels/general").await.text().contains("Ben"));

        bot.restart(attache::jobs::Role::All).await;
        bot.say("ana", "/strategy members").await;
        bot.last_whisper("ana").await.says("console:ben | none");
        bot.stage.command(&["user", "add", "--console", "ben", "--role", "viewer"]).await.unwrap();
        bot.say("ben", "/strategy members").await;
        bot.last_whisper("ben").await.says("console:ben | viewer");
        let roles = bot.stage.texts(ROLES).await;
        let by_command = roles.iter().filter(|row| row.contains("by the command line"));
        let by_command: Vec<_> = by_command.collect();
        let expected = [
            "member.role by the command line: member → none",
            "member.role by the command line: none → viewer",
        ];
        assert_eq!(by_command, expected);
    });
}

#[test]
fn while_nobody_owns_the_workspace_a_refusal_says_how_to_become_its_owner() {
    tell(&[Face::Slack], &[("ATTACHE_OWNERS", "")], async |bot| {
        for words in ["/strategy members role @ben member", "/strategy settings currency EUR"] {
            bot.say("ben", words).await;
            let told = bot.last_whisper("ben").await;
            told.says("Nobody owns this workspace yet");
            told.says("/strategy claim <code>");
            told.does_not_say("An owner can give it to you");
        }
        let printed = bot.stage.watch.warnings();
        let line = printed.iter().find(|line| line.contains("/strategy claim")).expect("a code");
        let code = line.split("claim ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
        bot.say("ana", &format!("/strategy claim {code}")).await;
        bot.say("ben", "/strategy settings currency EUR").await;
        bot.last_whisper("ben").await.says("An owner can give it to you");
        let roles = bot.stage.texts(ROLES).await;
        let claimed = roles.iter().filter(|row| row.starts_with("member.claimed"));
        assert_eq!(claimed.collect::<Vec<_>>(), ["member.claimed by Ana: viewer → owner"]);
    });
}

#[test]
fn somebody_who_has_not_said_a_word_yet_is_looked_up_and_given_a_role() {
    on_slack(async |bot| {
        bot.stage.api.set_user(
            "U04KIM",
            json!({ "id": "U04KIM", "team_id": "T0NORTHW",
            "profile": { "display_name": "Kim" } }),
        );
        bot.stage.api.set_user(
            "U05GUS",
            json!({ "id": "U05GUS", "team_id": "T0NORTHW",
            "is_restricted": true, "profile": { "display_name": "Gus" } }),
        );
        bot.say("ana", "/strategy members role <@U04KIM> member").await;
        bot.last_whisper("ana").await.says("Kim now has the role member.");
        bot.say("ana", "/strategy members role <@U05GUS> member").await;
        bot.last_whisper("ana").await.says("Gus is a guest, a bot or somebody of another");
        bot.stage.api.fail_next("users.info", Failure::Refused("user_not_found"));
        bot.say("ana", "/strategy members role <@U06LEO> member").await;
        bot.last_whisper("ana").await.says("I do not know @U06LEO yet.");
        bot.stage.api.fail_next("users.info", Failure::Drop);
        bot.say("ana", "/strategy members role <@U06LEO|leo> member").await;
        bot.last_whisper("ana").await.says("Who @leo is cannot be looked up right now.");
        bot.say("ana", "/strategy members").await;
        let members = bot.last_whisper("ana").await;
        members.says("Kim | slack:U04KIM | member");
        members.does_not_say("U06LEO");
        members.does_not_say("Gus");
        for told in bot.whispers("ana").await {
            for raw in ["<@", "<#", "<http"] {
                told.does_not_say(raw);
            }
        }
    });
}

#[test]
fn who_slack_cannot_vouch_for_now_is_not_taken_for_a_colleague() {
    on_slack(async |bot| {
        bot.gather().await;
        let asked = || bot.stage.api.calls("users.info").len();
        let before = asked();
        bot.say("ben", "/strategy members").await;
        assert_eq!(asked(), before, "five minutes are not over");
        bot.stage.clock.turn(SignedDuration::from_mins(5));
        for failure in [Failure::Drop, Failure::Status(503)] {
            bot.stage.api.fail_next("users.info", failure);
        }
        bot.say("ben", "/strategy edit icp narrow it").await;
        bot.last_whisper("ben").await.says("Slack cannot be asked right now who you are");
        assert_eq!(asked(), before + 2);
        bot.stage.api.fail_next("users.info", Failure::Refused("missing_scope"));
        bot.say("ben", "/strategy members").await;
        bot.last_whisper("ben").await.says("has not been given the permission that this needs");
        assert_eq!(asked(), before + 3, "a definite refusal is an answer");
        let mut guest = super::bot::people::person("ben").in_slack();
        guest["is_restricted"] = json!(true);
        bot.stage.api.set_user("U02BEN", guest);
        bot.say("ben", "/strategy members").await;
        bot.last_whisper("ben").await.says("Guests and people of other organisations");
    });
}

const SHARED: &str = "C0SHARED";
const GUESTS: &str = "C0GUESTS";

/// One channel is shared with another organisation, in the other there is a guest.
fn outsiders_read_along(bot: &Bot) {
    let info = |id: &str, name: &str| json!({ "id": id, "name": name, "is_member": true });
    let mut with_others = info(SHARED, "partners");
    with_others["is_ext_shared"] = json!(true);
    bot.stage.api.set_channel(SHARED, with_others);
    bot.stage.api.set_channel(GUESTS, info(GUESTS, "agency"));
    let mut gus = super::bot::people::EVE.in_slack();
    gus["is_restricted"] = json!(true);
    bot.stage.api.set_user("U09EVE", gus);
    bot.stage.api.set_members(GUESTS, &["U01ANA", "U0ATTACHE", "U09EVE"]);
}

#[test]
fn where_outsiders_read_the_answer_is_private_until_an_owner_allows_the_channel() {
    on_slack(async |bot| {
        bot.with_sample().await;
        let (shared, guests) = (SHARED, GUESTS);
        outsiders_read_along(bot);
        for channel in [shared, guests] {
            let edit = "/strategy edit icp narrow the company size to 50–500 employees";
            bot.say_at(channel, "ben", edit).await;
            bot.say_at(channel, "ana", "/strategy report quarterly").await;
            assert!(bot.posts(channel).await.is_empty(), "nothing is posted in {channel}");
            assert!(bot.stage.api.messages(channel).is_empty(), "nor in its threads");
            for who in ["ben", "ana"] {
                let told = bot.whispers(who).await;
                let why = "so I answer you alone. An owner can allow this channel";
                let why = told.iter().filter(|told| told.words.contains(why)).count();
                assert_eq!(why, if channel == shared { 1 } else { 2 }, "{who} is told why");
                let alone = bot.posts(&bot.direct(who)).await;
                assert_eq!(alone.len(), if channel == shared { 1 } else { 2 }, "{who}");
            }
        }
        // The edit goes on in the direct chat.
        let root = bot.posts(&bot.direct("ben")).await.remove(0);
        let card = bot.card(&root.thread()).await;
        bot.click("ben", &card, "Accept").await;
        assert_eq!(bot.revision("icp").await, 2);
        assert_eq!(bot.stage.api.files().len(), 2, "each deck follows its report");
        assert!(bot.stage.api.files().iter().all(|file| file.channel == bot.direct("ana")));

        bot.say_at(shared, "ben", "/strategy settings channel allow").await;
        bot.last_whisper("ben").await.says("Only an owner can");
        bot.say_at(shared, "ana", "/strategy settings channel allow").await;
        bot.last_whisper("ana").await.says("people outside may read along: #partners");
        bot.say("ana", "/strategy settings channel allow <#C0GUESTS|agency>").await;
        bot.last_whisper("ana").await.says("may read along: #agency and #partners");
        for channel in [shared, guests] {
            bot.say_at(
                channel,
                "ben",
                "/strategy edit icp narrow the company size to 60–400 employees",
            )
            .await;
            assert_eq!(bot.posts(channel).await.len(), 1, "{channel} is allowed");
        }
        bot.say("ana", "/strategy settings channel deny <#C0SHARED>").await;
        bot.last_whisper("ana").await.does_not_say("#partners");
        let thread = bot.posts(shared).await.remove(0).thread();
        let before = bot.stage.api.messages(shared).len();
        bot.say_in(&thread, "ben", "narrow the company size to 70–300 employees").await;
        let bots = bot.stage.api.messages(shared).len();
        assert_eq!(bots, before + 1, "only what Ben said is new in the thread");
        bot.last_whisper("ben").await.says("Reason: narrow the company size to 70–300 employees");
        let audited = "SELECT action || ' ' || detail FROM audit_log WHERE action LIKE 'channel.%' \
                       ORDER BY seq";
        assert_eq!(
            bot.stage.texts(audited).await,
            ["channel.allowed #partners", "channel.allowed #agency", "channel.denied #partners"]
        );
        bot.expects_any_unsent();
        bot.expects_error("outsiders_read");
    });
}

#[test]
fn a_schedule_rests_when_its_channel_becomes_shared_and_its_owner_is_told() {
    on_slack(async |bot| {
        bot.with_sample().await;
        let at = "/strategy schedule quarterly in <#C0LEADERS|leadership> daily at 09:00 UTC";
        bot.say("ana", at).await;
        bot.last_whisper("ana").await.says("Next three runs");
        bot.stage.api.set_channel(
            "C0LEADERS",
            json!({ "id": "C0LEADERS", "name": "leadership",
            "is_member": true, "is_pending_ext_shared": true }),
        );
        bot.wait(SignedDuration::from_mins(31)).await;
        assert!(bot.posts("C0LEADERS").await.is_empty());
        bot.last_whisper("ana").await.says("its schedule is paused");
        bot.say("ana", "/strategy schedules").await;
        bot.last_whisper("ana").await.says("paused");
        bot.expects_any_unsent();
        bot.expects_error("outsiders_read");
    });
}
