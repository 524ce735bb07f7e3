//! Generation runs: one at a time per workspace and section group, across platforms and replicas.

use super::ask::{first, odd, run};
use super::{Reads, Result, Tx, statements};
use crate::ids::{GenerationId, MemberId, WorkspaceId};
use crate::strategy::address::SectionGroup;

statements! {
    /// A run whose lease is over has died with its process.
    BURY = "UPDATE generation SET state = 'failed', finished_at = $3 \
            WHERE workspace_id = $1 AND section_group = $2 AND state = 'running' \
            AND lease_until <= $3";
    START = "INSERT INTO generation (workspace_id, id, section_group, state, started_by, \
             started_by_name, started_at, lease_until) \
             VALUES ($1, $2, $3, 'running', $4, $5, $6, $7) \
             ON CONFLICT (workspace_id, section_group) WHERE state = 'running' DO NOTHING";
    RUNNING = "SELECT workspace_id, id, section_group, state, started_by, started_by_name, \
               started_at, lease_until, finished_at FROM generation \
               WHERE workspace_id = $1 AND section_group = $2 AND state = 'running'";
    FINISH = "UPDATE generation SET state = $3, finished_at = $4 \
              WHERE workspace_id = $1 AND id = $2 AND state = 'running'";
    GET = "SELECT workspace_id, id, section_group, state, started_by, started_by_name, \
           started_at, lease_until, finished_at FROM generation \
           WHERE workspace_id = $1 AND id = $2";
    LAST = "SELECT workspace_id, id, section_group, state, started_by, started_by_name, \
            started_at, lease_until, finished_at FROM generation \
            WHERE workspace_id = $1 AND section_group = $2 ORDER BY started_at DESC, id DESC LIMIT 1";
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GenerationState {
    /// No run was ever started.
    Never,
    Running,
    Complete,
    /// Some of the group's sections were written.
    Partial,
    Failed,
}

impl GenerationState {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Never, Self::Running, Self::Complete, Self::Partial, Self::Failed];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    pub id: GenerationId,
    pub workspace_id: WorkspaceId,
    pub group: SectionGroup,
    pub state: GenerationState,
    pub started_by: MemberId,
    pub started_by_name: String,
    pub started_at: i64,
    /// Until then nobody takes a running one for dead.
    pub lease_until: i64,
    pub finished_at: Option<i64>,
}

/// A run to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGeneration {
    pub id: GenerationId,
    pub workspace: WorkspaceId,
    pub group: SectionGroup,
    pub by: MemberId,
    pub by_name: String,
    pub at: i64,
    pub lease_until: i64,
}

/// What came of [`start`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    Started,
    /// Another run of the group has not ended.
    Running {
        since: i64,
        by_name: String,
    },
}

#[derive(sqlx::FromRow)]
struct Row {
    workspace_id: String,
    id: String,
    section_group: String,
    state: String,
    started_by: String,
    started_by_name: String,
    started_at: i64,
    lease_until: i64,
    finished_at: Option<i64>,
}

impl Row {
    fn read(self) -> Result<Generation> {
        let group = &self.section_group;
        let state = &self.state;
        Ok(Generation {
            id: GenerationId::from_stored(self.id),
            workspace_id: WorkspaceId::from_stored(self.workspace_id),
            group: SectionGroup::parse(group).ok_or_else(|| odd("a section group", group))?,
            state: GenerationState::parse(state).ok_or_else(|| odd("a run's state", state))?,
            started_by: MemberId::from_stored(self.started_by),
            started_by_name: self.started_by_name,
            started_at: self.started_at,
            lease_until: self.lease_until,
            finished_at: self.finished_at,
        })
    }
}

/// Starts a run unless one of the group is running. One whose lease is over counts as failed.
pub async fn start(tx: &mut Tx, new: &NewGeneration) -> Result<Start> {
    let (ws, group) = (new.workspace.as_str(), new.group.as_str());
    run!(&mut *tx, BURY, ws, group, new.at)?;
    let rows = run!(
        &mut *tx,
        START,
        ws,
        new.id.as_str(),
        group,
        new.by.as_str(),
        &new.by_name,
        new.at,
        new.lease_until,
    )?;
    if rows == 1 {
        return Ok(Start::Started);
    }
    let running: Option<Row> = first!(tx, RUNNING, ws, group)?;
    let running = running.ok_or(super::Error::Busy("a run has just ended".to_owned()))?;
    Ok(Start::Running { since: running.started_at, by_name: running.started_by_name })
}

/// Ends a run; false when it is not running any more.
pub async fn finish(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &GenerationId,
    state: GenerationState,
    at: i64,
) -> Result<bool> {
    Ok(run!(tx, FINISH, workspace.as_str(), id.as_str(), state.as_str(), at)? == 1)
}

