//! `/strategy setup`: the six inputs in three forms, kept as they come, then the first strategy.

use std::collections::BTreeMap;

use crate::conversation::form::FieldError;
use crate::conversation::words;
use crate::handlers::desk::Deed;
use crate::handlers::generate::{self, Split};
use crate::handlers::rights::Act;
use crate::handlers::scene::Scene;
use crate::handlers::settings;
use crate::handlers::trouble::{Handled, Trouble};
use crate::store::workspaces;
use crate::strategy::address::SectionAddress;
use crate::strategy::onboarding::{Answers, Input};

/// `/strategy setup [step]` or the button: that step, else the first one with an open question.
pub async fn start(scene: &mut Scene<'_>, step: Option<u8>) -> Handled {
    scene.may(Act::Edit)?;
    let answers = scene.desk.workspace.answers.clone().unwrap_or_default();
    open(scene, step.unwrap_or_else(|| words::setup::resume_at(&answers)), &answers).await
}

/// One step, sent: its answers are kept, then the next step or the writing begins.
pub async fn submitted(
    scene: &mut Scene<'_>,
    step: u8,
    fields: &BTreeMap<String, String>,
) -> Handled {
    scene.may(Act::Edit)?;
    let mut answers = scene.desk.workspace.answers.clone().unwrap_or_default();
    let before = answers.clone();
    if let Some(fault) = put(&mut answers, step, fields).into_iter().next() {
        return Err(Trouble::mend(format!("{} Nothing was changed.", fault.text)));
    }
    let workspace = scene.desk.workspace.id.clone();
    workspaces::set_answers(&mut scene.desk.tx, &workspace, &answers).await?;
    settings::adopt(&mut scene.desk, &before, &answers).await?;
    if !answers.company_name.is_empty() && answers.company_name != scene.desk.workspace.name {
        workspaces::rename(&mut scene.desk.tx, &workspace, &answers.company_name).await?;
    }
    let deed = Deed {
        action: "setup.answered",
        subject_kind: "workspace",
        subject_id: workspace.as_str(),
        detail: format!("step {step}"),
        ..Deed::default()
    };
    scene.audit(deed).await?;
    scene.desk.workspace.answers = Some(answers.clone());
    if step < words::setup::STEPS {
        return open(scene, step + 1, &answers).await;
    }
    if !answers.missing().is_empty() {
        return open(scene, words::setup::resume_at(&answers), &answers).await;
    }
    let Split { written, new } = generate::split(scene, &SectionAddress::ALL).await?;
    scene.whisper(words::setup::writing(&written, &answers.warnings())).await?;
    if new.is_empty() { Ok(()) } else { generate::start(scene, &new, false).await }
}

/// A form while the trigger lives, else a button that opens it.
async fn open(scene: &mut Scene<'_>, step: u8, answers: &Answers) -> Handled {
    let fresh = scene.inbound.answer.trigger.is_some();
    let card = if step == 1 { words::setup::resume() } else { words::setup::kept(step) };
    if fresh {
        scene.open(words::setup::form(step, answers)).await
    } else {
        scene.whisper(card).await
    }
}

/// Takes the step's answers; what does not read is named beside its field.
pub fn put(answers: &mut Answers, step: u8, fields: &BTreeMap<String, String>) -> Vec<FieldError> {
    let mut faults = Vec::new();
    for input in words::setup::inputs(step) {
        let Some(typed) = fields.get(input.key()) else { continue };
        let fault = |text: String| FieldError { field: input.key().to_owned(), text };
        if let Err(error) = answers.put(input, typed) {
            faults.push(fault(words::ended(&format!("{}: {error}", input.label()))));
        } else if input.is_required() && answers.get(input).is_empty() {
            faults.push(fault(format!("{} is needed.", input.label())));
        }
    }
    if let (Some(current), Some(target)) = (answers.current_arr, answers.target_arr)
        && fields.contains_key(Input::TargetArr.key())
        && faults.is_empty()
        && current.same_currency(target).is_err()
    {
        let text = words::setup::mixed(current.currency);
        faults.push(FieldError { field: Input::TargetArr.key().to_owned(), text });
    }
    faults
}

/// Which questions there are, for the forms' own check before anything is written.
#[must_use]
pub fn faults(step: u8, fields: &BTreeMap<String, String>) -> Vec<FieldError> {
    put(&mut Answers::default(), step, fields)
}
