//! Edit threads: every way a proposal can be asked for, changed, ended or refused.

use attache::jobs::Role;
use jiff::SignedDuration;

use super::bot::slack_api::Failure;
use super::bot::{Face, on_console, on_every_face, on_slack};

const ASKED: &str = "narrow the company size to 50–500 employees";

#[test]
fn what_stands_in_the_form_of_edit_and_accept_is_what_is_applied() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ben", "icp", ASKED).await;
        let card = bot.card(&thread).await;
        bot.click("ben", &card, "Edit & accept").await;
        let form = bot.form("ben").await;
        assert!(form.field("Company size").value.contains("500"), "{form:?}");
        assert_eq!(bot.submit("ben", &form, &[("Company size", "60–450")]).await, []);
        let accepted = bot.again(&card).await;
        accepted.says("Accepted by Ben. Now revision 2.");
        accepted.says("It was changed before it was accepted; this is what was applied.");
        assert!(accepted.change("Company size").1.starts_with("60–450"), "{}", accepted.words);
        assert!(!accepted.words.contains("→ 50–500"), "{}", accepted.words);
        assert!(bot.stands("icp").await.contains("450"));
        let history = bot.history("ben", "icp").await;
        history.says("2 | 5 Oct 2026, 08:30 | Ben | edit |");
        history.says("→ 60–450 employees");

        let thread = bot.edit("ben", "icp", "make company size 76 to 760").await;
        let card = bot.card(&thread).await;
        bot.click("ben", &card, "Edit & accept").await;
        let form = bot.form("ben").await;
        assert_eq!(bot.submit("ben", &form, &[("Company size", "")]).await, []);
        let accepted = bot.again(&card).await;
        assert_eq!(accepted.change("Company size"), ("60–450 employees", "not set"));
        bot.history("ben", "icp").await.says("Company size: 60–450 employees → not set");
    });
}

#[test]
fn a_thread_goes_on_however_long_it_is() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", "set the company size to 76–760 employees").await;
        for n in 0..24 {
            bot.say_in(&thread, "ana", &format!("add a note that we meet in room {n}")).await;
        }
        let card = bot.card(&thread).await;
        card.says("room 23");
        card.says("76–760 employees");
        bot.say_in(&thread, "ben", "thanks").await;
        bot.last_whisper("ben").await.says("You are welcome. Nothing was changed.");
        bot.say_in(&thread, "ben", "accept").await;
        assert_eq!(bot.revision("icp").await, 2);
    });
}

#[test]
fn questions_and_refusals_leave_the_open_proposal_as_it_is() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "tam", "set solutions share to 20%").await;
        assert_eq!(bot.replies(&thread).await.len(), 1);
        for (said, answer) in [
            ("what if solutions share were 30%?", "Solutions share is 15%."),
            ("what is the solutions share?", "Proposed in this thread, not accepted yet: 20%."),
            ("make it nicer", "is no value"),
            ("purple monkey dishwasher", "I could not turn this into a change."),
            ("set solutions share to 20%", "says exactly this already, so it stays as it is."),
            ("hi", "Say in this thread what should be different."),
        ] {
            bot.say_in(&thread, "ana", said).await;
            bot.last_whisper("ana").await.says(answer);
            assert_eq!(bot.replies(&thread).await.len(), 1, "{said}");
        }
        let card = bot.card(&thread).await;
        card.says("Reason: set solutions share to 20%");
        assert_eq!(card.labels().len(), 4);
    });
}

#[test]
fn a_list_in_the_form_of_edit_and_accept_stays_a_list() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", "add Retail and Mining to industries").await;
        let card = bot.card(&thread).await;
        bot.click("ana", &card, "Edit & accept").await;
        let form = bot.form("ana").await;
        let lines: Vec<_> = form.field("Industries").value.lines().map(str::to_owned).collect();
        assert!(lines.len() > 2 && lines.contains(&"Retail".to_owned()), "{lines:?}");
        assert_eq!(bot.submit("ana", &form, &[]).await, []);
        bot.again(&card).await.says("Accepted by Ana. Now revision 2.");
        let stands = bot.stands("icp").await;
        for line in lines {
            assert!(stands.contains(&format!("\"text\":\"{line}\"")), "{line}: {stands}");
        }
    });
}

