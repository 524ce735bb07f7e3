//! The gate: whatever is not Slack's stays outside, and nothing that is breaks it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::bodies::{Fixtures, Forged, forge};
use crate::chance::{Chance, pass};
use crate::database::{Database, Kind, rows};
use crate::scale::Scale;
use crate::server::{Plan, Server, free_port};
use crate::slack_api::SlackApi;
use crate::wire::{SECRET, Wire, seconds, signature};

/// Connections at once: far below what the gate refuses for being too much.
const WIRES: usize = 8;
const CLOCK: &str = "2026-10-05T08:59:50Z";

/// Statuses with how often each was answered, and how long each answer took in microseconds.
#[derive(Default)]
struct Answers {
    statuses: std::collections::BTreeMap<u16, usize>,
    took: Vec<u128>,
}

pub async fn run(scale: &Scale) {
    let many = scale.count(100_000, 10_000);
    let mut chance = scale.chance();
    let (api, database) = (SlackApi::start().await, Database::fresh(Kind::Sqlite).await);
    let mut plan = Plan {
        database: database.url.clone(),
        api: api.base_url(),
        rest: Duration::from_millis(500),
        role: "web",
        log: database.folder.path().join("log"),
        per_person: 0,
    };
    plan.load_sample();
    let port = free_port();
    let mut server = plan.start(port, CLOCK).await;
    let fixtures = Arc::new(Fixtures::read(&api.response_url("U0ANA")));

    let forged = storm((many, port), &fixtures, &mut chance, false).await;
    assert_eq!(taken(&database).await, 0, "a forged request was written down");
    let broken = storm((many, port), &fixtures, &mut chance, true).await;
    assert!(server.is_alive(), "it is gone: {}", plan.words());
    let kept = taken(&database).await;
    assert!(server.end().await.success());

    // What was understood after all must not break the work behind the gate either.
    plan.role = "all";
    let server = plan.start(free_port(), CLOCK).await;
    worked_off(&database, &plan, &server).await;
    assert!(server.end().await.success());

    scale.tell(&[
        ("forged", forged.words()),
        ("broken", broken.words()),
        ("broken, yet understood", format!("{kept} kept, all worked off")),
    ]);
    assert_eq!(forged.statuses.keys().collect::<Vec<_>>(), [&401], "only refusals");
    let all_right = |status: &u16| matches!(status, 200 | 400 | 413);
    assert!(broken.statuses.keys().all(all_right), "{:?}", broken.statuses);
    let never =
        [plan.logged("panicked"), plan.logged("given up"), plan.logged("not read")].concat();
    assert_eq!(never, Vec::<String>::new());
}

async fn storm(
    (many, port): (usize, u16),
    fixtures: &Arc<Fixtures>,
    chance: &mut Chance,
    signed: bool,
) -> Answers {
    let tasks = (0..WIRES).map(|_| {
        let (fixtures, mut chance) = (Arc::clone(fixtures), chance.split("wire"));
        tokio::spawn(async move {
            let (mut wire, mut answers) = (Wire::new(port), Answers::default());
            for _ in 0..many / WIRES {
                one(&mut wire, &fixtures, &mut chance, (signed, &mut answers)).await;
            }
            answers
        })
    });
    let mut all = Answers::default();
    for task in tasks.collect::<Vec<_>>() {
        let answers = task.await.unwrap();
        for (status, times) in answers.statuses {
            *all.statuses.entry(status).or_default() += times;
        }
        all.took.extend(answers.took);
    }
    all.took.sort_unstable();
    all
}

async fn one(
    wire: &mut Wire,
    fixtures: &Fixtures,
    chance: &mut Chance,
    (signed, answers): (bool, &mut Answers),
) {
    let now = seconds();
    let (door, request) = if signed {
        let (door, body) = fixtures.broken(chance);
        let stamp = now.to_string();
        let sign = signature(SECRET, &stamp, &body);
        (door, Forged { body, stamp, sign })
    } else {
        let (door, body) = fixtures.whole(chance);
        (door, forge(&body, now, chance))
    };
    let begun = Instant::now();
    let status = wire.send(door, &request.body, &request.stamp, &request.sign).await;
    answers.took.push(begun.elapsed().as_micros());
    *answers.statuses.entry(status).or_default() += 1;
}

async fn taken(database: &Database) -> i64 {
    let mut look = database.look().await;
    let count: Vec<(i64,)> = rows!(look, "SELECT COUNT(*) FROM inbox");
    look.close().await;
    count[0].0
}

async fn worked_off(database: &Database, plan: &Plan, _server: &Server) {
    let begun = Instant::now();
    loop {
        let mut look = database.look().await;
        let open = look.open().await;
        look.close().await;
        if open.heard == 0 && open.unsent == 0 {
            return;
        }
        let long = begun.elapsed() > Duration::from_mins(5);
        assert!(!long, "it does not drain: {open:?}\n{}", plan.words());
        pass(Duration::from_millis(250)).await;
    }
}

impl Answers {
    fn words(&self) -> String {
        let at = |permille: usize| {
            let index = self.took.len().saturating_sub(1) * permille / 1000;
            self.took.get(index).copied().unwrap_or(0)
        };
        let [middle, high, most] = [500, 990, 1000].map(at);
        let many = self.took.len();
        format!("{many}: {:?}, p50 {middle} µs, p99 {high} µs, max {most} µs", self.statuses)
    }
}
