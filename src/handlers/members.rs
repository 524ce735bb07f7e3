//! People: who is here, with which role; the first owner; a team that leaves.

use crate::conversation::card::Card;
use crate::conversation::inbound::{Actor, Platform, Standing};
use crate::conversation::mention::Mention;
use crate::conversation::words;
use crate::handlers::desk::Deed;
use crate::handlers::messenger::Profile;
use crate::handlers::rights::Act;
use crate::handlers::roles;
use crate::handlers::scene::Scene;
use crate::handlers::suspension;
use crate::handlers::trouble::{Handled, Trouble};
use crate::store::members::{self, Identity, Known, Member, Role};
use crate::store::{installations, seal};

/// `/strategy members`
pub async fn list(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::Read)?;
    let known = members::list(&mut scene.desk.tx, &scene.desk.workspace.id).await?;
    let people: Vec<_> = known
        .iter()
        .map(|known| words::members::Person {
            name: known.member.name.clone(),
            known_as: known_as(known),
            role: known.member.role.as_str(),
        })
        .collect();
    scene.show("members", words::members::list(&people)).await
}

/// `/strategy members role <person> <role>`
pub async fn give_role(scene: &mut Scene<'_>, person: &str, role: &str) -> Handled {
    scene.may(Act::Own)?;
    let role =
        Role::parse(role).ok_or_else(|| Trouble::mend(words::members::no_such_role(role)))?;
    let Some(member) = named(scene, person).await? else {
        return bring_in(scene, person, role).await;
    };
    let by = scene.by();
    let ended = roles::give(&mut scene.desk.tx, &member, role, by).await?;
    let sentence =
        words::members::given(&member.name, role.as_str(), (ended.schedules, &ended.heir));
    scene.whisper(Card::sentence(sentence)).await
}

/// The one member whom this word names.
async fn named(scene: &mut Scene<'_>, person: &str) -> Handled<Option<Member>> {
    let known = members::list(&mut scene.desk.tx, &scene.desk.workspace.id).await?;
    let platform = scene.inbound.who.platform;
    let mut found: Vec<Known> =
        known.into_iter().filter(|known| is(known, person, platform)).collect();
    if found.len() > 1 {
        let known_as: Vec<_> = found.iter().map(known_as).collect();
        return Err(Trouble::mend(words::members::several(person, &known_as)));
    }
    Ok(found.pop().map(|known| known.member))
}

/// Somebody who has not said anything here yet: the platform is asked who they are, and they begin
/// with this role.
async fn bring_in(scene: &mut Scene<'_>, person: &str, role: Role) -> Handled {
    let mention = Mention::read(person);
    let mention = mention.ok_or_else(|| Trouble::mend(words::members::no_such_person(person)))?;
    let Actor { platform, team, .. } = &scene.inbound.who;
    let who = Actor {
        platform: *platform,
        team: team.clone(),
        user: mention.id.to_owned(),
        name: mention.name.map(str::to_owned),
        standing: Standing::Full,
    };
    let name = looked_up(scene, &who, person)?;
    let member = Member {
        id: scene.desk.cx.ids.member(),
        workspace_id: scene.desk.workspace.id.clone(),
        name,
        role,
        created_at: scene.now(),
    };
    let Actor { platform, team, user, .. } = who;
    let (identity, by) = (Identity { platform, team, user }, scene.by());
    roles::join(&mut scene.desk.tx, &member, &identity, by).await?;
    let sentence = words::members::given(&member.name, role.as_str(), (0, ""));
    scene.whisper(Card::sentence(sentence)).await
}

/// What they are called, when the platform knows them as a full member.
fn looked_up(scene: &Scene<'_>, who: &Actor, person: &str) -> Handled<String> {
    let sentence = match scene.told.person(who)? {
        Ok(Profile { standing: Standing::Full, name }) => {
            let name = name.or_else(|| who.name.clone());
            return Ok(name.unwrap_or_else(|| who.user.clone()));
        }
        Ok(Profile { name, .. }) => words::members::outsider(name.as_deref().unwrap_or(person)),
        Err(error) if error.may_pass() => words::members::cannot_look_up(person),
        Err(_) => words::members::no_such_person(person),
    };
    Err(Trouble::mend(sentence))
}

/// `/strategy claim <code>`: while nobody on this platform is an owner, the code that the server
/// printed makes one.
pub async fn claim(scene: &mut Scene<'_>, code: &str) -> Handled {
    scene.may(Act::Read)?;
    let workspace = scene.desk.workspace.id.clone();
    let known = members::list(&mut scene.desk.tx, &workspace).await?;
    let platform = scene.inbound.who.platform;
    if known.iter().any(|known| known.owns_on(platform)) {
        return Err(Trouble::mend(words::members::already_owned()));
    }
    let hash = code_hash(code);
    let now = scene.now();
    let taken = members::take_claim(&mut scene.desk.tx, &hash, now).await?;
    if taken.as_ref() != Some(&workspace) {
        return Err(Trouble::mend(words::members::wrong_code()));
    }
    let (member, by) = (scene.member.clone(), scene.by());
    roles::claimed(&mut scene.desk.tx, &member, by).await?;
    scene.whisper(Card::sentence(words::members::claimed())).await
}

/// The team removed the app: its token is erased, its link stays so that history keeps its names.
pub async fn removed(scene: &mut Scene<'_>) -> Handled {
    let place = &scene.inbound.place;
    let known = installations::by_team(&mut scene.desk.tx, place.platform, &place.team).await?;
    let Some(installation) = known else { return Ok(()) };
    let workspace = &installation.workspace_id;
    installations::deactivate(&mut scene.desk.tx, workspace, &installation.id).await?;
    let team = (place.platform, place.team.as_str());
    suspension::begun(&mut scene.desk.tx, workspace, team).await?;
    let deed = Deed {
        action: "installation.removed",
        subject_kind: "installation",
        subject_id: installation.id.as_str(),
        ..Deed::default()
    };
    scene.desk.audit(deed).await
}

/// What of a claim code is stored: people may type it with or without the dash, in any case.
#[must_use]
pub fn code_hash(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    seal::digest(&plain.to_ascii_uppercase())
}

/// A mention is whoever has this id where it was said, whatever others call themselves. Typed words
/// are an id, a platform and id as the list of members shows them, or a name.
fn is(known: &Known, person: &str, platform: Platform) -> bool {
    if let Some(mention) = Mention::read(person) {
        let named = |i: &Identity| i.platform == platform && i.user == mention.id;
        return known.identities.iter().any(named);
    }
    let wanted = person.trim_start_matches('@').to_lowercase();
    let by_id = known.identities.iter().any(|identity| {
        let user = identity.user.to_lowercase();
        user == wanted || format!("{}:{user}", identity.platform) == wanted
    });
    by_id || known.member.name.to_lowercase() == wanted
}

fn known_as(known: &Known) -> String {
    let names: Vec<_> = known
        .identities
        .iter()
        .map(|identity| format!("{}:{}", identity.platform, identity.user))
        .collect();
    names.join(", ")
}
