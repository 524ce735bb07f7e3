//! Bearer tokens for the HTTP import. Only their hashes are here.

use super::ask::{every, first, hit, run};
use super::{Reads, Result, Tx, statements};
use crate::ids::WorkspaceId;

statements! {
    CREATE = "INSERT INTO import_token (workspace_id, id, name, token_hash, created_at) \
              VALUES ($1, $2, $3, $4, $5)";
    LIST = "SELECT workspace_id, id, name, created_at, used_at, revoked_at FROM import_token \
            WHERE workspace_id = $1 ORDER BY created_at, id";
    REVOKE = "UPDATE import_token SET revoked_at = $3 \
              WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL";
    /// Finds the workspace, so it cannot name one.
    CHECK = "UPDATE import_token SET used_at = $2 WHERE token_hash = $1 AND revoked_at IS NULL \
             RETURNING workspace_id, id, name, created_at, used_at, revoked_at";
}

/// A token without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub id: String,
    pub workspace_id: WorkspaceId,
    /// What it was made for, in the words of who made it.
    pub name: String,
    pub created_at: i64,
    pub used_at: Option<i64>,
    pub revoked_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Row {
    workspace_id: String,
    id: String,
    name: String,
    created_at: i64,
    used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl From<Row> for Token {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            workspace_id: WorkspaceId::from_stored(row.workspace_id),
            name: row.name,
            created_at: row.created_at,
            used_at: row.used_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// Keeps a new token; `token_hash` is [`super::seal::digest`] of what its holder will send.
pub async fn create(tx: &mut Tx, new: &Token, token_hash: &str) -> Result<()> {
    let ws = new.workspace_id.as_str();
    run!(tx, CREATE, ws, &new.id, &new.name, token_hash, new.created_at)?;
    Ok(())
}

/// All of a workspace, the revoked ones too, oldest first.
pub async fn list(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<Vec<Token>> {
    let rows: Vec<Row> = every!(db, LIST, workspace.as_str())?;
    Ok(rows.into_iter().map(Token::from).collect())
}

/// The token opens nothing any more.
pub async fn revoke(tx: &mut Tx, workspace: &WorkspaceId, id: &str, at: i64) -> Result<()> {
    hit(run!(tx, REVOKE, workspace.as_str(), id, at)?)
}

/// The living token behind a hash, marked as used now; none when it is wrong or revoked.
pub async fn check(tx: &mut Tx, token_hash: &str, now: i64) -> Result<Option<Token>> {
    let row: Option<Row> = first!(tx, CHECK, token_hash, now)?;
    Ok(row.map(Token::from))
}

#[cfg(test)]
mod tests {
    use super::super::Error;
    use super::super::fixtures::settled;
    use super::super::seal::digest;
    use super::super::testing::{Fresh, both};
    use super::*;

    both!(a_token_opens_the_import_of_its_workspace_until_it_is_revoked,);

    async fn a_token_opens_the_import_of_its_workspace_until_it_is_revoked(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let new = Token {
            id: "1".to_owned(),
            workspace_id: ws.clone(),
            name: "nightly".to_owned(),
            created_at: 1,
            used_at: None,
            revoked_at: None,
        };
        let hash = digest("secret");
        let mut tx = db.store.begin().await.unwrap();
        create(&mut tx, &new, &hash).await.unwrap();
        let used = Token { used_at: Some(5), ..new.clone() };
        assert_eq!(check(&mut tx, &hash, 5).await.unwrap(), Some(used.clone()));
        assert_eq!(check(&mut tx, &digest("guess"), 5).await.unwrap(), None);
        assert_eq!(check(&mut tx, "secret", 5).await.unwrap(), None);
        let reached = revoke(&mut tx, &other, "1", 6).await;
        assert!(matches!(reached, Err(Error::Missing)), "{reached:?}");
        assert_eq!(list(&mut tx, &other).await.unwrap(), []);
        revoke(&mut tx, &ws, "1", 7).await.unwrap();
        assert_eq!(check(&mut tx, &hash, 8).await.unwrap(), None);
        let revoked = Token { revoked_at: Some(7), ..used };
        assert_eq!(list(&mut tx, &ws).await.unwrap(), [revoked]);
        let again = revoke(&mut tx, &ws, "1", 9).await;
        assert!(matches!(again, Err(Error::Missing)), "{again:?}");
    }
}
