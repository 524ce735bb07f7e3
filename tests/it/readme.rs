//! The conversation at the head of the README is one that happens.

use super::bot::on_every_face;

/// What each line of the transcript says, by who says it; lines without a name go on.
fn transcript() -> Vec<(String, Vec<String>)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).expect("a README");
    let block = readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next());
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for line in block.expect("a transcript").lines() {
        let (who, said) = line.split_at(line.len().min(6));
        let pieces = said.split("  ").flat_map(|piece| piece.split(" · "));
        let pieces = pieces.map(|piece| piece.trim().trim_start_matches("→").trim().to_owned());
        let pieces = pieces.filter(|piece| !piece.is_empty()).collect::<Vec<_>>();
        match told.last_mut() {
            Some((_, before)) if who.trim().is_empty() => before.extend(pieces),
            _ => told.push((who.trim().to_owned(), pieces)),
        }
    }
    told
}

fn holds(words: &str, pieces: &[String]) {
    let flat = words.replace(": ", " ").replace('\n', " ");
    for piece in pieces {
        assert!(flat.contains(piece.as_str()), "the README says: {piece}\nthe bot:\n{words}");
    }
}

#[test]
fn the_conversation_of_the_readme_happens_as_it_stands() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        let told = transcript();
        let who: Vec<_> = told.iter().map(|(who, _)| who.as_str()).collect();
        assert_eq!(who, ["ana", "bot", "ana", "bot", "ben", "bot"]);
        bot.say("ana", &told[0].1.join(" ")).await;
        let card = bot.card(&bot.last_post().await.thread()).await;
        holds(&card.words, &told[1].1);
        bot.click("ana", &card, "Accept").await;
        holds(&bot.again(&card).await.words, &told[3].1);
        bot.click("ben", &card, "Accept").await;
        let private = told[5].1[0].trim_start_matches("(only to Ben)").trim().to_owned();
        holds(&bot.last_whisper("ben").await.words, &[private]);
    });
}
