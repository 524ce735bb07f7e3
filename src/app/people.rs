//! Who is there from the start: the console's three people, the owners of the settings, and a claim
//! code while Slack has no owner.

use std::collections::BTreeSet;

use crate::config::Settings;
use crate::conversation::inbound::Platform;
use crate::handlers::context::Context;
use crate::handlers::desk::{self, Deed};
use crate::handlers::members::code_hash;
use crate::handlers::roles;
use crate::ids::WorkspaceId;
use crate::platforms::console::port::TEAM;
use crate::platforms::console::visit;
use crate::store::installations::{self, Installation};
use crate::store::members::{self, Identity, Member, Role};
use crate::store::{self, Tx, console, workspaces};

use super::console_port::Ports;
use super::opened::StartError;

/// The people of a console on this machine (design: Ana, Ben, Vic).
const CONSOLE_PEOPLE: [(&str, &str, Role); 3] =
    [("ana", "Ana", Role::Owner), ("ben", "Ben", Role::Member), ("vic", "Vic", Role::Viewer)];

/// How long a claim code may be used, milliseconds.
const CLAIM_LIVES_MS: i64 = 24 * 60 * 60 * 1_000;

/// Makes them, each once.
pub async fn ensure(cx: &Context, settings: &Settings) -> Result<(), StartError> {
    let mut tx = cx.store.begin_setup().await?;
    let Some(workspace) = workspaces::list(&mut tx).await?.into_iter().next() else {
        return Ok(());
    };
    if settings.console.on {
        link_console(cx, &mut tx, &workspace.id).await?;
        console::messages::start(&mut tx, &workspace.id, cx.clock.now_ms()).await?;
        if settings.listen.is_loopback() {
            for (user, name, role) in CONSOLE_PEOPLE {
                add(cx, &mut tx, &workspace.id, (user, name, role)).await?;
            }
        }
        for user in console_owners(cx) {
            add(cx, &mut tx, &workspace.id, (user, user, Role::Owner)).await?;
        }
    }
    let code = match &settings.slack {
        Some(_) => claim_code(cx, &mut tx, &workspace.id).await?,
        None => None,
    };
    let passed_over = passed_over(cx, &mut tx, &workspace.id).await?;
    tx.commit().await?;
    for who in passed_over {
        tracing::warn!(
            "ATTACHE_OWNERS names {who}, who was here before: it makes owners at first sight only. \
             attache user add makes them one now"
        );
    }
    if let Some(code) = code {
        tracing::warn!("Slack has no owner yet: type /strategy claim {code} there to become it");
    }
    Ok(())
}

/// The console's owners of the settings.
fn console_owners(cx: &Context) -> impl Iterator<Item = &str> {
    let owners = cx.rules.owners.iter();
    let here = owners.filter(|(platform, _)| *platform == Platform::Console);
    here.map(|(_, user)| user.as_str())
}

/// The console's owners of the settings and of the workspace.
async fn all_console_owners(cx: &Context) -> Result<BTreeSet<String>, store::Error> {
    let mut owners: BTreeSet<String> = console_owners(cx).map(str::to_owned).collect();
    let mut reader = cx.store.reader().await?;
    let Some(workspace) = workspaces::list(&mut reader).await?.into_iter().next() else {
        return Ok(owners);
    };
    let known = members::list(&mut reader, &workspace.id).await?;
    let owning = known.into_iter().filter(|known| known.member.role == Role::Owner);
    let here = owning
        .flat_map(|known| known.identities)
        .filter(|identity| identity.platform == Platform::Console && identity.team == TEAM);
    owners.extend(here.map(|identity| identity.user));
    Ok(owners)
}

/// A one-time sign-in address for each of them, where nobody may just pick who they are.
pub async fn sign_in_links(
    (cx, ports): (&Context, &Ports),
    settings: &Settings,
) -> Result<Vec<(String, String)>, StartError> {
    let mut links = Vec::new();
    if !settings.console.on || settings.listen.is_private() {
        return Ok(links);
    }
    for user in all_console_owners(cx).await? {
        let now = cx.clock.now_ms();
        let invited = visit::invite(ports, &user, now).await;
        let link = invited.map_err(|error| StartError::Other(error.to_string()))?;
        links.push((user, link));
    }
    Ok(links)
}

async fn link_console(
    cx: &Context,
    tx: &mut Tx,
    workspace: &WorkspaceId,
) -> Result<(), store::Error> {
    if installations::by_team(tx, Platform::Console, TEAM).await?.is_some() {
        return Ok(());
    }
    let installation = Installation {
        id: cx.ids.installation(),
        workspace_id: workspace.clone(),
        platform: Platform::Console,
        team: TEAM.to_owned(),
        bot_user: None,
        token: None,
        active: true,
        created_at: cx.clock.now_ms(),
    };
    installations::link(tx, &installation).await
}

async fn add(
    cx: &Context,
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (user, name, role): (&str, &str, Role),
) -> Result<(), StartError> {
    let known = members::by_identity(tx, workspace, Platform::Console, TEAM, user).await?;
    if known.is_some() {
        return Ok(());
    }
    let member = Member {
        id: cx.ids.member(),
        workspace_id: workspace.clone(),
        name: name.to_owned(),
        role,
        created_at: cx.clock.now_ms(),
    };
    let identity =
        Identity { platform: Platform::Console, team: TEAM.to_owned(), user: user.to_owned() };
    let by = desk::entry(workspace, cx.clock.now_ms(), Deed::default());
    Ok(roles::join(tx, &member, &identity, by).await?)
}

/// Whom the settings name as owners, and who had come before with another role.
async fn passed_over(
    cx: &Context,
    tx: &mut Tx,
    workspace: &WorkspaceId,
) -> Result<Vec<String>, store::Error> {
    let known = members::list(tx, workspace).await?;
    let others = known.iter().filter(|known| known.member.role != Role::Owner);
    let names = others.flat_map(|known| &known.identities).filter(|identity| {
        let Identity { platform, user, .. } = identity;
        cx.rules.owners.iter().any(|(on, named)| on == platform && named == user)
    });
    Ok(names.map(|identity| format!("{}:{}", identity.platform, identity.user)).collect())
}

/// A new code while no owner talks in Slack; the settings may name one who has not come yet.
async fn claim_code(
    cx: &Context,
    tx: &mut Tx,
    workspace: &WorkspaceId,
) -> Result<Option<String>, StartError> {
    if !roles::is_unowned((cx, tx), workspace, Platform::Slack).await? {
        return Ok(None);
    }
    let code = new_code();
    let expires = cx.clock.now_ms() + CLAIM_LIVES_MS;
    members::put_claim(tx, workspace, &code_hash(&code), expires).await?;
    Ok(Some(code))
}

/// `7QK4-9M2X-…`: 60 random bits in letters that cannot be mistaken for each other.
fn new_code() -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut bits = getrandom::u64().expect("the system gives random bytes, or nothing is safe");
    let mut code = String::new();
    for at in 0..12 {
        if at > 0 && at % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(LETTERS[usize::try_from(bits & 31).unwrap_or(0)]));
        bits >>= 5;
    }
    code
}