#[test]
fn a_long_list_goes_through_a_form_whole() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let industries: Vec<_> =
            (1..=40).map(|n| format!("Industry {n} {}", "of a long name ".repeat(3))).collect();
        for changed in ["add Retail to industries", "remove Retail from industries"] {
            let thread = bot.edit("ana", "icp", changed).await;
            let card = bot.card(&thread).await;
            bot.click("ana", &card, "Edit & accept").await;
            let form = bot.form("ana").await;
            let many = [industries.join("\n"), "Retail".to_owned()].join("\n");
            assert_eq!(bot.submit("ana", &form, &[("Industries", &many)]).await, []);
        }
        let stands = bot.stands("icp").await;
        assert!(stands.contains("Industry 40 of a long name"), "{stands}");
        assert!(stands.contains("\"text\":\"Retail\""), "{stands}");
    });
}

#[test]
fn an_answer_that_is_too_long_is_named_and_not_cut() {
    on_console(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", ASKED).await;
        let card = bot.card(&thread).await;
        bot.click("ana", &card, "Refine").await;
        let form = bot.form("ana").await;
        let long = format!("make it 50 to 400{}", " please".repeat(300));
        let faults = bot.submit("ana", &form, &[("request", &long)]).await;
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].1.contains("at most 2,000 characters"), "{faults:?}");
        assert_eq!(bot.replies(&thread).await.len(), 1, "nothing was sent");
    });
}

#[test]
fn quick_requests_in_one_thread_end_up_in_one_proposal_in_their_order() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy edit icp").await;
        let thread = bot.last_post().await.thread();
        bot.without_waiting(async || {
            for (who, text) in [
                ("ana", "set the company size to 50–500 employees"),
                ("ben", "add Retail to industries"),
                ("ana", "what is the confidence?"),
                ("ana", "purple monkey dishwasher"),
                ("ben", "set the company size to 60–450 employees"),
                ("ana", "add Mining to industries"),
            ] {
                bot.say_in(&thread, who, text).await;
            }
        })
        .await;
        bot.stage.settle().await;
        let card = bot.card(&thread).await;
        card.says("add Mining to industries");
        card.says("60–450 employees");
        bot.click("ana", &card, "Accept").await;
        let stands = bot.stands("icp").await;
        assert!(stands.contains("Retail") && stands.contains("Mining"), "{stands}");
        assert!(stands.contains("450") && !stands.contains("500"), "{stands}");
        let open = bot.replies(&thread).await.into_iter().filter(|card| !card.labels().is_empty());
        assert_eq!(open.count(), 0, "one proposal was open");
    });
}

#[test]
fn every_word_of_a_long_proposal_can_be_read_and_edited_before_it_is_accepted() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", "add Retail to industries").await;
        let card = bot.card(&thread).await;
        assert!(!card.labels().contains(&"Show all"), "{}", card.words);
        bot.click("ana", &card, "Edit & accept").await;
        let form = bot.form("ana").await;
        let names = (1..=40).map(|n| format!("Industry {n} {}end{n}.", "and so on ".repeat(45)));
        let many = names.collect::<Vec<_>>().join("\n");
        assert_eq!(bot.submit("ana", &form, &[("Industries", &many)]).await, []);
        bot.say("ana", "/strategy generate icp").await;
        let card = bot.card(&bot.last_post().await.thread()).await;
        card.says("This is long, and may be shortened here.");
        let before = bot.whispers("vic").await.len();
        bot.click("vic", &card, "Show all").await;
        let told = bot.whispers("vic").await.split_off(before);
        let told: String = told.into_iter().map(|told| told.words).collect();
        for n in 1..=40 {
            assert!(told.contains(&format!("and so on end{n}.")), "{n} is not shown");
        }
        let thread = bot.edit("ana", "icp", "add Fishing to industries").await;
        bot.click("ana", &bot.card(&thread).await, "Edit & accept").await;
        let form = bot.form("ana").await;
        let before = bot.revision("icp").await;
        assert_eq!(bot.submit("ana", &form, &[]).await, [], "it opened, and comes back whole");
        assert_eq!(bot.revision("icp").await, before + 1);
        let stands = bot.stands("icp").await;
        assert!(stands.contains("Fishing") && stands.matches("and so on end").count() == 40);
    });
}

