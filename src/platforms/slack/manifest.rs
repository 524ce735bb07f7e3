//! What Slack wants to know about the bot: the app manifest, made from the command table.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::limits;
use crate::conversation::command::TABLE;

/// Slack's limit for what it shows behind the command.
const USAGE_HINT: usize = 1_000;
/// Stands in the committed manifest until it is replaced by the host's own address.
pub const EXAMPLE: &str = "https://attache.example.com";

/// Each with its reason in `docs/slack.md`.
pub(super) const SCOPES: [&str; 12] = [
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "users:read",
];

const EVENTS: [&str; 7] = [
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "tokens_revoked",
];

/// The manifest for a server that Slack reaches at `public_url`, which must be `https`.
#[must_use]
pub fn manifest(public_url: &str) -> Value {
    let at = |path: &str| format!("{}/slack/{path}", public_url.trim_end_matches('/'));
    json!({
        "_metadata": { "major_version": 2, "minor_version": 1 },
        "display_information": {
            "name": "Attaché",
            "description": "Keeps your partner strategy where your people already talk",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": false,
                "messages_tab_enabled": true,
                "messages_tab_read_only_enabled": false,
            },
            "bot_user": { "display_name": "Attaché", "always_online": true },
            "slash_commands": [{
                "command": "/strategy",
                "url": at("commands"),
                "description": "Read, change and report on the partner strategy",
                "usage_hint": usage_hint(),
                "should_escape": true,
            }],
        },
        "oauth_config": { "scopes": { "bot": SCOPES } },
        "settings": {
            "event_subscriptions": { "request_url": at("events"), "bot_events": EVENTS },
            "interactivity": { "is_enabled": true, "request_url": at("interactions") },
            "org_deploy_enabled": false,
            "socket_mode_enabled": false,
            "token_rotation_enabled": false,
        },
    })
}

/// The first words of all commands, in the table's order.
fn usage_hint() -> String {
    let mut said = BTreeSet::new();
    let words = TABLE.iter().filter_map(|row| row.name.split(' ').next());
    let words: Vec<_> = words.filter(|word| !word.is_empty() && said.insert(*word)).collect();
    limits::shortened(&format!("[{}]", words.join(" | ")), USAGE_HINT).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_manifest_is_the_one_we_make() {
        let committed: Value =
            serde_json::from_str(include_str!("../../../manifests/slack.json")).unwrap();
        assert_eq!(
            committed,
            manifest(EXAMPLE),
            "write it anew: ATTACHE_PUBLIC_URL={EXAMPLE} attache manifest slack > manifests/slack.json"
        );
    }

    #[test]
    fn every_command_can_be_seen_in_the_hint() {
        let hint = usage_hint();
        for row in TABLE {
            let first = row.name.split(' ').next().unwrap();
            assert!(hint.contains(first), "{first}");
        }
        assert!(limits::length(&hint) < USAGE_HINT);
    }

    #[test]
    fn every_scope_and_every_event_has_its_reason_in_the_guide() {
        let guide = include_str!("../../../docs/slack.md");
        for name in SCOPES.iter().chain(&EVENTS) {
            assert!(guide.contains(&format!("`{name}`")), "docs/slack.md does not explain {name}");
        }
    }

    #[test]
    fn all_addresses_are_on_the_public_host() {
        let made = manifest("https://bot.northwind.example/");
        let url = |path: &str| made.pointer(path).unwrap().as_str().unwrap().to_owned();
        let host = "https://bot.northwind.example/slack";
        assert_eq!(url("/features/slash_commands/0/url"), format!("{host}/commands"));
        assert_eq!(url("/settings/event_subscriptions/request_url"), format!("{host}/events"));
        assert_eq!(url("/settings/interactivity/request_url"), format!("{host}/interactions"));
    }
}
