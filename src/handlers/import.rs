//! Partner facts coming in: one way for the command line, the console and other systems.
//!
//! What is stored is read first, then the file is read and held against it with no transaction open,
//! then the rows are written: a few in one transaction, many in slices that nobody sees until the
//! last one stands. When somebody else imported meanwhile, all of it is done again.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::conversation::card::Card;
use crate::conversation::words;
use crate::handlers::audit::zone_of;
use crate::handlers::blocking::{Blocking, Labour, NotComputed};
use crate::handlers::desk::{self, Deed};
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::{Ids, WorkspaceId};
use crate::numbers::Convention;
use crate::partners::import::{self, FileRefused, How, Import, Kind, Known, Refused, Rows, Spelt};
use crate::partners::{Activity, Currency, Deal, Partner};
use crate::store::partners::{self, Imported, Plan, Tally};
use crate::store::workspaces::{self, Workspace};
use crate::store::{Reads, Store, Tx, audit, staged};

/// Files that one process takes in at once; a further one is told to come again.
const TURNS: usize = 2;
/// How often a file is held against the facts anew, because others changed them meanwhile.
const TRIES: usize = 4;

/// Where files come in. Cheap to clone; all clones share its turns.
#[derive(Clone, Debug)]
pub struct Door {
    store: Store,
    blocking: Blocking,
    ids: Ids,
    turns: Arc<Semaphore>,
}

/// The turn of one file, from before it is received until it is taken in.
pub type Turn = OwnedSemaphorePermit;

impl Door {
    #[must_use]
    pub fn new(store: Store, blocking: Blocking, ids: Ids) -> Self {
        Self { store, blocking, ids, turns: Arc::new(Semaphore::new(TURNS)) }
    }

    /// None when as many files as may be are being taken in: nothing waits here.
    #[must_use]
    pub fn turn(&self) -> Option<Turn> {
        Arc::clone(&self.turns).try_acquire_owned().ok()
    }
}

/// A file to take in.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    pub file: File,
    /// Keep the good rows of a file that has bad ones; else such a file changes nothing.
    pub keep_good: bool,
    /// Where it came from: a file name, `console`, `http`.
    pub source: &'a str,
    /// Who brought it, by name.
    pub by: &'a str,
    /// Business time, milliseconds since 1970.
    pub at: i64,
}

/// The file itself, and what is stated about it.
#[derive(Clone, Debug)]
pub struct File {
    pub kind: Kind,
    pub bytes: Arc<Vec<u8>>,
    /// Which sign stands before decimals.
    pub decimal: Option<Convention>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Rows of the file, good and bad.
    pub read: usize,
    pub tally: Tally,
    /// The first refused rows.
    pub refused: Vec<Refused>,
    /// Refused rows beyond those.
    pub more_refused: usize,
    pub notes: Vec<String>,
    /// False when bad rows kept the whole file out.
    pub applied: bool,
}

/// What a file is held against, all of one moment.
struct Stored {
    workspace: Workspace,
    version: i64,
    partners: Vec<Partner>,
    deals: Vec<Deal>,
    activities: Vec<Activity>,
}

/// A file that was read and held against what is stored.
struct Judged {
    read: usize,
    refused: Vec<Refused>,
    more_refused: usize,
    notes: Vec<String>,
    plan: Plan,
}

/// Takes a file in.
///
/// # Errors
/// Ours. A file that cannot be read as a whole comes back as `Ok(Err(_))`.
pub async fn take(
    door: &Door,
    workspace: &WorkspaceId,
    wanted: &Wanted<'_>,
) -> Handled<Result<Taken, FileRefused>> {
    for _ in 0..TRIES {
        staged::clear_up(&door.store, workspace, wanted.at).await?;
        let mut now = door.store.snapshot().await?;
        let stored = stored(&mut now, workspace, wanted.file.kind).await?;
        now.end().await?;
        let version = stored.version;
        let counts_in = stored.workspace.currency.clone();
        let (file, at) = (wanted.file.clone(), wanted.at);
        let work = door
            .blocking
            .run(Labour::Import, move |deadline| judged(&stored, &file, (at, &deadline.look())));
        let judged = match work.await {
            Ok(judged) => judged?,
            Err(NotComputed::TooLong) => Err(FileRefused::Stopped),
            Err(why) => return Err(why.into()),
        };
        let judged = match judged {
            Ok(judged) => judged,
            Err(refused) => return Ok(Err(refused)),
        };
        let still = Still { version, counts_in };
        if let Some(taken) = keep(door, (workspace, &still), (judged, wanted)).await? {
            return Ok(Ok(taken));
        }
    }
    Err(Trouble::ours("the facts changed again and again while a file was read"))
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
    let stored = stored(tx, &workspace.id, wanted.file.kind).await?;
    let judged = match judged(&stored, &wanted.file, (wanted.at, &|| false))? {
        Ok(judged) => judged,
        Err(refused) => return Ok(Err(refused)),
    };
    if judged.applies(wanted) {
        partners::write(tx, (wanted.file.kind, &workspace.id, wanted.at), &judged.plan.write)
            .await?;
        log(tx, &workspace.id, wanted, &judged).await?;
    }
    Ok(Ok(judged.taken(wanted)))
}

