//! Who reads in a channel: colleagues only, or guests and people of other organisations, too.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use futures_util::stream::{self, StreamExt as _};
use serde::Deserialize;

use super::client::{SlackMessenger, again};
use crate::conversation::inbound::{Place, PlaceKind, Standing};
use crate::handlers::messenger::{SendError, Sought};

/// How long what was found out about a channel holds, in seconds; not beyond.
const HOLDS: i64 = 300;
const MOST_CHANNELS: usize = 1_000;
/// In a larger channel nobody is asked about one by one: it counts as one with outsiders.
const MOST_MEMBERS: usize = 100;
/// How something that is not Slack answers a question that it does not know.
const NO_SUCH_QUESTION: [&str; 3] = ["unknown_method", "method_not_found", "http_404"];
/// So many people are asked about at once.
const AT_ONCE: usize = 8;

/// Channels by id, with the second in which they were looked at.
#[derive(Debug, Default)]
pub(super) struct Readers(Mutex<BTreeMap<String, (i64, bool)>>);

impl Readers {
    fn known(&self, channel: &str, now: i64) -> Option<bool> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, outsiders) = *known.get(channel)?;
        (0..HOLDS).contains(&(now - at)).then_some(outsiders)
    }

    fn keep(&self, channel: &str, found: (i64, bool)) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_CHANNELS {
            known.clear();
        }
        known.insert(channel.to_owned(), found);
    }
}

impl SlackMessenger {
    pub(super) async fn has_outsiders(&self, place: &Place) -> Result<bool, SendError> {
        if place.kind == PlaceKind::Direct {
            return Ok(false);
        }
        let now = self.clock.now().as_second();
        if let Some(known) = self.readers.known(&place.channel, now) {
            return Ok(known);
        }
        let found = match self.seek(Sought::Id(&place.channel)).await {
            Ok(Some(channel)) if channel.shared => true,
            Ok(Some(channel)) => self.has_guests(&channel.id).await?,
            // What cannot be seen cannot be posted to, either: the post itself says why.
            Ok(None) => return Ok(false),
            Err(error) => return unasked(error, place.shared),
        };
        self.readers.keep(&place.channel, (now, found));
        Ok(found)
    }

    async fn has_guests(&self, channel: &str) -> Result<bool, SendError> {
        #[derive(Deserialize)]
        struct Page {
            #[serde(default)]
            members: Vec<String>,
            #[serde(default)]
            response_metadata: Further,
        }
        #[derive(Default, Deserialize)]
        struct Further {
            #[serde(default)]
            next_cursor: String,
        }
        let limit = MOST_MEMBERS.to_string();
        let wanted = [("channel", Some(channel)), ("limit", Some(limit.as_str()))];
        let page = self.get("conversations.members", &wanted).await.map_err(again);
        let Page { members, response_metadata } = match page {
            Ok(page) => page,
            Err(error) => return unasked(error, false),
        };
        if members.len() > MOST_MEMBERS || !response_metadata.next_cursor.is_empty() {
            return Ok(true);
        }
        let asked = stream::iter(members).map(|member| async move { self.profile(&member).await });
        let mut known = asked.buffer_unordered(AT_ONCE);
        while let Some(profile) = known.next().await {
            if matches!(profile?.standing, Standing::Guest | Standing::External) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What stands in for Slack and has no such question has no outsiders either, but for those of whom it
/// has told.
fn unasked(error: SendError, told: bool) -> Result<bool, SendError> {
    match error {
        SendError::Refused(word) if NO_SUCH_QUESTION.contains(&word.as_str()) => Ok(told),
        other => Err(other),
    }
}
