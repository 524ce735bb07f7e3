//! The console over real HTTP, with its ports in memory and a door that writes down what it hears.

mod tabs;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::client::Client;
use super::live::Bell;
use super::memory::Memory;
use super::port::{Body, NewMessage, Talk, View, direct, place};
use super::sample;
use super::verify::Settings;
use super::visit::invite;
use super::{Console, routes};
use crate::clock::Clock;
use crate::conversation::button::Click;
use crate::conversation::card::{Button, Card, Confirm, Look, Text};
use crate::conversation::form::FieldError;
use crate::conversation::inbound::{
    Actor, Answer, Inbound, Place, PlaceKind, Platform, Said, Standing,
};
use crate::handlers::door::{Door, Received};
use crate::handlers::messenger::{
    Attachment, Messenger, Notes, Private, SendError, Sending, Trace,
};
use crate::ids::{Ids, ReportId};

/// Writes down what it hears; of a form's fields `line` must not be `wrong`.
#[derive(Default)]
struct Listening {
    heard: Mutex<Vec<Inbound>>,
    busy: Mutex<bool>,
}

impl Door for Listening {
    fn receive<'a>(&'a self, inbound: &'a Inbound) -> BoxFuture<'a, Received> {
        let mut heard = self.heard.lock().unwrap();
        let known = heard.iter().any(|known| known.key == inbound.key);
        let verdict = match (*self.busy.lock().unwrap(), known) {
            (true, _) => Received::Overloaded,
            (false, true) => Received::Duplicate,
            (false, false) => {
                heard.push(inbound.clone());
                Received::Accepted
            }
        };
        Box::pin(async move { verdict })
    }

    fn form_faults(&self, _form: &str, fields: &BTreeMap<String, String>) -> Vec<FieldError> {
        let wrong = fields.get("line").is_some_and(|line| line == "wrong");
        let fault = FieldError { field: "line".to_owned(), text: "That is wrong.".to_owned() };
        if wrong { vec![fault] } else { Vec::new() }
    }
}

struct NoNotes;

impl Notes for NoNotes {
    fn keep<'a>(&'a self, _note: &'a str) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(async { Ok(()) })
    }
}

/// A running console.
struct Site {
    at: SocketAddr,
    memory: Arc<Memory>,
    door: Arc<Listening>,
    client: Client,
    bell: Bell,
    clock: Clock,
}

/// An answer over the wire.
struct Heard {
    status: u16,
    head: String,
    body: String,
}

impl Heard {
    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    }

    fn cookie(&self) -> String {
        self.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
    }
}

impl Site {
    async fn open() -> Self {
        Self::open_at("127.0.0.1:0", None).await
    }

