//! Reports: asked for in chat, run by a job, by a schedule or from the command line.
//!
//! Facts are read first, then the report and its deck are built with no transaction open, then both
//! are stored together with the message that announces them. The deck follows into its thread.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::conversation::card::Card;
use crate::conversation::inbound::{Place, PlaceKind};
use crate::conversation::outgoing::{Asked, MessageRef, Subject};
use crate::conversation::words;
use crate::fiscal::{self, FiscalYearStart, Quarter};
use crate::handlers::audit::zone_of;
use crate::handlers::blocking::{Deadline, Labour, NotComputed};
use crate::handlers::context::Context;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::schedule_run;
use crate::handlers::trouble::{Handled, Trouble};
use crate::handlers::whereabouts::Whereabouts;
use crate::ids::{MemberId, ReportId, WorkspaceId};
use crate::jobs::{Task, TaskRun};
use crate::partners::{Activity, Currency, Deal, Partner};
use crate::reports::facts::{Inputs, Revised, Strategy};
use crate::reports::view::View;
use crate::reports::{Report, ReportKind, deck, pptx};
use crate::store::deliveries::{self, Deck, Delivery};
use crate::store::reports::{self, StoredReport};
use crate::store::runs::RunState;
use crate::store::workspaces::{self, Workspace};
use crate::store::{Tx, partners, sections};
use crate::strategy::address::SectionAddress;
use crate::strategy::document::Document;

/// What a report job is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub workspace: WorkspaceId,
    pub report: ReportId,
    pub to: Place,
    pub asked: Asked,
    pub member: MemberId,
    pub name: String,
}

/// `/strategy report quarterly`
pub async fn requested(scene: &mut Scene<'_>, kind: &str, view: Option<&str>) -> Handled {
    scene.may(Act::Report)?;
    if ReportKind::from_word(kind) != Some(ReportKind::Quarterly) {
        return Err(Trouble::mend(words::report::no_such_report(kind)));
    }
    if let Some(view) = view {
        return Err(Trouble::mend(words::report::no_such_view(view)));
    }
    let report = scene.desk.cx.ids.report();
    begin(scene, report, here_of(scene)?).await
}

/// *Quarterly review*: on a card that only one person sees nothing says where it will be posted.
pub async fn offered(scene: &mut Scene<'_>) -> Handled {
    scene.may(Act::Report)?;
    let report = scene.desk.cx.ids.report();
    let wanted = here_of(scene)?;
    if wanted.to.kind == PlaceKind::Direct {
        return begin(scene, report, wanted).await;
    }
    let channel = Some(wanted.channel.as_str()).filter(|name| !name.is_empty());
    scene.whisper(words::report::where_to(&report, channel)).await
}

/// *Post in #channel*
pub async fn here(scene: &mut Scene<'_>, report: ReportId) -> Handled {
    scene.may(Act::Report)?;
    let wanted = here_of(scene)?;
    begin(scene, report, wanted).await
}

/// *Only for me*
pub async fn for_me(scene: &mut Scene<'_>, report: ReportId) -> Handled {
    scene.may(Act::Report)?;
    let to = scene.channel().direct_with(&scene.inbound.who.user);
    let wanted = Wanted { to, channel: String::new(), said: words::report::making_for_you() };
    begin(scene, report, wanted).await
}

/// Where a report is to be posted.
struct Wanted {
    to: Place,
    /// `#leadership`; empty for a direct chat, or where the platform does not say.
    channel: String,
    said: String,
}

/// The channel of the request, where it can be posted to.
fn here_of(scene: &Scene<'_>) -> Handled<Wanted> {
    let to = scene.channel();
    let Whereabouts::Known(known) = &scene.whereabouts else {
        return Ok(Wanted { to, channel: String::new(), said: words::report::making() });
    };
    let channel = format!("#{}", known.name);
    if known.archived || !known.member {
        return Err(Trouble::mend(words::report::cannot_post(&channel, known.archived)));
    }
    Ok(Wanted { to, channel, said: words::report::making() })
}

/// Asked for once: a button that is pressed twice makes one report.
async fn begin(scene: &mut Scene<'_>, report: ReportId, wanted: Wanted) -> Handled {
    let run = Run {
        workspace: scene.desk.workspace.id.clone(),
        report,
        to: wanted.to,
        asked: scene.asked(),
        member: scene.member.id.clone(),
        name: scene.member.name.clone(),
    };
    let delivery = Delivery { channel: wanted.channel, at: scene.now(), ..asked_for(&run) };
    if !deliveries::add(&mut scene.desk.tx, &run.workspace, &delivery).await? {
        return Err(Trouble::mend(words::report::asked_already()));
    }
    let subject = run.report.to_string();
    let run = serde_json::to_string(&run).map_err(|error| Trouble::ours(error.to_string()))?;
    scene.desk.enqueue(&Task::Report { run }).await?;
    let deed = Deed {
        action: "report.requested",
        subject_kind: "report",
        subject_id: &subject,
        ..Deed::default()
    };
    scene.audit(deed).await?;
    scene.whisper(Card::sentence(wanted.said)).await
}