#[test]
fn a_change_of_the_profile_shows_what_becomes_of_its_confidence() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy icp").await;
        let stood = bot.last_whisper("ana").await;
        stood.says("Not evaluable:");
        let now = stood.words.split("Confidence: ").nth(1).unwrap().split('(').next().unwrap();
        let thread = bot.edit("ana", "icp", "set the company size to 1–2 employees").await;
        let card = bot.card(&thread).await;
        card.says(&format!("Confidence: {now}("));
        card.says("→ 4% (1 of 24 partners match");
        let same = bot.edit("ana", "icp", "add Reliable to pain points").await;
        bot.card(&same).await.says(&format!("Confidence: stays {now}("));
    });
}

#[test]
fn a_value_that_does_not_read_is_named_and_nothing_is_accepted() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", ASKED).await;
        let card = bot.card(&thread).await;
        bot.click("ana", &card, "Edit & accept").await;
        let form = bot.form("ana").await;
        bot.submit("ana", &form, &[("Company size", "rather large")]).await;
        let told = bot.last_whisper("ana").await;
        told.says("Company size: a whole number such as 4000 or 4k is needed, and here there is no number");
        told.says("Nothing was changed.");
        assert_eq!(bot.revision("icp").await, 1);
        assert_eq!(bot.again(&card).await.labels().len(), 4, "it can still be decided");
    });
}

#[test]
fn discarding_ends_a_proposal_and_changes_nothing() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let stood = bot.stands("icp").await;
        let thread = bot.edit("ana", "icp", ASKED).await;
        let card = bot.card(&thread).await;
        bot.click("ben", &card, "Discard").await;
        let ended = bot.again(&card).await;
        ended.says("Discarded by Ben. Nothing was changed.");
        assert!(ended.labels().is_empty());
        assert_eq!(bot.stands("icp").await, stood);
        bot.click("ana", &card, "Accept").await;
        bot.last_whisper("ana").await.says("Ben discarded this a moment ago. Nothing was changed.");
        bot.click("ana", &card, "Refine").await;
        bot.last_whisper("ana").await.says("Ben discarded this a moment ago.");
        assert_eq!(bot.stands("icp").await, stood);
    });
}

#[test]
fn words_in_the_thread_decide_too() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", ASKED).await;
        bot.say_in(&thread, "ben", "Accept").await;
        bot.card(&thread).await.says("Accepted by Ben. Now revision 2.");
        bot.say_in(&thread, "ana", "add Retail to industries").await;
        bot.say_in(&thread, "ana", "discard").await;
        bot.card(&thread).await.says("Discarded by Ana.");
        assert_eq!(bot.revision("icp").await, 2);
    });
}

#[test]
fn accept_without_a_proposal_says_that_there_is_none() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy edit icp").await;
        let thread = bot.last_post().await.thread();
        for word in ["accept", "discard"] {
            bot.say_in(&thread, "ana", word).await;
            let told = bot.last_whisper("ana").await;
            told.says("There is no open proposal in this thread");
        }
        assert!(bot.replies(&thread).await.is_empty());
    });
}

#[test]
fn a_question_is_answered_and_makes_no_proposal() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy edit tam").await;
        let thread = bot.last_post().await.thread();
        let question = "What's the basis for the solutions share estimate?";
        bot.say_in(&thread, "ana", question).await;
        bot.last_whisper("ana").await.says("Solutions share is 15%");
        assert!(bot.replies(&thread).await.is_empty());
    });
}

