//! History and restore: every revision is kept, and any of them comes back as a new one.

use crate::conversation::card::Card;
use crate::conversation::words;
use crate::handlers::audit::zone_of;
use crate::handlers::desk::Deed;
use crate::handlers::proposal_card;
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::{Handled, Trouble};
use crate::proposals::revision::Origin;
use crate::store::sections::{self, Appended, NewRevision};
use crate::strategy::address::SectionAddress;
use crate::strategy::drafted::DraftedBy;

const SHOWN: i64 = 20;

/// `/strategy history <section>`
pub async fn show(scene: &mut Scene<'_>, section: SectionAddress) -> Handled {
    scene.may(Act::Read)?;
    let workspace = scene.desk.workspace.id.clone();
    let revisions = sections::history(&mut scene.desk.tx, &workspace, section, SHOWN).await?;
    if revisions.is_empty() {
        return Err(Trouble::Mend(words::section::never_written(section)));
    }
    let zone = zone_of(&scene.desk.workspace.zone);
    let lines: Vec<_> = revisions
        .into_iter()
        .map(|revision| words::section::Line {
            revision: revision.revision,
            when: words::moment(revision.at, &zone),
            who: revision.author_name,
            how: how(revision.origin, &revision.drafted_by),
            note: revision.note,
        })
        .collect();
    let topic = format!("history {}", section.as_str());
    scene.show(topic, words::section::history(section, &lines)).await
}

/// `edit, drafted by the built-in rules`
fn how(origin: Origin, drafted: &DraftedBy) -> String {
    match drafted {
        DraftedBy::Person => origin.as_str().to_owned(),
        drafted => {
            format!("{}, drafted by {}", origin.as_str(), proposal_card::drafted_by(drafted))
        }
    }
}

/// `/strategy restore <section> <revision>`
pub async fn restore(scene: &mut Scene<'_>, section: SectionAddress, from: i64) -> Handled {
    scene.may(Act::Edit)?;
    let workspace = scene.desk.workspace.id.clone();
    let Some(current) = sections::current(&mut scene.desk.tx, &workspace, section).await? else {
        return Err(Trouble::Mend(words::section::never_written(section)));
    };
    let wanted = sections::revision(&mut scene.desk.tx, &workspace, section, from).await?;
    let Some(wanted) = wanted else {
        return Err(Trouble::mend(words::section::no_such_revision(section, from)));
    };
    if wanted.document.canonical() == current.document.canonical() {
        return Err(Trouble::mend(words::section::restore_changes_nothing(section, from)));
    }
    let revision = NewRevision {
        workspace,
        address: section,
        base_revision: current.revision,
        document: wanted.document,
        author: scene.member.id.clone(),
        author_name: scene.member.name.clone(),
        origin: Origin::Restore,
        drafted_by: DraftedBy::Person,
        proposal: None,
        note: format!("as in revision {from}"),
        at: scene.now(),
    };
    let revision = append(scene, &revision).await?;
    let deed = Deed {
        action: "section.restored",
        subject_kind: "section",
        subject_id: section.as_str(),
        before: Some(current.revision),
        after: Some(revision),
        detail: format!("as in revision {from}"),
    };
    scene.audit(deed).await?;
    scene.whisper(Card::sentence(words::section::restored(section, from, revision))).await
}

/// Appends by compare-and-swap; a section that moved in the same moment is told, not overwritten.
pub async fn append(scene: &mut Scene<'_>, revision: &NewRevision) -> Handled<i64> {
    match sections::append(&mut scene.desk.tx, revision).await? {
        Appended::Revision(number) => Ok(number),
        Appended::Moved { .. } => {
            Err(Trouble::mend(words::section::moved_meanwhile(revision.address)))
        }
    }
}
