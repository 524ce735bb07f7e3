//! The ports in memory, for tests: the rules of `port` in a few vectors.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use super::port::{
    Asking, Beginnings, Body, Channel, Company, Kind, Message, NewCard, NewMessage, OpenForm,
    People, Person, Sent, Taken, Talk, Ticket, Unread, View, place,
};
use crate::conversation::card::Card;
use crate::conversation::inbound::Place;
use crate::handlers::import::Turn;

#[derive(Default)]
pub struct Memory(Mutex<Rows>);

#[derive(Default)]
pub struct Rows {
    pub empty: bool,
    pub imported: Vec<(String, String, usize)>,
    sessions: BTreeMap<String, Ticket>,
    links: BTreeMap<String, Ticket>,
    channels: Vec<Channel>,
    messages: Vec<(Message, Option<String>)>,
    forms: Vec<OpenForm>,
    marks: BTreeMap<(String, String, String), i64>,
    seq: i64,
}

impl Rows {
    fn next(&mut self) -> i64 {
        self.seq += 1;
        self.seq
    }

    fn seen_by(&self, message: &Message, person: &str) -> Option<Message> {
        let mine = message.channel == format!("dm-{person}");
        let open = message.private_to.as_deref().is_none_or(|to| to == person);
        if !open || (message.channel.starts_with("dm-") && !mine) {
            return None;
        }
        let replies: Vec<_> = self
            .messages
            .iter()
            .map(|(reply, _)| reply)
            .filter(|reply| reply.thread.as_deref() == Some(&message.id))
            .filter(|reply| reply.private_to.as_deref().is_none_or(|to| to == person))
            .collect();
        Some(Message {
            replies: u32::try_from(replies.len()).unwrap(),
            decks: u32::try_from(replies.iter().filter(|reply| reply.file.is_some()).count())
                .unwrap_or(u32::MAX),
            replied_at: replies.last().map(|reply| reply.at),
            ..message.clone()
        })
    }

    fn open_form(&mut self, id: &str, person: &str) -> Option<&mut OpenForm> {
        self.next();
        let mut open = self.forms.iter_mut().filter(|form| form.sent.is_none());
        open.find(|form| form.id == id && form.person == person)
    }

    /// The private card that a new one of its topic takes the place of.
    fn of_same_topic(&mut self, new: &NewMessage) -> Option<&mut Message> {
        fn topic(body: &Body) -> Option<&str> {
            let Body::Card(card) = body else { return None };
            card.topic.as_deref()
        }
        new.private_to.as_ref()?;
        let wanted = topic(&new.body)?;
        self.messages.iter_mut().map(|(message, _)| message).find(|known| {
            known.private_to == new.private_to
                && (&known.channel, &known.thread) == (&new.channel, &new.thread)
                && topic(&known.body) == Some(wanted)
        })
    }

    fn visible(&self, person: &str) -> Vec<Message> {
        self.messages.iter().filter_map(|(message, _)| self.seen_by(message, person)).collect()
    }
}

impl Memory {
    #[must_use]
    pub fn new(channels: &[&str]) -> Self {
        let memory = Self::default();
        let channel = |name: &&str| Channel { id: (*name).to_owned(), name: (*name).to_owned() };
        memory.rows().channels = channels.iter().map(channel).collect();
        memory
    }

    pub fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

macro_rules! answer {
    ($value:expr) => {{
        let value = $value;
        Box::pin(async move { Ok(value) })
    }};
}

impl People for Memory {
    fn people(&self) -> Asking<'_, Vec<Person>> {
        let all = [("ana", "Ana", "Owner"), ("ben", "Ben", "Member"), ("vic", "Vic", "Viewer")];
        let person = |(id, name, role): (&str, &str, &str)| Person {
            id: id.to_owned(),
            name: name.to_owned(),
            role: role.to_owned(),
            shut_out: false,
        };
        answer!(all.into_iter().map(person).collect::<Vec<_>>())
    }

    fn start_session<'a>(&'a self, session: &'a Ticket) -> Asking<'a, ()> {
        self.rows().sessions.insert(session.hash.clone(), session.clone());
        answer!(())
    }

    fn session<'a>(&'a self, hash: &'a str, now: i64) -> Asking<'a, Option<String>> {
        let rows = self.rows();
        let alive = rows.sessions.get(hash).filter(|session| session.expires_at > now);
        answer!(alive.map(|session| session.person.clone()))
    }

    fn end_session<'a>(&'a self, hash: &'a str) -> Asking<'a, ()> {
        self.rows().sessions.remove(hash);
        answer!(())
    }

    fn add_link<'a>(&'a self, link: &'a Ticket) -> Asking<'a, ()> {
        self.rows().links.insert(link.hash.clone(), link.clone());
        answer!(())
    }

    fn link<'a>(&'a self, hash: &'a str, now: i64) -> Asking<'a, Option<String>> {
        let rows = self.rows();
        let alive = rows.links.get(hash).filter(|link| link.expires_at > now);
        answer!(alive.map(|link| link.person.clone()))
    }

