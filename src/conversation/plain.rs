//! A card as people read it: whatever its words were put together from, no platform's markup shows.

use super::card::{Card, Part, Run, Text};
use super::mention::readable;

/// The same card, every word of it readable.
#[must_use]
pub fn plain(mut card: Card) -> Card {
    mend(&mut card.fallback);
    card.parts.iter_mut().for_each(part);
    card
}

fn mend(text: &mut String) {
    if text.contains('<') {
        *text = readable(text);
    }
}

fn all(texts: &mut [String]) {
    texts.iter_mut().for_each(mend);
}

fn part(part: &mut Part) {
    match part {
        Part::Heading(words) => mend(words),
        Part::Text(words) | Part::Context(words) => text(words),
        Part::Facts(facts) => facts.iter_mut().for_each(|fact| {
            mend(&mut fact.label);
            text(&mut fact.value);
        }),
        Part::Table(table) => {
            mend(&mut table.caption);
            table.columns.iter_mut().for_each(|column| mend(&mut column.title));
            table.rows.iter_mut().for_each(|row| all(row));
        }
        Part::Changes(changes) => changes.iter_mut().for_each(|change| {
            [&mut change.label, &mut change.before, &mut change.after].into_iter().for_each(mend);
            all(&mut change.added);
            all(&mut change.removed);
        }),
        Part::Chart(chart) => {
            mend(&mut chart.title);
            all(&mut chart.categories);
            chart.series.iter_mut().for_each(|series| mend(&mut series.name));
        }
        Part::Buttons(buttons) => {
            for button in buttons {
                mend(&mut button.label);
            }
        }
        Part::Divider => {}
    }
}

fn text(text: &mut Text) {
    for run in &mut text.0 {
        match run {
            Run::Plain(words) | Run::Bold(words) | Run::Struck(words) | Run::Code(words) => {
                mend(words);
            }
            Run::Person { name, .. } | Run::Channel { name, .. } => mend(name),
            Run::Link { label, .. } => mend(label),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::card::{Align, Change, Column, Fact, Table};

    #[test]
    fn no_part_of_a_card_shows_markup() {
        let raw = "ask <@U02BEN|ben>";
        let column = Column { title: raw.to_owned(), align: Align::Left };
        let table = Table {
            caption: raw.to_owned(),
            columns: vec![column],
            rows: vec![vec![raw.to_owned()]],
        };
        let change = Change {
            label: raw.to_owned(),
            before: raw.to_owned(),
            after: raw.to_owned(),
            added: vec![raw.to_owned()],
            removed: vec![raw.to_owned()],
        };
        let card = Card::new(raw)
            .heading(raw)
            .text(Text::bold(raw).and_plain(raw))
            .context(raw)
            .with(Part::Facts(vec![Fact { label: raw.to_owned(), value: raw.into() }]))
            .with(Part::Table(table))
            .with(Part::Changes(vec![change]));
        let shown = serde_json::to_string(&plain(card)).unwrap();
        assert!(!shown.contains("<@") && shown.contains("ask @ben"), "{shown}");
    }

    #[test]
    fn a_card_without_markup_stays_as_it_is() {
        let card = Card::sentence("Below < 50 employees, and > 10.");
        assert_eq!(plain(card.clone()), card);
    }
}
