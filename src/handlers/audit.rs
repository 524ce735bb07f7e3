//! `/strategy audit`: the latest changes and refusals.

use jiff::tz::TimeZone;

use crate::conversation::words;
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::Handled;
use crate::store::audit;

const SHOWN: i64 = 20;

pub async fn show(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::Report)?;
    let entries = audit::list(&mut scene.desk.tx, &scene.desk.workspace.id, SHOWN).await?;
    let zone = zone_of(&scene.desk.workspace.zone);
    let rows = entries.into_iter().map(|entry| {
        let revision = match (entry.before_revision, entry.after_revision) {
            (Some(before), Some(after)) => format!(" r{before} → r{after}"),
            (None, Some(after)) => format!(" r{after}"),
            _ => String::new(),
        };
        let what = format!("{}{revision}", entry.action);
        let about = if entry.detail.is_empty() { entry.subject_id } else { entry.detail };
        [words::moment(entry.at, &zone), entry.actor_name, what, about]
    });
    let card = words::members::audit(rows.collect());
    scene.whisper(card).await
}

/// The workspace's zone; UTC where its name is not known to this build.
#[must_use]
pub fn zone_of(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}
