//! A form belongs to a tab, a tab to one person, and what shows the state of something stands once.

use super::*;

const FIRST: &str = "x-attache-tab: tab-0001\r\n";
const LATER: &str = "x-attache-tab: tab-0002\r\n";

/// Ana's request for a form, made in this tab: as the door hears it, and the form it brings about.
async fn form_asked_in(site: &Site, cookie: &str, page: &str, key: &str) -> Option<String> {
    let fields = [("text", "/strategy setup"), ("key", key)];
    let said = site.post_from(page, "/channels/general", cookie, &fields).await;
    assert_eq!(said.status, 204, "{}", said.body);
    let heard = site.heard().pop().unwrap();
    let to = Private { to: &heard.who, near: &heard.place, answer: &heard.answer };
    site.client.open(&to, &sample::form("Size")).await.unwrap();
    let tab = heard.answer.trigger.clone().unwrap();
    site.memory.form_in("ana", &tab).await.unwrap().map(|form| form.id)
}

#[tokio::test]
async fn a_form_comes_to_the_tab_that_asked_and_to_no_other() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let mut first = watch(&site, &ana, "channel=general&after=0&tab=tab-0001").await;
    let mut later = watch(&site, &ana, "channel=general&after=0&tab=tab-0002").await;
    follow(&mut first, "event: nav").await;
    follow(&mut later, "event: nav").await;
    let form = form_asked_in(&site, &ana, FIRST, "key-00000001").await.unwrap();
    follow(&mut first, &format!("id=\"form-{form}\"")).await;
    let own = form_asked_in(&site, &ana, LATER, "key-00000002").await.unwrap();
    let seen = follow(&mut later, &format!("id=\"form-{own}\"")).await;
    assert!(!seen.contains(&form), "the other tab's form came here");
    assert!(!site.get("/channels/general", &ana).await.body.contains("<dialog class=\"sheet\" id"));
    assert!(!site.get("/channels/leadership", &ana).await.body.contains("A form waits for you"));
    let elsewhere = "channel=leadership&after=0&tab=tab-0001";
    let mut elsewhere = watch(&site, &ana, elsewhere).await;
    follow(&mut elsewhere, "A form waits for you").await;
    site.post_from(LATER, &format!("/forms/{own}/cancel"), &ana, &[]).await;
    assert!(site.memory.form(&form, "ana").await.unwrap().is_some(), "closed with the other's");
}

#[tokio::test]
async fn a_form_of_a_tab_that_is_gone_goes_on_in_another() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let form = form_asked_in(&site, &ana, FIRST, "key-00000001").await.unwrap();
    let mut later = watch(&site, &ana, "channel=general&after=0&tab=tab-0002").await;
    follow(&mut later, "event: nav").await;
    let path = format!("/forms/{form}/continue");
    assert_eq!(site.post_from(LATER, &path, &ana, &[]).await.status, 204);
    follow(&mut later, &format!("id=\"form-{form}\"")).await;
    let fields = [("field.line", "50"), ("field.paragraph", "a"), ("field.choice", "other")];
    assert_eq!(site.post_from(LATER, &format!("/forms/{form}"), &ana, &fields).await.status, 204);
    assert_eq!(site.heard().pop().unwrap().answer.trigger.as_deref(), Some("tab-0002"));
    let taken = site.post_from(LATER, &path, &ana, &[]).await;
    assert!(taken.status == 410 && taken.body.contains("nothing left to send"));
    let gone = site.post_from(LATER, "/forms/gone/continue", &ana, &[]).await;
    assert!(gone.status == 422 && gone.body.contains("no longer open"));
}

#[tokio::test]
async fn what_names_no_tab_gets_its_form_on_the_page() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    for (page, key) in [("", "key-00000001"), ("x-attache-tab: a tab!\r\n", "key-00000002")] {
        let form = form_asked_in(&site, &ana, page, key).await.unwrap();
        let shown = site.get("/channels/general", &ana).await.body;
        assert!(shown.contains(&format!("id=\"form-{form}\"")), "{page}");
    }
}

#[tokio::test]
async fn a_page_of_one_person_does_nothing_for_another() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let posted = site.client.post("k1", &place("general", None), &two_buttons()).await.unwrap();
    let page = site.get("/channels/general", &ana).await.body;
    assert!(page.contains("data-person=\"ana\"") && page.contains("name=\"as\" value=\"ana\""));
    let ben = site.sign_in("ben").await;
    let key = ("key", "key-00000001");
    let press = [("button", "accept 1"), ("message", &posted.message), ("channel", "general"), key];
    let asked = [
        ("/channels/general", vec![("text", "for everybody"), key]),
        ("/channels/general", vec![("text", "/strategy icp"), key]),
        ("/click", press.to_vec()),
        ("/channels", vec![("name", "board")]),
        ("/imports/partners", vec![("csv", "external_id\nP1\n")]),
        ("/dismiss", vec![("message", "m"), ("channel", "general")]),
    ];
    for (path, fields) in asked {
        // As the script says it, and as a page without script does.
        let told = site.post_from("x-attache-person: ana\r\n", path, &ben, &fields).await;
        assert_eq!(told.status, 409, "{path}");
        assert!(told.body.contains("signed in as Ben now, and this page is Ana"), "{path}");
        let plain = [fields, vec![("as", "ana")]].concat();
        assert_eq!(site.post(path, &ben, &plain).await.status, 409, "{path}");
    }
    let own = site.post_from("x-attache-person: ben\r\n", "/click", &ben, &press).await;
    assert_eq!((own.status, site.heard().len()), (204, 1));
    assert!(site.timeline("ben", "general").await.iter().all(|message| message.author.is_none()));
    assert!(site.memory.rows().imported.is_empty());
    assert_eq!(site.get("/live?channel=general&after=0&as=ana", &ben).await.status, 409);
}

#[tokio::test]
async fn signing_in_ends_the_session_that_the_browser_had() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let elsewhere = site.sign_in("ana").await;
    let mut open = watch(&site, &ana, "channel=general&after=0&as=ana").await;
    follow(&mut open, "event: nav").await;
    let ben = site.post("/sign-in", &ana, &[("person", "ben")]).await.cookie();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(5), open.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the page of before still listens");
    assert_eq!(site.get("/channels/general", &ana).await.status, 303);
    assert_eq!(site.get("/channels/general", &ben).await.status, 200);
    assert_eq!(site.get("/channels/general", &elsewhere).await.status, 200);
}

#[tokio::test]
async fn what_shows_the_state_of_something_stands_once_and_at_the_end() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let near = place("general", None);
    let to = Private { to: &actor("ana"), near: &near, answer: &Answer::default() };
    let home = |words: &str| Card::sentence(words).of_topic("home");
    site.client.whisper(&to, &home("Home as it was")).await.unwrap();
    site.client.whisper(&to, &Card::sentence("Not for you.")).await.unwrap();
    let mut open = watch(&site, &ana, "channel=general&after=2").await;
    follow(&mut open, "event: nav").await;
    site.client.whisper(&to, &home("Home as it is")).await.unwrap();
    site.client.whisper(&to, &Card::sentence("Not for you.")).await.unwrap();
    let seen = site.timeline("ana", "general").await;
    let titles: Vec<_> = seen.iter().map(|one| super::super::client::title(&one.body)).collect();
    assert_eq!(titles, ["Not for you.", "Home as it is", "Not for you."]);
    assert!(follow(&mut open, "Home as it is").await.contains("data-born=\"3\""));
}
