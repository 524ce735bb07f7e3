//! Says things in Slack: the [`Messenger`] of this platform.
//!
//! Requests are slack-morphism's typed ones where those can say what we mean. Answers are read into
//! small types of our own: its typed answers take a whole message apart, and one that fails to
//! parse would turn a message that was posted into an unknown one.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::FutureExt;
use serde::Deserialize;
use serde_json::json;
use slack_morphism::prelude::{
    SlackApiChatPostMessageRequest, SlackApiChatUpdateRequest, SlackApiToken, SlackClient,
    SlackClientSession, ValueStruct,
};
use tokio::sync::OnceCell;

use super::access::Access;
use super::envelope::{content, ephemeral, metadata, reply};
use super::limits;
use super::person::{Identity, Person};
use super::readers::Readers;
use super::render::{Message, Renderer, Unfit};
use super::transport::{Transport, send_error};
use crate::clock::Clock;
use crate::config::SlackSettings;
use crate::conversation::card::Card;
use crate::conversation::form::Form;
use crate::conversation::inbound::{Actor, Place, PlaceKind};
use crate::conversation::outgoing::MessageRef;
use crate::handlers::messenger::{
    Attachment, Channel, Messenger, Notes, Private, Profile, SendError, Sending, Sought, Trace,
};

/// How long what Slack said about a person holds, in seconds; not beyond.
const PROFILE_LIVES: i64 = 300;
/// How long a question about a person may take: somebody waits for what follows.
const PATIENCE: Duration = Duration::from_secs(5);
const MOST_PROFILES: usize = 10_000;

/// One workspace, by its bot token.
#[derive(Debug)]
pub struct SlackMessenger {
    client: SlackClient<Transport>,
    pub(super) transport: Transport,
    token: SlackApiToken,
    pub(super) renderer: Renderer,
    pub(super) clock: Clock,
    identity: OnceCell<Identity>,
    pub(super) access: Access,
    /// People by id, with the second in which they were asked about.
    profiles: Mutex<BTreeMap<String, (i64, Profile)>>,
    pub(super) readers: Readers,
}

impl SlackMessenger {
    /// `http` must not follow redirects; `public_url` is where people reach this server.
    pub fn new(
        settings: &SlackSettings,
        public_url: &str,
        http: reqwest::Client,
        clock: Clock,
    ) -> Result<Self, url::ParseError> {
        let transport = Transport::new(http, &settings.api_url)?;
        Ok(Self {
            client: SlackClient::new(transport.clone()),
            transport,
            token: SlackApiToken::new(settings.bot_token.expose().to_owned().into()),
            renderer: Renderer::new(public_url),
            clock,
            identity: OnceCell::new(),
            access: Access::default(),
            profiles: Mutex::default(),
            readers: Readers::default(),
        })
    }

    /// Asks Slack, once, whose token this is.
    pub async fn identity(&self) -> Result<&Identity, SendError> {
        self.identity.get_or_try_init(|| self.ask_whose()).await
    }

