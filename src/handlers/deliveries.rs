//! Reports and their decks on their way to people: how each ended, who is told, and once more.

use crate::conversation::card::Card;
use crate::conversation::outgoing::{Asked, Effect, MessageRef, Subject};
use crate::conversation::words::{self, delivery::Line};
use crate::handlers::context::Context;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::schedule_line::channel_name;
use crate::handlers::trouble::{Handled, Trouble};
use crate::handlers::{notice, report, schedule_run};
use crate::ids::{ReportId, WorkspaceId};
use crate::jobs::OutboxRow;
use crate::schedules::Zone;
use crate::store::deliveries::{self, Deck, Delivery};
use crate::store::runs::{self, Run, RunState};
use crate::store::{Tx, places, reports};

const SHOWN: i64 = 20;

/// `/strategy deliveries`: runs of schedules, and what was asked for by hand, the latest first.
pub async fn list(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::Oversee)?;
    let workspace = scene.desk.workspace.clone();
    let zone = Zone::read(&workspace.zone).unwrap_or_else(|_| Zone::utc());
    let runs = runs::runs(&mut scene.desk.tx, &workspace.id, SHOWN).await?;
    let by_hand = deliveries::by_hand(&mut scene.desk.tx, &workspace.id, SHOWN).await?;
    let asked = by_hand.into_iter().map(|one| (one.at, of_delivery(one, &zone)));
    let mut lines: Vec<_> =
        runs.into_iter().map(|run| (run.due_at, of_run(run))).chain(asked).collect();
    lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let most = usize::try_from(SHOWN).unwrap_or_default();
    let lines: Vec<_> = lines.into_iter().map(|(_, line)| line).take(most).collect();
    scene.show("deliveries", words::delivery::list(&lines)).await
}

fn of_run(run: Run) -> Line {
    let (made, deck) = run.made.unzip();
    Line {
        when: words::schedule::when_ms(run.due_at, &run.zone),
        report: run.report,
        channel: channel_name(run.channel.as_deref(), &run.to),
        by: format!("schedule {}", run.number),
        outcome: words::delivery::outcome(run.state.as_str(), &run.note),
        deck: shown(run.state, deck),
        made,
    }
}

fn of_delivery(one: Delivery, zone: &Zone) -> Line {
    let channel = if one.channel.is_empty() { None } else { Some(one.channel.as_str()) };
    Line {
        when: words::schedule::when_ms(one.at, zone),
        report: words::delivery::report(&one.kind),
        channel: channel_name(channel, &one.to),
        by: one.by,
        outcome: words::delivery::outcome(one.state.as_str(), &one.note),
        deck: shown(one.state, Some(one.deck)),
        made: Some(one.report),
    }
}

/// A deck is worth a word where its message stands.
fn shown(state: RunState, deck: Option<Deck>) -> words::delivery::Deck {
    use words::delivery::Deck as Shown;
    match (state, deck) {
        (RunState::Posted, Some(Deck::Missing(why))) => Shown::Missing(why),
        (RunState::Posted, Some(Deck::Waiting | Deck::Sending)) => Shown::OnItsWay,
        _ => Shown::AsItShouldBe,
    }
}

/// How a message of a report, or its deck, ended without being there.
#[derive(Clone, Copy, Debug)]
pub enum Ended<'a> {
    /// The platform's or our own word for it.
    Refused(&'a str),
    Unknown,
}

impl<'a> Ended<'a> {
    fn note(self) -> &'a str {
        match self {
            Self::Refused(why) => words::refusal::of(why).because,
            Self::Unknown => "nobody can tell whether it arrived",
        }
    }
}

