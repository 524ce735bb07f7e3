//! An in-process stand-in for Slack's Web API on loopback: does what the bot asks, remembers what
//! was said, and fails when it is told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use attache::clock::Clock;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{any, post};
use serde_json::{Map, Value, json};

pub const TEAM: &str = "T0NORTHW";
pub const BOT: &str = "U0ATTACHE";
pub const TOKEN: &str = "xoxb-not-a-secret";

/// A running stand-in. It stops with the test.
#[derive(Clone)]
pub struct SlackApi {
    world: Arc<Mutex<World>>,
    host: String,
}

/// How a call goes wrong.
#[derive(Clone, Debug)]
pub enum Failure {
    /// 429 with this many seconds in `Retry-After`; nothing is done.
    TooMany(u64),
    /// Another status; nothing is done.
    Status(u16),
    /// `ok: false` with this word; nothing is done.
    Refused(&'static str),
    /// The connection breaks before anything is done.
    Drop,
    /// It is done, and the answer never arrives.
    LostReply,
    /// It is done, after a while.
    Delay(Duration),
}

/// A message as everybody in the channel sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Posted {
    pub ts: String,
    pub thread: Option<String>,
    pub user: String,
    pub text: String,
    pub blocks: Value,
    pub metadata: Value,
    pub edited: bool,
}

/// What only one person saw.
#[derive(Clone, Debug, PartialEq)]
pub struct Whispered {
    pub ts: String,
    /// None when it came through a response address.
    pub channel: Option<String>,
    pub thread: Option<String>,
    pub text: String,
    pub blocks: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    pub id: String,
    pub name: String,
    pub title: String,
    pub channel: String,
    pub thread: Option<String>,
    pub ts: String,
    pub comment: Value,
    pub bytes: Vec<u8>,
}

#[derive(Default)]
struct World {
    channels: BTreeMap<String, Vec<Posted>>,
    whispers: BTreeMap<String, Vec<Whispered>>,
    views: BTreeMap<String, Vec<Value>>,
    uploads: BTreeMap<String, (String, Vec<u8>)>,
    files: Vec<Shared>,
    users: BTreeMap<String, Value>,
    /// What Slack says about channels, by id: by default the bot is in them.
    known: BTreeMap<String, Value>,
    /// Who is in a channel: by default the bot alone.
    members: BTreeMap<String, Vec<String>>,
    /// Whose trigger it is, while it lives.
    triggers: BTreeMap<String, String>,
    /// Whose response address it is, and how often it can still be used.
    addresses: BTreeMap<String, (String, u32)>,
    failures: BTreeMap<String, VecDeque<Failure>>,
    /// Decides about every call that no failure is queued for.
    weather: Option<Weather>,
    calls: Vec<(String, Value)>,
    violations: Vec<String>,
    /// Looks at a file that see nothing yet.
    slow_sharing: u32,
    away: bool,
    /// The organisation that the token's team is part of.
    organisation: Option<String>,
    count: u64,
    last_ts: i64,
}

/// Given the method, how the call goes wrong, if it does.
pub type Weather = Box<dyn FnMut(&str) -> Option<Failure> + Send>;

impl SlackApi {
    pub async fn start() -> Self {
        Self::start_in(Box::new(|_| None)).await
    }

    /// In weather that decides about every call that no failure is queued for.
    pub async fn start_in(weather: Weather) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("http://{}", listener.local_addr().unwrap());
        let world = World { weather: Some(weather), ..World::default() };
        let api = Self { world: Arc::new(Mutex::new(world)), host };
        let routes = Router::new()
            .route("/api/{method}", any(method))
            .route("/upload/{id}", post(upload))
            .route("/response/{id}", post(respond))
            .with_state(api.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        api
    }

    /// For `SLACK_API_URL`.
    pub fn base_url(&self) -> String {
        format!("{}/api", self.host)
    }

    /// A new address to answer a request of this person at: five uses.
    pub fn response_url(&self, user: &str) -> String {
        let id = self.world().name("R");
        self.world().addresses.insert(id.clone(), (user.to_owned(), 5));
        format!("{}/response/{id}", self.host)
    }

    /// A new trigger of this person's: one use.
    pub fn trigger(&self, user: &str) -> String {
        let id = self.world().name("trigger.");
        self.world().triggers.insert(id.clone(), user.to_owned());
        id
    }

