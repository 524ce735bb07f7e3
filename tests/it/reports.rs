//! The quarterly review: a message with three numbers, and a deck in its thread.

use std::io::Cursor;

use super::bot::on_every_face;

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
