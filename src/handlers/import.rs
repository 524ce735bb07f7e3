//! Partner facts coming in: one way for the command line, the console and other systems.

use std::collections::BTreeSet;

use crate::conversation::card::Card;
use crate::conversation::words;
use crate::handlers::desk::{self, Deed};
use crate::handlers::trouble::Handled;
use crate::ids::WorkspaceId;
use crate::partners::Currency;
use crate::partners::import::{self, FileRefused, Format, Import, Kind, Known, Refused, Rows};
use crate::store::partners::{self, Imported, Tally};
use crate::store::workspaces::Workspace;
use crate::store::{Tx, audit};

/// A file to take in.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub kind: Kind,
    pub bytes: &'a [u8],
    /// Keep the good rows of a file that has bad ones; else such a file changes nothing.
    pub keep_good: bool,
    /// Where it came from: a file name, `console`, `http`.
    pub source: &'a str,
    /// Who brought it, by name.
    pub by: &'a str,
    /// Business time, milliseconds since 1970.
    pub at: i64,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Rows of the file, good and bad.
    pub read: usize,
    pub tally: Tally,
    pub refused: Vec<Refused>,
    pub notes: Vec<String>,
    /// False when bad rows kept the whole file out.
    pub applied: bool,
}

/// Takes a file in, inside the caller's transaction.
///
/// # Errors
/// Ours. A file that cannot be read as a whole comes back as `Ok(Err(_))`.
pub async fn take(
    tx: &mut Tx,
    workspace: &Workspace,
    wanted: &Wanted<'_>,
) -> Handled<Result<Taken, FileRefused>> {
    let known: BTreeSet<String> =
        partners::partner_ids(tx, &workspace.id).await?.into_iter().collect();
    let known = Known {
        currency: Currency::from_code(&workspace.currency),
        partners: (wanted.kind != Kind::Partners).then_some(&known),
    };
    let format = Format::guess(wanted.bytes);
    let read = match import::read(wanted.kind, format, wanted.bytes, &known) {
        Ok(read) => read,
        Err(refused) => return Ok(Err(refused)),
    };
    let applied = read.refused.is_empty() || wanted.keep_good;
    let tally = if applied {
        upsert(tx, &workspace.id, (&read, wanted.at)).await?
    } else {
        Tally { added: 0, changed: 0, unchanged: 0 }
    };
    if applied {
        log(tx, &workspace.id, wanted, (&tally, read.refused.len())).await?;
    }
    Ok(Ok(Taken {
        read: read.rows.len() + read.refused.len(),
        tally,
        refused: read.refused,
        notes: read.notes,
        applied,
    }))
}

async fn upsert(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (read, at): (&Import, i64),
) -> Handled<Tally> {
    let columns = &read.columns;
    Ok(match &read.rows {
        Rows::Partners(rows) => partners::upsert_partners(tx, workspace, rows, columns, at).await?,
        Rows::Deals(rows) => partners::upsert_deals(tx, workspace, rows, columns, at).await?,
        Rows::Activities(rows) => {
            partners::upsert_activities(tx, workspace, rows, columns, at).await?
        }
    })
}

async fn log(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    wanted: &Wanted<'_>,
    (tally, refused): (&Tally, usize),
) -> Handled {
    let imported = Imported {
        kind: wanted.kind,
        at: wanted.at,
        by_name: wanted.by.to_owned(),
        source: wanted.source.to_owned(),
        tally: *tally,
        refused: i64::try_from(refused).unwrap_or(i64::MAX),
    };
    partners::log_import(tx, workspace, &imported).await?;
    let deed = Deed {
        action: "facts.imported",
        subject_kind: "import",
        subject_id: wanted.kind.word(),
        detail: format!(
            "{} from {}: {} added, {} changed, {refused} refused",
            wanted.kind.word(),
            wanted.source,
            tally.added,
            tally.changed
        ),
        ..Deed::default()
    };
    let mut entry = desk::entry(workspace, wanted.at, deed);
    wanted.by.clone_into(&mut entry.actor_name);
    Ok(audit::add(tx, &entry).await?)
}

/// What became of a file, for people.
#[must_use]
pub fn card(kind: Kind, taken: &Result<Taken, FileRefused>) -> Card {
    match taken {
        Err(refused) => words::import::file_refused(&refused.to_string()),
        Ok(taken) => words::import::taken(&words::import::Taken {
            kind: kind.word(),
            read: taken.read,
            added: taken.tally.added,
            changed: taken.tally.changed,
            unchanged: taken.tally.unchanged,
            refused: taken.refused.iter().map(|row| (row.line, row.reason.clone())).collect(),
            notes: &taken.notes,
            applied: taken.applied,
        }),
    }
}
