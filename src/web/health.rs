//! Is the process there, can it work, and what has it counted.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::future::BoxFuture;
use serde_json::json;

use super::metrics::{Figure, Metrics};
use super::trouble;

/// What the probes ask. Each answers within a second or two, or says no.
pub trait Health: Send + Sync {
    /// Whether the database answers and the queue runs.
    fn ready(&self) -> BoxFuture<'_, Ready>;

    /// Figures kept elsewhere, those of one name together: waiting and dead jobs, waiting messages.
    fn figures(&self) -> BoxFuture<'_, Vec<Figure>>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    pub database: bool,
    pub queue: bool,
}

struct Probes {
    health: Arc<dyn Health>,
    metrics: Arc<Metrics>,
}

/// `GET /healthz`, `/readyz` and `/metrics`. They tell nothing about anybody's strategy.
pub(super) fn routes(health: Arc<dyn Health>, metrics: Arc<Metrics>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(figures))
        .with_state(Arc::new(Probes { health, metrics }))
}

async fn readyz(State(probes): State<Arc<Probes>>) -> Response {
    let Ready { database, queue } = probes.health.ready().await;
    let status = if database && queue { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = |well: bool| if well { "ok" } else { "no" };
    trouble::answer(status, &json!({ "database": word(database), "queue": word(queue) }))
}

async fn figures(State(probes): State<Arc<Probes>>) -> Response {
    let more = probes.health.figures().await;
    let format = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (format, probes.metrics.text(&more)).into_response()
}
