//! A section as people read it, and its history.

use jiff::tz::TimeZone;

use super::{count, moment};
use crate::conversation::button::Click;
use crate::conversation::card::{Align, Button, Card, Column, Fact, Look, Part, Table, Text};
use crate::strategy::address::SectionAddress;
use crate::strategy::confidence::Confidence;
use crate::strategy::document::Document;
use crate::strategy::field::FieldView;
use crate::strategy::opportunity::Opportunity;

/// What a section's card shows beside the document itself.
pub struct Shown<'a> {
    pub document: &'a Document,
    pub revision: i64,
    /// Who wrote this revision, and when.
    pub by: &'a str,
    pub at: i64,
    pub open_proposals: i64,
    pub zone: &'a TimeZone,
    /// Lines and tables that are computed from it: confidence, opportunity.
    pub computed: Vec<Part>,
}

/// The section with everything people may do about it.
#[must_use]
pub fn card(shown: &Shown<'_>) -> Card {
    let address = shown.document.address();
    let mut card = Card::new(format!("{}, revision {}", address.title(), shown.revision))
        .heading(address.title());
    for part in shown.computed.iter().filter(|part| matches!(part, Part::Text(_))) {
        card = card.with(part.clone());
    }
    card = body(card, shown.document);
    for part in shown.computed.iter().filter(|part| !matches!(part, Part::Text(_))) {
        card = card.with(part.clone());
    }
    card.context(footer(shown)).buttons(buttons(address))
}

fn footer(shown: &Shown<'_>) -> String {
    let open = match usize::try_from(shown.open_proposals).unwrap_or(0) {
        0 => String::new(),
        n => format!(" · {}", count(n, "open proposal", "open proposals")),
    };
    let when = moment(shown.at, shown.zone);
    format!("Revision {} · {} · {when}{open}", shown.revision, shown.by)
}

/// Fields as facts; the cells of a table as a table, except where they are shown with what is
/// computed from them.
fn body(card: Card, document: &Document) -> Card {
    let spec = document.address().spec();
    let (cells, plain): (Vec<_>, Vec<_>) =
        document.fields().into_iter().partition(|field| field.key.contains('.'));
    let facts: Vec<_> = plain.iter().map(fact).collect();
    let card = if facts.is_empty() { card } else { card.with(Part::Facts(facts)) };
    if cells.is_empty() || document.address() == SectionAddress::Tam {
        return card;
    }
    let shown = |key: &str| cells.iter().find(|cell| cell.key == key).map(FieldView::display);
    let columns: Vec<_> = spec
        .columns
        .iter()
        .filter(|column| cells.iter().any(|cell| cell.key.ends_with(&format!(".{}", column.name))))
        .collect();
    let mut titles = vec![Column { title: String::new(), align: Align::Left }];
    titles.extend(columns.iter().map(|c| Column { title: c.label.to_owned(), align: Align::Left }));
    let rows = spec.rows.iter().map(|row| {
        let cells = columns
            .iter()
            .map(|column| shown(&format!("{}.{}", row.name, column.name)).unwrap_or_default());
        std::iter::once(row.label.to_owned()).chain(cells).collect()
    });
    let caption = format!("{}, row by row", document.address().title());
    card.with(Part::Table(Table { caption, columns: titles, rows: rows.collect() }))
}

fn fact(field: &FieldView) -> Fact {
    Fact { label: field.label.clone(), value: Text::plain(field.display()) }
}

fn buttons(section: SectionAddress) -> Vec<Button> {
    let mut buttons = vec![
        plain("Edit with AI", &Click::Edit(section)).primary(),
        plain("History", &Click::History(section)),
        plain("Regenerate", &Click::Generate(section)),
    ];
    if section == SectionAddress::Tam {
        buttons.insert(1, plain("Change share or ACV", &Click::ChangeTam));
    }
    buttons
}

/// A button with nothing special about it.
#[must_use]
pub fn plain(label: &str, click: &Click) -> Button {
    Button {
        label: label.to_owned(),
        value: click.token(),
        look: Look::Plain,
        opens_form: click.opens_form(),
        confirm: None,
    }
}

impl Button {
    /// The one that most people want.
    #[must_use]
    pub fn primary(self) -> Self {
        Self { look: Look::Primary, ..self }
    }

    /// The one that takes something away.
    #[must_use]
    pub fn danger(self) -> Self {
        Self { look: Look::Danger, ..self }
    }
}

/// What stands above a whole strategy in a file.
#[must_use]
pub fn exported(company: &str, at: i64, zone: &TimeZone) -> Card {
    let title = format!("{company}: partner strategy");
    let when = format!("As of {}, {}", moment(at, zone), zone_name(zone));
    Card::new(title.clone()).heading(title).context(when)
}

fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

/// A strategy is only restored where there is none.
#[must_use]
pub fn not_restored_over() -> String {
    "There are sections here already, so nothing was restored: a file goes into an empty workspace. \
     Name another database, or another workspace."
        .to_owned()
}

