//! The three addresses Slack calls: verify, read, check a form, write down, answer. Nothing else
//! happens before the answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use jiff::Timestamp;
use serde_json::json;
use tokio::time::timeout;

use super::heard::{self, Heard, Unread};
use super::verify::{Forged, Verifier, claim};
use crate::clock::Clock;
use crate::conversation::form::FieldError;
use crate::conversation::inbound::{Inbound, Place, PlaceKind, Said};
use crate::conversation::words;
use crate::handlers::door::{Door, Received};
use crate::telemetry;

/// Larger bodies are refused: Slack's own stay far below.
pub const LARGEST_BODY: usize = 1024 * 1024;
/// How long a body may take to arrive: Slack itself gives up after this.
const ARRIVAL: Duration = Duration::from_secs(3);

/// Which address a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Command,
    Interaction,
    Event,
}

/// Why a request goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    Forged(#[from] Forged),
    #[error(transparent)]
    Unread(#[from] Unread),
}

struct Gate {
    verifier: Verifier,
    door: Arc<dyn Door>,
    clock: Clock,
    /// Numbers refusals, so that an answer can be found in the log.
    refusals: AtomicU32,
    arrival: Duration,
}

/// `POST /slack/commands`, `/slack/interactions` and `/slack/events`.
pub fn routes(verifier: Verifier, door: Arc<dyn Door>, clock: Clock) -> Router {
    let gate = Gate { verifier, door, clock, refusals: AtomicU32::new(0), arrival: ARRIVAL };
    Router::new()
        .route("/slack/commands", post(command))
        .route("/slack/interactions", post(interaction))
        .route("/slack/events", post(event))
        .with_state(Arc::new(gate))
}