    /// What stands in a channel, threads included, oldest first.
    pub fn messages(&self, channel: &str) -> Vec<Posted> {
        self.world().channels.get(channel).cloned().unwrap_or_default()
    }

    pub fn whispers(&self, user: &str) -> Vec<Whispered> {
        self.world().whispers.get(user).cloned().unwrap_or_default()
    }

    /// The forms that were opened for a person.
    pub fn views(&self, user: &str) -> Vec<Value> {
        self.world().views.get(user).cloned().unwrap_or_default()
    }

    pub fn files(&self) -> Vec<Shared> {
        self.world().files.clone()
    }

    /// The bodies of all calls of a method so far.
    pub fn calls(&self, method: &str) -> Vec<Value> {
        let world = self.world();
        let calls = world.calls.iter().filter(|(called, _)| called == method);
        calls.map(|(_, body)| body.clone()).collect()
    }

    /// What no well-behaved bot does.
    pub fn violations(&self) -> Vec<String> {
        self.world().violations.clone()
    }

    /// The next call of `method` (`response` and `upload` for the two addresses) goes wrong; more
    /// of them queue up.
    pub fn fail_next(&self, method: &str, failure: Failure) {
        self.world().failures.entry(method.to_owned()).or_default().push_back(failure);
    }

    /// What `users.info` says about a person: by default a full member.
    pub fn set_user(&self, user: &str, info: Value) {
        self.world().users.insert(user.to_owned(), info);
    }

    /// What `conversations.info` says about a channel: by default that the bot is in it.
    pub fn set_channel(&self, id: &str, info: Value) {
        self.world().known.insert(id.to_owned(), info);
    }

    /// Who is in a channel.
    pub fn set_members(&self, id: &str, members: &[&str]) {
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        self.world().members.insert(id.to_owned(), members);
    }

    /// There is no such channel that the bot could see.
    pub fn hide_channel(&self, id: &str) {
        self.set_channel(id, Value::Null);
    }

    /// The token is one of an organisation.
    pub fn belong_to(&self, organisation: &str) {
        self.world().organisation = Some(organisation.to_owned());
    }

    /// From now on nothing that arrives is answered or done.
    pub fn go_away(&self) {
        self.world().away = true;
    }

    pub fn come_back(&self) {
        self.world().away = false;
    }

    /// So many looks at a file see that it is not shared yet.
    pub fn share_slowly(&self, looks: u32) {
        self.world().slow_sharing = looks;
    }