    async fn open_at(address: &str, public_url: Option<&str>) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let at = listener.local_addr().unwrap();
        let memory = Arc::new(Memory::new(&["general", "leadership"]));
        let door = Arc::new(Listening::default());
        let bell = Bell::new();
        let clock = Clock::standing_at("2026-11-20T10:02:00Z".parse().unwrap());
        let ids = Ids::random();
        let client = Client {
            talk: Arc::clone(&memory) as Arc<dyn Talk>,
            bell: bell.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
        };
        let console = Console {
            settings: Settings::new(at, public_url),
            people: Arc::clone(&memory) as _,
            talk: Arc::clone(&memory) as _,
            company: Arc::clone(&memory) as _,
            door: Arc::clone(&door) as _,
            bell: bell.clone(),
            clock: clock.clone(),
            ids,
        };
        let router = routes(Arc::new(console));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { at, memory, door, client, bell, clock }
    }

    async fn send(&self, request: &str, headers: &str, body: &str) -> Heard {
        let mut wire = TcpStream::connect(self.at).await.unwrap();
        let host = if headers.contains("host: ") {
            String::new()
        } else {
            format!("host: {}\r\n", self.at)
        };
        let length = body.len();
        let all = format!(
            "{request} HTTP/1.1\r\n{host}{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        wire.write_all(all.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        wire.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Heard { status, head: head.to_owned(), body: body.to_owned() }
    }

    async fn sign_in(&self, person: &str) -> String {
        let answer = self.post("/sign-in", "", &[("person", person)]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.cookie()
    }

    async fn get(&self, path: &str, cookie: &str) -> Heard {
        self.send(&format!("GET {path}"), &format!("cookie: {cookie}\r\n"), "").await
    }

    async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Heard {
        self.post_from("", path, cookie, fields).await
    }

    /// A post with what the page's script says about its page.
    async fn post_from(
        &self,
        page: &str,
        path: &str,
        cookie: &str,
        fields: &[(&str, &str)],
    ) -> Heard {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = format!(
            "cookie: {cookie}\r\n{page}x-attache-quick: 1\r\ncontent-type: application/x-www-form-urlencoded\r\n"
        );
        self.send(&format!("POST {path}"), &headers, &body).await
    }

    fn heard(&self) -> Vec<Inbound> {
        self.door.heard.lock().unwrap().clone()
    }

    async fn timeline(&self, person: &str, channel: &str) -> Vec<super::port::Message> {
        let view = View { person: person.to_owned(), channel: channel.to_owned(), thread: None };
        self.memory.timeline(&view, i64::MAX, 100).await.unwrap()
    }
}

fn actor(user: &str) -> Actor {
    Actor {
        platform: Platform::Console,
        team: "local".to_owned(),
        user: user.to_owned(),
        name: None,
        standing: Standing::Full,
    }
}

#[tokio::test]
async fn who_is_not_signed_in_sees_the_door_and_can_do_nothing() {
    let site = Site::open().await;
    for path in ["/", "/channels/general", "/imports", "/reports/r1/deck"] {
        let answer = site.get(path, "").await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/sign-in")), "{path}");
    }
    let said = site.post("/channels/general", "", &[("text", "x"), ("key", "key-00000001")]).await;
    assert_eq!(said.status, 401);
    assert_eq!(site.get("/live?channel=general&after=0", "").await.status, 401);
    assert!(site.heard().is_empty());
    let page = site.get("/sign-in", "").await;
    assert!(page.body.contains("Ana") && page.body.contains("Owner") && page.body.contains("Vic"));
}

#[tokio::test]
async fn talk_is_seen_by_all_and_goes_no_further() {
    let site = Site::open().await;
    let (ana, ben) = (site.sign_in("ana").await, site.sign_in("ben").await);
    let fields = [("text", "Good morning"), ("key", "key-00000001")];
    assert_eq!(site.post("/channels/general", &ana, &fields).await.status, 204);
    assert!(site.heard().is_empty());
    let page = site.get("/channels/general", &ben).await;
    assert!(
        page.body.contains("Good morning")
            && page.body.contains("aria-label=\"Ana: Good morning\"")
    );
}

#[tokio::test]
async fn a_command_reaches_the_door_once_and_is_not_shown() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let fields = [("text", " /strategy edit icp "), ("key", "key-00000001")];
    for _ in 0..3 {
        assert_eq!(site.post("/channels/general", &ana, &fields).await.status, 204);
    }
    let heard = site.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].said, Said::Command("edit icp".to_owned()));
    assert_eq!(heard[0].place, place("general", None));
    assert_eq!(heard[0].who.user, "ana");
    assert!(site.timeline("ana", "general").await.is_empty());
}

#[tokio::test]
async fn words_to_the_bot_alone_are_shown_and_heard() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let fields = [("text", "icp"), ("key", "key-00000001")];
    assert_eq!(site.post("/channels/dm-ana", &ana, &fields).await.status, 204);
    assert_eq!(site.post("/channels/dm-ana", &ana, &fields).await.status, 204);
    assert_eq!(site.heard()[0].said, Said::Command("icp".to_owned()));
    assert_eq!(site.timeline("ana", "dm-ana").await.len(), 1);
    let ben = site.sign_in("ben").await;
    assert_eq!(site.get("/channels/dm-ana", &ben).await.status, 404);
    assert_eq!(site.post("/channels/dm-ana", &ben, &fields).await.status, 404);
}

#[tokio::test]
async fn a_private_reply_is_seen_by_one_person_only() {
    let site = Site::open().await;
    let (ana, ben) = (site.sign_in("ana").await, site.sign_in("ben").await);
    let to =
        Private { to: &actor("ana"), near: &place("general", None), answer: &Answer::default() };
    site.client.whisper(&to, &Card::sentence("For your eyes")).await.unwrap();
    let page = site.get("/channels/general", &ana).await.body;
    assert!(page.contains("For your eyes") && page.contains("Only visible to you"));
    assert!(!site.get("/channels/general", &ben).await.body.contains("For your eyes"));
    let id = site.timeline("ana", "general").await[0].id.clone();
    let fields = [("message", id.as_str()), ("channel", "general")];
    site.post("/dismiss", &ben, &fields).await;
    assert_eq!(site.timeline("ana", "general").await.len(), 1);
    assert_eq!(site.post("/dismiss", &ana, &fields).await.status, 204);
    assert!(site.timeline("ana", "general").await.is_empty());
}

#[tokio::test]
async fn a_private_reply_never_lands_in_somebody_elses_direct_chat() {
    let site = Site::open().await;
    let near = place(&direct("ana"), None);
    let to = Private { to: &actor("ben"), near: &near, answer: &Answer::default() };
    site.client.whisper(&to, &Card::sentence("For Ben")).await.unwrap();
    assert_eq!(site.timeline("ben", "dm-ben").await.len(), 1);
    assert!(site.timeline("ana", "dm-ana").await.is_empty());
}

