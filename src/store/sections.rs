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

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at_once, icp, revision as next, settled, tamper};
    use super::super::testing::{Fresh, both};
    use super::*;

    both!(
        a_section_is_written_revision_by_revision,
        a_revision_on_a_base_that_moved_changes_nothing,
        of_eight_who_write_on_one_base_one_wins,
        eight_who_try_until_they_succeed_leave_no_gap,
        a_generation_starts_the_count_of_human_edits_anew,
        a_workspace_does_not_reach_the_sections_of_another,
        a_row_that_does_not_read_is_named,
    );

    const ICP: SectionAddress = SectionAddress::Icp;

    async fn a_section_is_written_revision_by_revision(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(current(&mut tx, &ws, ICP).await.unwrap(), None);
        let first = next(&ws, 0, "wide");
        assert_eq!(append(&mut tx, &first).await.unwrap(), Appended::Revision(1));
        let model = DraftedBy::Model { model: "m-1".to_owned(), prompt: "edit/3".to_owned() };
        let second = NewRevision {
            origin: Origin::Edit,
            drafted_by: model,
            proposal: Some(ProposalId::from_stored("p")),
            at: 9,
            ..next(&ws, 1, "narrow")
        };
        assert_eq!(append(&mut tx, &second).await.unwrap(), Appended::Revision(2));
        tx.commit().await.unwrap();
        let mut reader = db.store.reader().await.unwrap();
        let now = current(&mut reader, &ws, ICP).await.unwrap().unwrap();
        assert_eq!((now.revision, &now.document, now.updated_at), (2, &icp("narrow"), 9));
        assert_eq!(now.body_hash, Digest::of_document(&icp("narrow")));
        assert_eq!(all(&mut reader, &ws).await.unwrap(), [now]);
        let kept = history(&mut reader, &ws, ICP, 10).await.unwrap();
        assert_eq!(kept.iter().map(|row| row.revision).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(
            (&kept[0].drafted_by, &kept[0].proposal),
            (&second.drafted_by, &second.proposal)
        );
        assert_eq!(kept[1].document, icp("wide"));
        assert_eq!(history(&mut reader, &ws, ICP, 1).await.unwrap(), kept[..1]);
        let one = revision(&mut reader, &ws, ICP, 1).await.unwrap();
        assert_eq!(one.as_ref(), kept.get(1));
        assert_eq!(revision(&mut reader, &ws, ICP, 3).await.unwrap(), None);
    }

    async fn a_revision_on_a_base_that_moved_changes_nothing(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let gone = append(&mut tx, &next(&ws, 3, "x")).await.unwrap();
        assert_eq!(gone, Appended::Moved { current: 0 });
        append(&mut tx, &next(&ws, 0, "one")).await.unwrap();
        append(&mut tx, &next(&ws, 1, "two")).await.unwrap();
        for base in [0, 1, 3] {
            let late = append(&mut tx, &next(&ws, base, "late")).await.unwrap();
            assert_eq!(late, Appended::Moved { current: 2 });
        }
        assert_eq!(current(&mut tx, &ws, ICP).await.unwrap().unwrap().document, icp("two"));
        assert_eq!(history(&mut tx, &ws, ICP, 10).await.unwrap().len(), 2);
    }

    async fn of_eight_who_write_on_one_base_one_wins(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        for base in 0..5 {
            let (store, of) = (db.store.clone(), ws.clone());
            let answers = at_once(move |number| {
                let (store, new) = (store.clone(), next(&of, base, &number.to_string()));
                async move {
                    let mut tx = store.begin().await.unwrap();
                    let appended = append(&mut tx, &new).await.unwrap();
                    tx.commit().await.unwrap();
                    appended
                }
            });
            let answers = answers.await;
            let won = answers.iter().filter(|a| **a == Appended::Revision(base + 1)).count();
            let lost = Appended::Moved { current: base + 1 };
            assert_eq!((won, answers.iter().filter(|a| **a == lost).count()), (1, 7));
        }
    }

    async fn eight_who_try_until_they_succeed_leave_no_gap(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let (store, of) = (db.store.clone(), ws.clone());
        at_once(move |number| {
            let (store, ws) = (store.clone(), of.clone());
            async move {
                for round in 0..5 {
                    let mut base = 0;
                    loop {
                        let mut tx = store.begin().await.unwrap();
                        let new = next(&ws, base, &format!("{number} {round}"));
                        match append(&mut tx, &new).await.unwrap() {
                            Appended::Revision(_) => break tx.commit().await.unwrap(),
                            Appended::Moved { current } => base = current,
                        }
                    }
                }
            }
        })
        .await;
        let mut reader = db.store.reader().await.unwrap();
        let kept = history(&mut reader, &ws, ICP, 100).await.unwrap();
        let numbers: Vec<_> = kept.iter().rev().map(|row| row.revision).collect();
        assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
        let now = current(&mut reader, &ws, ICP).await.unwrap().unwrap();
        assert_eq!((now.revision, &now.document), (40, &kept[0].document));
    }

    async fn a_generation_starts_the_count_of_human_edits_anew(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        let generated =
            |base, at| NewRevision { origin: Origin::Generated, at, ..next(&ws, base, "g") };
        let steps = [
            (generated(0, 10), (Some(10), false)),
            (NewRevision { origin: Origin::Set, at: 11, ..next(&ws, 1, "s") }, (Some(10), true)),
            (generated(2, 12), (Some(12), false)),
        ];
        for (new, expected) in steps {
            append(&mut tx, &new).await.unwrap();
            let now = current(&mut tx, &ws, ICP).await.unwrap().unwrap();
            assert_eq!((now.generated_at, now.human_edits_since_generated), expected);
        }
    }

    async fn a_workspace_does_not_reach_the_sections_of_another(db: Fresh) {
        let (ws, other) = (settled(&db.store, "w").await, settled(&db.store, "v").await);
        let mut tx = db.store.begin().await.unwrap();
        append(&mut tx, &next(&ws, 0, "theirs")).await.unwrap();
        assert_eq!(current(&mut tx, &other, ICP).await.unwrap(), None);
        assert_eq!(all(&mut tx, &other).await.unwrap(), []);
        assert_eq!(history(&mut tx, &other, ICP, 9).await.unwrap(), []);
        assert_eq!(revision(&mut tx, &other, ICP, 1).await.unwrap(), None);
        let moved = append(&mut tx, &next(&other, 1, "mine")).await.unwrap();
        assert_eq!(moved, Appended::Moved { current: 0 });
        assert_eq!(append(&mut tx, &next(&other, 0, "m")).await.unwrap(), Appended::Revision(1));
        assert_eq!(current(&mut tx, &ws, ICP).await.unwrap().unwrap().document, icp("theirs"));
    }

    async fn a_row_that_does_not_read_is_named(db: Fresh) {
        let ws = settled(&db.store, "w").await;
        let mut tx = db.store.begin().await.unwrap();
        append(&mut tx, &next(&ws, 0, "one")).await.unwrap();
        tx.commit().await.unwrap();
        assert!(tamper(&db.store, "UPDATE section SET origin = 'magic'").await.is_err());
        tamper(&db.store, "UPDATE section SET document = '{}'").await.unwrap();
        let read = current(&mut db.store.reader().await.unwrap(), &ws, ICP).await;
        let Err(Error::Broken(why)) = read else { panic!("{read:?}") };
        assert!(why.contains("revision 1") && why.contains("icp"), "{why}");
        tamper(&db.store, "UPDATE section SET address = 'attic'").await.unwrap_err();
    }
}
