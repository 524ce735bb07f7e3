//! Signing in and out: picking who you are at this machine, or the button behind a printed link, which
//! works once.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::Console;
use super::pages::{InvitePage, PickPage, html};
use super::port::Person;
use super::trouble::Trouble;
use super::visit::{Fields, Visit, hash, no_cookie, start_session};

/// `GET /sign-in`
pub async fn page(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let may_pick = console.settings.may_pick(&headers);
    let people = if may_pick { admitted(&console).await? } else { Vec::new() };
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
    let people = admitted(&console).await?;
    let person = people.iter().find(|person| person.id == fields.get("person"));
    let person = person.ok_or(Trouble::NotFound)?;
    come_in(&console, &person.id, &headers).await
}

/// `GET /sign-in/{token}` only asks, whoever comes: a chat's preview and a browser that fetches ahead
/// follow links, too, and must neither use one up nor be signed in by it.
pub async fn follow(
    State(console): State<Arc<Console>>,
    Path(token): Path<String>,
) -> Result<Response, Trouble> {
    let now = console.clock.now_ms();
    let person = console.people.link(&hash(&token), now).await?.ok_or(Trouble::SpentLink)?;
    let name = admit(&console, &person).await?.name;
    let mut page = html(&InvitePage { name, token }).into_response();
    // The address of this page is a secret. Without any referrer, browsers would send `Origin: null`
    // with its form.
    let policy = HeaderValue::from_static("strict-origin");
    page.headers_mut().insert(header::REFERRER_POLICY, policy);
    Ok(page)
}

/// `POST /sign-in/{token}`
pub async fn accept(
    State(console): State<Arc<Console>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let now = console.clock.now_ms();
    let person = console.people.use_link(&hash(&token), now).await?.ok_or(Trouble::SpentLink)?;
    admit(&console, &person).await?;
    come_in(&console, &person, &headers).await
}

/// Those who may come in.
async fn admitted(console: &Console) -> Result<Vec<Person>, Trouble> {
    let people = console.people.people().await?;
    Ok(people.into_iter().filter(|person| !person.shut_out).collect())
}

async fn admit(console: &Console, id: &str) -> Result<Person, Trouble> {
    let people = admitted(console).await?;
    people.into_iter().find(|person| person.id == id).ok_or(Trouble::SpentLink)
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
