//! Cards and forms, laid out for the templates in `templates/console`.
//!
//! Every part and run is shown; nothing is shortened, because a page scrolls. Words stay words: the
//! templates escape them, and what could turn a line around or hide in it is taken out here.

use super::chart::{ChartView, chart};
use super::port::{OpenForm, Person};
use super::verify::Settings;
use crate::conversation::button::Click;
use crate::conversation::card::{
    Align, Button, Card, Change, Confirm, Look, Part, Run, Table, Text,
};
use crate::conversation::form::{FieldError, FieldKind, FormField};
use crate::ids::Ids;

/// What rendering may look at beside the card.
#[derive(Clone, Copy)]
pub struct Palette<'a> {
    pub settings: &'a Settings,
    pub people: &'a [Person],
    /// Each button gets a key of its own, so that pressing it twice is heard once.
    pub ids: &'a Ids,
}

/// What a person may read: without control characters, without the characters that reorder or tag
/// text unseen. Line breaks and tabs stay.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars().filter(|&c| !is_hidden(c)).collect()
}

fn is_hidden(c: char) -> bool {
    let control = c.is_control() && c != '\n' && c != '\t';
    let turning = matches!(
        c,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
    );
    let tagging = matches!(
        c,
        '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
    );
    control || turning || tagging
}

pub enum PartView {
    Heading(String),
    Text(Vec<RunView>),
    Facts(Vec<FactView>),
    Table(TableView),
    Changes(Vec<ChangeView>),
    Chart(ChartView),
    Context(Vec<RunView>),
    Buttons(Vec<ButtonView>),
    Divider,
}

pub enum RunView {
    Plain(String),
    Bold(String),
    Struck(String),
    Code(String),
    Person(String),
    Link { label: String, url: String },
}

pub struct FactView {
    pub label: String,
    pub value: Vec<RunView>,
}

pub struct TableView {
    pub caption: String,
    pub columns: Vec<CellView>,
    pub rows: Vec<RowView>,
    /// Too wide for a phone, where each row becomes a block of named values.
    pub stacks: bool,
}

/// The first cell names the row.
pub struct RowView {
    pub head: CellView,
    pub cells: Vec<CellView>,
}

pub struct CellView {
    pub text: String,
    /// The title of its column.
    pub title: String,
    pub right: bool,
    /// Short enough to stand on one line.
    pub short: bool,
}

/// Columns that a phone has room for side by side.
const SIDE_BY_SIDE: usize = 3;

/// A moment with its year, a name, an amount: anything longer may be broken into lines.
const ONE_LINE: usize = 18;

pub struct ChangeView {
    pub label: String,
    pub before: String,
    pub after: String,
    pub added: Vec<String>,
    pub removed: Vec<String>,
    /// Items moved; they are told instead of both whole lists.
    pub items: bool,
}

pub struct ButtonView {
    pub label: String,
    pub value: String,
    pub key: String,
    pub look: &'static str,
    pub opens_form: bool,
    pub opens_thread: bool,
    pub confirm: Option<ConfirmView>,
}

pub struct ConfirmView {
    pub title: String,
    pub text: String,
    pub yes: String,
    pub no: String,
}

/// The parts of a card, top to bottom.
#[must_use]
pub fn parts(card: &Card, palette: Palette<'_>) -> Vec<PartView> {
    card.parts.iter().map(|part| self::part(part, palette)).collect()
}

fn part(part: &Part, palette: Palette<'_>) -> PartView {
    match part {
        Part::Heading(text) => PartView::Heading(clean(text)),
        Part::Text(text) => PartView::Text(runs(text, palette)),
        Part::Facts(facts) => {
            let view = |fact: &crate::conversation::card::Fact| FactView {
                label: clean(&fact.label),
                value: runs(&fact.value, palette),
            };
            PartView::Facts(facts.iter().map(view).collect())
        }
        Part::Table(table) => PartView::Table(self::table(table)),
        Part::Changes(changes) => PartView::Changes(changes.iter().map(change).collect()),
        Part::Chart(data) => PartView::Chart(chart(data)),
        Part::Context(text) => PartView::Context(runs(text, palette)),
        Part::Buttons(buttons) => {
            PartView::Buttons(buttons.iter().map(|button| self::button(button, palette)).collect())
        }
        Part::Divider => PartView::Divider,
    }
}

/// The runs of a text; a link that leads away from us is its label alone.
#[must_use]
pub fn runs(text: &Text, palette: Palette<'_>) -> Vec<RunView> {
    text.0.iter().map(|run| self::run(run, palette)).collect()
}

fn run(run: &Run, palette: Palette<'_>) -> RunView {
    match run {
        Run::Plain(text) => RunView::Plain(clean(text)),
        Run::Bold(text) => RunView::Bold(clean(text)),
        Run::Struck(text) => RunView::Struck(clean(text)),
        Run::Code(text) => RunView::Code(clean(text)),
        Run::Person { user, name } => {
            let known = palette.people.iter().find(|person| &person.id == user);
            let shown = known.map_or(if name.is_empty() { user } else { name }, |p| &p.name);
            RunView::Person(clean(shown))
        }
        Run::Channel { name, .. } => RunView::Plain(clean(name)),
        Run::Link { label, url } => match palette.settings.own_link(url) {
            Some(url) => RunView::Link { label: clean(label), url },
            None => RunView::Plain(clean(label)),
        },
    }
}