fn two_buttons() -> Card {
    let confirm = Confirm {
        title: "Discard this change?".to_owned(),
        text: "It cannot be brought back.".to_owned(),
        yes: "Discard".to_owned(),
        no: "Keep".to_owned(),
    };
    Card::sentence("A change").buttons(vec![
        sample::button("Accept", "accept 1", Look::Primary),
        Button { confirm: Some(confirm), ..sample::button("Discard", "discard 1", Look::Danger) },
    ])
}

#[tokio::test]
async fn a_press_names_its_message_and_place() {
    let site = Site::open().await;
    let ben = site.sign_in("ben").await;
    let posted = site.client.post("k1", &place("general", None), &two_buttons()).await.unwrap();
    let fields = |key| {
        let message = posted.message.as_str();
        [("button", "accept 1"), ("message", message), ("channel", "general"), ("key", key)]
    };
    assert_eq!(site.post("/click", &ben, &fields("key-00000001")).await.status, 204);
    assert_eq!(site.post("/click", &ben, &fields("key-00000001")).await.status, 204);
    let heard = site.heard();
    let button = "accept 1".to_owned();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].said, Said::Click { button, message: Some(posted.message.clone()) });
    site.client.update(&posted, &Card::sentence("Accepted")).await.unwrap();
    assert_eq!(site.post("/click", &ben, &fields("key-00000002")).await.status, 204);
    assert_eq!(site.heard().len(), 2, "a press on an old card is answered by the bot, not here");
}

#[tokio::test]
async fn a_press_that_asks_first_is_asked_without_script_too() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let posted = site.client.post("k1", &place("general", None), &two_buttons()).await.unwrap();
    let fields = [
        ("button", "discard 1"),
        ("message", &posted.message),
        ("channel", "general"),
        ("key", "key-00000001"),
    ];
    let asked = site.post("/click", &ana, &fields).await;
    assert!(asked.status == 200 && asked.body.contains("It cannot be brought back."));
    assert!(site.heard().is_empty());
    let sure = [&fields[..], &[("sure", "yes")]].concat();
    assert_eq!(site.post("/click", &ana, &sure).await.status, 204);
    assert_eq!(site.heard().len(), 1);
}

#[tokio::test]
async fn a_message_of_somebody_elses_cannot_be_pressed() {
    let site = Site::open().await;
    let ben = site.sign_in("ben").await;
    let to =
        Private { to: &actor("ana"), near: &place("general", None), answer: &Answer::default() };
    site.client.whisper(&to, &two_buttons()).await.unwrap();
    let id = site.timeline("ana", "general").await[0].id.clone();
    let fields =
        [("button", "accept 1"), ("message", &id), ("channel", "general"), ("key", "key-00000001")];
    assert_eq!(site.post("/click", &ben, &fields).await.status, 422);
    assert!(site.heard().is_empty());
}

#[tokio::test]
async fn a_form_keeps_what_was_typed_until_it_is_right() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let near = place("general", None);
    let to = Private { to: &actor("ana"), near: &near, answer: &Answer::default() };
    site.client.open(&to, &sample::form("Size")).await.unwrap();
    assert!(site.get("/channels/general", &ana).await.body.contains("<dialog"));
    assert!(site.get("/channels/leadership", &ana).await.body.contains("A form waits for you"));
    let open = site.memory.form_in("ana", "").await.unwrap().unwrap();
    let path = format!("/forms/{}", open.id);
    let wrong =
        [("field.line", "wrong"), ("field.paragraph", "a\r\nb"), ("field.choice", "forged")];
    let answer = site.post(&path, &ana, &wrong).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("That is wrong.") && answer.body.contains("a\nb</textarea>"));
    let right = [
        ("field.line", "50"),
        ("field.paragraph", "a\r\nb"),
        ("field.choice", "other"),
        ("field.more", "x"),
    ];
    assert_eq!(site.post(&path, &ana, &right).await.status, 204);
    let Said::Submitted { form, fields } = site.heard()[0].said.clone() else { panic!("not sent") };
    assert_eq!(form, "refine 1");
    let sent: Vec<_> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(sent, [("choice", "other"), ("line", "50"), ("paragraph", "a\nb")]);
    assert!(site.memory.form_in("ana", "").await.unwrap().is_none(), "it is closed now");
    assert_eq!(site.post(&path, &ana, &right).await.status, 204, "its answer may have been lost");
    let other = site.post(&path, &ana, &[("field.line", "51")]).await;
    assert_eq!(other.status, 422);
    assert!(other.body.contains("This form was taken as you sent it first."));
    assert_eq!(site.heard().len(), 1);
}