    fn use_link<'a>(&'a self, hash: &'a str, now: i64) -> Asking<'a, Option<String>> {
        let used = self.rows().links.remove(hash).filter(|link| link.expires_at > now);
        answer!(used.map(|link| link.person))
    }
}

impl Talk for Memory {
    fn channels(&self) -> Asking<'_, Vec<Channel>> {
        answer!(self.rows().channels.clone())
    }

    fn add_channel<'a>(&'a self, channel: &'a Channel, _at: i64) -> Asking<'a, bool> {
        let mut rows = self.rows();
        let fresh = rows.channels.iter().all(|known| known.id != channel.id);
        if fresh {
            rows.channels.push(channel.clone());
        }
        answer!(fresh)
    }

    fn add<'a>(&'a self, new: &'a NewMessage) -> Asking<'a, String> {
        let mut rows = self.rows();
        let known = rows.messages.iter().find(|(_, key)| key.is_some() && *key == new.key);
        if let Some((message, _)) = known {
            return answer!(message.id.clone());
        }
        let seq = rows.next();
        if let Some(known) = rows.of_same_topic(new) {
            (known.born, known.seq, known.at) = (seq, seq, new.at);
            known.body.clone_from(&new.body);
            return answer!(known.id.clone());
        }
        let root = new.thread.clone().filter(|_| new.private_to.is_none());
        for (message, _) in &mut rows.messages {
            if root.as_deref() == Some(&message.id) {
                message.seq = seq;
            }
        }
        let message = Message {
            id: new.id.clone(),
            channel: new.channel.clone(),
            thread: new.thread.clone(),
            author: new.author.clone(),
            private_to: new.private_to.clone(),
            body: new.body.clone(),
            file: new.file.clone(),
            at: new.at,
            edited_at: None,
            born: seq,
            seq,
            replies: 0,
            decks: 0,
            replied_at: None,
        };
        rows.messages.push((message, new.key.clone()));
        answer!(new.id.clone())
    }

    fn change<'a>(&'a self, change: &'a NewCard<'a>) -> Asking<'a, bool> {
        let mut rows = self.rows();
        let seq = rows.next();
        let found = rows.messages.iter_mut().find(|(message, _)| message.id == change.message);
        answer!(found.is_some_and(|(message, _)| {
            message.body = Body::Card(change.card.clone());
            message.edited_at = Some(change.at);
            message.seq = seq;
            true
        }))
    }

    fn dismiss<'a>(&'a self, message: &'a str, person: &'a str) -> Asking<'a, bool> {
        let mut rows = self.rows();
        let before = rows.messages.len();
        rows.messages.retain(|(known, _)| {
            known.id != message || known.private_to.as_deref() != Some(person)
        });
        answer!(rows.messages.len() < before)
    }

    fn message<'a>(&'a self, id: &'a str, person: &'a str) -> Asking<'a, Option<Message>> {
        answer!(self.rows().visible(person).into_iter().find(|message| message.id == id))
    }

    fn with_key<'a>(&'a self, key: &'a str) -> Asking<'a, Option<(Place, String)>> {
        let rows = self.rows();
        let found = rows.messages.iter().find(|(_, known)| known.as_deref() == Some(key));
        answer!(found.map(|(message, _)| {
            (place(&message.channel, message.thread.as_deref()), message.id.clone())
        }))
    }

    fn timeline<'a>(&'a self, view: &'a View, before: i64, limit: u32) -> Asking<'a, Vec<Message>> {
        let mut all = self.rows().visible(&view.person);
        all.retain(|m| m.channel == view.channel && m.thread == view.thread && m.born < before);
        all.sort_by_key(|message| message.born);
        let skip = all.len().saturating_sub(limit as usize);
        answer!(all.split_off(skip))
    }

    fn changed<'a>(&'a self, view: &'a View, after: i64) -> Asking<'a, Vec<Message>> {
        let mut all = self.rows().visible(&view.person);
        all.retain(|message| {
            let root = view.thread.as_deref() == Some(&message.id);
            let here = message.channel == view.channel && message.thread == view.thread;
            (here || root) && message.seq > after
        });
        all.sort_by_key(|message| message.seq);
        all.truncate(200);
        answer!(all)
    }

    fn head(&self) -> Asking<'_, i64> {
        answer!(self.rows().seq)
    }

    fn threads<'a>(&'a self, person: &'a str, limit: u32) -> Asking<'a, Vec<Message>> {
        let mut all = self.rows().visible(person);
        all.retain(|message| {
            let root = message.thread.is_none() && message.private_to.is_none();
            root && (message.replies > 0 || message.author.is_none())
        });
        all.sort_by_key(|message| std::cmp::Reverse(message.seq));
        all.truncate(limit as usize);
        answer!(all)
    }

    fn unread<'a>(&'a self, person: &'a str) -> Asking<'a, Vec<Unread>> {
        let rows = self.rows();
        let mut counts: BTreeMap<(String, Option<String>), u32> = BTreeMap::new();
        for message in rows.visible(person) {
            let thread = message.thread.clone().unwrap_or_default();
            let mark = (person.to_owned(), message.channel.clone(), thread);
            let seen = rows.marks.get(&mark).copied().unwrap_or(0);
            if message.born > seen && message.author.as_deref() != Some(person) {
                *counts.entry((message.channel, message.thread)).or_default() += 1;
            }
        }
        let unread = |((channel, thread), count)| Unread { channel, thread, count };
        answer!(counts.into_iter().map(unread).collect::<Vec<_>>())
    }

    fn mark<'a>(&'a self, view: &'a View, seq: i64) -> Asking<'a, ()> {
        let thread = view.thread.clone().unwrap_or_default();
        let mut rows = self.rows();
        let mark = rows.marks.entry((view.person.clone(), view.channel.clone(), thread));
        let mark = mark.or_insert(0);
        *mark = seq.max(*mark);
        answer!(())
    }

    fn open_form<'a>(&'a self, form: &'a OpenForm, _at: i64) -> Asking<'a, ()> {
        let mut rows = self.rows();
        let seq = rows.next();
        let same = |known: &OpenForm| {
            (&known.person, &known.tab, &known.about) == (&form.person, &form.tab, &form.about)
        };
        rows.forms.retain(|known| known.sent.is_some() || !same(known));
        rows.forms.push(OpenForm { seq, ..form.clone() });
        answer!(())
    }

    fn form_in<'a>(&'a self, person: &'a str, tab: &'a str) -> Asking<'a, Option<OpenForm>> {
        let rows = self.rows();
        let here = |form: &&OpenForm| form.person == person && form.tab == tab;
        let open = rows.forms.iter().filter(|form| form.sent.is_none());
        answer!(open.filter(here).max_by_key(|form| form.seq).cloned())
    }

    fn form<'a>(&'a self, id: &'a str, person: &'a str) -> Asking<'a, Option<OpenForm>> {
        let rows = self.rows();
        answer!(rows.forms.iter().find(|form| form.id == id && form.person == person).cloned())
    }

    fn send_form<'a>(&'a self, id: &'a str, person: &'a str, with: &'a str) -> Asking<'a, bool> {
        let mut rows = self.rows();
        let found = rows.open_form(id, person);
        answer!(found.is_some_and(|form| {
            form.sent = Some(with.to_owned());
            true
        }))
    }

    fn bring_form<'a>(&'a self, id: &'a str, person: &'a str, tab: &'a str) -> Asking<'a, bool> {
        let mut rows = self.rows();
        let seq = rows.seq + 1;
        let found = rows.open_form(id, person);
        answer!(found.is_some_and(|form| {
            tab.clone_into(&mut form.tab);
            form.seq = seq;
            true
        }))
    }

    fn close_form<'a>(&'a self, id: &'a str, person: &'a str) -> Asking<'a, bool> {
        let mut rows = self.rows();
        rows.next();
        let before = rows.forms.len();
        rows.forms.retain(|form| form.id != id || form.person != person || form.sent.is_some());
        answer!(rows.forms.len() < before)
    }
}