#[test]
fn a_request_for_another_section_is_offered_its_own_thread() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", "set solutions share to 12%").await;
        assert!(bot.replies(&thread).await.is_empty(), "no card for what cannot be done here");
        let offer = bot.last_whisper("ana").await;
        offer.says("Partner TAM");
        bot.click("ana", &offer, offer.labels()[0]).await;
        let other = bot.last_post().await;
        other.says("Scope: tam");
        assert_ne!(other.thread(), thread);
        assert_eq!((bot.revision("icp").await, bot.revision("tam").await), (1, 1));
    });
}

#[test]
fn what_is_so_already_makes_no_card() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", "set the company size to 20–2000").await;
        let told = bot.last_whisper("ana").await;
        told.says("says exactly this already, so there is nothing to propose.");
        assert!(bot.replies(&thread).await.is_empty());
    });
}

#[test]
fn what_is_not_understood_is_quoted_back_with_its_reason() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", "purple monkey dishwasher").await;
        let told = bot.last_whisper("ana").await;
        told.says("I could not turn this into a change. Nothing was changed.");
        told.says("\"purple monkey dishwasher\"");
        told.says("For example:");
        assert!(bot.replies(&thread).await.is_empty());
        bot.say_in(&thread, "ana", "do not remove retail").await;
        bot.last_whisper("ana").await.says("turns the request around");
    });
}

#[test]
fn a_viewer_reads_but_neither_asks_nor_decides() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("vic", "/strategy icp").await;
        bot.last_whisper("vic").await.says("Confidence:");
        let thread = bot.edit("ana", "icp", ASKED).await;
        let card = bot.card(&thread).await;
        for label in ["Accept", "Edit & accept", "Discard"] {
            bot.click("vic", &card, label).await;
            let told = bot.last_whisper("vic").await;
            told.says("You need the role member or higher to accept or discard proposals.");
        }
        bot.click("vic", &card, "Refine").await;
        let told = bot.last_whisper("vic").await;
        told.says("You need the role member or higher to change the strategy.");
        bot.say_in(&thread, "vic", "make it 5 to 6").await;
        bot.say("vic", "/strategy edit icp make it 5 to 6").await;
        bot.say("vic", "/strategy restore icp 1").await;
        assert_eq!(bot.again(&card).await.words, card.words);
        assert_eq!((bot.replies(&thread).await.len(), bot.revision("icp").await), (1, 1));
        bot.say("ana", "/strategy audit").await;
        let audit = bot.last_whisper("ana").await;
        audit.says("Vic | was refused | wanted to accept or discard proposals");
        audit.says("Vic | was refused | wanted to change the strategy");
    });
}

#[test]
fn guests_and_people_of_other_organisations_may_nothing() {
    on_slack(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", ASKED).await;
        let card = bot.card(&thread).await;
        let person = super::bot::people::EVE;
        for odd in ["is_restricted", "is_ultra_restricted", "is_stranger", "team_id"] {
            let mut info = person.in_slack();
            info[odd] = if odd == "team_id" { "T0PARTNER".into() } else { true.into() };
            bot.stage.api.set_user(person.slack, info);
            bot.say("eve", "/strategy icp").await;
            let told = bot.last_whisper("eve").await;
            told.says("Guests and people of other organisations cannot use the partner strategy.");
            bot.click("eve", &card, "Accept").await;
            bot.say_in(&thread, "eve", "make it 5 to 6").await;
            bot.restart(Role::All).await;
        }
        assert_eq!(bot.again(&card).await.words, card.words);
        assert_eq!(bot.revision("icp").await, 1);
        assert!(bot.whispers("eve").await.iter().all(|told| told.words.contains("Guests")));
        bot.say("ana", "/strategy members").await;
        bot.last_whisper("ana").await.does_not_say("eve.out");
    });
}

