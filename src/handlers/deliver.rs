//! One row of the outbox on its way: hands the effect to its platform and says how it went.

use futures_util::future::BoxFuture;

use crate::conversation::card::Card;
use crate::conversation::inbound::{Actor, Platform};
use crate::conversation::outgoing::{Asked, Effect, MessageRef, Subject};
use crate::conversation::words;
use crate::handlers::context::Context;
use crate::handlers::deliveries::{self, Ended};
use crate::handlers::desk::Desk;
use crate::handlers::edit;
use crate::handlers::messenger::{Attachment, Messenger, Notes, Private, SendError, Trace};
use crate::handlers::proposal_card;
use crate::handlers::trouble::{Handled, Trouble};
use crate::handlers::{outsiders, report, schedule_run, suspension};
use crate::ids::WorkspaceId;
use crate::jobs::{Found, SendOutcome};
use crate::store::deliveries::Deck;
use crate::store::outbox::OutboxRow;
use crate::store::{self, Tx, outbox, places, reports};
use crate::telemetry;

/// Sends it. Never twice what must not be doubled: the engine calls this once per claim.
pub async fn send(cx: &Context, row: &OutboxRow) -> SendOutcome {
    let effect: Effect = match serde_json::from_str(&row.payload) {
        Ok(effect) => effect,
        Err(error) => return SendOutcome::Refused(format!("unreadable: {error}")),
    };
    let Some(messenger) = cx.messengers.get(&platform(&effect)) else {
        return SendOutcome::Refused("this platform is not set up here".to_owned());
    };
    match is_unwanted(cx, row, &effect).await {
        Ok(false) => {}
        Ok(true) => return SendOutcome::Refused(REMOVED.to_owned()),
        Err(error) => return SendOutcome::NotSent(error.to_string()),
    }
    let sent = match outsiders::kept_out(cx, messenger.as_ref(), (row, &effect)).await {
        Ok(()) => carry_out(cx, messenger.as_ref(), row, &effect).await,
        Err(error) => Err(error),
    };
    match sent {
        Ok(message) => SendOutcome::Sent { message_ref: message },
        Err(SendError::Later(wait)) => SendOutcome::Later(wait),
        Err(SendError::Refused(why)) => SendOutcome::Refused(why),
        Err(SendError::Expired) => SendOutcome::Refused("too late".to_owned()),
        Err(SendError::NotSent(why)) => SendOutcome::NotSent(why),
        Err(SendError::Failed(why)) => SendOutcome::Failed(why),
        Err(error @ (SendError::Unknown(_) | SendError::CannotLook(_))) => {
            SendOutcome::Unknown(error.to_string())
        }
    }
}

/// Why nothing is sent to a team that removed the app.
const REMOVED: &str = "app_removed";

/// Whether its team has removed the app. An answer at the address of a request goes where that came
/// from, also to a team that is not linked.
async fn is_unwanted(cx: &Context, row: &OutboxRow, effect: &Effect) -> store::Result<bool> {
    let place = match effect {
        Effect::Post { to, .. } | Effect::Attach { to, .. } => to,
        Effect::Update { message, .. } => &message.place,
        Effect::Open { .. } => return Ok(false),
        Effect::Whisper { asked, .. } if asked.answer.url.is_some() => return Ok(false),
        Effect::Whisper { asked, .. } => &asked.near,
    };
    let workspace = WorkspaceId::from_stored(row.workspace_id.clone());
    let mut reader = cx.store.reader().await?;
    suspension::holds(&mut reader, &workspace, place).await
}

/// Why a deck that does not read is not sent.
const UNREADABLE: &str = "unreadable_deck";

