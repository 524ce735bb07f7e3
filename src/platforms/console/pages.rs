//! One struct per template of `templates/console`, and nothing else that makes HTML.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::assets::{icon, script, style};
pub use super::frame::Frame;
use super::frame::{MessageView, NavView, PlaceView};
use super::port::Person;
use super::render::{ConfirmView, FormView, KindView, PartView, RunView};

/// A channel, a direct chat or a thread.
#[derive(Template)]
#[template(path = "console/room.html")]
pub struct RoomPage {
    pub nav: NavView,
    pub title: String,
    pub direct: bool,
    /// The channel a thread is in: its address and name.
    pub above: Option<(String, String)>,
    pub root: Option<MessageView>,
    pub messages: Vec<MessageView>,
    /// The address of the messages before these.
    pub earlier: Option<String>,
    /// These are not the newest: the address of those.
    pub newest: Option<String>,
    pub place: PlaceView,
    /// Where its form posts go.
    pub here: String,
    pub after: i64,
    pub key: String,
    pub welcome: Option<WelcomeView>,
    pub form: Option<FormView>,
}

/// The offer of the first visit: a key for each button that this person may press.
pub struct WelcomeView {
    pub sample: Option<String>,
    pub setup: Option<String>,
}

#[derive(Template)]
#[template(path = "console/part_message.html")]
pub struct MessagePart {
    pub message: MessageView,
}

#[derive(Template)]
#[template(path = "console/part_nav.html")]
pub struct NavPart {
    pub nav: NavView,
}

#[derive(Template)]
#[template(path = "console/part_form.html")]
pub struct FormPart {
    pub form: FormView,
}

/// A form on a page of its own, for browsers without script.
#[derive(Template)]
#[template(path = "console/form.html")]
pub struct FormPage {
    pub form: FormView,
}

#[derive(Template)]
#[template(path = "console/confirm.html")]
pub struct ConfirmPage {
    pub confirm: ConfirmView,
    pub button: String,
    pub message: String,
    pub key: String,
    pub place: PlaceView,
    pub back: String,
}

#[derive(Template)]
#[template(path = "console/imports.html")]
pub struct ImportsPage {
    pub nav: NavView,
    pub kinds: Vec<KindOfImport>,
    /// What came of the last file.
    pub result: Vec<PartView>,
    /// It was not taken in.
    pub refused: bool,
    pub place: PlaceView,
}

pub struct KindOfImport {
    pub word: &'static str,
    pub title: &'static str,
    pub about: &'static str,
    /// Pasted text that was refused, to be mended.
    pub kept: String,
    /// What was stated to stand before its decimals.
    pub decimal: String,
}

#[derive(Template)]
#[template(path = "console/pick.html")]
pub struct PickPage {
    pub may_pick: bool,
    pub people: Vec<Person>,
}

#[derive(Template)]
#[template(path = "console/invite.html")]
pub struct InvitePage {
    pub name: String,
    pub token: String,
}

#[derive(Template)]
#[template(path = "console/notice.html")]
pub struct NoticePage {
    pub title: &'static str,
    pub text: String,
}

/// A rendered template; rendering to a string fails only when formatting does.
#[must_use]
pub fn text(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}

#[must_use]
pub fn html(template: &impl Template) -> Response {
    match template.render() {
        Ok(page) => Html(page).into_response(),
        Err(error) => {
            tracing::error!(%error, "a console page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
