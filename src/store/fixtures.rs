//! Rows that several tests begin with, and eight tasks that do the same thing at once.

use std::future::Future;

use crate::conversation::inbound::{Place, PlaceKind, Platform};
use crate::conversation::outgoing::MessageRef;
use crate::ids::{MemberId, ProposalId, ThreadId, WorkspaceId};
use crate::proposals::revision::{Current, Origin};
use crate::proposals::{Proposal, Suggestion};
use crate::store::members::{Identity, Member, Role};
use crate::store::sections::NewRevision;
use crate::store::threads::Thread;
use crate::store::workspaces::Workspace;
use crate::store::{Store, Tx, members, on, threads, workspaces};
use crate::strategy::address::SectionAddress;
use crate::strategy::document::Document;
use crate::strategy::drafted::DraftedBy;
use crate::strategy::field::Value;
use crate::strategy::icp::Icp;
use crate::strategy::operation::Operation;

/// Runs `task` eight times at once and answers what each answered.
pub async fn at_once<T, F>(task: impl Fn(usize) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let tasks: Vec<_> = (0..8).map(|number| tokio::spawn(task(number))).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

pub fn workspace(id: &str) -> Workspace {
    Workspace {
        id: WorkspaceId::from_stored(id),
        name: format!("Company {id}"),
        zone: "Europe/London".to_owned(),
        fiscal_start_month: 2,
        currency: "USD".to_owned(),
        answers: None,
        sample: false,
        created_at: 1,
    }
}

/// A workspace of this id, made.
pub async fn settled(store: &Store, id: &str) -> WorkspaceId {
    let mut tx = store.begin().await.unwrap();
    let workspace = workspace(id);
    workspaces::create(&mut tx, &workspace).await.unwrap();
    tx.commit().await.unwrap();
    workspace.id
}

pub fn identity(user: &str) -> Identity {
    Identity { platform: Platform::Slack, team: "T1".to_owned(), user: user.to_owned() }
}

/// A member with an identity of the same name, made.
pub async fn joined(tx: &mut Tx, workspace: &WorkspaceId, id: &str, role: Role) -> MemberId {
    let member = Member {
        id: MemberId::from_stored(id),
        workspace_id: workspace.clone(),
        name: id.to_owned(),
        role,
        created_at: 1,
    };
    members::add(tx, &member, &identity(id)).await.unwrap();
    member.id
}

pub fn icp(summary: &str) -> Document {
    Document::Icp(Icp { summary: summary.to_owned(), ..Icp::default() })
}

/// The revision of the ICP after `base`.
pub fn revision(workspace: &WorkspaceId, base: i64, summary: &str) -> NewRevision {
    NewRevision {
        workspace: workspace.clone(),
        address: SectionAddress::Icp,
        base_revision: base,
        document: icp(summary),
        author: MemberId::from_stored("ana"),
        author_name: "Ana".to_owned(),
        origin: Origin::Edit,
        drafted_by: DraftedBy::Rules,
        proposal: None,
        note: "as asked".to_owned(),
        at: 7,
    }
}

pub fn message(channel: &str, id: &str) -> MessageRef {
    let place = Place {
        platform: Platform::Slack,
        team: "T1".to_owned(),
        channel: channel.to_owned(),
        thread: None,
        kind: PlaceKind::Channel,
        shared: false,
    };
    MessageRef { place, message: id.to_owned() }
}

pub fn thread(workspace: &WorkspaceId, id: &str) -> Thread {
    Thread {
        id: ThreadId::from_stored(id),
        workspace_id: workspace.clone(),
        section: SectionAddress::Icp,
        opened_by: MemberId::from_stored("ana"),
        opened_by_name: "Ana".to_owned(),
        root: None,
        request: Some("narrow it".to_owned()),
        created_at: 5,
    }
}

/// A thread of this id, made.
pub async fn opened(tx: &mut Tx, workspace: &WorkspaceId, id: &str) -> ThreadId {
    let thread = thread(workspace, id);
    threads::add(tx, &thread).await.unwrap();
    thread.id
}

/// An open proposal for the ICP.
pub fn proposal(id: &str) -> Proposal {
    let suggestion = Suggestion {
        operations: vec![Operation::Set {
            field: "summary".to_owned(),
            value: Value::Text("narrower".to_owned()),
            basis: None,
        }],
        summary: "Narrow the summary".to_owned(),
        reason: "narrow it".to_owned(),
        requested_by: MemberId::from_stored("ana"),
        drafted_by: DraftedBy::Rules,
        not_done: Vec::new(),
        warnings: Vec::new(),
        supersedes: None,
    };
    let base = Current { revision: 1, document: icp("wide") };
    let now = "2026-10-05T09:00:00Z".parse().unwrap();
    Proposal::open(ProposalId::from_stored(id), suggestion, &base, now).unwrap()
}

/// Runs a text that the store itself would never run.
pub async fn tamper(store: &Store, sql: &'static str) -> Result<u64, crate::store::Error> {
    let mut tx = store.begin().await?;
    let done = on!(&mut tx, |c| sqlx::query(sql).execute(c).await.map(|d| d.rows_affected()))?;
    tx.commit().await?;
    Ok(done)
}
