//! What a platform's refusals mean for people: its own word is for the log.

/// Why something was not taken, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Goes on after "I could not …: ".
    pub because: &'static str,
    /// A sentence or two.
    pub next: &'static str,
}

/// A word that stands for none of these, said of a platform that we know too little of.
const OTHER: Refusal = Refusal {
    because: "the platform would not take it",
    next: "Please try again; if it happens again, tell whoever hosts Attaché, whose log says why.",
};

const TOKEN: Refusal = Refusal {
    because: "the platform does not accept my access any more",
    next: "Whoever hosts Attaché must install the app again and set the new token.",
};
const PERMISSION: Refusal = Refusal {
    because: "the app has not been given the permission that this needs",
    next: "Whoever hosts Attaché must install it again with the permissions of its manifest.",
};
const OTHER_TEAM: Refusal = Refusal {
    because: "my access is to another team than the one that is linked",
    next: "Whoever hosts Attaché must set the token of the linked team.",
};
const RESTRICTED: Refusal = Refusal {
    because: "your organisation's settings do not let me do this there",
    next: "Ask in another channel, or have an administrator of the workspace allow it.",
};
const NOT_A_MEMBER: Refusal = Refusal {
    because: "I am not a member there",
    next: "Invite me with /invite @Attaché, then ask again. Nothing was lost.",
};
const NO_CHANNEL: Refusal = Refusal {
    because: "there is no such channel, or I am not a member of it",
    next: "Make it or invite me, then ask again. Nothing was lost.",
};
const OUTSIDERS: Refusal = Refusal {
    because: "guests or people of other organisations read there",
    next: "An owner can allow the channel with /strategy settings channel allow.",
};
const UNKNOWN_READERS: Refusal = Refusal {
    because: "I cannot find out who reads there",
    next: "Whoever hosts Attaché can install the app again with the permissions of its manifest, or an \
           owner can allow the channel with /strategy settings channel allow.",
};
const ARCHIVED: Refusal = Refusal {
    because: "the channel is archived",
    next: "Ask in another channel, or have it opened again.",
};
const GONE: Refusal = Refusal {
    because: "the message is not there any more",
    next: "Ask again, and a new one is posted.",
};
const NOT_OURS: Refusal = Refusal {
    because: "the message cannot be changed any more",
    next: "Ask again, and a new one is posted.",
};
const NO_THREAD: Refusal = Refusal {
    because: "its thread is not there any more, or takes no replies",
    next: "Ask again at the top of the channel.",
};
const TOO_LONG: Refusal = Refusal {
    because: "it is too long for the platform, however much I shorten it",
    next: "Ask for a smaller part of it, such as one section or one field.",
};
const TOO_LARGE: Refusal = Refusal {
    because: "it is too large for the platform",
    next: "Say in words what you want; /strategy help lists them.",
};
const NO_PERSON: Refusal = Refusal {
    because: "the platform does not let me write to that person",
    next: "Ask in a channel that I am a member of.",
};
const NO_FILES: Refusal = Refusal {
    because: "files like this are not allowed in the workspace",
    next: "The deck is kept: ask for the report where files are allowed, or have them allowed.",
};
const FULL: Refusal = Refusal {
    because: "the workspace has no room left for files",
    next: "The deck is kept: make room, then ask for the report again.",
};
const BUSY: Refusal = Refusal {
    because: "the platform did not take it, however often I tried",
    next: "Please ask again later.",
};
const LATE: Refusal =
    Refusal { because: "it took too long to get there", next: "Please ask again." };
const NO_DECK: Refusal = Refusal {
    because: "the stored deck cannot be read any more",
    next: "Make the report again with /strategy report quarterly.",
};
const OURS: Refusal = Refusal {
    because: "I made something that the platform does not understand",
    next: "That is a fault of mine: please tell whoever hosts Attaché, whose log says which.",
};
const REMOVED: Refusal = Refusal {
    because: "the app was removed from the workspace",
    next: "Install it again, and ask again.",
};
const NOT_SET_UP: Refusal = Refusal {
    because: "this platform is not set up on the server",
    next: "Whoever hosts Attaché can set it up.",
};

