//! What strangers, members and broken peers do to everybody else.

use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::chance::{Chance, pass};
use crate::fleet::Fleet;
use crate::people::PEOPLE;
use crate::slack_api::Failure;
use crate::town::Town;
use crate::wire::{self, seconds};

/// Somebody who is no owner: a viewer.
const VIEWER: &str = "U0VIC";

#[derive(Clone, Copy, Debug)]
pub enum Attack {
    Numbers,
    Questions,
    Viewer,
    HangingPeer,
    HugeImports,
    WideHeader,
    DeafConnections,
    UnsignedBodies,
    LockedDatabase,
}

pub const ALL: [Attack; 9] = [
    Attack::Numbers,
    Attack::Questions,
    Attack::Viewer,
    Attack::HangingPeer,
    Attack::HugeImports,
    Attack::WideHeader,
    Attack::DeafConnections,
    Attack::UnsignedBodies,
    Attack::LockedDatabase,
];

/// Where it happens.
pub struct Field {
    town: std::sync::Arc<Town>,
    address: String,
    token: String,
    database: String,
    http: reqwest::Client,
    /// Of the largest files: whole, or so much as an unoptimized server reads in a second.
    largest: usize,
    seen: Mutex<Vec<(u16, &'static str)>>,
    lies: Mutex<Vec<String>>,
}

impl Field {
    pub async fn prepare(fleet: &Fleet, full: bool) -> Self {
        let base = fleet.replicas[0].server.base.clone();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(40));
        let field = Self {
            town: std::sync::Arc::clone(&fleet.town),
            address: base.trim_start_matches("http://").to_owned(),
            token: fleet.plan.import_token(),
            database: fleet.database.url.clone(),
            http: http.build().unwrap(),
            largest: if full { 8 * 1024 * 1024 } else { 256 * 1024 },
            seen: Mutex::default(),
            lies: Mutex::default(),
        };
        field.must_be_ready("before anything happens").await;
        field
    }

    pub fn readiness(&self) -> Vec<(u16, &'static str)> {
        self.seen.lock().unwrap().clone()
    }

    pub fn lies(&self) -> Vec<String> {
        self.lies.lock().unwrap().clone()
    }

    async fn asked(&self) -> u16 {
        let asked = self.http.get(format!("http://{}/readyz", self.address)).send().await;
        asked.map_or(0, |answer| answer.status().as_u16())
    }

    /// Within the seconds that it takes to find out.
    async fn must_be_ready(&self, when: &'static str) {
        self.must_say(200, when).await;
    }

    async fn must_say(&self, wanted: u16, when: &'static str) {
        let mut said = 0;
        for _ in 0..20 {
            said = self.asked().await;
            if said == wanted {
                break;
            }
            pass(Duration::from_millis(250)).await;
        }
        self.seen.lock().unwrap().push((said, when));
        if said != wanted {
            self.lies.lock().unwrap().push(format!("{said} {when}"));
        }
    }

    /// `/strategy …` of somebody who does not count as honest.
    async fn command(&self, user: &str, text: &str) {
        let ways = (self.town.api.trigger(user), self.town.api.response_url(user));
        let request = wire::command(user, "C0EVIL", text, (&ways.0, &ways.1));
        self.town.send_once(&request).await;
    }

    async fn import(&self, kind: &str, body: Vec<u8>) {
        let url = format!("http://{}/import/{kind}", self.address);
        let sent = self.http.post(url).bearer_auth(&self.token).body(body).send().await;
        if let Ok(answer) = sent {
            let _ = answer.bytes().await;
        }
    }
}

impl Attack {
    pub fn name(self) -> &'static str {
        match self {
            Self::Numbers => "numbers",
            Self::Questions => "questions",
            Self::Viewer => "viewer",
            Self::HangingPeer => "hanging peer",
            Self::HugeImports => "huge imports",
            Self::WideHeader => "wide header",
            Self::DeafConnections => "deaf connections",
            Self::UnsignedBodies => "unsigned bodies",
            Self::LockedDatabase => "locked database",
        }
    }

    pub async fn play(self, field: &Field, chance: &mut Chance) {
        match self {
            Self::Numbers => numbers(field, chance).await,
            Self::Questions => {
                field.command(PEOPLE[1], &format!("tam {}", "a? ".repeat(1_300))).await;
            }
            Self::Viewer => viewer(field).await,
            Self::HangingPeer => hanging_peer(field, chance).await,
            Self::HugeImports => huge_imports(field).await,
            Self::WideHeader => field.import("deals", vec![b','; field.largest / 2]).await,
            Self::DeafConnections => deaf_connections(field).await,
            Self::UnsignedBodies => unsigned_bodies(field, chance).await,
            Self::LockedDatabase => locked_database(field).await,
        }
        field.must_be_ready("after it").await;
    }
}

