//! A channel by its id or its name: which one it is, whether we are in it, and who reads there.

use serde::Deserialize;

use super::client::{SlackMessenger, again};
use crate::conversation::inbound::PlaceKind;
use crate::handlers::messenger::{Channel, SendError, Sought};

/// Slack recommends no more in one page.
const PAGE: &str = "200";
/// A bot in more channels than these pages hold is named a channel by its mention.
const MOST_PAGES: usize = 25;

impl SlackMessenger {
    pub(super) async fn seek(&self, sought: Sought<'_>) -> Result<Option<Channel>, SendError> {
        match sought {
            Sought::Id(id) if is_id(id) => self.channel_of(id).await,
            Sought::Id(name) | Sought::Name(name) => self.channel_called(name).await,
        }
    }

    async fn channel_of(&self, id: &str) -> Result<Option<Channel>, SendError> {
        let asked: Result<One, _> = self.get("conversations.info", &[("channel", Some(id))]).await;
        match asked.map_err(again) {
            Ok(One { channel }) => Ok(Some(channel.known())),
            Err(SendError::Refused(word)) if word == "channel_not_found" => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Among our own: asking for all that there are would take a large workspace minutes.
    async fn channel_called(&self, name: &str) -> Result<Option<Channel>, SendError> {
        let wanted = name.trim_start_matches('#').to_lowercase();
        let mut cursor = String::new();
        for _ in 0..MOST_PAGES {
            let page = self.own_channels(&cursor).await?;
            let found = page.channels.into_iter().find(|channel| channel.is_called(&wanted));
            if let Some(found) = found {
                return Ok(Some(Channel { member: true, ..found.known() }));
            }
            cursor = page.response_metadata.unwrap_or_default().next_cursor.unwrap_or_default();
            if cursor.is_empty() {
                break;
            }
        }
        Ok(None)
    }

    async fn own_channels(&self, cursor: &str) -> Result<Page, SendError> {
        let wanted = [
            ("types", Some("public_channel,private_channel")),
            ("limit", Some(PAGE)),
            ("cursor", Some(cursor).filter(|cursor| !cursor.is_empty())),
        ];
        self.get("users.conversations", &wanted).await.map_err(again)
    }
}

/// Slack's ids are of capital letters and digits; the names of channels have no capital letters.
fn is_id(text: &str) -> bool {
    let fits = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    fits && text.starts_with(['C', 'G', 'D'])
}

#[derive(Deserialize)]
struct One {
    channel: Conversation,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Page {
    channels: Vec<Conversation>,
    response_metadata: Option<Further>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Further {
    next_cursor: Option<String>,
}

/// A conversation in Slack's words; what an answer leaves out is not so.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Conversation {
    id: String,
    name: Option<String>,
    name_normalized: Option<String>,
    is_im: Option<bool>,
    is_mpim: Option<bool>,
    is_member: Option<bool>,
    is_archived: Option<bool>,
    is_ext_shared: Option<bool>,
    is_pending_ext_shared: Option<bool>,
}

impl Conversation {
    fn is_called(&self, wanted: &str) -> bool {
        let names = [&self.name, &self.name_normalized];
        names.into_iter().flatten().any(|name| name.to_lowercase() == wanted)
    }

    fn known(self) -> Channel {
        let is = |said: Option<bool>| said == Some(true);
        let kind = match (is(self.is_im), is(self.is_mpim)) {
            (true, _) => PlaceKind::Direct,
            (false, true) => PlaceKind::Group,
            (false, false) => PlaceKind::Channel,
        };
        Channel {
            id: self.id,
            name: self.name.unwrap_or_default(),
            kind,
            // There is no member to be of a direct chat, and Slack shows us only our own.
            member: is(self.is_member) || kind == PlaceKind::Direct,
            archived: is(self.is_archived),
            shared: is(self.is_ext_shared) || is(self.is_pending_ext_shared),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn known(answer: Value) -> Channel {
        serde_json::from_value::<Conversation>(answer).unwrap().known()
    }

    #[test]
    fn what_slack_says_of_a_channel_is_read_and_what_it_leaves_out_is_not_so() {
        let plain = known(json!({ "id": "C1", "name": "partners", "is_member": true }));
        let expected = Channel {
            id: "C1".to_owned(),
            name: "partners".to_owned(),
            kind: PlaceKind::Channel,
            member: true,
            archived: false,
            shared: false,
        };
        assert_eq!(plain, expected);
        let shared = json!({ "id": "C1", "name": "x", "is_ext_shared": true, "is_member": null });
        assert!(known(shared.clone()).shared && !known(shared).member);
        assert!(known(json!({ "id": "C1", "is_pending_ext_shared": true })).shared);
        assert!(known(json!({ "id": "C1", "is_archived": true })).archived);
        assert_eq!(known(json!({ "id": "D1", "is_im": true })).kind, PlaceKind::Direct);
        assert_eq!(known(json!({ "id": "G1", "is_mpim": true })).kind, PlaceKind::Group);
    }

    #[test]
    fn an_id_is_told_from_a_name() {
        for id in ["C0STRATEGY", "G012", "D7"] {
            assert!(is_id(id), "{id}");
        }
        for name in ["#partners", "partners", "London", "C0-x", "U02BEN", ""] {
            assert!(!is_id(name), "{name}");
        }
    }
}
