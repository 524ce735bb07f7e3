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
    /// The row is changed by nothing, so that whoever decides waits.
    LOCK = "UPDATE proposal SET state = state WHERE workspace_id = $1 AND id = $2";
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

/// Nobody decides the proposal until the transaction ends.
pub async fn lock(tx: &mut Tx, workspace: &WorkspaceId, id: &ProposalId) -> Result<()> {
    run!(tx, LOCK, workspace.as_str(), id.as_str())?;
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_once, opened, proposal, settled, tamper};
    use super::super::testing::{Fresh, both};
    use super::*;

    both!(
        a_proposal_comes_back_whole_with_its_thread,
        a_proposal_ends_once_whoever_presses,
        a_thread_has_one_open_proposal,
        what_is_overdue_is_found_in_every_workspace,
        a_workspace_does_not_reach_the_proposals_of_another,
        a_row_that_contradicts_itself_is_named,
    );

    fn ended(by: &str) -> State {
        let at = "2026-10-05T10:00:00Z".parse().unwrap();
        State::Accepted { by: MemberId::from_stored(by), at, revision: 2 }
    }

    async fn a_proposal_comes_back_whole_with_its_thread(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let thread = opened(&mut tx, &ws, "t").await;
        let mut new = proposal("p");
        new.supersedes = Some(ProposalId::from_stored("older"));
        add(&mut tx, &ws, &new, &thread).await.unwrap();
        let stored = Stored { proposal: new.clone(), thread: thread.clone() };
        assert_eq!(get(&mut tx, &ws, &new.id).await.unwrap(), Some(stored.clone()));
        assert_eq!(open_in_thread(&mut tx, &ws, &thread).await.unwrap(), Some(stored));
        let counts = open_counts(&mut tx, &ws).await.unwrap();
        assert_eq!(counts, BTreeMap::from([(SectionAddress::Icp, 1)]));
        assert!(end(&mut tx, &ws, &new.id, &ended("ben")).await.unwrap());
        let found = get(&mut tx, &ws, &new.id).await.unwrap().unwrap().proposal;
        assert_eq!(found, Proposal { state: ended("ben"), ..new });
        assert_eq!(open_in_thread(&mut tx, &ws, &thread).await.unwrap(), None);
        assert_eq!(open_counts(&mut tx, &ws).await.unwrap(), BTreeMap::new());
    }

    async fn a_proposal_ends_once_whoever_presses(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let thread = opened(&mut tx, &ws, "t").await;
        let new = proposal("p");
        add(&mut tx, &ws, &new, &thread).await.unwrap();
        assert!(!end(&mut tx, &ws, &new.id, &State::Open).await.unwrap());
        tx.commit().await.unwrap();
        let (store, of, id) = (db.store.clone(), ws.clone(), new.id.clone());
        let answers = at_once(move |number| {
            let (store, ws, id) = (store.clone(), of.clone(), id.clone());
            async move {
                let mut tx = store.begin().await.unwrap();
                let mine = end(&mut tx, &ws, &id, &ended(&number.to_string())).await.unwrap();
                tx.commit().await.unwrap();
                mine
            }
        });
        let answers = answers.await;
        let winner = answers.iter().position(|mine| *mine).unwrap();
        assert_eq!(answers.iter().filter(|mine| **mine).count(), 1);
        let mut reader = db.store.reader().await.unwrap();
        let found = get(&mut reader, &ws, &new.id).await.unwrap().unwrap().proposal;
        assert_eq!(found.state, ended(&winner.to_string()));
    }

    async fn a_thread_has_one_open_proposal(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let (one, two) = (opened(&mut tx, &ws, "1").await, opened(&mut tx, &ws, "2").await);
        add(&mut tx, &ws, &proposal("p"), &one).await.unwrap();
        add(&mut tx, &ws, &proposal("q"), &two).await.unwrap();
        let by = ProposalId::from_stored("r");
        let at = "2026-10-05T10:00:00Z".parse().unwrap();
        let superseded = State::Superseded { by, at };
        end(&mut tx, &ws, &ProposalId::from_stored("p"), &superseded).await.unwrap();
        add(&mut tx, &ws, &proposal("r"), &one).await.unwrap();
        let second = add(&mut tx, &ws, &proposal("s"), &one).await;
        assert!(matches!(second, Err(Error::Conflict(_))), "{second:?}");
    }

    async fn what_is_overdue_is_found_in_every_workspace(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let mut tx = db.store.begin().await.unwrap();
        for (ws, id) in [(&ws, "p"), (&other, "q")] {
            let thread = opened(&mut tx, ws, id).await;
            add(&mut tx, ws, &proposal(id), &thread).await.unwrap();
        }
        let due_at = proposal("p").expires_at.as_millisecond();
        assert_eq!(due_to_expire(&mut tx, due_at - 1, 9).await.unwrap(), []);
        let due = due_to_expire(&mut tx, due_at, 9).await.unwrap();
        let (p, q) = (ProposalId::from_stored("p"), ProposalId::from_stored("q"));
        assert_eq!(due, [(ws.clone(), p.clone()), (other, q)]);
        assert_eq!(due_to_expire(&mut tx, due_at, 1).await.unwrap().len(), 1);
        let at = "2026-10-30T10:00:00Z".parse().unwrap();
        end(&mut tx, &ws, &p, &State::Expired { at }).await.unwrap();
        assert_eq!(due_to_expire(&mut tx, due_at, 9).await.unwrap().len(), 1);
    }

    async fn a_workspace_does_not_reach_the_proposals_of_another(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let mut tx = db.store.begin().await.unwrap();
        let thread = opened(&mut tx, &ws, "t").await;
        let new = proposal("p");
        add(&mut tx, &ws, &new, &thread).await.unwrap();
        assert_eq!(get(&mut tx, &other, &new.id).await.unwrap(), None);
        assert_eq!(open_in_thread(&mut tx, &other, &thread).await.unwrap(), None);
        assert!(open_counts(&mut tx, &other).await.unwrap().is_empty());
        assert!(!end(&mut tx, &other, &new.id, &ended("eve")).await.unwrap());
        assert!(get(&mut tx, &ws, &new.id).await.unwrap().unwrap().proposal.state.is_open());
        let stray = add(&mut tx, &other, &proposal("q"), &thread).await;
        assert!(matches!(stray, Err(Error::Conflict(_))), "{stray:?}");
    }

    async fn a_row_that_contradicts_itself_is_named(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let thread = opened(&mut tx, &ws, "t").await;
        let new = proposal("p");
        add(&mut tx, &ws, &new, &thread).await.unwrap();
        tx.commit().await.unwrap();
        for wrong in [
            "UPDATE proposal SET state = 'odd'",
            "UPDATE proposal SET state = 'discarded'",
            "UPDATE proposal SET state = 'accepted', decided_at = 1",
        ] {
            assert!(tamper(&db.store, wrong).await.is_err(), "{wrong}");
        }
        let wrong = "UPDATE proposal SET state = 'discarded', decided_at = 1";
        tamper(&db.store, wrong).await.unwrap();
        let read = get(&mut db.store.reader().await.unwrap(), &ws, &new.id).await;
        assert!(matches!(read, Err(Error::Broken(_))), "{read:?}");
    }
}
