//! What people do: each posted form becomes an `Inbound` for the door.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::Console;
use super::forms::grouped;
use super::frame::{PlaceView, path};
use super::pages::{ConfirmPage, html};
use super::port::{Body, Channel, NewMessage, View, direct, place};
use super::render::confirm_of;
use super::trouble::Trouble;
use super::visit::{Fields, Posted, Visit};
use crate::conversation::inbound::{Actor, Answer, Inbound, Place, Platform, Said, Standing};
use crate::handlers::door::Received;

/// Longest message, in characters.
const LONGEST: usize = 8_000;

/// How long a browser without script waits for the answer to appear before its page is loaded anew.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// `POST /channels/{channel}`
pub async fn say(
    State(console): State<Arc<Console>>,
    Path(channel): Path<String>,
    Posted { visit, fields }: Posted,
) -> Result<Response, Trouble> {
    let view = View { person: visit.me.id.clone(), channel, thread: None };
    said(&console, &visit, &view, &fields).await
}

/// `POST /channels/{channel}/threads/{root}`
pub async fn reply(
    State(console): State<Arc<Console>>,
    Path((channel, root)): Path<(String, String)>,
    Posted { visit, fields }: Posted,
) -> Result<Response, Trouble> {
    let view = View { person: visit.me.id.clone(), channel, thread: Some(root) };
    said(&console, &visit, &view, &fields).await
}

async fn said(
    console: &Console,
    visit: &Visit,
    view: &View,
    fields: &Fields,
) -> Result<Response, Trouble> {
    console.must_see(view).await?;
    let key = format!("{}:{}", visit.me.id, fields.key()?);
    let text = fields.get("text").trim();
    let length = text.chars().count();
    if !(1..=LONGEST).contains(&length) {
        return Err(Trouble::mend(format!(
            "A message has between 1 and {} characters. Yours has {} and was not sent.",
            grouped(LONGEST),
            grouped(length)
        )));
    }
    let after = console.talk.head().await?;
    let heard = meaning(view, text)?;
    if is_shown(view, heard.as_ref()) {
        show(console, view, text, &key).await?;
    }
    let asked = heard.is_some();
    if let Some(said) = heard {
        hand_over(console, visit, place(&view.channel, view.thread.as_deref()), (key, said))
            .await?;
    }
    Ok(back(console, visit, (view, after), asked).await)
}

/// What was said, for the bot; none when people only talk with each other.
fn meaning(view: &View, text: &str) -> Result<Option<Said>, Trouble> {
    let word = text.split_whitespace().next().unwrap_or_default();
    if word.eq_ignore_ascii_case("/strategy") {
        let rest = text["/strategy".len()..].trim();
        return Ok(Some(Said::Command(rest.to_owned())));
    }
    let name = word.strip_prefix('/').unwrap_or_default();
    if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic()) {
        return Err(Trouble::mend(format!(
            "There is no command {word} here, so nothing was sent. Commands begin with /strategy."
        )));
    }
    if view.thread.is_some() {
        return Ok(Some(Said::Message { text: text.to_owned(), mentioned: false }));
    }
    let own = view.channel == direct(&view.person);
    Ok(own.then(|| Said::Command(text.to_owned())))
}

/// Commands in a channel are between the person and the bot; all else is read by everybody there.
fn is_shown(view: &View, heard: Option<&Said>) -> bool {
    view.channel == direct(&view.person) || !matches!(heard, Some(Said::Command(_)))
}

async fn show(console: &Console, view: &View, text: &str, key: &str) -> Result<(), Trouble> {
    let message = NewMessage {
        id: console.ids.text(),
        channel: view.channel.clone(),
        thread: view.thread.clone(),
        author: Some(view.person.clone()),
        private_to: None,
        body: Body::Words(text.to_owned()),
        file: None,
        key: Some(format!("said:{key}")),
        at: console.clock.now_ms(),
    };
    console.talk.add(&message).await?;
    console.bell.ring();
    Ok(())
}