    /// Asked anew for a team that could be ours: a token that was good once may be revoked.
    async fn is_good_for(&self, team: &str) -> Result<bool, SendError> {
        if self.identity.get().is_some_and(|known| !known.is(team)) {
            return Ok(false);
        }
        match self.ask_whose().await {
            Ok(whose) => {
                let ours = whose.is(team);
                let _ = self.identity.set(whose);
                Ok(ours)
            }
            Err(SendError::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What Slack says about a person: commands and messages carry neither whether they are a guest
    /// nor what they are called. Asked once in five minutes.
    pub(super) async fn profile(&self, user: &str) -> Result<Profile, SendError> {
        #[derive(Deserialize)]
        struct Asked {
            user: Person,
        }
        let now = self.clock.now().as_second();
        if let Some((at, known)) = self.profiles().get(user)
            && (0..PROFILE_LIVES).contains(&(now - at))
        {
            return Ok(known.clone());
        }
        let wanted = [("user", Some(user))];
        let asked = tokio::time::timeout(PATIENCE, self.get("users.info", &wanted)).await;
        let asked: Asked =
            asked.map_err(|_| SendError::NotSent("no answer".to_owned()))?.map_err(again)?;
        let standing = asked.user.standing(self.identity().await?);
        let profile = Profile { standing, name: asked.user.name() };
        let mut profiles = self.profiles();
        if profiles.len() >= MOST_PROFILES {
            profiles.clear();
        }
        profiles.insert(user.to_owned(), (now, profile.clone()));
        Ok(profile)
    }

    fn profiles(&self) -> MutexGuard<'_, BTreeMap<String, (i64, Profile)>> {
        self.profiles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn token(&self) -> &str {
        self.token.token_value.value()
    }

    pub(super) fn session(&self) -> SlackClientSession<'_, Transport> {
        self.client.open_session(&self.token)
    }

    /// A method that slack-morphism has no type for, or whose answer it cannot read.
    pub(super) async fn call<RQ, RS>(&self, method: &str, request: &RQ) -> Result<RS, SendError>
    where
        RQ: serde::Serialize + Send + Sync,
        RS: for<'de> Deserialize<'de> + Send,
    {
        let called = self.session().http_session_api.http_post(method, request, None).await;
        called.map_err(|error| self.access.noted(send_error(error)))
    }

    pub(super) async fn get<RS>(
        &self,
        method: &str,
        wanted: &[(&str, Option<&str>)],
    ) -> Result<RS, SendError>
    where
        RS: for<'de> Deserialize<'de> + Send,
    {
        let wanted = wanted.to_vec();
        let called = self.session().http_session_api.http_get(method, &wanted, None).await;
        called.map_err(|error| self.access.noted(send_error(error)))
    }

    async fn say(
        &self,
        key: Option<&str>,
        to: &Place,
        message: Message,
    ) -> Result<MessageRef, SendError> {
        if to.kind != PlaceKind::Direct && names_somebody(&to.channel) {
            return Err(SendError::Refused("channel_not_found".to_owned()));
        }
        let request = SlackApiChatPostMessageRequest::new(
            to.channel.as_str().into(),
            content(message).opt_metadata(key.map(metadata)),
        )
        .opt_thread_ts(to.thread.as_deref().map(Into::into))
        .with_parse("none".to_owned())
        .with_link_names(false)
        .with_unfurl_links(false)
        .with_unfurl_media(false);
        let posted: Posted = self.call("chat.postMessage", &request).await?;
        // A post to a person comes back with the direct chat it went to.
        let place = Place { channel: posted.channel, ..to.clone() };
        Ok(MessageRef { place, message: posted.ts })
    }

    /// A card for everybody, shorter where Slack will not have it as it is.
    async fn say_card(&self, key: &str, to: &Place, card: &Card) -> Result<MessageRef, SendError> {
        for room in limits::ROOMS {
            let message = self.renderer.message_within(card, room)?;
            match self.say(Some(key), to, message).await {
                Err(SendError::Refused(word)) if is_too_long(&word) => {}
                outcome => return outcome,
            }
        }
        Err(SendError::Refused(TOO_LONG.to_owned()))
    }

    async fn change(&self, message: &MessageRef, card: &Card) -> Result<(), SendError> {
        for room in limits::ROOMS {
            let content = self.renderer.message_within(card, room)?;
            match self.change_to(message, content).await {
                Err(SendError::Refused(word)) if is_too_long(&word) => {}
                outcome => return outcome,
            }
        }
        Err(SendError::Refused(TOO_LONG.to_owned()))
    }

    async fn change_to(&self, message: &MessageRef, to: Message) -> Result<(), SendError> {
        let request = SlackApiChatUpdateRequest::new(
            message.place.channel.as_str().into(),
            content(to),
            message.message.as_str().into(),
        )
        .with_parse("none".to_owned())
        .with_link_names(false);
        self.call("chat.update", &request).await.map(|Done {}| ())
    }

    /// At the address of their request while it lives, else near the place, else in their direct
    /// chat.
    async fn murmur(&self, to: &Private<'_>, card: &Card) -> Result<(), SendError> {
        for room in limits::ROOMS {
            let message = self.renderer.message_within(card, room)?;
            match self.murmur_so(to, message).await {
                Err(SendError::Refused(word)) if is_too_long(&word) => {}
                outcome => return outcome,
            }
        }
        Err(SendError::Refused(TOO_LONG.to_owned()))
    }

    async fn murmur_so(&self, to: &Private<'_>, message: Message) -> Result<(), SendError> {
        if let Some(address) = &to.answer.url {
            match self.transport.respond(address, &reply(to, &message)).await {
                Err(SendError::Refused(word)) if is_too_long(&word) => {
                    return Err(SendError::Refused(word));
                }
                Err(SendError::Refused(word) | SendError::NotSent(word)) => {
                    tracing::debug!(word, "a response address is dead");
                }
                outcome => return outcome,
            }
        }
        if to.near.kind != PlaceKind::Direct {
            match self.call("chat.postEphemeral", &ephemeral(to, message.clone())).await {
                Err(SendError::Refused(word)) if !is_too_long(&word) => {
                    tracing::debug!(word, "not heard near the place");
                }
                outcome => return outcome.map(|Done {}| ()),
            }
        }
        let place = self.direct_chat(to).await?;
        self.say(None, &place, message).await.map(|_| ())
    }

    async fn direct_chat(&self, to: &Private<'_>) -> Result<Place, SendError> {
        if to.near.kind == PlaceKind::Direct && to.near.channel.starts_with('D') {
            return Ok(to.near.clone());
        }
        let place = to.near.direct_with(&to.to.user);
        self.opened(&place).await
    }

    /// The direct chat with a person, where a place names the person only.
    async fn opened(&self, place: &Place) -> Result<Place, SendError> {
        #[derive(Deserialize)]
        struct Opened {
            channel: Chat,
        }
        #[derive(Deserialize)]
        struct Chat {
            id: String,
        }
        if place.kind != PlaceKind::Direct || !place.channel.starts_with(['U', 'W']) {
            return Ok(place.clone());
        }
        // slack-morphism sends a list where Slack documents text with commas.
        let whom = json!({ "users": place.channel });
        let opened: Opened = self.call("conversations.open", &whom).await.map_err(again)?;
        Ok(Place { channel: opened.channel.id, ..place.clone() })
    }

    async fn show(&self, to: &Private<'_>, form: &Form) -> Result<(), SendError> {
        let trigger = to.answer.trigger.as_deref().ok_or(SendError::Expired)?;
        // The view is complete JSON already: slack-morphism's typed one would be a second copy.
        let request = json!({ "trigger_id": trigger, "view": self.renderer.form(form)? });
        self.call("views.open", &request).await.map(|Done {}| ())
    }
}

impl Messenger for SlackMessenger {
    fn post<'a>(&'a self, key: &'a str, to: &'a Place, card: &'a Card) -> Sending<'a, MessageRef> {
        async move { self.say_card(key, &self.opened(to).await?, card).await }.boxed()
    }

    fn update<'a>(&'a self, message: &'a MessageRef, card: &'a Card) -> Sending<'a, ()> {
        self.change(message, card).boxed()
    }

