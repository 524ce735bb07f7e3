//! The gate that Slack comes through: signatures, copies, sizes, and bodies that nobody should send.

use std::time::Duration;

use attache::jobs::Role;
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream;
use serde_json::{Value, json};

use super::bot::slack_face::{Answer, SIGNING_SECRET, SlackFace, form, now, recorded, signature};
use super::bot::stage::told;
use super::bot::{Bot, Face, on_slack, tell};

const FORM: &str = "application/x-www-form-urlencoded";
const ASKED: &str = "edit icp narrow the company size to 50–500 employees";

fn signed(body: &[u8], stamp: i64) -> [(&'static str, String); 3] {
    [
        ("x-slack-request-timestamp", stamp.to_string()),
        ("x-slack-signature", signature(SIGNING_SECRET, stamp, body)),
        ("content-type", FORM.to_owned()),
    ]
}

fn body(bot: &Bot) -> Vec<u8> {
    form(&bot.slack.command_of("ana", bot.channel(), ASKED)).into_bytes()
}

async fn heard(bot: &Bot) -> i64 {
    const HEARD: &str = "SELECT COUNT(*) FROM inbox";
    bot.stage.number(HEARD, HEARD).await
}

#[test]
fn what_slack_did_not_sign_now_and_once_is_refused() {
    on_slack(async |bot| {
        bot.with_sample().await;
        let before = heard(bot).await;
        let body = body(bot);
        let good = signed(&body, now());
        let with = |at: usize, value: &str| {
            let mut headers = good.to_vec();
            headers[at].1 = value.to_owned();
            headers
        };
        let mut twice = good.to_vec();
        twice.push(("x-slack-signature", "v0=00".to_owned()));
        let mut two_stamps = good.to_vec();
        two_stamps.push(("x-slack-request-timestamp", "1".to_owned()));
        let other = signed(b"token=x", now())[1].1.clone();
        let wrong_key = signature("another-signing-secret", now(), &body);
        for headers in [
            with(1, &other),
            with(1, &wrong_key),
            with(1, &good[1].1.to_uppercase()),
            with(1, ""),
            with(1, &good[1].1.replace("v0", "v1")),
            with(0, "soon"),
            with(0, &(now() - 1).to_string()),
            signed(&body, now() - 301).to_vec(),
            signed(&body, now() + 302).to_vec(),
            twice,
            two_stamps,
            good[2..].to_vec(),
        ] {
            let answer = bot.slack.send("/slack/commands", &headers, body.clone()).await;
            assert_eq!(answer.status, 401, "{headers:?}: {answer:?}");
            assert!(answer.body.contains("reference"), "{answer:?}");
        }
        let mut longer = body.clone();
        longer.push(b'x');
        let answer = bot.slack.send("/slack/commands", &good, longer).await;
        assert_eq!(answer.status, 401);
        assert_eq!(heard(bot).await, before);

        let large = vec![b'x'; 1024 * 1024 + 1];
        let headers = signed(&large, now());
        assert_eq!(bot.slack.send("/slack/commands", &headers, large).await.status, 413);
        assert_eq!(bot.slack.send("/slack/commands", &good, body).await.status, 200);
    });
}

#[test]
fn sixteen_copies_at_once_have_one_effect() {
    on_slack(async |bot| {
        bot.with_sample().await;
        let before = heard(bot).await;
        let body = body(bot);
        let headers = signed(&body, now());
        let copies = (0..16).map(|_| bot.slack.send("/slack/commands", &headers, body.clone()));
        for answer in join_all(copies).await {
            assert_eq!(answer, Answer { status: 200, body: String::new() });
        }
        bot.stage.settle().await;
        assert_eq!(heard(bot).await, before + 1);
        let posts = bot.posts(bot.channel()).await;
        assert_eq!(posts.len(), 1);
        assert_eq!(bot.replies(&posts[0].thread()).await.len(), 1);

        let card = bot.card(&posts[0].thread()).await;
        let press = bot.slack.press_of("ana", &card, &card.button("Accept").value);
        let body = form(&json!({ "payload": press.to_string() })).into_bytes();
        let headers = signed(&body, now());
        let copies = (0..16).map(|_| bot.slack.send("/slack/interactions", &headers, body.clone()));
        assert!(join_all(copies).await.iter().all(|answer| answer.status == 200));
        bot.stage.settle().await;
        assert_eq!(bot.revision("icp").await, 2);
        let told = bot.whispers("ana").await;
        assert!(
            !told.iter().any(|told| told.words.contains("accepted this")),
            "nobody pressed twice"
        );
    });
}

#[test]
fn a_delivery_that_is_repeated_is_heard_once() {
    on_slack(async |bot| {
        bot.with_sample().await;
        let thread = bot.edit("ana", "icp", "").await;
        let event = bot.slack.message_of(
            "ana",
            bot.channel(),
            Some(&thread.root),
            "add Retail to industries",
        );
        for _ in 0..3 {
            assert_eq!(bot.slack.event(&event).await.status, 200);
            bot.stage.settle().await;
        }
        assert_eq!(bot.replies(&thread).await.len(), 1);
    });
}

#[test]
fn a_mention_that_comes_twice_is_answered_once() {
    on_slack(async |bot| {
        bot.with_sample().await;
        let before = bot.whispers("ana").await.len();
        let said = bot.slack.message_of("ana", bot.channel(), None, "<@U0ATTACHE> icp");
        for name in ["mention_as_message", "mention_as_mention"] {
            let mut event = recorded("messages", name);
            event["event_id"] = json!(format!("Ev-{name}"));
            for key in ["user", "text", "channel", "ts", "event_ts"] {
                event["event"][key] = said["event"][key].clone();
            }
            assert_eq!(bot.slack.event(&event).await.status, 200);
        }
        bot.stage.settle().await;
        let told = bot.whispers("ana").await;
        assert_eq!(told.len(), before + 1);
        told[before].says("Confidence:");
    });
}

/// How many odd requests are sent: the long run has a command of its own.
fn sample() -> u64 {
    told("ATTACHE_TEST_HTTP_SAMPLE").map_or(10_000, |text| text.parse().expect("a number"))
}

const SEED: u64 = 0x5eed_0a77_ac4e_0001;
/// Below the bound at which the server says that it is busy.
const AT_ONCE: usize = 16;

/// A small generator of numbers: the same seed gives the same requests everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % below.max(1)
    }
}

