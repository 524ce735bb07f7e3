//! The channels in which an owner lets people of other organisations, and guests, read along.

use super::ask::{every, first, platform, run};
use super::{Reads, Result, Tx, statements};
use crate::conversation::inbound::{Place, Platform};
use crate::ids::WorkspaceId;

statements! {
    ALLOW = "INSERT INTO open_channel (workspace_id, platform, team, channel, name, allowed_by, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (workspace_id, platform, team, channel) DO NOTHING";
    DENY = "DELETE FROM open_channel \
            WHERE workspace_id = $1 AND platform = $2 AND team = $3 AND channel = $4";
    FIND = "SELECT platform, team, channel, name, allowed_by, at FROM open_channel \
            WHERE workspace_id = $1 AND platform = $2 AND team = $3 AND channel = $4";
    LIST = "SELECT platform, team, channel, name, allowed_by, at FROM open_channel \
            WHERE workspace_id = $1 ORDER BY at, platform, team, channel";
}

/// One channel that was allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenChannel {
    pub platform: Platform,
    pub team: String,
    pub channel: String,
    /// As it was called then.
    pub name: String,
    pub allowed_by: String,
    pub at: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    platform: String,
    team: String,
    channel: String,
    name: String,
    allowed_by: String,
    at: i64,
}

impl Row {
    fn read(self) -> Result<OpenChannel> {
        let Self { team, channel, name, allowed_by, at, .. } = self;
        Ok(OpenChannel { platform: platform(&self.platform)?, team, channel, name, allowed_by, at })
    }
}

/// Outsiders may read along there from now on; false when they might already.
pub async fn allow(tx: &mut Tx, workspace: &WorkspaceId, new: &OpenChannel) -> Result<bool> {
    let rows = run!(
        tx,
        ALLOW,
        workspace.as_str(),
        new.platform.as_str(),
        &new.team,
        &new.channel,
        &new.name,
        &new.allowed_by,
        new.at,
    )?;
    Ok(rows == 1)
}

/// They may not any more; false when they might not.
pub async fn deny(tx: &mut Tx, workspace: &WorkspaceId, place: &Place) -> Result<bool> {
    let Place { platform, team, channel, .. } = place;
    Ok(run!(tx, DENY, workspace.as_str(), platform.as_str(), team, channel)? == 1)
}

/// Whether they may read along in this channel.
pub async fn is_allowed(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    place: &Place,
) -> Result<bool> {
    let Place { platform, team, channel, .. } = place;
    let row: Option<Row> = first!(db, FIND, workspace.as_str(), platform.as_str(), team, channel)?;
    Ok(row.is_some())
}

/// All of a workspace, the oldest first.
pub async fn list(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<Vec<OpenChannel>> {
    let rows: Vec<Row> = every!(db, LIST, workspace.as_str())?;
    rows.into_iter().map(Row::read).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{message, settled};
    use super::super::testing::{Fresh, both};
    use super::*;

    both!(a_channel_is_open_from_its_allowance_to_its_denial,);

    async fn a_channel_is_open_from_its_allowance_to_its_denial(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let Place { platform, team, channel, .. } = message("C1", "1").place;
        let place = message("C1", "2").place;
        let (name, allowed_by) = ("partners".to_owned(), "Ana".to_owned());
        let open = OpenChannel { platform, team, channel, name, allowed_by, at: 3 };
        let mut tx = db.store.begin().await.unwrap();
        assert!(!is_allowed(&mut tx, &ws, &place).await.unwrap());
        assert!(allow(&mut tx, &ws, &open).await.unwrap());
        let again = OpenChannel { at: 9, ..open.clone() };
        assert!(!allow(&mut tx, &ws, &again).await.unwrap());
        assert!(is_allowed(&mut tx, &ws, &place).await.unwrap());
        assert!(!is_allowed(&mut tx, &ws, &message("C2", "1").place).await.unwrap());
        assert!(!is_allowed(&mut tx, &other, &place).await.unwrap());
        assert_eq!(list(&mut tx, &ws).await.unwrap(), [open]);
        assert!(!deny(&mut tx, &other, &place).await.unwrap());
        assert!(deny(&mut tx, &ws, &place).await.unwrap());
        assert!(!deny(&mut tx, &ws, &place).await.unwrap());
        assert_eq!(list(&mut tx, &ws).await.unwrap(), []);
    }
}
