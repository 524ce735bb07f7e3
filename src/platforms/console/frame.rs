//! What one person sees in one place: messages, their form, the list of channels and threads.

use jiff::Timestamp;

use super::Console;
use super::client::title;
use super::port::{BOT, Body, Message, OpenForm, Person, PortError, View, direct};
use super::render::{self, FormView, Palette, PartView, clean};
use super::visit::Visit;
use crate::conversation::card::{Part, Run, Text};

/// How many threads are listed.
const THREADS: u32 = 12;

/// How far back the last words of a thread are looked for, past what is private.
const LATEST: u32 = 5;

/// Everything needed to show things to one person in one place.
pub struct Frame<'a> {
    console: &'a Console,
    visit: &'a Visit,
    view: &'a View,
}

pub struct MessageView {
    pub id: String,
    pub born: i64,
    pub label: String,
    pub author: String,
    pub bot: bool,
    pub initial: String,
    pub tone: usize,
    pub time: TimeView,
    pub edited: bool,
    pub private: bool,
    pub words: Option<String>,
    pub parts: Vec<PartView>,
    pub file: Option<FileView>,
    pub thread: Option<ThreadView>,
    /// The place it is looked at in, for its buttons.
    pub place: PlaceView,
}

pub struct TimeView {
    pub iso: String,
    pub text: String,
}

pub struct FileView {
    pub href: String,
    pub name: String,
}

/// The way from a root into its thread.
pub struct ThreadView {
    pub href: String,
    pub replies: u32,
    /// A deck is among them.
    pub deck: bool,
    pub last: Option<TimeView>,
}

#[derive(Clone)]
pub struct PlaceView {
    pub channel: String,
    pub thread: String,
    /// Whom the page is made for.
    pub person: String,
}

pub struct NavView {
    /// Their id: whom the page is made for.
    pub person: String,
    pub me: String,
    pub role: String,
    pub initial: String,
    pub tone: usize,
    pub channels: Vec<LinkView>,
    pub direct: LinkView,
    pub threads: Vec<LinkView>,
    pub importing: bool,
    /// A form that waits in another place.
    pub form: Option<LinkView>,
}

pub struct LinkView {
    pub href: String,
    pub name: String,
    pub near: String,
    /// What was said last in a thread, or how it ended.
    pub latest: String,
    pub current: bool,
    pub unread: u32,
}

impl<'a> Frame<'a> {
    #[must_use]
    pub fn new(console: &'a Console, visit: &'a Visit, view: &'a View) -> Self {
        Self { console, visit, view }
    }