#[tokio::test]
async fn somebody_elses_form_can_be_neither_sent_nor_cancelled() {
    let site = Site::open().await;
    let ben = site.sign_in("ben").await;
    let to =
        Private { to: &actor("ana"), near: &place("general", None), answer: &Answer::default() };
    site.client.open(&to, &sample::form("Size")).await.unwrap();
    let id = site.memory.form_in("ana", "").await.unwrap().unwrap().id;
    assert_eq!(site.post(&format!("/forms/{id}"), &ben, &[("field.line", "1")]).await.status, 422);
    site.post(&format!("/forms/{id}/cancel"), &ben, &[]).await;
    site.post(&format!("/forms/{id}/continue"), &ben, &[]).await;
    assert!(site.memory.form_in("ana", "").await.unwrap().is_some());
}

#[tokio::test]
async fn overload_is_told_as_503_and_the_same_post_may_be_sent_again() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    *site.door.busy.lock().unwrap() = true;
    let fields = [("text", "icp"), ("key", "key-00000001")];
    let answer = site.post("/channels/dm-ana", &ana, &fields).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("2")));
    *site.door.busy.lock().unwrap() = false;
    assert_eq!(site.post("/channels/dm-ana", &ana, &fields).await.status, 204);
    assert_eq!(site.timeline("ana", "dm-ana").await.len(), 1);
    assert_eq!(site.heard().len(), 1);
}

#[tokio::test]
async fn the_first_visit_offers_two_ways_to_begin() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    assert!(!site.get("/channels/general", &ana).await.body.contains("Load the sample company"));
    site.memory.rows().empty = true;
    let page = site.get("/channels/general", &ana).await.body;
    assert!(page.contains(">Load the sample company</button>"));
    assert!(page.contains(">Set up my company</button>"));
    assert!(page.contains(&format!("value=\"{}\"", Click::LoadSample.token())));
    assert!(page.contains(&format!("value=\"{}\"", Click::Setup.token())));
    let fields = [("button", "load-sample"), ("channel", "general"), ("key", "key-00000001")];
    assert_eq!(site.post("/click", &ana, &fields).await.status, 204);
    let button = "load-sample".to_owned();
    assert_eq!(site.heard()[0].said, Said::Click { button, message: None });
}

#[tokio::test]
async fn a_link_signs_in_once_and_only_while_it_is_fresh() {
    let site = Site::open().await;
    let now = site.clock.now_ms();
    let link = invite(&*site.memory, "ben", now).await.unwrap();
    let first = site.post(&link, "", &[]).await;
    assert_eq!(first.status, 303);
    assert!(
        site.get("/channels/general", &first.cookie()).await.body.contains("<strong>Ben</strong>")
    );
    assert_eq!(site.get(&link, "").await.status, 410);
    assert_eq!(site.post(&link, "", &[]).await.status, 410);
    let late = invite(&*site.memory, "ben", now).await.unwrap();
    site.clock.turn(jiff::SignedDuration::from_mins(31));
    assert_eq!(site.get(&late, "").await.status, 410);
    assert_eq!(site.get("/sign-in/guessed", "").await.status, 410);
}

#[tokio::test]
async fn looking_at_a_link_neither_uses_it_up_nor_signs_anybody_in() {
    let site = Site::open().await;
    let link = invite(&*site.memory, "ben", site.clock.now_ms()).await.unwrap();
    let typed = "sec-fetch-site: none\r\nsec-fetch-mode: navigate\r\nsec-fetch-dest: document\r\n";
    for looking in ["HEAD", "GET"] {
        for headers in ["", typed, "sec-purpose: prefetch\r\n", "purpose: preview\r\n"] {
            let look = site.send(&format!("{looking} {link}"), headers, "").await;
            assert_eq!(
                (look.status, look.header("set-cookie")),
                (200, None),
                "{looking} {headers}"
            );
            assert_eq!(look.header("referrer-policy"), Some("strict-origin"), "{looking}");
        }
    }
    let page = site.get(&link, "").await.body;
    assert!(page.contains("Sign in as Ben") && page.contains(&format!("action=\"{link}\"")));
    let foreign = "origin: https://evil.example\r\nsec-fetch-site: cross-site\r\n";
    let lured = site.send(&format!("POST {link}"), foreign, "").await;
    assert_eq!((lured.status, lured.header("set-cookie")), (403, None));
    assert_eq!(site.post(&link, "", &[]).await.status, 303);
}

#[tokio::test]
async fn sessions_end_by_signing_out_and_by_age() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    assert_eq!(site.post("/sign-out", &ana, &[]).await.status, 303);
    assert_eq!(site.get("/channels/general", &ana).await.status, 303);
    let again = site.sign_in("ana").await;
    site.clock.turn(jiff::SignedDuration::from_hours(15 * 24));
    assert_eq!(site.get("/channels/general", &again).await.status, 303);
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let site = Site::open().await;
    let answer = site.post("/sign-in", "", &[("person", "ana")]).await;
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert!(!cookie.contains("Secure"), "plain HTTP on this machine");
}

