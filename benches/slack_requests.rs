//! What a Slack request costs before it is written down: signature and reading, per kind.
//!
//! `cargo bench --bench slack_requests` prints the best and the median of many rounds.

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use attache::platforms::slack::verify::Verifier;
use attache::platforms::slack::webhook::{Kind, hear};
use axum::http::{HeaderMap, HeaderValue};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde_json::Value;
use sha2::Sha256;

const SECRET: &str = "not-a-secret-but-long-enough";
const ROUNDS: usize = 401;
const TIMES: u32 = 200;

fn main() -> std::io::Result<()> {
    let now = Timestamp::from_second(1_795_176_840).expect("a date of this century");
    let verifier = Verifier::new(SECRET).expect("long enough");
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<12} {:>6} {:>9} {:>9}", "request", "bytes", "best ns", "median ns")?;
    for (name, kind, body) in requests() {
        let headers = signed(now, &body);
        let mut rounds: Vec<u128> = (0..ROUNDS)
            .map(|_| {
                let began = Instant::now();
                for _ in 0..TIMES {
                    let heard = hear(&verifier, now, kind, black_box(&headers), black_box(&body));
                    black_box(heard.expect("a good request"));
                }
                began.elapsed().as_nanos() / u128::from(TIMES)
            })
            .collect();
        rounds.sort_unstable();
        let (best, median) = (rounds[0], rounds[ROUNDS / 2]);
        writeln!(out, "{name:<12} {:>6} {best:>9} {median:>9}", body.len())?;
    }
    Ok(())
}

fn requests() -> [(&'static str, Kind, Vec<u8>); 3] {
    let commands = include_str!("../tests/fixtures/slack/commands.json");
    let clicks = include_str!("../tests/fixtures/slack/clicks.json");
    let messages = include_str!("../tests/fixtures/slack/messages.json");
    let command = form(&fixture(commands, "in_a_channel"));
    let click = fixture(clicks, "on_a_message").to_string();
    let click = form(&serde_json::json!({ "payload": click }));
    let event = fixture(messages, "in_a_thread").to_string().into_bytes();
    [
        ("command", Kind::Command, command),
        ("action", Kind::Interaction, click),
        ("event", Kind::Event, event),
    ]
}

fn fixture(all: &str, name: &str) -> Value {
    let mut all: Value = serde_json::from_str(all).expect("a fixture is JSON");
    all[name].take()
}

fn form(fields: &Value) -> Vec<u8> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.as_object().into_iter().flatten() {
        form.append_pair(name, value.as_str().unwrap_or_default());
    }
    form.finish().into_bytes()
}

fn signed(now: Timestamp, body: &[u8]) -> HeaderMap {
    let stamp = now.as_second().to_string();
    let mut hash = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length");
    hash.update(format!("v0:{stamp}:").as_bytes());
    hash.update(body);
    let digest = hash.finalize().into_bytes();
    let hex = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let mut headers = HeaderMap::new();
    let value = |text: &str| HeaderValue::from_str(text).expect("plain text");
    headers.insert("x-slack-request-timestamp", value(&stamp));
    headers.insert("x-slack-signature", value(&format!("v0={hex}")));
    headers
}