/// `POST /click`: a press of a button, on a message or on the offer of the first visit.
pub async fn click(
    State(console): State<Arc<Console>>,
    Posted { visit, fields }: Posted,
) -> Result<Response, Trouble> {
    let view = view_of(&visit, &fields);
    console.must_see(&view).await?;
    let key = fields.key()?;
    let button = fields.get("button").to_owned();
    let message = Some(fields.get("message")).filter(|id| !id.is_empty());
    if let Some(id) = message {
        let found = console.talk.message(id, &visit.me.id).await?;
        let found = found.filter(|message| message.channel == view.channel);
        let gone = || Trouble::mend("That message is gone, so nothing was done.");
        let Body::Card(card) = found.ok_or_else(gone)?.body else { return Err(gone()) };
        if let Some(confirm) = confirm_of(&card, &button).filter(|_| fields.get("sure") != "yes") {
            let back = path(&view.channel, view.thread.as_deref());
            let place = PlaceView {
                channel: view.channel,
                thread: view.thread.unwrap_or_default(),
                person: visit.me.id.clone(),
            };
            let (message, key) = (id.to_owned(), key.to_owned());
            return Ok(html(&ConfirmPage { confirm, button, message, key, place, back }));
        }
    }
    let after = console.talk.head().await?;
    let key = format!("{}:{key}", visit.me.id);
    let said = Said::Click { button, message: message.map(str::to_owned) };
    let at = place(&view.channel, view.thread.as_deref());
    hand_over(&console, &visit, at, (key, said)).await?;
    Ok(back(&console, &visit, (&view, after), true).await)
}

/// `POST /dismiss`: a private message is put away by the one who sees it.
pub async fn dismiss(
    State(console): State<Arc<Console>>,
    Posted { visit, fields }: Posted,
) -> Result<Response, Trouble> {
    let view = view_of(&visit, &fields);
    console.must_see(&view).await?;
    console.talk.dismiss(fields.get("message"), &visit.me.id).await?;
    Ok(back(&console, &visit, (&view, 0), false).await)
}

/// `POST /channels`: a new channel, named by the person.
pub async fn add_channel(
    State(console): State<Arc<Console>>,
    Posted { visit, fields }: Posted,
) -> Result<Response, Trouble> {
    let wished = fields.get("name").trim().trim_start_matches('#');
    let id = channel_id(wished).ok_or_else(|| {
        Trouble::mend("A channel's name has 1 to 40 letters, digits or dashes. None was made.")
    })?;
    if !console.company.may_edit(&visit.me.id, "make a channel").await? {
        return Err(Trouble::mend(
            "You need the role member or higher to make a channel. None was made.",
        ));
    }
    let channel = Channel { name: id.clone(), id };
    if !console.talk.add_channel(&channel, console.clock.now_ms()).await? {
        return Err(Trouble::mend(format!("There is a channel {} already.", channel.name)));
    }
    console.bell.ring();
    tracing::info!(channel = channel.id, by = visit.me.id, "a console channel was made");
    Ok(Redirect::to(&path(&channel.id, None)).into_response())
}

fn channel_id(wished: &str) -> Option<String> {
    let id = wished.to_lowercase().replace([' ', '_'], "-");
    let fits = (1..=40).contains(&id.len())
        && !id.starts_with("dm-")
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && id.bytes().any(|b| b != b'-');
    fits.then_some(id)
}

fn view_of(visit: &Visit, fields: &Fields) -> View {
    let thread = Some(fields.get("thread")).filter(|root| !root.is_empty());
    View {
        person: visit.me.id.clone(),
        channel: fields.get("channel").to_owned(),
        thread: thread.map(str::to_owned),
    }
}

/// Hands what was done to the door and maps its verdict.
pub async fn hand_over(
    console: &Console,
    visit: &Visit,
    place: Place,
    (key, said): (String, Said),
) -> Result<(), Trouble> {
    let who = Actor {
        platform: Platform::Console,
        team: place.team.clone(),
        user: visit.me.id.clone(),
        name: Some(visit.me.name.clone()),
        standing: Standing::Full,
    };
    // The tab that asks gets the form, if this brings one about.
    let answer = Answer { url: None, trigger: Some(visit.tab.clone()) };
    let inbound = Inbound { key, at: console.clock.now_ms(), who, place, said, answer };
    if inbound.holds_null() {
        return Err(Trouble::null_character());
    }
    let mut received = console.door.receive(&inbound).await;
    if received == Received::Overloaded {
        // A browser waits longer than the door takes a chat platform to wait.
        received = console.door.receive(&inbound).await;
    }
    match received {
        Received::Accepted | Received::Duplicate => Ok(()),
        Received::Overloaded => Err(Trouble::Overloaded),
        Received::TooFast => Err(Trouble::TooFast),
        Received::Failed(reference) => Err(Trouble::Ours(reference)),
    }
}

