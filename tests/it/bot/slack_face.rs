//! A Slack workspace as the server sees it: signed requests in, the stand-in's records out.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Write as _;

use attache::clock::Clock;
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::people::person;
use super::seen::{Button, Change, Field, Form, Seen, Thread};
use super::slack_api::{BOT, Posted, SlackApi};

pub const SIGNING_SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
pub const MAIN: &str = "C0STRATEGY";
pub const LEADERSHIP: &str = "C0LEADERS";

pub struct SlackFace {
    pub api: SlackApi,
    pub base: RefCell<String>,
    pub http: reqwest::Client,
    count: Cell<u64>,
}

/// A status and what came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

/// A recorded payload of `tests/fixtures/slack`.
pub fn recorded(topic: &str, name: &str) -> Value {
    let path = format!("{}/tests/fixtures/slack/{topic}.json", env!("CARGO_MANIFEST_DIR"));
    let all: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    all.get(name).unwrap_or_else(|| panic!("{topic}.json has no {name}")).clone()
}

pub fn form(fields: &Value) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.as_object().unwrap() {
        form.append_pair(name, value.as_str().unwrap());
    }
    form.finish()
}

/// `v0=…` over the body, as Slack signs it.
pub fn signature(secret: &str, stamp: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("v0:{stamp}:").as_bytes());
    mac.update(body);
    let digest = mac.finalize().into_bytes();
    digest.iter().fold("v0=".to_owned(), |mut signature, byte| {
        let _ = write!(signature, "{byte:02x}");
        signature
    })
}

/// Seconds now, for stamps.
pub fn now() -> i64 {
    Clock::system().real().as_second()
}

impl SlackFace {
    pub fn new(api: SlackApi, base: &str, http: reqwest::Client) -> Self {
        Self { api, base: RefCell::new(base.to_owned()), http, count: Cell::new(0) }
    }

