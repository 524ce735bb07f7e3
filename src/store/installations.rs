//! Which team of which platform belongs to which workspace, and the sealed token to speak there.

use super::ask::{every, first, hit, platform, run};
use super::seal::Sealed;
use super::{Error, Reads, Result, Tx, statements};
use crate::conversation::inbound::Platform;
use crate::ids::{InstallationId, WorkspaceId};

statements! {
    /// Finds the workspace, so it cannot name one.
    BY_TEAM = "SELECT workspace_id, id, platform, team, bot_user, token, token_key, active, created_at \
               FROM installation WHERE platform = $1 AND team = $2 AND active = 1";
    LIST = "SELECT workspace_id, id, platform, team, bot_user, token, token_key, active, created_at \
            FROM installation WHERE workspace_id = $1 ORDER BY created_at, id";
    LINK = "INSERT INTO installation \
            (workspace_id, id, platform, team, bot_user, token, token_key, active, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
            ON CONFLICT (platform, team) DO UPDATE SET id = excluded.id, \
            workspace_id = excluded.workspace_id, bot_user = excluded.bot_user, \
            token = excluded.token, token_key = excluded.token_key, active = excluded.active, \
            created_at = excluded.created_at \
            WHERE installation.workspace_id = excluded.workspace_id OR installation.active = 0";
    DEACTIVATE = "UPDATE installation SET active = 0, token = NULL, token_key = NULL \
                  WHERE workspace_id = $1 AND id = $2";
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    pub id: InstallationId,
    pub workspace_id: WorkspaceId,
    pub platform: Platform,
    /// Slack team or enterprise, Teams tenant, `local` for the console.
    pub team: String,
    pub bot_user: Option<String>,
    /// Sealed for (workspace, its kind, this installation's id).
    pub token: Option<Sealed>,
    /// Whether we may still act there.
    pub active: bool,
    pub created_at: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    workspace_id: String,
    id: String,
    platform: String,
    team: String,
    bot_user: Option<String>,
    token: Option<Vec<u8>>,
    token_key: Option<String>,
    active: i64,
    created_at: i64,
}

impl Row {
    fn read(self) -> Result<Installation> {
        let token = self.token.zip(self.token_key);
        Ok(Installation {
            id: InstallationId::from_stored(self.id),
            workspace_id: WorkspaceId::from_stored(self.workspace_id),
            platform: platform(&self.platform)?,
            team: self.team,
            bot_user: self.bot_user,
            token: token.map(|(bytes, key_id)| Sealed { key_id, bytes }),
            active: self.active != 0,
            created_at: self.created_at,
        })
    }
}

/// The active installation of a team.
pub async fn by_team(
    db: &mut impl Reads,
    platform: Platform,
    team: &str,
) -> Result<Option<Installation>> {
    let row: Option<Row> = first!(db, BY_TEAM, platform.as_str(), team)?;
    row.map(Row::read).transpose()
}

