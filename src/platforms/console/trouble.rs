//! What the console says when it cannot do what a browser asked.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::pages::{NoticePage, html};
use super::port::PortError;
use crate::conversation::words;

/// Why a request is not answered as asked. The sentence of each says what happened, what was kept
/// and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody is signed in: they are shown where to.
    SignIn,
    /// A page that was made for one person, in a browser where now another is signed in.
    OtherPerson {
        page: String,
        now: String,
    },
    ForeignHost,
    ForeignOrigin,
    NotFound,
    TooLarge,
    /// The person can mend it.
    Mend(String),
    /// The link was used, is too old, or was never ours.
    SpentLink,
    PickingIsOff,
    /// A form that is asked for again after it was sent.
    TakenAlready,
    /// Refused before anything was written.
    Overloaded,
    /// This person asks faster than is taken.
    TooFast,
    /// Ours; logged once under this reference.
    Ours(u32),
}

impl Trouble {
    #[must_use]
    pub fn mend(text: impl Into<String>) -> Self {
        Self::Mend(text.into())
    }

    /// No person types one, and `PostgreSQL` does not keep it.
    #[must_use]
    pub fn null_character() -> Self {
        Self::mend("Null characters are not taken, so nothing was done. Please leave them out.")
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::OtherPerson { .. } => StatusCode::CONFLICT,
            Self::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            Self::ForeignOrigin | Self::PickingIsOff => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Mend(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::SpentLink | Self::TakenAlready => StatusCode::GONE,
            Self::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooFast => StatusCode::TOO_MANY_REQUESTS,
            Self::Ours(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::SignIn => "Please sign in",
            Self::OtherPerson { .. } => "Somebody else is signed in",
            Self::ForeignHost => "Not an address of this console",
            Self::ForeignOrigin => "Refused",
            Self::NotFound => "Nothing here",
            Self::TooLarge => "Too large",
            Self::Mend(_) => "Not done",
            Self::SpentLink => "This link does not sign you in",
            Self::PickingIsOff => "A sign-in link is needed",
            Self::TakenAlready => "Taken already",
            Self::Overloaded => "Very busy",
            Self::TooFast => "A bit slower",
            Self::Ours(_) => "Sorry",
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::SignIn => "You are signed out. Nothing was done. Sign in and try again.".to_owned(),
            Self::OtherPerson { page, now } => format!(
                "This browser is signed in as {now} now, and this page is {page}'s. Nothing was done, and what was typed here is kept for {page}. Load the page again to go on as {now}, or sign in as {page}."
            ),
            Self::ForeignHost => "The console answers on this machine's own address and on its public address. Whoever hosts Attaché can set that with ATTACHE_PUBLIC_URL.".to_owned(),
            Self::ForeignOrigin => "This request came from another site, so nothing was done.".to_owned(),
            Self::NotFound => "There is no such page, or it is not for you.".to_owned(),
            Self::TooLarge => "That is more than the console takes at once. Nothing was done. Send less, or split it.".to_owned(),
            Self::Mend(text) => text.clone(),
            Self::SpentLink => "It was used already, or it is too old. Ask whoever hosts Attaché for a new one.".to_owned(),
            Self::PickingIsOff => "People are picked only at the machine that runs Attaché. Elsewhere a one-time sign-in link is needed; whoever hosts Attaché can print one.".to_owned(),
            Self::TakenAlready => "This form arrived when you sent it, and was taken. There is nothing left to send.".to_owned(),
            Self::Overloaded => "Attaché is very busy and did not take this. Nothing was changed. Please send it again in a moment.".to_owned(),
            Self::TooFast => words::trouble::too_fast(),
            Self::Ours(reference) => format!(
                "Something went wrong on our side and this was not done. Please try again; if it happens again, tell whoever hosts Attaché the reference {reference:08x}."
            ),
        }
    }
}

impl From<PortError> for Trouble {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Busy => Self::Overloaded,
            PortError::Ours(reference) => Self::Ours(reference),
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let page = NoticePage { title: self.title(), text: self.sentence() };
        let mut response = (self.status(), html(&page)).into_response();
        if matches!(self, Self::Overloaded | Self::TooFast) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

/// A signed-out visitor of a page is sent to the door instead of being told off.
#[must_use]
pub fn to_the_door(trouble: Trouble) -> Response {
    match trouble {
        Trouble::SignIn => Redirect::to("/sign-in").into_response(),
        other => other.into_response(),
    }
}
