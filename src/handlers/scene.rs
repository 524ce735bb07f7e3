//! Who asked, where, with which rights: what a handler knows while it answers one request.

use jiff::civil::Date;

use crate::conversation::button::{Click, Sheet};
use crate::conversation::card::Card;
use crate::conversation::form::Form;
use crate::conversation::inbound::{Actor, Inbound, Place, Standing};
use crate::conversation::outgoing::Asked;
use crate::conversation::words;
use crate::handlers::audit::zone_of;
use crate::handlers::context::Context;
use crate::handlers::desk::{self, Deed, Desk};
use crate::handlers::inquiry::Told;
use crate::handlers::messenger::{Profile, SendError};
use crate::handlers::rights::Act;
use crate::handlers::roles;
use crate::handlers::suspension;
use crate::handlers::trouble::{Handled, Trouble};
use crate::handlers::whereabouts::Whereabouts;
use crate::ids::WorkspaceId;
use crate::store::installations::{self, Installation};
use crate::store::members::{self, Identity, Member, Role};
use crate::store::{Tx, audit, workspaces};

/// One request being answered: the person and the open transaction.
pub struct Scene<'a> {
    pub desk: Desk<'a>,
    pub inbound: &'a Inbound,
    pub member: Member,
    /// Nobody had heard of this person before.
    pub is_new: bool,
    /// What the platform answered to the questions of this request.
    pub told: &'a Told,
    /// The channel that the request is about, where it needs to be known.
    pub whereabouts: Whereabouts,
    /// When the request arrived, by real time; milliseconds.
    heard_at: i64,
}

impl<'a> Scene<'a> {
    /// Opens the transaction, finds the workspace of the team and the person in it.
    pub async fn enter(
        cx: &'a Context,
        (inbound, told): (&'a Inbound, &'a Told),
        heard_at: i64,
    ) -> Handled<Self> {
        let mut tx = cx.store.begin().await?;
        let workspace = workspace_of(cx, &mut tx, inbound).await?;
        let workspace = workspaces::get(&mut tx, &workspace)
            .await?
            .ok_or_else(|| Trouble::ours("the installation names a workspace that is gone"))?;
        let Met { member, is_new } = member_of(cx, &mut tx, &workspace.id, inbound).await?;
        let (desk, whereabouts) = (Desk { cx, tx, workspace }, Whereabouts::default());
        Ok(Self { desk, inbound, member, is_new, told, whereabouts, heard_at })
    }

    /// May they, now? Guests, externals and bots may nothing, whatever their role says.
    pub fn may(&self, act: Act) -> Handled {
        let role = self.member.role;
        let sentence = if self.inbound.who.standing != Standing::Full {
            words::trouble::outsiders_may_not()
        } else if act.allows(role) {
            return Ok(());
        } else if role == Role::None {
            words::trouble::shut_out()
        } else {
            words::trouble::not_allowed(act.words(), act.least_role().as_str())
        };
        Err(Trouble::Denied { card: Card::sentence(sentence), what: act.words() })
    }

    /// A full member whom nobody has shut out.
    #[must_use]
    pub fn is_a_colleague(&self) -> bool {
        self.inbound.who.standing == Standing::Full && self.member.role != Role::None
    }

    /// Nobody on this platform owns the workspace, so nobody there can give a role.
    pub async fn is_unowned(&mut self) -> Handled<bool> {
        let (workspace, platform) = (&self.desk.workspace.id, self.inbound.who.platform);
        roles::is_unowned((self.desk.cx, &mut self.desk.tx), workspace, platform).await
    }

    /// The channel of the request, outside of threads.
    #[must_use]
    pub fn channel(&self) -> Place {
        Place { thread: None, ..self.inbound.place.clone() }
    }

    /// Whom a private answer is for.
    #[must_use]
    pub fn asked(&self) -> Asked {
        Asked {
            who: self.inbound.who.clone(),
            near: self.inbound.place.clone(),
            answer: self.inbound.answer.clone(),
        }
    }

    pub async fn whisper(&mut self, card: Card) -> Handled {
        let asked = self.asked();
        self.desk.whisper(&asked, card).await
    }

    /// A private card that shows the state of something, in place of the one before.
    pub async fn show(&mut self, topic: impl Into<String>, card: Card) -> Handled {
        self.whisper(card.of_topic(topic)).await
    }

    pub async fn open(&mut self, form: Form) -> Handled {
        let asked = self.asked();
        self.desk.open(&asked, form, self.heard_at).await
    }

    /// One row of the audit about what this person did.
    pub async fn audit(&mut self, deed: Deed<'_>) -> Handled {
        let entry = self.entry(deed);
        Ok(audit::add(&mut self.desk.tx, &entry).await?)
    }

    /// The beginning of a row of the audit about what this person does now.
    #[must_use]
    pub fn by(&self) -> audit::Entry {
        self.entry(Deed::default())
    }