/// Seven fields, "by by", and nine hundred numbers: every pair of them could be a change.
async fn numbers(field: &Field, chance: &mut Chance) {
    let mut text = "edit tam set accounts share ACV to by by ".to_owned();
    for _ in 0..900 {
        text.push_str(&(100 + chance.below(900)).to_string());
        text.push(' ');
    }
    text.truncate(3_787);
    field.command(PEOPLE[0], &text).await;
}

/// Two hundred and fifty commands in one second.
async fn viewer(field: &Field) {
    let all = (0..250).map(|_| field.command(VIEWER, "icp"));
    futures_util::future::join_all(all).await;
}

/// Slack takes long over posts, loses answers, and refuses to take a file for a while.
async fn hanging_peer(field: &Field, chance: &mut Chance) {
    for _ in 0..4 {
        let long = Duration::from_secs(2) + chance.millis(4_000);
        field.town.api.fail_next("chat.postMessage", Failure::Delay(long));
        field.town.api.fail_next("upload", Failure::Status(500));
    }
    field.town.api.fail_next("chat.postMessage", Failure::LostReply);
    pass(Duration::from_secs(2)).await;
}

/// Four at once, each a million rows of nothing.
async fn huge_imports(field: &Field) {
    let row = br#"{"":0},"#;
    let mut body = b"[".to_vec();
    body.extend(row.repeat(field.largest / row.len() - 2));
    body.extend(br#"{"":0}]"#);
    let all = (0..4).map(|_| field.import("partners", body.clone()));
    futures_util::future::join_all(all).await;
}

/// They ask and ask, and never read.
async fn deaf_connections(field: &Field) {
    let asking = format!("GET /metrics HTTP/1.1\r\nHost: {}\r\n\r\n", field.address).repeat(200);
    let mut all = Vec::new();
    for _ in 0..768 {
        let Ok(mut deaf) = TcpStream::connect(&field.address).await else { continue };
        let _ = tokio::time::timeout(Duration::from_millis(20), deaf.write_all(asking.as_bytes()))
            .await;
        all.push(deaf);
    }
    field.must_be_ready("while nobody reads").await;
    pass(Duration::from_secs(2)).await;
}

/// Headers that could be Slack's, and a mebibyte each that is not.
async fn unsigned_bodies(field: &Field, chance: &mut Chance) {
    let sign = format!("v0={:064x}", chance.next());
    let all = (0..400).map(|at| {
        let sign = sign.clone();
        async move {
            let mut wire = TcpStream::connect(&field.address).await?;
            let head = format!(
                "POST /slack/events HTTP/1.1\r\nHost: {}\r\nX-Slack-Request-Timestamp: {}\r\n\
                 X-Slack-Signature: {sign}\r\nContent-Length: 1048576\r\n\r\n",
                field.address,
                seconds(),
            );
            wire.write_all(head.as_bytes()).await?;
            // Half of them never end.
            wire.write_all(&vec![b'a'; 1024 * 1024 - at % 2]).await?;
            let mut answer = [0; 64];
            wire.read(&mut answer).await
        }
    });
    let all = futures_util::future::join_all(all);
    let _ = tokio::time::timeout(Duration::from_secs(6), all).await;
}

/// Another program holds the file for three seconds; the honest are told, not kept waiting.
async fn locked_database(field: &Field) {
    let options: sqlx::sqlite::SqliteConnectOptions = field.database.parse().unwrap();
    let options = options.busy_timeout(Duration::from_secs(20));
    let mut holder = options.pragma("wal_autocheckpoint", "0").connect().await.unwrap();
    field.town.held.store(true, Ordering::Relaxed);
    holder.execute("BEGIN IMMEDIATE").await.unwrap();
    field.must_say(503, "while the database is locked").await;
    holder.execute("ROLLBACK").await.unwrap();
    holder.close().await.unwrap();
    field.must_be_ready("once it is free").await;
    field.town.held.store(false, Ordering::Relaxed);
}
