//! `kill -9` at random points while people edit, accept and ask for reports, and Slack is moody.

use std::time::{Duration, Instant};

use crate::chance::{Chance, pass};
use crate::checker;
use crate::database::Kind;
use crate::fleet::{Fleet, Wait, now, spread, went_on};
use crate::scale::Scale;

/// How soon interrupted work must go on: after the start of the process that takes it over
/// (`SQLite`), after the kill (`PostgreSQL`).
fn bound(kind: Kind, scale: &Scale) -> i64 {
    match (kind, scale.is_full()) {
        (Kind::Sqlite, true) => 2_000,
        (Kind::Postgres, true) => 25_000,
        // With the other tests on the same machine, and unoptimized: surely not by River's own
        // rescue, which takes 90 s.
        (_, false) => 45_000,
    }
}

pub async fn run(kind: Kind, scale: &Scale) {
    let (kills, many) = match kind {
        Kind::Sqlite => (scale.count(200, 20), 1),
        Kind::Postgres => (scale.count(200, 10), 3),
    };
    let mut chance = scale.chance();
    let mut fleet = Fleet::start(kind, many).await;
    fleet.town.let_it_storm(chance.split("weather"));
    let pause = Duration::from_millis(1_500);
    let people = fleet.let_people_work(&mut chance, (6, pause));
    let begun = Instant::now();
    let mut waits = match kind {
        Kind::Sqlite => alone(&mut fleet, &mut chance, kills).await,
        Kind::Postgres => side_by_side(&mut fleet, &mut chance, kills).await,
    };
    let stormed = begun.elapsed();
    let drained = fleet.drain(people).await;
    fleet.end().await;
    let outcome = checker::check(&fleet).await;
    let most = waits.iter().map(|(ms, _)| *ms).max().unwrap_or(0);
    let mut facts = vec![
        ("kills", kills.to_string()),
        ("storm, drain", format!("{} s, {} s", stormed.as_secs(), drained.as_secs())),
        ("interrupted work went on", spread(&mut waits)),
    ];
    facts.extend(outcome.facts());
    scale.tell(&facts);
    outcome.must_be_clean(&fleet.plan);
    assert!(most <= bound(kind, scale), "interrupted work rested {most} ms");
    fleet.database.remove().await;
}

/// Some moment after something happened.
async fn a_moment(fleet: &Fleet, chance: &mut Chance) {
    fleet.town.stirred(1 + chance.below(6) as u64).await;
    pass(chance.millis(80)).await;
}

fn time_passes(fleet: &Fleet, chance: &mut Chance) {
    if chance.percent(33) {
        fleet.town.put_clock_forward(12);
    }
}

/// One process on `SQLite`; its successor begins at once.
async fn alone(fleet: &mut Fleet, chance: &mut Chance, kills: usize) -> Vec<Wait> {
    let mut waits = Vec::new();
    for _ in 0..kills {
        a_moment(fleet, chance).await;
        let (killed, jobs) = fleet.kill(0).await;
        time_passes(fleet, chance);
        let started = now();
        fleet.restart(0).await;
        waits.extend(went_on(&fleet.database, &jobs, (killed, started)).await);
        pass(chance.millis(400)).await;
    }
    waits
}

/// One of three on `PostgreSQL`; the others take its work over when its heart has stopped.
async fn side_by_side(fleet: &mut Fleet, chance: &mut Chance, kills: usize) -> Vec<Wait> {
    let mut watches = Vec::new();
    for _ in 0..kills {
        a_moment(fleet, chance).await;
        let which = chance.below(fleet.replicas.len());
        let (killed, jobs) = fleet.kill(which).await;
        time_passes(fleet, chance);
        let database = fleet.database.clone();
        watches
            .push(tokio::spawn(async move { went_on(&database, &jobs, (killed, killed)).await }));
        fleet.restart(which).await;
        pass(chance.millis(1_000)).await;
    }
    let mut waits = Vec::new();
    for watch in watches {
        waits.extend(watch.await.unwrap());
    }
    waits
}
