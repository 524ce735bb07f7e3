//! Where a schedule posts: its channel is known by the platform's id, and we are a member of it,
//! before anything is stored.

use crate::conversation::inbound::{Place, PlaceKind, Platform};
use crate::conversation::words;
use crate::handlers::context::Context;
use crate::handlers::messenger::{Channel, SendError, Sought};
use crate::handlers::scene::Scene;
use crate::handlers::trouble::{Handled, Trouble};
use crate::handlers::whereabouts::Whereabouts;
use crate::schedules::Order;
use crate::store::Tx;
use crate::store::console::messages;
use crate::store::runs;
use crate::store::schedules::{self, StoredSchedule};

/// A place that may be posted to.
pub struct Room {
    pub place: Place,
    /// `#leadership`; none where it is a direct chat, or the platform does not say.
    pub name: Option<String>,
    /// Whether the platform was asked.
    pub checked: bool,
}

/// The place of an order, or a sentence about why nothing can be posted there.
pub async fn room(scene: &mut Scene<'_>, order: &Order) -> Handled<Room> {
    let here = scene.channel();
    let named = order.channel.as_deref();
    match &scene.whereabouts {
        Whereabouts::NotAsked => {
            let place = here.direct_with(&scene.inbound.who.user);
            Ok(Room { place, name: None, checked: true })
        }
        Whereabouts::Known(channel) => found(channel, here).map_err(Trouble::mend),
        Whereabouts::NotThere => Err(Trouble::mend(not_there(scene, named).await?)),
        Whereabouts::CannotTell(Some(id)) => {
            let place = Place { channel: id.clone(), kind: PlaceKind::Channel, ..here };
            Ok(Room { place, name: named.map(str::to_owned), checked: false })
        }
        Whereabouts::CannotTell(None) => {
            let sentence = words::schedule::cannot_look_up(named.unwrap_or_default());
            Err(Trouble::mend(sentence))
        }
    }
}

/// The same, for what was found.
pub fn found(channel: &Channel, here: Place) -> Result<Room, String> {
    let name = (!channel.name.is_empty()).then(|| format!("#{}", channel.name));
    let shown = name.as_deref().unwrap_or("that channel");
    if channel.kind == PlaceKind::Direct {
        return Err(words::schedule::a_direct_chat());
    }
    if channel.archived {
        return Err(words::schedule::archived(shown));
    }
    if !channel.member {
        return Err(words::schedule::not_a_member(shown));
    }
    let (id, kind, shared) = (channel.id.clone(), channel.kind, channel.shared);
    let place = Place { channel: id, kind, shared, thread: None, ..here };
    Ok(Room { place, name, checked: true })
}

/// The console knows all its channels, and names them.
async fn not_there(scene: &mut Scene<'_>, named: Option<&str>) -> Handled<String> {
    let Some(named) = named else { return Ok(words::schedule::not_a_member("this channel")) };
    if scene.inbound.place.platform != Platform::Console {
        return Ok(words::schedule::not_seen(named));
    }
    let workspace = scene.desk.workspace.id.clone();
    let known = messages::channels(&mut scene.desk.tx, &workspace).await?;
    let all: Vec<_> = known.iter().map(|channel| format!("#{}", channel.name)).collect();
    Ok(words::schedule::no_such_channel(named, &words::list(&all)))
}

/// Earlier releases kept a channel by the name that was typed.
#[must_use]
pub fn is_unsettled(stored: &StoredSchedule) -> bool {
    let typed = stored.schedule.order.channel.as_deref();
    stored.to.kind != PlaceKind::Direct && typed == Some(stored.to.channel.as_str())
}

/// Those of the other schedules that name this very channel post to its id from now on.
pub async fn settle_like(
    scene: &mut Scene<'_>,
    room: &Room,
    others: &mut [StoredSchedule],
) -> Handled {
    let Some(name) = room.name.as_deref().filter(|_| room.checked) else { return Ok(()) };
    let plain = |name: &str| name.trim_start_matches('#').to_lowercase();
    for one in others.iter_mut().filter(|one| is_unsettled(one)) {
        if one.to.platform == room.place.platform && plain(&one.to.channel) == plain(name) {
            settle(&mut scene.desk.tx, one, (room.place.clone(), name)).await?;
        }
    }
    Ok(())
}

/// The channel of a schedule that is known by name only, asked about before it runs. One that is not
/// found keeps its name: the post is refused, and that is told.
pub async fn settled(cx: &Context, mut stored: StoredSchedule) -> Handled<StoredSchedule> {
    if !is_unsettled(&stored) {
        return Ok(stored);
    }
    let Some(messenger) = cx.messengers.get(&stored.to.platform) else { return Ok(stored) };
    let channel = match messenger.channel(Sought::Name(&stored.to.channel)).await {
        Ok(Some(channel)) => channel,
        Ok(None) | Err(SendError::Refused(_)) => return Ok(stored),
        Err(error) => return Err(Trouble::ours(format!("a channel is not known: {error}"))),
    };
    let name = format!("#{}", channel.name);
    let place = Place {
        channel: channel.id,
        kind: channel.kind,
        shared: channel.shared,
        ..stored.to.clone()
    };
    let mut tx = cx.store.begin().await?;
    settle(&mut tx, &mut stored, (place, &name)).await?;
    tx.commit().await?;
    Ok(stored)
}

async fn settle(tx: &mut Tx, stored: &mut StoredSchedule, (to, name): (Place, &str)) -> Handled {
    let before = stored.to.lane();
    stored.to = to;
    stored.schedule.order.channel = Some(name.to_owned());
    schedules::move_to(tx, stored).await?;
    runs::claims_to(tx, &stored.workspace_id, &before, &stored.to.lane()).await?;
    Ok(())
}