#[test]
fn of_two_threads_the_later_is_stale_and_can_be_based_anew() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let first = bot.edit("ana", "icp", ASKED).await;
        let second = bot.edit("ben", "icp", "add Retail to industries").await;
        let (one, two) = (bot.card(&first).await, bot.card(&second).await);
        bot.click("ana", &one, "Accept").await;
        bot.click("ben", &two, "Accept").await;
        let told = bot.last_whisper("ben").await;
        told.says("moved while this proposal was open. Nothing was changed.");
        told.says("Field | Before | Now | Proposed");
        let stale = bot.again(&two).await;
        stale.says("Stale: the section moved on to revision 2.");
        assert_eq!(stale.labels(), ["Re-base"]);
        assert_eq!(bot.revision("icp").await, 2);

        bot.click("ben", &stale, "Re-base").await;
        let anew = bot.card(&second).await;
        assert_ne!(anew.id, two.id);
        anew.says("on revision 2");
        bot.click("ben", &anew, "Accept").await;
        assert_eq!(bot.revision("icp").await, 3);
        let stands = bot.stands("icp").await;
        assert!(stands.contains("Retail") && stands.contains("500"), "{stands}");
        bot.click("ana", &stale, "Re-base").await;
        assert_eq!(bot.replies(&second).await.len(), 2, "an old Re-base makes nothing new");
    });
}

#[test]
fn two_changes_of_one_field_cannot_be_based_on_each_other() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let first = bot.edit("ana", "icp", ASKED).await;
        let second = bot.edit("ben", "icp", "set the company size to 70–700").await;
        let (one, two) = (bot.card(&first).await, bot.card(&second).await);
        bot.click("ana", &one, "Accept").await;
        bot.click("ben", &two, "Accept").await;
        let told = bot.last_whisper("ben").await;
        told.says("Company size");
        told.says("70–700");
        let stale = bot.again(&two).await;
        stale.says("in the same fields. Nothing was changed.");
        assert!(stale.labels().is_empty());
        assert_eq!(bot.revision("icp").await, 2);
    });
}

#[test]
fn a_proposal_expires_after_fourteen_days() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", ASKED).await;
        let card = bot.card(&thread).await;
        bot.wait(SignedDuration::from_hours(14 * 24 - 1)).await;
        assert_eq!(bot.again(&card).await.labels().len(), 4);
        bot.wait(SignedDuration::from_hours(1)).await;
        let expired = bot.again(&card).await;
        expired.says("Expired after 14 days. Nothing was changed.");
        assert!(expired.labels().is_empty());
        bot.click("ana", &card, "Accept").await;
        bot.last_whisper("ana").await.says("Expired after 14 days.");
        assert_eq!(bot.revision("icp").await, 1);
        bot.say_in(&thread, "ana", ASKED).await;
        bot.say_in(&thread, "ana", "accept").await;
        assert_eq!(bot.revision("icp").await, 2, "the thread lives on");
    });
}

#[test]
fn buttons_that_we_never_made_or_no_longer_know_do_nothing() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", ASKED).await;
        let card = bot.card(&thread).await;
        bot.press("ana", &card, "approve-all now").await;
        bot.last_whisper("ana").await.says("This button belongs to an older version");
        bot.press("ana", &card, "accept 0197f5a0-0000-7000-8000-000000000001").await;
        bot.last_whisper("ana").await.says("This proposal does not exist here.");
        assert_eq!(bot.revision("icp").await, 1);
        assert_eq!(bot.again(&card).await.words, card.words);
    });
}

