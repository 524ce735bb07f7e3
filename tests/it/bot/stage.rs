//! One story's own world: a database, a stand-in for Slack, servers, a clock that stands still.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use attache::app::commands;
use attache::app::opened::StartError;
use attache::app::people::sign_in_links;
use attache::app::serve::{Pace, Running, start};
use attache::cli::output::Output;
use attache::cli::{self, Invocation};
use attache::clock::Clock;
use attache::config::Settings;
use attache::handlers::work::Works;
use attache::ids::Ids;
use attache::jobs::{self, Role, Work as _};
use attache::platforms::console::visit::invite;
use attache::store::{Db, Kind};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use super::people;
use super::slack_api::{SlackApi, TOKEN};
use super::slack_face::SIGNING_SECRET;
use super::watch::Watch;

/// How long an effect may take on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(20);
/// A Monday morning, four days after a quarter closed.
const BEGINS: &str = "2026-10-05T08:30:00Z";

pub struct Stage {
    pub kind: Kind,
    pub url: String,
    pub settings: Settings,
    environment: BTreeMap<String, String>,
    pub api: SlackApi,
    pub clock: Clock,
    pub watch: Watch,
    pub http: reqwest::Client,
    servers: RefCell<Vec<Running>>,
    _folder: tempfile::TempDir,
}

