//! The processes of one run, side by side on one database.

use std::sync::Arc;
use std::time::{Duration, Instant};

use attache::clock::Clock;

use crate::chance::{Chance, pass};
use crate::database::{Database, Job, Kind};
use crate::people::{Editor, order_schedules, reporter};
use crate::server::{Plan, Server, free_port};
use crate::town::Town;

/// A send that nobody knows the end of rests so long: many times what the slowest call takes.
const REST: Duration = Duration::from_millis(1500);
const SCHEDULES: usize = 4;

pub struct Fleet {
    pub plan: Plan,
    pub database: Database,
    pub town: Arc<Town>,
    pub replicas: Vec<Replica>,
}

pub struct Replica {
    pub server: Server,
    port: u16,
    /// Its name in the database; empty on `SQLite`.
    pub id: String,
}

impl Fleet {
    /// So many processes on a fresh database with the sample company in it, and schedules ordered.
    pub async fn start(kind: Kind, many: usize) -> Self {
        Self::start_taking(0, kind, many).await
    }

    /// With so many requests from one person in a minute; 0 for all.
    pub async fn start_taking(per_person: u32, kind: Kind, many: usize) -> Self {
        let (town, database) = (Town::start().await, Database::fresh(kind).await);
        let plan = Plan {
            database: database.url.clone(),
            api: town.api.base_url(),
            rest: REST,
            role: "all",
            log: database.folder.path().join("log"),
            per_person,
        };
        plan.load_sample();
        let mut fleet = Self { plan, database, town, replicas: Vec::new() };
        for _ in 0..many {
            let replica = fleet.started(free_port()).await;
            fleet.replicas.push(replica);
        }
        let bases = fleet.replicas.iter().map(|replica| replica.server.base.clone()).collect();
        fleet.town.serve_at(bases);
        order_schedules(&fleet.town, SCHEDULES).await;
        fleet
    }

    async fn started(&self, port: u16) -> Replica {
        let before = self.names().await;
        let server = self.plan.start(port, &self.town.clock()).await;
        let id = self.names().await.into_iter().find(|name| !before.contains(name));
        Replica { server, port, id: id.unwrap_or_default() }
    }

    /// Who is alive on `PostgreSQL`.
    async fn names(&self) -> Vec<String> {
        if self.database.kind() == Kind::Sqlite {
            return Vec::new();
        }
        let mut look = self.database.look().await;
        let names = look.replicas().await;
        look.close().await;
        names
    }

    /// `kill -9` and what it was at.
    pub async fn kill(&mut self, which: usize) -> (i64, Vec<Job>) {
        self.replicas[which].server.kill();
        let at = now();
        let mut look = match self.database.kind() {
            Kind::Sqlite => self.database.look_at_copy().await,
            Kind::Postgres => self.database.look().await,
        };
        let jobs = look.running(&self.replicas[which].id).await;
        look.close().await;
        (at, jobs)
    }

    /// Whether a job of its is under way.
    pub async fn is_at_work(&self, which: usize) -> bool {
        let mut look = self.database.look().await;
        let jobs = look.running(&self.replicas[which].id).await;
        look.close().await;
        !jobs.is_empty()
    }

    /// Starts it again, on the port it had.
    pub async fn restart(&mut self, which: usize) {
        let replica = self.started(self.replicas[which].port).await;
        self.replicas[which] = replica;
    }

    /// People who keep at it until the town is over.
    pub fn let_people_work(
        &self,
        chance: &mut Chance,
        (editors, pause): (usize, Duration),
    ) -> Vec<tokio::task::JoinHandle<()>> {
        let mut tasks = Vec::new();
        for number in 0..editors {
            let (town, chance) = (Arc::clone(&self.town), chance.split("editor"));
            tasks.push(tokio::spawn(Editor { town, chance, number }.work()));
        }
        let (town, chance) = (Arc::clone(&self.town), chance.split("reporter"));
        tasks.push(tokio::spawn(reporter(town, chance, pause)));
        tasks
    }

    /// Waits in fine weather until nothing is left to do, and answers how long that took.
    pub async fn drain(&mut self, people: Vec<tokio::task::JoinHandle<()>>) -> Duration {
        self.town.end();
        self.town.let_it_clear();
        for task in people {
            task.await.unwrap();
        }
        let begun = Instant::now();
        let mut quiet = 0;
        while quiet < 3 {
            let mut look = self.database.look().await;
            let open = look.open().await;
            look.close().await;
            let nothing = open.heard == 0 && open.unsent == 0 && open.jobs == 0;
            quiet = if nothing { quiet + 1 } else { 0 };
            let long = begun.elapsed() > Duration::from_mins(5);
            assert!(!long, "it does not drain: {open:?}\n{}", self.plan.words());
            pass(Duration::from_millis(250)).await;
        }
        begun.elapsed()
    }

    /// Ends every process as an operator does.
    pub async fn end(&mut self) {
        for replica in self.replicas.drain(..) {
            let status = replica.server.end().await;
            assert!(status.success(), "it ended with {status}\n{}", self.plan.words());
        }
    }
}

/// Real time in milliseconds since 1970, as the database counts too.
pub fn now() -> i64 {
    Clock::system().now_ms()
}

/// How long a job rested, in milliseconds, and its kind.
pub type Wait = (i64, String);

/// Waits until each job was taken up by somebody after `then`; milliseconds since `since` for each.
pub async fn went_on(database: &Database, jobs: &[Job], (then, since): (i64, i64)) -> Vec<Wait> {
    const PATIENCE: Duration = Duration::from_secs(90);
    let mut waits = Vec::new();
    let begun = Instant::now();
    for job in jobs {
        let mut look = database.look().await;
        loop {
            if let Some(at) = look.went_on(job, then).await {
                waits.push(((at - since).max(0), job.kind.clone()));
                break;
            }
            assert!(begun.elapsed() < PATIENCE, "nobody went on with {job:?}");
            pass(Duration::from_millis(50)).await;
        }
        look.close().await;
    }
    waits
}

/// The middle and the largest, in words.
pub fn spread(times: &mut [Wait]) -> String {
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len().saturating_sub(1) * percent / 100);
    match (at(50), at(100)) {
        (Some((middle, _)), Some((most, kind))) => {
            format!("p50 {middle} ms, max {most} ms ({kind}), N={}", times.len())
        }
        _ => "none was interrupted".to_owned(),
    }
}
