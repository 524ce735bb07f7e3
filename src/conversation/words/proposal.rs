//! The proposal card and everything that can be said about a proposal.

use super::refusal::{self, Refusal};
use super::section::plain;
use crate::conversation::button::Click;
use crate::conversation::card::{Align, Button, Card, Change, Column, Fact, Part, Table, Text};
use crate::conversation::form::{FieldKind, Form, FormField};
use crate::ids::ProposalId;
use crate::strategy::address::SectionAddress;
use crate::strategy::field::{FieldView, Kind};
use crate::strategy::list::LIST_LIMIT;
use crate::strategy::text::TEXT_LIMIT;

/// A proposal as it is shown.
pub struct Shown<'a> {
    pub id: &'a ProposalId,
    pub section: SectionAddress,
    pub base_revision: i64,
    /// One sentence: what was understood.
    pub summary: &'a str,
    pub reason: &'a str,
    pub asked_by: &'a str,
    /// `the built-in rules`, or the model's name.
    pub drafted_by: String,
    pub changes: Vec<Change>,
    /// Fields of the section in all.
    pub fields: usize,
    /// What is computed from the section and changes with it: name, before, after.
    pub computed: Option<(&'static str, String, String)>,
    /// What was not done, each with its reason.
    pub not_done: Vec<String>,
    pub warnings: &'a [String],
    pub ending: Option<Ending>,
}

/// How it ended; the card then has no buttons.
#[derive(Clone, Debug)]
pub enum Ending {
    Accepted { by: String, revision: i64 },
    Discarded { by: String },
    Superseded,
    Stale { revision: i64, rebase: bool },
    Expired,
}

/// The card in the thread: what changes, why, and the four buttons while it is open.
#[must_use]
pub fn card(shown: &Shown<'_>) -> Card {
    let title = shown.section.title();
    let mut card = Card::new(format!("Proposal for {title}: {}", shown.summary))
        .heading(format!("Proposal for {title}"))
        .text(shown.summary)
        .with(Part::Changes(shown.changes.clone()));
    if !shown.not_done.is_empty() {
        card = card.text(Text::bold("Not done: ").and_plain(shown.not_done.join(" ")));
    }
    for warning in shown.warnings {
        card = card.text(Text::bold("Note: ").and_plain(warning.as_str()));
    }
    let change = if shown.changes.len() == 1 { "changes" } else { "change" };
    card = card.with(Part::Facts(facts(shown))).context(format!(
        "{} of {} fields {change} · scope {} · on revision {}",
        shown.changes.len(),
        shown.fields,
        shown.section,
        shown.base_revision
    ));
    match &shown.ending {
        None if is_long(shown) => {
            let mut buttons = open_buttons(shown.id);
            buttons.push(plain("Show all", &Click::ShowAll(shown.id.clone())));
            card.context("This is long, and may be shortened here. Show all has every word of it.")
                .buttons(buttons)
        }
        None => card.buttons(open_buttons(shown.id)),
        Some(ending) => ended(card, shown.id, ending),
    }
}

/// Characters of a card that every platform shows whole, and of one private message of *Show all*.
const SHOWN_WHOLE: usize = 8_000;

fn is_long(shown: &Shown<'_>) -> bool {
    let changes = shown.changes.iter().flat_map(|change| {
        let Change { before, after, added, removed, .. } = change;
        added.iter().chain(removed).chain([before, after])
    });
    let others = shown.not_done.iter().chain(shown.warnings);
    let texts = changes.chain(others).map(String::as_str).chain([shown.summary, shown.reason]);
    texts.map(|text| text.chars().count()).sum::<usize>() > SHOWN_WHOLE
}

