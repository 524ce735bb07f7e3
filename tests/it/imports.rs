//! Partner facts coming in over HTTP and through the console's page.

use std::collections::BTreeMap;

use serde_json::Value;

use super::bot::{Bot, Face, on_console, tell};

const GOOD: &str = "external_id,name,partner_type,region\nP-1,Harrowfen,consulting,DACH\n";
const BAD: &str = "external_id,name,partner_type,certified_individuals\n\
    P-1,Harrowfen,consulting,3\n\
    P-2,,consulting,1\n\
    P-3,Morrow,consulting,many\n";

async fn post(bot: &Bot, path: &str, token: &str, body: &str) -> (u16, Value) {
    let url = format!("{}{path}", bot.console.base.borrow());
    let request = bot.stage.http.post(url).header("authorization", format!("Bearer {token}"));
    let response = request.body(body.to_owned()).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

async fn partners(bot: &Bot) -> Vec<String> {
    bot.stage.texts("SELECT external_id FROM partner ORDER BY external_id").await
}

#[test]
fn a_program_with_a_token_brings_files_in_whole_or_not_at_all() {
    tell(&[Face::Console], &[], async |bot| {
        let made = bot.stage.command(&["token", "create", "import", "--name", "crm"]).await;
        let token = made.expect("a token").text;
        let (status, report) = post(bot, "/import/partners", &token, BAD).await;
        assert_eq!((status, &report["applied"]), (422, &Value::Bool(false)), "{report}");
        let refused = report["refused"].as_array().unwrap();
        let lines: Vec<_> = refused.iter().map(|row| row["line"].as_u64().unwrap()).collect();
        assert_eq!(lines, [3, 4], "{report}");
        assert!(refused.iter().all(|row| !row["reason"].as_str().unwrap().is_empty()), "{report}");
        assert!(partners(bot).await.is_empty());

        let (status, report) = post(bot, "/import/partners?keep_good=true", &token, BAD).await;
        assert_eq!((status, &report["added"]), (200, &Value::from(1)), "{report}");
        assert_eq!(partners(bot).await, ["P-1"]);
        let (status, report) = post(bot, "/import/partners", &token, GOOD).await;
        assert_eq!((status, &report["changed"]), (200, &Value::from(1)), "{report}");

        assert_eq!(post(bot, "/import/partners", "attache_0000", GOOD).await.0, 401);
        assert_eq!(post(bot, "/import/people", &token, GOOD).await.0, 404);
        let (status, report) = post(bot, "/import/deals", &token, "name,colour\nx,red\n").await;
        assert_eq!(status, 422, "{report}");
        assert!(report["error"].as_str().unwrap().contains("external_id"), "{report}");
        let listed = bot.stage.command(&["token", "list", "--json"]).await.unwrap().json;
        let id = listed[0]["id"].as_str().unwrap().to_owned();
        bot.stage.command(&["token", "revoke", &id]).await.expect("it is revoked");
        assert_eq!(post(bot, "/import/partners", &token, GOOD).await.0, 401);
    });
}

async fn paste(bot: &Bot, who: &str, csv: &str) -> String {
    let fields: BTreeMap<_, _> = [("csv".to_owned(), csv.to_owned())].into();
    let (status, page) = bot.console.post(who, "/imports/partners", &fields).await;
    assert_eq!(status, 200, "{page}");
    let page = super::bot::html::parse(&page);
    page.first("section", "result").expect("a result").words()
}

#[test]
fn the_page_names_every_bad_row_and_applies_nothing() {
    on_console(async |bot| {
        let told = paste(bot, "ben", BAD).await;
        assert!(told.contains("Nothing was imported, because 2 rows were refused."), "{told}");
        assert!(told.contains("\n3 | ") && told.contains("\n4 | "), "{told}");
        assert!(partners(bot).await.is_empty());
        let told = paste(bot, "ben", GOOD).await;
        assert!(told.contains("1 row of partners: 1 added"), "{told}");
        let told = paste(bot, "vic", GOOD).await;
        assert!(told.contains("You need the role member or higher"), "{told}");
        bot.say("ana", "/strategy audit").await;
        let audit = bot.last_whisper("ana").await;
        audit.says("Vic | was refused | wanted to import partners");
        audit.says("Ben | imported data");
    });
}

#[test]
fn what_a_row_does_not_have_stays_as_it_is_stored() {
    tell(&[Face::Console], &[], async |bot| {
        let made = bot.stage.command(&["token", "create", "import", "--name", "crm"]).await;
        let token = made.expect("a token").text;
        let bring = async |kind: &str, file: &str| {
            let (status, report) = post(bot, &format!("/import/{kind}"), &token, file).await;
            assert_eq!(status, 200, "{report}");
            report
        };
        let both = r#"[{"external_id":"P-1","name":"One","tier":"gold"},
            {"external_id":"P-2","name":"Two","tier":"silver"}]"#;
        bring("partners", both).await;
        let one = r#"[{"external_id":"P-1","name":"One","tier":"platinum"},
            {"external_id":"P-2","name":"Two"}]"#;
        let report = bring("partners", one).await;
        assert_eq!((&report["changed"], &report["unchanged"]), (&1.into(), &1.into()), "{report}");
        let stored = bot.stage.texts("SELECT body FROM partner ORDER BY external_id").await;
        assert!(stored[0].contains("platinum") && stored[1].contains("silver"), "{stored:?}");
    });
}

#[test]
fn a_deal_is_judged_as_it_will_stand() {
    tell(&[Face::Console], &[], async |bot| {
        let made = bot.stage.command(&["token", "create", "import", "--name", "crm"]).await;
        let token = made.expect("a token").text;
        let bring = async |file: &str| post(bot, "/import/deals", &token, file).await;
        let won = "external_id,name,attribution,outcome,closed_at,registered_at\n\
            D-1,A,direct,won,2026-02-03,2026-01-05T10:00:00Z\n";
        assert_eq!(bring(won).await.0, 200);

        let (status, report) =
            bring("external_id,name,attribution,outcome\nD-1,A,direct,open\n").await;
        assert_eq!(status, 422, "{report}");
        let said = report["refused"][0]["reason"].as_str().unwrap();
        assert!(said.contains("closed_at: an open deal is not closed"), "{report}");
        let (status, report) =
            bring("external_id,name,attribution,closed_at\nD-1,A,direct,2026-02-04\n").await;
        assert_eq!((status, &report["changed"]), (200, &1.into()), "{report}");
        let (status, report) =
            bring("external_id,name,attribution,responded_at\nD-1,A,direct,2026-01-05\n").await;
        assert_eq!((status, &report["changed"]), (200, &1.into()), "on the same day: {report}");
        let (status, report) =
            bring("external_id,name,attribution,responded_at\nD-1,A,direct,2026-01-04\n").await;
        assert_eq!(status, 422, "{report}");
        let stored = bot.stage.texts("SELECT body FROM deal").await;
        assert!(stored[0].contains("won") && stored[0].contains("2026-02-04"), "{stored:?}");
    });
}
