//! One file per thing a person or the clock can ask for.
//!
//! Three ways in: [`door::Door`] writes a request down, [`receive`] answers it in its conversation's
//! order, [`work`] does what was put off. The whole of one wish is one file here.

pub mod access;
pub mod audit;
pub mod blocking;
pub mod context;
pub mod deliver;
pub mod deliveries;
pub mod desk;
pub mod door;
pub mod draft;
pub mod edit;
pub mod expire;
pub mod export;
pub mod generate;
pub mod help;
pub mod history;
pub mod home;
pub mod import;
pub mod inquiry;
pub mod members;
pub mod messenger;
pub mod notice;
pub mod open_channel;
pub mod outsiders;
pub mod proposal;
pub mod proposal_card;
pub mod rate;
pub mod receive;
pub mod report;
pub mod rights;
pub mod roles;
pub mod sample;
pub mod scene;
pub mod schedule;
pub mod schedule_line;
pub mod schedule_place;
pub mod schedule_run;
pub mod settings;
pub mod setup;
pub mod show;
pub mod suspension;
pub mod tam;
pub mod trouble;
pub mod whereabouts;
pub mod work;
