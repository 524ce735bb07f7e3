//! Partner facts by file: choose it, drop it or paste it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::Console;
use super::frame::Frame;
use super::pages::{ImportsPage, KindOfImport, html};
use super::port::{Kind, Sent, Taken, View, direct};
use super::render;
use super::trouble::{Trouble, to_the_door};
use super::visit::{PAGE_OF, Visit, body, parse};

const OTHERS_FIRST: &str = "Two files are being imported already, so yours was not taken. Nothing \
                            was changed. Please send it again in a moment.";

/// `GET /imports`
pub async fn page(State(console): State<Arc<Console>>, visit: Result<Visit, Trouble>) -> Response {
    let shown = async {
        let visit = visit?;
        imports_page(&console, &visit, None).await
    };
    shown.await.unwrap_or_else(to_the_door)
}

/// `POST /imports/{kind}`: a CSV file as it is, or pasted into the page's form.
pub async fn take(
    State(console): State<Arc<Console>>,
    visit: Visit,
    Path(kind): Path<String>,
    request: Request,
) -> Result<Response, Trouble> {
    let kind = Kind::parse(&kind).ok_or(Trouble::NotFound)?;
    let _turn = console.company.turn().ok_or_else(|| Trouble::mend(OTHERS_FIRST))?;
    let form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let query = parse(request.uri().query().unwrap_or_default().as_bytes());
    let bytes = Vec::from(body(request, &console).await?);
    let mut fields = if form { posted(&visit, &bytes)? } else { query };
    let pasted = fields.remove("csv").unwrap_or_default();
    let bytes = if form { pasted.clone().into_bytes() } else { bytes };
    let decimal = fields.remove("decimal").unwrap_or_default();
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Trouble::mend("There is no file and no text, so nothing was imported."));
    }
    let sent = Sent { kind, bytes, decimal: decimal.clone() };
    let taken = console.company.import(sent, &visit.me.id).await?;
    console.bell.ring();
    let kept = if taken.applied { Kept::default() } else { Kept { text: pasted, decimal } };
    imports_page(&console, &visit, Some(Outcome { kind, taken, kept })).await
}

/// What became of a file, and what of it stays on the page to be mended.
struct Outcome {
    kind: Kind,
    taken: Taken,
    kept: Kept,
}

#[derive(Clone, Default)]
struct Kept {
    text: String,
    decimal: String,
}

fn posted(visit: &Visit, body: &[u8]) -> Result<BTreeMap<String, String>, Trouble> {
    let fields = parse(body);
    visit.must_be(fields.get(PAGE_OF).map_or("", String::as_str))?;
    Ok(fields)
}

/// `GET /imports/{kind}/template`
pub async fn template(
    State(console): State<Arc<Console>>,
    _visit: Visit,
    Path(kind): Path<String>,
) -> Result<Response, Trouble> {
    let kind = Kind::parse(&kind).ok_or(Trouble::NotFound)?;
    let name = format!("attachment; filename=\"{}.csv\"", kind.as_str());
    let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, console.company.template(kind)).into_response())
}

async fn imports_page(
    console: &Console,
    visit: &Visit,
    result: Option<Outcome>,
) -> Result<Response, Trouble> {
    let nowhere = View { person: visit.me.id.clone(), channel: String::new(), thread: None };
    let nav = Frame::new(console, visit, &nowhere).nav().await?;
    let own = View { channel: direct(&visit.me.id), ..nowhere.clone() };
    let frame = Frame::new(console, visit, &own);
    let kept = |kind: Kind| match &result {
        Some(outcome) if outcome.kind == kind => outcome.kept.clone(),
        _ => Kept::default(),
    };
    let kinds = Kind::ALL.into_iter().map(|kind| described(kind, kept(kind))).collect();
    let refused = result.as_ref().is_some_and(|outcome| !outcome.taken.applied);
    let parts = |outcome: Outcome| render::parts(&outcome.taken.card, frame.palette());
    let result = result.map(parts).unwrap_or_default();
    Ok(html(&ImportsPage { nav, kinds, result, refused, place: frame.place() }))
}

fn described(kind: Kind, kept: Kept) -> KindOfImport {
    let (title, about) = match kind {
        Kind::Partners => ("Partners", "Who you work with: type, tier, region, certified people."),
        Kind::Deals => ("Deals", "What they sourced or influenced, with amounts and dates."),
        Kind::Activities => ("Activities", "Reviews, certifications, joint marketing, meetings."),
    };
    let Kept { text: kept, decimal } = kept;
    KindOfImport { word: kind.as_str(), title, about, kept, decimal }
}
