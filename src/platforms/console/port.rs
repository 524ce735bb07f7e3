//! What the console keeps, and what it asks of the rest: three ports that the program fills.
//!
//! The rows that [`Talk`] and [`People`] need, all of the one workspace that the console shows:
//!
//! ```text
//! console_session  hash PK · person · expires_at
//! console_link     hash PK · person · expires_at                       deleted by its one use
//! console_channel  id PK · name · created_at                           general, leadership from the start
//! console_message  id PK · channel · thread? · author? · private_to? · words? · card? (JSON)
//!                  · file_report? · file_name? · key? UNIQUE · topic? · at · edited_at? · born · seq
//!                  indexes (channel, thread, born) and (channel, thread, seq), (file_report)
//! console_counter  seq                                                 one row, starts at 0
//! console_sheet    id PK · person · tab · about · near (JSON of Place) · form (JSON) · sent · at · seq
//! console_mark     person · channel · thread ('' outside) · seq        PK of the first three
//! ```
//!
//! - Each write to messages and forms takes `UPDATE console_counter SET seq = seq + 1 RETURNING seq`
//!   in its transaction first: its number is the row's `seq`. Holding that row until the commit makes
//!   the numbers appear in order, so that "after n" never misses one. `born` is the `seq` of the
//!   insert: messages are shown in the order of `born`.
//! - A private card with a topic takes the place of the one that its person has of that topic in that
//!   channel and thread: the row is written anew, with `born` and `seq` of now.
//! - A message in a thread that is not private also sets its root's `seq` to its own number: the
//!   root shows how many replies it has.
//! - The direct chat of a person with the bot is the channel `dm-` + person ([`direct`]); it has no row.
//! - *Visible* to a person: `private_to` is null or that person, and the channel is not somebody
//!   else's `dm-`. Every reading function that takes a person or a [`View`] returns only that,
//!   and counts replies so too.

use futures_util::future::BoxFuture;

use crate::conversation::card::Card;
use crate::conversation::form::Form;
use crate::conversation::inbound::{Place, PlaceKind, Platform};
use crate::handlers::import::Turn;

/// Why nothing was read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// The database is held by others, full or away: asking again may well help.
    #[error("the database is busy")]
    Busy,
    /// Ours. It was logged once, by the port, under this reference.
    #[error("reference {0}")]
    Ours(u32),
}

pub type Asking<'a, T> = BoxFuture<'a, Result<T, PortError>>;

/// The team of every console place and person.
pub const TEAM: &str = "local";

/// The name of the direct chat with the bot, and of the bot in it.
pub const BOT: &str = "Attaché";

/// The channel id of a person's direct chat with the bot.
#[must_use]
pub fn direct(person: &str) -> String {
    format!("dm-{person}")
}

/// A place of the console.
#[must_use]
pub fn place(channel: &str, thread: Option<&str>) -> Place {
    let kind = if channel.starts_with("dm-") { PlaceKind::Direct } else { PlaceKind::Channel };
    Place {
        platform: Platform::Console,
        team: TEAM.to_owned(),
        channel: channel.to_owned(),
        thread: thread.map(str::to_owned),
        kind,
        shared: false,
    }
}

/// Who may come in.
pub trait People: Send + Sync {
    /// Everybody who may use the console, in the order to show them.
    fn people(&self) -> Asking<'_, Vec<Person>>;

    /// Keeps a session until `expires_at` (milliseconds since 1970). Only the hash of the cookie is
    /// ever kept; expired sessions may be removed on the way.
    fn start_session<'a>(&'a self, session: &'a Ticket) -> Asking<'a, ()>;

    /// The person of a session that lives at `now`.
    fn session<'a>(&'a self, hash: &'a str, now: i64) -> Asking<'a, Option<String>>;

    fn end_session<'a>(&'a self, hash: &'a str) -> Asking<'a, ()>;

    /// Keeps a one-time sign-in link.
    fn add_link<'a>(&'a self, link: &'a Ticket) -> Asking<'a, ()>;

