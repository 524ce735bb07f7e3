//! Attaché: a self-hosted bot that keeps a company's partner strategy where its people already talk.
//!
//! One line per room, in the order of the table in `docs/ARCHITECTURE.md`: a room may know only
//! those above it.
//!
//! ```text
//! bytes ─verify─▶ Inbound ─parse─▶ Command ─decide─▶ Outcome ─one transaction─▶ rows + jobs ─worker─▶ Effect ─render─▶ bytes
//! ```

pub mod app;
pub mod cli; //          subcommands
pub mod clock; //        the business clock, and one that tests turn
pub mod config; //       settings, read once, complete or refused
pub mod conversation; // what is said, in our own words
pub mod drafting; //     who writes the first version
pub mod fiscal; //       fiscal years and quarters
pub mod handlers; //     one file per thing a person or the clock can ask for
pub mod ids; //          one type per kind of id, and where new ones come from
pub mod jobs; //         work that must not be lost
pub mod numbers; //      the one reader of numbers as people write them
pub mod partners; //     partner, deal and activity facts, and their import
pub mod platforms; //    the outside faces
pub mod proposals; //    a change someone must accept or discard
pub mod reports; //      from facts to slides
pub mod schedules; //    when
pub mod store; //        all SQL
pub mod strategy; //     the typed sections and their arithmetic
pub mod telemetry; //    log lines
pub mod web; //          router, limits, health //          puts the rooms together
