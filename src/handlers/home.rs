//! `/strategy`: the home card, or the two ways to begin.

use crate::conversation::words::{self, home::Line};
use crate::handlers::access;
use crate::handlers::audit::zone_of;
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::schedule;
use crate::handlers::trouble::Handled;
use crate::store::{proposals, sections};
use crate::strategy::address::SectionAddress;

/// Opening the bot's own chat is no request: somebody who is new is greeted, everybody else is left
/// alone.
pub async fn greet(scene: &mut Scene<'_>) -> Handled {
    if scene.is_new && scene.is_a_colleague() { show(scene).await } else { Ok(()) }
}

pub async fn show(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::Read)?;
    if Act::Own.allows(scene.member.role) {
        for report in access::reports(scene.desk.cx) {
            scene.whisper(report).await?;
        }
    }
    let workspace = scene.desk.workspace.clone();
    let written = sections::all(&mut scene.desk.tx, &workspace.id).await?;
    if written.is_empty() {
        let card = words::home::empty(Act::Own.allows(scene.member.role));
        return scene.show("home", card).await;
    }
    let open = proposals::open_counts(&mut scene.desk.tx, &workspace.id).await?;
    let zone = zone_of(&workspace.zone);
    let lines: Vec<_> = SectionAddress::ALL
        .into_iter()
        .map(|section| {
            let found = written.iter().find(|known| known.address == section);
            Line {
                section,
                written: found.map(|known| {
                    let when = words::day(known.updated_at, &zone);
                    format!("revision {}, {when}, {}", known.revision, known.updated_by)
                }),
                open_proposals: open.get(&section).copied().unwrap_or(0),
            }
        })
        .collect();
    let next = schedule::next_run(&mut scene.desk).await?;
    let card = words::home::card(&workspace.name, &lines, next.as_deref());
    scene.show("home", card).await
}
