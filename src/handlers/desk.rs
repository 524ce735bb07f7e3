//! Where a handler writes: one open transaction, and the ways to say things in it.
//!
//! Nothing is sent from here. What shall be said is a row of the outbox in the same transaction as
//! the change it tells about.

use crate::conversation::card::{Card, Text};
use crate::conversation::form::Form;
use crate::conversation::inbound::{Actor, Place};
use crate::conversation::outgoing::{Asked, Effect, MessageRef, Subject, Told};
use crate::conversation::plain::plain;
use crate::conversation::words;
use crate::handlers::context::Context;
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::{ReportId, WorkspaceId};
use crate::jobs::{Outgoing, Task, lane};
use crate::store::workspaces::Workspace;
use crate::store::{Tx, audit, places};

/// A trigger opens a form for this long after the request (Slack), milliseconds.
const TRIGGER_LIVES_MS: i64 = 3_000;

/// One transaction for one workspace.
pub struct Desk<'a> {
    pub cx: &'a Context,
    pub tx: Tx,
    pub workspace: Workspace,
}

/// Something worth a row in the audit.
#[derive(Clone, Debug, Default)]
pub struct Deed<'a> {
    /// `proposal.accepted` and the like.
    pub action: &'a str,
    pub subject_kind: &'a str,
    pub subject_id: &'a str,
    pub before: Option<i64>,
    pub after: Option<i64>,
    pub detail: String,
}

impl<'a> Desk<'a> {
    /// Opens a transaction and reads the workspace in it.
    pub async fn open_for(cx: &'a Context, workspace: &WorkspaceId) -> Handled<Self> {
        let mut tx = cx.store.begin().await?;
        let workspace = crate::store::workspaces::get(&mut tx, workspace)
            .await?
            .ok_or_else(|| Trouble::ours("the workspace is gone"))?;
        Ok(Self { cx, tx, workspace })
    }

    /// A message for everybody in a place. The same `key` is said once for ever.
    pub async fn post(
        &mut self,
        key: &str,
        to: Place,
        (card, of): (Card, Subject),
        asked: Option<Asked>,
    ) -> Handled {
        self.say(Effect::Post { to, card, of, asked }, Some(key)).await
    }

    /// New content for every message that shows this subject. Who brought it about is told at once
    /// where there is none, and later where it cannot be shown.
    pub async fn redraw(&mut self, of: &Subject, card: &Card, told: Option<Told>) -> Handled {
        let mut told = told;
        for message in places::of(&mut self.tx, &self.workspace.id, of).await? {
            let (card, told) = (card.clone(), told.take());
            self.say(Effect::Update { message, card, told }, None).await?;
        }
        match told {
            Some(Told { asked, outcome }) => self.whisper(&asked, Card::sentence(outcome)).await,
            None => Ok(()),
        }
    }

    /// A message that only this person sees.
    pub async fn whisper(&mut self, asked: &Asked, card: Card) -> Handled {
        self.say(Effect::Whisper { asked: asked.clone(), card }, None).await
    }

    /// A form for this person, whose request arrived then (real time, milliseconds).
    pub async fn open(&mut self, asked: &Asked, form: Form, heard_at: i64) -> Handled {
        let effect = Effect::Open { asked: asked.clone(), form };
        let late = asked.answer.trigger.is_some().then_some(heard_at + TRIGGER_LIVES_MS);
        say(self.cx, &mut self.tx, &self.workspace.id, (effect, None, late)).await
    }

    /// Work to be done once this transaction is committed.
    pub async fn enqueue(&mut self, task: &Task) -> Handled {
        self.cx.jobs.enqueue(&mut self.tx, task).await?;
        Ok(())
    }

    /// One row of the audit about something the bot did by itself.
    pub async fn audit(&mut self, deed: Deed<'_>) -> Handled {
        let entry = entry(&self.workspace.id, self.cx.clock.now_ms(), deed);
        Ok(audit::add(&mut self.tx, &entry).await?)
    }

    pub async fn commit(self) -> Handled {
        Ok(self.tx.commit().await?)
    }

    async fn say(&mut self, effect: Effect, key: Option<&str>) -> Handled {
        say(self.cx, &mut self.tx, &self.workspace.id, (effect, key, None)).await
    }

    /// A private message, in a transaction that is open already.
    pub async fn whisper_in(
        cx: &Context,
        tx: &mut Tx,
        workspace: &WorkspaceId,
        (asked, card): (&Asked, Card),
    ) -> Handled {
        say(cx, tx, workspace, (Effect::Whisper { asked: asked.clone(), card }, None, None)).await
    }

