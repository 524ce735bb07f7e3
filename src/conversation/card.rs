//! A card: what the bot shows, in words that each platform can render within its own limits.
//!
//! Data is never markup: a [`Text`] is a list of runs, and only a run that we made can be bold, a
//! person or a link. Renderers shorten or split what does not fit; they never drop a part.

use serde::{Deserialize, Serialize};

/// One message's content, top to bottom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// One plain line for notifications and screen readers.
    pub fallback: String,
    pub parts: Vec<Part>,
    /// What it shows the state of, such as `home`. A private card takes the place of the one that
    /// the same person has of the same topic in the same place, where a platform can do that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Heading(String),
    Text(Text),
    /// Label and value, side by side.
    Facts(Vec<Fact>),
    Table(Table),
    /// Before → after, field by field.
    Changes(Vec<Change>),
    Chart(Chart),
    /// Small print.
    Context(Text),
    Buttons(Vec<Button>),
    Divider,
}

/// Words with emphasis that we chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub Vec<Run>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    Plain(String),
    Bold(String),
    Struck(String),
    Code(String),
    /// A person of the same platform, shown in the platform's way; `name` where it has none.
    Person {
        user: String,
        name: String,
    },
    /// A channel of the same platform, shown in the platform's way; `name` where it has none.
    Channel {
        id: String,
        name: String,
    },
    /// An address on our own public host; renderers refuse any other.
    Link {
        label: String,
        url: String,
    },
}

impl Text {
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self(vec![Run::Plain(text.into())])
    }

    #[must_use]
    pub fn bold(text: impl Into<String>) -> Self {
        Self(vec![Run::Bold(text.into())])
    }

    #[must_use]
    pub fn and(mut self, run: Run) -> Self {
        self.0.push(run);
        self
    }

    #[must_use]
    pub fn and_plain(self, text: impl Into<String>) -> Self {
        self.and(Run::Plain(text.into()))
    }

    /// The words alone, for fallbacks, tests and screen readers.
    #[must_use]
    pub fn words(&self) -> String {
        self.0.iter().map(Run::words).collect()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}

impl Run {
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Bold(text) | Self::Struck(text) | Self::Code(text) => text,
            Self::Person { name, .. } | Self::Channel { name, .. } => name,
            Self::Link { label, .. } => label,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub label: String,
    pub value: Text,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Says what the table shows; also its alternative text.
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub title: String,
    #[serde(default)]
    pub align: Align,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    #[default]
    Left,
    Right,
}

/// One field before and after. For lists `added` and `removed` say what moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub label: String,
    pub before: String,
    pub after: String,
    #[serde(default)]
    pub added: Vec<String>,
    #[serde(default)]
    pub removed: Vec<String>,
}

/// A small chart of whole numbers. A renderer that cannot draw shows it as a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    pub title: String,
    pub unit: String,
    pub categories: Vec<String>,
    pub series: Vec<Series>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    pub name: String,
    /// One per category; none where there is no data.
    pub values: Vec<Option<i64>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    pub label: String,
    /// Opaque to people and platforms: made by `button::Click`.
    pub value: String,
    #[serde(default)]
    pub look: Look,
    /// Pressing it opens a form: platforms that must answer such a press differently look here.
    #[serde(default)]
    pub opens_form: bool,
    #[serde(default)]
    pub confirm: Option<Confirm>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Look {
    #[default]
    Plain,
    Primary,
    Danger,
}

/// Asked before the press counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirm {
    pub title: String,
    pub text: String,
    pub yes: String,
    pub no: String,
}

impl Card {
    #[must_use]
    pub fn new(fallback: impl Into<String>) -> Self {
        Self { fallback: fallback.into(), ..Self::default() }
    }

    #[must_use]
    pub fn of_topic(mut self, topic: impl Into<String>) -> Self {
        self.topic = Some(topic.into());
        self
    }

    /// A card of one sentence.
    #[must_use]
    pub fn sentence(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::new(text.clone()).with(Part::Text(text.into()))
    }

    #[must_use]
    pub fn with(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    #[must_use]
    pub fn heading(self, text: impl Into<String>) -> Self {
        self.with(Part::Heading(text.into()))
    }

    #[must_use]
    pub fn text(self, text: impl Into<Text>) -> Self {
        self.with(Part::Text(text.into()))
    }

    #[must_use]
    pub fn context(self, text: impl Into<Text>) -> Self {
        self.with(Part::Context(text.into()))
    }

    #[must_use]
    pub fn buttons(self, buttons: Vec<Button>) -> Self {
        if buttons.is_empty() { self } else { self.with(Part::Buttons(buttons)) }
    }

    /// All words of the card in reading order, one part a line: fallbacks, tests.
    #[must_use]
    pub fn words(&self) -> String {
        self.parts.iter().map(Part::words).collect::<Vec<_>>().join("\n")
    }
}

impl Part {
    fn words(&self) -> String {
        match self {
            Self::Heading(text) => text.clone(),
            Self::Text(text) | Self::Context(text) => text.words(),
            Self::Facts(facts) => {
                lines(facts, |fact| format!("{}: {}", fact.label, fact.value.words()))
            }
            Self::Table(table) => table.words(),
            Self::Changes(changes) => lines(changes, Change::words),
            Self::Chart(chart) => format!("{} ({})", chart.title, chart.unit),
            Self::Buttons(buttons) => {
                let labels: Vec<_> =
                    buttons.iter().map(|button| format!("[{}]", button.label)).collect();
                labels.join(" ")
            }
            Self::Divider => "—".to_owned(),
        }
    }
}

impl Table {
    fn words(&self) -> String {
        let titles: Vec<_> = self.columns.iter().map(|column| column.title.as_str()).collect();
        let rows = lines(&self.rows, |row| row.join(" | "));
        format!("{}\n{}\n{rows}", self.caption, titles.join(" | "))
    }
}

impl Change {
    fn words(&self) -> String {
        if self.added.is_empty() && self.removed.is_empty() {
            return format!("{}: {} → {}", self.label, self.before, self.after);
        }
        let added = self.added.iter().map(|item| format!("+ {item}"));
        let removed = self.removed.iter().map(|item| format!("− {item}"));
        let items: Vec<_> = added.chain(removed).collect();
        format!("{}: {}", self.label, items.join(", "))
    }
}

fn lines<T>(items: &[T], line: impl Fn(&T) -> String) -> String {
    items.iter().map(line).collect::<Vec<_>>().join("\n")
}