/// Rows are as wide as the widest of them, so that no cell is lost.
fn table(table: &Table) -> TableView {
    let width = table.rows.iter().map(Vec::len).max().unwrap_or(0).max(table.columns.len()).max(1);
    let right =
        |at: usize| table.columns.get(at).is_some_and(|column| column.align == Align::Right);
    let title = |at: usize| table.columns.get(at).map(|column| column.title.as_str());
    let cell = |text: Option<&str>, at: usize| CellView {
        text: clean(text.unwrap_or_default()),
        title: clean(title(at).unwrap_or_default()),
        right: right(at),
        short: text.is_none_or(|text| text.chars().count() <= ONE_LINE),
    };
    let row = |row: &Vec<String>| RowView {
        head: cell(row.first().map(String::as_str), 0),
        cells: (1..width).map(|at| cell(row.get(at).map(String::as_str), at)).collect(),
    };
    TableView {
        caption: clean(&table.caption),
        columns: (0..width).map(|at| cell(title(at), at)).collect(),
        rows: table.rows.iter().map(row).collect(),
        stacks: width > SIDE_BY_SIDE,
    }
}

fn change(change: &Change) -> ChangeView {
    let all = |items: &[String]| items.iter().map(|item| clean(item)).collect();
    ChangeView {
        label: clean(&change.label),
        before: clean(&change.before),
        after: clean(&change.after),
        added: all(&change.added),
        removed: all(&change.removed),
        items: !(change.added.is_empty() && change.removed.is_empty()),
    }
}

fn button(button: &Button, palette: Palette<'_>) -> ButtonView {
    let look = match button.look {
        Look::Plain => "plain",
        Look::Primary => "primary",
        Look::Danger => "danger",
    };
    ButtonView {
        label: clean(&button.label),
        value: button.value.clone(),
        key: palette.ids.text(),
        look,
        opens_form: button.opens_form,
        opens_thread: matches!(Click::read(&button.value), Some(Click::Edit(_))),
        confirm: button.confirm.as_ref().map(confirm),
    }
}

#[must_use]
pub fn confirm(confirm: &Confirm) -> ConfirmView {
    ConfirmView {
        title: clean(&confirm.title),
        text: clean(&confirm.text),
        yes: clean(&confirm.yes),
        no: clean(&confirm.no),
    }
}

/// What a card asks before this press counts.
#[must_use]
pub fn confirm_of(card: &Card, button: &str) -> Option<ConfirmView> {
    let buttons = card.parts.iter().filter_map(|part| match part {
        Part::Buttons(buttons) => Some(buttons),
        _ => None,
    });
    let found = buttons.flatten().find(|known| known.value == button)?;
    found.confirm.as_ref().map(confirm)
}

pub struct FormView {
    pub id: String,
    /// The same for every form about the same thing: what was typed is kept under it.
    pub about: String,
    pub title: String,
    pub submit: String,
    pub intro: Vec<RunView>,
    pub fields: Vec<FieldView>,
}

pub struct FieldView {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub value: String,
    pub required: bool,
    pub fault: String,
    pub kind: KindView,
}

pub enum KindView {
    Line,
    Paragraph,
    Choice(Vec<OptionView>),
}

pub struct OptionView {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// A form with what was typed so far, and what is wrong with it beside each field.
#[must_use]
pub fn form(open: &OpenForm, faults: &[FieldError], palette: Palette<'_>) -> FormView {
    let form = &open.form;
    FormView {
        id: open.id.clone(),
        about: open.about.clone(),
        title: clean(&form.title),
        submit: clean(&form.submit),
        intro: form.intro.as_ref().map(|intro| runs(intro, palette)).unwrap_or_default(),
        fields: form.fields.iter().map(|one| field(one, faults)).collect(),
    }
}

fn field(field: &FormField, faults: &[FieldError]) -> FieldView {
    let fault = faults.iter().find(|fault| fault.field == field.name);
    let kind = match &field.kind {
        FieldKind::Line => KindView::Line,
        FieldKind::Paragraph => KindView::Paragraph,
        FieldKind::Choice(options) => KindView::Choice(
            options
                .iter()
                .map(|(value, label)| OptionView {
                    value: value.clone(),
                    label: clean(label),
                    chosen: *value == field.value,
                })
                .collect(),
        ),
    };
    FieldView {
        name: field.name.clone(),
        label: clean(&field.label),
        hint: clean(field.hint.as_deref().unwrap_or_default()),
        value: clean(&field.value),
        required: field.required,
        fault: fault.map(|fault| clean(&fault.text)).unwrap_or_default(),
        kind,
    }
}
