//! Signed requests as Slack sends them, over connections of our own.

use std::fmt::Write as _;

use attache::clock::Clock;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::slack_api::{BOT, TEAM};

pub const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Commands,
    Interactions,
    Events,
}

impl Door {
    pub const ALL: [Self; 3] = [Self::Commands, Self::Interactions, Self::Events];

    pub fn path(self) -> &'static str {
        match self {
            Self::Commands => "/slack/commands",
            Self::Interactions => "/slack/interactions",
            Self::Events => "/slack/events",
        }
    }
}

/// One request, before it is signed.
#[derive(Clone, Debug)]
pub struct Request {
    pub door: Door,
    pub body: Vec<u8>,
    /// Under which the inbox keeps it.
    pub key: String,
}

pub fn seconds() -> i64 {
    Clock::system().real().as_second()
}

pub fn signature(secret: &str, stamp: &str, body: &[u8]) -> String {
    let mut hash = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    hash.update(format!("v0:{stamp}:").as_bytes());
    hash.update(body);
    hash.finalize().into_bytes().iter().fold("v0=".to_owned(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// `/strategy <text>` by a person in a channel.
pub fn command(user: &str, channel: &str, text: &str, (trigger, url): (&str, &str)) -> Request {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("team_id", TEAM),
            ("channel_id", channel),
            ("channel_name", "strategy"),
            ("user_id", user),
            ("user_name", user),
            ("command", "/strategy"),
            ("text", text),
            ("response_url", url),
            ("trigger_id", trigger),
        ])
        .finish();
    Request { door: Door::Commands, body: body.into_bytes(), key: format!("c:{trigger}") }
}

/// A press of a button on a message in a thread.
pub fn press(
    user: &str,
    (channel, root, message): (&str, &str, &str),
    value: &str,
    (trigger, url): (&str, &str),
) -> Request {
    let payload = json!({
        "type": "block_actions",
        "trigger_id": trigger,
        "response_url": url,
        "user": { "id": user, "name": user, "team_id": TEAM },
        "team": { "id": TEAM },
        "channel": { "id": channel, "name": "strategy" },
        "container": { "type": "message", "channel_id": channel, "message_ts": message, "thread_ts": root },
        "message": { "ts": message, "thread_ts": root },
        "actions": [{ "action_id": "b0", "value": value, "action_ts": "1795176850.000100" }],
    });
    let key = format!("a:1795176850.000100:{trigger}");
    Request { door: Door::Interactions, body: interaction(&payload), key }
}

pub fn interaction(payload: &Value) -> Vec<u8> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("payload", &payload.to_string()).finish().into_bytes()
}

/// Words in a thread.
pub fn message(user: &str, (channel, root): (&str, &str), text: &str, ts: &str) -> Request {
    let body = json!({
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": format!("Ev{ts}"),
        "authorizations": [{ "team_id": TEAM, "user_id": BOT, "is_bot": true }],
        "event": {
            "type": "message", "user": user, "team": TEAM, "text": text, "channel": channel,
            "channel_type": "channel", "ts": ts, "event_ts": ts, "thread_ts": root,
        },
    });
    let key = format!("m:{ts}:{TEAM}:{channel}");
    Request { door: Door::Events, body: body.to_string().into_bytes(), key }
}

/// A connection that stays open between requests.
pub struct Wire {
    port: u16,
    stream: Option<TcpStream>,
}

impl Wire {
    pub fn new(port: u16) -> Self {
        Self { port, stream: None }
    }

    /// Sends the body with these two headers, and answers the status.
    pub async fn send(&mut self, door: Door, body: &[u8], stamp: &str, sign: &str) -> u16 {
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\ncontent-type: application/octet-stream\r\n\
             content-length: {}\r\nx-slack-request-timestamp: {stamp}\r\n\
             x-slack-signature: {sign}\r\n\r\n",
            door.path(),
            self.port,
            body.len(),
        );
        let mut whole = head.into_bytes();
        whole.extend_from_slice(body);
        for _ in 0..2 {
            let mut stream = match self.stream.take() {
                Some(stream) => stream,
                None => TcpStream::connect(("127.0.0.1", self.port)).await.unwrap(),
            };
            // The server may hang up on a body that it will not read.
            let written = stream.write_all(&whole).await;
            if let Some((status, stays)) = answer(&mut stream).await {
                self.stream = (stays && written.is_ok()).then_some(stream);
                return status;
            }
        }
        0
    }
}

/// Status, and whether the connection stays open.
async fn answer(stream: &mut TcpStream) -> Option<(u16, bool)> {
    let mut got = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let end = got.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&got[..end]).to_lowercase();
            let status = head.get(9..12)?.parse().ok()?;
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.and_then(|length| length.trim().parse().ok())?;
            let mut left = (end + 4 + length).saturating_sub(got.len());
            while left > 0 {
                let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
                left = left.saturating_sub(read);
            }
            return Some((status, !head.contains("connection: close")));
        }
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        got.extend_from_slice(&buffer[..read]);
    }
}