    fn next(&self) -> u64 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }

    /// A correctly signed request, sent.
    pub async fn post(&self, path: &str, kind: &str, body: String) -> Answer {
        let stamp = now();
        let signed = signature(SIGNING_SECRET, stamp, body.as_bytes());
        let headers = [
            ("x-slack-request-timestamp", stamp.to_string()),
            ("x-slack-signature", signed),
            ("content-type", kind.to_owned()),
        ];
        self.send(path, &headers, body.into_bytes()).await
    }

    pub async fn send(&self, path: &str, headers: &[(&str, String)], body: Vec<u8>) -> Answer {
        let url = format!("{}{path}", self.base.borrow());
        let mut request = self.http.post(url).body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.expect("the server answers");
        let status = response.status().as_u16();
        Answer { status, body: response.text().await.unwrap_or_default() }
    }

    async fn form(&self, path: &str, fields: &Value) -> Answer {
        self.post(path, "application/x-www-form-urlencoded", form(fields)).await
    }

    async fn interact(&self, payload: &Value) -> Answer {
        self.form("/slack/interactions", &json!({ "payload": payload.to_string() })).await
    }

    pub async fn event(&self, event: &Value) -> Answer {
        self.post("/slack/events", "application/json", event.to_string()).await
    }

    /// The body of a slash command.
    pub fn command_of(&self, who: &str, channel: &str, text: &str) -> Value {
        let person = person(who);
        let mut command = recorded("commands", "in_a_channel");
        command["user_id"] = json!(person.slack);
        command["user_name"] = json!(person.handle);
        command["channel_id"] = json!(channel);
        if channel.starts_with('D') {
            command["channel_name"] = json!("directmessage");
        }
        command["text"] = json!(text);
        command["response_url"] = json!(self.api.response_url(person.slack));
        command["trigger_id"] = json!(self.api.trigger(person.slack));
        command
    }

    /// Sends a slash command, whatever comes back.
    pub async fn command_answer(&self, command: &Value) -> Answer {
        self.form("/slack/commands", command).await
    }

    pub async fn command(&self, who: &str, channel: &str, text: &str) {
        let command = self.command_of(who, channel, text);
        let answer = self.form("/slack/commands", &command).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "/strategy {text}");
    }

    /// Words in a channel or thread, as Slack tells of them.
    pub fn message_of(&self, who: &str, channel: &str, thread: Option<&str>, text: &str) -> Value {
        let person = person(who);
        let ts = self.api.say(channel, person.slack, thread, text);
        let name = match (thread, channel.starts_with('D')) {
            (Some(_), _) => "in_a_thread",
            (None, true) => "in_a_direct_chat",
            (None, false) => "at_the_top_of_a_channel",
        };
        let mut event = recorded("messages", name);
        event["event_id"] = json!(format!("Ev{:08}", self.next()));
        let inner = &mut event["event"];
        inner["user"] = json!(person.slack);
        inner["text"] = json!(text);
        inner["channel"] = json!(channel);
        inner["ts"] = json!(ts);
        inner["event_ts"] = json!(ts);
        if let Some(root) = thread {
            inner["thread_ts"] = json!(root);
        }
        event
    }

    pub async fn say(&self, who: &str, channel: &str, thread: Option<&str>, text: &str) {
        let answer = self.event(&self.message_of(who, channel, thread, text)).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{text}");
    }

    /// The payload of a press.
    pub fn press_of(&self, who: &str, on: &Seen, value: &str) -> Value {
        let person = person(who);
        let name = match (on.private, on.thread.is_some()) {
            (true, _) => "on_a_private_message",
            (false, true) => "on_a_message",
            (false, false) => "on_the_root_of_a_thread",
        };
        let mut press = recorded("clicks", name);
        press["user"]["id"] = json!(person.slack);
        press["user"]["name"] = json!(person.handle);
        press["user"]["username"] = json!(person.handle);
        press["channel"]["id"] = json!(on.channel);
        press["trigger_id"] = json!(self.api.trigger(person.slack));
        press["response_url"] = json!(self.api.response_url(person.slack));
        press["actions"][0]["value"] = json!(value);
        let container = &mut press["container"];
        container["channel_id"] = json!(on.channel);
        container["message_ts"] = json!(on.id);
        match &on.thread {
            Some(root) => container["thread_ts"] = json!(root),
            None => drop(container.as_object_mut().unwrap().remove("thread_ts")),
        }
        if press["message"].is_object() {
            press["message"]["ts"] = json!(on.id);
            press["message"]["thread_ts"] = json!(on.thread.as_ref().unwrap_or(&on.id));
        }
        press
    }

    pub async fn press(&self, who: &str, on: &Seen, value: &str) {
        let answer = self.interact(&self.press_of(who, on, value)).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "press {value}");
    }

    /// The form that was opened for a person last.
    pub fn opened(&self, who: &str) -> Option<Form> {
        let views = self.api.views(person(who).slack);
        let view = views.last()?;
        let inputs = view["blocks"].as_array().unwrap().iter().filter(|b| b["type"] == "input");
        let field = |block: &Value| Field {
            name: text(&block["block_id"]),
            label: text(&block["label"]["text"]),
            value: match &block["element"]["initial_option"] {
                Value::Null => text(&block["element"]["initial_value"]),
                option => text(&option["value"]),
            },
            required: block["optional"] != json!(true),
        };
        Some(Form {
            id: format!("V{}-{}", views.len(), person(who).slack),
            token: text(&view["private_metadata"]),
            title: text(&view["title"]["text"]),
            fields: inputs.map(field).collect(),
        })
    }

    /// Sends a form; what is wrong with it comes back.
    pub async fn submit(
        &self,
        who: &str,
        form: &Form,
        values: &BTreeMap<String, String>,
    ) -> Vec<(String, String)> {
        let person = person(who);
        let mut sent = recorded("forms", "sent");
        sent["user"]["id"] = json!(person.slack);
        sent["user"]["name"] = json!(person.handle);
        sent["user"]["username"] = json!(person.handle);
        sent["trigger_id"] = json!(self.api.trigger(person.slack));
        let view = &mut sent["view"];
        view["id"] = json!(form.id);
        view["hash"] = json!(format!("1795176850.{:08}", self.next()));
        view["private_metadata"] = json!(form.token);
        let state = values.iter().map(|(name, value)| {
            let value = if value.is_empty() { Value::Null } else { json!(value) };
            (name.clone(), json!({ "v": { "type": "plain_text_input", "value": value } }))
        });
        view["state"]["values"] = Value::Object(state.collect());
        let answer = self.interact(&sent).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        if answer.body.is_empty() {
            return Vec::new();
        }
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(answer["response_action"], "errors");
        let errors = answer["errors"].as_object().unwrap();
        errors.iter().map(|(name, why)| (name.clone(), text(why))).collect()
    }

    /// What stands in a channel for everybody, threads included, oldest first.
    pub fn messages(&self, channel: &str) -> Vec<Seen> {
        self.api.messages(channel).iter().map(|posted| seen(channel, posted)).collect()
    }

    /// What only this person was told, oldest first; their direct chat is theirs alone.
    pub fn whispers(&self, who: &str) -> Vec<Seen> {
        let user = person(who).slack;
        let mut all: Vec<Seen> = Vec::new();
        for whispered in self.api.whispers(user) {
            all.push(Seen {
                id: whispered.ts.clone(),
                channel: whispered.channel.clone().unwrap_or_else(|| MAIN.to_owned()),
                thread: whispered.thread.clone(),
                private: true,
                by_bot: true,
                words: words(&whispered.blocks),
                changes: changes(&whispered.blocks),
                buttons: buttons(&whispered.blocks),
                file: None,
            });
        }
        let direct = self.messages(&Self::direct(who));
        all.extend(direct.into_iter().filter(|message| message.by_bot));
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    pub fn direct(who: &str) -> String {
        format!("D{}", person(who).slack.trim_start_matches('U'))
    }

    pub fn files(&self, thread: &Thread) -> Vec<(String, Vec<u8>)> {
        let here = |file: &super::slack_api::Shared| {
            file.channel == thread.channel && file.thread.as_ref() == Some(&thread.root)
        };
        let files = self.api.files().into_iter().filter(here);
        files.map(|file| (file.name, file.bytes)).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn seen(channel: &str, posted: &Posted) -> Seen {
    let by_bot = posted.user == BOT;
    Seen {
        id: posted.ts.clone(),
        channel: channel.to_owned(),
        thread: posted.thread.clone(),
        private: false,
        by_bot,
        words: if by_bot { words(&posted.blocks) } else { posted.text.clone() },
        changes: changes(&posted.blocks),
        buttons: buttons(&posted.blocks),
        file: None,
    }
}

/// What a person reads in these blocks.
pub fn words(blocks: &Value) -> String {
    let lines = blocks.as_array().into_iter().flatten().map(block_words);
    lines.collect::<Vec<_>>().join("\n")
}

fn block_words(block: &Value) -> String {
    let all = |value: &Value, join: &str, each: fn(&Value) -> String| {
        value.as_array().into_iter().flatten().map(each).collect::<Vec<_>>().join(join)
    };
    match block["type"].as_str().unwrap_or_default() {
        "header" | "section" => text(&block["text"]["text"]),
        "context" => all(&block["elements"], " ", |element| text(&element["text"])),
        "actions" => all(&block["elements"], " ", |b| format!("[{}]", text(&b["text"]["text"]))),
        "input" => text(&block["label"]["text"]),
        "table" => all(&block["rows"], "\n", |row| {
            let cells = row.as_array().unwrap().iter().map(cell_words);
            cells.collect::<Vec<_>>().join(" | ")
        }),
        "rich_text" => all(&block["elements"], "\n", line_words),
        "divider" => String::new(),
        other => panic!("a block of type {other} is not read here"),
    }
}

fn cell_words(cell: &Value) -> String {
    if cell["type"] == "raw_text" { text(&cell["text"]) } else { block_words(cell) }
}

fn line_words(line: &Value) -> String {
    let elements = line["elements"].as_array().into_iter().flatten();
    elements
        .map(|element| match element["type"].as_str().unwrap_or_default() {
            "text" | "link" => text(&element["text"]),
            "user" => format!("@{}", text(&element["user_id"])),
            "channel" => format!("#{}", text(&element["channel_id"])),
            "rich_text_section" => line_words(element),
            other => panic!("an element of type {other} is not read here"),
        })
        .collect()
}

fn buttons(blocks: &Value) -> Vec<Button> {
    let actions = blocks.as_array().into_iter().flatten().filter(|b| b["type"] == "actions");
    let elements = actions.flat_map(|block| block["elements"].as_array().unwrap().clone());
    elements
        .map(|button| Button {
            label: text(&button["text"]["text"]),
            value: text(&button["value"]),
            fields: BTreeMap::new(),
        })
        .collect()
}

/// Lines of the form "**label** ~~before~~ → **after**".
fn changes(blocks: &Value) -> Vec<Change> {
    let rich = blocks.as_array().into_iter().flatten().filter(|b| b["type"] == "rich_text");
    let lines = rich.flat_map(|block| block["elements"].as_array().unwrap().clone());
    lines.filter_map(|line| change(&line_words(&line))).collect()
}

fn change(line: &str) -> Option<Change> {
    let (field, rest) = line.split_once('\n')?;
    let (before, after) = rest.split_once(" → ")?;
    let own = |text: &str| text.to_owned();
    Some(Change { field: own(field), before: own(before), after: own(after) })
}