#[tokio::test]
async fn elsewhere_nobody_picks_who_they_are() {
    let site = Site::open_at("127.0.0.1:0", Some("https://attache.example.com")).await;
    let host = "host: attache.example.com\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    let answer = site.send("POST /sign-in", host, "person=ana").await;
    assert_eq!((answer.status, answer.header("set-cookie")), (403, None));
    let page = site.send("GET /sign-in", host, "").await;
    assert!(page.status == 200 && !page.body.contains("name=\"person\""));
    let link = invite(&*site.memory, "ana", site.clock.now_ms()).await.unwrap();
    let signed = site.send(&format!("POST {link}"), host, "").await;
    assert!(signed.header("set-cookie").unwrap().contains("; Secure"));
}

#[tokio::test]
async fn foreign_hosts_and_pages_are_refused_before_anything_is_done() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let rebound = site
        .send("GET /channels/general", &format!("host: evil.example\r\ncookie: {ana}\r\n"), "")
        .await;
    assert_eq!(rebound.status, 421);
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let crossed = format!("cookie: {ana}\r\norigin: http://evil.example\r\n{form}");
    let posted = site.send("POST /channels/general", &crossed, "text=x&key=key-00000001").await;
    assert_eq!(posted.status, 403);
    assert!(site.timeline("ana", "general").await.is_empty());
}

#[tokio::test]
async fn null_characters_go_no_further_than_the_gate() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let key = ("key", "key-00000001");
    let click = [("channel", "general"), ("button", "x\0"), ("message", ""), key];
    let named = [("channel", "general"), ("button", "x"), ("thread", "\0"), key];
    for (path, fields) in [
        ("/channels/general", &[("text", "a\0b"), key][..]),
        ("/channels/dm-ana", &[("text", "/strategy \0"), key]),
        ("/channels/dm-ana", &[("text", "icp"), ("x\0", ""), key]),
        ("/channels/general/threads/1%00", &[("text", "icp"), key]),
        ("/click", &click),
        ("/click", &named),
        ("/forms/%00", &[key]),
        ("/dismiss", &[("channel", "general"), ("message", "\0")]),
    ] {
        assert_eq!(site.post(path, &ana, fields).await.status, 422, "{path} {fields:?}");
    }
    for path in ["/channels/%00", "/live?channel=general&thread=%00&after=0", "/sign-in/%00"] {
        assert_eq!(site.get(path, &ana).await.status, 422, "{path}");
    }
    assert!(site.heard().is_empty() && site.timeline("ana", "general").await.is_empty());
}

#[tokio::test]
async fn whoever_only_looks_on_makes_no_channels() {
    let site = Site::open().await;
    let (ben, vic) = (site.sign_in("ben").await, site.sign_in("vic").await);
    assert_eq!(site.post("/channels", &vic, &[("name", "spam")]).await.status, 422);
    assert_eq!(site.get("/channels/spam", &ben).await.status, 404);
    assert_eq!(site.post("/channels", &ben, &[("name", "board")]).await.status, 303);
    assert_eq!(site.get("/channels/board", &vic).await.status, 200);
}

#[tokio::test]
async fn a_session_has_eight_live_pages_and_a_place_that_is_left_is_free() {
    let site = Site::open().await;
    let (ana, ben) = (site.sign_in("ana").await, site.sign_in("ben").await);
    let mut open = Vec::new();
    for _ in 0..8 {
        let mut wire = watch(&site, &ana, "channel=general&after=0").await;
        follow(&mut wire, "event: nav").await;
        open.push(wire);
    }
    assert_eq!(site.get("/live?channel=general&after=0", &ana).await.status, 422);
    let mut other = watch(&site, &ben, "channel=general&after=0").await;
    follow(&mut other, "event: nav").await;
    open.pop();
    let again = async {
        let mut head = *b"HTTP/1.1 ---";
        while !head.ends_with(b"200") {
            let mut wire = watch(&site, &ana, "channel=general&after=0").await;
            wire.read_exact(&mut head).await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(5), again).await.expect("a place is free");
}

#[tokio::test]
async fn nothing_is_posted_to_a_direct_chat_that_was_typed_like_a_channel() {
    let site = Site::open().await;
    let card = Card::sentence("The report");
    let typed = Place { kind: PlaceKind::Channel, ..place("dm-ben", None) };
    let refused = site.client.post("typed", &typed, &card).await.unwrap_err();
    assert_eq!(refused, SendError::Refused("channel_not_found".to_owned()));
    site.client.post("own", &place("dm-ben", None), &card).await.unwrap();
    assert_eq!(site.timeline("ben", "dm-ben").await.len(), 1);
}

#[tokio::test]
async fn every_answer_is_dressed() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    for (path, cookie) in
        [("/channels/general", ana.as_str()), ("/sign-in", ""), ("/channels/nowhere", &ana)]
    {
        let answer = site.get(path, cookie).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(!answer.body.contains(" style=") && !answer.body.contains(" onclick="));
    }
}