async fn carry_out(
    cx: &Context,
    messenger: &dyn Messenger,
    row: &OutboxRow,
    effect: &Effect,
) -> Result<String, SendError> {
    match effect {
        Effect::Post { to, card, .. } => {
            messenger.post(&row.dedup_key, to, card).await.map(|place| stored(&place))
        }
        Effect::Update { message, card, .. } => {
            messenger.update(message, card).await.map(|()| stored(message))
        }
        Effect::Whisper { asked, card } => {
            messenger.whisper(&private(asked), card).await.map(|()| String::new())
        }
        Effect::Open { asked, form } => {
            messenger.open(&private(asked), form).await.map(|()| String::new())
        }
        Effect::Attach { to, report, comment, .. } => {
            let (file, bytes) = deck(cx, row, report).await?;
            let attachment = Attachment {
                key: &row.dedup_key,
                report,
                to,
                file_name: &file.file_name,
                title: &file.title,
                comment,
                bytes: &bytes,
                earlier: row.message_ref.as_deref(),
            };
            let notes = RowNotes { cx, id: &row.id };
            messenger.attach(&attachment, &notes).await.map(|place| stored(&place))
        }
    }
}

fn private(asked: &Asked) -> Private<'_> {
    Private { to: &asked.who, near: &asked.near, answer: &asked.answer }
}

fn stored(message: &MessageRef) -> String {
    serde_json::to_string(message).unwrap_or_default()
}

async fn deck(
    cx: &Context,
    row: &OutboxRow,
    report: &crate::ids::ReportId,
) -> Result<(reports::StoredReport, Vec<u8>), SendError> {
    let workspace = WorkspaceId::from_stored(row.workspace_id.clone());
    let read = async {
        let mut reader = cx.store.reader().await?;
        let about = reports::get(&mut reader, &workspace, report).await?;
        let bytes = reports::deck(&mut reader, &workspace, report).await?;
        Ok::<_, crate::store::Error>(about.zip(bytes))
    };
    match read.await {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(SendError::Refused("the report is gone".to_owned())),
        Err(error) if error.passes() => Err(SendError::NotSent(error.to_string())),
        // Waiting mends nothing, and would keep the whole channel waiting.
        Err(error) => {
            telemetry::reference(&error, "a stored deck does not read");
            Err(SendError::Refused(UNREADABLE.to_owned()))
        }
    }
}

/// Looks for a post whose outcome nobody knows.
pub async fn find(cx: &Context, row: &OutboxRow) -> Found {
    let Ok(effect) = serde_json::from_str::<Effect>(&row.payload) else {
        return Found::CannotLook("unreadable".to_owned());
    };
    let (Some(messenger), Effect::Post { to, .. } | Effect::Attach { to, .. }) =
        (cx.messengers.get(&platform(&effect)), &effect)
    else {
        return Found::CannotLook("nothing to look for".to_owned());
    };
    let since = row.tried_at.unwrap_or(row.created_at);
    let trace = Trace { key: &row.dedup_key, to, since, note: row.message_ref.as_deref() };
    match messenger.find(&trace).await {
        Ok(Some(message)) => Found::Sent { message_ref: stored(&message) },
        Ok(None) => Found::NotThere,
        Err(error @ (SendError::Refused(_) | SendError::Expired | SendError::CannotLook(_))) => {
            Found::CannotLook(error.to_string())
        }
        Err(error) => Found::Later(error.to_string()),
    }
}

/// The platform has it: its place is remembered, and what was waiting for the place goes on.
pub async fn sent(cx: &Context, tx: &mut Tx, row: &OutboxRow, message: &str) -> Handled {
    let (of, asked) = match serde_json::from_str::<Effect>(&row.payload) {
        Ok(Effect::Post { of, asked, .. }) => (of, asked),
        Ok(Effect::Attach { report, .. }) => {
            let workspace = WorkspaceId::from_stored(row.workspace_id.clone());
            return Ok(store::deliveries::set_deck(tx, &workspace, &report, &Deck::Sent).await?);
        }
        _ => return Ok(()),
    };
    let Ok(message) = serde_json::from_str::<MessageRef>(message) else {
        return Err(Trouble::ours("a sent message without a place"));
    };
    let workspace = WorkspaceId::from_stored(row.workspace_id.clone());
    if !matches!(of, Subject::Nothing | Subject::Proposal(_)) {
        places::remember(tx, &workspace, &of, &message).await?;
    }
    match of {
        Subject::Proposal(id) => proposal_card::posted(cx, tx, &workspace, (&id, &message)).await,
        Subject::Thread(thread) => {
            edit::bound(cx, tx, &workspace, (&thread, &message), asked).await
        }
        Subject::Report(report) => {
            let key = (row.dedup_key.as_str(), asked);
            report::posted(cx, tx, &workspace, (&report, &message), key).await
        }
        Subject::Nothing => Ok(()),
    }
}

