//! The web console: a chat platform of our own, in a browser.
//!
//! A person's posts become `Inbound` values for the door (`webhook`); what the bot says comes in
//! through the [`client::Client`] as rows behind the ports of [`port`]; pages and live updates show
//! those rows (`rooms`, `live`). Nothing here decides what a word or a button means.

pub mod assets;
pub mod chart;
pub mod client;
pub mod doorstep;
pub mod forms;
pub mod frame;
pub mod imports;
pub mod live;
pub mod pages;
pub mod port;
pub mod render;
pub mod rooms;
pub mod trouble;
pub mod verify;
pub mod visit;
pub mod webhook;

#[cfg(test)]
pub mod memory;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use self::live::Bell;
use self::port::{Company, People, Talk};
use self::verify::Settings;
use crate::clock::Clock;
use crate::handlers::door::Door;
use crate::ids::Ids;

/// Bodies of posted forms, and of imported files.
const BODY: usize = 1024 * 1024;
const FILE: usize = 8 * 1024 * 1024;

/// Everything the console's pages need.
pub struct Console {
    pub settings: Settings,
    pub people: Arc<dyn People>,
    pub talk: Arc<dyn Talk>,
    pub company: Arc<dyn Company>,
    pub door: Arc<dyn Door>,
    /// The same bell as the [`client::Client`]'s.
    pub bell: Bell,
    pub clock: Clock,
    pub ids: Ids,
}

/// The console at `/`.
pub fn routes(console: Arc<Console>) -> Router {
    let guard = from_fn_with_state(Arc::clone(&console), verify::guard);
    Router::new()
        .route("/", get(rooms::home))
        .route("/sign-in", get(doorstep::page).post(doorstep::pick))
        .route("/sign-in/{token}", get(doorstep::follow).post(doorstep::accept))
        .route("/sign-out", post(doorstep::leave))
        .route("/channels", post(webhook::add_channel))
        .route("/channels/{channel}", get(rooms::channel).post(webhook::say))
        .route("/channels/{channel}/threads/{root}", get(rooms::thread).post(webhook::reply))
        .route("/click", post(webhook::click))
        .route("/dismiss", post(webhook::dismiss))
        .route("/forms/{id}", post(forms::submit))
        .route("/forms/{id}/cancel", post(forms::cancel))
        .route("/forms/{id}/continue", post(forms::go_on))
        .route("/live", get(live::stream))
        .route("/imports", get(imports::page))
        .route("/imports/{kind}", post(imports::take).layer(DefaultBodyLimit::max(FILE)))
        .route("/imports/{kind}/template", get(imports::template))
        .route("/reports/{report}/deck", get(rooms::deck))
        .route("/assets/{name}", get(assets::get))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(guard)
        .with_state(console)
}
