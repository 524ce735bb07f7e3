//! What every request passes: it is counted, one line is logged, and the answer is dressed so that
//! a browser does no more with it than we mean.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{debug, info};

use super::metrics::{Metrics, PathClass};

/// Set unless the one who answers set it; chat platforms' servers need none of them.
const DRESS: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// A browser that came over HTTPS once does not come without it for a year. Over plain HTTP it is not
/// believed, so it may stand in every answer.
const ONLY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The outermost layer. The line names the class of the address, never the address: some are
/// secrets.
pub(super) async fn pass(
    State((metrics, https)): State<(Arc<Metrics>, bool)>,
    request: Request,
    next: Next,
) -> Response {
    let class = PathClass::of(request.uri().path());
    let method = request.method().clone();
    let started = Instant::now();
    let mut response = next.run(request).await;
    let took = started.elapsed();
    let status = response.status();
    metrics.count(class, status, took);
    let (path, ms) = (class.as_str(), u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    if is_routine(class, status) {
        debug!(%method, path, status = status.as_u16(), ms, "request");
    } else {
        info!(%method, path, status = status.as_u16(), ms, "request");
    }
    if !class.is_chat() {
        for (name, value) in DRESS {
            response.headers_mut().entry(name).or_insert(value);
        }
        if https {
            response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, ONLY_HTTPS);
        }
    }
    response
}

fn is_routine(class: PathClass, status: StatusCode) -> bool {
    class.is_routine() && status.is_success()
}