#[test]
fn an_earlier_revision_comes_back_as_a_new_one() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let stood = bot.stands("icp").await;
        let thread = bot.edit("ana", "icp", ASKED).await;
        bot.say_in(&thread, "ana", "accept").await;
        let history = bot.history("ben", "icp").await;
        bot.click("ben", &history, "Restore revision 1").await;
        let told = bot.last_whisper("ben").await;
        told.says("Restored: Ideal customer profile is as in revision 1 again, now revision 3.");
        assert_eq!((bot.revision("icp").await, bot.stands("icp").await), (3, stood));
        bot.history("ben", "icp")
            .await
            .says("3 | 5 Oct 2026, 08:30 | Ben | restore | as in revision 1");
        bot.say("ben", "/strategy restore icp 1").await;
        bot.last_whisper("ben").await.says("reads exactly as in revision 1 already.");
        bot.say("ben", "/strategy restore icp 99").await;
        bot.last_whisper("ben").await.says("has no revision 99");
    });
}

#[test]
fn data_from_people_is_never_markup() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let odd = "<b>&lt; *bold* _so_ ~no~ `code`</b>";
        // Slack sends what people type with its three signs escaped; a console does not.
        let typed = match bot.face {
            Face::Slack => odd.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
            Face::Console => odd.to_owned(),
        };
        let thread = bot.edit("ana", "icp", &format!("add \"{typed}\" to industries")).await;
        let card = bot.card(&thread).await;
        card.says(odd);
        bot.click("ana", &card, "Accept").await;
        assert_eq!(bot.revision("icp").await, 2);
        bot.say("ana", "/strategy icp").await;
        bot.last_whisper("ana").await.says(odd);
        bot.say_in(&thread, "ana", "add \"<!channel> all\" to industries").await;
        let told = bot.last_whisper("ana").await;
        told.says("links, addresses and mentions are not kept here");
        assert_eq!(bot.replies(&thread).await.len(), 1, "no card calls everybody");
        if bot.face == Face::Slack {
            let sent = bot.stage.api.calls("chat.postMessage");
            assert!(sent.iter().all(|call| !call.to_string().contains("<!channel>")));
        }
    });
}

#[test]
fn a_form_that_the_platform_does_not_open_is_told() {
    on_slack(async |bot| {
        bot.with_sample().await;
        bot.expects_error("a message was not sent");
        bot.expects_unsent(1);
        let thread = bot.edit("ana", "icp", ASKED).await;
        let card = bot.card(&thread).await;
        bot.stage.api.fail_next("views.open", Failure::Refused("expired_trigger_id"));
        bot.click("ana", &card, "Edit & accept").await;
        let told = bot.last_whisper("ana").await;
        told.says("The form \"Edit and accept\" could not be opened");
        told.says("Press the button again.");
        assert_eq!(bot.again(&card).await.labels().len(), 4);
    });
}

#[test]
fn a_form_that_comes_too_late_is_told_and_not_opened() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", ASKED).await;
        let card = bot.card(&thread).await;
        bot.restart(Role::Web).await;
        bot.without_waiting(async || bot.click("ana", &card, "Edit & accept").await).await;
        bot.stage.age_requests().await;
        bot.restart(Role::All).await;
        bot.stage.settle().await;
        let told = bot.last_whisper("ana").await;
        told.says("The form \"Edit and accept\" could not be opened");
        assert_eq!(bot.again(&card).await.labels().len(), 4);
    });
}

#[test]
fn a_proposal_that_was_accepted_is_never_replaced() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy edit icp").await;
        let thread = bot.last_post().await.thread();
        bot.without_waiting(async || {
            for name in ["Mining", "Retail", "Energy", "Logistics"] {
                bot.say_in(&thread, "ana", &format!("add {name} to industries")).await;
                bot.say_in(&thread, "ana", &format!("add {name} Trade to industries")).await;
                bot.say_in(&thread, "ben", "accept").await;
            }
        })
        .await;
        bot.stage.settle().await;
        let cards = bot.replies(&thread).await;
        let accepted = cards.iter().filter(|card| card.words.contains("Accepted by Ben")).count();
        assert_eq!(i64::try_from(accepted).unwrap(), bot.revision("icp").await - 1);
        let open = cards.iter().filter(|card| !card.labels().is_empty()).count();
        assert!(open <= 1, "{cards:#?}");
    });
}
