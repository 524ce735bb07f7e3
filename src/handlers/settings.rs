//! `/strategy settings`: the currency, the time zone and the fiscal year that a workspace counts in.

use crate::conversation::settings_change::SettingsChange;
use crate::conversation::words;
use crate::handlers::desk::{Deed, Desk};
use crate::handlers::open_channel;
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::trouble::{Handled, Trouble};
use crate::ids::WorkspaceId;
use crate::partners::Currency;
use crate::schedules::Zone;
use crate::store::workspaces::{self, Settings, Workspace};
use crate::store::{Tx, open_channels, partners};
use crate::strategy::onboarding::Answers;

/// Shows them, or changes those that are named.
pub async fn say(scene: &mut Scene<'_>, change: &SettingsChange) -> Handled {
    scene.may(Act::Read)?;
    if let Some(channel) = &change.channel {
        open_channel::set(scene, channel).await?;
    }
    let counted = SettingsChange { channel: None, ..change.clone() };
    if counted != SettingsChange::default() {
        scene.may(Act::Configure)?;
        apply(scene, &counted).await?;
    }
    let open = open_channels::list(&mut scene.desk.tx, &scene.desk.workspace.id).await?;
    let open: Vec<_> = open.into_iter().map(|channel| channel.name).collect();
    let card = words::settings::card(&shown(&scene.desk.workspace), &open);
    scene.show("settings", card).await
}

async fn apply(scene: &mut Scene<'_>, change: &SettingsChange) -> Handled {
    let before = settings(&scene.desk.workspace);
    let after = read(change, &before).map_err(Trouble::mend)?;
    if after == before {
        return Ok(());
    }
    let workspace = scene.desk.workspace.id.clone();
    if let Some(other) = other_currency(&mut scene.desk.tx, &workspace, &after.currency).await? {
        return Err(Trouble::mend(words::settings::currency_stays(&other)));
    }
    workspaces::set_settings(&mut scene.desk.tx, &workspace, &after).await?;
    keep(&mut scene.desk.workspace, &after);
    let detail = words::settings::difference(&words(&before), &words(&after));
    scene.audit(deed(&workspace, detail)).await
}

/// A workspace counts in the currency of its answers, while there are no figures in another one.
pub async fn adopt(desk: &mut Desk<'_>, before: &Answers, answers: &Answers) -> Handled {
    if before.currency() == answers.currency() {
        return Ok(());
    }
    count_in(desk, answers.currency()).await
}

/// Counts in this currency from now on, while there are no figures in another one.
pub async fn count_in(desk: &mut Desk<'_>, wanted: Currency) -> Handled {
    if wanted.code() == desk.workspace.currency {
        return Ok(());
    }
    let workspace = desk.workspace.id.clone();
    if other_currency(&mut desk.tx, &workspace, wanted.code()).await?.is_some() {
        return Ok(());
    }
    let old = settings(&desk.workspace);
    let new = Settings { currency: wanted.code().to_owned(), ..old.clone() };
    workspaces::set_settings(&mut desk.tx, &workspace, &new).await?;
    keep(&mut desk.workspace, &new);
    let detail = words::settings::difference(&words(&old), &words(&new));
    desk.audit(deed(&workspace, detail)).await
}

fn deed(workspace: &WorkspaceId, detail: String) -> Deed<'_> {
    Deed {
        action: "settings.changed",
        subject_kind: "workspace",
        subject_id: workspace.as_str(),
        detail,
        ..Deed::default()
    }
}

fn read(change: &SettingsChange, before: &Settings) -> Result<Settings, String> {
    let mut after = before.clone();
    if let Some(code) = &change.currency {
        let known = Currency::from_code(code);
        known
            .ok_or_else(|| words::settings::no_currency(code))?
            .code()
            .clone_into(&mut after.currency);
    }
    if let Some(zone) = &change.zone {
        let known = Zone::read(zone).map_err(|why| words::settings::no_zone(&why))?;
        known.name().clone_into(&mut after.zone);
    }
    if let Some(month) = &change.year {
        after.fiscal_start_month =
            words::settings::month(month).ok_or_else(|| words::settings::no_month(month))?;
    }
    Ok(after)
}

/// A currency other than this one in which there are deals or activities.
async fn other_currency(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    wanted: &str,
) -> Handled<Option<String>> {
    let deals = partners::deals(tx, workspace).await?;
    let activities = partners::activities(tx, workspace).await?;
    let amounts = deals.iter().filter_map(|deal| deal.amount);
    let mut all = amounts.chain(activities.iter().filter_map(|activity| activity.value));
    let other = all.find(|money| money.currency.code() != wanted);
    Ok(other.map(|money| money.currency.code().to_owned()))
}

fn settings(workspace: &Workspace) -> Settings {
    Settings {
        zone: workspace.zone.clone(),
        fiscal_start_month: workspace.fiscal_start_month,
        currency: workspace.currency.clone(),
    }
}

fn keep(workspace: &mut Workspace, settings: &Settings) {
    workspace.zone.clone_from(&settings.zone);
    workspace.currency.clone_from(&settings.currency);
    workspace.fiscal_start_month = settings.fiscal_start_month;
}

fn words(settings: &Settings) -> words::settings::Shown<'_> {
    words::settings::Shown {
        currency: &settings.currency,
        zone: &settings.zone,
        year: settings.fiscal_start_month,
    }
}

fn shown(workspace: &Workspace) -> words::settings::Shown<'_> {
    words::settings::Shown {
        currency: &workspace.currency,
        zone: &workspace.zone,
        year: workspace.fiscal_start_month,
    }
}
