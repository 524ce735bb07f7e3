//! The long runs: the real binary is killed, stopped and lied to, and what people were promised is
//! counted afterwards. `scripts/soak` runs them whole; without settings a tenth runs, with a fixed
//! seed. Everything stays on loopback, and every process ends with its test.
#![expect(clippy::unwrap_used, reason = "a run ends at what does not hold, helpers included")]
#![expect(clippy::print_stderr, reason = "the summary of a run is what it is run for")]

mod attacks;
mod bodies;
mod chance;
mod checker;
mod copies;
mod database;
mod fleet;
mod gate;
mod hostile;
mod ledger;
mod people;

mod scale;
mod server;
#[path = "../it/bot/slack_api.rs"]
#[expect(dead_code, reason = "shared with the stories, which look at more of it")]
mod slack_api;
mod stops;
mod storm;
mod town;
mod wire;

use database::Kind;
use scale::Scale;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_kills_on_sqlite_loses_and_doubles_nothing() {
    storm::run(Kind::Sqlite, &Scale::read("storm-sqlite")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_kills_on_postgres_loses_and_doubles_nothing() {
    storm::run(Kind::Postgres, &Scale::read("storm-postgres")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_stand_still_and_wake_double_nothing() {
    stops::run(&Scale::read("stops")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_forged_requests_none_is_taken_and_no_body_breaks_the_gate() {
    gate::run(&Scale::read("gate")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_copies_of_one_request_have_one_effect() {
    copies::run(&Scale::read("copies")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_hostile_hour_the_honest_notice_nothing() {
    hostile::run(&Scale::read("hostile")).await;
}