    /// Somebody else's words in a channel.
    pub fn say(&self, channel: &str, user: &str, thread: Option<&str>, text: &str) -> String {
        let mut world = self.world();
        let ts = world.stamp();
        let posted = Posted {
            ts: ts.clone(),
            thread: thread.map(str::to_owned),
            user: user.to_owned(),
            text: text.to_owned(),
            blocks: json!([]),
            metadata: Value::Null,
            edited: false,
        };
        world.channels.entry(channel.to_owned()).or_default().push(posted);
        ts
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    fn next_failure(&self, method: &str) -> Option<Failure> {
        let mut world = self.world();
        let queued = world.failures.get_mut(method).and_then(VecDeque::pop_front);
        queued.or_else(|| world.weather.as_mut().and_then(|weather| weather(method)))
    }
}

async fn method(
    State(api): State<SlackApi>,
    Path(method): Path<String>,
    (uri, headers): (Uri, HeaderMap),
    body: Bytes,
) -> Response {
    let asked = arguments(&uri, &body);
    api.world().calls.push((method.clone(), asked.clone()));
    let token = headers.get("authorization").and_then(|value| value.to_str().ok());
    if token != Some(&format!("Bearer {TOKEN}")) {
        return answer(&refusal("invalid_auth"));
    }
    // Apart, so that it happens also when the caller is gone meanwhile.
    let done = tokio::spawn(async move {
        let host = api.host.clone();
        with_failure(&api, &method, |world| answer(&world.do_it(&method, &asked, &host))).await
    });
    done.await.unwrap()
}

async fn upload(
    State(api): State<SlackApi>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    api.world().never(headers.contains_key("authorization"), "the token went to an upload address");
    with_failure(&api, "upload", |world| match world.uploads.get_mut(&id) {
        Some((_, bytes)) => {
            *bytes = body.to_vec();
            Response::new(Body::from(format!("OK - {}", body.len())))
        }
        None => status(404),
    })
    .await
}

async fn respond(
    State(api): State<SlackApi>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    api.world().calls.push(("response".to_owned(), asked.clone()));
    api.world()
        .never(headers.contains_key("authorization"), "the token went to a response address");
    with_failure(&api, "response", |world| world.answer_request(&id, &asked)).await
}

async fn with_failure(
    api: &SlackApi,
    method: &str,
    act: impl FnOnce(&mut World) -> Response,
) -> Response {
    if api.world().away {
        return broken();
    }
    match api.next_failure(method) {
        None => act(&mut api.world()),
        Some(Failure::Refused(word)) => answer(&refusal(word)),
        Some(Failure::Status(code)) => status(code),
        Some(Failure::Drop) => broken(),
        Some(Failure::LostReply) => {
            act(&mut api.world());
            broken()
        }
        Some(Failure::Delay(long)) => {
            tokio::time::interval_at(tokio::time::Instant::now() + long, long).tick().await;
            act(&mut api.world())
        }
        Some(Failure::TooMany(seconds)) => {
            let mut response = answer(&refusal("ratelimited"));
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            response.headers_mut().insert("retry-after", seconds.into());
            response
        }
    }
}

impl World {
    fn do_it(&mut self, method: &str, asked: &Value, host: &str) -> Value {
        match method {
            "auth.test" => json!({
                "ok": true, "team_id": TEAM, "user_id": BOT, "bot_id": "B0ATTACHE",
                "enterprise_id": self.organisation,
            }),
            "users.info" => self.user(text(asked, "user")),
            "conversations.open" => {
                let id = format!("D{}", text(asked, "users").trim_start_matches('U'));
                json!({ "ok": true, "channel": { "id": id } })
            }
            "conversations.info" => self.channel(text(asked, "channel")),
            "users.conversations" => self.own_channels(asked),
            "conversations.members" => {
                let members = self.members.get(text(asked, "channel"));
                json!({ "ok": true, "members": members.unwrap_or(&vec![BOT.to_owned()]) })
            }
            "chat.postMessage" => self.post(asked),
            "chat.update" => self.update(asked),
            "chat.postEphemeral" => self.ephemeral(asked),
            "views.open" => self.open(asked),
            "conversations.history" | "conversations.replies" => self.history(asked),
            "files.getUploadURLExternal" => self.ticket(asked, host),
            "files.completeUploadExternal" => self.complete(asked),
            "files.info" => self.file(text(asked, "file")),
            _ => refusal("unknown_method"),
        }
    }

    fn post(&mut self, asked: &Value) -> Value {
        for flag in ["unfurl_links", "unfurl_media"] {
            self.never(asked[flag] != json!(false), "a post that unfurls links");
        }
        let ts = self.stamp();
        let channel = text(asked, "channel").to_owned();
        self.never(channel.starts_with(['U', '#']), "a post to what is no id of a conversation");
        let posted = Posted {
            ts: ts.clone(),
            thread: thread(asked),
            user: BOT.to_owned(),
            text: text(asked, "text").to_owned(),
            blocks: self.blocks(asked),
            metadata: asked["metadata"].clone(),
            edited: false,
        };
        let message = json!({ "type": "message", "user": BOT, "text": posted.text, "ts": ts });
        self.channels.entry(channel.clone()).or_default().push(posted);
        json!({ "ok": true, "channel": channel, "ts": ts, "message": message })
    }

    fn update(&mut self, asked: &Value) -> Value {
        let blocks = self.blocks(asked);
        self.never(asked["parse"].is_null(), "an update that does not say how to parse");
        let channel = self.channels.entry(text(asked, "channel").to_owned()).or_default();
        match channel.iter_mut().find(|posted| posted.ts == text(asked, "ts")) {
            Some(posted) if posted.user != BOT => refusal("cant_update_message"),
            Some(posted) => {
                text(asked, "text").clone_into(&mut posted.text);
                posted.blocks = blocks;
                posted.edited = true;
                json!({ "ok": true, "channel": asked["channel"], "ts": posted.ts, "text": posted.text })
            }
            None => refusal("message_not_found"),
        }
    }

    fn ephemeral(&mut self, asked: &Value) -> Value {
        let ts = self.stamp();
        let whispered = Whispered {
            ts: ts.clone(),
            channel: Some(text(asked, "channel").to_owned()),
            thread: thread(asked),
            text: text(asked, "text").to_owned(),
            blocks: self.blocks(asked),
        };
        self.whispers.entry(text(asked, "user").to_owned()).or_default().push(whispered);
        json!({ "ok": true, "message_ts": ts })
    }

