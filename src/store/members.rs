//! People of a workspace, who they are on each platform, their role, and the first owner's code.

use std::collections::BTreeMap;

use super::ask::{every, first, hit, odd, platform, run};
use super::{Reads, Result, Tx, statements, workspaces};
use crate::conversation::inbound::Platform;
use crate::ids::{MemberId, WorkspaceId};

statements! {
    BY_IDENTITY = "SELECT m.workspace_id, m.id, m.name, \
                   CASE m.shut_out WHEN 1 THEN 'none' ELSE m.role END AS role, m.created_at \
                   FROM member_identity i JOIN member m \
                   ON m.workspace_id = i.workspace_id AND m.id = i.member_id \
                   WHERE i.workspace_id = $1 AND i.platform = $2 AND i.team = $3 AND i.user_id = $4";
    GET = "SELECT workspace_id, id, name, \
           CASE shut_out WHEN 1 THEN 'none' ELSE role END AS role, created_at FROM member \
           WHERE workspace_id = $1 AND id = $2";
    LIST = "SELECT workspace_id, id, name, \
            CASE shut_out WHEN 1 THEN 'none' ELSE role END AS role, created_at FROM member \
            WHERE workspace_id = $1 ORDER BY created_at, id";
    IDENTITIES = "SELECT member_id, platform, team, user_id FROM member_identity \
                  WHERE workspace_id = $1 ORDER BY platform, team, user_id";
    ADD = "INSERT INTO member (workspace_id, id, name, role, created_at, shut_out) \
           VALUES ($1, $2, $3, $4, $5, $6)";
    ADD_IDENTITY = "INSERT INTO member_identity (workspace_id, platform, team, user_id, member_id) \
                    VALUES ($1, $2, $3, $4, $5)";
    SET_ROLE = "UPDATE member SET role = $3, shut_out = $4 WHERE workspace_id = $1 AND id = $2";
    RENAME = "UPDATE member SET name = $3 WHERE workspace_id = $1 AND id = $2";
    OWNERS = "SELECT COUNT(*) FROM member WHERE workspace_id = $1 AND role = 'owner'";
    PUT_CLAIM = "INSERT INTO claim_code (code_hash, workspace_id, expires_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (code_hash) DO NOTHING";
    /// Finds the workspace, so it cannot name one.
    TAKE_CLAIM = "DELETE FROM claim_code WHERE code_hash = $1 AND expires_at > $2 \
                  RETURNING workspace_id";
    DROP_CLAIMS = "DELETE FROM claim_code WHERE workspace_id = $1";
}

/// What a member may do; a higher role is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Shut out: may nothing, and does not become a viewer by speaking.
    None,
    Viewer,
    Member,
    Admin,
    Owner,
}

impl Role {
    /// Lowest first.
    pub const ALL: [Self; 5] = [Self::None, Self::Viewer, Self::Member, Self::Admin, Self::Owner];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// Reads a role in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str().eq_ignore_ascii_case(text.trim()))
    }

    /// 0 for somebody shut out, 4 for an owner.
    #[must_use]
    pub fn rank(self) -> u8 {
        self as u8
    }

    /// The two columns it is kept in: a word of the list, and whether it counts for nothing.
    fn kept(self) -> (&'static str, i64) {
        match self {
            Self::None => (Self::Viewer.as_str(), 1),
            other => (other.as_str(), 0),
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: MemberId,
    pub workspace_id: WorkspaceId,
    pub name: String,
    pub role: Role,
    pub created_at: i64,
}

/// Who somebody is on a platform, by the platform's own ids.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    pub platform: Platform,
    pub team: String,
    pub user: String,
}

/// A member and all they are known as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub member: Member,
    pub identities: Vec<Identity>,
}

