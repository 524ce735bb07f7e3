//! Roles, given and taken away: by owners in chat, by the command line, at first sight.
//!
//! Every change writes its row of the audit in the transaction that makes it: nothing else calls
//! [`members::add`] and [`members::set_role`].

use crate::conversation::inbound::{Actor, Platform, Standing};
use crate::conversation::words;
use crate::handlers::context::Context;
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::WorkspaceId;
use crate::store::audit::{self, Entry};
use crate::store::members::{self, Identity, Known, Member, Role};
use crate::store::{Tx, console, schedule_owners};

/// What ended together with somebody's role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// How many schedules were theirs, and whose they are now.
    pub schedules: usize,
    pub heir: String,
}

/// Whether nobody on this platform owns the workspace, and nobody whom the settings name as an owner
/// is still to come: only then does a claim code make one.
pub async fn is_unowned(
    (cx, tx): (&Context, &mut Tx),
    workspace: &WorkspaceId,
    platform: Platform,
) -> Handled<bool> {
    let known = members::list(tx, workspace).await?;
    let came = |user: &String| {
        let mut identities = known.iter().flat_map(|known| &known.identities);
        identities.any(|identity| identity.platform == platform && identity.user == *user)
    };
    let named = cx.rules.owners.iter().filter(|(on, _)| *on == platform);
    let to_come = named.map(|(_, user)| user).any(|user| !came(user));
    Ok(!to_come && !known.iter().any(|known| known.owns_on(platform)))
}

/// Somebody is here for the first time. `by` says who brought them, and when.
pub async fn join(tx: &mut Tx, new: &Member, identity: &Identity, by: Entry) -> Handled {
    members::add(tx, new, identity).await?;
    let detail = format!("{}:{} → {}", identity.platform, identity.user, new.role);
    note(tx, ("member.joined", new, detail), by).await
}

/// Gives a known person a role. One that may nothing is shut out at once: no session, link or form
/// of theirs lives on, and their schedules go to an owner.
pub async fn give(tx: &mut Tx, to: &Member, role: Role, by: Entry) -> Handled<Ended> {
    let workspace = &to.workspace_id;
    let leaves_owners = to.role == Role::Owner && role != Role::Owner;
    if leaves_owners && members::owners(tx, workspace).await? <= 1 {
        return Err(Trouble::mend(words::members::last_owner()));
    }
    members::set_role(tx, workspace, &to.id, role).await?;
    note(tx, ("member.role", to, format!("{} → {role}", to.role)), by).await?;
    if role == Role::None { shut_out(tx, to).await } else { Ok(Ended::default()) }
}

/// The code of the server was taken: its holder owns the workspace.
pub async fn claimed(tx: &mut Tx, by_whom: &Member, by: Entry) -> Handled {
    members::set_role(tx, &by_whom.workspace_id, &by_whom.id, Role::Owner).await?;
    let detail = format!("{} → {}", by_whom.role, Role::Owner);
    note(tx, ("member.claimed", by_whom, detail), by).await
}

async fn note(
    tx: &mut Tx,
    (action, member, detail): (&str, &Member, String),
    by: Entry,
) -> Handled {
    let entry = Entry {
        action: action.to_owned(),
        subject_kind: "member".to_owned(),
        subject_id: member.id.to_string(),
        detail,
        ..by
    };
    Ok(audit::add(tx, &entry).await?)
}

async fn shut_out(tx: &mut Tx, member: &Member) -> Handled<Ended> {
    let workspace = &member.workspace_id;
    let all = members::list(tx, workspace).await?;
    let known_as = all.iter().find(|known| known.member.id == member.id);
    let mut ended = Ended::default();
    for identity in known_as.map(|known| known.identities.as_slice()).unwrap_or_default() {
        if identity.platform == Platform::Console {
            console::people::turn_out(tx, workspace, &identity.user).await?;
        }
        hand_over(tx, workspace, (identity, &all), &mut ended).await?;
    }
    Ok(ended)
}

/// What they had scheduled goes on in the name of the first owner who talks on that platform; where
/// there is none, it stays as it is.
async fn hand_over(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (from, all): (&Identity, &[Known]),
    ended: &mut Ended,
) -> Handled {
    let owned = schedule_owners::owned_by(tx, workspace, from).await?;
    let Some((heir, name)) = heir(all, from).filter(|_| !owned.is_empty()) else { return Ok(()) };
    for id in &owned {
        schedule_owners::hand_over(tx, workspace, id, (&heir, &name)).await?;
    }
    ended.schedules += owned.len();
    ended.heir = name;
    Ok(())
}

fn heir(all: &[Known], from: &Identity) -> Option<(Actor, String)> {
    let owners = all.iter().filter(|known| known.member.role == Role::Owner);
    let mut heirs = owners.flat_map(|known| {
        known.identities.iter().map(|identity| (identity, known.member.name.clone()))
    });
    let there = |identity: &Identity| {
        identity != from && identity.platform == from.platform && identity.team == from.team
    };
    let (Identity { platform, team, user }, name) = heirs.find(|(identity, _)| there(identity))?;
    let (team, user, standing) = (team.clone(), user.clone(), Standing::Full);
    let heir = Actor { platform: *platform, team, user, name: Some(name.clone()), standing };
    Some((heir, name))
}
