//! Refusals and apologies.

use crate::strategy::address::SectionAddress;

/// Ours: nothing is lost, and the reference finds the log line.
#[must_use]
pub fn our_fault(reference: u32) -> String {
    format!(
        "Sorry, something went wrong on our side and this was not done. Nothing was changed. \
         Please try again; if it happens again, tell whoever hosts Attaché the reference {reference:08x}."
    )
}

#[must_use]
pub fn not_allowed(wish: &str, least_role: &str) -> String {
    format!(
        "You need the role {least_role} or higher to {wish}. Nothing was changed. \
         An owner can give it to you with /strategy members role."
    )
}

#[must_use]
pub fn outsiders_may_not() -> String {
    "Guests and people of other organisations cannot use the partner strategy. Nothing was changed."
        .to_owned()
}

#[must_use]
pub fn retired_button() -> String {
    "This button belongs to an older version and does nothing any more. Type /strategy to see \
     where things stand."
        .to_owned()
}

#[must_use]
pub fn no_workspace_linked() -> String {
    "This team is not linked to a workspace yet. Whoever hosts Attaché can link it.".to_owned()
}

#[must_use]
pub fn never_written(section: SectionAddress) -> String {
    format!(
        "{} is not written yet. Write it first with /strategy generate {section}.",
        section.title()
    )
}

#[must_use]
pub fn not_set_up() -> String {
    "There are no setup answers yet, so there is nothing to write from. Start with /strategy setup."
        .to_owned()
}

/// The platform would not take a post that this person asked for.
#[must_use]
pub fn could_not_post(channel: &str, reason: &str) -> String {
    match reason {
        "not_in_channel" | "channel_not_found" => format!(
            "I cannot post in {channel}: I am not a member there. Invite me with /invite @Attaché, \
             then ask again. Nothing was lost."
        ),
        "is_archived" => format!("I cannot post in {channel}: the channel is archived."),
        "no_token" => "I can answer you privately, but not post in channels: the server has no \
                       SLACK_BOT_TOKEN. Whoever hosts Attaché can set it."
            .to_owned(),
        other => format!("I could not post in {channel}: the platform answered {other}."),
    }
}

/// A post whose outcome stayed unknown: never sent twice without asking.
#[must_use]
pub fn may_not_be_posted(channel: &str, what: &str) -> String {
    format!(
        "I cannot tell whether {what} reached {channel}: the connection broke while it was being \
         sent, and I cannot look there. I did not send it again. Please look, and ask again if it \
         is missing."
    )
}
