//! What time ends: proposals after 14 days, and rows that nobody needs any more.

use jiff::{SignedDuration, Timestamp};

use crate::handlers::context::Context;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::proposal_card;
use crate::handlers::trouble::Handled;
use crate::ids::{ProposalId, WorkspaceId};
use crate::jobs::{Task, TaskRun};
use crate::proposals::State;
use crate::store::{Error, inbox, proposals};
use crate::telemetry;

const AT_ONCE: i64 = 50;
/// Longer than any platform repeats a delivery (24 hours).
const KEEP_HEARD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Ends every open proposal whose time is up, each in its own transaction.
pub async fn tick(cx: &Context, now: Timestamp) -> Handled {
    let due = {
        let mut reader = cx.store.reader().await?;
        proposals::due_to_expire(&mut reader, now.as_millisecond(), AT_ONCE).await?
    };
    let mut failed = Ok(());
    for (workspace, id) in due {
        if let Err(trouble) = end(cx, &workspace, &id, now).await {
            failed = Err(trouble);
        }
    }
    failed
}

async fn end(cx: &Context, workspace: &WorkspaceId, id: &ProposalId, now: Timestamp) -> Handled {
    let mut desk = Desk::open_for(cx, workspace).await?;
    let ending = State::Expired { at: now };
    if !proposals::end(&mut desk.tx, workspace, id, &ending).await? {
        return Ok(());
    }
    let deed = Deed {
        action: "proposal.expired",
        subject_kind: "proposal",
        subject_id: id.as_str(),
        ..Deed::default()
    };
    desk.audit(deed).await?;
    match proposals::get(&mut desk.tx, workspace, id).await {
        Ok(Some(stored)) => proposal_card::redraw_at(&mut desk, &stored.proposal, ending).await?,
        Ok(None) => {}
        // It has ended all the same; what cannot be shown is not drawn.
        Err(error @ Error::Broken(_)) => {
            telemetry::reference(&error, &format!("an expired proposal does not read: {id}"));
        }
        Err(error) => return Err(error.into()),
    }
    desk.commit().await
}

/// Asks for the upkeep once a day and once after a start.
pub async fn upkeep_when_due(cx: &Context, now: Timestamp) -> Handled {
    if !cx.upkeep.is_due(now) {
        return Ok(());
    }
    let asked = async {
        let mut tx = cx.store.begin().await?;
        cx.jobs.enqueue(&mut tx, &Task::Upkeep {}).await?;
        Ok(tx.commit().await?)
    };
    asked.await.inspect_err(|_| cx.upkeep.missed())
}

/// Prunes what was heard and done more than a week ago, some thousands of rows at a time.
pub async fn upkeep(cx: &Context, task: &TaskRun) -> Handled {
    let before = cx.wall.now().saturating_sub(KEEP_HEARD).unwrap_or(Timestamp::MIN);
    let before = before.as_millisecond();
    loop {
        let mut tx = cx.store.begin().await?;
        let gone = inbox::prune(&mut tx, before).await?;
        tx.commit().await?;
        if gone == 0 {
            break;
        }
    }
    let mut tx = cx.store.begin().await?;
    task.complete(&mut tx).await?;
    Ok(tx.commit().await?)
}
