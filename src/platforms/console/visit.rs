//! Who is asking: the session cookie, and the fields of a posted form.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::Console;
use super::port::{People, Person, PortError, Ticket};
use super::trouble::Trouble;

/// A session lasts fourteen days, a sign-in link half an hour.
const SESSION_MS: i64 = 14 * 24 * 60 * 60 * 1000;
const LINK_MS: i64 = 30 * 60 * 1000;

/// 256 random bits, to be given away, and the hash of them, to be kept.
pub struct Secret {
    pub text: String,
    pub hash: String,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl Secret {
    fn random() -> Self {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the system gives random bytes, or nothing is safe");
        let text = URL_SAFE_NO_PAD.encode(bytes);
        Self { hash: hash(&text), text }
    }
}

#[must_use]
pub fn hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

/// Makes a one-time link that signs `person` in: its path, to be put behind the console's address.
pub async fn invite(people: &dyn People, person: &str, now: i64) -> Result<String, PortError> {
    let secret = Secret::random();
    let link = Ticket { hash: secret.hash, person: person.to_owned(), expires_at: now + LINK_MS };
    people.add_link(&link).await?;
    Ok(format!("/sign-in/{}", secret.text))
}

/// Starts a session and returns the cookie that carries it. The one that this browser had is over:
/// pages of it notice, and do nothing in the new one's name.
pub async fn start_session(
    console: &Console,
    person: &str,
    headers: &HeaderMap,
) -> Result<String, PortError> {
    let secret = Secret::random();
    let expires_at = console.clock.now_ms() + SESSION_MS;
    let ticket = Ticket { hash: secret.hash, person: person.to_owned(), expires_at };
    console.people.start_session(&ticket).await?;
    if let Some(before) = session_secret(console, headers) {
        console.people.end_session(&hash(before)).await?;
        console.bell.ring();
    }
    Ok(cookie(console, headers, &secret.text, SESSION_MS / 1000))
}

/// The cookie that forgets the session.
#[must_use]
pub fn no_cookie(console: &Console, headers: &HeaderMap) -> String {
    cookie(console, headers, "", 0)
}

fn cookie(console: &Console, headers: &HeaderMap, value: &str, seconds: i64) -> String {
    let name = cookie_name(console);
    let secure = if console.settings.is_https(headers) { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")
}

/// Cookies do not know ports: two consoles on one machine must not sign each other out.
fn cookie_name(console: &Console) -> String {
    format!("attache_{}", console.settings.listen.port())
}

fn session_secret<'a>(console: &Console, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = cookie_name(console);
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    pairs
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name && !value.is_empty()).then_some(value))
}

/// A signed-in person's request.
#[derive(Debug)]
pub struct Visit {
    pub me: Person,
    pub people: Vec<Person>,
    /// Names the session in the store.
    pub session: String,
    /// Sent by our script, which waits for no page.
    pub quick: bool,
    /// The tab that asks; empty for a browser without script.
    pub tab: String,
}

impl Visit {
    pub async fn of(console: &Console, headers: &HeaderMap) -> Result<Self, Trouble> {
        let session = hash(session_secret(console, headers).ok_or(Trouble::SignIn)?);
        let now = console.clock.now_ms();
        let id = console.people.session(&session, now).await?.ok_or(Trouble::SignIn)?;
        let people = console.people.people().await?;
        let me = people.iter().find(|person| person.id == id && !person.shut_out);
        let me = me.cloned().ok_or(Trouble::SignIn)?;
        let (quick, tab) = (headers.contains_key("x-attache-quick"), String::new());
        Ok(Self { me, people, session, quick, tab })
    }

    /// Takes what a page says about itself: whom it was made for, and in which tab it is.
    pub fn on_page(mut self, person: &str, tab: &str) -> Result<Self, Trouble> {
        self.must_be(person)?;
        if is_token(tab) {
            tab.clone_into(&mut self.tab);
        }
        Ok(self)
    }

    /// A page belongs to the person it was made for: after somebody else signed in, it can do nothing.
    pub fn must_be(&self, person: &str) -> Result<(), Trouble> {
        if person.is_empty() || person == self.me.id {
            return Ok(());
        }
        let known = self.people.iter().find(|known| known.id == person);
        let page = known.map_or("somebody else", |known| &known.name).to_owned();
        Err(Trouble::OtherPerson { page, now: self.me.name.clone() })
    }
}

/// What the script makes up: the key of a request, the name of a tab.
#[must_use]
pub fn is_token(text: &str) -> bool {
    (8..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl FromRequestParts<Arc<Console>> for Visit {
    type Rejection = Trouble;

    async fn from_request_parts(
        parts: &mut Parts,
        console: &Arc<Console>,
    ) -> Result<Self, Trouble> {
        let said = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let (person, tab) = (said("x-attache-person"), said("x-attache-tab"));
        let visit = Self::of(console, &parts.headers).await?;
        visit.on_page(person.unwrap_or_default(), tab.unwrap_or_default())
    }
}

/// What a page of the person who is signed in has posted.
#[derive(Debug)]
pub struct Posted {
    pub visit: Visit,
    pub fields: Fields,
}

impl FromRequest<Arc<Console>> for Posted {
    type Rejection = Trouble;

    async fn from_request(request: Request, console: &Arc<Console>) -> Result<Self, Trouble> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, console).await?;
        let fields = Fields::from_request(Request::from_parts(parts, body), console).await?;
        // Our script says it in a header, the button of a page without script here.
        visit.must_be(fields.get(PAGE_OF))?;
        Ok(Self { visit, fields })
    }
}

/// Whom a page was made for, in what its forms post.
pub const PAGE_OF: &str = "as";

/// The fields of a posted form, by name; of a name that comes twice the last. Lines end in `\n`.
#[derive(Debug)]
pub struct Fields(pub BTreeMap<String, String>);

impl Fields {
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The key that the page gave this very request.
    pub fn key(&self) -> Result<&str, Trouble> {
        let key = self.get("key");
        if is_token(key) {
            Ok(key)
        } else {
            Err(Trouble::mend("This page is incomplete. Please load it again."))
        }
    }
}

impl FromRequest<Arc<Console>> for Fields {
    type Rejection = Trouble;

    async fn from_request(request: Request, console: &Arc<Console>) -> Result<Self, Trouble> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return Err(Trouble::mend("Only forms of this console are taken here."));
        }
        let fields = parse(&body(request, console).await?);
        if fields.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(Trouble::null_character());
        }
        Ok(Self(fields))
    }
}

/// The whole body, within the limit of its route.
pub async fn body(request: Request, console: &Arc<Console>) -> Result<Bytes, Trouble> {
    Bytes::from_request(request, console).await.map_err(|refused| {
        match refused.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Trouble::TooLarge,
            _ => Trouble::mend("The request did not arrive whole. Please send it again."),
        }
    })
}

#[must_use]
pub fn parse(text: &[u8]) -> BTreeMap<String, String> {
    let pairs = form_urlencoded::parse(text);
    pairs.map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print_itself() {
        let secret = Secret::random();
        let printed = format!("{secret:?}");
        assert!(!printed.contains(&secret.text) && !printed.contains(&secret.hash), "{printed}");
    }
}
