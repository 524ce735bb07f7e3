//! What is said in the console: its channels, messages, forms and marks.

use super::{Ports, read, write_tx};
use crate::conversation::inbound::Place;
use crate::platforms::console::port::{
    Asking, Body, Channel, File, Message, NewCard, NewMessage, OpenForm, Talk, Unread, View, place,
};
use crate::store::console::{forms, messages, views};

fn view(view: &View) -> views::View {
    views::View {
        person: view.person.clone(),
        channel: view.channel.clone(),
        thread: view.thread.clone(),
    }
}

fn shown(message: views::Message) -> Message {
    Message {
        id: message.id,
        channel: message.channel,
        thread: message.thread,
        author: message.author,
        private_to: message.private_to,
        body: match message.body {
            messages::Body::Words(words) => Body::Words(words),
            messages::Body::Card(card) => Body::Card(card),
        },
        file: message.file.map(|file| File { report: file.report, name: file.name }),
        at: message.at,
        edited_at: message.edited_at,
        born: message.born,
        seq: message.seq,
        replies: message.replies,
        decks: message.decks,
        replied_at: message.replied_at,
    }
}

fn all(found: Vec<views::Message>) -> Vec<Message> {
    found.into_iter().map(shown).collect()
}

fn stored(message: &NewMessage) -> messages::NewMessage {
    messages::NewMessage {
        id: message.id.clone(),
        channel: message.channel.clone(),
        thread: message.thread.clone(),
        author: message.author.clone(),
        private_to: message.private_to.clone(),
        body: match &message.body {
            Body::Words(words) => messages::Body::Words(words.clone()),
            Body::Card(card) => messages::Body::Card(card.clone()),
        },
        file: message
            .file
            .as_ref()
            .map(|file| messages::File { report: file.report.clone(), name: file.name.clone() }),
        key: message.key.clone(),
        at: message.at,
    }
}

fn form(open: forms::OpenForm) -> OpenForm {
    OpenForm {
        id: open.id,
        person: open.person,
        tab: open.tab,
        about: open.about,
        near: open.near,
        form: open.form,
        sent: open.sent,
        seq: open.seq,
    }
}

impl Talk for Ports {
    fn channels(&self) -> Asking<'_, Vec<Channel>> {
        read!(self, |db| async {
            let found = messages::channels(db, &self.workspace).await?;
            Ok(found.into_iter().map(|c| Channel { id: c.id, name: c.name }).collect())
        })
    }

    fn add_channel<'a>(&'a self, channel: &'a Channel, at: i64) -> Asking<'a, bool> {
        let new = messages::Channel { id: channel.id.clone(), name: channel.name.clone() };
        write_tx!(self, |tx| messages::add_channel(tx, &self.workspace, &new, at))
    }

    fn add<'a>(&'a self, message: &'a NewMessage) -> Asking<'a, String> {
        let new = stored(message);
        write_tx!(self, |tx| messages::add(tx, &self.workspace, &new))
    }

    fn change<'a>(&'a self, change: &'a NewCard<'a>) -> Asking<'a, bool> {
        let NewCard { message, card, at } = *change;
        write_tx!(self, |tx| messages::change(tx, &self.workspace, message, card, at))
    }

    fn dismiss<'a>(&'a self, message: &'a str, person: &'a str) -> Asking<'a, bool> {
        write_tx!(self, |tx| messages::dismiss(tx, &self.workspace, message, person))
    }

    fn message<'a>(&'a self, id: &'a str, person: &'a str) -> Asking<'a, Option<Message>> {
        read!(self, |db| async {
            Ok(views::message(db, &self.workspace, id, person).await?.map(shown))
        })
    }

    fn with_key<'a>(&'a self, key: &'a str) -> Asking<'a, Option<(Place, String)>> {
        read!(self, |db| async {
            let spot = messages::with_key(db, &self.workspace, key).await?;
            Ok(spot.map(|spot| (place(&spot.channel, spot.thread.as_deref()), spot.id)))
        })
    }

    fn timeline<'a>(
        &'a self,
        wanted: &'a View,
        before: i64,
        limit: u32,
    ) -> Asking<'a, Vec<Message>> {
        read!(self, |db| async {
            views::timeline(db, &self.workspace, &view(wanted), before, limit).await.map(all)
        })
    }

    fn changed<'a>(&'a self, wanted: &'a View, after: i64) -> Asking<'a, Vec<Message>> {
        read!(self, |db| async {
            views::changed(db, &self.workspace, &view(wanted), after).await.map(all)
        })
    }

    fn head(&self) -> Asking<'_, i64> {
        read!(self, |db| messages::head(db, &self.workspace))
    }

    fn threads<'a>(&'a self, person: &'a str, limit: u32) -> Asking<'a, Vec<Message>> {
        read!(self, |db| async {
            views::threads(db, &self.workspace, person, limit).await.map(all)
        })
    }

    fn unread<'a>(&'a self, person: &'a str) -> Asking<'a, Vec<Unread>> {
        read!(self, |db| async {
            let found = views::unread(db, &self.workspace, person).await?;
            let unread = found.into_iter().map(|unread| Unread {
                channel: unread.channel,
                thread: unread.thread,
                count: unread.count,
            });
            Ok(unread.collect())
        })
    }

    fn mark<'a>(&'a self, seen: &'a View, seq: i64) -> Asking<'a, ()> {
        write_tx!(self, |tx| async { views::mark(tx, &self.workspace, &view(seen), seq).await })
    }

    fn open_form<'a>(&'a self, open: &'a OpenForm, at: i64) -> Asking<'a, ()> {
        let new = forms::OpenForm {
            id: open.id.clone(),
            person: open.person.clone(),
            tab: open.tab.clone(),
            about: open.about.clone(),
            near: open.near.clone(),
            form: open.form.clone(),
            sent: None,
            seq: 0,
        };
        write_tx!(self, |tx| async { forms::open(tx, &self.workspace, &new, at).await })
    }

    fn form_in<'a>(&'a self, person: &'a str, tab: &'a str) -> Asking<'a, Option<OpenForm>> {
        read!(self, |db| async {
            Ok(forms::in_tab(db, &self.workspace, person, tab).await?.map(form))
        })
    }

    fn form<'a>(&'a self, id: &'a str, person: &'a str) -> Asking<'a, Option<OpenForm>> {
        read!(self, |db| async {
            Ok(forms::form(db, &self.workspace, id, person).await?.map(form))
        })
    }

    fn send_form<'a>(&'a self, id: &'a str, person: &'a str, with: &'a str) -> Asking<'a, bool> {
        write_tx!(self, |tx| forms::send(tx, &self.workspace, (id, person), with))
    }

    fn bring_form<'a>(&'a self, id: &'a str, person: &'a str, tab: &'a str) -> Asking<'a, bool> {
        write_tx!(self, |tx| forms::bring(tx, &self.workspace, (id, person), tab))
    }

    fn close_form<'a>(&'a self, id: &'a str, person: &'a str) -> Asking<'a, bool> {
        write_tx!(self, |tx| forms::close(tx, &self.workspace, id, person))
    }
}
