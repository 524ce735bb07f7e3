//! The setup: three short forms, resumable, and what follows them.

use super::section::plain;
use crate::conversation::button::{Click, Sheet};
use crate::conversation::card::{Button, Card};
use crate::conversation::form::{FieldKind, Form, FormField};
use crate::strategy::address::SectionAddress;
use crate::strategy::money::Currency;
use crate::strategy::onboarding::{Answers, Input, Warning};

/// Steps of the setup.
pub const STEPS: u8 = 3;

/// The questions of one step, from 1. The third is optional.
#[must_use]
pub fn inputs(step: u8) -> Vec<Input> {
    let (required, optional): (Vec<_>, Vec<_>) =
        Input::ALL.into_iter().partition(|input| input.is_required());
    match step {
        1 => required.into_iter().take(3).collect(),
        2 => required.into_iter().skip(3).collect(),
        _ => optional,
    }
}

/// The first step with an open question; the last one when all are answered.
#[must_use]
pub fn resume_at(answers: &Answers) -> u8 {
    let open = answers.missing();
    (1..STEPS).find(|step| inputs(*step).iter().any(|input| open.contains(input))).unwrap_or(STEPS)
}

/// One step as a form, with what was answered before.
#[must_use]
pub fn form(step: u8, answers: &Answers) -> Form {
    let last = step == STEPS;
    let intro = match step {
        1 => "First, your company.",
        2 => "Now your goals and whom you sell to.",
        _ => {
            "All optional. What you leave empty is printed as a starting assumption until somebody gives a better number. /strategy setup 1 opens the first step again."
        }
    };
    Form {
        token: Sheet::Setup(step).token(),
        title: format!("Set up ({step} of {STEPS})"),
        submit: if last { "Write my strategy".to_owned() } else { "Next".to_owned() },
        intro: Some(intro.into()),
        fields: inputs(step).into_iter().map(|input| field(input, answers)).collect(),
    }
}

fn field(input: Input, answers: &Answers) -> FormField {
    let long = matches!(input, Input::CompanyDescription | Input::PrimaryIcps | Input::Markets);
    FormField {
        name: input.key().to_owned(),
        label: input.label().to_owned(),
        hint: Some(input.help().to_owned()),
        kind: if long { FieldKind::Paragraph } else { FieldKind::Line },
        value: answers.get(input),
        required: input.is_required(),
        longest: if long { 2_000 } else { 300 },
    }
}

/// Kept, and the next form could not be opened by itself: a button opens it.
#[must_use]
pub fn kept(next: u8) -> Card {
    let line = format!("Kept. Step {next} of {STEPS} is next.");
    Card::new(line.clone())
        .text(line)
        .buttons(vec![plain("Continue the setup", &Click::SetupStep(next)).primary()])
}

/// One button for every step, to correct what was answered there.
fn steps() -> Vec<Button> {
    (1..=STEPS).map(|step| plain(&format!("Step {step}"), &Click::SetupStep(step))).collect()
}

/// The target is in another currency than the current ARR: what is said beside it.
#[must_use]
pub fn mixed(current: Currency) -> String {
    format!("Target ARR: the current ARR is in {current}; give both in one currency.")
}

#[must_use]
pub fn resume() -> Card {
    Card::new("Set up my company")
        .text("Six short questions, in two steps, and a third step that you may leave empty. What you have answered is kept.")
        .buttons(vec![plain("Set up my company", &Click::Setup).primary()])
}

/// All is answered: what is not written yet is being written; what is, stays until somebody wants it
/// proposed anew.
#[must_use]
pub fn writing(written: &[SectionAddress], warnings: &[Warning]) -> Card {
    let kept = "Thank you. Your answers are kept.";
    let mut card = match written.len() {
        0 => Card::sentence("Thank you. Your first strategy is being written."),
        all if all == SectionAddress::ALL.len() => Card::sentence(kept),
        _ => Card::sentence(format!("{kept} What was not written yet is being written.")),
    };
    if !written.is_empty() {
        let regenerate = |section: &SectionAddress| {
            plain(&format!("Regenerate {}", section.title()), &Click::Generate(*section))
        };
        card = card
            .text(format!(
                "Nothing that is written was changed: {}. Regenerate proposes a section anew from \
                 your answers, and you accept or discard it.",
                listed(written)
            ))
            .buttons(written.iter().map(regenerate).collect());
    }
    for warning in warnings {
        card = card.context(warned(*warning));
    }
    card.text("Each step can be opened again to correct an answer.").buttons(steps())
}

fn listed(sections: &[SectionAddress]) -> String {
    let titles: Vec<_> = sections.iter().map(|section| section.title().to_owned()).collect();
    super::list(&titles)
}

fn warned(warning: Warning) -> String {
    match warning {
        Warning::TargetNotAboveCurrent => {
            "Please check: the target ARR is not above the current one.".to_owned()
        }
        Warning::MarketCount(count) => {
            format!("Two or three markets work best; you named {count}.")
        }
        Warning::MixedCurrencies => {
            "Please check: your amounts are in different currencies. Step 2 and Step 3 hold them."
                .to_owned()
        }
    }
}

/// Everything that a first writing wrote.
#[must_use]
pub fn done(sections: &[SectionAddress]) -> Card {
    let show = |section: &SectionAddress| plain(section.title(), &Click::Show(*section));
    let mut buttons: Vec<_> = sections.iter().map(show).collect();
    buttons.push(plain("Home", &Click::Home).primary());
    let line = match sections.len() {
        all if all == SectionAddress::ALL.len() => "Your first strategy is written.".to_owned(),
        1 => format!("{} is written.", listed(sections)),
        _ => format!("{} are written.", listed(sections)),
    };
    Card::new(line.clone())
        .text(format!("{line} It is a start: every section can be edited in its own thread."))
        .buttons(buttons)
}
