//! What Slack's payloads hold that we want, and nothing else.
//!
//! Own types, since slack-morphism's lose or refuse real payloads: a null team, an unknown block or
//! a number in another app's metadata must never cost us a request. Text is borrowed from the body
//! where it has no escapes. Every field may be missing, null or of another type.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Text, empty where it is missing or something else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words<'a>(pub Cow<'a, str>);

impl Words<'_> {
    /// The text where there is any.
    #[must_use]
    pub fn get(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(&*self.0)
    }
}

impl Deref for Words<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Words<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyText).map(Words)
    }
}

struct AnyText;

impl<'de> Visitor<'de> for AnyText {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, or anything in its place")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Cow::default())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Cow::Owned(number.to_string()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Cow::default())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cow::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Cow::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Cow::default())
    }
}

/// `true` where it says so; anything else is no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Option<bool>")]
pub struct Flag(pub bool);

impl From<Option<bool>> for Flag {
    fn from(said: Option<bool>) -> Self {
        Self(said.unwrap_or_default())
    }
}

/// A slash command.
#[derive(Debug, Default)]
pub struct Command<'a> {
    pub team_id: Cow<'a, str>,
    pub enterprise_id: Cow<'a, str>,
    pub is_enterprise_install: Cow<'a, str>,
    pub channel_id: Cow<'a, str>,
    pub channel_name: Cow<'a, str>,
    pub user_id: Cow<'a, str>,
    pub user_name: Cow<'a, str>,
    pub text: Cow<'a, str>,
    pub trigger_id: Cow<'a, str>,
    pub response_url: Cow<'a, str>,
}

impl<'a> Command<'a> {
    /// None where a field is not UTF-8.
    #[must_use]
    pub fn read(body: &'a [u8]) -> Option<Self> {
        let mut command = Self::default();
        for (name, value) in super::body::pairs(body) {
            let field = match name {
                b"team_id" => &mut command.team_id,
                b"enterprise_id" => &mut command.enterprise_id,
                b"is_enterprise_install" => &mut command.is_enterprise_install,
                b"channel_id" => &mut command.channel_id,
                b"channel_name" => &mut command.channel_name,
                b"user_id" => &mut command.user_id,
                b"user_name" => &mut command.user_name,
                b"text" => &mut command.text,
                b"trigger_id" => &mut command.trigger_id,
                b"response_url" => &mut command.response_url,
                _ => continue,
            };
            *field = super::body::decoded(value)?;
        }
        Some(command)
    }
}

/// A press, a sent form, a shortcut.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Interaction<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Words<'a>,
    pub trigger_id: Words<'a>,
    pub response_url: Words<'a>,
    pub user: Option<User<'a>>,
    pub team: Option<Named<'a>>,
    pub enterprise: Option<Named<'a>>,
    pub is_enterprise_install: Flag,
    pub channel: Option<Named<'a>>,
    pub container: Option<Container<'a>>,
    pub message: Option<Stamped<'a>>,
    pub view: Option<View<'a>>,
    pub actions: Option<Vec<Action<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct User<'a> {
    #[serde(borrow)]
    pub id: Words<'a>,
    pub name: Words<'a>,
    pub username: Words<'a>,
    pub team_id: Words<'a>,
    pub is_bot: Flag,
    pub is_restricted: Flag,
    pub is_ultra_restricted: Flag,
    pub is_stranger: Flag,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named<'a> {
    #[serde(borrow)]
    pub id: Words<'a>,
    pub name: Words<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Container<'a> {
    #[serde(borrow)]
    pub channel_id: Words<'a>,
    pub message_ts: Words<'a>,
    pub thread_ts: Words<'a>,
    pub is_ephemeral: Flag,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Stamped<'a> {
    #[serde(borrow)]
    pub ts: Words<'a>,
    pub thread_ts: Words<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Action<'a> {
    #[serde(borrow)]
    pub value: Words<'a>,
    pub action_ts: Words<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct View<'a> {
    #[serde(borrow)]
    pub id: Words<'a>,
    pub hash: Words<'a>,
    pub private_metadata: Words<'a>,
    pub app_installed_team_id: Words<'a>,
    pub state: Option<State<'a>>,
}

/// What was filled in: block, then element, then its input.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct State<'a> {
    #[serde(borrow)]
    pub values: Option<BTreeMap<Words<'a>, BTreeMap<Words<'a>, Input<'a>>>>,
}

impl Ord for Words<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Words<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Input<'a> {
    #[serde(borrow)]
    pub value: Words<'a>,
    pub selected_option: Option<Chosen<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen<'a> {
    #[serde(borrow)]
    pub value: Words<'a>,
}

/// The outer part of everything that comes to `/slack/events`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Envelope<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Words<'a>,
    pub challenge: Words<'a>,
    pub team_id: Words<'a>,
    pub enterprise_id: Words<'a>,
    pub event_id: Words<'a>,
    pub is_ext_shared_channel: Flag,
    pub authorizations: Option<Vec<Authorization<'a>>>,
    pub event: Option<Event<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Authorization<'a> {
    #[serde(borrow)]
    pub team_id: Words<'a>,
    pub enterprise_id: Words<'a>,
    pub user_id: Words<'a>,
    pub is_bot: Flag,
    pub is_enterprise_install: Flag,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Event<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Words<'a>,
    pub subtype: Words<'a>,
    pub user: Words<'a>,
    pub bot_id: Words<'a>,
    pub text: Words<'a>,
    pub team: Words<'a>,
    pub user_team: Words<'a>,
    pub source_team: Words<'a>,
    pub channel: Words<'a>,
    pub channel_type: Words<'a>,
    pub ts: Words<'a>,
    pub thread_ts: Words<'a>,
    pub tokens: Option<Tokens<'a>>,
}

/// Whose tokens were revoked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Tokens<'a> {
    #[serde(borrow)]
    pub bot: Option<Vec<Words<'a>>>,
}
