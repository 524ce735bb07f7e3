//! `GET /decks/{signed}`: a report's deck, for whoever holds a link that we signed.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use futures_util::future::BoxFuture;

use super::links::{BadLink, Links};
use super::trouble::{Failed, failed, refused};
use crate::clock::Clock;
use crate::ids::ReportId;

const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// Gives the bytes of a stored report's deck.
pub trait Decks: Send + Sync {
    /// `Ok(None)`: there is no such report (any more).
    fn deck<'a>(&'a self, report: &'a ReportId) -> BoxFuture<'a, Result<Option<DeckFile>, Failed>>;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeckFile {
    /// With its ending: `quarterly-review-FY2026-Q3.pptx`.
    pub name: String,
    pub bytes: Vec<u8>,
}

struct Shelf {
    decks: Arc<dyn Decks>,
    links: Links,
    clock: Clock,
}

pub(super) fn routes(decks: Arc<dyn Decks>, links: Links, clock: Clock) -> Router {
    let shelf = Arc::new(Shelf { decks, links, clock });
    Router::new().route("/decks/{signed}", get(deck)).with_state(shelf)
}

async fn deck(State(shelf): State<Arc<Shelf>>, Path(signed): Path<String>) -> Response {
    let report = match shelf.links.open(&signed, shelf.clock.now()) {
        Ok(report) => report,
        Err(BadLink::Expired) => {
            let sentence = "This link is too old. Ask for the report again where you found it.";
            return refused(StatusCode::GONE, sentence);
        }
        Err(BadLink::Forged) => return nothing_here(),
    };
    match shelf.decks.deck(&report).await {
        Ok(Some(file)) => download(file),
        Ok(None) => nothing_here(),
        Err(why) => failed(why),
    }
}

fn nothing_here() -> Response {
    refused(StatusCode::NOT_FOUND, "There is nothing under this link.")
}

fn download(file: DeckFile) -> Response {
    let name: String = file
        .name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' })
        .collect();
    let attached = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let mut response = Response::new(Body::from(file.bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PPTX));
    let plain = HeaderValue::from_static("attachment");
    headers.insert(header::CONTENT_DISPOSITION, attached.unwrap_or(plain));
    response
}