    fn whisper<'a>(&'a self, to: &'a Private<'a>, card: &'a Card) -> Sending<'a, ()> {
        self.murmur(to, card).boxed()
    }

    fn open<'a>(&'a self, to: &'a Private<'a>, form: &'a Form) -> Sending<'a, ()> {
        self.show(to, form).boxed()
    }

    fn attach<'a>(
        &'a self,
        file: &'a Attachment<'a>,
        notes: &'a dyn Notes,
    ) -> Sending<'a, MessageRef> {
        self.share(file, notes).boxed()
    }

    fn find<'a>(&'a self, trace: &'a Trace<'a>) -> Sending<'a, Option<MessageRef>> {
        async move { self.look(&Trace { to: &self.opened(trace.to).await?, ..*trace }).await }
            .boxed()
    }

    fn speaks_for<'a>(&'a self, team: &'a str) -> Sending<'a, bool> {
        self.is_good_for(team).boxed()
    }

    fn look_after<'a>(&'a self, teams: &'a [String]) -> Sending<'a, ()> {
        self.look_at_access(teams).boxed()
    }

    fn ails(&self) -> Option<String> {
        self.access.ails()
    }

    fn about<'a>(&'a self, who: &'a Actor) -> Sending<'a, Profile> {
        self.profile(&who.user).boxed()
    }

    fn outsiders<'a>(&'a self, place: &'a Place) -> Sending<'a, bool> {
        self.has_outsiders(place).boxed()
    }

    fn channel<'a>(&'a self, sought: Sought<'a>) -> Sending<'a, Option<Channel>> {
        self.seek(sought).boxed()
    }
}

/// An answer of which only the success counts.
#[derive(Deserialize)]
pub(super) struct Done {}

#[derive(Deserialize)]
struct Posted {
    channel: String,
    ts: String,
}

/// Slack posts to a person or a direct chat as to a channel, by its id; the names of channels have
/// no capital letters.
fn names_somebody(channel: &str) -> bool {
    channel.starts_with(['U', 'W', 'D', '@'])
}

/// Slack's words for a message that a shorter one may take the place of.
const TOO_LONG: &str = "msg_too_long";
fn is_too_long(word: &str) -> bool {
    matches!(word, TOO_LONG | "msg_blocks_too_long")
}

/// A call that changes nothing may always be made again.
pub(super) fn again(error: SendError) -> SendError {
    match error {
        SendError::Unknown(why) => SendError::Failed(why),
        other => other,
    }
}

impl From<Unfit> for SendError {
    fn from(unfit: Unfit) -> Self {
        Self::Refused(unfit.to_string())
    }
}
