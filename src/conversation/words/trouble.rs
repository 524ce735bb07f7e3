//! Refusals and apologies.

use super::refusal::{self, Refusal};
use crate::conversation::card::{Card, Run, Text};
use crate::conversation::inbound::{Place, PlaceKind, Platform};
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
    if least_role == "owner" {
        return format!("Only an owner can {wish}. Nothing was changed.");
    }
    format!(
        "You need the role {least_role} or higher to {wish}. Nothing was changed. \
         An owner can give it to you with /strategy members role."
    )
}

/// More requests than one person's are taken.
#[must_use]
pub fn too_fast() -> String {
    "A bit slower, please: that came faster than I take requests from one person, and I did not take \
     it. What I took before is being done. Wait a few seconds and send it again."
        .to_owned()
}

#[must_use]
pub fn outsiders_may_not() -> String {
    "Guests and people of other organisations cannot use the partner strategy. Nothing was changed."
        .to_owned()
}

#[must_use]
pub fn shut_out() -> String {
    "You cannot use the partner strategy of this workspace. Nothing was changed. An owner can let \
     you in again with /strategy members role."
        .to_owned()
}

/// Somebody lacks a right, and there is nobody yet who could give it.
#[must_use]
pub fn no_owner_yet(wish: &str) -> Card {
    let line = format!("Nobody owns this workspace yet, so nobody can let you {wish}.");
    let text = Text::plain(format!("{line} Whoever hosts Attaché becomes the owner with "))
        .and(Run::Code("/strategy claim <code>".to_owned()))
        .and_plain(". The code is in the server's log: it prints a new one whenever it starts without an owner. Nothing was changed.");
    Card::new(text.words()).text(text)
}

/// Who asks is not known while the platform does not answer.
#[must_use]
pub fn cannot_ask(platform: Platform) -> String {
    let platform = platform_name(platform);
    format!(
        "{platform} cannot be asked right now who you are, so nothing was done. Please try again in \
         a moment."
    )
}

fn platform_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Slack => "Slack",
        Platform::Teams => "Teams",
        Platform::Console => "The console",
    }
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
pub fn could_not_post(channel: &Place, reason: &str) -> Card {
    if reason == "no_token" {
        return Card::sentence(
            "I can answer you privately, but not post in channels: the server has no \
             SLACK_BOT_TOKEN. Whoever hosts Attaché can set it.",
        );
    }
    let Refusal { because, next } = refusal::of(reason);
    about("I cannot post in ", channel, &format!(": {because}. {next}"))
}

/// The platform does not let us ask who this is, so nothing is done for them.
#[must_use]
pub fn not_let_in(word: &str) -> String {
    if matches!(word, "user_not_found" | "user_not_visible" | "users_not_found") {
        return "The platform does not tell me who you are, so nothing was done. If you belong to \
                this workspace, please tell whoever hosts Attaché."
            .to_owned();
    }
    let Refusal { because, next } = refusal::of(word);
    format!("I cannot work here at the moment: {because}. Nothing was done. {next}")
}

/// For owners: nobody is answered on this platform until its access is mended. `word` is the
/// platform's own; what it lacks may follow it.
#[must_use]
pub fn platform_ails(platform: Platform, word: &str) -> String {
    let name = match platform {
        Platform::Slack => "Slack",
        Platform::Teams => "Teams",
        Platform::Console => "the console",
    };
    let (word, lacks) = word.split_once(' ').unwrap_or((word, ""));
    let Refusal { because, next } = refusal::of(word);
    let lacks = if lacks.is_empty() { String::new() } else { format!(" ({lacks})") };
    format!("I cannot do my work in {name}: {because}{lacks}. {next}")
}

/// A card that was to show how something ended does not show it yet.
#[must_use]
pub fn shown_later(outcome: &str) -> Card {
    Card::sentence(format!(
        "{outcome} The card does not show it yet, because the platform does not take it at the moment. \
         It will follow by itself."
    ))
}

/// A card that was to show how something ended never will.
#[must_use]
pub fn not_shown(outcome: &str, reason: &str) -> Card {
    let because = refusal::of(reason).because;
    Card::sentence(format!(
        "{outcome} The card cannot show it: {because}. It stands as it was, and its buttons change \
         nothing any more."
    ))
}

/// The channel, as people see it.
#[must_use]
pub fn channel_run(channel: &Place) -> Run {
    match channel.kind {
        PlaceKind::Direct => Run::Plain("your direct chat".to_owned()),
        PlaceKind::Channel | PlaceKind::Group => {
            let name = format!("#{}", channel.channel.trim_start_matches('#'));
            Run::Channel { id: channel.channel.clone(), name }
        }
    }
}

fn about(before: &str, channel: &Place, after: &str) -> Card {
    let text = Text::plain(before).and(channel_run(channel)).and_plain(after);
    Card::new(text.words()).text(text)
}

/// A form that came too late for the platform, or that it would not show.
#[must_use]
pub fn form_not_opened(title: &str, reason: &str) -> Card {
    let Refusal { because, .. } = refusal::of(reason);
    Card::sentence(format!(
        "The form \"{title}\" could not be opened: {because}. Nothing was changed. Press the button \
         again. If that does not help, say in words what you want; /strategy help lists them."
    ))
}

/// A post whose outcome stayed unknown: never sent twice without asking.
#[must_use]
pub fn may_not_be_posted(channel: &Place) -> Card {
    about(
        "I cannot tell whether a message reached ",
        channel,
        ": the connection broke while it was being sent, and I cannot look there. I did not send it \
         again. Please look, and ask again if it is missing.",
    )
}
