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
use super::trouble::{Failed, answer, failed, refused};
use crate::config::Secret;
use crate::ids::WorkspaceId;
use crate::partners::import::Kind;

/// Takes files for the workspace that a token belongs to.
pub trait Imports: Send + Sync {
    /// Whose token this is; `None` when it is nobody's, or was revoked.
    fn owner_of<'a>(
        &'a self,
        token: &'a Secret,
    ) -> BoxFuture<'a, Result<Option<WorkspaceId>, Failed>>;

    fn import<'a>(&'a self, file: File<'a>) -> BoxFuture<'a, Result<Imported, Failed>>;
}

/// One file as it came.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    pub workspace: &'a WorkspaceId,
    pub kind: Kind,
    pub bytes: &'a [u8],
    /// Take the good rows even when others are refused.
    pub keep_good: bool,
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
    let workspace = match imports.owner_of(&token).await {
        Ok(Some(workspace)) => workspace,
        Ok(None) => return unknown_token(),
        Err(why) => return failed(why),
    };
    let Some(kind) = kind_of(&kind) else {
        let sentence = "Files go to /import/partners, /import/deals or /import/activities.";
        return refused(StatusCode::NOT_FOUND, sentence);
    };
    let keep_good = asks_to_keep_good(request.uri().query());
    let Ok(bytes) = to_bytes(request.into_body(), LARGEST_FILE).await else {
        return refused(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The file did not arrive whole, or is larger than 10 MiB. Nothing was changed. Send it \
             in parts.",
        );
    };
    let file = File { workspace: &workspace, kind, bytes: &bytes, keep_good };
    match imports.import(file).await {
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

/// `?keep_good=true`, as `attache import --keep-good`.
fn asks_to_keep_good(query: Option<&str>) -> bool {
    url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .any(|(name, value)| name == "keep_good" && matches!(&*value, "true" | "1" | ""))
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
