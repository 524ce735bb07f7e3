//! The product's main job, from an empty workspace to an accepted change.

use super::bot::on_every_face;

#[test]
fn a_change_is_asked_for_shown_refined_and_accepted() {
    on_every_face(async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy icp").await;
        let icp = bot.last_whisper("ana").await;
        icp.says("Confidence:");
        let before = bot.revision("icp").await;
        let mut siblings = Vec::new();
        for sibling in ["ipp.profile", "ipp.types", "tam"] {
            siblings.push((sibling, bot.stands(sibling).await));
        }

        bot.click("ana", &icp, "Edit with AI").await;
        let root = bot.last_post().await;
        root.says(&format!("Scope: icp · revision {before} · opened by Ana"));
        let thread = root.thread();
        bot.say_in(&thread, "ana", "narrow the company size to 50–500 employees").await;
        let first = bot.card(&thread).await;
        let (was, wanted) = first.change("Company size");
        assert!(
            wanted.contains("50") && wanted.contains("500") && was != wanted,
            "{was} → {wanted}"
        );
        assert_eq!(first.labels(), ["Accept", "Edit & accept", "Refine", "Discard"]);

        bot.click("ana", &first, "Refine").await;
        let form = bot.form("ana").await;
        assert_eq!(bot.submit("ana", &form, &[("request", "make it 50 to 400")]).await, []);
        bot.again(&first).await.says("Replaced by a newer proposal below.");
        let second = bot.card(&thread).await;
        assert!(second.change("Company size").1.contains("400"));
        assert_eq!(bot.revision("icp").await, before, "nothing is changed by asking");

        bot.click("ana", &second, "Accept").await;
        let accepted = bot.again(&second).await;
        accepted.says(&format!("Accepted by Ana. Now revision {}.", before + 1));
        assert!(accepted.labels().is_empty());
        assert_eq!(bot.revision("icp").await, before + 1);
        assert!(bot.stands("icp").await.contains("400"));

        bot.click("ben", &second, "Accept").await;
        let told = bot.last_whisper("ben").await;
        told.says(&format!("Ana accepted this a moment ago. It is revision {}.", before + 1));
        assert_eq!(bot.revision("icp").await, before + 1);
        assert_eq!(bot.again(&second).await.words, accepted.words, "the card stays as it is");

        let history = bot.history("ana", "icp").await;
        history.says(&format!("{} | 5 Oct 2026", before + 1));
        history.says("Ana");
        history.says("edit, drafted by the built-in rules");
        for (sibling, stood) in siblings {
            assert_eq!(bot.stands(sibling).await, stood, "{sibling}");
        }
    });
}