/// Verifies and reads one request: all that happens before it is written down. `now` is real time.
pub fn hear(
    verifier: &Verifier,
    now: Timestamp,
    kind: Kind,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Heard, Refused> {
    let sent = verifier.check(now.as_second(), headers, body)?;
    // A stamp says the second only: the middle of it is the best guess, but never later than now.
    let at = now.as_millisecond().min(sent * 1_000 + 500);
    let heard = match kind {
        Kind::Command => heard::command(at, body),
        Kind::Interaction => heard::interaction(at, body),
        Kind::Event => heard::event(at, body),
    }?;
    match &heard {
        Heard::Inbound(inbound) if inbound.holds_null() => {
            Err(Unread("null characters are not taken").into())
        }
        _ => Ok(heard),
    }
}

async fn command(State(gate): State<Arc<Gate>>, request: Request) -> Response {
    gate.answer(Kind::Command, request).await
}

async fn interaction(State(gate): State<Arc<Gate>>, request: Request) -> Response {
    gate.answer(Kind::Interaction, request).await
}

async fn event(State(gate): State<Arc<Gate>>, request: Request) -> Response {
    gate.answer(Kind::Event, request).await
}

impl Gate {
    async fn answer(&self, kind: Kind, request: Request) -> Response {
        let (head, body) = request.into_parts();
        // Nobody's body is kept in memory unless its headers could be Slack's.
        if let Err(why) = claim(self.clock.real().as_second(), &head.headers) {
            return self.refuse(StatusCode::UNAUTHORIZED, &why.to_string());
        }
        let body = match timeout(self.arrival, whole(&head.headers, body)).await {
            Ok(Ok(body)) => body,
            Ok(Err(status)) => {
                return self.refuse(status, "the body is larger than 1 MiB or broken");
            }
            Err(_) => return self.refuse(StatusCode::REQUEST_TIMEOUT, "the body came too slowly"),
        };
        match hear(&self.verifier, self.clock.real(), kind, &head.headers, &body) {
            Ok(Heard::Inbound(inbound)) => self.write_down(&inbound).await,
            Ok(Heard::Challenge(challenge)) => text(StatusCode::OK, challenge),
            Ok(Heard::Nothing) => Response::new(Body::empty()),
            Err(Refused::Forged(why)) => self.refuse(StatusCode::UNAUTHORIZED, &why.to_string()),
            Err(Refused::Unread(why)) => self.refuse(StatusCode::BAD_REQUEST, why.0),
        }
    }

    async fn write_down(&self, inbound: &Inbound) -> Response {
        if let Said::Submitted { form, fields } = &inbound.said {
            let faults = self.door.form_faults(form, fields);
            if !faults.is_empty() {
                return field_errors(&faults);
            }
        }
        match self.door.receive(inbound).await {
            Received::Accepted | Received::Duplicate => Response::new(Body::empty()),
            Received::Overloaded => text(StatusCode::SERVICE_UNAVAILABLE, "busy; try again"),
            Received::TooFast => self.too_fast(inbound).await,
            Received::Failed(reference) => {
                let words = format!("not taken; reference {}", telemetry::shown(reference));
                text(StatusCode::INTERNAL_SERVER_ERROR, words)
            }
        }
    }

    /// A command's answer is shown, and a form stays open with what was typed; all else is told
    /// through the inbox, at most once a minute. Another status would have Slack send it again.
    async fn too_fast(&self, inbound: &Inbound) -> Response {
        let slower = words::trouble::too_fast();
        match &inbound.said {
            Said::Command(_) => text(StatusCode::OK, slower),
            Said::Submitted { fields, .. } => {
                let first = fields.keys().next().cloned().unwrap_or_default();
                field_errors(&[FieldError { field: first, text: slower }])
            }
            _ if !is_asked(inbound) => Response::new(Body::empty()),
            _ => match self.door.receive(&inbound.hurried()).await {
                Received::Overloaded => text(StatusCode::SERVICE_UNAVAILABLE, "busy; try again"),
                _ => Response::new(Body::empty()),
            },
        }
    }

    fn refuse(&self, status: StatusCode, why: &str) -> Response {
        let reference = telemetry::shown(self.refusals.fetch_add(1, Ordering::Relaxed));
        tracing::warn!(status = status.as_u16(), reference, why, "slack request refused");
        text(status, format!("{why}; reference {reference}"))
    }
}

/// Whether it can be meant for us; other talk in a channel is between its people.
fn is_asked(inbound: &Inbound) -> bool {
    let Place { kind, thread, .. } = &inbound.place;
    match &inbound.said {
        Said::Message { mentioned, .. } => {
            *mentioned || *kind == PlaceKind::Direct || thread.is_some()
        }
        said => *said != Said::Opened,
    }
}

async fn whole(headers: &HeaderMap, body: Body) -> Result<Bytes, StatusCode> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|length| length.parse().ok()).is_some_and(|n: usize| n > LARGEST_BODY) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let read = axum::body::to_bytes(body, LARGEST_BODY).await;
    read.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)
}