/// Writes down how it ended, and tells whoever looks after it. False where nothing was told: it is no
/// report's, or the one who asked for the message is told as for any other.
pub async fn ended(
    cx: &Context,
    tx: &mut Tx,
    row: &OutboxRow,
    (effect, ended): (&Effect, Ended<'_>),
) -> Handled<bool> {
    let (report, is_deck, asked) = match effect {
        Effect::Post { of: Subject::Report(id), asked, .. } => (id, false, asked),
        Effect::Attach { report, asked, .. } => (report, true, asked),
        _ => return Ok(false),
    };
    let workspace = WorkspaceId::from_stored(row.workspace_id.clone());
    let Some(delivery) = deliveries::get(tx, &workspace, report).await? else { return Ok(false) };
    let note = ended.note();
    if is_deck {
        let missing = Deck::Missing(note.to_owned());
        deliveries::set_deck(tx, &workspace, report, &missing).await?;
    } else {
        deliveries::set(tx, &workspace, report, (RunState::Failed, note)).await?;
    }
    let Some(asked) = asked else { return Ok(true) };
    let card = match (is_deck, ended) {
        (true, Ended::Refused(why)) => words::delivery::deck_missing(&about(&delivery), why),
        (true, Ended::Unknown) => words::delivery::deck_unknown(&about(&delivery)),
        (false, _) if delivery.run.is_none() => return Ok(false),
        (false, Ended::Refused(why)) => words::delivery::not_posted(&about(&delivery), why),
        (false, Ended::Unknown) => words::delivery::may_not_be_posted(&about(&delivery)),
    };
    tell(cx, tx, (&workspace, &delivery), (asked, card)).await?;
    Ok(true)
}

/// Who looks after a delivery: the owner of its schedule with the admins, or whoever asked for it.
async fn tell(
    cx: &Context,
    tx: &mut Tx,
    (workspace, delivery): (&WorkspaceId, &Delivery),
    (asked, card): (&Asked, Card),
) -> Handled {
    match &delivery.run {
        Some(_) => notice::tell(cx, tx, workspace, (&asked.who, &card)).await,
        None => Desk::whisper_in(cx, tx, workspace, (asked, card)).await,
    }
}

/// What a sentence about a delivery names.
#[must_use]
pub fn about(delivery: &Delivery) -> words::delivery::About {
    let channel = if delivery.channel.is_empty() { None } else { Some(delivery.channel.as_str()) };
    words::delivery::About {
        report: delivery.report.clone(),
        what: format!("{} {}", words::delivery::report(&delivery.kind), delivery.period),
        channel: channel_name(channel, &delivery.to),
    }
}

/// *Send the deck again*
pub async fn send_deck(scene: &mut Scene<'_>, report: &ReportId) -> Handled {
    scene.may(Act::Report)?;
    let workspace = scene.desk.workspace.id.clone();
    let tx = &mut scene.desk.tx;
    let delivery = deliveries::get(tx, &workspace, report).await?;
    let delivery = delivery.ok_or_else(|| Trouble::mend(words::delivery::gone()))?;
    let message = message(tx, &workspace, &delivery).await?;
    let message = message.ok_or_else(|| Trouble::mend(words::delivery::gone()))?;
    if !deliveries::send_deck(tx, &workspace, report).await? {
        return Err(Trouble::mend(words::delivery::deck_is_there()));
    }
    let to = message.place.in_thread(message.thread_root());
    let asked = Some(scene.asked());
    let send = (to, report.clone(), asked);
    let desk = &mut scene.desk;
    Desk::attach_in(desk.cx, &mut desk.tx, &workspace, send, delivery.deck_tries).await?;
    audit(scene, ("report.deck", &delivery)).await?;
    scene.whisper(Card::sentence(words::delivery::sending_deck(&about(&delivery)))).await
}

/// The message that the deck belongs to.
async fn message(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    delivery: &Delivery,
) -> Handled<Option<MessageRef>> {
    let subject = Subject::Report(delivery.report.clone());
    let mut known = places::of(tx, workspace, &subject).await?;
    Ok(known.pop())
}

/// *Post it again*
pub async fn post_again(scene: &mut Scene<'_>, report: &ReportId) -> Handled {
    scene.may(Act::Report)?;
    let workspace = scene.desk.workspace.id.clone();
    let delivery = deliveries::get(&mut scene.desk.tx, &workspace, report).await?;
    let stored = reports::get(&mut scene.desk.tx, &workspace, report).await?;
    let (Some(delivery), Some(stored)) = (delivery, stored) else {
        return Err(Trouble::mend(words::delivery::gone()));
    };
    let scheduled = delivery.run.is_some();
    if scheduled && !schedule_run::claim_again(&mut scene.desk.tx, &workspace, &delivery).await? {
        return Err(Trouble::mend(words::delivery::stands_there()));
    }
    if !deliveries::again(&mut scene.desk.tx, &workspace, report).await? {
        return Err(Trouble::mend(words::delivery::stands_there()));
    }
    let card = report::card_of(&stored)?;
    let key = schedule_run::key_again(&delivery);
    let asked = Some(scene.asked());
    let said = (card, Subject::Report(report.clone()));
    scene.desk.post(&key, delivery.to.clone(), said, asked).await?;
    audit(scene, ("report.again", &delivery)).await?;
    scene.whisper(Card::sentence(words::delivery::posting_again(&about(&delivery)))).await
}

async fn audit(scene: &mut Scene<'_>, (action, delivery): (&str, &Delivery)) -> Handled {
    let about = about(delivery);
    let deed = Deed {
        action,
        subject_kind: "report",
        subject_id: delivery.report.as_str(),
        detail: format!("{} in {}", about.what, about.channel),
        ..Deed::default()
    };
    scene.audit(deed).await
}
