//! What a caller is told when something cannot be done: a sentence, and a reference where the
//! fault is ours.

use std::any::Any;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use crate::telemetry;

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// The database is held by others, full or away, or too much is waiting: asking again may well
    /// help.
    Busy,
    /// Ours, logged under this reference.
    Ours(u32),
}

/// `{"error": …}` with a status.
pub(super) fn refused(status: StatusCode, sentence: &str) -> Response {
    answer(status, &json!({ "error": sentence }))
}

/// A failure of ours that was logged under this reference.
pub(super) fn ours(reference: u32) -> Response {
    let reference = telemetry::shown(reference);
    let sentence = "Sorry, this did not work on our side and nothing was done. Please try again; \
                    if it happens again, tell whoever hosts Attaché the reference.";
    let body = json!({ "error": sentence, "reference": reference });
    answer(StatusCode::INTERNAL_SERVER_ERROR, &body)
}

pub(super) fn failed(why: Failed) -> Response {
    match why {
        Failed::Busy => busy(),
        Failed::Ours(reference) => ours(reference),
    }
}

/// Nothing was done; the same may be asked again.
pub(super) fn busy() -> Response {
    let sentence =
        "Too much is going on just now and nothing was changed. Send it again in a moment.";
    let mut response = refused(StatusCode::SERVICE_UNAVAILABLE, sentence);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    response
}

/// JSON with a status.
pub(super) fn answer(status: StatusCode, body: &serde_json::Value) -> Response {
    let mut response = Response::new(Body::from(format!("{body}\n")));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// A handler panicked. Where is in the log already; the text of it goes nowhere.
pub(super) fn after_panic(_: Box<dyn Any + Send>) -> Response {
    ours(telemetry::reference(&Panicked, "web"))
}

#[derive(Debug, thiserror::Error)]
#[error("a request was cut short by a panic")]
struct Panicked;