fn field_errors(faults: &[FieldError]) -> Response {
    let errors: serde_json::Map<_, _> =
        faults.iter().map(|fault| (fault.field.clone(), json!(fault.text))).collect();
    let body = json!({ "response_action": "errors", "errors": errors });
    let mut response = Response::new(Body::from(body.to_string()));
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn text(status: StatusCode, words: impl Into<Body>) -> Response {
    let mut response = Response::new(words.into());
    *response.status_mut() = status;
    let plain = header::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    use axum::http::Method;
    use futures_util::future::{BoxFuture, FutureExt};

    use super::*;
    use crate::platforms::slack::heard::tests::{fixture, form, payload};
    use crate::platforms::slack::verify::tests::{SECRET, signed};

    /// Remembers what came in and answers as it is told.
    struct Doorman {
        answers: Received,
        heard: Mutex<Vec<Inbound>>,
    }

    impl Door for Doorman {
        fn receive<'a>(&'a self, inbound: &'a Inbound) -> BoxFuture<'a, Received> {
            self.heard.lock().unwrap().push(inbound.clone());
            std::future::ready(self.answers).boxed()
        }

        fn form_faults(&self, _: &str, fields: &BTreeMap<String, String>) -> Vec<FieldError> {
            let missing = fields.get("request").is_none_or(String::is_empty);
            let fault =
                FieldError { field: "request".to_owned(), text: "Say what to change.".to_owned() };
            if missing { vec![fault] } else { Vec::new() }
        }
    }

    struct Answer {
        status: u16,
        content_type: String,
        body: String,
    }

    struct Faced {
        doorman: Arc<Doorman>,
        gate: Gate,
    }

    fn faced(answers: Received) -> Faced {
        let doorman = Arc::new(Doorman { answers, heard: Mutex::default() });
        let gate = Gate {
            verifier: Verifier::new(SECRET).unwrap(),
            door: Arc::clone(&doorman) as Arc<dyn Door>,
            clock: Clock::system(),
            refusals: AtomicU32::new(0),
            arrival: ARRIVAL,
        };
        Faced { doorman, gate }
    }

    impl Faced {
        async fn post(&self, kind: Kind, body: impl Into<Bytes>) -> Answer {
            let body = body.into();
            let headers = signed(Clock::system().real().as_second(), &body);
            self.post_with(kind, headers, body).await
        }

        async fn post_with(&self, kind: Kind, headers: HeaderMap, body: Bytes) -> Answer {
            let mut request = Request::new(Body::from(body));
            *request.method_mut() = Method::POST;
            *request.headers_mut() = headers;
            let response = self.gate.answer(kind, request).await;
            let header = response.headers().get(header::CONTENT_TYPE);
            Answer {
                status: response.status().as_u16(),
                content_type: header.map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default(),
                body: {
                    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
                    String::from_utf8(body.to_vec()).unwrap()
                },
            }
        }

        fn heard(&self) -> usize {
            self.doorman.heard.lock().unwrap().len()
        }
    }

    fn command() -> Vec<u8> {
        form(&fixture("commands", "in_a_channel"))
    }

    #[tokio::test]
    async fn what_is_written_down_is_answered_with_an_empty_200() {
        for outcome in [Received::Accepted, Received::Duplicate] {
            let faced = faced(outcome);
            let event = fixture("messages", "in_a_thread").to_string();
            let click = payload(&fixture("clicks", "on_a_message"));
            for (kind, body) in [
                (Kind::Command, command()),
                (Kind::Interaction, click),
                (Kind::Interaction, payload(&fixture("forms", "sent"))),
                (Kind::Event, event.into_bytes()),
            ] {
                let answer = faced.post(kind, body).await;
                assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{kind:?}");
            }
            assert_eq!(faced.heard(), 4);
        }
    }

    #[tokio::test]
    async fn overload_is_a_503_and_our_failure_a_500_with_its_reference() {
        let answer = faced(Received::Overloaded).post(Kind::Command, command()).await;
        assert_eq!(answer.status, 503);
        let answer = faced(Received::Failed(4711)).post(Kind::Command, command()).await;
        assert_eq!(answer.status, 500);
        assert!(answer.body.contains("00001267"), "{}", answer.body);
    }

    #[tokio::test]
    async fn a_form_with_a_fault_is_sent_back_with_it_and_not_written_down() {
        let faced = faced(Received::Accepted);
        let mut sent = fixture("forms", "sent");
        sent["view"]["state"]["values"]["request"]["v"]["value"] = serde_json::Value::Null;
        let answer = faced.post(Kind::Interaction, payload(&sent)).await;
        assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/json"));
        let expected = r#"{"errors":{"request":"Say what to change."},"response_action":"errors"}"#;
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&answer.body), read(expected));
        assert_eq!(faced.heard(), 0);
    }

    #[tokio::test]
    async fn the_address_check_is_answered_with_its_challenge() {
        let check = fixture("lifecycle", "address_check");
        let answer = faced(Received::Accepted).post(Kind::Event, check.to_string()).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, check["challenge"].as_str().unwrap())
        );
    }

    #[tokio::test]
    async fn what_slack_did_not_sign_goes_nowhere() {
        let faced = faced(Received::Accepted);
        let now = Clock::system().real().as_second();
        let checked = faced.post(Kind::Command, "ssl_check=1&token=legacy").await;
        assert_eq!((checked.status, checked.body.as_str()), (200, ""), "a signed check");
        for (headers, body) in [
            (HeaderMap::new(), Bytes::from_static(b"ssl_check=1")),
            (signed(now, b"other"), Bytes::from(command())),
            (signed(now - 400, &command()), Bytes::from(command())),
            (signed(now + 400, &command()), Bytes::from(command())),
        ] {
            let answer = faced.post_with(Kind::Command, headers, body).await;
            assert_eq!(answer.status, 401);
            assert!(answer.body.contains("reference"), "{}", answer.body);
        }
        assert_eq!(faced.heard(), 0);
    }

    #[tokio::test]
    async fn of_what_slack_cannot_have_signed_the_body_is_not_read() {
        let faced = faced(Received::Accepted);
        let now = Clock::system().real().as_second();
        let shaped = |value: &'static str| {
            let mut headers = signed(now, b"");
            headers.insert("x-slack-signature", header::HeaderValue::from_static(value));
            headers
        };
        let asked = Arc::new(AtomicU32::new(0));
        for headers in [HeaderMap::new(), signed(now - 400, b""), shaped("v0=12"), shaped("")] {
            let asked = Arc::clone(&asked);
            let unread = futures_util::stream::once(async move {
                asked.store(1, Ordering::Relaxed);
                Ok::<_, std::io::Error>(Bytes::new())
            });
            let mut request = Request::new(Body::from_stream(unread));
            *request.headers_mut() = headers;
            assert_eq!(faced.gate.answer(Kind::Event, request).await.status(), 401);
        }
        assert_eq!(asked.load(Ordering::Relaxed), 0, "a body was asked for");
    }

    #[tokio::test]
    async fn a_body_that_does_not_arrive_is_not_waited_for() {
        let mut faced = faced(Received::Accepted);
        faced.gate.arrival = Duration::from_millis(20);
        let never = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
        let mut request = Request::new(Body::from_stream(never));
        *request.headers_mut() = signed(Clock::system().real().as_second(), b"");
        assert_eq!(faced.gate.answer(Kind::Event, request).await.status(), 408);
        assert_eq!(faced.heard(), 0);
    }

    #[tokio::test]
    async fn bodies_over_a_mebibyte_are_a_413_and_broken_ones_a_400() {
        let faced = faced(Received::Accepted);
        let answer = faced.post(Kind::Event, vec![b'x'; LARGEST_BODY + 1]).await;
        assert_eq!(answer.status, 413);
        let answer = faced.post(Kind::Event, vec![b'x'; LARGEST_BODY]).await;
        assert_eq!(answer.status, 400);
        for (kind, body) in [
            (Kind::Command, "nothing=here"),
            (Kind::Interaction, "payload=%7B%22type"),
            (Kind::Interaction, "nothing=here"),
            (Kind::Event, "{"),
        ] {
            let answer = faced.post(kind, body).await;
            assert_eq!(answer.status, 400, "{kind:?} {body}");
        }
        assert_eq!(faced.post(Kind::Event, "{\"type\":\"new_kind\"}").await.status, 200);
        assert_eq!(faced.heard(), 0);
    }

    #[test]
    fn a_request_is_as_old_as_its_stamp_says_and_never_from_the_future() {
        let verifier = Verifier::new(SECRET).unwrap();
        let sent_at = |now: &str, sent: &str| {
            let [now, sent] = [now, sent].map(|time| time.parse::<Timestamp>().unwrap());
            let headers = signed(sent.as_second(), &command());
            match hear(&verifier, now, Kind::Command, &headers, &command()) {
                Ok(Heard::Inbound(inbound)) => Timestamp::from_millisecond(inbound.at).unwrap(),
                other => panic!("{other:?}"),
            }
        };
        let late = sent_at("2026-10-05T09:00:02.100Z", "2026-10-05T09:00:00Z");
        assert_eq!(late.to_string(), "2026-10-05T09:00:00.5Z");
        let now = sent_at("2026-10-05T09:00:00.100Z", "2026-10-05T09:00:00Z");
        assert_eq!(now.to_string(), "2026-10-05T09:00:00.1Z");
    }

    #[tokio::test]
    async fn a_redelivery_is_handed_on_like_the_first() {
        let faced = faced(Received::Accepted);
        let body = fixture("messages", "in_a_thread").to_string();
        let mut headers = signed(Clock::system().real().as_second(), body.as_bytes());
        headers.insert("x-slack-retry-num", header::HeaderValue::from_static("2"));
        let answer = faced.post_with(Kind::Event, headers, body.into()).await;
        assert_eq!((answer.status, faced.heard()), (200, 1));
    }
}
