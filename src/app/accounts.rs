//! The subcommands about people and tokens. What they change is in the audit like what is changed in
//! chat, in the same transaction.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::cli::command::{Purpose, Token as TokenCommand, User, Who};
use crate::cli::output::{Output, columns};
use crate::conversation::inbound::Platform;
use crate::conversation::words;
use crate::handlers::audit::zone_of;
use crate::handlers::context::Context;
use crate::handlers::desk::{self, Deed};
use crate::handlers::roles;
use crate::ids::WorkspaceId;
use crate::platforms::console::port::TEAM;
use crate::store::members::{self, Identity, Member, Role};
use crate::store::tokens::{self, Token};
use crate::store::workspaces::Workspace;
use crate::store::{Tx, audit, installations, seal};

use super::commands::{Done, Failed, text};

pub(super) async fn user(cx: &Context, workspace: &Workspace, command: User) -> Done {
    match command {
        User::Add { who, role } => add_user(cx, workspace, (&who, role)).await,
        User::List => list_users(cx, workspace).await,
        User::Remove { who } => remove_user(cx, workspace, &who).await,
    }
}

pub(super) async fn token(cx: &Context, workspace: &Workspace, command: TokenCommand) -> Done {
    match command {
        TokenCommand::Create { purpose: Purpose::Import, name } => {
            create_token(cx, workspace, &name).await
        }
        TokenCommand::List => list_tokens(cx, workspace).await,
        TokenCommand::Revoke { id } => revoke_token(cx, workspace, &id).await,
    }
}

/// One row of the audit about what the command line did.
async fn note(
    cx: &Context,
    tx: &mut Tx,
    workspace: &Workspace,
    deed: Deed<'_>,
) -> Result<(), Failed> {
    Ok(audit::add(tx, &by(cx, &workspace.id, deed)).await?)
}

/// A row of the audit about something that the command line does.
fn by(cx: &Context, workspace: &WorkspaceId, deed: Deed<'_>) -> audit::Entry {
    let actor_name = "the command line".to_owned();
    audit::Entry { actor_name, ..desk::entry(workspace, cx.clock.now_ms(), deed) }
}

fn identity(who: &Who) -> (Platform, String) {
    match (&who.slack, &who.console) {
        (Some(user), _) => (Platform::Slack, user.clone()),
        (None, user) => (Platform::Console, user.clone().unwrap_or_default()),
    }
}

/// The team of a platform that this workspace is linked to.
async fn team(tx: &mut Tx, workspace: &Workspace, on: Platform) -> Result<String, Failed> {
    if on == Platform::Console {
        return Ok(TEAM.to_owned());
    }
    let linked = installations::list(tx, &workspace.id).await?;
    let team = linked.into_iter().find(|one| one.platform == on && one.active);
    team.map(|one| one.team).ok_or_else(|| {
        Failed(format!(
            "No {on} team is linked yet: it is with its first request. Until then name owners with \
             ATTACHE_OWNERS."
        ))
    })
}

async fn add_user(cx: &Context, workspace: &Workspace, (who, role): (&Who, Role)) -> Done {
    let (platform, user) = identity(who);
    let mut tx = cx.store.begin().await?;
    let team = team(&mut tx, workspace, platform).await?;
    let known = members::by_identity(&mut tx, &workspace.id, platform, &team, &user).await?;
    if let Some(known) = known {
        return give(cx, tx, (&known, role)).await;
    }
    let (id, name, created_at) = (cx.ids.member(), user.clone(), cx.clock.now_ms());
    let member = Member { id, workspace_id: workspace.id.clone(), name, role, created_at };
    let identity = Identity { platform, team, user };
    roles::join(&mut tx, &member, &identity, by(cx, &workspace.id, Deed::default())).await?;
    tx.commit().await?;
    Ok(text(&words::members::given(&member.name, role.as_str(), (0, ""))))
}

async fn give(cx: &Context, mut tx: Tx, (to, role): (&Member, Role)) -> Done {
    let by = by(cx, &to.workspace_id, Deed::default());
    let ended = roles::give(&mut tx, to, role, by).await?;
    tx.commit().await?;
    let ended = (ended.schedules, ended.heir.as_str());
    Ok(text(&words::members::given(&to.name, role.as_str(), ended)))
}

