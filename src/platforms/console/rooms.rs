//! Reading: channels, direct chats, threads, decks.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::Console;
use super::client::title;
use super::frame::{Frame, path};
use super::pages::{RoomPage, WelcomeView, html};
use super::port::{BOT, Channel, Message, View, direct};
use super::render::clean;
use super::trouble::{Trouble, to_the_door};
use super::visit::{Visit, parse};

const PAGE: u32 = 60;

/// A place that the person may see.
pub struct Seen {
    pub channel: Channel,
    pub root: Option<Message>,
}

impl Console {
    /// The place of a view, or nothing here: channels are for everybody, a direct chat for one.
    pub async fn must_see(&self, view: &View) -> Result<Seen, Trouble> {
        let channel = if view.channel == direct(&view.person) {
            Channel { id: view.channel.clone(), name: BOT.to_owned() }
        } else {
            let channels = self.talk.channels().await?;
            let found = channels.into_iter().find(|channel| channel.id == view.channel);
            found.ok_or(Trouble::NotFound)?
        };
        let root = match &view.thread {
            Some(root) => Some(self.root(root, view).await?.ok_or(Trouble::NotFound)?),
            None => None,
        };
        Ok(Seen { channel, root })
    }

    async fn root(&self, id: &str, view: &View) -> Result<Option<Message>, Trouble> {
        let message = self.talk.message(id, &view.person).await?;
        Ok(message.filter(|root| {
            root.channel == view.channel && root.thread.is_none() && root.private_to.is_none()
        }))
    }
}

/// `GET /`
pub async fn home(State(console): State<Arc<Console>>, visit: Result<Visit, Trouble>) -> Response {
    let entered = async {
        let visit = visit?;
        let channels = console.talk.channels().await?;
        let first = channels.first().map_or(direct(&visit.me.id), |channel| channel.id.clone());
        Ok(Redirect::to(&path(&first, None)).into_response())
    };
    entered.await.unwrap_or_else(to_the_door)
}

/// `GET /channels/{channel}`
pub async fn channel(
    State(console): State<Arc<Console>>,
    visit: Result<Visit, Trouble>,
    Path(channel): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    room(&console, visit, (channel, None), query).await.unwrap_or_else(to_the_door)
}

/// `GET /channels/{channel}/threads/{root}`
pub async fn thread(
    State(console): State<Arc<Console>>,
    visit: Result<Visit, Trouble>,
    Path((channel, root)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    room(&console, visit, (channel, Some(root)), query).await.unwrap_or_else(to_the_door)
}

async fn room(
    console: &Console,
    visit: Result<Visit, Trouble>,
    (channel, thread): (String, Option<String>),
    query: Option<String>,
) -> Result<Response, Trouble> {
    let visit = visit?;
    let view = View { person: visit.me.id.clone(), channel, thread };
    let seen = console.must_see(&view).await?;
    let before = parse(query.unwrap_or_default().as_bytes()).remove("before");
    let before = before.and_then(|text| text.parse().ok());
    let page = page(console, &visit, (&view, seen), before).await?;
    Ok(html(&page))
}

async fn page(
    console: &Console,
    visit: &Visit,
    (view, seen): (&View, Seen),
    before: Option<i64>,
) -> Result<RoomPage, Trouble> {
    let after = console.talk.head().await?;
    let messages = console.talk.timeline(view, before.unwrap_or(i64::MAX), PAGE).await?;
    console.talk.mark(view, after).await?;
    let frame = Frame::new(console, visit, view);
    let here = path(&view.channel, view.thread.as_deref());
    let whole = messages.len() < PAGE as usize;
    let first = messages.first().filter(|_| !whole).map(|message| message.born);
    let empty = console.company.is_empty().await? && view.thread.is_none();
    let welcome = if empty { Some(welcome(console, view).await?) } else { None };
    Ok(RoomPage {
        nav: frame.nav().await?,
        title: clean(&seen.root.as_ref().map_or(seen.channel.name.clone(), |r| title(&r.body))),
        direct: view.channel == direct(&view.person),
        above: seen.root.as_ref().map(|_| (path(&view.channel, None), clean(&seen.channel.name))),
        root: seen.root.as_ref().map(|root| frame.message(root)),
        messages: messages.iter().map(|message| frame.message(message)).collect(),
        earlier: first.map(|born| format!("{here}?before={born}")),
        newest: before.map(|_| here.clone()),
        place: frame.place(),
        here,
        after,
        key: console.ids.text(),
        welcome,
        form: frame.form_here(console.talk.form_in(&view.person, &visit.tab).await?),
    })
}

async fn welcome(console: &Console, view: &View) -> Result<WelcomeView, Trouble> {
    let may = console.company.beginnings(&view.person).await?;
    let key = |may: bool| may.then(|| console.ids.text());
    Ok(WelcomeView { sample: key(may.sample), setup: key(may.setup) })
}

const DECK: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// `GET /reports/{report}/deck`
pub async fn deck(
    State(console): State<Arc<Console>>,
    visit: Result<Visit, Trouble>,
    Path(report): Path<String>,
) -> Response {
    let found = async {
        let visit = visit?;
        let deck = console.company.deck(&report, &visit.me.id).await?;
        let (name, bytes) = deck.ok_or(Trouble::NotFound)?;
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(DECK)),
            (header::CONTENT_DISPOSITION, saved_as(&name)),
        ];
        Ok((headers, bytes).into_response())
    };
    found.await.unwrap_or_else(to_the_door)
}

/// The plain name for old browsers, the whole name for all others.
fn saved_as(name: &str) -> HeaderValue {
    let safe = |c: char| if c.is_ascii_alphanumeric() || " .-_".contains(c) { c } else { '_' };
    let plain: String = name.chars().map(safe).collect();
    let whole: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    let line = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}");
    HeaderValue::from_str(&line).unwrap_or(HeaderValue::from_static("attachment"))
}