fn asked_for(run: &Run) -> Delivery {
    Delivery {
        report: run.report.clone(),
        run: None,
        kind: ReportKind::Quarterly.word().to_owned(),
        period: String::new(),
        to: run.to.clone(),
        channel: String::new(),
        by: run.name.clone(),
        at: 0,
        state: RunState::Started,
        note: String::new(),
        tries: 1,
        deck: Deck::Waiting,
        deck_tries: 0,
    }
}

/// Runs one report job.
pub async fn run(cx: &Context, run: &Run, task: &TaskRun) -> Handled {
    let material = read(cx, &run.workspace).await?;
    let now = cx.clock.now();
    let quarter = closed_quarter(&material.workspace, now);
    let built = if material.is_empty() {
        Err(words::report::nothing_to_report())
    } else {
        build(cx, material, (quarter, now)).await?
    };
    let mut desk = Desk::open_for(cx, &run.workspace).await?;
    match built {
        Err(sentence) => {
            let outcome = (RunState::Held, sentence.as_str());
            deliveries::set(&mut desk.tx, &run.workspace, &run.report, outcome).await?;
            desk.whisper(&run.asked, Card::sentence(sentence)).await?;
        }
        Ok(built) => {
            let card = card(&built.report);
            let period = &built.report.period.label;
            deliveries::set_period(&mut desk.tx, &run.workspace, &run.report, period).await?;
            let sending = (RunState::Sending, "");
            deliveries::set(&mut desk.tx, &run.workspace, &run.report, sending).await?;
            keep(&mut desk, &run.report, (built, &run.name)).await?;
            let key = format!("report:{}", run.report);
            let subject = Subject::Report(run.report.clone());
            desk.post(&key, run.to.clone(), (card, subject), Some(run.asked.clone())).await?;
        }
    }
    task.complete(&mut desk.tx).await?;
    desk.commit().await
}

/// A report with its deck, not yet stored.
pub struct Built {
    pub report: Report,
    pub deck: Vec<u8>,
}

/// The message that announces a report.
#[must_use]
pub fn card(report: &Report) -> Card {
    let headline = report.headline();
    let numbers = headline
        .numbers
        .iter()
        .map(|number| (number.label.clone(), format!("{} · {}", number.value, number.delta)));
    let view = if report.view.name.is_empty() {
        "all partners".to_owned()
    } else {
        format!("view {}", report.view.name)
    };
    words::report::card(&words::report::Shown {
        title: &headline.title,
        numbers: numbers.collect(),
        changed: headline.changed,
        decisions: headline.decisions,
        basis: format!(
            "{} · {view} · as of {}",
            report.period.label,
            report.date.strftime("%-d %b %Y")
        ),
    })
}

/// The same, of a report that is kept.
pub fn card_of(stored: &StoredReport) -> Handled<Card> {
    let report: Report = serde_json::from_str(&stored.report)
        .map_err(|error| Trouble::ours(format!("a stored report does not read: {error}")))?;
    Ok(card(&report))
}

/// Everything a report is gathered from.
pub struct Material {
    pub workspace: Workspace,
    pub partners: Vec<Partner>,
    pub deals: Vec<Deal>,
    pub activities: Vec<Activity>,
    /// When it was read.
    read_at: Timestamp,
    icp: Option<(i64, Document)>,
    tam: Option<(i64, Document)>,
}

impl Material {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.partners.is_empty() && self.deals.is_empty()
    }
}

/// Reads it from one snapshot, so that all of it is of one moment and nobody waits meanwhile.
pub async fn read(cx: &Context, id: &WorkspaceId) -> Handled<Material> {
    let mut now = cx.store.snapshot().await?;
    let workspace = workspaces::get(&mut now, id).await?;
    let workspace =
        workspace.ok_or_else(|| Trouble::ours("a report of a workspace that is gone"))?;
    let partners = partners::partners(&mut now, id).await?;
    let deals = partners::deals(&mut now, id).await?;
    let activities = partners::activities(&mut now, id).await?;
    let mut section = async |address| {
        let section = sections::current(&mut now, id, address).await?;
        Handled::Ok(section.map(|section| (section.revision, section.document)))
    };
    let icp = section(SectionAddress::Icp).await?;
    let tam = section(SectionAddress::Tam).await?;
    now.end().await?;
    let read_at = cx.clock.now();
    Ok(Material { workspace, partners, deals, activities, read_at, icp, tam })
}

