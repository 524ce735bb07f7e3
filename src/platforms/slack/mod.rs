//! Slack over HTTP: what it sends is verified and turned into our words; what we say is turned
//! into Block Kit and sent through its Web API.

mod body;
mod heard;
mod limits;
mod markup;
mod modal;
mod payload;
pub mod render;
mod rich;
mod table;
pub mod verify;
pub mod webhook;
