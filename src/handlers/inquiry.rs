//! What a handler needs to know from its platform before it can go on.
//!
//! A handler works inside a transaction, and no call to the outside is made in one. So it stops with
//! its question; the question is asked with no transaction open, and the work is done anew with the
//! answer at hand.

use std::collections::BTreeMap;

use crate::conversation::inbound::{Actor, Platform};
use crate::handlers::context::Context;
use crate::handlers::messenger::{Channel, Messenger, Profile, SendError, Sought};
use crate::handlers::trouble::{Handled, Ours, Trouble};

/// How many questions one request may ask.
pub const MOST: usize = 4;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Who is that?
    Person(Actor),
    /// Which channel is that?
    Channel(Wanted),
}

/// How a channel is asked for: by the platform's id, or by its name without a `#`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    Id(Platform, String),
    Name(Platform, String),
}

/// The answers so far.
#[derive(Debug, Default)]
pub struct Told {
    people: BTreeMap<Actor, Result<Profile, SendError>>,
    channels: BTreeMap<Wanted, Result<Option<Channel>, SendError>>,
}

impl Told {
    /// What the platform says about somebody; asked first when it is not known yet.
    pub fn person(&self, who: &Actor) -> Handled<Result<Profile, SendError>> {
        let known = self.people.get(who).cloned();
        known.ok_or_else(|| Trouble::Ours(Ours::Ask(Box::new(Question::Person(who.clone())))))
    }

    /// What the platform says about a channel; asked first when it is not known yet.
    pub fn channel(&self, wanted: &Wanted) -> Handled<Result<Option<Channel>, SendError>> {
        let known = self.channels.get(wanted).cloned();
        known.ok_or_else(|| Trouble::Ours(Ours::Ask(Box::new(Question::Channel(wanted.clone())))))
    }

    /// Asks the platform, which may take a while.
    pub async fn ask(&mut self, cx: &Context, question: Question) {
        match question {
            Question::Person(who) => {
                let answer = match messenger(cx, who.platform) {
                    Ok(messenger) => messenger.about(&who).await,
                    Err(error) => Err(error),
                };
                self.people.insert(who, answer);
            }
            Question::Channel(wanted) => {
                let (platform, sought) = match &wanted {
                    Wanted::Id(platform, id) => (*platform, Sought::Id(id)),
                    Wanted::Name(platform, name) => (*platform, Sought::Name(name)),
                };
                let answer = match messenger(cx, platform) {
                    Ok(messenger) => messenger.channel(sought).await,
                    Err(error) => Err(error),
                };
                self.channels.insert(wanted, answer);
            }
        }
    }
}

fn messenger(cx: &Context, platform: Platform) -> Result<&dyn Messenger, SendError> {
    let known = cx.messengers.get(&platform).map(AsRef::as_ref);
    known.ok_or_else(|| SendError::CannotLook("this platform is not set up".to_owned()))
}
