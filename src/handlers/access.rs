//! Whether each platform still lets us work: looked at from the start on, and told to the owners where
//! they can still be reached.

use crate::conversation::card::Card;
use crate::conversation::inbound::{Actor, Answer, Inbound, Place, PlaceKind, Platform, Standing};
use crate::conversation::outgoing::Asked;
use crate::conversation::words;
use crate::handlers::context::Context;
use crate::handlers::desk::Desk;
use crate::handlers::trouble::Handled;
use crate::store::members::{self, Known, Role};
use crate::store::{self, installations, workspaces};

/// Why nobody can be answered where they asked; none as far as is known.
#[must_use]
pub fn ails(cx: &Context, inbound: &Inbound) -> Option<String> {
    cx.messengers.get(&inbound.who.platform).and_then(|messenger| messenger.ails())
}

/// Asks each platform. What is found out is kept by it, and logged once.
pub async fn look(cx: &Context) {
    for (platform, messenger) in &cx.messengers {
        let Ok(teams) = linked(cx, *platform).await else { continue };
        if let Err(error) = messenger.look_after(&teams).await {
            tracing::debug!(%platform, %error, "whether we may still work there is not known");
        }
        if let Some(word) = messenger.ails()
            && let Err(error) = tell_owners(cx, *platform, &word).await
        {
            tracing::warn!(?error, "owners could not be told what ails a platform");
        }
    }
}

async fn linked(cx: &Context, platform: Platform) -> store::Result<Vec<String>> {
    let mut reader = cx.store.reader().await?;
    let mut teams = Vec::new();
    for workspace in workspaces::list(&mut reader).await? {
        let of = installations::list(&mut reader, &workspace.id).await?;
        let active = of.into_iter().filter(|one| one.platform == platform && one.active);
        teams.extend(active.map(|one| one.team));
    }
    Ok(teams)
}

/// Every owner, where they also are: once a day for as long as it lasts, whichever replica is first.
async fn tell_owners(cx: &Context, platform: Platform, word: &str) -> Handled {
    let mut tx = cx.store.begin().await?;
    let day = cx.wall.now().strftime("%F").to_string();
    for workspace in workspaces::list(&mut tx).await? {
        let owners = members::list(&mut tx, &workspace.id).await?;
        for asked in owners.iter().flat_map(|owner| elsewhere(owner, platform)) {
            let key = format!("ails:{platform}:{word}:{day}:{}", asked.who.user);
            let card = Card::sentence(words::trouble::platform_ails(platform, word));
            Desk::whisper_once(cx, &mut tx, &workspace.id, (&key, &asked, card)).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// An owner's own chats on the other platforms.
fn elsewhere(owner: &Known, ailing: Platform) -> impl Iterator<Item = Asked> {
    let others = owner.identities.iter().filter(move |identity| identity.platform != ailing);
    others.filter(|_| owner.member.role == Role::Owner).map(|identity| {
        let (platform, team) = (identity.platform, identity.team.clone());
        let who = Actor {
            platform,
            team: team.clone(),
            user: identity.user.clone(),
            name: Some(owner.member.name.clone()),
            standing: Standing::Full,
        };
        let (channel, kind) = (String::new(), PlaceKind::Direct);
        let near = Place { platform, team, channel, thread: None, kind, shared: false };
        Asked { who, near, answer: Answer { url: None, trigger: None } }
    })
}

/// What an owner reads with their home card.
#[must_use]
pub fn reports(cx: &Context) -> Vec<Card> {
    let ailing = cx.messengers.iter().filter_map(|(platform, messenger)| {
        let word = messenger.ails()?;
        Some(Card::sentence(words::trouble::platform_ails(*platform, &word)))
    });
    ailing.collect()
}
