//! Live updates: what changed in the place that somebody looks at, as server-sent events.
//!
//! In this process the bell wakes every stream at once. Another replica cannot ring it, so a stream
//! also asks for the newest change number every two seconds, as long as somebody watches. The page
//! closes its stream when it is hidden and catches up by its cursor when it is seen again.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use futures_util::stream;
use tokio::sync::watch;

use super::Console;
use super::pages::{FormPart, Frame, MessagePart, NavPart, text};
use super::port::{PortError, View};
use super::trouble::Trouble;
use super::visit::{PAGE_OF, Visit, parse};

const POLL: Duration = Duration::from_secs(2);

/// Open pages of one session; a browser that wants more waits until one is closed.
const MOST_STREAMS: usize = 8;

/// Wakes the streams of this process. Cheap to clone; all clones are one bell.
#[derive(Clone, Debug)]
pub struct Bell {
    rung: Arc<watch::Sender<Rung>>,
    /// Streams by session.
    listening: Arc<Mutex<BTreeMap<String, usize>>>,
}

/// The place of one stream; free again once it is dropped.
struct Seat {
    bell: Bell,
    session: String,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut listening = self.bell.listening();
        if let Some(streams) = listening.get_mut(&self.session) {
            *streams -= 1;
            if *streams == 0 {
                listening.remove(&self.session);
            }
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Rung {
    times: u64,
    closing: bool,
}

impl Bell {
    #[must_use]
    pub fn new() -> Self {
        let rung = Arc::new(watch::Sender::new(Rung::default()));
        Self { rung, listening: Arc::default() }
    }

    /// Something changed.
    pub fn ring(&self) {
        self.rung.send_modify(|rung| rung.times = rung.times.wrapping_add(1));
    }

    /// Ends every stream: called when the server stops, which otherwise waits for them.
    pub fn close(&self) {
        self.rung.send_modify(|rung| rung.closing = true);
    }

    fn listening(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seat(&self, session: &str) -> Option<Seat> {
        let mut listening = self.listening();
        let streams = listening.entry(session.to_owned()).or_default();
        (*streams < MOST_STREAMS).then(|| {
            *streams += 1;
            Seat { bell: self.clone(), session: session.to_owned() }
        })
    }

    fn listen(&self) -> watch::Receiver<Rung> {
        self.rung.subscribe()
    }

    /// Waits for a ring, at most `patience`.
    pub async fn heard(&self, patience: Duration) -> bool {
        let mut rings = self.listen();
        tokio::time::timeout(patience, rings.changed()).await.is_ok()
    }
}

impl Default for Bell {
    fn default() -> Self {
        Self::new()
    }
}

/// `GET /live?channel=…&thread=…&after=…&as=…&tab=…`
pub async fn stream(
    State(console): State<Arc<Console>>,
    visit: Visit,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let query = parse(query.unwrap_or_default().as_bytes());
    let said = |name: &str| query.get(name).map_or("", String::as_str);
    let visit = visit.on_page(said(PAGE_OF), said("tab"))?;
    let channel = query.get("channel").cloned().unwrap_or_default();
    let thread = query.get("thread").filter(|thread| !thread.is_empty()).cloned();
    let again = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let cursor = again.or_else(|| query.get("after").map(String::as_str));
    let after = cursor.and_then(|text| text.parse().ok()).ok_or(Trouble::NotFound)?;
    let view = View { person: visit.me.id.clone(), channel, thread };
    console.must_see(&view).await?;
    let seat = console.bell.seat(&visit.session).ok_or_else(|| {
        Trouble::mend(format!(
            "{MOST_STREAMS} pages of this session are open. Close one, then load this one again."
        ))
    })?;
    let welcomed = query.get("welcome").is_some_and(|welcome| welcome == "1");
    let watcher = Watcher::new((console, seat), visit, view, after, welcomed);
    let events = Sse::new(watcher.events()).keep_alive(KeepAlive::default());
    Ok(events.into_response())
}

/// One open page.
struct Watcher {
    console: Arc<Console>,
    visit: Visit,
    view: View,
    rings: watch::Receiver<Rung>,
    /// Everything up to this number was sent.
    after: i64,
    nav: String,
    form: Option<String>,
    welcomed: bool,
    fresh: bool,
    _seat: Seat,
}

impl Watcher {
    fn new(
        (console, seat): (Arc<Console>, Seat),
        visit: Visit,
        view: View,
        after: i64,
        welcomed: bool,
    ) -> Self {
        let rings = console.bell.listen();
        let (nav, form) = (String::new(), None);
        Self { console, visit, view, rings, after, nav, form, welcomed, fresh: true, _seat: seat }
    }

    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        let batches = stream::unfold(self, |mut watcher| async move {
            let batch = watcher.next_batch().await?;
            Some((stream::iter(batch.into_iter().map(Ok)), watcher))
        });
        futures_util::StreamExt::flatten(batches)
    }

    /// Waits for something to tell; none when the stream is over.
    async fn next_batch(&mut self) -> Option<Vec<Event>> {
        loop {
            if self.fresh {
                self.fresh = false;
            } else if !self.woken().await? {
                continue;
            }
            match self.gather().await {
                Ok(events) if events.is_empty() => {}
                Ok(events) => return Some(events),
                Err(_) => return None,
            }
        }
    }

    /// Whether something may have changed; none when the server stops or the session ended.
    async fn woken(&mut self) -> Option<bool> {
        let rung = tokio::time::timeout(POLL, self.rings.changed()).await;
        if self.rings.borrow_and_update().closing {
            return None;
        }
        match rung {
            Ok(rung) => rung.ok().map(|()| true),
            Err(_) => Some(self.console.talk.head().await.ok()? > self.after),
        }
    }

    async fn gather(&mut self) -> Result<Vec<Event>, PortError> {
        let now = self.console.clock.now_ms();
        if self.console.people.session(&self.visit.session, now).await?.is_none() {
            return Err(PortError::Ours(0));
        }
        let mut events = self.new_messages().await?;
        events.extend(self.new_form().await?);
        events.extend(self.no_longer_empty().await?);
        events.extend(self.new_nav().await?);
        Ok(events)
    }

    async fn new_messages(&mut self) -> Result<Vec<Event>, PortError> {
        let head = self.console.talk.head().await?;
        let changed = self.console.talk.changed(&self.view, self.after).await?;
        let frame = Frame::new(&self.console, &self.visit, &self.view);
        let part = |message| text(&MessagePart { message: frame.message(message) });
        let mut events: Vec<_> =
            changed.iter().map(|message| event("message", &part(message))).collect();
        self.after = changed.last().map_or(self.after.max(head), |message| message.seq);
        // A root and its reply share a number: only the end of a batch is a safe place to go on from.
        if let Some(last) = events.pop() {
            events.push(last.id(self.after.to_string()));
            self.fresh = true;
        }
        if !changed.is_empty() {
            self.console.talk.mark(&self.view, self.after).await?;
        }
        Ok(events)
    }

    async fn new_form(&mut self) -> Result<Option<Event>, PortError> {
        let frame = Frame::new(&self.console, &self.visit, &self.view);
        let open =
            frame.form_here(self.console.talk.form_in(&self.view.person, &self.visit.tab).await?);
        let id = open.as_ref().map(|form| form.id.clone());
        if id == self.form {
            return Ok(None);
        }
        self.form = id;
        let html = open.map(|form| text(&FormPart { form })).unwrap_or_default();
        Ok(Some(event("form", &html)))
    }

    /// The offer of the first visit goes once somebody took it.
    async fn no_longer_empty(&mut self) -> Result<Option<Event>, PortError> {
        if !self.welcomed || self.console.company.is_empty().await? {
            return Ok(None);
        }
        self.welcomed = false;
        Ok(Some(event("settled", "")))
    }

    async fn new_nav(&mut self) -> Result<Option<Event>, PortError> {
        let frame = Frame::new(&self.console, &self.visit, &self.view);
        let nav = text(&NavPart { nav: frame.nav().await? });
        if nav == self.nav {
            return Ok(None);
        }
        self.nav.clone_from(&nav);
        Ok(Some(event("nav", &nav)))
    }
}

/// Without its text an event would not be heard, so an empty one carries a space.
fn event(name: &str, html: &str) -> Event {
    Event::default().event(name).data(if html.is_empty() { " " } else { html })
}