/// All of a workspace, the inactive ones too, oldest first.
pub async fn list(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<Vec<Installation>> {
    let rows: Vec<Row> = every!(db, LIST, workspace.as_str())?;
    rows.into_iter().map(Row::read).collect()
}

/// Links a team, or links it anew. A team that another workspace holds is a conflict: it must be
/// deactivated there first.
pub async fn link(tx: &mut Tx, new: &Installation) -> Result<()> {
    let rows = run!(
        tx,
        LINK,
        new.workspace_id.as_str(),
        new.id.as_str(),
        new.platform.as_str(),
        &new.team,
        new.bot_user.as_deref(),
        new.token.as_ref().map(|token| token.bytes.as_slice()),
        new.token.as_ref().map(|token| token.key_id.as_str()),
        i64::from(new.active),
        new.created_at,
    )?;
    if rows == 1 {
        return Ok(());
    }
    Err(Error::Conflict("this team is linked to another workspace".to_owned()))
}

/// We may no longer act there; the token is erased.
pub async fn deactivate(tx: &mut Tx, workspace: &WorkspaceId, id: &InstallationId) -> Result<()> {
    hit(run!(tx, DEACTIVATE, workspace.as_str(), id.as_str())?)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{settled, tamper};
    use super::super::seal::{Owner, SecretKey};
    use super::super::testing::{Fresh, both};
    use super::*;

    both!(
        a_team_leads_to_its_workspace_and_its_token_opens,
        a_team_that_left_keeps_no_token_and_leads_nowhere,
        a_team_belongs_to_one_workspace_at_a_time,
        a_workspace_does_not_reach_the_installations_of_another,
    );

    fn installation(workspace: &WorkspaceId, id: &str, team: &str) -> Installation {
        Installation {
            id: InstallationId::from_stored(id),
            workspace_id: workspace.clone(),
            platform: Platform::Slack,
            team: team.to_owned(),
            bot_user: Some("UBOT".to_owned()),
            token: None,
            active: true,
            created_at: 3,
        }
    }

    fn sealed(key: &SecretKey, of: &Installation) -> Sealed {
        key.seal(owner(of), b"xoxb-secret").unwrap()
    }

    fn owner(of: &Installation) -> Owner<'_> {
        Owner { workspace: &of.workspace_id, kind: "slack_token", row: of.id.as_str() }
    }

    async fn a_team_leads_to_its_workspace_and_its_token_opens(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let key = SecretKey::new([7; 32]);
        let mut new = installation(&ws, "i", "T1");
        new.token = Some(sealed(&key, &new));
        let mut tx = db.store.begin().await.unwrap();
        link(&mut tx, &new).await.unwrap();
        tx.commit().await.unwrap();
        let mut reader = db.store.reader().await.unwrap();
        let found = by_team(&mut reader, Platform::Slack, "T1").await.unwrap().unwrap();
        assert_eq!(found, new);
        let token = found.token.clone().unwrap();
        assert_eq!(key.open(owner(&found), &token).unwrap(), b"xoxb-secret");
        assert_eq!(by_team(&mut reader, Platform::Teams, "T1").await.unwrap(), None);
    }

    async fn a_team_that_left_keeps_no_token_and_leads_nowhere(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut new = installation(&ws, "i", "T1");
        new.token = Some(sealed(&SecretKey::new([7; 32]), &new));
        let mut tx = db.store.begin().await.unwrap();
        link(&mut tx, &new).await.unwrap();
        deactivate(&mut tx, &ws, &new.id).await.unwrap();
        assert_eq!(by_team(&mut tx, Platform::Slack, "T1").await.unwrap(), None);
        let left = Installation { token: None, active: false, ..new };
        assert_eq!(list(&mut tx, &ws).await.unwrap(), [left]);
        tx.commit().await.unwrap();
        let kept = tamper(&db.store, "UPDATE installation SET active = 0 WHERE token IS NOT NULL");
        assert_eq!(kept.await.unwrap(), 0);
    }

    async fn a_team_belongs_to_one_workspace_at_a_time(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let mut tx = db.store.begin().await.unwrap();
        link(&mut tx, &installation(&ws, "i", "T1")).await.unwrap();
        let taken = link(&mut tx, &installation(&other, "j", "T1")).await;
        assert!(matches!(taken, Err(Error::Conflict(_))), "{taken:?}");
        deactivate(&mut tx, &ws, &InstallationId::from_stored("i")).await.unwrap();
        link(&mut tx, &installation(&other, "j", "T1")).await.unwrap();
        let found = by_team(&mut tx, Platform::Slack, "T1").await.unwrap().unwrap();
        assert_eq!(found.workspace_id, other);
        assert_eq!(list(&mut tx, &ws).await.unwrap(), []);
    }

    async fn a_workspace_does_not_reach_the_installations_of_another(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let mut tx = db.store.begin().await.unwrap();
        let new = installation(&ws, "i", "T1");
        link(&mut tx, &new).await.unwrap();
        let reached = deactivate(&mut tx, &other, &new.id).await;
        assert!(matches!(reached, Err(Error::Missing)), "{reached:?}");
        assert_eq!(list(&mut tx, &other).await.unwrap(), []);
        assert!(by_team(&mut tx, Platform::Slack, "T1").await.unwrap().is_some());
    }
}
