//! What time ends: proposals after 14 days, and rows that nobody needs any more.

use jiff::{SignedDuration, Timestamp};

use crate::handlers::context::Context;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::proposal_card;
use crate::handlers::trouble::Handled;
use crate::ids::{ProposalId, WorkspaceId};
use crate::jobs::TaskRun;
use crate::proposals::State;
use crate::store::{inbox, proposals};

const AT_ONCE: i64 = 50;
/// Longer than any platform repeats a delivery (24 hours).
const KEEP_HEARD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Ends every open proposal whose time is up, each in its own transaction.
pub async fn tick(cx: &Context, now: Timestamp) -> Handled {
    let due = {
        let mut reader = cx.store.reader().await?;
        proposals::due_to_expire(&mut reader, now.as_millisecond(), AT_ONCE).await?
    };
    for (workspace, id) in due {
        end(cx, &workspace, &id, now).await?;
    }
    Ok(())
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
    if let Some(stored) = proposals::get(&mut desk.tx, workspace, id).await? {
        proposal_card::redraw_at(&mut desk, &stored.proposal, ending).await?;
    }
    desk.commit().await
}

/// Prunes what was heard and done more than a week ago.
pub async fn upkeep(cx: &Context, task: &TaskRun) -> Handled {
    let before = cx.wall.now().saturating_sub(KEEP_HEARD).unwrap_or(Timestamp::MIN);
    let mut tx = cx.store.begin().await?;
    inbox::prune(&mut tx, before.as_millisecond()).await?;
    task.complete(&mut tx).await?;
    Ok(tx.commit().await?)
}
