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

#[test]
fn two_tokens_of_one_name_are_told_apart_in_the_audit() {
    tell(&[Face::Console], &[], async |bot| {
        let create = ["token", "create", "import", "--name", "crm"];
        let first = bot.stage.command(&create).await.expect("a token").text;
        let second = bot.stage.command(&create).await.expect("a token").text;
        for (token, name) in [(&first, "Harrowfen"), (&second, "Morrow")] {
            let file = format!("external_id,name\nP-1,{name}\n");
            assert_eq!(post(bot, "/import/partners", token, &file).await.0, 200);
        }
        let mut who = bot
            .stage
            .texts("SELECT actor_name FROM audit_log WHERE action = 'facts.imported'")
            .await;
        who.sort();
        who.dedup();
        assert_eq!(who.len(), 2, "{who:?}");
        assert!(who.iter().all(|who| who.starts_with("import token \"crm\" (…")), "{who:?}");
    });
}

#[test]
fn a_file_as_a_spreadsheet_writes_it_is_taken_as_meant_or_refused_with_the_reason() {
    tell(&[Face::Console], &[], async |bot| {
        let made = bot.stage.command(&["token", "create", "import", "--name", "crm"]).await;
        let token = made.expect("a token").text;
        let file = "sep=;\r\nexternal_id;name;region;;\r\n=\"P-009\";\"Acme \"Best\" Ltd\";DACH;;\r\n\
                    #1042;Two;Dach;;\r\nP-3;Three;#N/A;;\r\n";
        let (status, report) = post(bot, "/import/partners", &token, file).await;
        assert_eq!((status, &report["added"]), (200, &3.into()), "{report}");
        assert_eq!(partners(bot).await, ["#1042", "P-009", "P-3"]);
        let notes = report["notes"].to_string();
        assert!(notes.contains("read as \\\"DACH\\\"") && notes.contains("#N/A"), "{notes}");

        let deal = "external_id,name,attribution,amount,currency\nD-1,A,direct,48.000,USD\n";
        let (status, report) = post(bot, "/import/deals", &token, deal).await;
        let said = report["refused"][0]["reason"].as_str().unwrap_or_default().to_owned();
        assert!(status == 422 && said.contains("48,000") && said.contains("48.00"), "{report}");
        assert_eq!(post(bot, "/import/deals?decimal=comma", &token, deal).await.0, 200);
        let stored = bot.stage.texts("SELECT body FROM deal").await;
        assert!(stored[0].contains("4800000"), "{stored:?}");

        for (path, body, code, part) in [
            ("/import/partners", "PK\u{3}\u{4}xl/workbook.xml", 415, "Excel workbook"),
            ("/import/partners?keep_good=perhaps", GOOD, 400, "neither yes nor no"),
            ("/import/partners", "external_id,name\nP-4,\"Four\nP-5,Five\n", 422, "line 2"),
        ] {
            let (status, report) = post(bot, path, &token, body).await;
            let said = report["error"].as_str().unwrap_or_default();
            assert!(status == code && said.contains(part), "{path}: {report}");
        }
        assert_eq!(partners(bot).await.len(), 3);
        let (status, report) = post(bot, "/import/partners?keep_good=yes", &token, BAD).await;
        assert_eq!((status, &report["added"]), (200, &1.into()), "{report}");
    });
}

#[test]
fn a_large_file_is_seen_whole_or_not_at_all() {
    tell(&[Face::Console], &[], async |bot| {
        let made = bot.stage.command(&["token", "create", "import", "--name", "crm"]).await;
        let token = made.expect("a token").text;
        let file = |from: usize| {
            let rows = (0..1_200).map(|n| format!("D-{n},Deal {},direct\n", n + from));
            "external_id,name,attribution\n".to_owned() + &rows.collect::<String>()
        };
        let (status, report) = post(bot, "/import/deals", &token, &file(0)).await;
        assert_eq!((status, &report["added"]), (200, &1_200.into()), "{report}");
        let (status, report) = post(bot, "/import/deals", &token, &file(1)).await;
        assert_eq!((status, &report["changed"]), (200, &1_200.into()), "{report}");
        let stored = bot.stage.texts("SELECT body FROM deal WHERE external_id = 'D-1199'").await;
        assert!(stored[0].contains("Deal 1200"), "{stored:?}");
        assert!(bot.stage.texts("SELECT id FROM staged_import").await.is_empty());
        let (status, report) = post(bot, "/import/deals", &token, &file(1)).await;
        assert_eq!((status, &report["unchanged"]), (200, &1_200.into()), "{report}");
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
