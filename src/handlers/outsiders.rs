//! Where guests and people of other organisations read along, nothing of the strategy is posted, unless
//! an owner allowed that channel.
//!
//! Every post is looked at on its way out, whoever wrote it and however long ago: a channel may be shared
//! at any time. What was asked for goes to the direct chat of who asked instead; a schedule rests.

use crate::conversation::card::Card;
use crate::conversation::outgoing::{Asked, Effect, Subject};
use crate::conversation::words;
use crate::handlers::context::Context;
use crate::handlers::desk::{self, Deed, Desk};
use crate::handlers::messenger::{Messenger, SendError};
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::{ScheduleId, WorkspaceId};
use crate::jobs::OutboxRow;
use crate::store::{Error, Tx, audit, open_channels, schedules};

/// Why a post is kept back: outsiders read there, or nobody can tell.
pub const READ: &str = "outsiders_read";
pub const UNKNOWN: &str = "readers_unknown";

/// Refuses what must not be posted where it is to be posted.
pub async fn kept_out(
    cx: &Context,
    messenger: &dyn Messenger,
    (row, effect): (&OutboxRow, &Effect),
) -> Result<(), SendError> {
    let (Effect::Post { to, .. } | Effect::Attach { to, .. }) = effect else { return Ok(()) };
    let why = match messenger.outsiders(to).await {
        Ok(false) => return Ok(()),
        Ok(true) => READ,
        Err(SendError::Refused(_) | SendError::CannotLook(_)) => UNKNOWN,
        // Nothing was sent yet.
        Err(SendError::Unknown(why)) => return Err(SendError::Failed(why)),
        Err(error) => return Err(error),
    };
    let workspace = WorkspaceId::from_stored(row.workspace_id.clone());
    let allowed = async {
        let mut reader = cx.store.reader().await?;
        open_channels::is_allowed(&mut reader, &workspace, to).await
    };
    match allowed.await {
        Ok(true) => Ok(()),
        Ok(false) => Err(SendError::Refused(why.to_owned())),
        Err(error) => Err(SendError::NotSent(error.to_string())),
    }
}

/// It was kept back: who asked reads it alone, with the reason. False when it was refused for another
/// reason.
pub async fn privately(
    cx: &Context,
    tx: &mut Tx,
    (row, effect): (&OutboxRow, &Effect),
    why: &str,
) -> Handled<bool> {
    if ![READ, UNKNOWN].contains(&why) {
        return Ok(false);
    }
    let workspace = WorkspaceId::from_stored(row.workspace_id.clone());
    let (Effect::Post { to, asked, .. } | Effect::Attach { to, asked, .. }) = effect else {
        return Ok(true);
    };
    let Some(asked) = asked else { return Ok(true) };
    if let Some(schedule) = schedule_of(&row.dedup_key) {
        return suspend(
            cx,
            tx,
            &workspace,
            (&schedule, asked, words::outsiders::suspended(to, why)),
        )
        .await;
    }
    Desk::whisper_in(cx, tx, &workspace, (asked, words::outsiders::privately(to, why))).await?;
    match effect {
        Effect::Post { card, of: Subject::Proposal(_), .. } => {
            Desk::whisper_in(cx, tx, &workspace, (asked, card.clone())).await?;
        }
        Effect::Post { .. } => post_directly(cx, tx, row, effect.clone()).await?,
        _ => {}
    }
    Ok(true)
}

/// The same message, in the direct chat with who asked for it.
async fn post_directly(cx: &Context, tx: &mut Tx, row: &OutboxRow, effect: Effect) -> Handled {
    let Effect::Post { to, card, of, asked: Some(asked) } = effect else { return Ok(()) };
    let workspace = WorkspaceId::from_stored(row.workspace_id.clone());
    let to = to.direct_with(&asked.who.user);
    let key = format!("private:{}", row.dedup_key);
    Desk::post_in(cx, tx, &workspace, (&key, Effect::Post { to, card, of, asked: Some(asked) }))
        .await
}

/// The schedule that a post is a run of.
fn schedule_of(key: &str) -> Option<ScheduleId> {
    let (id, _) = key.strip_prefix("run:")?.split_once(':')?;
    Some(ScheduleId::from_stored(id))
}

/// The schedule rests until somebody resumes it; its owner is told.
async fn suspend(
    cx: &Context,
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (schedule, owner, card): (&ScheduleId, &Asked, Card),
) -> Handled<bool> {
    match schedules::pause(tx, workspace, schedule, "people outside read its channel").await {
        Ok(()) => {}
        Err(Error::Missing) => return Ok(true),
        Err(error) => return Err(Trouble::from(error)),
    }
    let deed = Deed {
        action: "schedule.suspended",
        subject_kind: "schedule",
        subject_id: schedule.as_str(),
        detail: "people outside read its channel".to_owned(),
        ..Deed::default()
    };
    audit::add(tx, &desk::entry(workspace, cx.clock.now_ms(), deed)).await?;
    let alone = Asked { near: owner.near.direct_with(&owner.who.user), ..owner.clone() };
    Desk::whisper_in(cx, tx, workspace, (&alone, card)).await?;
    Ok(true)
}
