//! `attache export` and `attache restore`: a whole strategy to a file, and back.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use serde_json::json;

use crate::cli::output::Output;
use crate::config::private;
use crate::handlers::context::Context;
use crate::handlers::export;
use crate::handlers::generate::Author;
use crate::proposals::archive::Archive;
use crate::store::workspaces::Workspace;

use super::commands::{Done, Failed};

/// A strategy with all its revisions is far smaller.
const LARGEST: u64 = 256 * 1024 * 1024;

pub(super) async fn export(
    cx: &Context,
    workspace: &Workspace,
    (file, revisions): (&Path, bool),
) -> Done {
    let ending = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let mut reader = cx.store.reader().await?;
    let written = match (ending.as_str(), revisions) {
        ("json", _) => {
            export::as_archive(&mut reader, workspace, revisions).await?.to_json() + "\n"
        }
        ("md", false) => export::as_markdown(&mut reader, workspace, cx.clock.now()).await?,
        ("md", true) => return Err(Failed("--revisions goes with a .json file.".to_owned())),
        _ => {
            return Err(Failed(format!(
                "{} ends neither in .md (to read) nor in .json (for restore). Nothing was written.",
                file.display()
            )));
        }
    };
    write(file, &written)?;
    let name = file.display().to_string();
    Ok(Output {
        text: format!("The strategy of {} is in {name}.", workspace.name),
        json: json!({ "file": name, "bytes": written.len() }),
    })
}

fn write(file: &Path, text: &str) -> Result<(), Failed> {
    let failed = |error| Failed(format!("{} cannot be written: {error}.", file.display()));
    private::new_file(file)
        .and_then(|mut new| new.write_all(text.as_bytes()).and_then(|()| new.sync_all()))
        .map_err(failed)
}

pub(super) async fn restore(
    cx: &Context,
    workspace: &Workspace,
    (file, author): (&Path, &Author),
) -> Done {
    let text = read(file)?;
    let archive = Archive::parse(&text)
        .map_err(|why| Failed(format!("{} was not restored: {why}.", file.display())))?;
    let restored = export::restore(cx, &workspace.id, (archive, author)).await?;
    Ok(Output {
        text: format!(
            "Restored {} sections with {} revisions.",
            restored.sections, restored.revisions
        ),
        json: json!({ "sections": restored.sections, "revisions": restored.revisions }),
    })
}

fn read(file: &Path) -> Result<String, Failed> {
    let failed =
        |error: std::io::Error| Failed(format!("{} cannot be read: {error}.", file.display()));
    let mut text = String::new();
    let opened = File::open(file).map_err(failed)?;
    let read = opened.take(LARGEST + 1).read_to_string(&mut text).map_err(failed)?;
    if u64::try_from(read).is_ok_and(|read| read > LARGEST) {
        return Err(Failed(format!("{} is larger than any strategy.", file.display())));
    }
    Ok(text)
}
