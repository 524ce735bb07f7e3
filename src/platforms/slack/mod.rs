//! Slack over HTTP: what it sends is verified and turned into our words; what we say is turned
//! into Block Kit and sent through its Web API.

mod access;
mod body;
mod channels;
pub mod client;
mod envelope;
mod files;
mod heard;
mod limits;
pub mod manifest;
mod markup;
mod modal;
mod payload;
pub mod person;
mod readers;
pub mod render;
mod rich;
mod search;
mod split;
mod table;
mod transport;
pub mod verify;
pub mod webhook;