/// Builds the report and lays out its deck, off the threads that answer requests. A refusal, such
/// as a deadline that passed, comes back as a sentence: the same again would end the same.
pub async fn build(
    cx: &Context,
    material: Material,
    moment: (Quarter, Timestamp),
) -> Handled<Result<Built, String>> {
    let work = move |deadline: &Deadline| whole(&material, moment, deadline);
    match cx.blocking.run(Labour::Report, work).await {
        Ok(built) => built,
        Err(NotComputed::TooLong) => Ok(Err(words::report::took_too_long())),
        Err(why) => Err(why.into()),
    }
}

/// Report and deck; the deadline is looked at between the steps.
fn whole(
    material: &Material,
    moment: (Quarter, Timestamp),
    deadline: &Deadline,
) -> Handled<Result<Built, String>> {
    let late = || deadline.is_over().then(words::report::took_too_long);
    let report = match assemble(material, moment) {
        Ok(report) => report,
        Err(refused) => return Ok(Err(words::report::no_match(&refused))),
    };
    if let Some(late) = late() {
        return Ok(Err(late));
    }
    let slides = deck::lay_out(&report);
    if let Some(late) = late() {
        return Ok(Err(late));
    }
    let deck = pptx::write(&slides).map_err(|error| Trouble::ours(error.to_string()))?;
    Ok(Ok(Built { report, deck }))
}

fn assemble(material: &Material, (quarter, now): (Quarter, Timestamp)) -> Result<Report, String> {
    let icp = material.icp.as_ref().and_then(|(revision, document)| match document {
        Document::Icp(icp) => Some(Revised { document: icp, revision: revision.unsigned_abs() }),
        _ => None,
    });
    let tam = material.tam.as_ref().and_then(|(revision, document)| match document {
        Document::Tam(tam) => Some(Revised { document: tam, revision: revision.unsigned_abs() }),
        _ => None,
    });
    let zone = zone_of(&material.workspace.zone);
    let inputs = Inputs {
        kind: ReportKind::Quarterly,
        company: &material.workspace.name,
        quarter,
        as_of: now,
        today: zone.to_datetime(material.read_at.max(now)).date(),
        zone,
        view: View::default(),
        currency: Currency::from_code(&material.workspace.currency).unwrap_or(Currency::USD),
        partners: &material.partners,
        deals: &material.deals,
        activities: &material.activities,
        strategy: Strategy { icp, tam },
    };
    Report::build(&inputs).map_err(|refused| refused.to_string())
}

/// The quarter that had closed by now, in the workspace's zone.
#[must_use]
pub fn closed_quarter(workspace: &Workspace, now: Timestamp) -> Quarter {
    let date = now.to_zoned(zone_of(&workspace.zone)).date();
    fiscal::closed_quarter(date, starts(workspace))
}

/// The first month of the workspace's fiscal year.
#[must_use]
pub fn starts(workspace: &Workspace) -> FiscalYearStart {
    FiscalYearStart::new(workspace.fiscal_start_month).unwrap_or_default()
}

/// Stores a report with its deck, once: the id is made when it is asked for.
pub async fn keep(desk: &mut Desk<'_>, id: &ReportId, (built, by): (Built, &str)) -> Handled {
    let json =
        serde_json::to_string(&built.report).map_err(|error| Trouble::ours(error.to_string()))?;
    let stored = StoredReport {
        id: id.clone(),
        workspace_id: desk.workspace.id.clone(),
        kind: built.report.kind.word().to_owned(),
        period: built.report.period.label.clone(),
        view: built.report.view.name.clone(),
        report: json,
        file_name: built.report.file_name(),
        title: built.report.title(),
        created_by: by.to_owned(),
        created_at: desk.cx.clock.now_ms(),
    };
    reports::add(&mut desk.tx, &stored, &built.deck).await?;
    Ok(())
}

/// The message is posted: its deck follows into its thread, and the run is through.
pub async fn posted(
    cx: &Context,
    tx: &mut Tx,
    workspace: &WorkspaceId,
    (report, message): (&ReportId, &MessageRef),
    (key, asked): (&str, Option<Asked>),
) -> Handled {
    let to = message.place.in_thread(message.thread_root());
    let known = deliveries::get(tx, workspace, report).await?;
    deliveries::set(tx, workspace, report, (RunState::Posted, "")).await?;
    deliveries::send_deck(tx, workspace, report).await?;
    let again = known.map_or(0, |known| known.deck_tries);
    Desk::attach_in(cx, tx, workspace, (to, report.clone(), asked), again).await?;
    schedule_run::posted(tx, key).await
}

/// The job failed for good: who asked is told.
pub async fn gave_up(cx: &Context, tx: &mut Tx, run: &Run, reference: u32) -> Handled {
    let note = format!("reference {reference:08x}");
    deliveries::set(tx, &run.workspace, &run.report, (RunState::Failed, &note)).await?;
    let card = Card::sentence(words::trouble::our_fault(reference));
    Desk::whisper_in(cx, tx, &run.workspace, (&run.asked, card)).await
}
