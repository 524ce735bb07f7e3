//! Proposals, whole, each in its thread. They end by compare-and-swap: exactly once.

use std::collections::BTreeMap;

use super::ask::{every, first, json, odd, run, to_json};
use super::sections::address;
use super::{Error, Reads, Result, Tx, statements};
use crate::ids::{MemberId, ProposalId, ThreadId, WorkspaceId};
use crate::proposals::{Proposal, State};
use crate::strategy::address::SectionAddress;

statements! {
    ADD = "INSERT INTO proposal (workspace_id, id, address, thread_id, base_revision, state, \
           created_at, expires_at, supersedes, body) \
           VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9)";
    GET = "SELECT id, thread_id, state, body FROM proposal WHERE workspace_id = $1 AND id = $2";
    OPEN_BODY = "SELECT body FROM proposal WHERE workspace_id = $1 AND id = $2 AND state = 'open'";
    END = "UPDATE proposal SET state = $3, decided_by = $4, decided_at = $5, \
           applied_revision = $6, body = $7 \
           WHERE workspace_id = $1 AND id = $2 AND state = 'open'";
    OPEN_IN_THREAD = "SELECT id, thread_id, state, body FROM proposal \
                      WHERE workspace_id = $1 AND thread_id = $2 AND state = 'open'";
    OPEN_COUNTS = "SELECT address, COUNT(*) FROM proposal \
                   WHERE workspace_id = $1 AND state = 'open' GROUP BY address";
    /// Of all workspaces: the sweep.
    DUE_TO_EXPIRE = "SELECT workspace_id, id FROM proposal \
                     WHERE state = 'open' AND expires_at <= $1 ORDER BY expires_at, id LIMIT $2";
}

/// A proposal and the thread it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub proposal: Proposal,
    pub thread: ThreadId,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    thread_id: String,
    state: String,
    body: String,
}

impl Row {
    fn read(self) -> Result<Stored> {
        let proposal: Proposal = json("a proposal", &self.body)?;
        if proposal.state.as_str() != self.state || proposal.id.as_str() != self.id {
            return Err(odd("the state of a proposal", proposal.state.as_str()));
        }
        Ok(Stored { proposal, thread: ThreadId::from_stored(self.thread_id) })
    }
}

/// Keeps an open proposal. A thread holds one open proposal: a second is a conflict, so end the
/// first before.
pub async fn add(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    new: &Proposal,
    thread: &ThreadId,
) -> Result<()> {
    if !new.state.is_open() {
        return Err(Error::Broken("a proposal is added open".to_owned()));
    }
    run!(
        tx,
        ADD,
        workspace.as_str(),
        new.id.as_str(),
        new.address.as_str(),
        thread.as_str(),
        new.base_revision,
        new.created_at.as_millisecond(),
        new.expires_at.as_millisecond(),
        new.supersedes.as_ref().map(ProposalId::as_str),
        to_json("a proposal", new)?,
    )?;
    Ok(())
}

pub async fn get(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    id: &ProposalId,
) -> Result<Option<Stored>> {
    let row: Option<Row> = first!(db, GET, workspace.as_str(), id.as_str())?;
    row.map(Row::read).transpose()
}

/// Ends an open proposal; false when it is not open (any more). True is said once.
pub async fn end(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &ProposalId,
    ending: &State,
) -> Result<bool> {
    let (ws, id) = (workspace.as_str(), id.as_str());
    let open: Option<(String,)> = first!(&mut *tx, OPEN_BODY, ws, id)?;
    let Some((body,)) = open else { return Ok(false) };
    let proposal: Proposal = json("a proposal", &body)?;
    let applied = match ending {
        State::Accepted { revision, .. } => Some(*revision),
        _ => None,
    };
    let Ok(ended) = proposal.end(ending.clone()) else { return Ok(false) };
    let rows = run!(
        tx,
        END,
        ws,
        id,
        ending.as_str(),
        ending.by().map(MemberId::as_str),
        ending.at().map(jiff::Timestamp::as_millisecond),
        applied,
        to_json("a proposal", &ended)?,
    )?;
    Ok(rows == 1)
}

/// The proposal of the thread that waits for a decision.
pub async fn open_in_thread(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    thread: &ThreadId,
) -> Result<Option<Stored>> {
    let row: Option<Row> = first!(db, OPEN_IN_THREAD, workspace.as_str(), thread.as_str())?;
    row.map(Row::read).transpose()
}

/// How many wait for a decision, by section; a section without any is not named.
pub async fn open_counts(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
) -> Result<BTreeMap<SectionAddress, i64>> {
    let rows: Vec<(String, i64)> = every!(db, OPEN_COUNTS, workspace.as_str())?;
    rows.into_iter().map(|(stored, count)| Ok((address(&stored)?, count))).collect()
}

/// Open ones of every workspace whose time has passed, the oldest first.
pub async fn due_to_expire(
    db: &mut impl Reads,
    now: i64,
    limit: i64,
) -> Result<Vec<(WorkspaceId, ProposalId)>> {
    let rows: Vec<(String, String)> = every!(db, DUE_TO_EXPIRE, now, limit)?;
    let due = rows
        .into_iter()
        .map(|(workspace, id)| (WorkspaceId::from_stored(workspace), ProposalId::from_stored(id)));
    Ok(due.collect())
}
