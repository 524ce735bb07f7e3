//! What time ends: proposals after 14 days, and rows that nobody needs any more.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::handlers::context::Context;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::proposal_card;
use crate::handlers::trouble::{Handled, Ours, Trouble};
use crate::ids::{ProposalId, WorkspaceId};
use crate::jobs::{Task, TaskRun};
use crate::proposals::State;
use crate::store::{Error, inbox, proposals, waiting};
use crate::telemetry;

const AT_ONCE: i64 = 50;
/// Longer than any platform repeats a delivery (24 hours).
const KEEP_HEARD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Updates, private answers and forms that were sent: nobody asks for them again.
const KEEP_REPEATABLE: SignedDuration = SignedDuration::from_hours(24);
/// Posts and files that were sent: longer than any work that may say the same again.
const KEEP_SENT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Messages, or lanes, that one transaction deletes.
const SENT_AT_ONCE: i64 = 500;
/// The upkeep goes on later after this, well before its time is up.
const LONG_UPKEEP: Duration = Duration::from_secs(30);

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

/// Prunes what was heard and done more than a week ago and what was sent, some rows at a time; what
/// does not get done in one go is done in the next.
pub async fn upkeep(cx: &Context, task: &TaskRun) -> Handled {
    let begun = Instant::now();
    let before = ago(cx, KEEP_HEARD);
    loop {
        let mut tx = cx.store.begin().await?;
        let gone = inbox::prune(&mut tx, before).await?;
        tx.commit().await?;
        if gone == 0 {
            break;
        }
    }
    while forget_sent(cx).await? {
        if begun.elapsed() > LONG_UPKEEP {
            return Err(Trouble::Ours(Ours::NotYet(Duration::from_mins(1))));
        }
    }
    let mut tx = cx.store.begin().await?;
    task.complete(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Deletes some messages that were sent, and some lanes that are empty; false when there are none.
async fn forget_sent(cx: &Context) -> Handled<bool> {
    let mut reader = cx.store.reader().await?;
    let before = (ago(cx, KEEP_REPEATABLE), ago(cx, KEEP_SENT));
    let over = waiting::over(&mut reader, before, SENT_AT_ONCE).await?;
    drop(reader);
    let mut tx = cx.store.begin().await?;
    for id in &over {
        waiting::forget(&mut tx, id).await?;
    }
    let lanes = waiting::forget_lanes(&mut tx, cx.wall.now_ms(), SENT_AT_ONCE).await?;
    tx.commit().await?;
    Ok(!over.is_empty() || lanes > 0)
}

fn ago(cx: &Context, age: SignedDuration) -> i64 {
    cx.wall.now().saturating_sub(age).unwrap_or(Timestamp::MIN).as_millisecond()
}