#[tokio::test]
async fn assets_are_named_by_their_hash_and_kept() {
    let site = Site::open().await;
    let page = site.get("/sign-in", "").await.body;
    for asset in [super::assets::style(), super::assets::script(), super::assets::icon()] {
        assert!(page.contains(asset), "{asset}");
        let answer = site.get(asset, "").await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("cache-control").unwrap().contains("immutable"));
    }
    assert_eq!(site.get("/assets/console-000000000000.css", "").await.status, 404);
}

#[tokio::test]
async fn bodies_over_one_mebibyte_are_refused() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let long = "x".repeat(1024 * 1024 + 1);
    let answer = site.post("/channels/general", &ana, &[("text", &long)]).await;
    assert_eq!(answer.status, 413);
    let key = ("key", "key-00000001");
    let wordy = site.post("/channels/general", &ana, &[("text", &"x".repeat(8_001)), key]).await;
    assert_eq!(wordy.status, 422);
}

#[tokio::test]
async fn a_key_brings_a_post_about_once_and_finds_it() {
    let site = Site::open().await;
    let to = place("general", None);
    let first = site.client.post("k1", &to, &Card::sentence("Once")).await.unwrap();
    assert_eq!(site.client.post("k1", &to, &Card::sentence("Once")).await, Ok(first.clone()));
    assert_eq!(site.timeline("ana", "general").await.len(), 1);
    let trace = |key| Trace { key, to: &to, since: 0, note: None };
    assert_eq!(site.client.find(&trace("k1")).await, Ok(Some(first)));
    assert_eq!(site.client.find(&trace("k2")).await, Ok(None));
    let nowhere = site.client.post("k3", &place("nowhere", None), &Card::sentence("x")).await;
    assert_eq!(nowhere, Err(SendError::Refused("channel_not_found".to_owned())));
}

async fn attach(site: &Site, to: &crate::conversation::inbound::Place) -> Result<(), SendError> {
    let (report, comment) = (ReportId::from_stored("r1"), Text::plain("The deck"));
    let file = Attachment {
        key: "k2",
        to,
        file_name: "Q3 \"review\" é.pptx",
        title: "Quarterly review",
        comment: &comment,
        report: &report,
        bytes: b"",
        earlier: None,
    };
    let sent: Sending<'_, _> = site.client.attach(&file, &NoNotes);
    sent.await.map(|_| ())
}

#[tokio::test]
async fn a_deck_is_for_those_who_see_its_message() {
    let site = Site::open().await;
    let (ana, ben) = (site.sign_in("ana").await, site.sign_in("ben").await);
    attach(&site, &place("dm-ana", None)).await.unwrap();
    let deck = site.get("/reports/r1/deck", &ana).await;
    assert_eq!((deck.status, deck.body.as_str()), (200, "PK deck"));
    let saved = deck.header("content-disposition").unwrap();
    assert_eq!(
        saved,
        "attachment; filename=\"Q3 _review_ _.pptx\"; filename*=UTF-8''Q3%20%22review%22%20%C3%A9.pptx"
    );
    assert_eq!(site.get("/reports/r1/deck", &ben).await.status, 404);
    assert_eq!(site.get("/reports/r2/deck", &ana).await.status, 404);
}

#[tokio::test]
async fn a_file_or_pasted_rows_come_in() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let csv = format!("cookie: {ana}\r\ncontent-type: text/csv\r\n");
    let answer = site.send("POST /imports/deals", &csv, "external_id\nD1\n").await;
    assert!(answer.status == 200 && answer.body.contains("Read 15 bytes of deals."));
    site.post("/imports/partners", &ana, &[("csv", "external_id\r\nP1\r\n")]).await;
    assert_eq!(site.post("/imports/partners", &ana, &[("csv", " ")]).await.status, 422);
    assert_eq!(site.post("/imports/secrets", &ana, &[("csv", "x")]).await.status, 404);
    let imported: Vec<_> = site.memory.rows().imported.clone();
    let row = |kind: &str, size| (kind.to_owned(), "ana".to_owned(), size);
    assert_eq!(imported, [row("deals", 15), row("partners", 15)]);
}

