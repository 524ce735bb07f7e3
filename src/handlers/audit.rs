//! `/strategy audit`: the latest changes and refusals.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::conversation::words;
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::Handled;
use crate::store::{audit, members};

const SHOWN: i64 = 20;

pub async fn show(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::Oversee)?;
    let entries = audit::list(&mut scene.desk.tx, &scene.desk.workspace.id, SHOWN).await?;
    let members = members::list(&mut scene.desk.tx, &scene.desk.workspace.id).await?;
    let names: BTreeMap<String, String> =
        members.into_iter().map(|known| (known.member.id.to_string(), known.member.name)).collect();
    let zone = zone_of(&scene.desk.workspace.zone);
    let rows = entries.into_iter().map(|entry| {
        let revision = match (entry.before_revision, entry.after_revision) {
            (Some(before), Some(after)) => format!(" r{before} → r{after}"),
            (None, Some(after)) => format!(" r{after}"),
            _ => String::new(),
        };
        let what = format!("{}{revision}", words::members::deed(&entry.action));
        let name = (entry.subject_kind == "member").then(|| names.get(&entry.subject_id));
        let person =
            name.flatten().filter(|name| entry.action != "denied" && **name != entry.actor_name);
        let about = match (person, entry.subject_kind == "section") {
            (Some(name), _) => with_detail(name, &entry.detail),
            (None, true) => with_detail(&entry.subject_id, &entry.detail),
            // An id says nothing to people.
            (None, false) => entry.detail,
        };
        [words::moment(entry.at, &zone), entry.actor_name, what, about]
    });
    let card = words::members::audit(rows.collect());
    scene.show("audit", card).await
}

fn with_detail(about: &str, detail: &str) -> String {
    if detail.is_empty() { about.to_owned() } else { format!("{about}: {detail}") }
}

/// The workspace's zone; UTC where its name is not known to this build.
#[must_use]
pub fn zone_of(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}