impl Known {
    /// Whether they own the workspace, and talk there.
    #[must_use]
    pub fn owns_on(&self, platform: Platform) -> bool {
        let there = self.identities.iter().any(|identity| identity.platform == platform);
        self.member.role == Role::Owner && there
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    workspace_id: String,
    id: String,
    name: String,
    role: String,
    created_at: i64,
}

impl Row {
    fn read(self) -> Result<Member> {
        Ok(Member {
            id: MemberId::from_stored(self.id),
            workspace_id: WorkspaceId::from_stored(self.workspace_id),
            name: self.name,
            role: Role::parse(&self.role).ok_or_else(|| odd("a role", &self.role))?,
            created_at: self.created_at,
        })
    }
}

pub async fn by_identity(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    platform: Platform,
    team: &str,
    user: &str,
) -> Result<Option<Member>> {
    let ws = workspace.as_str();
    let row: Option<Row> = first!(db, BY_IDENTITY, ws, platform.as_str(), team, user)?;
    row.map(Row::read).transpose()
}

pub async fn get(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    id: &MemberId,
) -> Result<Option<Member>> {
    let row: Option<Row> = first!(db, GET, workspace.as_str(), id.as_str())?;
    row.map(Row::read).transpose()
}

/// Everybody with all they are known as, in the order in which they came.
pub async fn list(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<Vec<Known>> {
    let rows: Vec<Row> = every!(&mut *db, LIST, workspace.as_str())?;
    let known: Vec<(String, String, String, String)> = every!(db, IDENTITIES, workspace.as_str())?;
    let mut of = BTreeMap::<String, Vec<Identity>>::new();
    for (member, on, team, user) in known {
        of.entry(member).or_default().push(Identity { platform: platform(&on)?, team, user });
    }
    let known = rows.into_iter().map(|row| {
        let identities = of.remove(&row.id).unwrap_or_default();
        Ok(Known { member: row.read()?, identities })
    });
    known.collect()
}

/// A new member. Somebody who is known already is a conflict.
pub async fn add(tx: &mut Tx, new: &Member, identity: &Identity) -> Result<()> {
    let (role, shut_out) = new.role.kept();
    run!(
        &mut *tx,
        ADD,
        new.workspace_id.as_str(),
        new.id.as_str(),
        &new.name,
        role,
        new.created_at,
        shut_out,
    )?;
    add_identity(tx, &new.workspace_id, &new.id, identity).await
}

/// The same person on one more platform.
pub async fn add_identity(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    member: &MemberId,
    identity: &Identity,
) -> Result<()> {
    run!(
        tx,
        ADD_IDENTITY,
        workspace.as_str(),
        identity.platform.as_str(),
        &identity.team,
        &identity.user,
        member.as_str(),
    )?;
    Ok(())
}

/// Gives a role. Changes of roles in one workspace wait for each other, so [`owners`] asked after
/// it in the same transaction is exact: roll back when it is zero.
pub async fn set_role(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    id: &MemberId,
    role: Role,
) -> Result<()> {
    workspaces::lock(tx, workspace).await?;
    let (role, shut_out) = role.kept();
    hit(run!(tx, SET_ROLE, workspace.as_str(), id.as_str(), role, shut_out)?)
}

pub async fn rename(tx: &mut Tx, workspace: &WorkspaceId, id: &MemberId, name: &str) -> Result<()> {
    hit(run!(tx, RENAME, workspace.as_str(), id.as_str(), name)?)
}

/// How many owners there are; nobody else can change that until this transaction ends.
pub async fn owners(tx: &mut Tx, workspace: &WorkspaceId) -> Result<i64> {
    workspaces::lock(tx, workspace).await?;
    let count: Option<(i64,)> = first!(tx, OWNERS, workspace.as_str())?;
    Ok(count.map_or(0, |(count,)| count))
}

/// Lets the holder of a code become the first owner; `code_hash` is [`super::seal::digest`] of it.
pub async fn put_claim(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    code_hash: &str,
    expires_at: i64,
) -> Result<()> {
    run!(tx, PUT_CLAIM, code_hash, workspace.as_str(), expires_at)?;
    Ok(())
}

/// Uses a code up, and with it every other code of its workspace; none when it is wrong, used or
/// too old.
pub async fn take_claim(tx: &mut Tx, code_hash: &str, now: i64) -> Result<Option<WorkspaceId>> {
    let taken: Option<(String,)> = first!(&mut *tx, TAKE_CLAIM, code_hash, now)?;
    let Some((workspace,)) = taken else { return Ok(None) };
    run!(tx, DROP_CLAIMS, &workspace)?;
    Ok(Some(WorkspaceId::from_stored(workspace)))
}

#[cfg(test)]
mod tests {
    use super::super::Error;
    use super::super::fixtures::{at_once, identity, joined, settled, tamper};
    use super::super::testing::{Fresh, both};
    use super::*;

    both!(
        people_are_found_by_who_they_are_on_a_platform,
        one_identity_is_one_person,
        a_workspace_does_not_reach_the_people_of_another,
        of_owners_who_step_down_at_once_one_stays,
        somebody_shut_out_is_known_and_may_nothing,
        a_claim_code_is_taken_once_and_takes_the_others_with_it,
        a_role_that_there_is_not_is_refused,
    );

    #[test]
    fn roles_are_ordered_and_read_back_what_they_write() {
        assert!(Role::Owner > Role::Admin && Role::Admin > Role::Member);
        assert!(Role::Member > Role::Viewer && Role::Viewer > Role::None);
        for (rank, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(role.rank()), rank);
            assert_eq!(Role::parse(&role.as_str().to_uppercase()), Some(role));
        }
        assert_eq!(Role::parse("editor"), None);
    }

    async fn people_are_found_by_who_they_are_on_a_platform(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let ana = joined(&mut tx, &ws, "ana", Role::Owner).await;
        let here = Identity { platform: Platform::Console, ..identity("ana") };
        add_identity(&mut tx, &ws, &ana, &here).await.unwrap();
        rename(&mut tx, &ws, &ana, "Ana Silva").await.unwrap();
        set_role(&mut tx, &ws, &ana, Role::Admin).await.unwrap();
        tx.commit().await.unwrap();
        let mut reader = db.store.reader().await.unwrap();
        let found = by_identity(&mut reader, &ws, Platform::Slack, "T1", "ana").await.unwrap();
        let found = found.unwrap();
        assert_eq!((found.name.as_str(), found.role), ("Ana Silva", Role::Admin));
        assert_eq!(get(&mut reader, &ws, &ana).await.unwrap(), Some(found.clone()));
        let none = by_identity(&mut reader, &ws, Platform::Slack, "T2", "ana").await.unwrap();
        assert_eq!(none, None);
        let listed = list(&mut reader, &ws).await.unwrap();
        assert_eq!(listed, [Known { member: found, identities: vec![here, identity("ana")] }]);
    }

    async fn one_identity_is_one_person(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        joined(&mut tx, &ws, "ana", Role::Owner).await;
        let twin = Member {
            id: MemberId::from_stored("twin"),
            workspace_id: ws.clone(),
            name: "Twin".to_owned(),
            role: Role::Viewer,
            created_at: 2,
        };
        let error = add(&mut tx, &twin, &identity("ana")).await.unwrap_err();
        assert!(matches!(error, Error::Conflict(_)), "{error:?}");
    }

    async fn a_workspace_does_not_reach_the_people_of_another(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let mut tx = db.store.begin().await.unwrap();
        let ana = joined(&mut tx, &ws, "ana", Role::Viewer).await;
        let seen = by_identity(&mut tx, &other, Platform::Slack, "T1", "ana").await.unwrap();
        assert_eq!(seen, None);
        assert_eq!(get(&mut tx, &other, &ana).await.unwrap(), None);
        assert_eq!(list(&mut tx, &other).await.unwrap(), []);
        let errors = [
            set_role(&mut tx, &other, &ana, Role::Owner).await.unwrap_err(),
            rename(&mut tx, &other, &ana, "x").await.unwrap_err(),
        ];
        assert!(errors.iter().all(|error| matches!(error, Error::Missing)), "{errors:?}");
        assert_eq!(get(&mut tx, &ws, &ana).await.unwrap().unwrap().role, Role::Viewer);
    }

    async fn of_owners_who_step_down_at_once_one_stays(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        for number in 0..8 {
            joined(&mut tx, &ws, &number.to_string(), Role::Owner).await;
        }
        tx.commit().await.unwrap();
        let (store, of) = (db.store.clone(), ws.clone());
        let stepped = at_once(move |number| {
            let (store, ws) = (store.clone(), of.clone());
            async move {
                let me = MemberId::from_stored(number.to_string());
                let mut tx = store.begin().await.unwrap();
                if owners(&mut tx, &ws).await.unwrap() <= 1 {
                    return false;
                }
                set_role(&mut tx, &ws, &me, Role::Viewer).await.unwrap();
                tx.commit().await.unwrap();
                true
            }
        });
        assert_eq!(stepped.await.into_iter().filter(|stepped| *stepped).count(), 7);
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(owners(&mut tx, &ws).await.unwrap(), 1);
    }

    async fn somebody_shut_out_is_known_and_may_nothing(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let ana = joined(&mut tx, &ws, "ana", Role::Owner).await;
        joined(&mut tx, &ws, "eve", Role::None).await;
        set_role(&mut tx, &ws, &ana, Role::None).await.unwrap();
        assert_eq!(owners(&mut tx, &ws).await.unwrap(), 0);
        for user in ["ana", "eve"] {
            let seen = by_identity(&mut tx, &ws, Platform::Slack, "T1", user).await.unwrap();
            assert_eq!(seen.unwrap().role, Role::None, "{user}");
        }
        set_role(&mut tx, &ws, &ana, Role::Viewer).await.unwrap();
        let roles: Vec<_> = list(&mut tx, &ws).await.unwrap();
        let roles: Vec<_> = roles.iter().map(|known| known.member.role).collect();
        assert_eq!(roles, [Role::Viewer, Role::None]);
        assert_eq!(get(&mut tx, &ws, &ana).await.unwrap().unwrap().role, Role::Viewer);
    }

    async fn a_claim_code_is_taken_once_and_takes_the_others_with_it(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        put_claim(&mut tx, &ws, "one", 100).await.unwrap();
        put_claim(&mut tx, &ws, "two", 100).await.unwrap();
        assert_eq!(take_claim(&mut tx, "one", 100).await.unwrap(), None);
        assert_eq!(take_claim(&mut tx, "three", 1).await.unwrap(), None);
        tx.commit().await.unwrap();
        let store = db.store.clone();
        let taken = at_once(move |_| {
            let store = store.clone();
            async move {
                let mut tx = store.begin().await.unwrap();
                let taken = take_claim(&mut tx, "one", 99).await.unwrap();
                tx.commit().await.unwrap();
                taken
            }
        });
        let taken: Vec<_> = taken.await.into_iter().flatten().collect();
        assert_eq!(taken, [ws]);
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(take_claim(&mut tx, "two", 99).await.unwrap(), None);
    }

    async fn a_role_that_there_is_not_is_refused(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        joined(&mut tx, &ws, "ana", Role::Viewer).await;
        tx.commit().await.unwrap();
        assert!(tamper(&db.store, "UPDATE member SET role = 'king'").await.is_err());
        let stray = "INSERT INTO member_identity VALUES ('w', 'slack', 'T', 'U', 'nobody')";
        assert!(tamper(&db.store, stray).await.is_err());
    }
}
