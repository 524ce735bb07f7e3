//! Words for those who look after schedules: the owner, and whoever may mend things, each in their own
//! chat with the bot.

use crate::conversation::card::Card;
use crate::conversation::inbound::{Actor, Answer, Place, PlaceKind, Platform, Standing};
use crate::conversation::outgoing::Asked;
use crate::handlers::context::Context;
use crate::handlers::desk::Desk;
use crate::handlers::rights::Act;
use crate::handlers::trouble::Handled;
use crate::ids::WorkspaceId;
use crate::store::members::{self, Identity, Known};
use crate::store::{Tx, members::Role};

/// At most so many people are told of one thing.
const MOST: usize = 10;

/// Tells the person it belongs to, and admins and owners, by direct message.
pub async fn tell(
    cx: &Context,
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (first, card): (&Actor, &Card),
) -> Handled {
    let known = members::list(tx, workspace).await?;
    let person =
        Identity { platform: first.platform, team: first.team.clone(), user: first.user.clone() };
    let is = |known: &Known| known.identities.contains(&person);
    let others = known.iter().filter(|one| may_mend(one.member.role) && !is(one));
    let others = others.filter_map(|one| reached(one, first.platform));
    let all: Vec<_> = std::iter::once(&person).chain(others).take(MOST).cloned().collect();
    for identity in all {
        let asked = directly(identity);
        Desk::whisper_in(cx, tx, workspace, (&asked, card.clone())).await?;
    }
    Ok(())
}

/// Tells every admin and owner who talks on this platform.
pub async fn tell_all(
    cx: &Context,
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (platform, card): (Platform, &Card),
) -> Handled {
    let known = members::list(tx, workspace).await?;
    let may = known.iter().filter(|one| may_mend(one.member.role));
    let there = may.filter_map(|one| one.identities.iter().find(|i| i.platform == platform));
    let all: Vec<_> = there.take(MOST).cloned().collect();
    for identity in all {
        let asked = directly(identity);
        Desk::whisper_in(cx, tx, workspace, (&asked, card.clone())).await?;
    }
    Ok(())
}

fn may_mend(role: Role) -> bool {
    Act::Report.allows(role)
}

/// Where somebody is talked to: on this platform, else on any.
fn reached(known: &Known, platform: Platform) -> Option<&Identity> {
    let here = known.identities.iter().find(|identity| identity.platform == platform);
    here.or(known.identities.first())
}

fn directly(identity: Identity) -> Asked {
    let Identity { platform, team, user } = identity;
    let near = Place {
        platform,
        team: team.clone(),
        channel: user.clone(),
        thread: None,
        kind: PlaceKind::Direct,
        shared: false,
    };
    let who = Actor { platform, team, user, name: None, standing: Standing::default() };
    Asked { who, near, answer: Answer::default() }
}
