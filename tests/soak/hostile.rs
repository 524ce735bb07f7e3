//! A hostile hour: everything that once let one person, one file or one stranger stop everybody, again
//! and again in an order of chance, while others work. They must not notice.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::attacks::{ALL, Attack, Field};
use crate::chance::{Chance, pass};
use crate::checker;
use crate::database::Kind;
use crate::fleet::Fleet;
use crate::scale::{Scale, setting};

const EDITORS: usize = 4;
const PAUSE: Duration = Duration::from_millis(2_500);
/// What the honest get at worst, nine hundred and ninety of a thousand times.
const PROMPT: u128 = 500;
/// On a machine that is busy with other things: so many times what they got alone.
const TIMES: u128 = 5;
/// In KiB.
const MEMORY: u64 = 200 * 1024;

/// A whole one plays every attack again and again for `HOSTILE_MINUTES` (12: each comes as often as
/// a leisurely hour would bring it); a part of one plays each of them once, and only a whole one
/// judges how long the honest wait.
fn minutes() -> u64 {
    setting("HOSTILE_MINUTES").and_then(|text| text.parse().ok()).unwrap_or(12)
}

pub async fn run(scale: &Scale) {
    let mut chance = scale.chance();
    let mut fleet = Fleet::start_taking(120, Kind::Sqlite, 1).await;
    let people = fleet.let_people_work(&mut chance, (EDITORS, PAUSE));
    let alone = if scale.is_full() { 60 } else { 6 };
    pass(Duration::from_secs(alone)).await;
    let before = p99(&mut fleet.town.take_times());

    let field = Field::prepare(&fleet, scale.is_full()).await;
    let begun = Instant::now();
    let long = Duration::from_secs(if scale.is_full() { 60 * minutes() } else { 0 });
    let mut played: BTreeMap<&str, usize> = BTreeMap::new();
    let mut order = shuffled(&mut chance);
    while let Some(attack) = next(&mut order, (begun, long), &mut chance) {
        attack.play(&field, &mut chance).await;
        *played.entry(attack.name()).or_default() += 1;
        pass(chance.millis(500)).await;
    }
    let after = p99(&mut fleet.town.take_times());
    let memory = fleet.replicas[0].server.most_memory();
    let drained = fleet.drain(people).await;
    fleet.end().await;
    let outcome = checker::check(&fleet).await;
    let mut facts = vec![
        ("attacks", format!("{played:?} in {} s", begun.elapsed().as_secs())),
        ("honest, p99", format!("{before} ms alone, {after} ms under attack")),
        ("memory at most", format!("{} MiB", memory / 1024)),
        ("drain", format!("{} s", drained.as_secs())),
        ("readiness", format!("{:?}", field.readiness())),
    ];
    facts.extend(outcome.facts());
    scale.tell(&facts);
    outcome.must_be_clean(&fleet.plan);
    assert_eq!(field.lies(), Vec::<String>::new(), "what /readyz said");
    assert!(memory < MEMORY, "{memory} KiB");
    // So few answers of an unoptimized server among other tests say nothing about a percentile.
    if scale.is_full() {
        assert!(after < PROMPT.max(before * TIMES), "{after} ms, alone {before} ms");
    }
    fleet.database.remove().await;
}

fn shuffled(chance: &mut Chance) -> Vec<Attack> {
    let mut left = ALL.to_vec();
    let mut order = Vec::new();
    while !left.is_empty() {
        order.push(left.swap_remove(chance.below(left.len())));
    }
    order
}

/// Each once, then each once more, until the time is over.
fn next(
    order: &mut Vec<Attack>,
    (begun, long): (Instant, Duration),
    chance: &mut Chance,
) -> Option<Attack> {
    if order.is_empty() && begun.elapsed() < long {
        *order = shuffled(chance);
    }
    order.pop()
}

/// In milliseconds.
fn p99(times: &mut [Duration]) -> u128 {
    times.sort_unstable();
    let at = times.len().saturating_sub(1) * 99 / 100;
    times.get(at).expect("the honest were answered").as_millis()
}