    /// A message for everybody in a place, in a transaction that is open already.
    pub async fn post_in(
        cx: &Context,
        tx: &mut Tx,
        workspace: &WorkspaceId,
        (key, post): (&str, Effect),
    ) -> Handled {
        say(cx, tx, workspace, (post, Some(key), None)).await
    }

    /// A private message that is said once, whoever says it again under the same key.
    pub async fn whisper_once(
        cx: &Context,
        tx: &mut Tx,
        workspace: &WorkspaceId,
        (key, asked, card): (&str, &Asked, Card),
    ) -> Handled {
        let effect = Effect::Whisper { asked: asked.clone(), card };
        say(cx, tx, workspace, (effect, Some(key), None)).await
    }

    /// New content for one message, in a transaction that is open already.
    pub async fn update_in(
        cx: &Context,
        tx: &mut Tx,
        workspace: &WorkspaceId,
        (message, card): (&MessageRef, Card),
    ) -> Handled {
        let effect = Effect::Update { message: message.clone(), card, told: None };
        say(cx, tx, workspace, (effect, None, None)).await
    }

    /// A report's deck in a thread, in a transaction that is open already; sent once for each number
    /// of earlier tries.
    pub async fn attach_in(
        cx: &Context,
        tx: &mut Tx,
        workspace: &WorkspaceId,
        (to, report, asked): (Place, ReportId, Option<Asked>),
        again: i64,
    ) -> Handled {
        let key = format!("deck:{report}:{}:{}", to.lane(), to.thread.as_deref().unwrap_or(""));
        let key = again_key(key, again);
        let comment = Text::plain(words::report::deck_comment());
        let effect = Effect::Attach { to, report, comment, asked };
        say(cx, tx, workspace, (effect, Some(&key), None)).await
    }
}

/// What is sent once more has a key of its own; the first try has none of these numbers.
#[must_use]
pub fn again_key(key: String, again: i64) -> String {
    if again > 0 { format!("{key}/{again}") } else { key }
}

async fn say(
    cx: &Context,
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (effect, key, expires_at): (Effect, Option<&str>, Option<i64>),
) -> Handled {
    let effect = readable(effect);
    let id = cx.ids.outbox().to_string();
    let outgoing = Outgoing {
        dedup_key: key.unwrap_or(&id).to_owned(),
        id,
        workspace: workspace.to_string(),
        lane: lane(&effect),
        op: op(&effect).to_owned(),
        payload: serde_json::to_string(&effect).map_err(|e| Trouble::ours(e.to_string()))?,
        repeatable: !matches!(effect, Effect::Post { .. } | Effect::Attach { .. }),
        expires_at,
    };
    cx.jobs.say(tx, &outgoing).await?;
    Ok(())
}

/// Nobody is shown a platform's markup, wherever the words of a card come from.
fn readable(mut effect: Effect) -> Effect {
    if let Effect::Post { card, .. } | Effect::Update { card, .. } | Effect::Whisper { card, .. } =
        &mut effect
    {
        *card = plain(std::mem::take(card));
    }
    effect
}

/// A row of the audit by nobody in particular.
#[must_use]
pub fn entry(workspace: &WorkspaceId, at: i64, deed: Deed<'_>) -> audit::Entry {
    audit::Entry {
        workspace_id: workspace.clone(),
        at,
        actor_member: None,
        actor_name: "Attaché".to_owned(),
        platform: None,
        action: deed.action.to_owned(),
        subject_kind: deed.subject_kind.to_owned(),
        subject_id: deed.subject_id.to_owned(),
        before_revision: deed.before,
        after_revision: deed.after,
        detail: deed.detail,
        inbound_key: None,
    }
}

fn op(effect: &Effect) -> &'static str {
    match effect {
        Effect::Post { .. } => "post",
        Effect::Update { .. } => "update",
        Effect::Whisper { .. } => "whisper",
        Effect::Open { .. } => "open",
        Effect::Attach { .. } => "attach",
    }
}

/// What stays in order leaves by one lane: see [`crate::jobs::lane`].
fn lane(effect: &Effect) -> String {
    let person = |who: &Actor| format!("{}:{}:@{}", who.platform, who.team, who.user);
    match effect {
        Effect::Post { to, .. } => lane::posts(&to.lane(), to.thread.as_deref()),
        Effect::Attach { to, .. } => lane::files(&to.lane(), to.thread.as_deref()),
        Effect::Update { message, .. } => lane::edits(&message.place.lane(), &message.message),
        Effect::Whisper { asked, .. } => lane::private(&person(&asked.who)),
        Effect::Open { asked, .. } => lane::forms(&person(&asked.who)),
    }
}