/// Every word of the changes, each piece in a text of its own that no platform shortens.
#[must_use]
pub fn whole(section: SectionAddress, changes: &[Change]) -> Vec<Card> {
    let title = format!("Everything that changes in {}", section.title());
    let mut cards = vec![Card::new(title.clone()).heading(title.clone())];
    let mut room = SHOWN_WHOLE;
    for text in changes.iter().flat_map(pieces) {
        let long = text.words().chars().count();
        if long > room {
            cards.push(Card::new(title.clone()).heading(format!("{title}, continued")));
            room = SHOWN_WHOLE;
        }
        room = room.saturating_sub(long);
        if let Some(card) = cards.pop() {
            cards.push(card.text(text));
        }
    }
    cards
}

/// Longest piece of *Show all*, in characters.
const PIECE: usize = 1_900;

fn pieces(change: &Change) -> Vec<Text> {
    let listed = !change.added.is_empty() || !change.removed.is_empty();
    let sides = if listed {
        let added = change.added.iter().map(|item| ("+ ", item));
        added.chain(change.removed.iter().map(|item| ("− ", item))).collect()
    } else {
        vec![("Before: ", &change.before), ("After: ", &change.after)]
    };
    let mut texts = vec![Text::bold(change.label.as_str())];
    for (sign, data) in sides {
        let letters: Vec<char> = data.chars().collect();
        let mut sign = sign;
        for piece in letters.chunks(PIECE) {
            texts.push(Text::plain(sign).and_plain(piece.iter().collect::<String>()));
            sign = "… ";
        }
    }
    texts
}

fn facts(shown: &Shown<'_>) -> Vec<Fact> {
    let fact = |label: &str, value: String| Fact { label: label.to_owned(), value: value.into() };
    let computed = shown.computed.iter().map(|(name, before, after)| {
        let same = before == after;
        fact(name, if same { format!("stays {after}") } else { format!("{before} → {after}") })
    });
    let asked = [
        fact("Reason", shown.reason.to_owned()),
        fact("Asked by", shown.asked_by.to_owned()),
        fact("Drafted by", shown.drafted_by.clone()),
    ];
    computed.chain(asked).collect()
}

fn open_buttons(id: &ProposalId) -> Vec<Button> {
    vec![
        plain("Accept", &Click::Accept(id.clone())).primary(),
        plain("Edit & accept", &Click::EditAndAccept(id.clone())),
        plain("Refine", &Click::Refine(id.clone())),
        plain("Discard", &Click::Discard(id.clone())).danger(),
    ]
}

fn ended(card: Card, id: &ProposalId, ending: &Ending) -> Card {
    let card = card.text(Text::bold(outcome(ending)));
    match ending {
        Ending::Stale { rebase: true, .. } => {
            card.buttons(vec![plain("Re-base", &Click::Rebase(id.clone())).primary()])
        }
        _ => card,
    }
}

/// The card of a proposal that was changed in the form of *Edit & accept*.
#[must_use]
pub fn changed_when_accepted() -> String {
    "It was changed before it was accepted; this is what was applied.".to_owned()
}

/// One line: how it ended.
#[must_use]
pub fn outcome(ending: &Ending) -> String {
    match ending {
        Ending::Accepted { by, revision } => format!("{} Now revision {revision}.", super::ended(&format!("Accepted by {by}"))),
        Ending::Discarded { by } => format!("{} Nothing was changed.", super::ended(&format!("Discarded by {by}"))),
        Ending::Superseded => "Replaced by a newer proposal below.".to_owned(),
        Ending::Stale { revision, rebase: true } => format!(
            "Stale: the section moved on to revision {revision}. Nothing was changed. Re-base makes this change on the present text."
        ),
        Ending::Stale { revision, rebase: false } => format!(
            "Stale: the section moved on to revision {revision}, in the same fields. Nothing was changed. Ask again in this thread."
        ),
        Ending::Expired => "Expired after 14 days. Nothing was changed. Ask again in this thread if you still want it.".to_owned(),
    }
}

/// The same for who decided, where the card cannot say it.
#[must_use]
pub fn decided(section: SectionAddress, ending: &Ending) -> String {
    format!("{}: {}", section.title(), outcome(ending))
}

