//! The router over a real socket, with parts that remember what they were asked.

use std::sync::Mutex;

use axum::routing::{get, post};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::decks::DeckFile;
use super::health::{Part, Ready};
use super::imports::{File, Imported, Owner};
use super::metrics::Figure;
use super::trouble::Failed;
use super::*;
use crate::config::{Secret, SecretKey};
use crate::handlers::import::Turn;
use crate::ids::{ReportId, WorkspaceId};
use crate::partners::import::Kind;

const NOW: &str = "2026-10-05T08:00:00Z";

struct Fakes {
    queue: bool,
    taken: Mutex<Vec<(Kind, usize, bool)>>,
    turns: Arc<Semaphore>,
}

impl Health for Fakes {
    fn ready(&self) -> BoxFuture<'_, Ready> {
        let (queue, slack) = (Part::of(self.queue), Part::Ailing("token_revoked".to_owned()));
        async { vec![("database", Part::Well), ("queue", queue), ("slack", slack)] }.boxed()
    }

    fn figures(&self) -> BoxFuture<'_, Vec<Figure>> {
        let labels = vec![("queue", "drain".to_owned())];
        async { vec![Figure { name: "attache_jobs", help: "Jobs", labels, value: 2 }] }.boxed()
    }
}

impl Decks for Fakes {
    fn deck<'a>(&'a self, report: &'a ReportId) -> BoxFuture<'a, Result<Option<DeckFile>, Failed>> {
        async move {
            match report.as_str() {
                "r-1" => {
                    Ok(Some(DeckFile { name: "q3 \"x\".pptx".to_owned(), bytes: b"PK".to_vec() }))
                }
                "r-broken" => Err(Failed::Ours(7)),
                "r-busy" => Err(Failed::Busy),
                _ => Ok(None),
            }
        }
        .boxed()
    }
}

impl Imports for Fakes {
    fn owner_of<'a>(&'a self, token: &'a Secret) -> BoxFuture<'a, Result<Option<Owner>, Failed>> {
        let (workspace, named) = (WorkspaceId::from_stored("w-1"), "good".to_owned());
        async move { Ok((token.expose() == "good").then_some(Owner { workspace, token: named })) }
            .boxed()
    }

    fn turn(&self) -> Option<Turn> {
        Arc::clone(&self.turns).try_acquire_owned().ok()
    }

    fn import<'a>(
        &'a self,
        owner: &'a Owner,
        file: File,
    ) -> BoxFuture<'a, Result<Imported, Failed>> {
        async move {
            assert_eq!(owner.workspace.as_str(), "w-1");
            self.taken.lock().unwrap().push((file.kind, file.bytes.len(), file.asked.keep_good));
            let taken = !file.bytes.starts_with(b"bad");
            Ok(Imported { taken, report: serde_json::json!({ "read": 1 }) })
        }
        .boxed()
    }
}

/// A running server. It is stopped when it is dropped.
struct Server {
    address: std::net::SocketAddr,
    fakes: Arc<Fakes>,
    links: Links,
    stop: watch::Sender<bool>,
    ended: tokio::task::JoinHandle<std::io::Result<()>>,
}

async fn server(queue: bool) -> Server {
    server_within(queue, serve::Limits::with_grace(Duration::from_millis(50))).await
}

