//! What the bot says in the console: a write to our own rows, then a ring of the bell.
//!
//! Every post has its key in a unique column, so sending again is always safe and looking for it
//! gives a sure answer.

use std::sync::Arc;

use super::live::Bell;
use super::port::{
    self, BOT, Body, File, NewCard, NewMessage, OpenForm, PortError, TEAM, Talk, direct, place,
};
use super::visit::{hash, is_token};
use crate::clock::Clock;
use crate::conversation::card::{Card, Part};
use crate::conversation::form::Form;
use crate::conversation::inbound::{Actor, Place, PlaceKind};
use crate::conversation::outgoing::MessageRef;
use crate::handlers::messenger::{
    Attachment, Channel, Messenger, Notes, Private, Profile, SendError, Sending, Sought, Trace,
};
use crate::ids::Ids;

/// The console's [`Messenger`].
#[derive(Clone)]
pub struct Client {
    pub talk: Arc<dyn Talk>,
    pub bell: Bell,
    pub clock: Clock,
    pub ids: Ids,
}

impl From<PortError> for SendError {
    fn from(error: PortError) -> Self {
        Self::NotSent(format!("the console's rows could not be written, {error}"))
    }
}

impl Client {
    async fn say(&self, to: &Place, message: NewMessage) -> Result<MessageRef, SendError> {
        self.must_exist(to).await?;
        let message = self.talk.add(&message).await?;
        self.bell.ring();
        Ok(MessageRef { place: to.clone(), message })
    }

    async fn post_to(
        &self,
        to: Place,
        (key, card): (&str, &Card),
    ) -> Result<MessageRef, SendError> {
        let message = self.message(&to, card.clone());
        self.say(&to, NewMessage { key: Some(key.to_owned()), ..message }).await
    }

    fn message(&self, to: &Place, card: Card) -> NewMessage {
        NewMessage {
            id: self.ids.text(),
            channel: to.channel.clone(),
            thread: to.thread.clone(),
            author: None,
            private_to: None,
            body: Body::Card(card),
            file: None,
            key: None,
            at: self.clock.now_ms(),
        }
    }

    /// A channel that there is, or a direct chat that was talked in: one that was only typed like a
    /// channel (`#dm-ben`) may be anybody's.
    async fn must_exist(&self, to: &Place) -> Result<(), SendError> {
        let known = (to.kind == PlaceKind::Direct && to.channel.starts_with("dm-"))
            || self.talk.channels().await?.iter().any(|channel| channel.id == to.channel);
        if known { Ok(()) } else { Err(SendError::Refused("channel_not_found".to_owned())) }
    }
}

impl Messenger for Client {
    fn post<'a>(&'a self, key: &'a str, to: &'a Place, card: &'a Card) -> Sending<'a, MessageRef> {
        Box::pin(self.post_to(opened(to), (key, card)))
    }

    fn update<'a>(&'a self, message: &'a MessageRef, card: &'a Card) -> Sending<'a, ()> {
        Box::pin(async move {
            let at = self.clock.now_ms();
            let change = NewCard { message: &message.message, card, at };
            if !self.talk.change(&change).await? {
                return Err(SendError::Refused("message_not_found".to_owned()));
            }
            self.bell.ring();
            Ok(())
        })
    }

    fn whisper<'a>(&'a self, to: &'a Private<'a>, card: &'a Card) -> Sending<'a, ()> {
        Box::pin(async move {
            let mut near = near(to);
            if self.must_exist(&near).await.is_err() {
                near = place(&direct(&to.to.user), None);
            }
            let message = self.message(&near, card.clone());
            let private = NewMessage { private_to: Some(to.to.user.clone()), ..message };
            self.say(&near, private).await.map(|_| ())
        })
    }

    fn open<'a>(&'a self, to: &'a Private<'a>, form: &'a Form) -> Sending<'a, ()> {
        Box::pin(async move {
            let tab = to.answer.trigger.clone().filter(|tab| is_token(tab));
            let open = OpenForm {
                id: self.ids.text(),
                person: to.to.user.clone(),
                tab: tab.unwrap_or_default(),
                about: hash(&form.token),
                near: near(to),
                form: form.clone(),
                sent: None,
                seq: 0,
            };
            self.talk.open_form(&open, self.clock.now_ms()).await?;
            self.bell.ring();
            Ok(())
        })
    }

    fn attach<'a>(
        &'a self,
        file: &'a Attachment<'a>,
        _notes: &'a dyn Notes,
    ) -> Sending<'a, MessageRef> {
        let comment = Card::new(file.title).with(Part::Text(file.comment.clone()));
        let name = file.file_name.to_owned();
        let message = NewMessage {
            file: Some(File { report: file.report.to_string(), name }),
            key: Some(file.key.to_owned()),
            ..self.message(file.to, comment)
        };
        Box::pin(self.say(file.to, message))
    }

    fn find<'a>(&'a self, trace: &'a Trace<'a>) -> Sending<'a, Option<MessageRef>> {
        Box::pin(async move {
            let found = self.talk.with_key(trace.key).await?;
            Ok(found.map(|(place, message)| MessageRef { place, message }))
        })
    }

    fn speaks_for<'a>(&'a self, team: &'a str) -> Sending<'a, bool> {
        Box::pin(std::future::ready(Ok(team == TEAM)))
    }

    /// A session of ours says all there is to know.
    fn about<'a>(&'a self, who: &'a Actor) -> Sending<'a, Profile> {
        let profile = Profile { standing: who.standing, name: who.name.clone() };
        Box::pin(std::future::ready(Ok(profile)))
    }

    /// Everybody of a console is in all its channels.
    fn channel<'a>(&'a self, sought: Sought<'a>) -> Sending<'a, Option<Channel>> {
        Box::pin(async move {
            let (Sought::Id(name) | Sought::Name(name)) = sought;
            let wanted = name.trim_start_matches('#');
            let named = |channel: &port::Channel| {
                channel.id == wanted || channel.name.eq_ignore_ascii_case(wanted)
            };
            let found = self.talk.channels().await?.into_iter().find(named);
            Ok(found.map(|port::Channel { id, name }| Channel {
                id,
                name,
                kind: PlaceKind::Channel,
                member: true,
                archived: false,
                shared: false,
            }))
        })
    }
}

/// The direct chat with a person, where a place names the person only.
fn opened(to: &Place) -> Place {
    if to.kind == PlaceKind::Direct && !to.channel.starts_with("dm-") {
        return place(&direct(&to.channel), None);
    }
    to.clone()
}

/// Where a private word goes: near what it is about, or to the person's direct chat with the bot
/// when that is on another platform or in a direct chat that is not theirs.
fn near(to: &Private<'_>) -> Place {
    let own = direct(&to.to.user);
    let elsewhere = to.near.platform != to.to.platform
        || (to.near.channel.starts_with("dm-") && to.near.channel != own);
    if elsewhere { place(&own, None) } else { to.near.clone() }
}

/// What a message is called in a list of threads and to a screen reader.
#[must_use]
pub fn title(body: &Body) -> String {
    let text = match body {
        Body::Words(words) => words,
        Body::Card(card) => &card.fallback,
    };
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or(BOT).trim();
    match line.char_indices().nth(80) {
        Some((cut, _)) => format!("{}…", line[..cut].trim_end()),
        None => line.to_owned(),
    }
}
