//! What each section says, and every revision of it: written by compare-and-swap, without gaps.

use super::ask::{every, first, json, odd, run, to_json};
use super::{Error, Reads, Result, Tx, statements};
use crate::ids::{MemberId, ProposalId, WorkspaceId};
use crate::proposals::digest::Digest;
use crate::proposals::revision::Origin;
use crate::strategy::address::SectionAddress;
use crate::strategy::document::Document;
use crate::strategy::drafted::DraftedBy;

statements! {
    CURRENT = "SELECT address, revision, document, body_hash, updated_at, updated_by, origin, \
               generated_at, human_edits FROM section WHERE workspace_id = $1 AND address = $2";
    ALL = "SELECT address, revision, document, body_hash, updated_at, updated_by, origin, \
           generated_at, human_edits FROM section WHERE workspace_id = $1";
    WRITE_FIRST = "INSERT INTO section (workspace_id, address, revision, document, body_hash, \
                   updated_at, updated_by, origin, generated_at, human_edits) \
                   VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9) \
                   ON CONFLICT (workspace_id, address) DO NOTHING";
    WRITE_NEXT = "UPDATE section SET revision = revision + 1, document = $3, body_hash = $4, \
                  updated_at = $5, updated_by = $6, origin = $7, \
                  generated_at = COALESCE($8, generated_at), human_edits = $9 \
                  WHERE workspace_id = $1 AND address = $2 AND revision = $10";
    KEEP = "INSERT INTO section_revision (workspace_id, address, revision, document, body_hash, \
            author, author_name, origin, drafted_by, proposal_id, note, at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    NUMBER = "SELECT revision FROM section WHERE workspace_id = $1 AND address = $2";
    HISTORY = "SELECT address, revision, document, body_hash, author, author_name, origin, \
               drafted_by, proposal_id, note, at FROM section_revision \
               WHERE workspace_id = $1 AND address = $2 ORDER BY revision DESC LIMIT $3";
    REVISION = "SELECT address, revision, document, body_hash, author, author_name, origin, \
                drafted_by, proposal_id, note, at FROM section_revision \
                WHERE workspace_id = $1 AND address = $2 AND revision = $3";
}

/// A section as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub address: SectionAddress,
    /// Counts from 1.
    pub revision: i64,
    pub document: Document,
    pub body_hash: Digest,
    pub updated_at: i64,
    /// The name of whoever wrote this revision.
    pub updated_by: String,
    pub origin: Origin,
    /// When a generation wrote it last.
    pub generated_at: Option<i64>,
    /// Whether anything but a generation has written it since.
    pub human_edits_since_generated: bool,
}

/// One revision, as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    pub address: SectionAddress,
    pub revision: i64,
    pub document: Document,
    pub body_hash: Digest,
    pub author: MemberId,
    pub author_name: String,
    pub origin: Origin,
    pub drafted_by: DraftedBy,
    pub proposal: Option<ProposalId>,
    pub note: String,
    pub at: i64,
}

/// What shall stand in a section next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRevision {
    pub workspace: WorkspaceId,
    pub address: SectionAddress,
    /// The revision this follows; 0 where the section was never written.
    pub base_revision: i64,
    pub document: Document,
    pub author: MemberId,
    pub author_name: String,
    pub origin: Origin,
    pub drafted_by: DraftedBy,
    /// The accepted proposal, where it comes from one.
    pub proposal: Option<ProposalId>,
    pub note: String,
    pub at: i64,
}

/// What came of [`append`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// The section is at this revision now.
    Revision(i64),
    /// Somebody else was first: the section is at this revision, 0 when it was never written.
    /// Nothing was changed.
    Moved { current: i64 },
}

#[derive(sqlx::FromRow)]
struct SectionRow {
    address: String,
    revision: i64,
    document: String,
    body_hash: String,
    updated_at: i64,
    updated_by: String,
    origin: String,
    generated_at: Option<i64>,
    human_edits: i64,
}

#[derive(sqlx::FromRow)]
struct RevisionRow {
    address: String,
    revision: i64,
    document: String,
    body_hash: String,
    author: String,
    author_name: String,
    origin: String,
    drafted_by: String,
    proposal_id: Option<String>,
    note: String,
    at: i64,
}

impl SectionRow {
    fn read(self) -> Result<Section> {
        let address = address(&self.address)?;
        Ok(Section {
            address,
            revision: self.revision,
            document: document(address, self.revision, &self.document)?,
            body_hash: Digest::from_stored(self.body_hash),
            updated_at: self.updated_at,
            updated_by: self.updated_by,
            origin: origin(&self.origin)?,
            generated_at: self.generated_at,
            human_edits_since_generated: self.human_edits != 0,
        })
    }
}

