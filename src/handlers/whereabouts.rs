//! The channel that a request is about, as its platform knows it: asked before the transaction opens.

use crate::conversation::button::Click;
use crate::conversation::command::{self, Command};
use crate::conversation::inbound::{Inbound, PlaceKind, Said};
use crate::handlers::context::Context;
use crate::handlers::messenger::{Channel, SendError, Sought};
use crate::schedules::{Target, read_target};

/// What became of the question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Whereabouts {
    /// The request is about no channel, or about a direct chat.
    #[default]
    NotAsked,
    Known(Channel),
    /// There is none that we can see.
    NotThere,
    /// The platform does not let us ask, or cannot be asked just now where that does no harm; its id,
    /// where the request says it.
    CannotTell(Option<String>),
}

/// A channel that a request names, or the one it was made in.
struct Wanted {
    target: Target,
    /// Whether nothing can be done without an answer.
    needed: bool,
}

/// Asks the platform about the channel of a request that needs to know it.
pub async fn of(cx: &Context, inbound: &Inbound) -> Result<Whereabouts, SendError> {
    let (Some(wanted), Some(messenger)) =
        (wanted(inbound), cx.messengers.get(&inbound.place.platform))
    else {
        return Ok(Whereabouts::NotAsked);
    };
    let sought = match &wanted.target {
        Target::Here => Sought::Id(&inbound.place.channel),
        Target::Id { id, .. } => Sought::Id(id),
        Target::Name(name) => Sought::Name(name),
    };
    match messenger.channel(sought).await {
        Ok(Some(channel)) => Ok(Whereabouts::Known(channel)),
        Ok(None) => Ok(Whereabouts::NotThere),
        Err(SendError::Refused(word)) => {
            tracing::warn!(word, "a channel could not be asked about");
            Ok(Whereabouts::CannotTell(id_in(sought)))
        }
        Err(_) if !wanted.needed => Ok(Whereabouts::CannotTell(id_in(sought))),
        Err(error) => Err(error),
    }
}

fn id_in(sought: Sought<'_>) -> Option<String> {
    match sought {
        Sought::Id(id) => Some(id.to_owned()),
        Sought::Name(_) => None,
    }
}

fn wanted(inbound: &Inbound) -> Option<Wanted> {
    let direct = inbound.place.kind == PlaceKind::Direct;
    let wanted = match &inbound.said {
        Said::Command(text) => of_words(text)?,
        Said::Message { text, mentioned } if *mentioned || direct => of_words(text)?,
        Said::Click { button, .. } => match Click::read(button)? {
            Click::QuarterlyReport | Click::PostReport(_) => {
                Wanted { target: Target::Here, needed: false }
            }
            _ => return None,
        },
        _ => return None,
    };
    (!direct || wanted.target != Target::Here).then_some(wanted)
}

fn of_words(text: &str) -> Option<Wanted> {
    match command::parse(text).ok()? {
        Command::Schedule(text) => {
            let target = read_target(&text).ok()?;
            Some(Wanted { target, needed: true })
        }
        Command::Report { .. } => Some(Wanted { target: Target::Here, needed: false }),
        _ => None,
    }
}
