//! The promises of the room, on both databases, through the front door: requests in, effects out.

mod bounds;
mod lanes;
mod mailbox;
mod replicas;
mod settings;
mod tasks;
mod writer;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Semaphore, watch};
use tokio::time::{interval, timeout};

use super::{
    Bounds, Doing, Engine, Found, Heard, InboxRow, InboxWriter, JobError, Jobs, OutboxRow,
    Outgoing, Role, SendOutcome, Settings, Task, TaskRun, Verdict, Work,
};
use crate::clock::Clock;
use crate::store::testing::Fresh;
use crate::store::{Result, Store, Tx, inbox, on};

const PATIENCE: Duration = Duration::from_secs(30);

/// Delays short enough for a test.
fn quick() -> Settings {
    Settings {
        tick: Duration::from_millis(50),
        retry: Duration::from_millis(5),
        reconcile_rest: Duration::from_millis(300),
        beat: Duration::from_millis(50),
        fence: Duration::from_millis(400),
        dead: Duration::from_millis(800),
        poll: Duration::from_millis(50),
        upkeep: Duration::from_millis(50),
        ..Settings::default()
    }
}

/// What a request, a task or a send is to do in a test.
#[derive(Clone)]
enum Act {
    /// Its effect, in its transaction, and done.
    Do,
    /// Waits at the gate, has an effect outside, then does as [`Act::Do`].
    Wait(Arc<Gate>),
    Fail(JobError),
    Panic,
    /// Says "done" and does nothing.
    Lie,
    Send(SendOutcome),
}

/// Shows that somebody has come, and lets through as many as it is told.
struct Gate {
    come: watch::Sender<u64>,
    open: Semaphore,
}

impl Gate {
    fn new() -> Arc<Self> {
        Arc::new(Self { come: watch::channel(0).0, open: Semaphore::new(0) })
    }

    async fn pass(&self) {
        self.come.send_modify(|come| *come += 1);
        self.open.acquire().await.unwrap().forget();
    }

    async fn somebody_waits(&self) {
        self.waits(1).await;
    }

    async fn waits(&self, many: u64) {
        let mut come = self.come.subscribe();
        timeout(PATIENCE, come.wait_for(|come| *come >= many)).await.unwrap().unwrap();
    }

    fn open(&self) {
        self.open.add_permits(1);
    }
}

type Script<T, A = Act> = Mutex<Box<dyn Fn(&T) -> A + Send>>;

/// The product's side, by script; it writes down what it was asked.
struct Spy {
    store: Store,
    heard: Script<InboxRow>,
    task: Script<Task>,
    send: Script<OutboxRow>,
    find: Script<OutboxRow, Found>,
    log: watch::Sender<Vec<String>>,
    busy: Mutex<std::collections::BTreeSet<String>>,
    outside: AtomicU64,
    at: watch::Sender<Vec<std::time::Instant>>,
}

impl Spy {
    fn new(store: &Store) -> Arc<Self> {
        Arc::new(Self {
            store: store.clone(),
            heard: Mutex::new(Box::new(|_| Act::Do)),
            task: Mutex::new(Box::new(|_| Act::Do)),
            send: Mutex::new(Box::new(|row| {
                Act::Send(SendOutcome::Sent { message_ref: format!("ref-{}", row.id) })
            })),
            find: Mutex::new(Box::new(|_| Found::NotThere)),
            log: watch::channel(Vec::new()).0,
            busy: Mutex::default(),
            outside: AtomicU64::new(0),
            at: watch::channel(Vec::new()).0,
        })
    }

    fn on_heard(&self, script: impl Fn(&InboxRow) -> Act + Send + 'static) {
        *self.heard.lock().unwrap() = Box::new(script);
    }

    fn on_task(&self, script: impl Fn(&Task) -> Act + Send + 'static) {
        *self.task.lock().unwrap() = Box::new(script);
    }

    fn on_send(&self, script: impl Fn(&OutboxRow) -> Act + Send + 'static) {
        *self.send.lock().unwrap() = Box::new(script);
    }

    fn on_find(&self, script: impl Fn(&OutboxRow) -> Found + Send + 'static) {
        *self.find.lock().unwrap() = Box::new(script);
    }

    fn note(&self, line: String) {
        self.log.send_modify(|log| log.push(line));
    }

    fn lines(&self) -> Vec<String> {
        self.log.borrow().clone()
    }

