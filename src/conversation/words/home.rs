//! The home card, and the first visit.

use super::section::plain;
use crate::conversation::button::Click;
use crate::conversation::card::{Button, Card, Fact, Part, Text};
use crate::strategy::address::SectionAddress;

/// One section on the home card.
pub struct Line {
    pub section: SectionAddress,
    /// `revision 3, 5 Oct 2026, Ana`, or none where it was never written.
    pub written: Option<String>,
    pub open_proposals: i64,
}

#[must_use]
pub fn card(workspace: &str, lines: &[Line], next_run: Option<&str>) -> Card {
    let facts = lines.iter().map(|line| {
        let mut value = line.written.clone().unwrap_or_else(|| "not written yet".to_owned());
        if line.open_proposals > 0 {
            let open = usize::try_from(line.open_proposals).unwrap_or(0);
            let open = super::count(open, "open proposal", "open proposals");
            value = format!("{value} · {open}");
        }
        Fact { label: line.section.title().to_owned(), value: Text::plain(value) }
    });
    let mut buttons: Vec<_> =
        lines.iter().map(|line| plain(line.section.title(), &Click::Show(line.section))).collect();
    buttons.push(plain("Quarterly review", &Click::QuarterlyReport));
    buttons.push(plain("Help", &Click::Help));
    let card = Card::new(format!("Partner strategy of {workspace}"))
        .heading(format!("Partner strategy of {workspace}"))
        .with(Part::Facts(facts.collect()));
    let card = match next_run {
        Some(next) => card.context(format!("Next scheduled report: {next}")),
        None => card,
    };
    card.buttons(buttons)
}

/// Nothing is written yet: the two ways to begin.
#[must_use]
pub fn empty(may_load_sample: bool) -> Card {
    let mut buttons: Vec<Button> = Vec::new();
    if may_load_sample {
        buttons.push(plain("Load the sample company", &Click::LoadSample));
    }
    buttons.push(plain("Set up my company", &Click::Setup).primary());
    Card::new("Welcome. Nothing is written yet.")
        .heading("Welcome to Attaché")
        .text("Nothing is written yet. Answer six short questions and your first strategy is written from them, or look around with a sample company first.")
        .buttons(buttons)
}

#[must_use]
pub fn sample_loaded(company: &str, partners: usize, deals: usize, activities: usize) -> Card {
    let line = format!(
        "The sample company {company} is loaded: {partners} partners, {deals} deals, {activities} activities, and its first strategy."
    );
    Card::new(line.clone()).text(line).buttons(vec![
        plain("Home", &Click::Home),
        plain("Ideal customer profile", &Click::Show(SectionAddress::Icp)).primary(),
    ])
}

#[must_use]
pub fn loading_sample() -> String {
    "Loading the sample company.".to_owned()
}

#[must_use]
pub fn not_empty() -> String {
    "This workspace has a strategy or partners of its own already, so the sample company was not loaded. Nothing was changed.".to_owned()
}

#[must_use]
pub fn how_to_import() -> Card {
    Card::new("How partner data comes in")
        .heading("How partner data comes in")
        .text("Partners, deals and activities come as CSV or JSON files with a header of our column names.")
        .text("In the web console: the Import page. On the server: attache import partners FILE (deals, activities). From another system: POST /import/partners with a token from attache token create import.")
        .context("A file with bad rows changes nothing unless you ask to keep the good ones. Every refused row is named with its line and reason.")
}
