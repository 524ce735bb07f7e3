//! A whole strategy as a file, and back from it into a workspace where nothing is written yet.

use jiff::Timestamp;

use crate::conversation::card::Card;
use crate::conversation::markdown::markdown;
use crate::conversation::words;
use crate::handlers::audit::zone_of;
use crate::handlers::context::Context;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::generate::Author;
use crate::handlers::show;
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::WorkspaceId;
use crate::proposals::archive::{Archive, Company, RevisionArchive, SectionArchive};
use crate::proposals::revision::Origin;
use crate::store::sections::{self, Appended, NewRevision, Revision};
use crate::store::workspaces::{self, Settings, Workspace};
use crate::store::{Reads, partners};
use crate::strategy::address::SectionAddress;
use crate::strategy::drafted::DraftedBy;

/// The strategy for reading: every section as its card shows it now.
pub async fn as_markdown(
    db: &mut impl Reads,
    workspace: &Workspace,
    now: Timestamp,
) -> Handled<String> {
    let zone = zone_of(&workspace.zone);
    let head = words::section::exported(&workspace.name, now.as_millisecond(), &zone);
    let mut parts = vec![markdown(&head, 1)];
    let known = partners::partners(db, &workspace.id).await?;
    for address in SectionAddress::ALL {
        let card = match sections::current(db, &workspace.id, address).await? {
            None => words::section::never_written(address),
            Some(stored) => {
                let computed = show::computed(&stored.document, &known);
                words::section::card(&words::section::Shown {
                    document: &stored.document,
                    revision: stored.revision,
                    by: &stored.updated_by,
                    at: stored.updated_at,
                    open_proposals: 0,
                    zone: &zone,
                    computed,
                })
            }
        };
        parts.push(markdown(&card, 2));
    }
    Ok(parts.join("\n\n") + "\n")
}

/// The strategy for another workspace to take; with the history of its sections where asked for.
pub async fn as_archive(
    db: &mut impl Reads,
    workspace: &Workspace,
    revisions: bool,
) -> Handled<Archive> {
    let mut archived = Vec::new();
    for section in sections::all(db, &workspace.id).await? {
        let mut kept = Vec::new();
        if revisions {
            kept = sections::history(db, &workspace.id, section.address, i64::MAX).await?;
            kept.reverse();
        }
        archived.push(SectionArchive {
            address: section.address,
            document: section.document,
            revisions: kept.into_iter().map(archived_revision).collect::<Handled<_>>()?,
        });
    }
    let company = Company {
        name: workspace.name.clone(),
        zone: workspace.zone.clone(),
        fiscal_start_month: workspace.fiscal_start_month,
        currency: workspace.currency.clone(),
        answers: workspace.answers.clone(),
    };
    Ok(Archive::new(company, archived))
}

fn archived_revision(kept: Revision) -> Handled<RevisionArchive> {
    let at = Timestamp::from_millisecond(kept.at).map_err(|e| Trouble::ours(e.to_string()))?;
    Ok(RevisionArchive {
        document: kept.document,
        author: kept.author_name,
        origin: kept.origin,
        drafted_by: kept.drafted_by,
        note: kept.note,
        at,
    })
}

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    pub sections: usize,
    pub revisions: usize,
}

/// Takes the whole archive, or nothing where anything is written already.
pub async fn restore(
    cx: &Context,
    workspace: &WorkspaceId,
    (archive, author): (Archive, &Author),
) -> Handled<Restored> {
    let mut desk = Desk::open_for(cx, workspace).await?;
    workspaces::lock(&mut desk.tx, workspace).await?;
    if !sections::all(&mut desk.tx, workspace).await?.is_empty() {
        return Err(Trouble::Mend(Card::sentence(words::section::not_restored_over())));
    }
    settle(&mut desk, &archive.company).await?;
    let mut restored = Restored { sections: archive.sections.len(), revisions: 0 };
    for section in archive.sections {
        let address = section.address;
        let revisions = revisions_of(section, &author.name, cx.clock.now());
        restored.revisions += revisions.len();
        append(&mut desk, (address, revisions), author).await?;
    }
    let detail = format!("{} sections, by {}", restored.sections, author.name);
    let subject_id = workspace.as_str();
    let deed = Deed { subject_kind: "workspace", subject_id, detail, ..Deed::default() };
    desk.audit(Deed { action: "strategy.restored", ..deed }).await?;
    desk.commit().await?;
    Ok(restored)
}

async fn settle(desk: &mut Desk<'_>, company: &Company) -> Handled {
    let id = desk.workspace.id.clone();
    let settings = Settings {
        zone: company.zone.clone(),
        fiscal_start_month: company.fiscal_start_month,
        currency: company.currency.clone(),
    };
    workspaces::rename(&mut desk.tx, &id, &company.name).await?;
    workspaces::set_settings(&mut desk.tx, &id, &settings).await?;
    if let Some(answers) = &company.answers {
        workspaces::set_answers(&mut desk.tx, &id, answers).await?;
    }
    Ok(())
}

/// What is written, oldest first: the only state there is where no history came with it.
fn revisions_of(section: SectionArchive, by: &str, at: Timestamp) -> Vec<RevisionArchive> {
    if !section.revisions.is_empty() {
        return section.revisions;
    }
    vec![RevisionArchive {
        document: section.document,
        author: by.to_owned(),
        origin: Origin::Import,
        drafted_by: DraftedBy::Person,
        note: String::new(),
        at,
    }]
}

async fn append(
    desk: &mut Desk<'_>,
    (address, revisions): (SectionAddress, Vec<RevisionArchive>),
    author: &Author,
) -> Handled {
    for (base_revision, revision) in (0..).zip(revisions) {
        let new = NewRevision {
            workspace: desk.workspace.id.clone(),
            address,
            base_revision,
            document: revision.document,
            author: author.member.clone(),
            author_name: revision.author,
            origin: revision.origin,
            drafted_by: revision.drafted_by,
            proposal: None,
            note: revision.note,
            at: revision.at.as_millisecond(),
        };
        if let Appended::Moved { .. } = sections::append(&mut desk.tx, &new).await? {
            return Err(Trouble::ours("a section was written while it was restored"));
        }
    }
    Ok(())
}
