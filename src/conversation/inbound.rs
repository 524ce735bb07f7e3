//! What was heard: who said what where, once the gate has checked that it is genuine.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Where people talk. The label is stored and shown; nothing past the gate branches on it except
/// to choose a renderer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    Slack,
    Teams,
    Console,
}

impl Platform {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Console => "console",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Slack, Self::Teams, Self::Console].into_iter().find(|known| known.as_str() == text)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One verified request of a person, in our own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    /// Names this request for ever: the same key is heard once, however often it is delivered.
    /// Unique within the platform.
    pub key: String,
    /// When the platform says it happened, or when it arrived; milliseconds since 1970, UTC.
    pub at: i64,
    pub who: Actor,
    pub place: Place,
    pub said: Said,
    /// How to answer this request itself; it may be gone by the time we answer.
    #[serde(default)]
    pub answer: Answer,
}

impl Inbound {
    /// Whether some text of it holds a null character, which no person types and `PostgreSQL` does
    /// not keep.
    #[must_use]
    pub fn holds_null(&self) -> bool {
        let Self { key, who, place, said, answer, .. } = self;
        let said: Vec<&String> = match said {
            Said::Command(text) | Said::Message { text, .. } => vec![text],
            Said::Click { button, message } => message.iter().chain([button]).collect(),
            Said::Submitted { form, fields } => {
                fields.iter().flat_map(|(name, text)| [name, text]).chain([form]).collect()
            }
            Said::Opened | Said::Hurried | Said::Removed => Vec::new(),
        };
        let ids = [key, &who.team, &who.user, &place.team, &place.channel];
        let others = [&who.name, &place.thread, &answer.url, &answer.trigger];
        let all = ids.into_iter().chain(others.into_iter().flatten()).chain(said);
        all.into_iter().any(|text| text.contains('\0'))
    }

    /// What is written down in place of a request that came too fast.
    #[must_use]
    pub fn hurried(&self) -> Self {
        Self { key: format!("{}:hurried", self.key), said: Said::Hurried, ..self.clone() }
    }

    /// Requests with the same conversation are handled one after another, others side by side:
    /// a thread is one conversation, and so is what one person says and presses outside of threads in
    /// a channel: who presses *Restore* and then types waits for the one before the other.
    /// A thread's own name stands first: most platforms count them up, so that what is new stands
    /// together at one end of every index over it.
    #[must_use]
    pub fn conversation(&self) -> String {
        let Place { platform, team, channel, thread, .. } = &self.place;
        match thread {
            Some(thread) => format!("{thread}:{platform}:{team}:{channel}"),
            None => format!("{platform}:{team}:{channel}@{}", self.who.user),
        }
    }
}

/// The person, as the verified request names them. Ids are the platform's own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Actor {
    pub platform: Platform,
    /// Slack team or enterprise, Teams tenant, `local` for the console.
    pub team: String,
    pub user: String,
    /// What the platform calls them, where it says so: to show, never to decide by.
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub standing: Standing,
}

/// What the platform tells about the person's membership. Guests and externals have no rights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    #[default]
    Full,
    Guest,
    /// Somebody of another organisation in a shared channel.
    External,
    Bot,
}

/// Where something was said or shall be said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    pub platform: Platform,
    pub team: String,
    pub channel: String,
    /// The thread's root message, when inside one.
    #[serde(default)]
    pub thread: Option<String>,
    #[serde(default)]
    pub kind: PlaceKind,
    /// People of another organisation can read here.
    #[serde(default)]
    pub shared: bool,
}

impl Place {
    /// The same channel, inside the thread under `root`.
    #[must_use]
    pub fn in_thread(&self, root: &str) -> Self {
        Self { thread: Some(root.to_owned()), ..self.clone() }
    }

    /// The bot's direct chat with a person of the same team, by the person's id: the platform knows
    /// which chat that is.
    #[must_use]
    pub fn direct_with(&self, user: &str) -> Self {
        let (channel, kind) = (user.to_owned(), PlaceKind::Direct);
        Self { channel, kind, thread: None, shared: false, ..self.clone() }
    }

    /// Messages with the same lane leave one after another.
    #[must_use]
    pub fn lane(&self) -> String {
        format!("{}:{}:{}", self.platform, self.team, self.channel)
    }
}

#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum PlaceKind {
    #[default]
    Channel,
    /// One person and the bot.
    Direct,
    Group,
}

/// What the person did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Words of the command grammar, without the `/strategy` or the mention in front.
    Command(String),
    /// A message in a thread or direct chat, mentions of the bot removed.
    Message { text: String, mentioned: bool },
    /// A press of a button we made: its value, and the message it sits on where there is one.
    Click { button: String, message: Option<String> },
    /// A form we opened, sent.
    Submitted { form: String, fields: BTreeMap<String, String> },
    /// The person opened the bot's home.
    Opened,
    /// The person asked faster than is taken: what they said was let go, and this is to be told.
    Hurried,
    /// The workspace removed the app or revoked its tokens.
    Removed,
}

/// Ways to answer one request privately or with a form, while they live.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// A private reply address (Slack `response_url`): 5 uses in 30 minutes.
    #[serde(default)]
    pub url: Option<String>,
    /// Opens one form, within 3 seconds.
    #[serde(default)]
    pub trigger: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_person_says_and_presses_in_one_place_is_one_conversation() {
        let conversation = |thread: Option<&str>, said: Said| {
            let (platform, team) = (Platform::Slack, "T1".to_owned());
            let place = Place {
                platform,
                team: team.clone(),
                channel: "C1".to_owned(),
                thread: thread.map(str::to_owned),
                kind: PlaceKind::Channel,
                shared: false,
            };
            let (user, standing) = ("U1".to_owned(), Standing::Full);
            let who = Actor { platform, team, user, name: None, standing };
            let (key, answer) = (String::new(), Answer::default());
            Inbound { key, at: 0, who, place, said, answer }.conversation()
        };
        let press = || Said::Click { button: "b".to_owned(), message: Some("8.2".to_owned()) };
        let reply = || Said::Message { text: "x".to_owned(), mentioned: false };
        let command = || Said::Command("icp".to_owned());
        assert_eq!(conversation(Some("7.1"), press()), conversation(Some("7.1"), reply()));
        assert_eq!(conversation(None, press()), conversation(None, command()));
        assert_ne!(conversation(None, press()), conversation(Some("8.2"), reply()));
    }
}
