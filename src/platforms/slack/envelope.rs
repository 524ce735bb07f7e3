//! A rendered message as each of Slack's methods takes it.

use std::collections::HashMap;

use serde_json::{Value, json};
use slack_morphism::prelude::{
    SlackApiChatPostEphemeralRequest, SlackBlock, SlackMessageContent, SlackMessageMetadata,
};

use super::render::Message;
use crate::handlers::messenger::Private;

/// The `event_type` of the metadata that carries our keys.
pub(super) const EVENT_TYPE: &str = "attache";

/// Our blocks are complete JSON: slack-morphism passes on what it is not asked to take apart.
pub(super) fn content(message: Message) -> SlackMessageContent {
    let blocks = message.blocks.into_iter().map(SlackBlock::Unknown).collect();
    SlackMessageContent::new().with_text(message.text).with_blocks(blocks)
}

pub(super) fn metadata(key: &str) -> SlackMessageMetadata {
    let payload = HashMap::from([("key".to_owned(), key.to_owned())]);
    SlackMessageMetadata::new(EVENT_TYPE.to_owned()).with_event_payload(payload)
}

pub(super) fn ephemeral(to: &Private, message: Message) -> SlackApiChatPostEphemeralRequest {
    let channel = to.near.channel.as_str().into();
    SlackApiChatPostEphemeralRequest::new(channel, to.to.user.as_str().into(), content(message))
        .opt_thread_ts(to.near.thread.as_deref().map(Into::into))
        .with_parse("none".to_owned())
        .with_link_names(false)
}

pub(super) fn reply(to: &Private, message: &Message) -> Value {
    let mut reply = json!({
        "response_type": "ephemeral",
        "replace_original": false,
        "text": message.text,
        "blocks": message.blocks,
        "unfurl_links": false,
        "unfurl_media": false,
    });
    if let Some(thread) = &to.near.thread {
        reply["thread_ts"] = json!(thread);
    }
    reply
}