impl RevisionRow {
    fn read(self) -> Result<Revision> {
        let address = address(&self.address)?;
        Ok(Revision {
            address,
            revision: self.revision,
            document: document(address, self.revision, &self.document)?,
            body_hash: Digest::from_stored(self.body_hash),
            author: MemberId::from_stored(self.author),
            author_name: self.author_name,
            origin: origin(&self.origin)?,
            drafted_by: json("who drafted a revision", &self.drafted_by)?,
            proposal: self.proposal_id.map(ProposalId::from_stored),
            note: self.note,
            at: self.at,
        })
    }
}

pub(super) fn address(stored: &str) -> Result<SectionAddress> {
    SectionAddress::parse(stored).ok_or_else(|| odd("a section's address", stored))
}

fn origin(stored: &str) -> Result<Origin> {
    Origin::parse(stored).ok_or_else(|| odd("a revision's origin", stored))
}

fn document(address: SectionAddress, revision: i64, stored: &str) -> Result<Document> {
    Document::parse(address, stored)
        .map_err(|e| Error::Broken(format!("revision {revision} does not read: {e}")))
}

/// The section as it stands; none when it was never written.
pub async fn current(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    address: SectionAddress,
) -> Result<Option<Section>> {
    let row: Option<SectionRow> = first!(db, CURRENT, workspace.as_str(), address.as_str())?;
    row.map(SectionRow::read).transpose()
}

/// Every section that is written, in the order in which a strategy is read.
pub async fn all(db: &mut impl Reads, workspace: &WorkspaceId) -> Result<Vec<Section>> {
    let rows: Vec<SectionRow> = every!(db, ALL, workspace.as_str())?;
    let mut all = rows.into_iter().map(SectionRow::read).collect::<Result<Vec<_>>>()?;
    all.sort_by_key(|section| section.address);
    Ok(all)
}

/// Writes the next revision if the section still stands at the base, with its row of the history.
pub async fn append(tx: &mut Tx, new: &NewRevision) -> Result<Appended> {
    let body = new.document.canonical();
    let hash = Digest::of_document(&new.document);
    if !write(tx, new, &body, &hash).await? {
        let (ws, address) = (new.workspace.as_str(), new.address.as_str());
        let found: Option<(i64,)> = first!(tx, NUMBER, ws, address)?;
        return Ok(Appended::Moved { current: found.map_or(0, |(current,)| current) });
    }
    let revision = new.base_revision + 1;
    run!(
        tx,
        KEEP,
        new.workspace.as_str(),
        new.address.as_str(),
        revision,
        &body,
        hash.as_str(),
        new.author.as_str(),
        &new.author_name,
        new.origin.as_str(),
        to_json("who drafted a revision", &new.drafted_by)?,
        new.proposal.as_ref().map(ProposalId::as_str),
        &new.note,
        new.at,
    )?;
    Ok(Appended::Revision(revision))
}

/// The compare-and-swap itself.
async fn write(tx: &mut Tx, new: &NewRevision, body: &str, hash: &Digest) -> Result<bool> {
    let generated = new.origin == Origin::Generated;
    let (ws, address) = (new.workspace.as_str(), new.address.as_str());
    let (hash, by, origin) = (hash.as_str(), new.author_name.as_str(), new.origin.as_str());
    let (at, human) = (generated.then_some(new.at), i64::from(!generated));
    let rows = if new.base_revision == 0 {
        run!(tx, WRITE_FIRST, ws, address, body, hash, new.at, by, origin, at, human)?
    } else {
        let base = new.base_revision;
        run!(tx, WRITE_NEXT, ws, address, body, hash, new.at, by, origin, at, human, base)?
    };
    Ok(rows == 1)
}

/// The latest revisions, newest first.
pub async fn history(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    address: SectionAddress,
    limit: i64,
) -> Result<Vec<Revision>> {
    let (ws, address) = (workspace.as_str(), address.as_str());
    let rows: Vec<RevisionRow> = every!(db, HISTORY, ws, address, limit)?;
    rows.into_iter().map(RevisionRow::read).collect()
}

/// What the section said at that revision.
pub async fn revision(
    db: &mut impl Reads,
    workspace: &WorkspaceId,
    address: SectionAddress,
    number: i64,
) -> Result<Option<Revision>> {
    let (ws, address) = (workspace.as_str(), address.as_str());
    let row: Option<RevisionRow> = first!(db, REVISION, ws, address, number)?;
    row.map(RevisionRow::read).transpose()
}