    fn entry(&self, deed: Deed<'_>) -> audit::Entry {
        audit::Entry {
            actor_member: Some(self.member.id.as_str().to_owned()),
            actor_name: self.member.name.clone(),
            platform: Some(self.inbound.who.platform),
            inbound_key: Some(self.inbound.key.clone()),
            ..desk::entry(&self.desk.workspace.id, self.now(), deed)
        }
    }

    #[must_use]
    pub fn now(&self) -> i64 {
        self.desk.cx.clock.now_ms()
    }

    /// The day in the workspace's zone.
    #[must_use]
    pub fn today(&self) -> Date {
        let zone = zone_of(&self.desk.workspace.zone);
        self.desk.cx.clock.now().to_zoned(zone).date()
    }
}

/// Whether the request's team is linked, or is the one that our token speaks for, which is linked
/// when it is heard for the first time. A signature alone says only that the app was asked: anybody's
/// team may have it. A team that removed the app comes back once the token is good again.
pub async fn is_ours(cx: &Context, inbound: &Inbound) -> Result<bool, Trouble> {
    let (platform, team) = (inbound.who.platform, &inbound.place.team);
    let mut reader = cx.store.reader().await?;
    if installations::by_team(&mut reader, platform, team).await?.is_some() {
        return Ok(true);
    }
    drop(reader);
    let Some(messenger) = cx.messengers.get(&platform) else { return Ok(false) };
    let asked = messenger.speaks_for(team).await;
    asked.map_err(|error| Trouble::ours(format!("whose team asks is not known: {error}")))
}

/// The request with what its platform says about the person now: who is a guest has no rights, and
/// commands do not say so. When it cannot be asked, nobody passes for a colleague.
pub async fn introduced(cx: &Context, inbound: Inbound) -> Result<Inbound, SendError> {
    let who = &inbound.who;
    let Some(messenger) = cx.messengers.get(&who.platform) else { return Ok(inbound) };
    if who.standing != Standing::Full {
        return Ok(inbound);
    }
    let Profile { standing, name } = messenger.about(who).await?;
    let name = name.or_else(|| who.name.clone());
    let who = Actor { name, standing, ..who.clone() };
    Ok(Inbound { who, ..inbound })
}

/// A click we can read, or a sentence about it.
pub fn read_click(token: &str) -> Handled<Click> {
    Click::read(token).ok_or_else(|| Trouble::mend(words::trouble::retired_button()))
}

/// A form we can read, or a sentence about it.
pub fn read_sheet(token: &str) -> Handled<Sheet> {
    Sheet::read(token).ok_or_else(|| Trouble::mend(words::trouble::retired_button()))
}

/// The workspace that the team is linked to. A team of ours ([`is_ours`]) heard for the first time is
/// linked to the only workspace there is; where there are several, an owner must say which.
async fn workspace_of(cx: &Context, tx: &mut Tx, inbound: &Inbound) -> Handled<WorkspaceId> {
    let who = &inbound.who;
    let team = &inbound.place.team;
    if let Some(known) = installations::by_team(tx, who.platform, team).await? {
        return Ok(known.workspace_id);
    }
    let Some(only) = workspaces::only(tx).await? else {
        return Err(Trouble::mend(words::trouble::no_workspace_linked()));
    };
    let installation = Installation {
        id: cx.ids.installation(),
        workspace_id: only.id.clone(),
        platform: who.platform,
        team: team.clone(),
        bot_user: None,
        token: None,
        active: true,
        created_at: cx.clock.now_ms(),
    };
    installations::link(tx, &installation).await?;
    suspension::ended(cx, tx, &only.id, inbound).await?;
    Ok(only.id)
}

/// Who asks, and whether it is for the first time.
struct Met {
    member: Member,
    is_new: bool,
}

/// The person, made a viewer the first time, or an owner where the settings say so: only then, so
/// that a role which was taken away stays away.
async fn member_of(
    cx: &Context,
    tx: &mut Tx,
    workspace: &WorkspaceId,
    inbound: &Inbound,
) -> Handled<Met> {
    let Actor { platform, team, user, name, standing } = &inbound.who;
    if let Some(known) = members::by_identity(tx, workspace, *platform, team, user).await? {
        return Ok(Met { member: known, is_new: false });
    }
    let colleague = *standing == Standing::Full;
    let owns = colleague && cx.rules.names_owner(&inbound.who);
    let member = Member {
        id: cx.ids.member(),
        workspace_id: workspace.clone(),
        name: name.clone().unwrap_or_else(|| user.clone()),
        role: if owns { Role::Owner } else { Role::Viewer },
        created_at: cx.clock.now_ms(),
    };
    if colleague {
        let by = audit::Entry {
            actor_member: Some(member.id.to_string()),
            actor_name: member.name.clone(),
            platform: Some(*platform),
            inbound_key: Some(inbound.key.clone()),
            ..desk::entry(workspace, cx.clock.now_ms(), Deed::default())
        };
        let (platform, team, user) = (*platform, team.clone(), user.clone());
        roles::join(tx, &member, &Identity { platform, team, user }, by).await?;
    }
    Ok(Met { member, is_new: colleague })
}
