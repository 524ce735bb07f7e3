//! How our calls reach Slack: slack-morphism's typed requests over the product's one HTTP client.
//!
//! Its own connector has no time-outs and cannot tell "never left" from "perhaps taken". Here every
//! call has a time-out, nothing is retried, and each failure says which of the two it is.

use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use reqwest::header::RETRY_AFTER;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use slack_morphism::errors::{
    SlackClientApiError, SlackClientError, SlackClientHttpError, SlackClientProtocolError,
    SlackClientSystemError, SlackRateLimitError,
};
use slack_morphism::multipart_form::FileMultipartData;
use slack_morphism::prelude::{SlackClientId, SlackClientSecret, ValueStruct};
use slack_morphism::{ClientResult, SlackClientApiCallContext, SlackClientHttpConnector};
use url::Url;

use crate::handlers::messenger::SendError;

/// Slack's own Web API.
const SLACK: &str = "https://slack.com/api";
const TIME_OUT: Duration = Duration::from_secs(10);
/// The head of an answer that lists what a token may do.
const SCOPES: &str = "x-oauth-scopes";
/// A form's trigger is dead after this.
const FORM_TIME_OUT: Duration = Duration::from_secs(3);
/// A file is invisible until it is completed, so a slow upload does no harm.
const UPLOAD_TIME_OUT: Duration = Duration::from_secs(30);
/// Where Slack asks to wait without saying how long.
const WAIT: Duration = Duration::from_secs(30);
/// Answers larger than this are not Slack's.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024;

/// The way to one Web API.
#[derive(Clone, Debug)]
pub struct Transport {
    http: reqwest::Client,
    base: Url,
}

impl Transport {
    /// `api_url` is Slack's own or, for tests and stand-ins, another, which may then be plain HTTP.
    pub fn new(http: reqwest::Client, api_url: &str) -> Result<Self, url::ParseError> {
        Ok(Self { http, base: Url::parse(api_url.trim_end_matches('/'))? })
    }

    /// Answers one request at the address it came with.
    pub async fn respond(&self, address: &str, body: &serde_json::Value) -> Result<(), SendError> {
        let url = Url::parse(address).ok().filter(|url| self.may_respond_to(url));
        let url =
            url.ok_or_else(|| SendError::Refused("response_address_not_slacks".to_owned()))?;
        let request = self.http.request(Method::POST, url).timeout(TIME_OUT);
        let answer = send(json(request, body)?).await.map_err(send_error)?;
        if !answer.status().is_success() {
            return Err(send_error(failure(&answer)));
        }
        // A used-up address may say so in a 200; "ok" alone is no JSON.
        let body = whole(answer).await.map_err(send_error)?;
        match serde_json::from_slice(&body) {
            Ok(Envelope { ok: false, error: Some(word) }) => Err(refused(word)),
            _ => Ok(()),
        }
    }

    /// Requests carry the address to answer at: Slack's, or the host that stands in for it.
    fn may_respond_to(&self, url: &Url) -> bool {
        let slacks = url.scheme() == "https" && url.host_str() == Some("hooks.slack.com");
        slacks || self.is_stand_in(url)
    }

    /// The address that a file goes to comes out of an answer.
    fn may_upload_to(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let slacks =
            url.scheme() == "https" && (host == "slack.com" || host.ends_with(".slack.com"));
        slacks || self.is_stand_in(url)
    }

    /// Whether Slack is stood in for, and at this very host and port.
    fn is_stand_in(&self, url: &Url) -> bool {
        self.base.as_str().trim_end_matches('/') != SLACK
            && url.host_str() == self.base.host_str()
            && url.port_or_known_default() == self.base.port_or_known_default()
    }

    async fn call<RS: DeserializeOwned>(&self, request: RequestBuilder) -> ClientResult<RS> {
        opened(send(request).await?).await
    }

    /// A method without arguments, and the scopes of the token where the answer's head lists them.
    pub(super) async fn with_scopes<RS: DeserializeOwned>(
        &self,
        method: &str,
        token: &str,
    ) -> Result<(RS, Option<String>), SendError> {
        let url = self.create_method_uri_path(method).map_err(send_error)?;
        let request = self.http.request(Method::POST, url).timeout(TIME_OUT).bearer_auth(token);
        let answer = send(json(request, &serde_json::json!({}))?).await.map_err(send_error)?;
        let scopes = answer.headers().get(SCOPES).and_then(|scopes| scopes.to_str().ok());
        let scopes = scopes.map(str::to_owned);
        Ok((opened(answer).await.map_err(send_error)?, scopes))
    }

