//! What people type, however they dress it, however long it is and however fast it comes.

use super::bot::slack_api::BOT;
use super::bot::{Face, on_every_face, tell};

#[test]
fn a_command_is_understood_however_it_is_dressed() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        for said in [
            "/strategy show icp",
            "/strategy *icp*",
            "/strategy `icp`",
            "/strategy \"icp\"",
            "/strategy “icp”, please",
            "/strategy i\u{200b}cp\u{feff}",
            "/strategy  /strategy   ICP ",
        ] {
            bot.say("ben", "/strategy nonsense").await;
            bot.last_whisper("ben").await.says("I do not know \"nonsense\".");
            bot.say("ben", said).await;
            bot.last_whisper("ben").await.says("Confidence");
        }
        if bot.face == Face::Slack {
            bot.say("ben", &format!("<@{BOT}>: <@{BOT}> show me the icp, thanks!")).await;
            bot.last_whisper("ben").await.says("Confidence");
        }
        bot.say("ben", "/strategy tam set solutions share=25\u{a0}%").await;
        bot.last_whisper("ben").await.says("25%");
        let thread = bot.edit("ben", "icp:", "set *company size* to `76–760`, please").await;
        bot.say_in(&thread, "ben", "accept").await;
        assert!(bot.stands("icp").await.contains("760"));
        bot.say("ben", "/strategy restore icp #1").await;
        assert_eq!(bot.revision("icp").await, 3);
    });
}

#[test]
fn the_longest_messages_are_answered_once_and_at_once() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ben", "tam", "set accounts to 4321").await;
        let before = bot.whispers("ben").await.len();
        bot.say_in(&thread, "ben", &"a? ".repeat(1_330)).await;
        let whispers = bot.whispers("ben").await;
        assert_eq!(whispers.len(), before + 1, "one answer");
        whispers[before].says("There are more questions here than one message answers.");
        let numbers: Vec<String> = (100..1_000).map(|n| n.to_string()).collect();
        let fields = ["solutions", "technology", "sales"]
            .map(|row| format!("set {row} share to 7%, set {row} ACV to 41k"))
            .join(", ");
        let worst = format!("{fields}, set accounts to 5432. by by {}", numbers.join(" "));
        bot.say_in(&thread, "ben", &worst.chars().take(3_787).collect::<String>()).await;
        bot.card(&thread).await.says("5,432");
        let long = format!("note that {}", "this is long ".repeat(400));
        bot.say_in(&thread, "ben", &long).await;
        bot.last_whisper("ben").await.says("A request can have 4,000 characters");
    });
}

#[test]
fn whoever_floods_is_told_and_let_go_and_nobody_else_waits() {
    tell(&[Face::Slack], &[("ATTACHE_PER_PERSON", "40")], async |bot| {
        bot.say("ana", "/strategy").await;
        let home = bot.last_whisper("ana").await;
        let (mut taken, mut told) = (0, 0);
        for _ in 0..100 {
            let command = bot.slack.command_of("vic", bot.channel(), "help");
            let answer = bot.slack.command_answer(&command).await;
            assert_eq!(answer.status, 200, "Slack would send it again");
            if answer.body.is_empty() {
                taken += 1;
            } else {
                assert!(answer.body.starts_with("A bit slower, please"), "{}", answer.body);
                told += 1;
            }
        }
        assert!((10..60).contains(&taken) && told > 0, "{taken} taken, {told} told");
        for _ in 0..30 {
            bot.slack.say("vic", &bot.direct("vic"), None, "help").await;
        }
        bot.stage.settle().await;
        let slower = |text: &str| text.starts_with("A bit slower, please");
        let whispers = bot.whispers("vic").await;
        let slower = whispers.iter().filter(|seen| slower(&seen.words)).count();
        assert_eq!(slower, 1, "once a minute");
        assert!(whispers.len() < 90, "{} of 130 were taken", whispers.len());
        bot.click("ana", &home, "Load the sample company").await;
        bot.last_whisper("ana").await.says("is loaded");
    });
}
