//! What the Slack messenger says, against the stand-in: each way a call can end, and what is done
//! about it.

use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use attache::clock::Clock;
use attache::config::{Secret, SlackSettings};
use attache::conversation::card::{Card, Text};
use attache::conversation::form::{FieldKind, Form, FormField};
use attache::conversation::inbound::{Actor, Answer, Place, PlaceKind, Platform, Standing};
use attache::conversation::outgoing::MessageRef;
use attache::handlers::messenger::{
    Attachment, Messenger, Notes, Private, SendError, Sending, Sought, Trace,
};
use attache::ids::ReportId;
use attache::platforms::slack::client::SlackMessenger;
use futures_util::FutureExt;
use serde_json::json;

use super::slack_api::{BOT, Failure, SlackApi, TEAM, TOKEN};

const CHANNEL: &str = "C0STRATEGY";
const ANA: &str = "U0ANA";
static REPORT: LazyLock<ReportId> = LazyLock::new(|| ReportId::from_stored("report-1"));
const PUBLIC: &str = "https://attache.northwind.example";

fn messenger_at(api_url: &str, clock: Clock) -> SlackMessenger {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = SlackSettings {
        signing_secret: Secret::new("not-a-secret-but-long-enough"),
        bot_token: Secret::new(TOKEN),
        api_url: api_url.to_owned(),
    };
    let http = reqwest::Client::builder().build().unwrap();
    SlackMessenger::new(&settings, PUBLIC, http, clock).unwrap()
}

async fn started() -> (SlackApi, SlackMessenger) {
    let api = SlackApi::start().await;
    let messenger = messenger_at(&api.base_url(), Clock::system());
    (api, messenger)
}

fn channel() -> Place {
    Place {
        platform: Platform::Slack,
        team: TEAM.to_owned(),
        channel: CHANNEL.to_owned(),
        thread: None,
        kind: PlaceKind::Channel,
        shared: false,
    }
}

fn ana() -> Actor {
    Actor {
        platform: Platform::Slack,
        team: TEAM.to_owned(),
        user: ANA.to_owned(),
        name: None,
        standing: Standing::Full,
    }
}

fn card() -> Card {
    Card::new("Your profile <is> ready").heading("Ideal customer profile").text("Mid-market firms.")
}

fn form() -> Form {
    let request = FormField {
        name: "request".to_owned(),
        label: "What should change?".to_owned(),
        hint: None,
        kind: FieldKind::Paragraph,
        value: String::new(),
        required: true,
        longest: 500,
    };
    Form {
        token: "refine:1".to_owned(),
        title: "Refine".to_owned(),
        submit: "Send".to_owned(),
        intro: None,
        fields: vec![request],
    }
}

fn trace<'a>(key: &'a str, to: &'a Place, note: Option<&'a str>) -> Trace<'a> {
    Trace { key, to, since: Clock::system().now_ms(), note }
}

/// Keeps notes as an outbox row would, or fails to.
#[derive(Default)]
struct Row {
    kept: Mutex<Vec<String>>,
    full: bool,
}

impl Notes for Row {
    fn keep<'a>(&'a self, note: &'a str) -> Sending<'a, ()> {
        if self.full {
            return std::future::ready(Err(SendError::NotSent("disk full".to_owned()))).boxed();
        }
        self.kept.lock().unwrap().push(note.to_owned());
        std::future::ready(Ok(())).boxed()
    }
}

fn deck<'a>(to: &'a Place, comment: &'a Text, earlier: Option<&'a str>) -> Attachment<'a> {
    Attachment {
        key: "deck:1",
        report: &REPORT,
        to,
        file_name: "quarterly.pptx",
        title: "Quarterly review",
        comment,
        bytes: b"PK deck",
        earlier,
    }
}

