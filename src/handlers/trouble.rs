//! Why a wish was not carried out: two kinds, and what each means for the work in hand.

use std::time::Duration;

use crate::conversation::card::Card;
use crate::drafting::DraftError;
use crate::handlers::blocking::NotComputed;
use crate::handlers::inquiry::Question;
use crate::store;

/// Ends a handler before it is through. Nothing it wrote is kept.
#[derive(Debug)]
pub enum Trouble {
    /// The person can mend it: what happened, what was kept, what to do next. Told privately.
    Mend(Card),
    /// They may not: told privately and audited as a denial.
    Denied { card: Card, what: &'static str },
    /// Ours. The work is tried again; when that is used up they get an apology with a reference.
    Ours(Ours),
}

/// What broke, for the log.
#[derive(Debug, thiserror::Error)]
pub enum Ours {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("the drafter failed: {0}")]
    Draft(#[from] DraftError),
    /// It is not this work's turn: tried again after that long, as if nothing had been.
    #[error("not before {0:?} from now")]
    NotYet(Duration),
    /// The platform must be asked something first: the work is done anew with the answer.
    #[error("the platform must be asked first")]
    Ask(Box<Question>),
    #[error("{0}")]
    Other(String),
}

impl Ours {
    /// Whether the same may succeed later without anybody mending anything in our code.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, Self::Store(error) if error.passes()) || matches!(self, Self::NotYet(_))
    }
}

impl Trouble {
    /// A sentence the person can act on.
    #[must_use]
    pub fn mend(sentence: impl Into<String>) -> Self {
        Self::Mend(Card::sentence(sentence))
    }

    /// Something that must not happen did.
    #[must_use]
    pub fn ours(what: impl Into<String>) -> Self {
        Self::Ours(Ours::Other(what.into()))
    }
}

/// How soon work is tried again for which there was no seat.
const SEAT_REST: Duration = Duration::from_secs(1);

impl From<NotComputed> for Trouble {
    fn from(why: NotComputed) -> Self {
        match why {
            NotComputed::Busy => Self::Ours(Ours::NotYet(SEAT_REST)),
            NotComputed::TooLong | NotComputed::Broken(_) => Self::ours(why.to_string()),
        }
    }
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Self {
        Self::Ours(error.into())
    }
}

pub type Handled<T = ()> = Result<T, Trouble>;
