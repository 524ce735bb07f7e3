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
    /// Whether the database answers and takes what is written, the queue runs, the platforms work.
    fn ready(&self) -> BoxFuture<'_, Ready>;

    /// Figures kept elsewhere, those of one name together: waiting and dead jobs, waiting messages.
    fn figures(&self) -> BoxFuture<'_, Vec<Figure>>;
}

/// Every part of the process by its name.
pub type Ready = Vec<(&'static str, Part)>;

/// How one part is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Well,
    /// It does not work, and says so to whoever asks it; the others do. A word for whoever hosts it.
    Ailing(String),
    /// Without it nobody can be served.
    Down,
}

impl Part {
    #[must_use]
    pub fn of(well: bool) -> Self {
        if well { Self::Well } else { Self::Down }
    }

    fn word(&self) -> &str {
        match self {
            Self::Well => "ok",
            Self::Ailing(word) => word,
            Self::Down => "no",
        }
    }
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
    let ready = probes.health.ready().await;
    let down = ready.iter().any(|(_, part)| *part == Part::Down);
    let status = if down { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let words = ready.iter().map(|(name, part)| ((*name).to_owned(), json!(part.word())));
    trouble::answer(status, &words.collect::<serde_json::Map<_, _>>().into())
}

async fn figures(State(probes): State<Arc<Probes>>) -> Response {
    let more = probes.health.figures().await;
    let format = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (format, probes.metrics.text(&more)).into_response()
}