    fn answer_request(&mut self, id: &str, asked: &Value) -> Response {
        let blocks = self.blocks(asked);
        let user = match self.addresses.get_mut(id) {
            Some((user, left)) if *left > 0 => {
                *left -= 1;
                user.clone()
            }
            Some(_) => return answer(&refusal("used_url")),
            None => return status(404),
        };
        let private =
            asked["response_type"] == "ephemeral" && asked["replace_original"] == json!(false);
        self.never(!private, "an answer that is not private");
        let words = text(asked, "text").to_owned();
        let (ts, thread) = (self.stamp(), thread(asked));
        let whispered = Whispered { ts, channel: None, thread, text: words, blocks };
        self.whispers.entry(user).or_default().push(whispered);
        Response::new(Body::from("ok"))
    }

    fn open(&mut self, asked: &Value) -> Value {
        let Some(user) = self.triggers.remove(text(asked, "trigger_id")) else {
            return refusal("expired_trigger_id");
        };
        self.views.entry(user).or_default().push(asked["view"].clone());
        json!({ "ok": true, "view": { "id": self.name("V") } })
    }

    /// Both lists: top-level messages newest first, or a thread with its root oldest first.
    fn history(&mut self, asked: &Value) -> Value {
        let all = self.channels.get(text(asked, "channel")).cloned().unwrap_or_default();
        let oldest = text(asked, "oldest");
        let root = asked["ts"].as_str();
        let mut found: Vec<_> = all
            .into_iter()
            .filter(|posted| match root {
                Some(root) => posted.ts == root || posted.thread.as_deref() == Some(root),
                None => posted.thread.is_none(),
            })
            .filter(|posted| posted.ts.as_str() >= oldest || Some(posted.ts.as_str()) == root)
            .collect();
        if root.is_none() {
            found.reverse();
        }
        let limit: usize = text(asked, "limit").parse().unwrap_or(100);
        let from: usize = text(asked, "cursor").parse().unwrap_or(0);
        let next =
            if from + limit < found.len() { (from + limit).to_string() } else { String::new() };
        let messages: Vec<Value> = found.iter().skip(from).take(limit).map(message).collect();
        json!({ "ok": true, "messages": messages, "response_metadata": { "next_cursor": next } })
    }

    fn ticket(&mut self, asked: &Value, host: &str) -> Value {
        let id = self.name("F");
        self.uploads.insert(id.clone(), (text(asked, "filename").to_owned(), Vec::new()));
        json!({ "ok": true, "file_id": id, "upload_url": format!("{host}/upload/{id}") })
    }

    fn complete(&mut self, asked: &Value) -> Value {
        let one = &asked["files"][0];
        let Some((name, bytes)) = self.uploads.remove(text(one, "id")) else {
            return refusal("file_not_found");
        };
        let shared = Shared {
            id: text(one, "id").to_owned(),
            name,
            title: text(one, "title").to_owned(),
            channel: text(asked, "channel_id").to_owned(),
            thread: thread(asked),
            ts: self.stamp(),
            comment: asked["blocks"].clone(),
            bytes,
        };
        self.files.push(shared);
        json!({ "ok": true, "files": [{ "id": one["id"], "url_private": "" }] })
    }

    fn file(&mut self, id: &str) -> Value {
        let Some(shared) = self.files.iter().find(|shared| shared.id == id) else {
            return refusal("file_not_found");
        };
        if self.slow_sharing > 0 {
            self.slow_sharing -= 1;
            return json!({ "ok": true, "file": { "id": id, "shares": {} } });
        }
        let places = json!({ "public": { &shared.channel: [{ "ts": shared.ts }] } });
        json!({ "ok": true, "file": { "id": id, "shares": places } })
    }

    fn channel(&self, id: &str) -> Value {
        match self.known.get(id) {
            Some(Value::Null) => refusal("channel_not_found"),
            Some(info) => json!({ "ok": true, "channel": info }),
            None if id.starts_with(['C', 'G']) => json!({ "ok": true, "channel": in_channel(id) }),
            None => refusal("channel_not_found"),
        }
    }

