//! Replicas that stand still for 20 s in the middle of their work, and wake.

use std::time::{Duration, Instant};

use crate::chance::pass;
use crate::checker;
use crate::database::Kind;
use crate::fleet::Fleet;
use crate::scale::Scale;

/// Longer than a replica may be silent before the others take its work.
const STILL: Duration = Duration::from_secs(20);
/// At once, at most: somebody must be there to take the work over.
const ASLEEP: usize = 2;

pub async fn run(scale: &Scale) {
    let stops = scale.count(50, 5);
    let many = if scale.is_full() { 4 } else { 3 };
    let mut chance = scale.chance();
    let mut fleet = Fleet::start(Kind::Postgres, many).await;
    fleet.town.let_it_storm(chance.split("weather"));
    let people = fleet.let_people_work(&mut chance, (6, Duration::from_secs(2)));
    let begun = Instant::now();
    let mut asleep: Vec<(usize, Instant)> = Vec::new();
    let mut at_work = 0;
    for _ in 0..stops {
        while asleep.len() >= ASLEEP {
            wake(&fleet, &mut asleep);
            pass(Duration::from_millis(20)).await;
        }
        fleet.town.stirred(1 + chance.below(6) as u64).await;
        pass(chance.millis(80)).await;
        let awake: Vec<usize> =
            (0..many).filter(|at| asleep.iter().all(|(still, _)| still != at)).collect();
        let which = awake[chance.below(awake.len())];
        fleet.replicas[which].server.stand_still();
        asleep.push((which, Instant::now()));
        at_work += usize::from(fleet.is_at_work(which).await);
        pass(chance.millis(3_000)).await;
    }
    while !asleep.is_empty() {
        wake(&fleet, &mut asleep);
        pass(Duration::from_millis(20)).await;
    }
    let stormed = begun.elapsed();
    let drained = fleet.drain(people).await;
    fleet.end().await;
    let outcome = checker::check(&fleet).await;
    let mut facts = vec![
        ("stops of 20 s", format!("{stops}, {at_work} of them with a job under way")),
        ("storm, drain", format!("{} s, {} s", stormed.as_secs(), drained.as_secs())),
    ];
    facts.extend(outcome.facts());
    scale.tell(&facts);
    outcome.must_be_clean(&fleet.plan);
    fleet.database.remove().await;
}

/// Whoever has stood still long enough goes on.
fn wake(fleet: &Fleet, asleep: &mut Vec<(usize, Instant)>) {
    asleep.retain(|(which, since)| {
        let over = since.elapsed() >= STILL;
        if over {
            fleet.replicas[*which].server.go_on();
        }
        !over
    });
}
