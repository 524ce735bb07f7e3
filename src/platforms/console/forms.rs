//! Forms that people have open: sent, put away, or gone on with in another tab.
//!
//! A form belongs to the tab that asked for it. Sending it twice, because the first answer was lost
//! on its way, is heard once and told as it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Console;
use super::frame::Frame;
use super::pages::{FormPage, FormPart, html};
use super::port::{OpenForm, View, direct, place};
use super::render;
use super::trouble::Trouble;
use super::visit::{Fields, Posted, Visit, hash};
use super::webhook::{back, hand_over};
use crate::conversation::form::{FieldError, FieldKind, Form};
use crate::conversation::inbound::Said;

/// `POST /forms/{id}`: the form that the person has open, sent.
pub async fn submit(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    Posted { visit, fields }: Posted,
) -> Result<Response, Trouble> {
    let found = console.talk.form(&id, &visit.me.id).await?;
    let open = found.ok_or_else(no_longer_open)?;
    let view = view_of(&open);
    let (answers, form) = filled_in(&open, &fields);
    let with = hash(&serde_json::to_string(&answers).unwrap_or_default());
    match &open.sent {
        Some(sent) if *sent == with => return Ok(back(&console, &visit, (&view, 0), false).await),
        Some(_) => return Err(taken_otherwise()),
        None => {}
    }
    let mut faults = too_long(&form);
    if faults.is_empty() {
        faults = console.door.form_faults(&open.form.token, &answers);
    }
    if !faults.is_empty() {
        return Ok(to_be_mended(&console, &visit, &OpenForm { form, ..open }, &faults));
    }
    let after = console.talk.head().await?;
    let said = Said::Submitted { form: open.form.token.clone(), fields: answers };
    let key = format!("{}:form-{}", visit.me.id, open.id);
    hand_over(&console, &visit, open.near, (key, said)).await?;
    console.talk.send_form(&open.id, &visit.me.id, &with).await?;
    console.bell.ring();
    Ok(back(&console, &visit, (&view, after), true).await)
}

/// The form as it was filled in, with what is wrong beside its fields.
fn to_be_mended(
    console: &Console,
    visit: &Visit,
    open: &OpenForm,
    faults: &[FieldError],
) -> Response {
    let view = view_of(open);
    let form = render::form(open, faults, Frame::new(console, visit, &view).palette());
    let page = if visit.quick { html(&FormPart { form }) } else { html(&FormPage { form }) };
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// `POST /forms/{id}/cancel`
pub async fn cancel(
    State(console): State<Arc<Console>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let open = console.talk.form(&id, &visit.me.id).await?;
    let near = open.map_or(place(&direct(&visit.me.id), None), |open| open.near);
    console.talk.close_form(&id, &visit.me.id).await?;
    console.bell.ring();
    let view = View { person: visit.me.id.clone(), channel: near.channel, thread: near.thread };
    Ok(back(&console, &visit, (&view, 0), false).await)
}

/// `POST /forms/{id}/continue`: the tab it was opened in is gone, so it goes on in this one.
pub async fn go_on(
    State(console): State<Arc<Console>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    if !console.talk.bring_form(&id, &visit.me.id, &visit.tab).await? {
        let sent = console.talk.form(&id, &visit.me.id).await?.is_some();
        return Err(if sent { Trouble::TakenAlready } else { no_longer_open() });
    }
    console.bell.ring();
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn no_longer_open() -> Trouble {
    Trouble::mend(
        "This form is no longer open, so nothing was sent. Press its button again to open it anew.",
    )
}

fn taken_otherwise() -> Trouble {
    Trouble::mend(
        "This form was taken as you sent it first. What you changed in it since then was not; press its button again to change more.",
    )
}

fn view_of(open: &OpenForm) -> View {
    View {
        person: open.person.clone(),
        channel: open.near.channel.clone(),
        thread: open.near.thread.clone(),
    }
}

/// The answers by field, and the form with them filled in. Only fields of the form are taken; a
/// choice that was not offered counts as none. Each field's `longest` is how long its answer may be.
fn filled_in(open: &OpenForm, fields: &Fields) -> (BTreeMap<String, String>, Form) {
    let mut form = open.form.clone();
    for field in &mut form.fields {
        field.longest = field.room();
        fields.get(&format!("field.{}", field.name)).clone_into(&mut field.value);
        if let FieldKind::Choice(options) = &field.kind
            && !options.iter().any(|(value, _)| *value == field.value)
        {
            field.value.clear();
        }
    }
    let answers = form.fields.iter().map(|field| (field.name.clone(), field.value.clone()));
    (answers.collect(), form)
}

/// Answers that are too long are named, never cut.
fn too_long(form: &Form) -> Vec<FieldError> {
    let long = form.fields.iter().filter_map(|field| {
        let (given, most) = (field.value.chars().count(), field.longest);
        (given > most).then(|| FieldError {
            field: field.name.clone(),
            text: format!(
                "This takes at most {} characters; there are {}.",
                grouped(most),
                grouped(given)
            ),
        })
    });
    long.collect()
}

/// `2,000`
#[must_use]
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}