/// Script needs no page; other browsers get theirs anew, with the answer on it when it comes soon.
pub async fn back(
    console: &Console,
    visit: &Visit,
    (view, after): (&View, i64),
    asked: bool,
) -> Response {
    if visit.quick {
        return StatusCode::NO_CONTENT.into_response();
    }
    if asked {
        let answer = answered(console, visit, (view, after));
        // Late is not wrong: the page shows what there is, and the rest when it is loaded again.
        let _ = tokio::time::timeout(PATIENCE, answer).await;
    }
    let to = format!("{}#latest", path(&view.channel, view.thread.as_deref()));
    Redirect::to(&to).into_response()
}

async fn answered(console: &Console, visit: &Visit, (view, after): (&View, i64)) {
    loop {
        let news = console.talk.changed(view, after).await.unwrap_or_default();
        let form = console.talk.form_in(&visit.me.id, &visit.tab).await.ok().flatten();
        let said = news.iter().any(|message| message.author.is_none());
        if said || form.is_some_and(|form| form.seq > after) {
            return;
        }
        console.bell.heard(PATIENCE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(channel: &str, thread: Option<&str>) -> View {
        View {
            person: "ana".to_owned(),
            channel: channel.to_owned(),
            thread: thread.map(str::to_owned),
        }
    }

    fn command(text: &str) -> Said {
        Said::Command(text.to_owned())
    }

    #[test]
    fn words_mean_what_their_place_says() {
        let talk = Some(Said::Message { text: "narrow it".to_owned(), mentioned: false });
        assert_eq!(
            meaning(&view("general", None), "/strategy edit icp"),
            Ok(Some(command("edit icp")))
        );
        assert_eq!(meaning(&view("general", None), "/strategy"), Ok(Some(command(""))));
        assert_eq!(meaning(&view("general", None), "/Strategy icp"), Ok(Some(command("icp"))));
        assert_eq!(meaning(&view("general", None), "good morning"), Ok(None));
        assert_eq!(meaning(&view("dm-ana", None), "icp"), Ok(Some(command("icp"))));
        assert_eq!(meaning(&view("dm-ana", None), "/strategy icp"), Ok(Some(command("icp"))));
        assert_eq!(meaning(&view("general", Some("1")), "narrow it"), Ok(talk));
        assert_eq!(meaning(&view("general", Some("1")), "/strategy icp"), Ok(Some(command("icp"))));
    }

    #[test]
    fn a_slip_of_the_command_is_told_and_a_path_is_only_talk() {
        assert!(meaning(&view("general", None), "/stratgy icp").is_err());
        assert_eq!(meaning(&view("general", None), "/srv/data is full"), Ok(None));
        assert_eq!(
            meaning(&view("general", None), "/strategyx"),
            meaning(&view("general", None), "/strategyx")
        );
        assert!(meaning(&view("general", None), "/strategyx").is_err());
    }

    #[test]
    fn commands_in_a_channel_stay_between_person_and_bot() {
        let said = Some(command("icp"));
        assert!(!is_shown(&view("general", None), said.as_ref()));
        assert!(!is_shown(&view("general", Some("1")), said.as_ref()));
        assert!(is_shown(&view("dm-ana", None), said.as_ref()));
        assert!(is_shown(&view("general", None), None));
    }

    #[test]
    fn a_channel_is_named_by_letters_digits_and_dashes() {
        assert_eq!(channel_id("Board Updates").as_deref(), Some("board-updates"));
        for bad in ["", "dm-ana", "---", "a/b", "é", &"x".repeat(41)] {
            assert_eq!(channel_id(bad), None, "{bad}");
        }
    }
}
