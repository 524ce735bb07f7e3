//! What a handler needs to know from its platform before it can go on.
//!
//! A handler works inside a transaction, and no call to the outside is made in one. So it stops with
//! its question; the question is asked with no transaction open, and the work is done anew with the
//! answer at hand.

use std::collections::BTreeMap;

use crate::conversation::inbound::Actor;
use crate::handlers::context::Context;
use crate::handlers::messenger::{Profile, SendError};
use crate::handlers::trouble::{Handled, Ours, Trouble};

/// How many questions one request may ask.
pub const MOST: usize = 4;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Who is that?
    Person(Actor),
}

/// The answers so far.
#[derive(Debug, Default)]
pub struct Told {
    people: BTreeMap<Actor, Result<Profile, SendError>>,
}

impl Told {
    /// What the platform says about somebody; asked first when it is not known yet.
    pub fn person(&self, who: &Actor) -> Handled<Result<Profile, SendError>> {
        let known = self.people.get(who).cloned();
        known.ok_or_else(|| Trouble::Ours(Ours::Ask(Box::new(Question::Person(who.clone())))))
    }

    /// Asks the platform, which may take a while.
    pub async fn ask(&mut self, cx: &Context, question: Question) {
        match question {
            Question::Person(who) => {
                let answer = match cx.messengers.get(&who.platform) {
                    Some(messenger) => messenger.about(&who).await,
                    None => Err(SendError::CannotLook("this platform is not set up".to_owned())),
                };
                self.people.insert(who, answer);
            }
        }
    }
}