#[tokio::test]
async fn a_post_carries_its_key_and_unfurls_nothing() {
    let (api, slack) = started().await;
    let root = slack.post("key:1", &channel(), &card()).await.unwrap();
    let thread = channel().in_thread(&root.message);
    let reply = slack.post("key:2", &thread, &card()).await.unwrap();
    let messages = api.messages(CHANNEL);
    assert_eq!(messages[0].ts, root.message);
    assert_eq!(messages[0].text, "Your profile &lt;is&gt; ready");
    assert_eq!(messages[0].blocks[0]["type"], "header");
    let metadata = json!({ "event_type": "attache", "event_payload": { "key": "key:1" } });
    assert_eq!(messages[0].metadata, metadata);
    assert_eq!(messages[1].thread.as_deref(), Some(root.message.as_str()));
    assert_eq!(reply.thread_root(), root.message);
    assert_eq!(api.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn what_slack_finds_too_long_is_sent_shorter_and_says_so() {
    let (api, slack) = started().await;
    let long = Card::new("A long card").text("word ".repeat(2_000).as_str());
    for method in ["chat.postMessage", "chat.update"] {
        for word in ["msg_too_long", "msg_blocks_too_long"] {
            api.fail_next(method, Failure::Refused(word));
        }
    }
    let message = slack.post("key:1", &channel(), &long).await.unwrap();
    let shown = api.messages(CHANNEL)[0].blocks.to_string();
    assert!(shown.len() < 3_000 && shown.contains('…'), "{shown}");
    slack.update(&message, &long).await.unwrap();
    assert_eq!(api.calls("chat.update").len(), 3);
    for _ in 0..3 {
        api.fail_next("chat.postMessage", Failure::Refused("msg_too_long"));
    }
    let refused = slack.post("key:2", &channel(), &long).await;
    assert_eq!(refused, Err(SendError::Refused("msg_too_long".to_owned())));
    assert_eq!(api.messages(CHANNEL).len(), 1);
}

#[tokio::test]
async fn an_update_replaces_what_stood_there() {
    let (api, slack) = started().await;
    let message = slack.post("key:1", &channel(), &card()).await.unwrap();
    slack.update(&message, &Card::sentence("Accepted by Ana.")).await.unwrap();
    let now = &api.messages(CHANNEL)[0];
    assert!(now.edited && now.text == "Accepted by Ana.");
    let gone = MessageRef { message: "1.000001".to_owned(), ..message };
    let refused = slack.update(&gone, &card()).await;
    assert_eq!(refused, Err(SendError::Refused("message_not_found".to_owned())));
    assert_eq!(api.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn every_way_a_post_can_fail_is_told_apart() {
    let (api, slack) = started().await;
    let cases = [
        (Failure::TooMany(7), SendError::Later(Duration::from_secs(7))),
        (Failure::Refused("ratelimited"), SendError::Later(Duration::from_secs(30))),
        (Failure::Refused("not_in_channel"), SendError::Refused("not_in_channel".to_owned())),
        (Failure::Refused("invalid_auth"), SendError::Refused("invalid_auth".to_owned())),
        (Failure::Refused("internal_error"), SendError::Unknown("internal_error".to_owned())),
        (Failure::Status(500), SendError::Unknown("http 500".to_owned())),
        (Failure::Status(503), SendError::Unknown("http 503".to_owned())),
        (Failure::Status(404), SendError::Refused("http_404".to_owned())),
        (Failure::Status(302), SendError::Refused("http_302".to_owned())),
    ];
    for (failure, expected) in cases {
        api.fail_next("chat.postMessage", failure.clone());
        let outcome = slack.post("key:1", &channel(), &card()).await;
        assert_eq!(outcome, Err(expected), "{failure:?}");
    }
    for failure in [Failure::Drop, Failure::LostReply] {
        api.fail_next("chat.postMessage", failure);
        let outcome = slack.post("key:1", &channel(), &card()).await;
        assert!(matches!(outcome, Err(SendError::Unknown(_))), "{outcome:?}");
    }
    assert_eq!(api.calls("chat.postMessage").len(), 11, "nothing is tried twice");
    assert_eq!(api.messages(CHANNEL).len(), 1, "only the lost reply was done");
}

#[tokio::test]
async fn a_slack_that_cannot_be_reached_was_not_told_anything() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("http://{}/api", listener.local_addr().unwrap());
    drop(listener);
    let slack = messenger_at(&closed, Clock::system());
    let outcome = slack.post("key:1", &channel(), &card()).await;
    assert!(matches!(outcome, Err(SendError::NotSent(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_lost_post_is_found_by_its_key_and_nothing_else_is() {
    let (api, slack) = started().await;
    api.fail_next("chat.postMessage", Failure::LostReply);
    slack.post("key:1", &channel(), &card()).await.unwrap_err();
    let place = channel();
    let found = slack.find(&trace("key:1", &place, None)).await.unwrap().unwrap();
    assert_eq!(found.message, api.messages(CHANNEL)[0].ts);
    assert_eq!(slack.find(&trace("key:2", &place, None)).await, Ok(None));

    let thread = place.in_thread(&found.message);
    api.fail_next("chat.postMessage", Failure::LostReply);
    slack.post("key:2", &thread, &card()).await.unwrap_err();
    let reply = slack.find(&trace("key:2", &thread, None)).await.unwrap().unwrap();
    assert_eq!(reply.message, api.messages(CHANNEL)[1].ts);
    assert_eq!(slack.find(&trace("key:2", &place, None)).await, Ok(None));
}

#[tokio::test]
async fn a_lost_post_is_found_behind_many_others() {
    let (api, slack) = started().await;
    api.fail_next("chat.postMessage", Failure::LostReply);
    slack.post("key:1", &channel(), &card()).await.unwrap_err();
    for at in 0..450 {
        api.say(CHANNEL, "U0BEN", None, &format!("chatter {at}"));
    }
    let found = slack.find(&trace("key:1", &channel(), None)).await.unwrap();
    assert!(found.is_some());
    assert_eq!(api.calls("conversations.history").len(), 3);
}

#[tokio::test]
async fn looking_reaches_back_by_real_time_whatever_the_business_clock_says() {
    let api = SlackApi::start().await;
    let clock = Clock::starting_at("2031-01-05T09:00:00Z".parse().unwrap());
    let slack = messenger_at(&api.base_url(), clock.clone());
    let since = clock.now_ms();
    api.fail_next("chat.postMessage", Failure::LostReply);
    slack.post("key:1", &channel(), &card()).await.unwrap_err();
    let place = channel();
    let trace = Trace { key: "key:1", to: &place, since, note: None };
    assert!(slack.find(&trace).await.unwrap().is_some());
}

#[tokio::test]
async fn where_history_cannot_be_read_it_says_so() {
    let (api, slack) = started().await;
    for word in ["missing_scope", "not_in_channel", "channel_not_found"] {
        api.fail_next("conversations.history", Failure::Refused(word));
        let outcome = slack.find(&trace("key:1", &channel(), None)).await;
        assert_eq!(outcome, Err(SendError::CannotLook(word.to_owned())));
    }
    api.fail_next("conversations.history", Failure::Drop);
    let outcome = slack.find(&trace("key:1", &channel(), None)).await;
    assert!(matches!(outcome, Err(SendError::Failed(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_whisper_goes_through_the_response_address_while_it_lives() {
    let (api, slack) = started().await;
    let (who, near) = (ana(), channel().in_thread("1.000001"));
    let answer = Answer { url: Some(api.response_url(ANA)), trigger: None };
    let private = Private { to: &who, near: &near, answer: &answer };
    for _ in 0..6 {
        slack.whisper(&private, &card()).await.unwrap();
    }
    let whispers = api.whispers(ANA);
    assert!(whispers[..5].iter().all(|whisper| whisper.channel.is_none()));
    assert_eq!(whispers[0].thread.as_deref(), Some("1.000001"));
    assert_eq!(whispers[5].channel.as_deref(), Some(CHANNEL), "the sixth is sent near the place");
    assert_eq!(api.messages(CHANNEL), []);
    assert_eq!(api.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_whisper_to_somebody_who_left_the_channel_goes_to_their_direct_chat() {
    let (api, slack) = started().await;
    let (who, near, answer) = (ana(), channel(), Answer::default());
    api.fail_next("chat.postEphemeral", Failure::Refused("user_not_in_channel"));
    slack.whisper(&Private { to: &who, near: &near, answer: &answer }, &card()).await.unwrap();
    assert_eq!(api.messages("D0ANA").len(), 1);
    assert_eq!(api.whispers(ANA), []);
}

#[tokio::test]
async fn a_whisper_never_follows_a_foreign_response_address() {
    let (api, slack) = started().await;
    let (who, near) = (ana(), channel());
    let answer = Answer { url: Some("http://169.254.169.254/latest".to_owned()), trigger: None };
    slack.whisper(&Private { to: &who, near: &near, answer: &answer }, &card()).await.unwrap();
    assert_eq!(api.whispers(ANA).len(), 1);
}

#[tokio::test]
async fn a_form_opens_once_per_trigger() {
    let (api, slack) = started().await;
    let form = form();
    let (who, near) = (ana(), channel());
    let answer = Answer { url: None, trigger: Some(api.trigger(ANA)) };
    let private = Private { to: &who, near: &near, answer: &answer };
    slack.open(&private, &form).await.unwrap();
    assert_eq!(api.views(ANA)[0]["private_metadata"], "refine:1");
    assert_eq!(slack.open(&private, &form).await, Err(SendError::Expired));
    let none = Answer::default();
    let private = Private { to: &who, near: &near, answer: &none };
    assert_eq!(slack.open(&private, &form).await, Err(SendError::Expired));
}

#[tokio::test]
async fn a_form_that_slack_is_slow_to_open_is_given_up_when_its_trigger_is_dead() {
    let (api, slack) = started().await;
    api.fail_next("views.open", Failure::Delay(Duration::from_mins(1)));
    let form = form();
    let (who, near) = (ana(), channel());
    let answer = Answer { url: None, trigger: Some(api.trigger(ANA)) };
    let private = Private { to: &who, near: &near, answer: &answer };
    let began = std::time::Instant::now();
    let outcome = slack.open(&private, &form).await;
    assert!(matches!(outcome, Err(SendError::Unknown(_))), "{outcome:?}");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_deck_lands_in_its_thread_and_its_message_is_found() {
    let (api, slack) = started().await;
    api.share_slowly(2);
    let (thread, comment, row) =
        (channel().in_thread("1.000001"), Text::plain("The deck"), Row::default());
    let message = slack.attach(&deck(&thread, &comment, None), &row).await.unwrap();
    let files = api.files();
    assert_eq!(files.len(), 1);
    assert_eq!(
        (files[0].name.as_str(), files[0].bytes.as_slice()),
        ("quarterly.pptx", &b"PK deck"[..])
    );
    assert_eq!(
        (files[0].title.as_str(), files[0].thread.as_deref()),
        ("Quarterly review", Some("1.000001"))
    );
    assert_eq!(files[0].comment[0]["type"], "rich_text");
    assert_eq!(message.message, files[0].ts);
    assert_eq!(*row.kept.lock().unwrap(), [files[0].id.clone()]);
    assert_eq!(api.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_deck_that_slack_is_slow_to_share_counts_as_placed() {
    let (api, slack) = started().await;
    api.share_slowly(100);
    let (place, comment, row) = (channel(), Text::default(), Row::default());
    let message = slack.attach(&deck(&place, &comment, None), &row).await.unwrap();
    assert_eq!(message.message, api.files()[0].id);
}

#[tokio::test]
async fn no_deck_is_uploaded_before_its_id_is_kept() {
    let (api, slack) = started().await;
    let row = Row { full: true, ..Row::default() };
    let (place, comment) = (channel(), Text::plain("The deck"));
    let outcome = slack.attach(&deck(&place, &comment, None), &row).await;
    assert!(matches!(outcome, Err(SendError::NotSent(_))), "{outcome:?}");
    assert_eq!((api.files().len(), api.calls("files.completeUploadExternal").len()), (0, 0));
}

#[tokio::test]
async fn a_deck_whose_completion_was_lost_is_found_and_not_posted_again() {
    let (api, slack) = started().await;
    let (place, comment, row) = (channel(), Text::plain("The deck"), Row::default());
    api.fail_next("files.completeUploadExternal", Failure::LostReply);
    let lost = slack.attach(&deck(&place, &comment, None), &row).await;
    assert!(matches!(lost, Err(SendError::Unknown(_))), "{lost:?}");
    let note = row.kept.lock().unwrap()[0].clone();

    let found = slack.find(&trace("deck:1", &place, Some(&note))).await.unwrap().unwrap();
    assert_eq!(found.message, api.files()[0].ts);
    let again = slack.attach(&deck(&place, &comment, Some(&note)), &row).await.unwrap();
    assert_eq!((again, api.files().len()), (found, 1));
}

#[tokio::test]
async fn a_deck_that_was_never_completed_is_surely_not_there_and_is_sent_again() {
    let (api, slack) = started().await;
    let (place, comment, row) = (channel(), Text::plain("The deck"), Row::default());
    api.fail_next("files.completeUploadExternal", Failure::Drop);
    slack.attach(&deck(&place, &comment, None), &row).await.unwrap_err();
    let note = row.kept.lock().unwrap()[0].clone();
    assert_eq!(slack.find(&trace("deck:1", &place, Some(&note))).await, Ok(None));
    slack.attach(&deck(&place, &comment, Some(&note)), &row).await.unwrap();
    assert_eq!(api.files().len(), 1);
}

#[tokio::test]
async fn the_token_says_who_we_are_and_slack_says_who_others_are() {
    let (api, slack) = started().await;
    let identity = slack.identity().await.unwrap();
    assert_eq!((identity.team.as_str(), identity.user.as_str()), (TEAM, BOT));
    slack.identity().await.unwrap();
    assert_eq!(api.calls("auth.test").len(), 1);
    api.set_user("U0GUS", json!({ "id": "U0GUS", "is_restricted": true }));
    api.set_user("U0EVE", json!({ "id": "U0EVE", "is_stranger": true }));
    api.set_user("U0ROB", json!({ "id": "U0ROB", "is_bot": true }));
    api.set_user("U0PAT", json!({ "id": "U0PAT", "team_id": "T0PARTNER" }));
    for (user, standing) in [
        (ANA, Standing::Full),
        ("U0GUS", Standing::Guest),
        ("U0EVE", Standing::External),
        ("U0ROB", Standing::Bot),
        ("U0PAT", Standing::External),
    ] {
        let who = Actor { user: user.to_owned(), ..ana() };
        assert_eq!(slack.about(&who).await.unwrap().standing, standing, "{user}");
    }
}

#[tokio::test]
async fn a_channel_is_found_by_its_id_and_by_its_name_among_our_own() {
    let (api, slack) = started().await;
    for (id, name, member) in
        [("C1", "alpha", true), ("C2", "beta", true), ("C3", "gamma", false), ("C4", "zeta", true)]
    {
        api.set_channel(id, json!({ "id": id, "name": name, "is_member": member }));
    }
    api.set_channel(
        "C5",
        json!({ "id": "C5", "name": "joint", "is_member": true, "is_ext_shared": true }),
    );
    api.hide_channel("C6");
    let found = async |sought| slack.channel(sought).await.unwrap();
    let by_id = found(Sought::Id("C0LEADERS")).await.unwrap();
    assert_eq!((by_id.name.as_str(), by_id.member, by_id.shared), ("leadership", true, false));
    let by_name = found(Sought::Name("#Zeta")).await.unwrap();
    assert_eq!((by_name.id.as_str(), by_name.member), ("C4", true), "on the second page");
    assert_eq!(found(Sought::Id("#zeta")).await.unwrap().id, "C4", "an id that is none is a name");
    assert!(!found(Sought::Id("C3")).await.unwrap().member);
    assert_eq!(found(Sought::Name("gamma")).await, None, "names are those of our own channels");
    assert_eq!(found(Sought::Id("C6")).await, None);
    assert_eq!(found(Sought::Name("nosuchchannel")).await, None);
    assert!(found(Sought::Id("C5")).await.unwrap().shared);
    api.fail_next("conversations.info", Failure::Refused("missing_scope"));
    let unasked = slack.channel(Sought::Id("C1")).await;
    assert_eq!(unasked, Err(SendError::Refused("missing_scope".to_owned())));
    api.fail_next("users.conversations", Failure::Status(500));
    let unasked = slack.channel(Sought::Name("alpha")).await;
    assert!(matches!(unasked, Err(SendError::Failed(_))), "asking again is safe: {unasked:?}");
}

#[test]
fn the_token_never_shows_in_what_is_printed() {
    let slack = messenger_at("http://127.0.0.1:9/api", Clock::system());
    assert!(!format!("{slack:?}").contains(TOKEN));
}

#[tokio::test]
async fn nothing_is_posted_to_a_person_who_was_typed_like_a_channel() {
    let (api, slack) = started().await;
    for typed in ["U02BEN", "W02BEN", "D02BEN", "@ben"] {
        let place = Place { channel: typed.to_owned(), ..channel() };
        let refused = slack.post("typed", &place, &Card::sentence("The report")).await;
        assert_eq!(refused, Err(SendError::Refused("channel_not_found".to_owned())), "{typed}");
    }
    assert!(api.calls("chat.postMessage").is_empty());
}