pub async fn get(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    id: &GenerationId,
) -> Result<Option<Generation>> {
    let row: Option<Row> = first!(db, GET, workspace.as_str(), id.as_str())?;
    row.map(Row::read).transpose()
}

/// The latest run of a group, whatever became of it; none means never.
pub async fn last(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    group: SectionGroup,
) -> Result<Option<Generation>> {
    let row: Option<Row> = first!(db, LAST, workspace.as_str(), group.as_str())?;
    row.map(Row::read).transpose()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_once, settled, tamper};
    use super::super::testing::{Fresh, both};
    use super::*;

    both!(
        of_eight_who_start_a_group_one_does,
        a_run_whose_lease_is_over_makes_room_and_counts_as_failed,
        a_run_ends_once_and_the_last_one_is_known,
        a_workspace_does_not_reach_the_runs_of_another,
    );

    fn new(workspace: &WorkspaceId, id: &str, at: i64) -> NewGeneration {
        NewGeneration {
            id: GenerationId::from_stored(id),
            workspace: workspace.clone(),
            group: SectionGroup::Ipp,
            by: MemberId::from_stored("ana"),
            by_name: format!("Ana {id}"),
            at,
            lease_until: at + 100,
        }
    }

    async fn of_eight_who_start_a_group_one_does(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let (store, of) = (db.store.clone(), ws.clone());
        let answers = at_once(move |number| {
            let (store, new) = (store.clone(), new(&of, &number.to_string(), 10));
            async move {
                let mut tx = store.begin().await.unwrap();
                let start = start(&mut tx, &new).await.unwrap();
                tx.commit().await.unwrap();
                start
            }
        })
        .await;
        let winner = answers.iter().position(|start| *start == Start::Started).unwrap();
        let lost = Start::Running { since: 10, by_name: format!("Ana {winner}") };
        assert_eq!(answers.iter().filter(|start| **start == lost).count(), 7);
        let mut tx = db.store.begin().await.unwrap();
        let elsewhere = NewGeneration { group: SectionGroup::Tam, ..new(&ws, "tam", 10) };
        assert_eq!(start(&mut tx, &elsewhere).await.unwrap(), Start::Started);
    }

    async fn a_run_whose_lease_is_over_makes_room_and_counts_as_failed(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let dead = new(&ws, "dead", 10);
        start(&mut tx, &dead).await.unwrap();
        let early = start(&mut tx, &new(&ws, "early", 109)).await.unwrap();
        assert!(matches!(early, Start::Running { since: 10, .. }));
        assert_eq!(start(&mut tx, &new(&ws, "next", 110)).await.unwrap(), Start::Started);
        let found = get(&mut tx, &ws, &dead.id).await.unwrap().unwrap();
        assert_eq!((found.state, found.finished_at), (GenerationState::Failed, Some(110)));
        assert!(!finish(&mut tx, &ws, &dead.id, GenerationState::Complete, 111).await.unwrap());
    }

    async fn a_run_ends_once_and_the_last_one_is_known(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let group = SectionGroup::Ipp;
        assert_eq!(last(&mut tx, &ws, group).await.unwrap(), None);
        let ends = [GenerationState::Complete, GenerationState::Partial, GenerationState::Failed];
        for (at, end) in (1..).zip(ends) {
            let run = new(&ws, end.as_str(), at);
            start(&mut tx, &run).await.unwrap();
            assert!(finish(&mut tx, &ws, &run.id, end, at).await.unwrap());
            assert!(!finish(&mut tx, &ws, &run.id, end, at).await.unwrap());
        }
        let state = |run: Option<Generation>| run.map(|run| run.state);
        let latest = last(&mut tx, &ws, group).await.unwrap();
        assert_eq!(state(latest), Some(GenerationState::Failed));
        tx.commit().await.unwrap();
        for wrong in ["state = 'never'", "state = 'running'", "finished_at = NULL"] {
            let sql = match wrong {
                "state = 'never'" => "UPDATE generation SET state = 'never'",
                "state = 'running'" => "UPDATE generation SET state = 'running'",
                _ => "UPDATE generation SET finished_at = NULL",
            };
            assert!(tamper(&db.store, sql).await.is_err(), "{wrong}");
        }
    }

    async fn a_workspace_does_not_reach_the_runs_of_another(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let mut tx = db.store.begin().await.unwrap();
        let run = new(&ws, "g", 10);
        start(&mut tx, &run).await.unwrap();
        assert_eq!(get(&mut tx, &other, &run.id).await.unwrap(), None);
        assert_eq!(last(&mut tx, &other, run.group).await.unwrap(), None);
        assert!(!finish(&mut tx, &other, &run.id, GenerationState::Failed, 11).await.unwrap());
        assert_eq!(start(&mut tx, &new(&other, "h", 10)).await.unwrap(), Start::Started);
    }
}
