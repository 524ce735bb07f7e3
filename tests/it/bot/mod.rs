//! The language of the stories: people say, press and fill in; the bot answers; the clock is turned.
//!
//! [`on_every_face`] tells one story in Slack and in the console, on `SQLite` and on `PostgreSQL`:
//! the real router, store, engine and workers in this process, reached by real HTTP requests.

pub mod console_face;
pub mod html;
pub mod people;
pub mod seen;
pub mod slack_api;
mod slack_client;
pub mod slack_face;
pub mod stage;
pub mod watch;

use std::cell::{Cell, RefCell};

use attache::jobs::Role;
use attache::store::{Kind, sections, workspaces};
use attache::strategy::address::SectionAddress;
use jiff::SignedDuration;

use console_face::ConsoleFace;
use seen::{Form, Seen, Thread};
use slack_face::SlackFace;
use stage::Stage;
use watch::Watch;

/// Where the story is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Slack,
    Console,
}

const FACES: [Face; 2] = [Face::Slack, Face::Console];
const KINDS: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

/// Tells a story four times, side by side.
#[track_caller]
pub fn on_every_face(story: impl AsyncFn(&Bot) + Copy + Send + 'static) {
    tell(&FACES, &[], story);
}

/// Tells a story that only Slack has, on both databases.
#[track_caller]
pub fn on_slack(story: impl AsyncFn(&Bot) + Copy + Send + 'static) {
    tell(&[Face::Slack], &[], story);
}

/// Tells a story that only the console has, on both databases.
#[track_caller]
pub fn on_console(story: impl AsyncFn(&Bot) + Copy + Send + 'static) {
    tell(&[Face::Console], &[], story);
}

/// Tells a story in the console of a database that the first release filled, on both databases.
#[track_caller]
pub fn on_a_database_of_the_release(story: impl AsyncFn(&Bot) + Copy + Send + 'static) {
    side_by_side(&[Face::Console], move |face, kind| {
        one((face, kind), &[], &async |stage: &Stage| stage.fill().await, story);
    });
}

/// Like [`on_every_face`], on some faces and with some settings.
#[track_caller]
pub fn tell(
    faces: &[Face],
    with: &'static [(&'static str, &'static str)],
    story: impl AsyncFn(&Bot) + Copy + Send + 'static,
) {
    side_by_side(faces, move |face, kind| one((face, kind), with, &async |_: &Stage| {}, story));
}

#[track_caller]
fn side_by_side(faces: &[Face], run: impl Fn(Face, Kind) + Copy + Send + 'static) {
    let variants = faces.iter().flat_map(|face| KINDS.map(|kind| (*face, kind)));
    let told: Vec<_> = variants
        .map(|(face, kind)| {
            let name = format!("{face:?} on {kind:?}");
            let thread = std::thread::Builder::new().name(name.clone());
            (name, thread.spawn(move || run(face, kind)).expect("a thread for the story"))
        })
        .collect();
    let ended = told.into_iter().map(|(name, thread)| (name, thread.join()));
    let failed: Vec<_> = ended.filter(|(_, end)| end.is_err()).map(|(name, _)| name).collect();
    assert!(failed.is_empty(), "the story fails in {}; see above", failed.join(", in "));
}

fn one(
    (face, kind): (Face, Kind),
    with: &[(&str, &str)],
    before: &impl AsyncFn(&Stage),
    story: impl AsyncFn(&Bot) + Copy + Send + 'static,
) {
    let watch = Watch::default();
    let runtime = watch.runtime();
    runtime.block_on(async {
        let stage = Stage::build(kind, watch.clone(), with).await;
        before(&stage).await;
        let bot = Bot::begin(face, stage).await;
        story(&bot).await;
        bot.end().await;
    });
}

/// A story's hands and eyes.
pub struct Bot {
    pub stage: Stage,
    pub face: Face,
    pub slack: SlackFace,
    pub console: ConsoleFace,
    waits: Cell<bool>,
    errors: RefCell<Vec<&'static str>>,
    unsent: Cell<Option<i64>>,
}

impl Bot {
    async fn begin(face: Face, stage: Stage) -> Self {
        let base = stage.start(Role::All).await.expect("the server starts");
        Self {
            slack: SlackFace::new(stage.api.clone(), &base, stage.http.clone()),
            console: ConsoleFace::new(&base, stage.http.clone()),
            stage,
            face,
            waits: Cell::new(true),
            errors: RefCell::default(),
            unsent: Cell::new(Some(0)),
        }
    }

    async fn end(self) {
        let errors = self.errors.into_inner();
        self.stage.leave(&errors, self.unsent.get()).await;
    }

    /// Everybody of the story is here with their role: Ana owns, Ben is a member, Vic looks on.
    pub async fn gather(&self) {
        if self.face == Face::Slack {
            self.say("ben", "/strategy members").await;
            self.say("vic", "/strategy members").await;
            self.say("ana", "/strategy members role <@U02BEN|ben.okoro> member").await;
            self.last_whisper("ana").await.says("Ben now has the role member.");
        }
    }

