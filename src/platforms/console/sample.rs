//! Cards with every part and run, for the tests.

use super::render::clean;
use crate::conversation::card::{
    Align, Button, Card, Change, Chart, Column, Confirm, Fact, Look, Part, Run, Series, Table, Text,
};
use crate::conversation::form::{FieldKind, Form, FormField};

pub fn button(label: &str, value: &str, look: Look) -> Button {
    let (label, value) = (label.to_owned(), value.to_owned());
    Button { label, value, look, opens_form: false, confirm: None }
}

/// Every part and every run, each with `word` in every place that takes words.
pub fn everything(word: &str) -> Card {
    let w = || word.to_owned();
    let text = || {
        Text(vec![
            Run::Plain(w()),
            Run::Bold(w()),
            Run::Struck(w()),
            Run::Code(w()),
            Run::Person { user: "nobody".to_owned(), name: w() },
            Run::Link { label: w(), url: "/channels/general".to_owned() },
            Run::Link { label: w(), url: "https://evil.example/?leak".to_owned() },
        ])
    };
    let confirm = Confirm { title: w(), text: w(), yes: w(), no: w() };
    Card::new(w())
        .heading(word)
        .text(text())
        .with(Part::Facts(vec![Fact { label: w(), value: text() }]))
        .with(Part::Table(table(word)))
        .with(Part::Changes(changes(word)))
        .with(Part::Chart(chart(word)))
        .context(text())
        .with(Part::Divider)
        .buttons(vec![Button {
            confirm: Some(confirm),
            ..button(word, &clean(word), Look::Danger)
        }])
}

fn table(word: &str) -> Table {
    let column = |align| Column { title: word.to_owned(), align };
    Table {
        caption: word.to_owned(),
        columns: vec![column(Align::Left), column(Align::Right)],
        rows: vec![vec![word.to_owned(); 3], vec![word.to_owned()]],
    }
}

fn changes(word: &str) -> Vec<Change> {
    let field = Change {
        label: word.to_owned(),
        before: word.to_owned(),
        after: word.to_owned(),
        ..Change::default()
    };
    let items =
        Change { added: vec![word.to_owned()], removed: vec![word.to_owned()], ..field.clone() };
    vec![field, items]
}

fn chart(word: &str) -> Chart {
    let series = |values| Series { name: word.to_owned(), values };
    Chart {
        title: word.to_owned(),
        unit: word.to_owned(),
        categories: vec![word.to_owned(), word.to_owned()],
        series: vec![series(vec![Some(-5), Some(10)]), series(vec![None, Some(3)])],
    }
}

/// A form with each kind of field.
pub fn form(word: &str) -> Form {
    let field = |name: &str, kind| FormField {
        name: name.to_owned(),
        label: word.to_owned(),
        hint: Some(word.to_owned()),
        kind,
        value: word.to_owned(),
        required: true,
        longest: 20_000,
    };
    let choice = FieldKind::Choice(vec![
        (clean(word), word.to_owned()),
        ("other".to_owned(), "Other".to_owned()),
    ]);
    Form {
        token: "refine 1".to_owned(),
        title: word.to_owned(),
        submit: word.to_owned(),
        intro: Some(word.into()),
        fields: vec![
            field("line", FieldKind::Line),
            field("paragraph", FieldKind::Paragraph),
            field("choice", choice),
        ],
    }
}