async fn list_users(cx: &Context, workspace: &Workspace) -> Done {
    let mut reader = cx.store.reader().await?;
    let known = members::list(&mut reader, &workspace.id).await?;
    let rows: Vec<Vec<String>> = known
        .iter()
        .flat_map(|known| {
            known.identities.iter().map(|identity| {
                let who = format!("{}:{}", identity.platform, identity.user);
                vec![who, known.member.name.clone(), known.member.role.as_str().to_owned()]
            })
        })
        .collect();
    let people: Vec<_> =
        rows.iter().map(|row| json!({ "who": row[0], "name": row[1], "role": row[2] })).collect();
    Ok(Output { text: columns(&["who", "name", "role"], &rows), json: json!(people) })
}

async fn remove_user(cx: &Context, workspace: &Workspace, who: &Who) -> Done {
    let (platform, user) = identity(who);
    let mut tx = cx.store.begin().await?;
    let team = team(&mut tx, workspace, platform).await?;
    let known = members::by_identity(&mut tx, &workspace.id, platform, &team, &user).await?;
    let known = known.ok_or_else(|| Failed(words::members::no_such_person(&user)))?;
    let tokens = tokens::list(&mut tx, &workspace.id).await?;
    let valid = tokens.iter().filter(|token| token.revoked_at.is_none()).count();
    let mut done = give(cx, tx, (&known, Role::None)).await?;
    if valid > 0 {
        let tokens = words::count(valid, "import token is", "import tokens are");
        let note = format!(
            "{tokens} still valid, whoever has them: attache token list shows them, attache token \
             revoke ends one."
        );
        done = text(&format!("{}\n{note}", done.text));
    }
    Ok(done)
}

async fn create_token(cx: &Context, workspace: &Workspace, name: &str) -> Done {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failed(error.to_string()))?;
    let secret = format!("attache_{}", URL_SAFE_NO_PAD.encode(bytes));
    let token = Token {
        id: cx.ids.text(),
        workspace_id: workspace.id.clone(),
        name: name.to_owned(),
        created_at: cx.clock.now_ms(),
        used_at: None,
        revoked_at: None,
    };
    let mut tx = cx.store.begin().await?;
    tokens::create(&mut tx, &token, &seal::digest(&secret)).await?;
    note(cx, &mut tx, workspace, of_token("token.created", &token.id, name)).await?;
    tx.commit().await?;
    Ok(Output { text: secret.clone(), json: json!({ "id": token.id, "token": secret }) })
}

async fn list_tokens(cx: &Context, workspace: &Workspace) -> Done {
    let mut reader = cx.store.reader().await?;
    let zone = zone_of(&workspace.zone);
    let when =
        |at: Option<i64>| at.map_or_else(|| "never".to_owned(), |at| words::moment(at, &zone));
    let rows: Vec<Vec<String>> = tokens::list(&mut reader, &workspace.id)
        .await?
        .into_iter()
        .map(|token| {
            let state = if token.revoked_at.is_some() { "revoked" } else { "valid" };
            vec![token.id, token.name, state.to_owned(), when(token.used_at)]
        })
        .collect();
    let tokens: Vec<_> = rows
        .iter()
        .map(|row| json!({ "id": row[0], "name": row[1], "state": row[2], "used": row[3] }))
        .collect();
    Ok(Output { text: columns(&["id", "name", "state", "last used"], &rows), json: json!(tokens) })
}

async fn revoke_token(cx: &Context, workspace: &Workspace, id: &str) -> Done {
    let mut tx = cx.store.begin().await?;
    let revoked = tokens::revoke(&mut tx, &workspace.id, id, cx.clock.now_ms()).await;
    if let Err(crate::store::Error::Missing) = revoked {
        return Err(Failed(format!(
            "There is no valid token with the id {id}, so nothing was revoked. A token is named by \
             its id: attache token list shows them."
        )));
    }
    revoked?;
    note(cx, &mut tx, workspace, of_token("token.revoked", id, "")).await?;
    tx.commit().await?;
    Ok(text("Revoked."))
}

fn of_token<'a>(action: &'a str, id: &'a str, name: &str) -> Deed<'a> {
    let detail = name.to_owned();
    Deed { action, subject_kind: "token", subject_id: id, detail, ..Deed::default() }
}
