//! Shapes of a slide as values, and the templates that print them.

use askama::Template;

use super::grid::Rect;
use super::ink::Ink;
use super::text::Text;

/// One paragraph. Size and ink are taken from the placeholder where they are not given.
#[derive(Clone, Debug)]
pub(super) struct Para {
    pub text: Text,
    /// Hundredths of a point; 0 inherits.
    pub size: u32,
    pub bold: bool,
    pub ink: Option<Ink>,
    pub bullet: bool,
    /// Hundredths of a point above the paragraph.
    pub before: u32,
}

impl Para {
    /// A paragraph as its placeholder draws it.
    pub(super) fn inherited(text: Text) -> Self {
        Self { text, size: 0, bold: false, ink: None, bullet: false, before: 0 }
    }

    pub(super) fn new(text: Text, pt: u32, ink: Ink) -> Self {
        Self { size: pt * 100, ink: Some(ink), ..Self::inherited(text) }
    }

    pub(super) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) fn bullet(self) -> Self {
        Self { bullet: true, ..self }
    }

    pub(super) fn after_gap(self, pt: u32) -> Self {
        Self { before: pt * 100, ..self }
    }
}

/// The placeholders of our layouts: their attributes as the layouts write them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placeholder {
    Title,
    CoverTitle,
    Subtitle,
    Date,
    Footer,
    Number,
    Takeaways,
}

impl Placeholder {
    pub(super) fn attributes(self) -> &'static str {
        match self {
            Self::Title => r#"type="title""#,
            Self::CoverTitle => r#"type="ctrTitle""#,
            Self::Subtitle => r#"type="subTitle" idx="1""#,
            Self::Date => r#"type="dt" sz="half" idx="10""#,
            Self::Footer => r#"type="ftr" sz="quarter" idx="11""#,
            Self::Number => r#"type="sldNum" sz="quarter" idx="12""#,
            Self::Takeaways => r#"type="body" sz="quarter" idx="14""#,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Title | Self::CoverTitle => "Title",
            Self::Subtitle => "Subtitle",
            Self::Date => "Date",
            Self::Footer => "Footer",
            Self::Number => "Slide number",
            Self::Takeaways => "Takeaways",
        }
    }
}

/// One cell of a native table.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub text: Text,
    pub bold: bool,
    pub ink: Ink,
    pub right: bool,
}

/// One row of a native table.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub height: i64,
    /// Line below: 19,050 in the title colour under the head, a hairline under the rest.
    pub strong: bool,
    pub cells: Vec<Cell>,
}

/// A shape with its id, unique on its slide.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Placeholder {
        id: u32,
        holds: Placeholder,
        paras: Vec<Para>,
    },
    /// A text box, with or without a fill.
    Box {
        id: u32,
        name: &'static str,
        rect: Rect,
        fill: Option<Ink>,
        inset: (i64, i64),
        anchor: &'static str,
        paras: Vec<Para>,
    },
    /// A horizontal line along the top of a rectangle.
    Line {
        id: u32,
        rect: Rect,
        weight: i64,
        ink: Ink,
    },
    Chart {
        id: u32,
        alt: Text,
        rect: Rect,
        placeholder: bool,
        rel: String,
    },
    Table {
        id: u32,
        alt: Text,
        rect: Rect,
        columns: Vec<i64>,
        rows: Vec<Row>,
    },
}

/// A slide as XML.
#[derive(Template)]
#[template(path = "deck/slide.xml")]
pub(super) struct SlideXml<'a> {
    pub shapes: &'a [Shape],
}

/// The notes of a slide as XML.
#[derive(Template)]
#[template(path = "deck/notes.xml")]
pub(super) struct NotesXml<'a> {
    pub paras: &'a [Text],
}