    fn authorized(
        &self,
        method: Method,
        url: Url,
        context: &SlackClientApiCallContext,
    ) -> RequestBuilder {
        let form = url.path().ends_with("/views.open");
        let time_out = if form { FORM_TIME_OUT } else { TIME_OUT };
        let request = self.http.request(method, url).timeout(time_out);
        match context.token {
            Some(token) => request.bearer_auth(token.token_value.value()),
            None => request,
        }
    }
}

impl SlackClientHttpConnector for Transport {
    fn create_method_uri_path(&self, method: &str) -> ClientResult<Url> {
        Ok(format!("{}/{method}", self.base).parse()?)
    }

    fn http_get_uri<'a, RS>(
        &'a self,
        url: Url,
        context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> Deserialize<'de> + Send + 'a,
    {
        self.call(self.authorized(Method::GET, url, &context)).boxed()
    }

    fn http_get_with_client_secret<'a, RS>(
        &'a self,
        url: Url,
        id: &'a SlackClientId,
        secret: &'a SlackClientSecret,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> Deserialize<'de> + Send + 'a,
    {
        let request = self.http.request(Method::GET, url).timeout(TIME_OUT);
        self.call(request.basic_auth(id.value(), Some(secret.value()))).boxed()
    }

    fn http_post_uri<'a, RQ, RS>(
        &'a self,
        url: Url,
        body: &'a RQ,
        context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RQ: Serialize + Send + Sync,
        RS: for<'de> Deserialize<'de> + Send + 'a,
    {
        let request = json(self.authorized(Method::POST, url, &context), body);
        async move { self.call(request.map_err(unsent)?).await }.boxed()
    }