    /// Everybody is here, and the sample company is loaded.
    pub async fn with_sample(&self) {
        self.gather().await;
        self.say("ana", "/strategy").await;
        let home = self.last_whisper("ana").await;
        self.click("ana", &home, "Load the sample company").await;
        self.last_whisper("ana").await.says("is loaded");
    }

    /// What follows does not wait for its effects.
    pub async fn without_waiting<T>(&self, deeds: impl AsyncFnOnce() -> T) -> T {
        self.waits.set(false);
        let done = deeds().await;
        self.waits.set(true);
        done
    }

    /// Lines about this may be logged as errors in this story.
    pub fn expects_error(&self, about: &'static str) {
        self.errors.borrow_mut().push(about);
    }

    /// So many messages may stay unsent in this story.
    pub fn expects_unsent(&self, messages: i64) {
        self.unsent.set(Some(messages));
    }

    pub fn expects_any_unsent(&self) {
        self.unsent.set(None);
    }

    async fn done(&self) {
        if self.waits.get() {
            self.stage.settle().await;
        }
    }

    /// The channel where people talk.
    pub fn channel(&self) -> &'static str {
        match self.face {
            Face::Slack => slack_face::MAIN,
            Face::Console => console_face::MAIN,
        }
    }

    /// The channel of the leaders: its id, and how it is typed.
    pub fn leadership(&self) -> (&'static str, &'static str) {
        match self.face {
            Face::Slack => (slack_face::LEADERSHIP, "<#C0LEADERS|leadership>"),
            Face::Console => (console_face::LEADERSHIP, "#leadership"),
        }
    }

    /// Says something in the channel: a command when it begins with `/strategy`.
    pub async fn say(&self, who: &str, text: &str) {
        self.say_at(self.channel(), who, text).await;
    }

    pub async fn say_at(&self, channel: &str, who: &str, text: &str) {
        match (self.face, text.strip_prefix("/strategy")) {
            (Face::Slack, Some(words)) => self.slack.command(who, channel, words.trim()).await,
            (Face::Slack, None) => self.slack.say(who, channel, None, text).await,
            (Face::Console, _) => self.console.say(who, channel, None, text).await,
        }
        self.done().await;
    }

    /// Says something in a thread.
    pub async fn say_in(&self, thread: &Thread, who: &str, text: &str) {
        let root = Some(thread.root.as_str());
        match self.face {
            Face::Slack => self.slack.say(who, &thread.channel, root, text).await,
            Face::Console => self.console.say(who, &thread.channel, root, text).await,
        }
        self.done().await;
    }

    /// The person's direct chat with the bot.
    pub fn direct(&self, who: &str) -> String {
        match self.face {
            Face::Slack => SlackFace::direct(who),
            Face::Console => ConsoleFace::direct(who),
        }
    }

    /// Presses the button with this label.
    pub async fn click(&self, who: &str, on: &Seen, label: &str) {
        let value = on.button(label).value.clone();
        self.press(who, on, &value).await;
    }

    /// Presses a button of this value, whether it is there or not.
    pub async fn press(&self, who: &str, on: &Seen, value: &str) {
        match self.face {
            Face::Slack => self.slack.press(who, on, value).await,
            Face::Console => self.console.press(who, on, value).await,
        }
        self.done().await;
    }

    /// The form that was opened for a person last.
    pub async fn form(&self, who: &str) -> Form {
        let form = match self.face {
            Face::Slack => self.slack.opened(who),
            Face::Console => self.console.opened(who).await,
        };
        form.unwrap_or_else(|| panic!("no form is open for {who}"))
    }

    /// Sends a form with these values in place of what stands in it; what is wrong comes back.
    pub async fn submit(
        &self,
        who: &str,
        form: &Form,
        values: &[(&str, &str)],
    ) -> Vec<(String, String)> {
        let filled = form.filled(values);
        let faults = match self.face {
            Face::Slack => self.slack.submit(who, form, &filled).await,
            Face::Console => self.console.submit(who, form, &filled).await,
        };
        self.done().await;
        faults
    }

    /// What the bot told only this person, oldest first.
    pub async fn whispers(&self, who: &str) -> Vec<Seen> {
        if self.face == Face::Slack {
            return self.slack.whispers(who);
        }
        let person = people::person(who).console;
        let places = self.stage.texts(PRIVATE).await;
        let mut whispers: Vec<Seen> = Vec::new();
        for place in places {
            let mut parts = place.split(' ');
            let (to, channel, thread, id) =
                (parts.next(), parts.next().unwrap(), parts.next().unwrap(), parts.next());
            if to != Some(person) || whispers.iter().any(|known| Some(known.id.as_str()) == id) {
                continue;
            }
            let thread = Some(thread).filter(|root| *root != "-");
            let seen = self.console.messages(who, channel, thread).await;
            whispers.extend(seen.into_iter().filter(|message| Some(message.id.as_str()) == id));
        }
        whispers
    }

    /// What the bot told only this person last.
    pub async fn last_whisper(&self, who: &str) -> Seen {
        let whispers = self.whispers(who).await;
        whispers.into_iter().next_back().unwrap_or_else(|| panic!("{who} was told nothing"))
    }

    /// What the bot said to everybody at the top of a channel, oldest first.
    pub async fn posts(&self, channel: &str) -> Vec<Seen> {
        let mut all = match self.face {
            Face::Slack => self.slack.messages(channel),
            Face::Console => self.console.messages("vic", channel, None).await,
        };
        all.retain(|message| message.by_bot && message.thread.is_none() && !message.private);
        all
    }

    /// What the bot said last at the top of the channel.
    pub async fn last_post(&self) -> Seen {
        let posts = self.posts(self.channel()).await;
        posts.into_iter().next_back().expect("the bot said nothing")
    }

    /// What the bot said to everybody in a thread, without its root, oldest first.
    pub async fn replies(&self, thread: &Thread) -> Vec<Seen> {
        let mut all = match self.face {
            Face::Slack => self.slack.messages(&thread.channel),
            Face::Console => {
                self.console.messages("vic", &thread.channel, Some(&thread.root)).await
            }
        };
        let root = Some(&thread.root);
        all.retain(|m| m.by_bot && !m.private && m.thread.as_ref() == root);
        all
    }

    /// The latest card in a thread.
    pub async fn card(&self, thread: &Thread) -> Seen {
        let replies = self.replies(thread).await;
        replies.into_iter().next_back().expect("no card in the thread")
    }

    /// The same message, as it stands now.
    pub async fn again(&self, seen: &Seen) -> Seen {
        let all = if seen.thread.is_some() {
            self.replies(&seen.thread()).await
        } else {
            self.posts(&seen.channel).await
        };
        all.into_iter().find(|message| message.id == seen.id).expect("the message is still there")
    }

    /// Opens an edit thread with a first request; its thread.
    pub async fn edit(&self, who: &str, section: &str, request: &str) -> Thread {
        self.say(who, &format!("/strategy edit {section} {request}")).await;
        self.last_post().await.thread()
    }

    /// Files in a thread: name and bytes.
    pub async fn files(&self, thread: &Thread) -> Vec<(String, Vec<u8>)> {
        match self.face {
            Face::Slack => self.slack.files(thread),
            Face::Console => self.console.files(thread).await,
        }
    }

    /// What `/readyz` says.
    pub async fn readiness(&self) -> (u16, String) {
        let url = format!("{}/readyz", self.slack.base.borrow());
        let answer = self.stage.http.get(url).send().await.expect("the server answers");
        (answer.status().as_u16(), answer.text().await.unwrap().trim().to_owned())
    }

    /// The number of a section's revision; 0 where it was never written.
    pub async fn revision(&self, section: &str) -> i64 {
        self.section(section).await.map_or(0, |(revision, _)| revision)
    }

    /// What stands in a section, byte for byte.
    pub async fn stands(&self, section: &str) -> String {
        self.section(section).await.expect("the section is written").1
    }

    async fn section(&self, section: &str) -> Option<(i64, String)> {
        let address = SectionAddress::parse(section).expect("a section");
        let cx = self.stage.context();
        let mut reader = cx.store.reader().await.unwrap();
        let workspace = workspaces::list(&mut reader).await.unwrap().remove(0);
        let found = sections::current(&mut reader, &workspace.id, address).await.unwrap();
        found.map(|section| (section.revision, section.document.canonical()))
    }

    /// What the history says, as this person reads it.
    pub async fn history(&self, who: &str, section: &str) -> Seen {
        self.say(who, &format!("/strategy history {section}")).await;
        self.last_whisper(who).await
    }

    /// Time passes: the clock is turned, and everything that is due is done.
    pub async fn wait(&self, by: SignedDuration) {
        self.stage.clock.turn(by);
        self.stage.tick().await;
        self.stage.settle().await;
    }

    /// Another server on the same database; requests still go to the first.
    pub async fn second_server(&self) {
        self.stage.start(Role::All).await.expect("a second server starts");
    }

    /// Stops the servers and starts one anew.
    pub async fn restart(&self, role: Role) {
        self.outage(SignedDuration::ZERO, role).await;
    }

    /// No server runs for so long; then one does.
    pub async fn outage(&self, lasting: SignedDuration, role: Role) {
        self.stage.stop().await;
        self.stage.clock.turn(lasting);
        let base = self.stage.start(role).await.expect("the server starts again");
        self.slack.base.replace(base.clone());
        self.console.base.replace(base);
    }
}

const PRIVATE: &str = "SELECT private_to || ' ' || channel || ' ' || \
    CASE thread WHEN '' THEN '-' ELSE thread END || ' ' || id \
    FROM console_message WHERE private_to IS NOT NULL ORDER BY born";