    fn count(&self, start: &str) -> usize {
        self.log.borrow().iter().filter(|line| line.starts_with(start)).count()
    }

    async fn wait_for(&self, many: usize, start: &str) {
        let mut log = self.log.subscribe();
        let enough =
            |log: &Vec<String>| log.iter().filter(|l| l.starts_with(start)).count() >= many;
        if timeout(PATIENCE, log.wait_for(enough)).await.is_err() {
            let lines: Vec<_> =
                self.lines().into_iter().filter(|l| !l.starts_with("tick")).collect();
            panic!("no {many} of {start:?} in {lines:?}");
        }
    }

    async fn act(&self, act: Act) -> std::result::Result<bool, JobError> {
        match act {
            Act::Do => Ok(true),
            Act::Wait(gate) => {
                gate.pass().await;
                self.outside.fetch_add(1, Ordering::SeqCst);
                Ok(true)
            }
            Act::Fail(error) => Err(error),
            Act::Panic => panic!("as the test wants it"),
            Act::Lie => Ok(false),
            Act::Send(_) => unreachable!("only a send sends"),
        }
    }
}

async fn effect(tx: &mut Tx, what: &str) -> Result<()> {
    on!(tx, |c| sqlx::query("INSERT INTO effect (what) VALUES ($1)")
        .bind(what)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

impl Work for Spy {
    fn heard<'a>(&'a self, row: &'a InboxRow) -> Doing<'a, std::result::Result<(), JobError>> {
        Box::pin(async move {
            let name = format!("{}/{}", row.conversation, row.payload);
            if !self.busy.lock().unwrap().insert(row.conversation.clone()) {
                self.note(format!("overlap {name}"));
            }
            let act = (self.heard.lock().unwrap())(row);
            let done = self.act(act).await;
            self.busy.lock().unwrap().remove(&row.conversation);
            if !done? {
                return Ok(());
            }
            let mut tx = self.store.begin().await?;
            effect(&mut tx, &name).await?;
            if inbox::finish(&mut tx, row, 1).await? {
                tx.commit().await?;
                self.note(format!("heard {name}"));
            }
            Ok(())
        })
    }

    fn gave_up<'a>(
        &'a self,
        tx: &'a mut Tx,
        row: &'a InboxRow,
        why: &'a str,
    ) -> Doing<'a, Result<()>> {
        Box::pin(async move {
            effect(tx, &format!("gave up {}", row.payload)).await?;
            self.note(format!("gave up {}/{}: {why}", row.conversation, row.payload));
            Ok(())
        })
    }

    fn task<'a>(
        &'a self,
        task: &'a Task,
        run: &'a TaskRun,
    ) -> Doing<'a, std::result::Result<(), JobError>> {
        Box::pin(async move {
            self.note(format!("try {} {}", task.kind(), run.attempt()));
            let act = (self.task.lock().unwrap())(task);
            if !self.act(act).await? {
                return Ok(());
            }
            let mut tx = self.store.begin().await?;
            effect(&mut tx, task.kind()).await?;
            run.complete(&mut tx).await?;
            tx.commit().await?;
            self.note(format!("task {}", task.kind()));
            Ok(())
        })
    }

    fn task_gave_up<'a>(
        &'a self,
        _: &'a mut Tx,
        task: &'a Task,
        why: &'a str,
    ) -> Doing<'a, Result<()>> {
        self.note(format!("task gave up {}: {why}", task.kind()));
        Box::pin(async { Ok(()) })
    }

    fn send<'a>(&'a self, row: &'a OutboxRow) -> Doing<'a, SendOutcome> {
        Box::pin(async move {
            self.at.send_modify(|at| at.push(std::time::Instant::now()));
            self.note(format!("send {}", row.id));
            let act = (self.send.lock().unwrap())(row);
            match act {
                Act::Send(outcome) => outcome,
                act => match self.act(act).await {
                    Ok(_) => SendOutcome::Sent { message_ref: format!("ref-{}", row.id) },
                    Err(error) => SendOutcome::Unknown(error.to_string()),
                },
            }
        })
    }

    fn find<'a>(&'a self, row: &'a OutboxRow) -> Doing<'a, Found> {
        self.at.send_modify(|at| at.push(std::time::Instant::now()));
        self.note(format!("find {}", row.id));
        let found = (self.find.lock().unwrap())(row);
        Box::pin(async move { found })
    }

    fn sent<'a>(
        &'a self,
        tx: &'a mut Tx,
        row: &'a OutboxRow,
        message_ref: &'a str,
    ) -> Doing<'a, Result<()>> {
        Box::pin(async move {
            effect(tx, message_ref).await?;
            self.note(format!("sent {}", row.id));
            Ok(())
        })
    }

    fn late<'a>(&'a self, _: &'a mut Tx, row: &'a OutboxRow) -> Doing<'a, Result<()>> {
        self.note(format!("late {}", row.id));
        Box::pin(async { Ok(()) })
    }

    fn refused<'a>(
        &'a self,
        _: &'a mut Tx,
        row: &'a OutboxRow,
        why: &'a str,
    ) -> Doing<'a, Result<()>> {
        self.note(format!("refused {}: {why}", row.id));
        Box::pin(async { Ok(()) })
    }

    fn unknown<'a>(
        &'a self,
        _: &'a mut Tx,
        row: &'a OutboxRow,
        why: &'a str,
    ) -> Doing<'a, Result<()>> {
        self.note(format!("unknown {}: {why}", row.id));
        Box::pin(async { Ok(()) })
    }

    fn tick(&self, now: Timestamp) -> Doing<'_, ()> {
        self.note(format!("tick {now}"));
        Box::pin(async {})
    }
}

