//! `/strategy settings channel allow`: an owner lets people outside read along in a channel.

use crate::conversation::card::Card;
use crate::conversation::inbound::{Place, PlaceKind};
use crate::conversation::mention::{Mention, readable};
use crate::conversation::settings_change::ChannelChange;
use crate::conversation::words;
use crate::handlers::desk::Deed;
use crate::handlers::inquiry::Wanted;
use crate::handlers::messenger::SendError;
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::{Handled, Trouble};
use crate::store::open_channels::{self, OpenChannel};

/// Allows it, or takes that back.
pub async fn set(scene: &mut Scene<'_>, change: &ChannelChange) -> Handled {
    scene.may(Act::Own)?;
    let (place, name) = meant(scene, change)?;
    let workspace = scene.desk.workspace.id.clone();
    let changed = if change.allow {
        let open = OpenChannel {
            platform: place.platform,
            team: place.team.clone(),
            channel: place.channel.clone(),
            name: name.clone(),
            allowed_by: scene.member.name.clone(),
            at: scene.now(),
        };
        open_channels::allow(&mut scene.desk.tx, &workspace, &open).await?
    } else {
        open_channels::deny(&mut scene.desk.tx, &workspace, &place).await?
    };
    if changed {
        let deed = Deed {
            action: if change.allow { "channel.allowed" } else { "channel.denied" },
            subject_kind: "channel",
            subject_id: &place.channel,
            detail: name.clone(),
            ..Deed::default()
        };
        scene.audit(deed).await?;
    }
    let said = if change.allow { words::outsiders::allowed } else { words::outsiders::denied };
    scene.whisper(Card::sentence(said(&name))).await
}

/// The channel that is meant, and how it is called.
fn meant(scene: &Scene<'_>, change: &ChannelChange) -> Handled<(Place, String)> {
    let here = scene.channel();
    let typed = change.named.as_deref().unwrap_or(&here.channel).to_owned();
    if change.named.is_none() && here.kind == PlaceKind::Direct {
        return Err(Trouble::mend(words::outsiders::which()));
    }
    let mention = Mention::read(&typed);
    let id = mention.map(|mention| mention.id).or(change.named.is_none().then_some(&typed));
    let wanted = match id {
        Some(id) => Wanted::Id(here.platform, id.to_owned()),
        None => Wanted::Name(here.platform, typed.trim_start_matches('#').to_owned()),
    };
    let named = |name: &str| format!("#{}", name.trim_start_matches('#'));
    match (scene.told.channel(&wanted)?, id) {
        (Ok(Some(found)), _) => {
            let name = if found.name.is_empty() { &found.id } else { &found.name };
            Ok((Place { channel: found.id.clone(), kind: found.kind, ..here }, named(name)))
        }
        // What is named by its id needs no name to be allowed.
        (Err(SendError::Refused(_) | SendError::CannotLook(_)), Some(id)) => {
            let name = mention.and_then(|mention| mention.name).unwrap_or(id);
            let kind = PlaceKind::Channel;
            Ok((Place { channel: id.to_owned(), kind, ..here }, named(name)))
        }
        (Ok(None), _) => Err(Trouble::mend(words::outsiders::no_such_channel(&readable(&typed)))),
        (Err(_), _) => Err(Trouble::mend(words::outsiders::cannot_look(&readable(&typed)))),
    }
}
