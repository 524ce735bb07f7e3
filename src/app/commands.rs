//! The subcommands that end: each does its work with no door open, and answers with a result.

use std::sync::Arc;

use serde_json::json;

use crate::cli::command::{Audit, Command, ManifestOf, Report};
use crate::cli::output::{Output, columns};
use crate::config::{Settings, private};
use crate::conversation::inbound::Platform;
use crate::conversation::words;
use crate::handlers::context::Context;
use crate::handlers::desk::{self, Deed};
use crate::handlers::generate::Author;
use crate::handlers::import::{self, File, Wanted};
use crate::handlers::trouble::Trouble;
use crate::handlers::{audit, report, roles, sample};
use crate::partners::import::template;
use crate::platforms::slack::manifest;
use crate::store::audit::{self as chain, Chain};
use crate::store::members::{self, Identity, Member, Role};
use crate::store::workspaces::{self, Workspace};

use super::accounts;
use super::opened::{self, Opened, StartError};
use super::strategy_file;
use super::web_parts;

/// Why a command failed: one sentence for stderr.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failed(pub String);

impl From<StartError> for Failed {
    fn from(error: StartError) -> Self {
        Self(error.to_string())
    }
}

impl From<crate::store::Error> for Failed {
    fn from(error: crate::store::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Mend(card) | Trouble::Denied { card, .. } => Self(card.fallback),
            Trouble::Ours(ours) => Self(ours.to_string()),
        }
    }
}

pub(super) type Done = Result<Output, Failed>;

/// Runs a command that is not `serve`.
pub async fn run(command: Command, settings: &Settings, workspace: Option<&str>) -> Done {
    match command {
        Command::Template { kind } => return Ok(text(template(kind).trim_end())),
        Command::Manifest { platform: ManifestOf::Slack } => return Ok(slack_manifest(settings)),
        _ => {}
    }
    let opened = opened::open(settings, false, opened::clock(settings)).await?;
    let done = with_database(&opened, command, workspace).await;
    opened.cx.store.close().await;
    done
}

async fn with_database(opened: &Opened, command: Command, workspace: Option<&str>) -> Done {
    let cx = &opened.cx;
    let workspace = named(cx, workspace).await?;
    match command {
        Command::Sample => load_sample(cx, &workspace).await,
        Command::Import { kind, file, keep_good, decimal } => {
            let bytes = std::fs::read(&file)
                .map_err(|error| Failed(format!("{} cannot be read: {error}.", file.display())))?;
            let read = File { kind, bytes: Arc::new(bytes), decimal };
            take(cx, &workspace, (read, &file, keep_good)).await
        }
        Command::Report(wanted) => write_report(cx, &workspace, &wanted).await,
        Command::User(user) => accounts::user(cx, &workspace, user).await,
        Command::Token(token) => accounts::token(cx, &workspace, token).await,
        Command::Audit(Audit::Verify) => verify_audit(cx, &workspace).await,
        Command::Jobs => jobs(cx).await,
        Command::Backup { file } => {
            if file.exists() {
                return Err(Failed(format!(
                    "{} exists already, so nothing was copied. Name a new file.",
                    file.display()
                )));
            }
            cx.store.backup(&file).await?;
            Ok(text(&format!("Copied to {}.", file.display())))
        }
        Command::Export { file, revisions } => {
            strategy_file::export(cx, &workspace, (&file, revisions)).await
        }
        Command::Restore { file } => {
            let author = operator(cx, &workspace).await?;
            strategy_file::restore(cx, &workspace, (&file, &author)).await
        }
        Command::Serve { .. } | Command::Template { .. } | Command::Manifest { .. } => {
            Err(Failed("this command needs no database".to_owned()))
        }
    }
}

/// As Slack takes it; with an example's address until the public one is set.
fn slack_manifest(settings: &Settings) -> Output {
    let address = settings.listen.public_url.as_ref().map_or(manifest::EXAMPLE, url::Url::as_str);
    let json = manifest::manifest(address);
    Output { text: format!("{json:#}"), json }
}

pub(super) fn text(words: &str) -> Output {
    Output { text: words.to_owned(), json: json!({ "done": words }) }
}

async fn named(cx: &Context, name: Option<&str>) -> Result<Workspace, Failed> {
    let mut reader = cx.store.reader().await?;
    let all = workspaces::list(&mut reader).await?;
    let names: Vec<_> = all.iter().map(|workspace| workspace.name.clone()).collect();
    let found = match name {
        None if all.len() == 1 => all.into_iter().next(),
        None => None,
        Some(name) => all.into_iter().find(|workspace| workspace.name == name),
    };
    found.ok_or_else(|| Failed(format!("Name one with --workspace: {}.", names.join(", "))))
}