/// What the environment of a test may say, read in one place.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told where the cluster is, and how long to run"
)]
pub fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Stage {
    pub async fn build(kind: Kind, watch: Watch, with: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the story");
        let url = match kind {
            Kind::Sqlite => format!("sqlite://{}", folder.path().join("attache.db").display()),
            Kind::Postgres => fresh_postgres().await,
        };
        let api = SlackApi::start().await;
        for person in people::PEOPLE {
            api.set_user(person.slack, person.in_slack());
        }
        let environment = environment(&url, &api, with);
        let settings = read(&["serve"], &environment).settings;
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            kind,
            url,
            settings,
            environment,
            api,
            clock: Clock::standing_at(BEGINS.parse().unwrap()),
            watch,
            http: http.no_proxy().build().unwrap(),
            servers: RefCell::default(),
            _folder: folder,
        }
    }

    /// Puts what the first release left into the new, empty database.
    pub async fn fill(&self) {
        match self.kind {
            Kind::Sqlite => {
                let text = include_str!("../../fixtures/release/sqlite.sql");
                let options = SqliteConnectOptions::from_str(&self.url).unwrap();
                let mut database = options.create_if_missing(true).connect().await.unwrap();
                sqlx::raw_sql(text).execute(&mut database).await.expect("the dump reads");
                database.close().await.unwrap();
            }
            Kind::Postgres => {
                let text = include_str!("../../fixtures/release/postgres.sql");
                let options = PgConnectOptions::from_str(&self.url).unwrap();
                let mut database = options.connect().await.unwrap();
                sqlx::raw_sql(text).execute(&mut database).await.expect("the dump reads");
                database.close().await.unwrap();
            }
        }
    }

    /// Starts a server of this role; its address.
    pub async fn start(&self, role: Role) -> Result<String, StartError> {
        let engine = jobs::Settings {
            tick: Duration::from_millis(100),
            retry: Duration::from_millis(50),
            reconcile_rest: Duration::from_millis(300),
            longest_rest: Duration::from_secs(2),
            grace: Duration::from_secs(3),
            poll: Duration::from_millis(100),
            upkeep: Duration::from_millis(100),
            ..jobs::Settings::default()
        };
        let pace = Pace { clock: self.clock.clone(), engine };
        let running = start(&self.settings, role, pace).await?;
        let base = format!("http://{}", running.address);
        self.servers.borrow_mut().push(running);
        Ok(base)
    }

    /// Stops every server, oldest first.
    pub async fn stop(&self) {
        let servers = std::mem::take(&mut *self.servers.borrow_mut());
        for server in servers {
            server.stop().await;
        }
    }

    /// A subcommand of the binary, on the same database.
    pub async fn command(&self, arguments: &[&str]) -> Result<Output, commands::Failed> {
        let Invocation { command, settings, workspace, .. } = read(arguments, &self.environment);
        commands::run(command, &settings, workspace.as_deref()).await
    }

    pub fn context(&self) -> Arc<attache::handlers::context::Context> {
        let servers = self.servers.borrow();
        Arc::clone(&servers.first().expect("a server runs").opened.cx)
    }

    /// What the server prints for the console's owners at start: who, and the path that signs in.
    pub async fn sign_in_links(&self) -> Vec<(String, String)> {
        let ports = {
            let servers = self.servers.borrow();
            Arc::clone(&servers.first().expect("a server runs").opened.ports)
        };
        let made = sign_in_links((&self.context(), &ports), &self.settings).await;
        made.expect("links can be made")
    }

    /// A one-time link that signs somebody in: its path.
    pub async fn sign_in_link(&self, person: &str) -> String {
        let ports = {
            let servers = self.servers.borrow();
            Arc::clone(&servers.first().expect("a server runs").opened.ports)
        };
        invite(&*ports, person, self.clock.now_ms()).await.expect("a link can be made")
    }

    /// What the engine does from time to time, now.
    pub async fn tick(&self) {
        Works(self.context()).tick(self.clock.now()).await;
    }

    /// Waits for an effect.
    pub async fn until(&self, what: &str, seen: impl AsyncFn() -> bool) {
        self.until_within(PATIENCE, what, seen).await;
    }

    async fn until_within(&self, patience: Duration, what: &str, seen: impl AsyncFn() -> bool) {
        let looking = async {
            let mut looks = tokio::time::interval(Duration::from_millis(15));
            loop {
                looks.tick().await;
                if seen().await {
                    return;
                }
            }
        };
        let done = tokio::time::timeout(patience, looking).await;
        assert!(done.is_ok(), "waited in vain until {what}; {}", self.left().await);
    }

    /// Waits until nothing is left to do.
    pub async fn settle_within(&self, patience: Duration) {
        let idle = async || self.number(OPEN_LITE, OPEN_PG).await == 0;
        self.until_within(patience, "nothing is left to do", idle).await;
    }

    pub async fn settle(&self) {
        self.until("nothing is left to do", async || self.number(OPEN_LITE, OPEN_PG).await == 0)
            .await;
    }

    /// What is still to be done, and what went wrong, for people.
    async fn left(&self) -> String {
        let cx = self.context();
        let rows = "SELECT op || ' ' || lane || ' ' || state || ' ' || COALESCE(last_error, '') FROM outbox \
                    WHERE state NOT IN ('sent', 'expired')";
        let inbox = "SELECT conversation || ' ' || COALESCE(error, '') FROM inbox WHERE done_at IS NULL OR error IS NOT NULL";
        let queues = cx.jobs.queues().await.unwrap_or_default();
        let (rows, inbox) = (self.texts(rows).await, self.texts(inbox).await);
        format!(
            "outbox {rows:#?}, inbox {inbox:#?}, queues {queues:#?}, errors {:#?}",
            self.watch.errors()
        )
    }

    pub async fn number(&self, lite: &'static str, pg: &'static str) -> i64 {
        let number = match self.context().store.db() {
            Db::Lite { read, .. } => sqlx::query_scalar(lite).fetch_one(read).await,
            Db::Pg(pool) => sqlx::query_scalar(pg).fetch_one(pool).await,
        };
        number.expect("the database answers")
    }

    pub async fn texts(&self, sql: &'static str) -> Vec<String> {
        let texts = match self.context().store.db() {
            Db::Lite { read, .. } => sqlx::query_scalar(sql).fetch_all(read).await,
            Db::Pg(pool) => sqlx::query_scalar(sql).fetch_all(pool).await,
        };
        texts.expect("the database answers")
    }

    /// Whatever was taken in and not worked on is gone.
    pub async fn forget_requests(&self) {
        self.change("DELETE FROM inbox WHERE done_at IS NULL").await;
    }

    /// The jobs that were given up are known to the story.
    pub async fn forget_given_up(&self) {
        self.change(match self.kind {
            Kind::Sqlite => "DELETE FROM river_job WHERE state = 'discarded'",
            Kind::Postgres => "DELETE FROM river.river_job WHERE state = 'discarded'",
        })
        .await;
    }

    /// Changes rows behind the product's back.
    pub async fn change(&self, sql: &'static str) {
        match self.context().store.db() {
            Db::Lite { write, .. } => drop(sqlx::query(sql).execute(write).await.unwrap()),
            Db::Pg(pool) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
        }
    }

    /// What was taken in and not worked on arrived three seconds earlier.
    pub async fn age_requests(&self) {
        const OLDER: &str =
            "UPDATE inbox SET received_at = received_at - 3000 WHERE done_at IS NULL";
        match self.context().store.db() {
            Db::Lite { write, .. } => drop(sqlx::query(OLDER).execute(write).await.unwrap()),
            Db::Pg(pool) => drop(sqlx::query(OLDER).execute(pool).await.unwrap()),
        }
    }

    /// A story leaves nothing behind but what it expects: lines about `errors`, `unsent` messages.
    pub async fn leave(self, errors: &[&str], unsent: Option<i64>) {
        self.settle().await;
        let dead = self.number(DEAD_LITE, DEAD_PG).await;
        let left = self.left().await;
        let ended = self.number(ENDED, ENDED).await;
        self.stop().await;
        assert_eq!(dead, 0, "jobs were given up: {left}");
        assert!(unsent.is_none_or(|unsent| ended == unsent), "messages that were not sent: {left}");
        assert_eq!(
            self.watch.panics(),
            Vec::<String>::new(),
            "something panicked in the background"
        );
        let known = |line: &String| errors.iter().any(|expected| line.contains(expected));
        let unknown: Vec<_> = self.watch.errors().into_iter().filter(|line| !known(line)).collect();
        assert_eq!(unknown, Vec::<String>::new(), "errors were logged");
        assert_eq!(self.api.violations(), Vec::<String>::new(), "Slack was not treated well");
        if self.kind == Kind::Postgres {
            drop_postgres(&self.url).await;
        }
    }
}

