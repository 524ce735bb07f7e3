//! The whole strategy as a file: to read, and to take elsewhere.

use std::fs::read_to_string;

use attache::store::Kind;

use super::bot::on_console;
use super::bot::stage::Stage;

#[test]
fn a_strategy_moves_to_another_database_with_its_history_byte_for_byte() {
    on_console(async |bot| {
        bot.with_sample().await;
        bot.say("ana", "/strategy tam set accounts=4100 source=\"Own count\"").await;
        let thread = bot.edit("ben", "icp", "add Größe | <b> to industries").await;
        let card = bot.card(&thread).await;
        bot.click("ana", &card, "Accept").await;
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();

        let told = bot.stage.command(&["export", &file("all.json"), "--revisions"]).await.unwrap();
        assert!(told.text.starts_with("The strategy of Lanternquay is in "), "{}", told.text);
        bot.stage.command(&["export", &file("now.json")]).await.unwrap();
        let again = bot.stage.command(&["export", &file("now.json")]).await.unwrap_err();
        assert!(again.to_string().contains("cannot be written"), "{again}");

        for (name, more) in [("all.json", Some("--revisions")), ("now.json", None)] {
            let kind = match bot.stage.kind {
                Kind::Sqlite => Kind::Postgres,
                Kind::Postgres => Kind::Sqlite,
            };
            let other = Stage::build(kind, bot.stage.watch.clone(), &[]).await;
            let told = other.command(&["restore", &file(name)]).await.unwrap();
            assert!(told.text.starts_with("Restored 4 sections with "), "{}", told.text);
            let back = file(&format!("{kind:?}-{name}"));
            let line: Vec<_> = ["export", back.as_str()].into_iter().chain(more).collect();
            other.command(&line).await.unwrap();
            assert_eq!(read_to_string(&back).unwrap(), read_to_string(file(name)).unwrap());
            let refused = other.command(&["restore", &file(name)]).await.unwrap_err();
            assert!(refused.to_string().contains("so nothing was restored"), "{refused}");
            other.command(&["audit", "verify"]).await.unwrap();
        }
    });
}

#[test]
fn a_strategy_reads_as_markdown() {
    on_console(async |bot| {
        bot.with_sample().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("strategy.md").display().to_string();
        bot.stage.command(&["export", &file]).await.unwrap();
        let text = read_to_string(&file).unwrap();
        assert!(text.starts_with("# Lanternquay: partner strategy\n\n*As of "), "{text}");
        for part in [
            "\n## Ideal customer profile\n",
            "- **Company size:** 20–2,000 employees\n",
            "\n## Partner types\n",
            "**Total opportunity:** $58,000,000",
            "| Category | Share | Reached accounts | ACV | Opportunity | Based on |\n| --- | ---: |",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains("[Edit"), "{text}");
        for (line, why) in [
            (["export", "strategy.doc"], "ends neither in .md"),
            (["restore", file.as_str()], "was not restored: it is no JSON of this form"),
            (["restore", "nowhere.json"], "nowhere.json cannot be read"),
        ] {
            let refused = bot.stage.command(&line).await.unwrap_err().to_string();
            assert!(refused.contains(why), "{refused}");
        }
    });
}