#[tokio::test]
async fn a_thread_is_a_page_with_its_root_and_replies() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let root = site
        .client
        .post("k1", &place("general", None), &Card::sentence("Editing ICP"))
        .await
        .unwrap();
    let path = format!("/channels/general/threads/{}", root.message);
    let fields = [("text", "narrow it"), ("key", "key-00000001")];
    assert_eq!(site.post(&path, &ana, &fields).await.status, 204);
    let heard = site.heard()[0].clone();
    assert_eq!(heard.place, place("general", Some(&root.message)));
    assert_eq!(heard.said, Said::Message { text: "narrow it".to_owned(), mentioned: false });
    let thread = site.get(&path, &ana).await.body;
    assert!(thread.contains("narrow it") && thread.contains("<h1>Editing ICP</h1>"));
    let channel = site.get("/channels/general", &ana).await.body;
    assert!(channel.contains("1 reply") && !channel.contains("narrow it</p>"));
    let link = format!("<a href=\"{path}\" aria-describedby=\"near-1\">Editing ICP</a>");
    assert!(channel.contains(&link) && channel.contains("#general · Ana: narrow it</span>"));
    assert_eq!(site.get("/channels/leadership/threads/nothing", &ana).await.status, 404);
}

#[tokio::test]
async fn many_messages_come_in_pages() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    for number in 0..70 {
        let id = format!("m{number}");
        let message = NewMessage {
            id: id.clone(),
            channel: "general".to_owned(),
            thread: None,
            author: Some("ben".to_owned()),
            private_to: None,
            body: Body::Words(format!("word-{number}.")),
            file: None,
            key: None,
            at: 0,
        };
        site.memory.add(&message).await.unwrap();
    }
    let page = site.get("/channels/general", &ana).await.body;
    assert!(page.contains("word-69.") && page.contains("word-10.") && !page.contains("word-9."));
    let earlier = site.get("/channels/general?before=11", &ana).await.body;
    assert!(
        earlier.contains("word-9.")
            && earlier.contains("word-0.")
            && earlier.contains("Newest messages")
    );
}

/// Reads a live stream until `wanted` came, or fails after five seconds.
async fn follow(wire: &mut TcpStream, wanted: &str) -> String {
    let mut bytes = Vec::new();
    let reading = async {
        let mut chunk = vec![0; 64 * 1024];
        let mut looked = 0;
        while !bytes[looked..].windows(wanted.len()).any(|seen| seen == wanted.as_bytes()) {
            looked = bytes.len().saturating_sub(wanted.len());
            let read = wire.read(&mut chunk).await.unwrap();
            assert!(read > 0, "the stream ended without {wanted}");
            bytes.extend_from_slice(&chunk[..read]);
        }
    };
    tokio::time::timeout(Duration::from_secs(5), reading).await.expect("nothing came");
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn watch(site: &Site, cookie: &str, query: &str) -> TcpStream {
    let mut wire = TcpStream::connect(site.at).await.unwrap();
    let request = format!(
        "GET /live?{query} HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n",
        site.at
    );
    wire.write_all(request.as_bytes()).await.unwrap();
    wire
}

#[tokio::test]
async fn what_happens_is_seen_at_once_by_whom_it_is_for() {
    let site = Site::open().await;
    let (ana, ben) = (site.sign_in("ana").await, site.sign_in("ben").await);
    let mut anas = watch(&site, &ana, "channel=general&thread=&after=0").await;
    let mut bens = watch(&site, &ben, "channel=general&thread=&after=0").await;
    follow(&mut anas, "event: nav").await;
    follow(&mut bens, "event: nav").await;
    let to =
        Private { to: &actor("ana"), near: &place("general", None), answer: &Answer::default() };
    site.client.whisper(&to, &Card::sentence("Secret word")).await.unwrap();
    site.client.open(&to, &sample::form("Size")).await.unwrap();
    site.client.post("k", &place("general", None), &Card::sentence("Open word")).await.unwrap();
    let seen = follow(&mut anas, "Open word").await;
    assert!(seen.contains("Secret word") && seen.contains("event: message"));
    let seen = follow(&mut bens, "Open word").await;
    assert!(!seen.contains("Secret word") && !seen.contains("<dialog"));
}

#[tokio::test]
async fn a_stream_catches_up_from_its_cursor_and_ends_with_the_server() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let to = place("general", None);
    site.client.post("k1", &to, &Card::sentence("First")).await.unwrap();
    site.client.post("k2", &to, &Card::sentence("Second")).await.unwrap();
    let mut wire = watch(&site, &ana, "channel=general&after=1").await;
    let seen = follow(&mut wire, "event: nav").await;
    assert!(seen.contains("Second") && !seen.contains("<p class=\"text\"><bdi>First"));
    site.bell.close();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(5), wire.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the stream stayed open");
}

