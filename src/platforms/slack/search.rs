//! Looks for what an unknown try of ours brought about, by the key in its metadata.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::client::{SlackMessenger, again};
use super::envelope::EVENT_TYPE;
use crate::conversation::outgoing::MessageRef;
use crate::handlers::messenger::{SendError, Trace};

/// Slack's clock and ours may differ by as much as a signature may: looking too far back costs a
/// page, not far enough would post twice.
const SKEW: SignedDuration = SignedDuration::from_secs(super::verify::WINDOW);
/// Messages on a page, and pages: more than a channel says while a send rests.
const PAGE: &str = "200";
const PAGES: usize = 25;

impl SlackMessenger {
    pub(super) async fn look(&self, trace: &Trace<'_>) -> Result<Option<MessageRef>, SendError> {
        if let Some(file) = trace.note {
            return self.find_file(trace.to, file).await;
        }
        let us = &self.identity().await?.user;
        let oldest = self.on_slacks_clock(trace.since);
        let mut cursor = String::new();
        for _ in 0..PAGES {
            let page = self.page(trace, &oldest, &cursor).await?;
            let mut ours = page.messages.iter().filter(|message| message.is_by(us));
            if let Some(ts) = ours.find_map(|message| message.with_key(trace.key)) {
                let place = trace.to.clone();
                return Ok(Some(MessageRef { place, message: ts.to_owned() }));
            }
            match page.next() {
                Some(next) => cursor = next,
                None => return Ok(None),
            }
        }
        Err(SendError::CannotLook("too many messages since".to_owned()))
    }

    /// Business time as a Slack stamp, with room for skew.
    fn on_slacks_clock(&self, since: i64) -> String {
        let ago = self.clock.now_ms().saturating_sub(since).max(0);
        let began = self.clock.real().saturating_sub(SignedDuration::from_millis(ago));
        let began =
            began.and_then(|began| began.saturating_sub(SKEW)).unwrap_or(Timestamp::UNIX_EPOCH);
        format!("{}.000000", began.as_second().max(0))
    }

    /// slack-morphism's history loses other apps' metadata with the text, and its replies cannot
    /// ask for metadata at all: both are asked by hand.
    async fn page(&self, trace: &Trace<'_>, oldest: &str, cursor: &str) -> Result<Page, SendError> {
        let root = trace.to.thread.as_deref();
        let method = root.map_or("conversations.history", |_| "conversations.replies");
        let wanted = [
            ("channel", Some(trace.to.channel.as_str())),
            ("ts", root),
            ("oldest", Some(oldest)),
            ("inclusive", Some("true")),
            ("include_all_metadata", Some("true")),
            ("limit", Some(PAGE)),
            ("cursor", Some(cursor).filter(|cursor| !cursor.is_empty())),
        ];
        self.get(method, &wanted).await.map_err(again).map_err(|error| match error {
            // A thread without its root holds nothing of ours.
            SendError::Refused(word) => SendError::CannotLook(word),
            other => other,
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Page {
    messages: Vec<Found>,
    response_metadata: Option<Further>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Further {
    next_cursor: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Found {
    ts: String,
    user: String,
    /// Any app's: of any shape.
    metadata: Value,
}

impl Page {
    fn next(self) -> Option<String> {
        let further = self.response_metadata.unwrap_or_default().next_cursor;
        further.filter(|cursor| !cursor.is_empty())
    }
}

impl Found {
    fn is_by(&self, us: &str) -> bool {
        self.user == us
    }

    fn with_key(&self, key: &str) -> Option<&str> {
        let ours = self.metadata["event_type"] == EVENT_TYPE;
        (ours && self.metadata["event_payload"]["key"] == key).then_some(&self.ts)
    }
}