async fn server_within(queue: bool, limits: serve::Limits) -> Server {
    let fakes =
        Arc::new(Fakes { queue, taken: Mutex::default(), turns: Arc::new(Semaphore::new(1)) });
    let links = Links::new(&SecretKey::from_bytes([1; 32]));
    let console = Router::new()
        .route("/", get(|| async { ([("content-security-policy", "default-src 'self'")], "hi") }))
        .route("/long", get(|| async { vec![b'x'; 64 * 1024 * 1024] }))
        .route("/boom", get(async || -> &'static str { panic!("canary") }))
        .route("/stuck", get(std::future::pending::<&'static str>));
    let platform = Router::new().route("/slack/events", post(|body: String| async { body }));
    let router = router(Parts {
        platforms: vec![platform],
        console: Some(console),
        health: Arc::clone(&fakes) as _,
        decks: Arc::clone(&fakes) as _,
        imports: Arc::clone(&fakes) as _,
        links: links.clone(),
        metrics: Arc::default(),
        https: true,
        clock: Clock::standing_at(NOW.parse().unwrap()),
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopping) = watch::channel(false);
    let ended = tokio::spawn(serve::serve(listener, router, stopping, limits));
    Server { address, fakes, links, stop, ended }
}

impl Server {
    /// One request as bytes, the answer as text.
    async fn ask(&self, head: &str, body: &[u8]) -> String {
        let mut connection = TcpStream::connect(self.address).await.unwrap();
        let length = body.len();
        let head = format!(
            "{head} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n"
        );
        // The head's own further lines stand after its first.
        let (first, more) = head.split_once(" HTTP/1.1").unwrap();
        let (line, lines) = first.split_once('\n').unwrap_or((first, ""));
        let lines = if lines.is_empty() { String::new() } else { format!("{lines}\r\n") };
        let text = format!("{line} HTTP/1.1{more}{lines}\r\n");
        connection.write_all(text.as_bytes()).await.unwrap();
        // A server that refuses early may have closed already.
        let _ = connection.write_all(body).await;
        let mut answer = Vec::new();
        let _ = connection.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path}"), b"").await
    }
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn a_process_is_healthy_and_ready_only_when_it_can_work() {
    let (well, ill) = (server(true).await, server(false).await);
    assert!(well.get("/healthz").await.ends_with("\r\n\r\nok\n"));
    let answer = well.get("/readyz").await;
    assert_eq!(status(&answer), "200", "a dead token keeps nobody else from working");
    assert!(answer.contains(r#""queue":"ok","slack":"token_revoked""#), "{answer}");
    let answer = ill.get("/readyz").await;
    assert_eq!(status(&answer), "503");
    assert!(answer.contains(r#"{"database":"ok","queue":"no","#), "{answer}");
}

#[tokio::test]
async fn whoever_does_not_finish_a_head_is_cut_off_and_makes_room() {
    let head = Duration::from_millis(200);
    let limits = serve::Limits { head, connections: 2, ..serve::Limits::with_grace(head) };
    let server = server_within(true, limits).await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: local").await.unwrap();
    // There is room for two only: the third takes the place of one of them.
    assert_eq!(status(&server.get("/healthz").await), "200");
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest).await;
    let _ = idle.read_to_end(&mut rest).await;
    assert!(!String::from_utf8_lossy(&rest).contains("200"), "{rest:?}");
}

/// Asks for a long answer and takes none of it.
async fn deaf(server: &Server) -> TcpStream {
    let mut deaf = TcpStream::connect(server.address).await.unwrap();
    deaf.write_all(b"GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    deaf.readable().await.unwrap();
    deaf
}

#[tokio::test]
async fn whoever_asks_and_never_reads_makes_room_for_others_at_once() {
    let long = Duration::from_mins(10);
    let limits = serve::Limits { head: long, untaken: long, ..serve::Limits::with_grace(long) };
    for limits in
        [serve::Limits { connections: 4, ..limits }, serve::Limits { per_address: 4, ..limits }]
    {
        let server = server_within(true, limits).await;
        let mut all = Vec::new();
        for _ in 0..8 {
            all.push(deaf(&server).await);
        }
        assert_eq!(status(&server.get("/healthz").await), "200");
        server.stop.send_replace(true);
        drop(all);
    }
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_given_up_in_time() {
    let untaken = Duration::from_millis(100);
    let limits = serve::Limits { untaken, ..serve::Limits::with_grace(untaken) };
    let server = server_within(true, limits).await;
    let mut deaf = deaf(&server).await;
    // Whatever is asked behind it finds that the server hung up.
    let asking = async { while deaf.write_all(&[b'x'; 4096]).await.is_ok() {} };
    tokio::time::timeout(Duration::from_secs(30), asking).await.unwrap();
    assert_eq!(status(&server.get("/healthz").await), "200");
}

#[tokio::test]
async fn whoever_takes_an_answer_slowly_but_steadily_gets_all_of_it() {
    let untaken = Duration::from_millis(300);
    let limits = serve::Limits { untaken, ..serve::Limits::with_grace(untaken) };
    let server = server_within(true, limits).await;
    let mut slow = deaf(&server).await;
    let (mut read, mut piece) = (0, vec![0; 4 * 1024 * 1024]);
    while read < 64 * 1024 * 1024 {
        let _ = tokio::time::timeout(untaken / 6, std::future::pending::<()>()).await;
        read += slow.read(&mut piece).await.unwrap();
    }
}

/// All of a body but its last byte, which follows when somebody's was refused; true when it was taken.
async fn held(server: &Server, full: &watch::Sender<bool>) -> bool {
    let body = vec![b'x'; LARGEST_BODY - 1];
    let mut wire = TcpStream::connect(server.address).await.unwrap();
    let head = "POST /slack/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    let head = format!("{head}Content-Length: {LARGEST_BODY}\r\n\r\n");
    wire.write_all(head.as_bytes()).await.unwrap();
    let mut was_full = full.subscribe();
    let sending = async {
        wire.write_all(&body).await?;
        tokio::select! {
            _ = wire.readable() => Ok(()),
            _ = was_full.wait_for(|full| *full) => wire.write_all(b"x").await,
        }
    };
    let _ = sending.await;
    let mut answer = Vec::new();
    let _ = wire.read_to_end(&mut answer).await;
    let taken = answer.starts_with(b"HTTP/1.1 200 ");
    if !taken {
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 503 "));
        full.send_replace(true);
    }
    taken
}

#[tokio::test]
async fn bodies_on_their_way_share_a_budget_that_comes_back() {
    let (server, full) = (server(true).await, watch::Sender::new(false));
    let all = futures_util::future::join_all((0..40).map(|_| held(&server, &full)));
    let taken = tokio::time::timeout(Duration::from_secs(30), all).await.unwrap();
    assert!(taken.contains(&true) && taken.contains(&false), "{taken:?}");
    let body = vec![b'x'; LARGEST_BODY];
    assert_eq!(status(&server.ask("POST /slack/events", &body).await), "200");
}

#[tokio::test]
async fn requests_are_counted_by_class() {
    let server = server(true).await;
    server.get("/decks/not-a-link").await;
    server.ask("POST /slack/events", b"x").await;
    let text = server.get("/metrics").await;
    for line in [
        "attache_requests_total{path=\"/decks\",status=\"4xx\"} 1",
        "attache_acknowledged_total 1",
        "attache_jobs{queue=\"drain\"} 2",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[tokio::test]
async fn a_signed_link_gives_the_deck_until_it_expires() {
    let server = server(true).await;
    let link = |report: &str, until: &str| {
        let report = ReportId::from_stored(report);
        format!("/decks/{}", server.links.sign(&report, until.parse().unwrap()))
    };
    let deck = server.get(&link("r-1", "2026-10-05T08:00:01Z")).await;
    assert_eq!(status(&deck), "200");
    assert_eq!(header(&deck, "content-disposition"), Some("attachment; filename=\"q3--x-.pptx\""));
    assert_eq!(header(&deck, "cache-control"), Some("no-store"));
    assert!(deck.ends_with("\r\n\r\nPK"));

    assert_eq!(status(&server.get(&link("r-1", NOW)).await), "410");
    assert_eq!(status(&server.get(&link("r-gone", "2026-10-06T00:00:00Z")).await), "404");
    assert_eq!(status(&server.get("/decks/r-1.9999999999.AAAA").await), "404");
    let broken = server.get(&link("r-broken", "2026-10-06T00:00:00Z")).await;
    assert_eq!(status(&broken), "500");
    assert!(broken.contains(r#""reference":"00000007""#), "{broken}");
    let busy = server.get(&link("r-busy", "2026-10-06T00:00:00Z")).await;
    assert_eq!((status(&busy), header(&busy, "retry-after")), ("503", Some("2")));
}

#[tokio::test]
async fn a_program_with_a_token_sends_files() {
    let server = server(true).await;
    let post = |path: &str| format!("POST {path}\nAuthorization: Bearer good");
    let taken = server.ask(&post("/import/deals?keep_good=true"), b"a,b").await;
    assert_eq!(status(&taken), "200");
    assert!(taken.ends_with("{\"read\":1}\n"), "{taken}");
    assert_eq!(status(&server.ask(&post("/import/partners"), b"bad").await), "422");
    assert_eq!(status(&server.ask(&post("/import/people"), b"a").await), "404");
    let seen = server.fakes.taken.lock().unwrap().clone();
    assert_eq!(seen, [(Kind::Deals, 3, true), (Kind::Partners, 3, false)]);
}

#[tokio::test]
async fn a_file_beyond_those_that_are_taken_in_is_told_to_come_again() {
    let server = server(true).await;
    let file = "POST /import/deals\nAuthorization: Bearer good";
    let turn = server.fakes.turn().unwrap();
    let busy = server.ask(file, b"a,b").await;
    assert_eq!((status(&busy), header(&busy, "retry-after")), ("503", Some("5")));
    assert!(busy.contains("Nothing was changed"), "{busy}");
    drop(turn);
    assert_eq!(status(&server.ask(file, b"a,b").await), "200");
}

#[tokio::test]
async fn a_body_that_is_wrapped_is_refused_with_how_to_send_it() {
    let server = server(true).await;
    let post = |rest: &str| format!("POST /import/deals{rest}\nAuthorization: Bearer good");
    for (rest, body, code, part) in [
        ("\nContent-Encoding: gzip", &b"x"[..], "415", "compressed"),
        ("\nContent-Type: multipart/form-data; boundary=x", b"--x", "415", "--data-binary"),
        ("\nContent-Type: application/x-www-form-urlencoded", b"csv=a%2Cb", "415", "form"),
        ("", b"\x1F\x8B\x08\0", "415", "gzip archive"),
        ("", b"PK\x03\x04xl/", "415", "Excel workbook"),
        ("?keep_good=perhaps", b"a,b", "400", "neither yes nor no"),
        ("?keep-good=yes", b"a,b", "400", "keep-good is not known"),
    ] {
        let answer = server.ask(&post(rest), body).await;
        assert!(status(&answer) == code && answer.contains(part), "{rest}: {answer}");
    }
    assert!(server.fakes.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn without_its_token_no_file_is_taken() {
    let server = server(true).await;
    for line in [
        "",
        "\nAuthorization: Bearer wrong",
        "\nAuthorization: Basic good",
        "\nAuthorization: Bearer ",
        "\nAuthorization: Bearer good\r\nAuthorization: Bearer good",
    ] {
        let answer = server.ask(&format!("POST /import/deals{line}"), b"a,b").await;
        assert_eq!(status(&answer), "401", "{line:?}");
        assert_eq!(header(&answer, "www-authenticate"), Some("Bearer"));
    }
    assert!(server.fakes.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn bodies_over_the_limit_are_refused_and_files_may_be_larger() {
    let server = server(true).await;
    let large = vec![b'x'; LARGEST_BODY + 1];
    assert_eq!(status(&server.ask("POST /slack/events", &large).await), "413");
    let fits = server.ask("POST /slack/events", &large[1..]).await;
    assert_eq!(status(&fits), "200");
    let file = "POST /import/deals\nAuthorization: Bearer good";
    assert_eq!(status(&server.ask(file, &large).await), "200");
    let too_large = vec![b'x'; LARGEST_FILE + 1];
    assert_eq!(status(&server.ask(file, &too_large).await), "413");
}

#[tokio::test]
async fn a_panic_costs_one_answer_and_says_nothing_of_its_text() {
    let server = server(true).await;
    let answer = server.get("/boom").await;
    assert_eq!(status(&answer), "500");
    assert!(answer.contains("\"reference\":\"") && !answer.contains("canary"), "{answer}");
    assert_eq!(status(&server.get("/").await), "200");
}

#[tokio::test]
async fn answers_are_dressed_and_the_console_may_choose_its_own() {
    let server = server(true).await;
    let page = server.get("/").await;
    assert_eq!(header(&page, "x-content-type-options"), Some("nosniff"));
    assert_eq!(header(&page, "x-frame-options"), Some("DENY"));
    assert_eq!(header(&page, "strict-transport-security"), Some("max-age=31536000"));
    assert_eq!(header(&page, "content-security-policy"), Some("default-src 'self'"));
    let probe = server.get("/healthz").await;
    assert!(header(&probe, "content-security-policy").unwrap().starts_with("default-src 'none'"));
}

#[tokio::test]
async fn it_stops_within_the_grace_even_when_a_request_never_ends() {
    let server = server(true).await;
    let mut stuck = TcpStream::connect(server.address).await.unwrap();
    stuck.write_all(b"GET /stuck HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert_eq!(status(&server.get("/healthz").await), "200");
    server.stop.send_replace(true);
    server.ended.await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}