    /// Whom a link that lives at `now` is for; it stays usable.
    fn link<'a>(&'a self, hash: &'a str, now: i64) -> Asking<'a, Option<String>>;

    /// Uses a link up: whoever deletes the row has used it, of two at once only one.
    fn use_link<'a>(&'a self, hash: &'a str, now: i64) -> Asking<'a, Option<String>>;
}

/// A person of the console.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// `ana`: lower case letters, digits, dashes.
    pub id: String,
    /// `Ana`.
    pub name: String,
    /// `Owner`: to show, never to decide by.
    pub role: String,
    /// Shut out: named where they spoke, and let in no more.
    pub shut_out: bool,
}

/// A session or a link: the hash of its secret, whom it is for, until when (milliseconds since 1970).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub hash: String,
    pub person: String,
    pub expires_at: i64,
}

/// What is said in the console.
pub trait Talk: Send + Sync {
    /// All channels in the order to show them; direct chats are not among them.
    fn channels(&self) -> Asking<'_, Vec<Channel>>;

    /// `false` when the id is taken.
    fn add_channel<'a>(&'a self, channel: &'a Channel, at: i64) -> Asking<'a, bool>;

    /// Writes a message, once: a key that is known already changes nothing and gives the id of the
    /// message that has it.
    fn add<'a>(&'a self, message: &'a NewMessage) -> Asking<'a, String>;

    /// New content for a message of the bot; `false` when there is none with this id.
    fn change<'a>(&'a self, change: &'a NewCard<'a>) -> Asking<'a, bool>;

    /// Removes a message that is private to `person`; `false` when there is none.
    fn dismiss<'a>(&'a self, message: &'a str, person: &'a str) -> Asking<'a, bool>;

    /// One message, when visible to `person`.
    fn message<'a>(&'a self, id: &'a str, person: &'a str) -> Asking<'a, Option<Message>>;

    /// The place and id of the message with this key, whoever may see it.
    fn with_key<'a>(&'a self, key: &'a str) -> Asking<'a, Option<(Place, String)>>;

    /// The newest `limit` messages of a view with `born` below `before`, oldest first. Outside of
    /// threads: those that are in none. In a thread: its replies, without the root.
    fn timeline<'a>(&'a self, view: &'a View, before: i64, limit: u32) -> Asking<'a, Vec<Message>>;

    /// Messages of a view with `seq` above `after`, in the order of `seq`, at most 200. In a
    /// thread also its root.
    fn changed<'a>(&'a self, view: &'a View, after: i64) -> Asking<'a, Vec<Message>>;

    /// The newest number given out: a cursor for [`Talk::changed`]; cheap, asked every two seconds.
    fn head(&self) -> Asking<'_, i64>;

    /// The `limit` threads with the highest `seq`, newest first, visible to `person`: roots that are
    /// not private and have replies or are the bot's, which begins a thread before anybody answers.
    fn threads<'a>(&'a self, person: &'a str, limit: u32) -> Asking<'a, Vec<Message>>;

    /// How many visible messages with `born` above the person's mark there are, by channel and
    /// thread; only places with some. Own messages do not count.
    fn unread<'a>(&'a self, person: &'a str) -> Asking<'a, Vec<Unread>>;

    /// The person has seen everything in this view up to `seq`. A mark never goes back.
    fn mark<'a>(&'a self, view: &'a View, seq: i64) -> Asking<'a, ()>;

    /// Opens a form in a person's tab; the same form that is open there goes.
    fn open_form<'a>(&'a self, form: &'a OpenForm, at: i64) -> Asking<'a, ()>;

    /// The form that a tab of this person has open: the one that came last.
    fn form_in<'a>(&'a self, person: &'a str, tab: &'a str) -> Asking<'a, Option<OpenForm>>;

    /// One form of this person, in whatever tab, open or sent.
    fn form<'a>(&'a self, id: &'a str, person: &'a str) -> Asking<'a, Option<OpenForm>>;

    /// It was sent with this, hashed; `false` when it is not open. It is remembered for a while.
    fn send_form<'a>(&'a self, id: &'a str, person: &'a str, with: &'a str) -> Asking<'a, bool>;

    /// Brings it into another tab of its person; `false` when it is not open.
    fn bring_form<'a>(&'a self, id: &'a str, person: &'a str, tab: &'a str) -> Asking<'a, bool>;

    /// Closes it; `false` when it is not open.
    fn close_form<'a>(&'a self, id: &'a str, person: &'a str) -> Asking<'a, bool>;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// `general`: lower case letters, digits, dashes; never begins with `dm-`.
    pub id: String,
    /// Shown behind a `#`.
    pub name: String,
}