/// A request as Slack sends it: its path, its type, its body.
#[derive(Clone)]
struct Request {
    path: &'static str,
    kind: &'static str,
    body: Vec<u8>,
}

/// Every recorded request.
fn recordings() -> Vec<(&'static str, Value)> {
    let mut all = Vec::new();
    for topic in ["commands", "messages", "forms", "clicks", "lifecycle"] {
        let path = format!("{}/tests/fixtures/slack/{topic}.json", env!("CARGO_MANIFEST_DIR"));
        let topics: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        all.extend(topics.as_object().unwrap().values().map(|value| (topic, value.clone())));
    }
    all
}

fn written(topic: &str, value: &Value) -> Request {
    match topic {
        "commands" => {
            let texts = value.as_object().unwrap().iter().map(|(name, value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (name.clone(), Value::String(text))
            });
            let body = form(&Value::Object(texts.collect())).into_bytes();
            Request { path: "/slack/commands", kind: FORM, body }
        }
        "forms" | "clicks" => {
            let body = form(&json!({ "payload": value.to_string() })).into_bytes();
            Request { path: "/slack/interactions", kind: FORM, body }
        }
        _ => {
            let body = value.to_string().into_bytes();
            Request { path: "/slack/events", kind: "application/json", body }
        }
    }
}

/// Replaces, removes or bends one value somewhere inside.
fn bend(value: &mut Value, dice: &mut Dice) {
    let odd = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!([]),
        json!({}),
        json!("\u{0}\u{202e}\u{feff}"),
        json!("x".repeat(5_000)),
        json!([[[[[[[[[[[[[[[[{}]]]]]]]]]]]]]]]]),
    ];
    let replacement = odd[dice.roll(odd.len())].clone();
    match value {
        Value::Object(fields) if !fields.is_empty() && dice.roll(8) > 0 => {
            let name = fields.keys().nth(dice.roll(fields.len())).cloned().unwrap();
            if dice.roll(6) == 0 {
                fields.remove(&name);
            } else {
                bend(&mut fields[&name], dice);
            }
        }
        Value::Array(items) if !items.is_empty() && dice.roll(8) > 0 => {
            let at = dice.roll(items.len());
            bend(&mut items[at], dice);
        }
        other => *other = replacement,
    }
}

