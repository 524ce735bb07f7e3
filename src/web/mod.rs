//! One router from all faces: limits, health, figures, decks by link, imports by token.
//!
//! What answers people is in `platforms`; here is what every request passes, and the few addresses
//! that belong to no platform.

mod bodies;
mod crowd;
pub mod decks;
pub mod health;
pub mod imports;
pub mod line;
pub mod links;
pub mod metrics;
pub mod sent_as;
pub mod serve;
pub mod trouble;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use self::decks::Decks;
use self::health::Health;
use self::imports::Imports;
use self::links::Links;
use self::metrics::Metrics;
use crate::clock::Clock;

/// Larger bodies are refused; chat platforms stay far below.
pub const LARGEST_BODY: usize = 1024 * 1024;
/// Files of partner facts may be larger.
pub const LARGEST_FILE: usize = crate::partners::import::MAX_BYTES;
/// An answer that takes longer is given up. Live streams are not cut: their answer has begun.
const TIME_OUT: Duration = Duration::from_secs(30);

/// Everything that answers over HTTP.
pub struct Parts {
    /// The chat platforms' addresses; each checks who calls.
    pub platforms: Vec<Router>,
    /// The web console at `/`; it keeps bounds of its own below [`LARGEST_FILE`].
    pub console: Option<Router>,
    pub health: Arc<dyn Health>,
    pub decks: Arc<dyn Decks>,
    pub imports: Arc<dyn Imports>,
    pub links: Links,
    pub metrics: Arc<Metrics>,
    /// People reach this server over HTTPS.
    pub https: bool,
    pub clock: Clock,
}

/// The whole server.
pub fn router(parts: Parts) -> Router {
    let small = RequestBodyLimitLayer::new(LARGEST_BODY);
    let own = Router::new()
        .merge(health::routes(parts.health, Arc::clone(&parts.metrics)))
        .merge(decks::routes(parts.decks, parts.links, parts.clock));
    let mut all = parts.platforms.into_iter().fold(own, Router::merge).layer(small);
    let files = RequestBodyLimitLayer::new(LARGEST_FILE);
    all = all.merge(imports::routes(parts.imports).layer(files));
    if let Some(console) = parts.console {
        all = all.merge(console.layer(files));
    }
    // As one layer: each of its own would box every request once more.
    all.layer((
        from_fn_with_state((parts.metrics, parts.https), line::pass),
        CatchPanicLayer::custom(trouble::after_panic),
        TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, TIME_OUT),
    ))
}

#[cfg(test)]
mod tests;