    #[must_use]
    pub fn palette(&self) -> Palette<'a> {
        Palette {
            settings: &self.console.settings,
            people: &self.visit.people,
            ids: &self.console.ids,
        }
    }

    #[must_use]
    pub fn place(&self) -> PlaceView {
        PlaceView {
            channel: self.view.channel.clone(),
            thread: self.view.thread.clone().unwrap_or_default(),
            person: self.visit.me.id.clone(),
        }
    }

    #[must_use]
    pub fn message(&self, message: &Message) -> MessageView {
        let author = self.author(message.author.as_deref());
        let (words, parts) = match &message.body {
            Body::Words(words) => (Some(clean(words)), Vec::new()),
            Body::Card(card) => (None, render::parts(card, self.palette())),
        };
        MessageView {
            id: message.id.clone(),
            born: message.born,
            label: format!("{}: {}", author.name, clean(&title(&message.body))),
            bot: message.author.is_none(),
            initial: initial(&author.name),
            tone: tone(&author.id),
            author: author.name,
            time: time(message.at),
            edited: message.edited_at.is_some() && message.author.is_some(),
            private: message.private_to.is_some() && !message.channel.starts_with("dm-"),
            words,
            parts,
            file: message.file.as_ref().map(|file| FileView {
                href: format!("/reports/{}/deck", file.report),
                name: clean(&file.name),
            }),
            thread: self.thread_of(message),
            place: self.place(),
        }
    }

    fn author(&self, id: Option<&str>) -> Person {
        let known = |id: &str| self.visit.people.iter().find(|person| person.id == id).cloned();
        let stranger =
            |id: &str| Person { id: id.to_owned(), name: clean(id), ..Person::default() };
        match id {
            Some(id) => known(id).unwrap_or_else(|| stranger(id)),
            None => stranger(BOT),
        }
    }

    fn thread_of(&self, message: &Message) -> Option<ThreadView> {
        let here = self.view.thread.is_some() || message.thread.is_some();
        if here || message.private_to.is_some() {
            return None;
        }
        let href = path(&message.channel, Some(&message.id));
        let last = message.replied_at.map(time);
        Some(ThreadView { href, replies: message.replies, deck: message.decks > 0, last })
    }

    /// The open form, when it belongs to the place that is looked at.
    #[must_use]
    pub fn form_here(&self, open: Option<OpenForm>) -> Option<FormView> {
        let open = open.filter(|open| self.is_here(open))?;
        Some(render::form(&open, &[], self.palette()))
    }

    fn is_here(&self, open: &OpenForm) -> bool {
        open.near.channel == self.view.channel && open.near.thread == self.view.thread
    }

    /// The last that everybody in a thread read: an outcome, a deck, a request.
    async fn latest(&self, root: &Message) -> Result<String, PortError> {
        let view = View {
            person: self.visit.me.id.clone(),
            channel: root.channel.clone(),
            thread: Some(root.id.clone()),
        };
        let replies = if root.replies == 0 {
            Vec::new()
        } else {
            self.console.talk.timeline(&view, i64::MAX, LATEST).await?
        };
        let last = replies.iter().rev().find(|reply| reply.private_to.is_none());
        Ok(clean(&match last {
            None => request_of(&root.body),
            Some(Message { file: Some(file), .. }) => file.name.clone(),
            Some(reply) => match &reply.author {
                Some(author) => {
                    format!("{}: {}", self.author(Some(author)).name, title(&reply.body))
                }
                None => gist(&reply.body),
            },
        }))
    }

    pub async fn nav(&self) -> Result<NavView, PortError> {
        let (talk, me) = (&self.console.talk, &self.visit.me);
        let unread = talk.unread(&me.id).await?;
        let link = |channel: &str, thread: Option<&str>, name: &str| LinkView {
            href: path(channel, thread),
            name: clean(name),
            near: String::new(),
            latest: String::new(),
            current: self.view.channel == channel && self.view.thread.as_deref() == thread,
            unread: unread
                .iter()
                .find(|place| place.channel == channel && place.thread.as_deref() == thread)
                .map_or(0, |place| place.count),
        };
        let channels = talk.channels().await?;
        let near = |id: &str| {
            let channel = channels.iter().find(|channel| channel.id == id);
            channel.map_or(BOT.to_owned(), |channel| format!("#{}", clean(&channel.name)))
        };
        let mut threads = Vec::new();
        for root in talk.threads(&me.id, THREADS).await? {
            let latest = self.latest(&root).await?;
            threads.push(LinkView {
                near: near(&root.channel),
                latest,
                ..link(&root.channel, Some(&root.id), &name_of(&root.body))
            });
        }
        let waiting =
            talk.form_in(&me.id, &self.visit.tab).await?.filter(|open| !self.is_here(open));
        Ok(NavView {
            person: me.id.clone(),
            me: clean(&me.name),
            role: clean(&me.role),
            initial: initial(&me.name),
            tone: tone(&me.id),
            channels: channels.iter().map(|c| link(&c.id, None, &c.name)).collect(),
            direct: link(&direct(&me.id), None, BOT),
            threads,
            importing: self.view.channel.is_empty(),
            form: waiting.map(|open| {
                link(&open.near.channel, open.near.thread.as_deref(), &open.form.title)
            }),
        })
    }
}

/// What a thread is listed as: a card's line ends where its particulars begin.
fn name_of(root: &Body) -> String {
    let name = title(root);
    match (root, name.split_once(": ")) {
        (Body::Card(_), Some((name, _))) => name.to_owned(),
        _ => name,
    }
}

/// The words that a root says somebody asked with.
fn request_of(root: &Body) -> String {
    let asked = last_text(root).filter(|text| matches!(text.0.first(), Some(Run::Bold(_))));
    asked.map(Text::words).unwrap_or_default()
}

/// How a card ended where it says so in bold, otherwise what it is about.
fn gist(body: &Body) -> String {
    let ended = last_text(body).filter(|text| matches!(text.0.as_slice(), [Run::Bold(_)]));
    ended.map_or_else(|| title(body), Text::words)
}

fn last_text(body: &Body) -> Option<&Text> {
    let Body::Card(card) = body else { return None };
    card.parts.iter().rev().find_map(|part| match part {
        Part::Text(text) => Some(text),
        _ => None,
    })
}

/// The address of a channel or a thread.
#[must_use]
pub fn path(channel: &str, thread: Option<&str>) -> String {
    match thread {
        Some(root) => format!("/channels/{channel}/threads/{root}"),
        None => format!("/channels/{channel}"),
    }
}

/// In UTC, until the page's script puts it into the reader's own zone.
fn time(at: i64) -> TimeView {
    let at = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    TimeView {
        iso: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        text: at.strftime("%-d %b %Y, %H:%M UTC").to_string(),
    }
}

fn initial(name: &str) -> String {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .map_or("?".to_owned(), |c| c.to_uppercase().collect())
}

/// One of the colours 1 to 6, the same for a person everywhere.
fn tone(id: &str) -> usize {
    id.bytes().fold(0_usize, |sum, byte| (sum * 33 + usize::from(byte)) % 6_000_007) % 6 + 1
}
