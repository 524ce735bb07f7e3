//! Partner facts by file: choose it, drop it or paste it.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::Console;
use super::frame::Frame;
use super::pages::{ImportsPage, KindOfImport, html};
use super::port::{Kind, View, direct};
use super::render::{self, PartView};
use super::trouble::{Trouble, to_the_door};
use super::visit::{Visit, body, parse};
use crate::conversation::card::Card;

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
    let form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let bytes = body(request, &console).await?.to_vec();
    let bytes =
        if form { parse(&bytes).remove("csv").unwrap_or_default().into_bytes() } else { bytes };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Trouble::mend("The file is empty, so nothing was imported."));
    }
    let card = console.company.import(kind, &bytes, &visit.me.id).await?;
    console.bell.ring();
    imports_page(&console, &visit, Some(&card)).await
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
    result: Option<&Card>,
) -> Result<Response, Trouble> {
    let nowhere = View { person: visit.me.id.clone(), channel: String::new(), thread: None };
    let nav = Frame::new(console, visit, &nowhere).nav().await?;
    let own = View { channel: direct(&visit.me.id), ..nowhere.clone() };
    let frame = Frame::new(console, visit, &own);
    let result: Vec<PartView> =
        result.map(|card| render::parts(card, frame.palette())).unwrap_or_default();
    let kinds = Kind::ALL.into_iter().map(described).collect();
    Ok(html(&ImportsPage { nav, kinds, result, place: frame.place() }))
}

fn described(kind: Kind) -> KindOfImport {
    let (title, about) = match kind {
        Kind::Partners => ("Partners", "Who you work with: type, tier, region, certified people."),
        Kind::Deals => ("Deals", "What they sourced or influenced, with amounts and dates."),
        Kind::Activities => ("Activities", "Reviews, certifications, joint marketing, meetings."),
    };
    KindOfImport { word: kind.as_str(), title, about }
}
