//! People: who is here, with which role; the first owner; a team that leaves.

use crate::conversation::card::Card;
use crate::conversation::inbound::Platform;
use crate::conversation::mention::Mention;
use crate::conversation::words;
use crate::handlers::desk::Deed;
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::{Handled, Trouble};
use crate::store::members::{self, Identity, Known, Role};
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
    scene.whisper(words::members::list(&people)).await
}

/// `/strategy members role <person> <role>`
pub async fn give_role(scene: &mut Scene<'_>, person: &str, role: &str) -> Handled {
    scene.may(Act::Own)?;
    let role =
        Role::parse(role).ok_or_else(|| Trouble::mend(words::members::no_such_role(role)))?;
    let workspace = scene.desk.workspace.id.clone();
    let known = members::list(&mut scene.desk.tx, &workspace).await?;
    let platform = scene.inbound.who.platform;
    let found: Vec<&Known> = known.iter().filter(|known| is(known, person, platform)).collect();
    let member = match found.as_slice() {
        [] => return Err(Trouble::mend(words::members::no_such_person(person))),
        [one] => &one.member,
        several => {
            let known_as: Vec<_> = several.iter().map(|known| known_as(known)).collect();
            return Err(Trouble::mend(words::members::several(person, &known_as)));
        }
    };
    let leaves_owners = member.role == Role::Owner && role != Role::Owner;
    if leaves_owners && members::owners(&mut scene.desk.tx, &workspace).await? <= 1 {
        return Err(Trouble::mend(words::members::last_owner()));
    }
    members::set_role(&mut scene.desk.tx, &workspace, &member.id, role).await?;
    let detail = format!("{} → {}", member.role.as_str(), role.as_str());
    let deed = Deed {
        action: "member.role",
        subject_kind: "member",
        subject_id: member.id.as_str(),
        detail,
        ..Deed::default()
    };
    scene.audit(deed).await?;
    scene.whisper(Card::sentence(words::members::given(&member.name, role.as_str()))).await
}

/// `/strategy claim <code>`: while nobody on this platform is an owner, the code that the server
/// printed makes one.
pub async fn claim(scene: &mut Scene<'_>, code: &str) -> Handled {
    scene.may(Act::Read)?;
    let workspace = scene.desk.workspace.id.clone();
    let known = members::list(&mut scene.desk.tx, &workspace).await?;
    let platform = scene.inbound.who.platform;
    let talks_here = |known: &Known| known.identities.iter().any(|i| i.platform == platform);
    if known.iter().any(|known| known.member.role == Role::Owner && talks_here(known)) {
        return Err(Trouble::mend(words::members::already_owned()));
    }
    let hash = code_hash(code);
    let now = scene.now();
    let taken = members::take_claim(&mut scene.desk.tx, &hash, now).await?;
    if taken.as_ref() != Some(&workspace) {
        return Err(Trouble::mend(words::members::wrong_code()));
    }
    let member = scene.member.id.clone();
    members::set_role(&mut scene.desk.tx, &workspace, &member, Role::Owner).await?;
    let deed = Deed {
        action: "member.claimed",
        subject_kind: "member",
        subject_id: member.as_str(),
        ..Deed::default()
    };
    scene.audit(deed).await?;
    scene.whisper(Card::sentence(words::members::claimed())).await
}

/// The team removed the app: its token is erased, its link stays so that history keeps its names.
pub async fn removed(scene: &mut Scene<'_>) -> Handled {
    let place = &scene.inbound.place;
    let known = installations::by_team(&mut scene.desk.tx, place.platform, &place.team).await?;
    let Some(installation) = known else { return Ok(()) };
    let workspace = &installation.workspace_id;
    installations::deactivate(&mut scene.desk.tx, workspace, &installation.id).await?;
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