/// A section that nobody has written yet.
#[must_use]
pub fn never_written(section: SectionAddress) -> Card {
    Card::new(format!("{} is not written yet", section.title()))
        .heading(section.title())
        .text("Not written yet.")
        .buttons(vec![plain("Generate", &Click::Generate(section)).primary()])
}

/// One revision in the history.
pub struct Line {
    pub revision: i64,
    pub when: String,
    pub who: String,
    /// `generated`, `edit`, `set`, `restore`, `import`, with who drafted it.
    pub how: String,
    pub note: String,
}

/// Every revision, newest first, with a way back to the one before.
#[must_use]
pub fn history(section: SectionAddress, lines: &[Line]) -> Card {
    let column = |title: &str| Column { title: title.to_owned(), align: Align::Left };
    let table = Table {
        caption: format!("Revisions of {}", section.title()),
        columns: ["Revision", "When", "Who", "How", "What"].map(column).into(),
        rows: lines
            .iter()
            .map(|line| {
                let revision = line.revision.to_string();
                vec![
                    revision,
                    line.when.clone(),
                    line.who.clone(),
                    line.how.clone(),
                    line.note.clone(),
                ]
            })
            .collect(),
    };
    let earlier = lines.get(1).map(|line| {
        plain(
            &format!("Restore revision {}", line.revision),
            &Click::Restore(section, line.revision),
        )
    });
    Card::new(format!("History of {}", section.title()))
        .heading(format!("History of {}", section.title()))
        .with(Part::Table(table))
        .context(format!("Any of them comes back with /strategy restore {section} <revision>."))
        .buttons(earlier.into_iter().collect())
}

#[must_use]
pub fn no_such_revision(section: SectionAddress, revision: i64) -> String {
    format!("{} has no revision {revision}. See /strategy history {section}.", section.title())
}

#[must_use]
pub fn restored(section: SectionAddress, from: i64, revision: i64) -> String {
    format!(
        "Restored: {} is as in revision {from} again, now revision {revision}.",
        section.title()
    )
}

#[must_use]
pub fn restore_changes_nothing(section: SectionAddress, revision: i64) -> String {
    format!(
        "{} reads exactly as in revision {revision} already. Nothing was changed.",
        section.title()
    )
}

#[must_use]
pub fn moved_meanwhile(section: SectionAddress) -> String {
    format!(
        "Somebody changed {} in the same moment. Nothing of yours was applied; please look and try again.",
        section.title()
    )
}

/// Written for the first time.
#[must_use]
pub fn written(section: SectionAddress, revision: i64, by: &str) -> String {
    format!("{} is written: revision {revision}, drafted by {by}.", section.title())
}

#[must_use]
pub fn writing(sections: &[SectionAddress]) -> String {
    let titles: Vec<_> = sections.iter().map(|section| section.title().to_owned()).collect();
    format!("Writing {}.", super::list(&titles))
}

/// Its deadline passed.
#[must_use]
pub fn took_too_long(section: SectionAddress) -> String {
    format!(
        "Writing {} took too long, so it was ended. What was written before it is kept. Ask again \
         with /strategy generate {section}; if that does not help, tell whoever hosts Attaché.",
        section.title()
    )
}

#[must_use]
pub fn already_running(group: &str, since: &str, by: &str) -> String {
    let started = format!("{group} is being written already: started {since} by {by}");
    format!("{} Nothing new was started.", super::ended(&started))
}

/// `75% (18 of 24 partners match; 6 not evaluable)`.
#[must_use]
pub fn confidence(confidence: &Confidence) -> String {
    let left = match confidence.not_evaluable.len() {
        0 => String::new(),
        n => format!("; {n} not evaluable, because fewer than two of their traits are known"),
    };
    match confidence.percent() {
        Some(percent) => format!(
            "{percent}% ({} of {} partners match{left})",
            confidence.matching, confidence.evaluated
        ),
        None => format!("no partners evaluated{left}"),
    }
}

/// Who could not be compared, by name; the first of them where they are many.
#[must_use]
pub fn not_evaluable(confidence: &Confidence) -> Option<Text> {
    const NAMED: usize = 40;
    let all = &confidence.not_evaluable;
    let mut names: Vec<_> = all.iter().take(NAMED).map(|judged| judged.name.clone()).collect();
    if let Some(more @ 1..) = all.len().checked_sub(NAMED) {
        names.push(format!("{more} more"));
    }
    let line = format!("Not evaluable: {}.", super::list(&names));
    (!names.is_empty()).then(|| Text::plain(line))
}

/// What the shares leave, and what is only assumed so far.
#[must_use]
pub fn tam_note(sum: &Opportunity) -> String {
    let rest = match sum.remainder {
        Some(rest) if rest.bp() > 0 => {
            format!("{rest} of the accounts stay direct or unallocated. ")
        }
        Some(_) => String::new(),
        None => "The categories overlap, so no remainder is shown. ".to_owned(),
    };
    if sum.starting.is_empty() {
        return rest.trim_end().to_owned();
    }
    format!(
        "{rest}Starting assumptions, not yet confirmed by anybody: {}.",
        sum.starting.join(", ")
    )
}