/// Who is written down as the author of what the command line does.
async fn operator(cx: &Context, workspace: &Workspace) -> Result<Author, Failed> {
    let mut tx = cx.store.begin().await?;
    let (platform, team, user) = (Platform::Console, "command-line", "operator");
    let known = members::by_identity(&mut tx, &workspace.id, platform, team, user).await?;
    if let Some(known) = known {
        return Ok(Author { member: known.id, name: known.name });
    }
    let member = Member {
        id: cx.ids.member(),
        workspace_id: workspace.id.clone(),
        name: "the command line".to_owned(),
        role: Role::Viewer,
        created_at: cx.clock.now_ms(),
    };
    let author = Author { member: member.id.clone(), name: member.name.clone() };
    let identity = Identity { platform, team: team.to_owned(), user: user.to_owned() };
    let by = desk::entry(&workspace.id, cx.clock.now_ms(), Deed::default());
    roles::join(&mut tx, &member, &identity, by).await?;
    tx.commit().await?;
    Ok(author)
}

async fn load_sample(cx: &Context, workspace: &Workspace) -> Done {
    let author = operator(cx, workspace).await?;
    let loaded = sample::load_into(cx, &workspace.id, &author).await?;
    let loaded = loaded.filter(|loaded| !loaded.already);
    let loaded = loaded.ok_or_else(|| Failed(words::home::not_empty()))?;
    let sample::Loaded { partners, deals, activities, .. } = loaded;
    Ok(Output {
        text: format!(
            "Loaded the sample company: {partners} partners, {deals} deals, {activities} \
             activities, and its first strategy."
        ),
        json: json!({ "partners": partners, "deals": deals, "activities": activities }),
    })
}

async fn take(
    cx: &Context,
    workspace: &Workspace,
    (file, path, keep_good): (File, &std::path::Path, bool),
) -> Done {
    let kind = file.kind;
    let source = path.file_name().unwrap_or_default().to_string_lossy();
    let wanted =
        Wanted { file, keep_good, source: &source, by: "the command line", at: cx.clock.now_ms() };
    let taken = import::take(&cx.files, &workspace.id, &wanted).await?;
    let output =
        Output { text: import::card(kind, &taken).words(), json: web_parts::report(&taken) };
    let applied = taken.as_ref().is_ok_and(|taken| taken.applied);
    if applied { Ok(output) } else { Err(Failed(output.text)) }
}

async fn write_report(cx: &Context, workspace: &Workspace, wanted: &Report) -> Done {
    if let Some(view) = &wanted.view {
        return Err(Failed(words::report::no_such_view(view)));
    }
    let material = report::read(cx, &workspace.id).await?;
    if material.is_empty() {
        return Err(Failed(words::report::nothing_to_report()));
    }
    let zone = audit::zone_of(&workspace.zone);
    let now = match wanted.as_of {
        None => cx.clock.now(),
        Some(date) => date
            .at(12, 0, 0, 0)
            .to_zoned(zone)
            .map_err(|error| Failed(error.to_string()))?
            .timestamp(),
    };
    let quarter = report::closed_quarter(workspace, now);
    let built = report::build(cx, material, (quarter, now)).await?.map_err(Failed)?;
    private::write(&wanted.out, &built.deck)
        .map_err(|error| Failed(format!("{} cannot be written: {error}.", wanted.out.display())))?;
    let (title, file) = (built.report.title(), wanted.out.display().to_string());
    Ok(Output {
        text: format!("{title}: {file}, {} bytes.", built.deck.len()),
        json: json!({ "title": title, "file": file, "bytes": built.deck.len() }),
    })
}

/// Whether the audit is as it was written.
async fn verify_audit(cx: &Context, workspace: &Workspace) -> Done {
    let mut reader = cx.store.reader().await?;
    match chain::verify(&mut reader, &workspace.id).await? {
        Chain::Whole { rows } => Ok(Output {
            text: format!("The audit is whole: {rows} rows."),
            json: json!({ "whole": true, "rows": rows }),
        }),
        Chain::BrokenAt { seq } => Err(Failed(format!(
            "The audit is broken at row {seq}: from there on rows were changed, dropped or put in."
        ))),
    }
}

async fn jobs(cx: &Context) -> Done {
    let queues = cx.jobs.queues().await?;
    let rows: Vec<Vec<String>> = queues
        .iter()
        .map(|queue| {
            let counts = [queue.waiting, queue.running, queue.resting, queue.dead];
            let counts = counts.iter().map(ToString::to_string);
            std::iter::once(queue.queue.clone()).chain(counts).collect()
        })
        .collect();
    let json: Vec<_> = queues
        .iter()
        .map(|queue| {
            json!({
                "queue": queue.queue, "waiting": queue.waiting, "running": queue.running,
                "resting": queue.resting, "given_up": queue.dead,
            })
        })
        .collect();
    let head = ["queue", "waiting", "running", "resting", "given up"];
    Ok(Output { text: columns(&head, &rows), json: json!(json) })
}