/// What each word means. A platform's and our own stand in one table: none is in both.
const MEANINGS: &[(&[&str], Refusal)] = &[
    (
        &[
            "token_revoked",
            "token_expired",
            "account_inactive",
            "invalid_auth",
            "not_authed",
            "app_missing_action_url",
            "org_login_required",
            "two_factor_setup_required",
            "http_401",
        ],
        TOKEN,
    ),
    (&["other_team"], OTHER_TEAM),
    (&["missing_scope", "no_permission", "not_allowed_token_type", "http_403"], PERMISSION),
    (
        &[
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "restricted_action_thread_locked",
            "restricted_action_non_threadable_channel",
            "posting_to_general_channel_denied",
            "posting_to_channel_denied",
            "ekm_access_denied",
            "access_denied",
            "accesslimited",
            "enterprise_is_restricted",
            "team_access_not_granted",
            "team_added_to_org",
            "not_allowed",
            "external_channel_migrating",
            "slack_connect_file_link_sharing_blocked",
            "slack_connect_canvas_sharing_blocked",
            "file_share_limited",
            "messages_tab_disabled",
        ],
        RESTRICTED,
    ),
    (&["not_in_channel"], NOT_A_MEMBER),
    (&["channel_not_found", "invalid_channel", "channel_type_not_supported"], NO_CHANNEL),
    (&["outsiders_read"], OUTSIDERS),
    (&["readers_unknown"], UNKNOWN_READERS),
    (&["is_archived", "channel_is_archived"], ARCHIVED),
    (&["message_not_found"], GONE),
    (
        &[
            "cant_update_message",
            "edit_window_closed",
            "update_failed",
            "is_inactive",
            "cant_broadcast_message",
        ],
        NOT_OURS,
    ),
    (&["thread_not_found", "cannot_reply_to_message"], NO_THREAD),
    (
        &[
            "msg_too_long",
            "msg_blocks_too_long",
            "too_many_attachments",
            "message_too_long",
            "metadata_too_large",
            "http_413",
        ],
        TOO_LONG,
    ),
    (
        &[
            "view_too_large",
            "form_field_value_too_long",
            "form_has_too_many_fields",
            "form_choice_not_usable",
        ],
        TOO_LARGE,
    ),
    (
        &[
            "user_not_in_channel",
            "user_not_found",
            "users_not_found",
            "user_disabled",
            "cannot_dm_bot",
            "user_not_visible",
            "no_dual_broadcast_content_update",
        ],
        NO_PERSON,
    ),
    (
        &[
            "blocked_file_type",
            "file_uploads_disabled",
            "file_uploads_except_images_disabled",
            "file_upload_size_restricted",
            "file_type_not_supported",
            "file_sharing_disabled",
            "malware_detected",
            "unknown_subtype",
        ],
        NO_FILES,
    ),
    (&["storage_limit_reached", "over_file_limit", "file_too_large"], FULL),
    (&[TRIED_TOO_OFTEN, "ratelimited", "rate_limited", "message_limit_exceeded"], BUSY),
    (&["too late", "its time has passed"], LATE),
    (&["unreadable_deck", "the report is gone", "file_not_found", "file_deleted"], NO_DECK),
    (
        &[
            "invalid_blocks",
            "invalid_blocks_format",
            "invalid_arguments",
            "invalid_array_arg",
            "invalid_attachments",
            "invalid_charset",
            "invalid_form_data",
            "invalid_json",
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "invalid_post_type",
            "block_mismatch",
            "no_text",
            "missing_post_type",
            "http_400",
            "button_value_too_long",
            "form_token_too_long",
            "form_field_name_not_usable",
            "upload_address_not_slacks",
        ],
        OURS,
    ),
    (&["this platform is not set up here"], NOT_SET_UP),
    (&["app_removed"], REMOVED),
];

/// How the engine calls what it gave up.
const TRIED_TOO_OFTEN: &str = "it was tried too often";

/// What this word means.
#[must_use]
pub fn of(word: &str) -> Refusal {
    let known = MEANINGS.iter().find(|(words, _)| words.contains(&word));
    known.map_or(OTHER, |(_, refusal)| *refusal)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_word_of_a_platform_s_is_shown_to_people() {
        let mut words = BTreeSet::new();
        for (known, refusal) in MEANINGS {
            for word in *known {
                assert!(words.insert(*word), "{word} stands there twice");
                assert_eq!(of(word), *refusal);
            }
            for text in [refusal.because, refusal.next] {
                assert!(!text.contains('_'), "{text}");
            }
            assert!(!refusal.because.ends_with('.') && refusal.next.ends_with('.'));
        }
        assert_eq!(of("a_word_of_next_year"), OTHER);
        assert_eq!(of("unreadable: expected value"), OTHER);
    }
}