/// A database, the handle, the script, and a door.
struct Rig {
    db: Fresh,
    jobs: Jobs,
    spy: Arc<Spy>,
    writer: InboxWriter,
}

impl Rig {
    async fn new(db: Fresh) -> Self {
        let mut tx = db.store.begin().await.unwrap();
        on!(&mut tx, |c| sqlx::query("CREATE TABLE effect (what TEXT NOT NULL)")
            .execute(c)
            .await
            .map(|_| ()))
        .unwrap();
        tx.commit().await.unwrap();
        let jobs = Jobs::open(&db.store).await.unwrap();
        let (spy, writer) = (Spy::new(&db.store), InboxWriter::start(&jobs, Bounds::default()));
        Self { db, jobs, spy, writer }
    }

    async fn start(&self, settings: Settings) -> Engine {
        let spy = Arc::clone(&self.spy);
        Engine::start(&self.jobs, Role::All, spy, &Clock::system(), settings).await.unwrap()
    }

    async fn hear(&self, conversation: &str, what: &str) -> Verdict {
        self.writer.accept(heard(conversation, what), None).await.unwrap()
    }

    async fn say(&self, what: &Outgoing) -> bool {
        let mut tx = self.db.store.begin().await.unwrap();
        let new = self.jobs.say(&mut tx, what).await.unwrap();
        tx.commit().await.unwrap();
        new
    }

    async fn number(&self, sql: &'static str) -> i64 {
        let mut reader = self.db.store.reader().await.unwrap();
        on!(&mut reader, |c| sqlx::query_scalar(sql).fetch_one(c).await).unwrap()
    }

    async fn effects(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM effect").await
    }

    /// Looks again and again until the query answers that.
    async fn until(&self, sql: &'static str, want: i64) {
        let mut looks = interval(Duration::from_millis(10));
        let seen = async {
            while self.number(sql).await != want {
                looks.tick().await;
            }
        };
        let seen = timeout(PATIENCE, seen).await;
        assert!(seen.is_ok(), "{sql} is {} and not {want}", self.number(sql).await);
    }

    /// River's table has its own name on each database.
    fn river(&self, lite: &'static str, pg: &'static str) -> &'static str {
        match self.db.store.kind() {
            crate::store::Kind::Sqlite => lite,
            crate::store::Kind::Postgres => pg,
        }
    }

    fn open_jobs(&self) -> &'static str {
        self.river(
            "SELECT COUNT(*) FROM river_job WHERE finalized_at IS NULL",
            "SELECT COUNT(*) FROM river.river_job WHERE finalized_at IS NULL",
        )
    }
}

fn heard(conversation: &str, what: &str) -> Heard {
    Heard {
        platform: "slack",
        dedupe_key: format!("{conversation}/{what}"),
        conversation: conversation.to_owned(),
        payload: what.to_owned(),
        received_at: 1000,
    }
}

fn post(id: &str) -> Outgoing {
    Outgoing {
        id: id.to_owned(),
        workspace: "w".to_owned(),
        lane: "slack:C1".to_owned(),
        op: "post".to_owned(),
        payload: "{}".to_owned(),
        dedup_key: format!("key-{id}"),
        repeatable: false,
        expires_at: None,
    }
}