#[tokio::test]
async fn a_long_absence_is_caught_up_whole() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    for number in 0..450 {
        let key = format!("k{number}");
        let card = Card::sentence(format!("word-{number}."));
        site.client.post(&key, &place("general", None), &card).await.unwrap();
    }
    let mut wire = watch(&site, &ana, "channel=general&after=0").await;
    let seen = follow(&mut wire, "<bdi>word-449.").await;
    assert!((0..450).all(|number| seen.contains(&format!("<bdi>word-{number}.</bdi>"))));
}

#[tokio::test]
async fn a_write_of_another_process_is_seen_without_a_ring() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let mut wire = watch(&site, &ana, "channel=general&after=0").await;
    follow(&mut wire, "event: nav").await;
    let deaf = Client { bell: Bell::new(), ..site.client.clone() };
    deaf.post("k1", &place("general", None), &Card::sentence("From afar")).await.unwrap();
    follow(&mut wire, "From afar").await;
}

/// Words that would do harm if they were markup, turned text around, or did not end.
fn hostile() -> Vec<String> {
    vec![
        "<script>alert(1)</script>".to_owned(),
        "\"><img src=x onerror=alert(1)>".to_owned(),
        "' autofocus onfocus='alert(1)".to_owned(),
        "</textarea></dialog><form action=//evil.example>".to_owned(),
        "safe\u{202E}gnp.exe\u{2066}x\u{E0041}\u{200B}".to_owned(),
        "{{ 7*7 }} {% raw %} &lt;b&gt; &amp;".to_owned(),
        "a\r\nevent: message\r\ndata: <b>forged</b>\r\n\r\n".to_owned(),
        "\u{0}\u{7}\u{1b}[31m".to_owned(),
        "<&\"'>".repeat(2_000),
    ]
}

#[tokio::test]
async fn hostile_words_stay_words_in_every_part_of_every_page() {
    for word in hostile() {
        let site = Site::open().await;
        let ana = site.sign_in("ana").await;
        let root = site
            .client
            .post("k1", &place("general", None), &sample::everything(&word))
            .await
            .unwrap();
        site.client
            .post("k2", &place("general", Some(&root.message)), &sample::everything(&word))
            .await
            .unwrap();
        let to = Private {
            to: &actor("ana"),
            near: &place("general", None),
            answer: &Answer::default(),
        };
        site.client.open(&to, &sample::form(&word)).await.unwrap();
        let key = ("key", "key-00000001");
        let said: String = word.chars().take(7_000).collect();
        site.post("/channels/leadership", &ana, &[("text", &format!("say: {said}")), key]).await;
        let mut wire = watch(&site, &ana, "channel=general&after=0").await;
        let live = follow(&mut wire, "event: nav").await;
        let thread = format!("/channels/general/threads/{}", root.message);
        let mut pages = vec![live];
        for path in ["/channels/general", "/channels/leadership", &thread, "/imports"] {
            pages.push(site.get(path, &ana).await.body);
        }
        for page in pages {
            for bad in [
                "<script>",
                "<img",
                "onfocus='",
                "<form action=//",
                "evil.example/",
                "\u{202E}",
                "\u{E0041}",
                "\u{200B}",
                "<b>forged",
                "\u{1b}",
            ] {
                assert!(!page.contains(bad), "{bad} came through for {word:.40}");
            }
            assert!(!page.contains("\nevent: message\ndata: <b>"), "a forged event");
        }
    }
}

#[test]
fn templates_leave_escaping_on() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/console");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "html") {
            let text = std::fs::read_to_string(&path).unwrap();
            for bad in [
                "|safe",
                "| safe",
                "|escape(",
                "{% filter",
                " style=",
                " onclick",
                "http://",
                "https://",
            ] {
                assert!(!text.contains(bad), "{bad} in {}", path.display());
            }
            seen += 1;
        }
    }
    assert!(seen >= 12);
}

#[tokio::test]
async fn pasted_text_comes_back_only_when_it_was_refused() {
    let site = Site::open().await;
    let ana = site.sign_in("ana").await;
    let refused = site.post("/imports/deals", &ana, &[("csv", "bad <row>\n")]).await.body;
    assert!(refused.contains("card result refused") && refused.contains("bad &#60;row&#62;"));
    let taken = site.post("/imports/deals", &ana, &[("csv", "good row\n")]).await.body;
    assert!(!taken.contains("card result refused") && !taken.contains("good row"));
}

#[tokio::test]
async fn the_ways_to_begin_are_offered_to_who_may_take_them() {
    let site = Site::open().await;
    site.memory.rows().empty = true;
    for (person, offered) in [("ana", true), ("vic", false)] {
        let cookie = site.sign_in(person).await;
        let page = site.get("/channels/general", &cookie).await.body;
        assert!(page.contains("Welcome to Attaché"), "{person}");
        assert_eq!(page.contains("Load the sample company</button>"), offered, "{person}");
        assert_eq!(page.contains("Set up my company</button>"), offered, "{person}");
    }
}