/// The card of a proposal was refused: who asked for it gets it alone.
#[must_use]
pub fn card_refused(reason: &str) -> Card {
    let Refusal { because, next } = refusal::of(reason);
    Card::sentence(format!(
        "The proposal that you asked for is made, but its card could not be posted: {because}. {next} \
         Here it is for you alone; its buttons work."
    ))
}

/// The second press, the second person, the old card.
#[must_use]
pub fn already(ending: &Ending, ago: &str) -> String {
    match ending {
        Ending::Accepted { by, revision } => format!(
            "{by} accepted this {ago}. It is revision {revision}. Nothing more was changed."
        ),
        Ending::Discarded { by } => {
            format!("{by} discarded this {ago}. Nothing was changed.")
        }
        Ending::Superseded => {
            "This proposal was replaced by a newer one in its thread. Nothing was changed."
                .to_owned()
        }
        Ending::Stale { .. } | Ending::Expired => outcome(ending),
    }
}

#[must_use]
pub fn unknown() -> String {
    "This proposal does not exist here. Nothing was changed.".to_owned()
}

/// A stale proposal is not made anew beside one that is open in its thread.
#[must_use]
pub fn newer_is_open() -> String {
    "There is a newer open proposal in this thread already. Decide that one first, or refine it. \
     Nothing was changed."
        .to_owned()
}

/// Both sides of a stale proposal, field by field: the field, what it said when the proposal was
/// made, what it says now, what was proposed.
#[must_use]
pub fn three_way(section: SectionAddress, rows: Vec<[String; 4]>) -> Card {
    let column = |title: &str| Column { title: title.to_owned(), align: Align::Left };
    let table = Table {
        caption: format!("What moved in {}, and what was proposed", section.title()),
        columns: ["Field", "Before", "Now", "Proposed"].map(column).into(),
        rows: rows.into_iter().map(Vec::from).collect(),
    };
    let line =
        format!("{} moved while this proposal was open. Nothing was changed.", section.title());
    Card::new(line.clone()).text(line).with(Part::Table(table))
}

/// What the thread is told when an edit changes nothing.
#[must_use]
pub fn nothing_to_change(section: SectionAddress) -> String {
    format!("{} says exactly this already, so there is nothing to propose.", section.title())
}

/// What the thread is told when a request asks for no more than its open proposal.
#[must_use]
pub fn proposed_already() -> String {
    "The open proposal in this thread says exactly this already, so it stays as it is.".to_owned()
}

/// The form of *Edit & accept*: one field per changed field, with the proposed value in it.
#[must_use]
pub fn edit_form(token: String, fields: &[FieldView]) -> Form {
    Form {
        token,
        title: "Edit and accept".to_owned(),
        submit: "Accept".to_owned(),
        intro: Some("Change what you like; what stands here is applied at once.".into()),
        fields: fields.iter().map(to_edit).collect(),
    }
}

/// A list needs several lines: one item a line is all that keeps its items apart.
fn to_edit(field: &FieldView) -> FormField {
    let value = field.value.written();
    let is_list = field.kind == Kind::Items;
    let long = is_list || value.chars().count() > 80;
    FormField {
        name: field.key.clone(),
        label: field.label.clone(),
        hint: is_list.then(|| "One to a line.".to_owned()),
        kind: if long { FieldKind::Paragraph } else { FieldKind::Line },
        value,
        required: false,
        longest: if is_list { LIST_LIMIT * (TEXT_LIMIT + 1) } else { TEXT_LIMIT },
    }
}

/// The form of *Refine*.
#[must_use]
pub fn refine_form(token: String) -> Form {
    Form {
        token,
        title: "Refine".to_owned(),
        submit: "Refine".to_owned(),
        intro: None,
        fields: vec![FormField {
            name: "request".to_owned(),
            label: "What should be different?".to_owned(),
            hint: Some("You can also just write it in the thread.".to_owned()),
            kind: FieldKind::Paragraph,
            value: String::new(),
            required: true,
            longest: 2_000,
        }],
    }
}
