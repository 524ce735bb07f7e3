//! The quarterly review: a message with three numbers, and a deck in its thread.

use std::io::Cursor;

use super::bot::{Face, on_every_face};

/// The names inside a deck that opens.
pub fn inside(deck: &[u8]) -> Vec<String> {
    let archive = zip::ZipArchive::new(Cursor::new(deck)).expect("a deck is a zip");
    archive.file_names().map(|name| name.expect("a plain name").into_owned()).collect()
}

pub fn slides(deck: &[u8]) -> usize {
    let slide = |name: &&String| name.starts_with("ppt/slides/slide");
    inside(deck).iter().filter(slide).count()
}

#[test]
fn a_review_is_three_numbers_with_its_deck_in_the_thread() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy report quarterly").await;
        bot.last_whisper("ana").await.says("Making the quarterly review.");
        let posts = bot.posts(bot.channel()).await;
        assert_eq!(posts.len(), 1);
        let review = &posts[0];
        review.says("FY2026-Q3");
        review.says("What changed");
        review.says("FY2026-Q3 · all partners · as of 5 Oct 2026");
        let numbers = review.words.lines().skip(1).take_while(|line| *line != "What changed");
        assert_eq!(numbers.filter(|line| line.contains(": ")).count(), 3, "{}", review.words);

        let files = bot.files(&review.thread()).await;
        assert_eq!(files.len(), 1);
        let (name, deck) = &files[0];
        assert_eq!(name, "Lanternquay-quarterly-FY2026-Q3.pptx");
        assert!(slides(deck) >= 8, "{:?}", inside(deck));
        assert!(inside(deck).iter().any(|name| name.starts_with("ppt/charts/chart")));

        bot.say("ana", "/strategy report quarterly").await;
        let posts = bot.posts(bot.channel()).await;
        assert_eq!(posts.len(), 2, "asked for again, it is posted again");
        let again = bot.files(&posts[1].thread()).await;
        assert_eq!(again[0].1, *deck, "the same facts make the same bytes");
    });
}

#[test]
fn a_review_that_cannot_be_made_says_why() {
    on_every_face(async |bot| {
        bot.gather().await;
        bot.say("ana", "/strategy report quarterly").await;
        bot.last_whisper("ana").await.says("There is no partner data yet");
        bot.say("ana", "/strategy report weekly").await;
        bot.last_whisper("ana").await.says("There is no report \"weekly\" yet.");
        bot.say("ana", "/strategy report quarterly view board").await;
        bot.last_whisper("ana").await.says("There is no view \"board\".");
        bot.say("ben", "/strategy report quarterly").await;
        bot.last_whisper("ben").await.says("You need the role admin or higher");
        assert!(bot.posts(bot.channel()).await.is_empty());
    });
}

#[test]
fn a_review_pressed_on_a_private_card_asks_where_before_anybody_else_reads_it() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy").await;
        let home = bot.last_whisper("ana").await;
        bot.click("ana", &home, "Quarterly review").await;
        let asked = bot.last_whisper("ana").await;
        let main = if bot.face == Face::Slack { "#strategy" } else { "#general" };
        asked.says(&format!("posted with its deck where everybody in {main} reads it"));
        let here = format!("Post in {main}");
        assert_eq!(asked.labels(), [here.as_str(), "Only for me"]);
        assert!(bot.posts(bot.channel()).await.is_empty(), "nothing without a word");

        bot.click("ana", &asked, "Only for me").await;
        assert!(bot.posts(bot.channel()).await.is_empty());
        let direct = bot.direct("ana");
        let chat = match bot.face {
            Face::Slack => bot.slack.messages(&direct),
            Face::Console => bot.console.messages("ana", &direct, None).await,
        };
        let review =
            chat.iter().find(|said| said.words.contains("What changed")).expect("a review");
        review.says("FY2026-Q3");
        bot.click("ana", &asked, &here).await;
        bot.last_whisper("ana").await.says("This review was asked for already.");

        bot.click("ana", &home, "Quarterly review").await;
        let asked = bot.last_whisper("ana").await;
        bot.click("ana", &asked, &here).await;
        bot.click("ana", &asked, &here).await;
        let posts = bot.posts(bot.channel()).await;
        assert_eq!(posts.len(), 1, "pressed twice, posted once");
        assert_eq!(bot.files(&posts[0].thread()).await.len(), 1);
    });
}