/// A body that Slack would not send, made from one that it did.
fn malformed(recorded: &[(&'static str, Value)], dice: &mut Dice) -> Request {
    let (topic, value) = &recorded[dice.roll(recorded.len())];
    let mut value = value.clone();
    for _ in 0..=dice.roll(3) {
        if value.is_object() {
            bend(&mut value, dice);
        }
    }
    let whole =
        if value.is_object() { written(topic, &value) } else { written("lifecycle", &value) };
    let Request { path, kind, mut body } = whole;
    match dice.roll(5) {
        0 => body.truncate(dice.roll(body.len())),
        1 => {
            for _ in 0..=dice.roll(8) {
                let (at, byte) = (dice.roll(body.len()), dice.roll(256));
                if let Some(place) = body.get_mut(at) {
                    *place = u8::try_from(byte).unwrap_or(0);
                }
            }
        }
        2 => {
            let at = dice.roll(body.len());
            let piece = body[at..].to_vec();
            body.extend(piece);
        }
        _ => {}
    }
    let paths = ["/slack/commands", "/slack/interactions", "/slack/events"];
    let path = if dice.roll(10) == 0 { paths[dice.roll(3)] } else { path };
    Request { path, kind, body }
}

/// Sends each with headers made from its body; the statuses with their counts.
async fn send_all(
    slack: &SlackFace,
    requests: impl Iterator<Item = (Request, Vec<(&'static str, String)>)>,
) -> std::collections::BTreeMap<u16, u64> {
    let sends = requests.map(|(request, headers)| async move {
        slack.send(request.path, &headers, request.body).await.status
    });
    let mut statuses = stream::iter(sends).buffer_unordered(AT_ONCE);
    let mut counts = std::collections::BTreeMap::new();
    while let Some(status) = statuses.next().await {
        *counts.entry(status).or_insert(0) += 1;
    }
    counts
}

#[test]
fn of_many_requests_with_a_false_signature_none_is_accepted() {
    tell(&[Face::Slack], &[], async |bot| {
        let recorded = recordings();
        let mut dice = Dice(SEED);
        let requests = (0..sample()).map(|_| {
            let (topic, value) = &recorded[dice.roll(recorded.len())];
            let request = written(topic, value);
            let mut headers = signed(&request.body, now()).to_vec();
            headers[2].1 = request.kind.to_owned();
            let mut forged = request.clone();
            match dice.roll(4) {
                0 => {
                    let at = dice.roll(forged.body.len());
                    forged.body[at] ^= 1 << dice.roll(8);
                }
                1 => {
                    headers[0].1 = (now() + 1 + i64::try_from(dice.roll(250)).unwrap()).to_string();
                }
                2 => forged.body.push(b' '),
                _ => {
                    let mut digits = headers[1].1.clone().into_bytes();
                    let at = 3 + dice.roll(64);
                    digits[at] = if digits[at] == b'0' { b'1' } else { b'0' };
                    headers[1].1 = String::from_utf8(digits).unwrap();
                }
            }
            (forged, headers)
        });
        let counts = send_all(&bot.slack, requests).await;
        assert_eq!(counts, [(401, sample())].into());
        assert_eq!(heard(bot).await, 0);
    });
}

#[test]
fn many_signed_bodies_that_make_no_sense_cause_no_failure_of_ours() {
    tell(&[Face::Slack], &[], async |bot| {
        // Some of them still make sense, and some of those ask for what Slack then refuses.
        bot.expects_error("a message was not sent");
        bot.expects_any_unsent();
        let mut recorded = recordings();
        for (_, value) in &mut recorded {
            if value["response_url"].is_string() {
                value["response_url"] = json!(bot.stage.api.response_url("U0ANA"));
            }
        }
        let mut dice = Dice(SEED);
        let mut requests = (0..sample()).map(|_| {
            let request = malformed(&recorded, &mut dice);
            let mut headers = signed(&request.body, now()).to_vec();
            headers[2].1 = request.kind.to_owned();
            (request, headers)
        });
        // A tenth is also worked on, the rest is only taken in or refused.
        let first = usize::try_from(sample() / 10).unwrap();
        let counts = send_all(&bot.slack, requests.by_ref().take(first)).await;
        assert!(counts.keys().all(|status| [200, 400].contains(status)), "{counts:?}");
        bot.stage.settle_within(Duration::from_mins(5)).await;
        bot.restart(Role::Web).await;
        let counts = send_all(&bot.slack, requests).await;
        assert_eq!(counts.values().sum::<u64>(), sample() - sample() / 10);
        assert!(counts.keys().all(|status| [200, 400].contains(status)), "{counts:?}");
        assert!(counts.len() == 2, "both kinds are there: {counts:?}");
        bot.stage.forget_requests().await;
        bot.restart(Role::All).await;
        bot.say("ana", "/strategy help").await;
        bot.last_whisper("ana").await.says("What you can ask for");
    });
}