/// The platform does not take it at once: who brought new content about is told in words what it says.
pub async fn late(cx: &Context, tx: &mut Tx, row: &OutboxRow) -> Handled {
    let Ok(Effect::Update { told: Some(told), .. }) = serde_json::from_str(&row.payload) else {
        return Ok(());
    };
    tell(cx, tx, row, (&told.asked, words::trouble::shown_later(&told.outcome))).await
}

/// The platform would not have it, or it came too late: who asked is told why, privately.
pub async fn refused(cx: &Context, tx: &mut Tx, row: &OutboxRow, why: &str) -> Handled {
    schedule_run::refused(tx, row, words::refusal::of(why).because).await?;
    let Ok(effect) = serde_json::from_str(&row.payload) else { return Ok(()) };
    if why == REMOVED
        || outsiders::privately(cx, tx, (row, &effect), why).await?
        || deliveries::ended(cx, tx, row, (&effect, Ended::Refused(why))).await?
    {
        return Ok(());
    }
    match effect {
        Effect::Post { of: Subject::Proposal(_), asked: Some(asked), card, .. } => {
            tell(cx, tx, row, (&asked, words::proposal::card_refused(why))).await?;
            tell(cx, tx, row, (&asked, card)).await
        }
        Effect::Post { to, asked: Some(asked), .. }
        | Effect::Attach { to, asked: Some(asked), .. } => {
            tell(cx, tx, row, (&asked, words::trouble::could_not_post(&to, why))).await
        }
        Effect::Update { told: Some(told), .. } => {
            tell(cx, tx, row, (&told.asked, words::trouble::not_shown(&told.outcome, why))).await
        }
        Effect::Open { asked, form } => {
            tell(cx, tx, row, (&asked, words::trouble::form_not_opened(&form.title, why))).await
        }
        _ => Ok(()),
    }
}

/// Nobody can tell whether it arrived: who asked is told, nothing is sent again.
pub async fn unknown(cx: &Context, tx: &mut Tx, row: &OutboxRow) -> Handled {
    let note = "nobody can tell whether it arrived";
    schedule_run::unknown(tx, &row.dedup_key, note).await?;
    let Ok(effect) = serde_json::from_str(&row.payload) else { return Ok(()) };
    if deliveries::ended(cx, tx, row, (&effect, Ended::Unknown)).await? {
        return Ok(());
    }
    match effect {
        Effect::Post { to, asked: Some(asked), .. }
        | Effect::Attach { to, asked: Some(asked), .. } => {
            tell(cx, tx, row, (&asked, words::trouble::may_not_be_posted(&to))).await
        }
        _ => Ok(()),
    }
}

async fn tell(
    cx: &Context,
    tx: &mut Tx,
    row: &OutboxRow,
    (asked, card): (&Asked, Card),
) -> Handled {
    let workspace = WorkspaceId::from_stored(row.workspace_id.clone());
    Desk::whisper_in(cx, tx, &workspace, (asked, card)).await
}

fn platform(effect: &Effect) -> Platform {
    let of = |who: &Actor| who.platform;
    match effect {
        Effect::Post { to, .. } | Effect::Attach { to, .. } => to.platform,
        Effect::Update { message, .. } => message.place.platform,
        Effect::Whisper { asked, .. } | Effect::Open { asked, .. } => of(&asked.who),
    }
}

/// Keeps a note in the outbox row, in a transaction of its own.
struct RowNotes<'a> {
    cx: &'a Context,
    id: &'a str,
}

impl Notes for RowNotes<'_> {
    fn keep<'a>(&'a self, note: &'a str) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(async move {
            let kept = async {
                let mut tx = self.cx.store.begin().await?;
                outbox::note(&mut tx, self.id, note).await?;
                tx.commit().await
            };
            kept.await.map_err(|error| SendError::NotSent(error.to_string()))
        })
    }
}