impl Company for Memory {
    fn is_empty(&self) -> Asking<'_, bool> {
        answer!(self.rows().empty)
    }

    fn may_edit<'a>(&'a self, person: &'a str, _wanted: &'a str) -> Asking<'a, bool> {
        answer!(person != "vic")
    }

    /// `vic` may only read.
    fn beginnings<'a>(&'a self, person: &'a str) -> Asking<'a, Beginnings> {
        let may = person != "vic";
        answer!(Beginnings { sample: may, setup: may })
    }

    /// A file that begins with `bad` is refused.
    fn import<'a>(&'a self, file: Sent, person: &'a str) -> Asking<'a, Taken> {
        let Sent { kind, bytes, .. } = file;
        let applied = !bytes.starts_with(b"bad");
        let row = (kind.as_str().to_owned(), person.to_owned(), bytes.len());
        self.rows().imported.push(row);
        let sentence = format!("Read {} bytes of {}.", bytes.len(), kind.as_str());
        answer!(Taken { card: Card::sentence(sentence), applied })
    }

    fn turn(&self) -> Option<Turn> {
        Arc::new(Semaphore::new(1)).try_acquire_owned().ok()
    }

    fn template(&self, _kind: Kind) -> String {
        "external_id,name\n".to_owned()
    }

    fn deck<'a>(
        &'a self,
        report: &'a str,
        person: &'a str,
    ) -> Asking<'a, Option<(String, Vec<u8>)>> {
        let files = self.rows().visible(person).into_iter().filter_map(|message| message.file);
        let found = files.into_iter().find(|file| file.report == report);
        answer!(found.map(|file| (file.name, b"PK deck".to_vec())))
    }
}
