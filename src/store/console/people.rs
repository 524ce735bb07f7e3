//! Sessions and one-time sign-in links. Only the hashes of their secrets are kept.

use super::super::ask::{first, run};
use super::super::{Reads, Result, Tx, statements};
use crate::ids::WorkspaceId;

statements! {
    START_SESSION = "INSERT INTO console_session (hash, workspace_id, person, expires_at) \
                     VALUES ($1, $2, $3, $4)";
    /// Finds the workspace, so it cannot name one.
    SESSION = "SELECT workspace_id, person FROM console_session WHERE hash = $1 AND expires_at > $2";
    END_SESSION = "DELETE FROM console_session WHERE hash = $1";
    DROP_OLD_SESSIONS = "DELETE FROM console_session WHERE workspace_id = $1 AND expires_at <= $2";
    ADD_LINK = "INSERT INTO console_link (hash, workspace_id, person, expires_at) \
                VALUES ($1, $2, $3, $4)";
    /// Finds the workspace, so it cannot name one.
    LINK = "SELECT workspace_id, person FROM console_link WHERE hash = $1 AND expires_at > $2";
    USE_LINK = "DELETE FROM console_link WHERE hash = $1 AND expires_at > $2 \
                RETURNING workspace_id, person";
    END_SESSIONS = "DELETE FROM console_session WHERE workspace_id = $1 AND person = $2";
    DROP_LINKS = "DELETE FROM console_link WHERE workspace_id = $1 AND person = $2";
    DROP_FORM = "DELETE FROM console_form WHERE workspace_id = $1 AND person = $2";
}

/// A session or a link: the hash of its secret, whom it is for, until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub workspace_id: WorkspaceId,
    pub hash: String,
    pub person: String,
    pub expires_at: i64,
}

/// Whom a session or a link is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    pub workspace_id: WorkspaceId,
    pub person: String,
}

fn holder(row: Option<(String, String)>) -> Option<Holder> {
    row.map(|(workspace, person)| Holder {
        workspace_id: WorkspaceId::from_stored(workspace),
        person,
    })
}

/// Keeps a session; those of the workspace that are over at `now` go.
pub async fn start_session(tx: &mut Tx, new: &Ticket, now: i64) -> Result<()> {
    let ws = new.workspace_id.as_str();
    run!(&mut *tx, DROP_OLD_SESSIONS, ws, now)?;
    run!(tx, START_SESSION, &new.hash, ws, &new.person, new.expires_at)?;
    Ok(())
}

/// Who comes with a session that lives at `now`.
pub async fn session(db: &mut impl Reads, hash: &str, now: i64) -> Result<Option<Holder>> {
    Ok(holder(first!(db, SESSION, hash, now)?))
}

pub async fn end_session(tx: &mut Tx, hash: &str) -> Result<()> {
    run!(tx, END_SESSION, hash)?;
    Ok(())
}

pub async fn add_link(tx: &mut Tx, new: &Ticket) -> Result<()> {
    let ws = new.workspace_id.as_str();
    run!(tx, ADD_LINK, &new.hash, ws, &new.person, new.expires_at)?;
    Ok(())
}

/// Whom a link that lives at `now` is for; it stays usable.
pub async fn link(db: &mut impl Reads, hash: &str, now: i64) -> Result<Option<Holder>> {
    Ok(holder(first!(db, LINK, hash, now)?))
}

/// Uses a link up; of two at once only one does.
pub async fn use_link(tx: &mut Tx, hash: &str, now: i64) -> Result<Option<Holder>> {
    Ok(holder(first!(tx, USE_LINK, hash, now)?))
}

/// Somebody may not come in any more: their sessions end, their links sign nobody in, and no form
/// waits for them.
pub async fn turn_out(tx: &mut Tx, workspace: &WorkspaceId, person: &str) -> Result<()> {
    for statement in [END_SESSIONS, DROP_LINKS, DROP_FORM] {
        run!(&mut *tx, statement, workspace.as_str(), person)?;
    }
    Ok(())
}
