//! Signing in and out: picking who you are at this machine, or a printed link that works once.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::Console;
use super::pages::{InvitePage, PickPage, html};
use super::trouble::Trouble;
use super::visit::{Fields, Visit, hash, no_cookie, start_session};

/// `GET /sign-in`
pub async fn page(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let may_pick = console.settings.may_pick(&headers);
    let people = if may_pick { console.people.people().await? } else { Vec::new() };
    Ok(html(&PickPage { may_pick, people }).into_response())
}

/// `POST /sign-in`: somebody at this machine says who they are.
pub async fn pick(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Trouble> {
    if !console.settings.may_pick(&headers) {
        return Err(Trouble::PickingIsOff);
    }
    let people = console.people.people().await?;
    let person = people.iter().find(|person| person.id == fields.get("person"));
    let person = person.ok_or(Trouble::NotFound)?;
    come_in(&console, &person.id, &headers).await
}

/// `GET /sign-in/{token}`: typed or pasted, the link signs in at once. Reached from another page or
/// fetched ahead by a browser, it only asks, so that nobody is signed in without wanting it.
pub async fn follow(
    State(console): State<Arc<Console>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let direct = headers.get("sec-fetch-site").is_none_or(|site| site == "none");
    let ahead = headers.contains_key("sec-purpose") || headers.contains_key("purpose");
    if direct && !ahead {
        return accept(State(console), Path(token), headers).await;
    }
    let now = console.clock.now_ms();
    let person = console.people.link(&hash(&token), now).await?.ok_or(Trouble::SpentLink)?;
    let people = console.people.people().await?;
    let name = people.into_iter().find(|known| known.id == person).ok_or(Trouble::SpentLink)?.name;
    Ok(html(&InvitePage { name, token }).into_response())
}

/// `POST /sign-in/{token}`
pub async fn accept(
    State(console): State<Arc<Console>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let now = console.clock.now_ms();
    let person = console.people.use_link(&hash(&token), now).await?.ok_or(Trouble::SpentLink)?;
    come_in(&console, &person, &headers).await
}

/// `POST /sign-out`
pub async fn leave(
    State(console): State<Arc<Console>>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    console.people.end_session(&visit.session).await?;
    Ok(with_cookie("/sign-in", &no_cookie(&console, &headers)))
}

async fn come_in(
    console: &Console,
    person: &str,
    headers: &HeaderMap,
) -> Result<Response, Trouble> {
    let cookie = start_session(console, person, headers).await?;
    Ok(with_cookie("/", &cookie))
}

fn with_cookie(to: &str, cookie: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}
