//! Partner facts coming in: one way for the command line, the console and other systems.

use crate::conversation::card::Card;
use crate::conversation::words;
use crate::handlers::audit::zone_of;
use crate::handlers::desk::{self, Deed};
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::WorkspaceId;
use crate::partners::Currency;
use crate::partners::import::{self, FileRefused, Format, Import, Kind, Known, Refused, Rows};
use crate::store::partners::{self, Imported, Tally};
use crate::store::workspaces::{self, Workspace};
use crate::store::{Store, Tx, audit};

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

/// Takes a file in. It is read with no transaction open: the largest take a while.
///
/// # Errors
/// Ours. A file that cannot be read as a whole comes back as `Ok(Err(_))`.
pub async fn take(
    store: &Store,
    workspace: &WorkspaceId,
    wanted: &Wanted<'_>,
) -> Handled<Result<Taken, FileRefused>> {
    let gone = || Trouble::ours("an import into a workspace that is gone");
    let mut reader = store.reader().await?;
    let counts_in = workspaces::get(&mut reader, workspace).await?.ok_or_else(gone)?.currency;
    drop(reader);
    let (kind, bytes, currency) = (wanted.kind, wanted.bytes.to_vec(), counts_in.clone());
    let parsing = tokio::task::spawn_blocking(move || parse(kind, &bytes, &currency));
    let parsed = match parsing.await.map_err(|error| Trouble::ours(error.to_string()))? {
        Ok(parsed) => parsed,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut tx = store.begin().await?;
    workspaces::lock(&mut tx, workspace).await?;
    let workspace = workspaces::get(&mut tx, workspace).await?.ok_or_else(gone)?;
    if workspace.currency != counts_in {
        return Err(Trouble::ours("the currency was changed while a file was read"));
    }
    let taken = keep(&mut tx, &workspace, (parsed, wanted)).await?;
    tx.commit().await?;
    Ok(Ok(taken))
}

/// Takes a small file in, inside the caller's transaction.
///
/// # Errors
/// As [`take`].
pub async fn take_in(
    tx: &mut Tx,
    workspace: &Workspace,
    wanted: &Wanted<'_>,
) -> Handled<Result<Taken, FileRefused>> {
    match parse(wanted.kind, wanted.bytes, &workspace.currency) {
        Ok(parsed) => Ok(Ok(keep(tx, workspace, (parsed, wanted)).await?)),
        Err(refused) => Ok(Err(refused)),
    }
}

fn parse(kind: Kind, bytes: &[u8], currency: &str) -> Result<Import, FileRefused> {
    import::parse(kind, Format::guess(bytes), bytes, Currency::from_code(currency))
}

/// Holds the rows against what is stored, and keeps them.
async fn keep(
    tx: &mut Tx,
    workspace: &Workspace,
    (parsed, wanted): (Import, &Wanted<'_>),
) -> Handled<Taken> {
    let ids = partners::partner_ids(tx, &workspace.id).await?.into_iter().collect();
    let deals = match wanted.kind {
        Kind::Deals => partners::deals(tx, &workspace.id).await?,
        Kind::Partners | Kind::Activities => Vec::new(),
    };
    let known = Known {
        currency: None,
        partners: (wanted.kind != Kind::Partners).then_some(&ids),
        deals: &deals,
        zone: Some(&zone_of(&workspace.zone)),
    };
    let read = parsed.held(&known);
    let applied = read.refused.is_empty() || wanted.keep_good;
    let tally = if applied {
        upsert(tx, &workspace.id, (&read, wanted.at)).await?
    } else {
        Tally { added: 0, changed: 0, unchanged: 0 }
    };
    if applied {
        log(tx, &workspace.id, wanted, (&tally, read.refused.len())).await?;
    }
    Ok(Taken {
        read: read.rows.len() + read.refused.len(),
        tally,
        refused: read.refused,
        notes: read.notes,
        applied,
    })
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
