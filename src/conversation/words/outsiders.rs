//! Channels in which people outside of the organisation read along.

use super::trouble::channel_run;
use crate::conversation::card::{Card, Text};
use crate::conversation::inbound::Place;

const ALLOW: &str = "An owner can allow this channel with /strategy settings channel allow.";

fn because(channel: &Place, why: &str) -> Text {
    if why == "readers_unknown" {
        return Text::plain("I cannot find out who reads in ").and(channel_run(channel));
    }
    Text::plain("Guests or people of other organisations read in ").and(channel_run(channel))
}

/// What was asked for comes to the person alone.
#[must_use]
pub fn privately(channel: &Place, why: &str) -> Card {
    let text = because(channel, why).and_plain(format!(", so I answer you alone. {ALLOW}"));
    Card::new(text.words()).text(text)
}

/// A schedule that posts there rests.
#[must_use]
pub fn suspended(channel: &Place, why: &str) -> Card {
    let text = because(channel, why).and_plain(format!(
        ", so the scheduled report was not posted there, and its schedule is paused. {ALLOW} Then \
         resume it: /strategy schedules lists it."
    ));
    Card::new(text.words()).text(text)
}

#[must_use]
pub fn allowed(channel: &str) -> String {
    format!("Guests and people of other organisations in {channel} may read what I post there.")
}

#[must_use]
pub fn denied(channel: &str) -> String {
    format!(
        "While guests or people of other organisations read in {channel}, I post nothing there."
    )
}

#[must_use]
pub fn which() -> String {
    "Say which channel: /strategy settings channel allow #partners. Nothing was changed.".to_owned()
}

#[must_use]
pub fn no_such_channel(typed: &str) -> String {
    format!(
        "There is no channel {typed} that I can see. Invite me there first. Nothing was changed."
    )
}

#[must_use]
pub fn cannot_look(typed: &str) -> String {
    format!(
        "The channel {typed} cannot be looked up right now. Nothing was changed. Please try again in \
         a moment, or say it in the channel itself."
    )
}

/// A line of the settings: where outsiders may read.
#[must_use]
pub fn line(channels: &[String]) -> String {
    format!("Channels where people outside may read along: {}", super::list(channels))
}