/// What one person looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub person: String,
    pub channel: String,
    /// The root message.
    pub thread: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    pub id: String,
    pub channel: String,
    pub thread: Option<String>,
    /// The person who said it; the bot where none.
    pub author: Option<String>,
    /// Only this person sees it.
    pub private_to: Option<String>,
    pub body: Body,
    pub file: Option<File>,
    pub key: Option<String>,
    /// Business time in milliseconds since 1970.
    pub at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    Words(String),
    Card(Card),
}

/// A report's deck in a message; its bytes stay with the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub report: String,
    pub name: String,
}

#[derive(Clone, Copy, Debug)]
pub struct NewCard<'a> {
    pub message: &'a str,
    pub card: &'a Card,
    pub at: i64,
}

/// A stored message as one person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: String,
    pub channel: String,
    pub thread: Option<String>,
    pub author: Option<String>,
    pub private_to: Option<String>,
    pub body: Body,
    pub file: Option<File>,
    pub at: i64,
    pub edited_at: Option<i64>,
    pub born: i64,
    pub seq: i64,
    /// Visible replies, of a root.
    pub replies: u32,
    /// How many of them bring a file.
    pub decks: u32,
    /// The `at` of the newest of them.
    pub replied_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pub channel: String,
    pub thread: Option<String>,
    pub count: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenForm {
    pub id: String,
    pub person: String,
    /// The tab that asked for it; empty for a browser without script.
    pub tab: String,
    /// Which form it is, whenever and wherever it is opened.
    pub about: String,
    pub near: Place,
    pub form: Form,
    /// What it was sent with, hashed, once it was.
    pub sent: Option<String>,
    /// Given by the port; what is passed in is not looked at.
    pub seq: i64,
}

/// What the console asks of the company's workspace.
pub trait Company: Send + Sync {
    /// Nothing is written and nothing imported yet: offer the two ways to begin.
    fn is_empty(&self) -> Asking<'_, bool>;

    /// Whether this person may change things, now; a refusal is audited under what they `wanted`.
    fn may_edit<'a>(&'a self, person: &'a str, wanted: &'a str) -> Asking<'a, bool>;

    /// The ways to begin that are open to `person`: to show, never to decide by.
    fn beginnings<'a>(&'a self, person: &'a str) -> Asking<'a, Beginnings>;

    /// Takes a CSV file in, with the rights of `person`, and says what came of it: rows read,
    /// changed, refused with line and reason; or why this person may not.
    fn import<'a>(&'a self, file: Sent, person: &'a str) -> Asking<'a, Taken>;

    /// The turn of one file, to be had before it is received; none when others have theirs.
    fn turn(&self) -> Option<Turn>;

    /// A CSV file with the header of a kind.
    fn template(&self, kind: Kind) -> String;

    /// The deck of a report that stands in a message visible to `person`: its file name and bytes.
    fn deck<'a>(
        &'a self,
        report: &'a str,
        person: &'a str,
    ) -> Asking<'a, Option<(String, Vec<u8>)>>;
}

/// Which offers of the first visit a person may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beginnings {
    pub sample: bool,
    pub setup: bool,
}

/// A file as a person sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub kind: Kind,
    pub bytes: Vec<u8>,
    /// `point` or `comma`: what stands before decimals; empty when they left it open.
    pub decimal: String,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub card: Card,
    /// It was taken in.
    pub applied: bool,
}

/// What can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Partners,
    Deals,
    Activities,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Partners, Self::Deals, Self::Activities];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Partners => "partners",
            Self::Deals => "deals",
            Self::Activities => "activities",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
