//! The product from outside: its public rooms together, against stand-ins of its peers.

#![expect(clippy::unwrap_used, reason = "a test ends at what does not hold, helpers included")]

mod bot;
mod command_line;
mod console;
mod editing;
mod exports;
mod imports;
mod lost_and_found;
mod main_job;
mod numbers;
mod people;
mod readme;
mod release;
mod reports;
mod schedules;
mod setup;
mod slack_http;
mod slow_slack;
mod strangers;
mod tam;
mod typed;
