//! A team that removed the app: its schedules rest until somebody who may says otherwise, and what was
//! on its way there is not sent.

use crate::conversation::inbound::{Inbound, Place, Platform};
use crate::conversation::words;
use crate::handlers::context::Context;
use crate::handlers::notice;
use crate::handlers::schedule_line::line;
use crate::handlers::trouble::Handled;
use crate::ids::WorkspaceId;
use crate::schedules::State;
use crate::store::schedules::{self, StoredSchedule};
use crate::store::{Reads, Result, Tx, installations};

/// Why a schedule rests, as its line says it.
const REMOVED: &str = "the app was removed";

/// The app was removed: whatever posts there is paused.
pub async fn begun(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (platform, team): (Platform, &str),
) -> Handled {
    for stored in there(tx, workspace, (platform, team)).await? {
        if stored.schedule.state == State::Active {
            schedules::pause(tx, workspace, &stored.schedule.id, REMOVED).await?;
        }
    }
    Ok(())
}

/// The app is back: nothing is posted by itself, and those who may resume it are asked.
pub async fn ended(
    cx: &Context,
    tx: &mut Tx,
    workspace: &WorkspaceId,
    inbound: &Inbound,
) -> Handled {
    let Place { platform, team, .. } = &inbound.place;
    let mut resting = there(tx, workspace, (*platform, team)).await?;
    resting.retain(|stored| stored.paused_because == REMOVED);
    if resting.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> =
        resting.iter().map(|stored| (stored.schedule.id.clone(), line(stored))).collect();
    let card = words::schedule::came_back(&lines);
    notice::tell_all(cx, tx, workspace, (*platform, &card)).await
}

async fn there(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (platform, team): (Platform, &str),
) -> Result<Vec<StoredSchedule>> {
    let mut all = schedules::list(tx, workspace).await?;
    all.retain(|stored| stored.to.platform == platform && stored.to.team == team);
    Ok(all)
}

/// Whether the team that a place belongs to has removed the app.
pub async fn holds(db: &mut impl Reads, workspace: &WorkspaceId, place: &Place) -> Result<bool> {
    let linked = installations::list(db, workspace).await?;
    let is = |one: &&installations::Installation| {
        one.platform == place.platform && one.team == place.team
    };
    Ok(linked.iter().find(is).is_some_and(|one| !one.active))
}
