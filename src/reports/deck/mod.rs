//! A deck in neutral words: which slides, what each says, and what proves it. No shapes, no bytes.

use jiff::civil::Date;

mod charts;
mod slides;
mod tables;

pub use slides::lay_out;

/// Slides in their order, and what stands on each of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deck {
    /// Title of the file.
    pub title: String,
    /// The company whose deck it is.
    pub company: String,
    /// The day of the figures; also the file's creation date, so that bytes stay the same.
    pub date: Date,
    /// Left part of every footer: period and date.
    pub footer_date: String,
    /// Middle part of every footer: filters.
    pub footer_filters: String,
    pub slides: Vec<Slide>,
}

/// One slide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slide {
    /// The takeaway: a sentence of at most 90 characters, unique in the deck.
    pub title: String,
    pub body: Body,
    /// What the speaker says, with sources; one paragraph each.
    pub notes: Vec<String>,
}

/// The kinds of slides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    Cover {
        lines: Vec<String>,
    },
    /// Up to four headline numbers, and what explains them below.
    Tiles {
        tiles: Vec<Tile>,
        below: Below,
    },
    /// One chart with what to take from it.
    Chart {
        chart: Chart,
        takeaways: Vec<String>,
    },
    /// Two charts side by side, and what to take from them below.
    Charts {
        left: Chart,
        right: Chart,
        takeaways: Vec<String>,
    },
    /// Exact values. Long tables continue on further slides.
    Table(Table),
    /// What is done next, by whom, until when.
    Steps(Vec<Step>),
}

/// What stands below headline numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Below {
    /// Side by side.
    Lists(Vec<List>),
    Table(Table),
}

/// A headline number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    pub label: String,
    pub value: String,
    /// Difference with sign and basis: "+18% vs FY2026-Q2".
    pub delta: String,
    pub tone: Tone,
}

/// How a difference is coloured; the sign or word says it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
    #[default]
    Plain,
}

/// A heading with points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    pub heading: String,
    pub points: Vec<String>,
}

/// A native chart with its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    pub kind: ChartKind,
    /// What is shown, where two charts share a slide; empty otherwise.
    pub heading: String,
    /// Unit, once: "USD millions, by fiscal quarter".
    pub unit: String,
    /// What a person who cannot see it should know.
    pub alt: String,
    /// What stands in its place when no point has a value: "No data: the ICP is not written yet".
    pub empty: String,
    pub categories: Vec<String>,
    pub series: Vec<Series>,
    /// Decimal places by which the integers are moved to the right when they are drawn.
    pub places: u32,
    /// Number format of the labels: `0`, `0.0` or `0.00`, with a literal percent sign where wanted.
    pub format: &'static str,
    /// Points of the only series that the title is about; empty for all.
    pub focus: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    /// Over time, up to eight points; or a few things side by side.
    Columns,
    /// A ranking; the first category on top.
    Bars,
    /// Over time, more points or several series.
    Lines,
    /// Parts of one whole, two to five.
    Doughnut,
}

/// One series; a point without data is a gap, never zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pub name: String,
    pub values: Vec<Option<i64>>,
}

/// A native table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
    /// A last row that sums the others up.
    pub total: Option<Vec<String>>,
    /// What must be said below the table, such as a rounding note.
    pub note: String,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub head: String,
    /// Numbers stand on the right.
    pub number: bool,
}

/// Something to do, with its owner and date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub what: String,
    pub why: String,
    pub owner: String,
    pub due: String,
}
