//! Conversations, and the stand-ins they are held against.

pub mod slack_api;
mod slack_client;