    /// Only the retired `files.upload` needs this.
    fn http_post_uri_multipart_form<'a, 'p, RS, PT, TS>(
        &'a self,
        _: Url,
        _: Option<FileMultipartData<'p>>,
        _: &'p PT,
        _: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> Deserialize<'de> + Send + 'a,
        PT: IntoIterator<Item = (&'p str, Option<TS>)> + Clone,
        TS: AsRef<str> + 'p + Send,
    {
        let error = unsent(SendError::Refused("multipart_forms_are_not_supported".to_owned()));
        std::future::ready(Err(error)).boxed()
    }

    /// The address holds its own ticket: the token stays at home.
    fn http_post_uri_binary<'a, RS>(
        &'a self,
        url: Url,
        content_type: String,
        data: &'a [u8],
        _: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> Deserialize<'de> + Send + 'a,
    {
        async move {
            if !self.may_upload_to(&url) {
                let word = SendError::Refused("upload_address_not_slacks".to_owned());
                return Err(unsent(word));
            }
            let request = self.http.request(Method::POST, url).timeout(UPLOAD_TIME_OUT);
            let request = request.header("content-type", content_type).body(data.to_vec());
            match send(request).await? {
                answer if answer.status().is_success() => read(b"{}"),
                answer => Err(failure(&answer)),
            }
        }
        .boxed()
    }
}

/// The part of every answer that says whether it went well.
#[derive(Debug, Deserialize)]
struct Envelope {
    #[serde(default)]
    ok: bool,
    #[serde(default)]
    error: Option<String>,
}

fn json(request: RequestBuilder, body: &impl Serialize) -> Result<RequestBuilder, SendError> {
    let body = serde_json::to_string(body).map_err(|e| SendError::Refused(e.to_string()))?;
    Ok(request.header("content-type", "application/json; charset=utf-8").body(body))
}

async fn send(request: RequestBuilder) -> ClientResult<Response> {
    request.send().await.map_err(|error| unsent(network(&error)))
}

/// What is known after a failure of the network: before a connection stands nothing was sent.
fn network(error: &reqwest::Error) -> SendError {
    // Never with the address: a response or upload address is a secret of its own.
    let mut words = String::from(if error.is_timeout() { "timed out" } else { "broken off" });
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    if error.is_connect() || error.is_builder() {
        SendError::NotSent(words)
    } else {
        SendError::Unknown(words)
    }
}

async fn opened<RS: DeserializeOwned>(answer: Response) -> ClientResult<RS> {
    if answer.status() != StatusCode::OK {
        return Err(failure(&answer));
    }
    let body = whole(answer).await?;
    let envelope: Envelope = read(&body)?;
    match envelope {
        Envelope { ok: true, .. } => read(&body),
        Envelope { error, .. } => Err(SlackClientError::ApiError(SlackClientApiError::new(
            error.unwrap_or_else(|| "no_error_given".to_owned()),
        ))),
    }
}

async fn whole(mut answer: Response) -> ClientResult<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|e| unsent(network(&e)))? {
        if body.len() + piece.len() > LARGEST_ANSWER {
            return Err(unsent(SendError::Unknown("the answer is too large".to_owned())));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// An answer other than 200.
fn failure(answer: &Response) -> SlackClientError {
    let status = answer.status();
    if status == StatusCode::TOO_MANY_REQUESTS {
        let wait = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let wait = wait.and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
        return SlackClientError::RateLimitError(SlackRateLimitError::new().opt_retry_after(wait));
    }
    SlackClientError::HttpError(SlackClientHttpError::new(status))
}

fn read<RS: DeserializeOwned>(body: &[u8]) -> ClientResult<RS> {
    serde_json::from_slice(body)
        .map_err(|error| SlackClientError::ProtocolError(SlackClientProtocolError::new(error)))
}

/// Carries our own word through slack-morphism's error.
fn unsent(word: SendError) -> SlackClientError {
    SlackClientError::SystemError(SlackClientSystemError::new().with_cause(Box::new(word)))
}

/// What a failed call means for the outbox.
pub fn send_error(error: SlackClientError) -> SendError {
    match error {
        SlackClientError::SystemError(system) => match system.cause {
            Some(cause) => match cause.downcast::<SendError>() {
                Ok(word) => *word,
                Err(cause) => SendError::Unknown(cause.to_string()),
            },
            None => SendError::Unknown("no cause given".to_owned()),
        },
        SlackClientError::ApiError(api) => refused(api.code),
        SlackClientError::RateLimitError(limit) => {
            SendError::Later(limit.retry_after.unwrap_or(WAIT))
        }
        SlackClientError::HttpError(http) if http.status_code.is_server_error() => {
            SendError::Unknown(format!("http {}", http.status_code.as_u16()))
        }
        SlackClientError::HttpError(http) => {
            SendError::Refused(format!("http_{}", http.status_code.as_u16()))
        }
        SlackClientError::ProtocolError(error) => {
            SendError::Unknown(format!("an answer that cannot be read: {}", error.json_error))
        }
        SlackClientError::HttpProtocolError(_) => SendError::Refused("a_broken_address".to_owned()),
        other => SendError::Unknown(other.to_string()),
    }
}

/// What Slack's own word means. Its inner errors may come after the message was taken.
fn refused(word: String) -> SendError {
    match word.as_str() {
        "ratelimited" | "rate_limited" | "message_limit_exceeded" => SendError::Later(WAIT),
        "internal_error"
        | "fatal_error"
        | "request_timeout"
        | "service_unavailable"
        | "no_error_given" => SendError::Unknown(word),
        "expired_trigger_id"
        | "exchanged_trigger_id"
        | "invalid_trigger_id"
        | "trigger_expired"
        | "trigger_exchanged" => SendError::Expired,
        _ => SendError::Refused(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transport(api_url: &str) -> Transport {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Transport::new(reqwest::Client::builder().build().unwrap(), api_url).unwrap()
    }

    #[test]
    fn answers_and_files_go_to_slack_or_its_stand_in_and_nowhere_else() {
        let may = |api: &str, url: &str| {
            let (transport, url) = (transport(api), Url::parse(url).unwrap());
            (transport.may_respond_to(&url), transport.may_upload_to(&url))
        };
        for api in [SLACK, "https://slack.com/api/"] {
            assert_eq!(may(api, "https://hooks.slack.com/commands/1"), (true, true));
            assert_eq!(may(api, "https://files.slack.com/upload/v1/x"), (false, true));
            for other in [
                "http://hooks.slack.com/commands/1",
                "https://hooks.slack.com.evil.example/",
                "https://evilslack.com/",
                "https://hooks.slack.com@evil.example/",
                "http://127.0.0.1:4300/response/1",
                "http://169.254.169.254/",
            ] {
                assert_eq!(may(api, other), (false, false), "{other}");
            }
        }
        let stand_in = "http://127.0.0.1:4300/api/";
        assert_eq!(may(stand_in, "http://127.0.0.1:4300/response/1"), (true, true));
        assert_eq!(may(stand_in, "http://127.0.0.2:4300/response/1"), (false, false));
        assert_eq!(may(stand_in, "http://127.0.0.1:4301/response/1"), (false, false));
        assert_eq!(may(stand_in, "http://127.0.0.1/response/1"), (false, false));
    }

    #[test]
    fn slacks_words_are_told_apart_by_what_they_mean_for_a_second_try() {
        let word = |word: &str| refused(word.to_owned());
        assert!(matches!(word("ratelimited"), SendError::Later(_)));
        assert!(matches!(word("internal_error"), SendError::Unknown(_)));
        assert_eq!(word("expired_trigger_id"), SendError::Expired);
        for refusal in ["channel_not_found", "not_in_channel", "is_archived", "token_revoked"] {
            assert_eq!(word(refusal), SendError::Refused(refusal.to_owned()));
        }
    }
}