async fn stored(db: &mut impl Reads, workspace: &WorkspaceId, kind: Kind) -> Handled<Stored> {
    let gone = || Trouble::ours("an import into a workspace that is gone");
    Ok(Stored {
        workspace: workspaces::get(db, workspace).await?.ok_or_else(gone)?,
        version: partners::version(db, workspace).await?,
        partners: partners::partners(db, workspace).await?,
        deals: match kind {
            Kind::Partners | Kind::Deals => partners::deals(db, workspace).await?,
            Kind::Activities => Vec::new(),
        },
        activities: match kind {
            Kind::Activities => partners::activities(db, workspace).await?,
            Kind::Partners | Kind::Deals => Vec::new(),
        },
    })
}

/// Reads the file and holds it against what is stored. `stop` is asked before every row.
fn judged(
    stored: &Stored,
    file: &File,
    (at, stop): (i64, &(dyn Fn() -> bool + Sync)),
) -> Handled<Result<Judged, FileRefused>> {
    let currency = Currency::from_code(&stored.workspace.currency);
    let how = How { currency, decimal: file.decimal, stop: Some(stop) };
    let parsed = match import::parse(file.kind, &file.bytes, &how) {
        Ok(parsed) => parsed,
        Err(refused) => return Ok(Err(refused)),
    };
    let ids: BTreeSet<String> =
        stored.partners.iter().map(|partner| partner.external_id.clone()).collect();
    let zone = zone_of(&stored.workspace.zone);
    let now = Timestamp::from_millisecond(at).map_err(|error| Trouble::ours(error.to_string()))?;
    let known = Known {
        currency: None,
        partners: (file.kind != Kind::Partners).then_some(&ids),
        deals: &stored.deals,
        spelt: Some(&Spelt::of(&stored.partners, &stored.deals)),
        zone: Some(&zone),
        today: Some(zone.to_datetime(now).date()),
    };
    let read = import::held(parsed, &known);
    let plan = planned(stored, &read)?;
    Ok(Ok(Judged {
        read: read.rows.len() + read.refusals(),
        refused: read.refused,
        more_refused: read.more_refused,
        notes: read.notes,
        plan,
    }))
}

fn planned(stored: &Stored, read: &Import) -> Handled<Plan> {
    Ok(match &read.rows {
        Rows::Partners(rows) => partners::plan(&stored.partners, rows, &read.columns)?,
        Rows::Deals(rows) => partners::plan(&stored.deals, rows, &read.columns)?,
        Rows::Activities(rows) => partners::plan(&stored.activities, rows, &read.columns)?,
    })
}

/// What must still be so when the rows are written.
struct Still {
    version: i64,
    counts_in: String,
}

impl Still {
    async fn is_so(&self, tx: &mut Tx, workspace: &WorkspaceId) -> Handled<bool> {
        let now = workspaces::get(tx, workspace).await?;
        Ok(partners::version(tx, workspace).await? == self.version
            && staged::shown(tx, workspace).await?.is_none()
            && now.is_some_and(|now| now.currency == self.counts_in))
    }
}

/// Writes the rows, or nothing; none when it has to be done again.
async fn keep(
    door: &Door,
    (workspace, still): (&WorkspaceId, &Still),
    (judged, wanted): (Judged, &Wanted<'_>),
) -> Handled<Option<Taken>> {
    if !judged.applies(wanted) {
        return Ok(Some(judged.taken(wanted)));
    }
    let (kind, facts) = (wanted.file.kind, &judged.plan.write);
    let apart = (facts.len() > staged::SLICE).then(|| door.ids.text());
    if let Some(id) = &apart {
        staged::write(&door.store, (workspace, id), (kind, wanted.at), facts).await?;
    }
    let mut tx = door.store.begin().await?;
    workspaces::lock(&mut tx, workspace).await?;
    if !still.is_so(&mut tx, workspace).await? {
        return Ok(None);
    }
    match &apart {
        Some(id) => staged::show(&mut tx, workspace, id).await?,
        None => partners::write(&mut tx, (kind, workspace, wanted.at), facts).await?,
    }
    log(&mut tx, workspace, wanted, &judged).await?;
    tx.commit().await?;
    if apart.is_some() {
        staged::clear_up(&door.store, workspace, wanted.at).await?;
    }
    Ok(Some(judged.taken(wanted)))
}

impl Judged {
    fn refusals(&self) -> usize {
        self.refused.len() + self.more_refused
    }

    fn applies(&self, wanted: &Wanted<'_>) -> bool {
        self.refusals() == 0 || wanted.keep_good
    }

    fn taken(self, wanted: &Wanted<'_>) -> Taken {
        let applied = self.applies(wanted);
        let Self { read, refused, more_refused, notes, plan } = self;
        let tally = if applied { plan.tally } else { Tally::default() };
        Taken { read, tally, refused, more_refused, notes, applied }
    }
}

async fn log(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    wanted: &Wanted<'_>,
    judged: &Judged,
) -> Handled {
    let (kind, tally) = (wanted.file.kind, judged.plan.tally);
    let imported = Imported {
        kind,
        at: wanted.at,
        by_name: wanted.by.to_owned(),
        source: wanted.source.to_owned(),
        tally,
        refused: i64::try_from(judged.refusals()).unwrap_or(i64::MAX),
    };
    partners::log_import(tx, workspace, &imported).await?;
    let deed = Deed {
        action: "facts.imported",
        subject_kind: "import",
        subject_id: kind.word(),
        detail: format!(
            "{} from {}: {} added, {} changed, {} refused",
            kind.word(),
            wanted.source,
            tally.added,
            tally.changed,
            judged.refusals()
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
            more_refused: taken.more_refused,
            notes: &taken.notes,
            applied: taken.applied,
        }),
    }
}
