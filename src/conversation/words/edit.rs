//! Edit threads: the root message, and what is said in them besides proposals.

use super::section::plain;
use crate::conversation::button::Click;
use crate::conversation::card::{Card, Run, Text};
use crate::strategy::address::SectionAddress;

/// The message that starts a thread, bound to one section for its life.
#[must_use]
pub fn root(section: SectionAddress, revision: i64, who: &str, request: Option<&str>) -> Card {
    let title = section.title();
    let card = Card::new(format!("{who} edits {title}"))
        .heading(format!("Editing {title}"))
        .context(format!("Scope: {section} · revision {revision} · opened by {who}"));
    match request {
        Some(request) => card.text(Text::bold(format!("{who}: ")).and_plain(request)),
        None => card.text(
            Text::plain("Say in this thread what should change, for example: ")
                .and(Run::Code(example(section).to_owned())),
        ),
    }
}

fn example(section: SectionAddress) -> &'static str {
    match section {
        SectionAddress::Icp => "narrow the company size to 50–500 employees",
        SectionAddress::IppProfile => "add Kubernetes to capabilities",
        SectionAddress::IppTypes => "make reseller not recommended",
        SectionAddress::Tam => "set solutions share to 15%",
    }
}

/// Reasons that are told one by one.
const REASONS: usize = 8;

/// Nothing of a request could be turned into a change.
#[must_use]
pub fn nothing_done(section: SectionAddress, reasons: &[String]) -> Card {
    let line = "I could not turn this into a change. Nothing was changed.";
    let mut card = Card::new(line).text(line);
    for reason in reasons.iter().take(REASONS) {
        card = card.text(reason.as_str());
    }
    if let Some(more) = reasons.len().checked_sub(REASONS).filter(|more| *more > 0) {
        card = card.text(format!("And {more} more like these."));
    }
    card.context(Text::plain("For example: ").and(Run::Code(example(section).to_owned())))
}

/// A part of the request belongs to another section.
#[must_use]
pub fn other_section(other: SectionAddress) -> Card {
    let line =
        format!("This thread edits another section. Shall I open a thread for {}?", other.title());
    Card::new(line.clone())
        .text(line)
        .buttons(vec![plain(&format!("Open a thread for {}", other.title()), &Click::Edit(other))])
}

#[must_use]
pub fn answer(text: &str) -> Card {
    Card::sentence(text)
}

/// Several answers to one message.
#[must_use]
pub fn answers<'a>(texts: impl Iterator<Item = &'a str>) -> Card {
    let texts: Vec<&str> = texts.collect();
    let card = Card::new(texts.join(" "));
    texts.into_iter().fold(card, Card::text)
}

/// Its deadline passed.
#[must_use]
pub fn took_too_long() -> String {
    "Reading this request took too long, so it was ended. Nothing was changed. Send it in smaller pieces."
        .to_owned()
}

#[must_use]
pub fn too_long(limit: usize) -> String {
    format!(
        "A request can have {} characters, and this one has more. Nothing was changed. Send it in pieces.",
        super::grouped(i64::try_from(limit).unwrap_or(i64::MAX))
    )
}

#[must_use]
pub fn drafting_failed(reason: &str) -> String {
    format!(
        "{} Nothing was changed. You can ask again in this thread.",
        super::ended(&format!("The draft could not be made: {reason}"))
    )
}

#[must_use]
pub fn nothing_open() -> String {
    "There is no open proposal in this thread, so nothing was changed. Say what should change, and \
     one is made."
        .to_owned()
}

#[must_use]
pub fn say_what() -> String {
    "Say what should be different. Nothing was changed.".to_owned()
}
