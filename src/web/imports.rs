//! `POST /import/{partners|deals|activities}`: a CSV or JSON file from a program that holds a
//! token (`attache token create import`).

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use futures_util::future::BoxFuture;

use super::LARGEST_FILE;
use super::sent_as::{Asked, SentAs};
use super::trouble::{Failed, answer, failed, refused};
use crate::config::Secret;
use crate::handlers::import::Turn;
use crate::ids::WorkspaceId;
use crate::partners::import::Kind;

/// Takes files for the workspace that a token belongs to.
pub trait Imports: Send + Sync {
    /// Whose token this is; `None` when it is nobody's, or was revoked.
    fn owner_of<'a>(&'a self, token: &'a Secret) -> BoxFuture<'a, Result<Option<Owner>, Failed>>;

    /// The turn of one file, to be had before it is received; none when others have theirs.
    fn turn(&self) -> Option<Turn>;

    fn import<'a>(
        &'a self,
        owner: &'a Owner,
        file: File,
    ) -> BoxFuture<'a, Result<Imported, Failed>>;
}

/// Whose file it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub workspace: WorkspaceId,
    /// The token, as the audit calls it.
    pub token: String,
}

/// One file as it came.
#[derive(Clone, Debug)]
pub struct File {
    pub kind: Kind,
    pub bytes: Vec<u8>,
    pub asked: Asked,
}

/// What became of it: rows read, changed, and refused with line and reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Something was written (or nothing had to be); otherwise nothing was.
    pub taken: bool,
    pub report: serde_json::Value,
}

pub(super) fn routes(imports: Arc<dyn Imports>) -> Router {
    Router::new().route("/import/{kind}", post(take)).with_state(imports)
}

/// The token is checked before a byte of the file is read.
async fn take(
    State(imports): State<Arc<dyn Imports>>,
    Path(kind): Path<String>,
    request: Request,
) -> Response {
    let Some(token) = bearer(request.headers()) else { return unknown_token() };
    let owner = match imports.owner_of(&token).await {
        Ok(Some(owner)) => owner,
        Ok(None) => return unknown_token(),
        Err(why) => return failed(why),
    };
    let Some(kind) = kind_of(&kind) else {
        let sentence = "Files go to /import/partners, /import/deals or /import/activities.";
        return refused(StatusCode::NOT_FOUND, sentence);
    };
    let asked = match Asked::of(request.uri().query()) {
        Ok(asked) => asked,
        Err(sentence) => return refused(StatusCode::BAD_REQUEST, &sentence),
    };
    let sent_as = SentAs::of(request.headers());
    if let Some(sentence) = sent_as.refusal() {
        return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, sentence);
    }
    let Some(_turn) = imports.turn() else { return others_first() };
    let Ok(bytes) = to_bytes(request.into_body(), LARGEST_FILE).await else {
        return refused(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The file did not arrive whole, or is larger than 10 MiB. Nothing was changed. Send it \
             in parts.",
        );
    };
    if let Some(sentence) = sent_as.refusal_of(&bytes) {
        return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, &sentence);
    }
    let file = File { kind, bytes: Vec::from(bytes), asked };
    match imports.import(&owner, file).await {
        Ok(Imported { taken: true, report }) => answer(StatusCode::OK, &report),
        Ok(Imported { taken: false, report }) => answer(StatusCode::UNPROCESSABLE_ENTITY, &report),
        Err(why) => failed(why),
    }
}

fn kind_of(word: &str) -> Option<Kind> {
    match word {
        "partners" => Some(Kind::Partners),
        "deals" => Some(Kind::Deals),
        "activities" => Some(Kind::Activities),
        _ => None,
    }
}

fn others_first() -> Response {
    let sentence = "Two files are being imported already, so yours was not taken. Nothing was \
                    changed. Send it again in a few seconds.";
    let mut response = refused(StatusCode::SERVICE_UNAVAILABLE, sentence);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

/// Exactly one `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let only = all.next().filter(|_| all.next().is_none())?.to_str().ok()?;
    let (scheme, token) = only.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| Secret::new(token))
}

fn unknown_token() -> Response {
    let sentence = "A token is needed: Authorization: Bearer TOKEN. Make one with `attache token \
                    create import`.";
    let mut response = refused(StatusCode::UNAUTHORIZED, sentence);
    let wanted = HeaderValue::from_static("Bearer");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, wanted);
    response
}