const OPEN_LITE: &str = "SELECT (SELECT COUNT(*) FROM inbox WHERE done_at IS NULL) \
    + (SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'sending')) \
    + (SELECT COUNT(*) FROM river_job WHERE state NOT IN ('completed', 'discarded', 'cancelled'))";
const OPEN_PG: &str = "SELECT (SELECT COUNT(*) FROM inbox WHERE done_at IS NULL) \
    + (SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'sending')) \
    + (SELECT COUNT(*) FROM river.river_job WHERE state NOT IN ('completed', 'discarded', 'cancelled'))";
const DEAD_LITE: &str = "SELECT COUNT(*) FROM river_job WHERE state = 'discarded'";
const DEAD_PG: &str = "SELECT COUNT(*) FROM river.river_job WHERE state = 'discarded'";
const ENDED: &str = "SELECT COUNT(*) FROM outbox WHERE state IN ('refused', 'unknown')";

fn environment(url: &str, api: &SlackApi, with: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut environment: BTreeMap<String, String> = [
        ("ATTACHE_LISTEN", "127.0.0.1:0"),
        ("ATTACHE_DATABASE_URL", url),
        // Stories say at once what people say in minutes.
        ("ATTACHE_PER_PERSON", "0"),
        ("ATTACHE_SECRET_KEY", "c3RvcmllcyBvbmx5OiBuZXZlciB1c2UgdGhpcyBrZXk="),
        ("ATTACHE_OWNERS", "slack:U01ANA,console:ana"),
        ("SLACK_SIGNING_SECRET", SIGNING_SECRET),
        ("SLACK_BOT_TOKEN", TOKEN),
        ("SLACK_API_URL", &api.base_url()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    environment.extend(with.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    environment
}

fn read(arguments: &[&str], environment: &BTreeMap<String, String>) -> Invocation {
    let arguments = std::iter::once("attache").chain(arguments.iter().copied());
    let arguments = arguments.map(std::ffi::OsString::from);
    cli::read(arguments, environment).expect("complete settings")
}

fn cluster() -> PgConnectOptions {
    let url = told("ATTACHE_TEST_POSTGRES").expect(
        "this test needs PostgreSQL: set ATTACHE_TEST_POSTGRES to the address of a cluster in \
         which databases may be made (scripts/test does), such as postgres://postgres@127.0.0.1:5432",
    );
    PgConnectOptions::from_str(&url).expect("ATTACHE_TEST_POSTGRES is a URL")
}

async fn ask(sql: String) {
    let mut admin = cluster().database("postgres").connect().await.expect("the cluster answers");
    sqlx::query(AssertSqlSafe(sql)).execute(&mut admin).await.expect("a database of its own");
    admin.close().await.expect("the cluster lets go");
}

async fn fresh_postgres() -> String {
    let name = format!("attache_story_{}", Ids::random().text().replace('-', ""));
    ask(format!("CREATE DATABASE {name}")).await;
    cluster().database(&name).to_url_lossy().to_string()
}

async fn drop_postgres(url: &str) {
    let options = PgConnectOptions::from_str(url).expect("a URL that we made");
    let name = options.get_database().expect("it names its database").to_owned();
    ask(format!("DROP DATABASE {name} WITH (FORCE)")).await;
}
