//! Whose the schedules are, when their owner leaves.

use super::ask::{every, hit, json, run, to_json};
use super::members::Identity;
use super::{Reads, Result, Tx, statements};
use crate::conversation::inbound::Actor;
use crate::ids::WorkspaceId;

statements! {
    OWNED = "SELECT id, owner FROM schedule WHERE workspace_id = $1 AND state <> 'removed' \
             ORDER BY created_at, id";
    HAND_OVER = "UPDATE schedule SET owner = $3, owner_name = $4, revision = revision + 1 \
                 WHERE workspace_id = $1 AND id = $2";
}

/// The ids of the schedules that belong to this person.
pub async fn owned_by(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    owner: &Identity,
) -> Result<Vec<String>> {
    let rows: Vec<(String, String)> = every!(db, OWNED, workspace.as_str())?;
    let mut theirs = Vec::new();
    for (id, stored) in rows {
        let Actor { platform, team, user, .. } = json("a schedule's owner", &stored)?;
        if *owner == (Identity { platform, team, user }) {
            theirs.push(id);
        }
    }
    Ok(theirs)
}

/// The schedule belongs to somebody else from now on, and runs as before.
pub async fn hand_over(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &str,
    (to, name): (&Actor, &str),
) -> Result<()> {
    let owner = to_json("a schedule's owner", to)?;
    hit(run!(tx, HAND_OVER, workspace.as_str(), id, &owner, name)?)
}