    /// Three a page, so that a bot in more has to turn pages.
    fn own_channels(&self, asked: &Value) -> Value {
        let mut known = self.known.clone();
        for (id, _) in NAMED {
            known.entry(id.to_owned()).or_insert_with(|| in_channel(id));
        }
        let ours = known.into_values().filter(|info| info["is_member"] == json!(true));
        let from: usize = text(asked, "cursor").parse().unwrap_or(0);
        let mut page: Vec<_> = ours.skip(from).take(4).collect();
        let next = if page.len() > 3 { (from + 3).to_string() } else { String::new() };
        page.truncate(3);
        json!({ "ok": true, "channels": page, "response_metadata": { "next_cursor": next } })
    }

    fn user(&self, id: &str) -> Value {
        let info = self.users.get(id).cloned();
        json!({ "ok": true, "user": info.unwrap_or_else(|| json!({ "id": id, "team_id": TEAM })) })
    }

    /// The blocks of a message, with what Slack would refuse noted.
    fn blocks(&mut self, asked: &Value) -> Value {
        let blocks = asked["blocks"].as_array().cloned().unwrap_or_default();
        let ids: Vec<_> = blocks.iter().filter_map(|block| block["block_id"].as_str()).collect();
        let unique = ids.iter().collect::<std::collections::BTreeSet<_>>().len();
        self.never(unique != ids.len(), "two blocks with one id");
        self.never(blocks.len() > 50, "more than 50 blocks");
        self.never(text(asked, "text").is_empty(), "a message without text");
        for two in ["?.", "!.", ":.", ",.", "..", ",,"] {
            let said = asked["text"].to_string().replace("...", "…");
            self.never(said.contains(two), &format!("a sentence with two ends, {two} in {said}"));
        }
        Value::Array(blocks)
    }

    fn never(&mut self, happened: bool, what: &str) {
        if happened {
            self.violations.push(what.to_owned());
        }
    }

    fn name(&mut self, prefix: &str) -> String {
        self.count += 1;
        format!("{prefix}{:08}", self.count)
    }

    fn stamp(&mut self) -> String {
        let now = Clock::system().real().as_microsecond();
        self.last_ts = now.max(self.last_ts + 1);
        format!("{}.{:06}", self.last_ts / 1_000_000, self.last_ts % 1_000_000)
    }
}

/// Channels that have a name of their own here.
const NAMED: [(&str, &str); 2] = [("C0STRATEGY", "strategy"), ("C0LEADERS", "leadership")];

/// A channel that the bot is in.
fn in_channel(id: &str) -> Value {
    let named = NAMED.iter().find(|(known, _)| *known == id).map(|(_, name)| (*name).to_owned());
    json!({ "id": id, "name": named.unwrap_or_else(|| id.to_lowercase()), "is_member": true })
}

fn message(posted: &Posted) -> Value {
    let mut message = json!({
        "type": "message", "user": posted.user, "ts": posted.ts, "text": posted.text,
        "blocks": posted.blocks,
    });
    if let Some(root) = &posted.thread {
        message["thread_ts"] = json!(root);
    }
    if !posted.metadata.is_null() {
        message["metadata"] = posted.metadata.clone();
    }
    message
}

/// What was asked, from the address or a JSON body.
fn arguments(uri: &Uri, body: &[u8]) -> Value {
    if let Ok(body) = serde_json::from_slice(body) {
        return body;
    }
    let query = uri.query().unwrap_or_default().as_bytes();
    let pairs = url::form_urlencoded::parse(query);
    Value::Object(
        pairs.map(|(name, value)| (name.into_owned(), json!(value))).collect::<Map<_, _>>(),
    )
}

fn text<'a>(asked: &'a Value, name: &str) -> &'a str {
    asked[name].as_str().unwrap_or_default()
}

fn thread(asked: &Value) -> Option<String> {
    asked["thread_ts"].as_str().map(str::to_owned)
}

fn refusal(word: &str) -> Value {
    json!({ "ok": false, "error": word })
}

fn answer(body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    response.headers_mut().insert("content-type", "application/json".parse().unwrap());
    response
}

fn status(code: u16) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(code).unwrap();
    response
}

/// The connection breaks off inside the answer.
fn broken() -> Response {
    let cut = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let pieces = futures_util::stream::iter([Ok(Bytes::from_static(b"{\"ok\"")), Err(cut)]);
    Response::new(Body::from_stream(pieces))
}
