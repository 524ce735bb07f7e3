//! Puts the words of a deck onto pages: which layout, where each shape stands, how large its text.

mod charts;
mod steps;
mod table;
mod tiles;

use std::borrow::Cow;

use super::base::Layout;
use super::grid::{Rect, TITLE};
use super::ink::Ink;
use super::metrics::{Face, Room, fit, lines};
use super::shapes::{Para, Placeholder, Shape};
use super::text::Text;
use crate::reports::deck::{Body, Chart, Deck, Slide};

/// Sizes that titles may have; one for the whole deck, the largest that every title fits.
const TITLE_SIZES: [u32; 3] = [28, 24, 20];
/// Characters of a title; longer ones are cut, and the notes keep the whole.
const TITLE_LIMIT: usize = 140;

/// A slide with its shapes placed, its charts in the order of their shapes, and its notes.
pub(super) struct Page<'a> {
    pub layout: Layout,
    pub shapes: Vec<Shape>,
    pub charts: Vec<&'a Chart>,
    pub notes: Vec<Text>,
}

/// Every page of a deck. A long table takes several.
pub(super) fn pages(deck: &Deck) -> Vec<Page<'_>> {
    let slides: Vec<Cow<'_, Slide>> = deck.slides.iter().flat_map(table::continued).collect();
    let title_size = title_size(&slides);
    let place = |(i, slide): (usize, Cow<'_, Slide>)| {
        let number = i + 1;
        let charts = charts_of(deck, &slide);
        let mut canvas = Canvas { shapes: Vec::new(), title_size };
        let layout = canvas.slide(&slide);
        if layout != Layout::Cover {
            canvas.footer(deck, number);
        }
        Page { layout, shapes: canvas.shapes, charts, notes: notes(&slide) }
    };
    slides.into_iter().enumerate().map(place).collect()
}

/// The charts that a slide draws. A chart without any value is not drawn.
fn charts_of<'a>(deck: &'a Deck, slide: &Slide) -> Vec<&'a Chart> {
    let original = deck.slides.iter().find(|known| known.title == slide.title);
    let all = match original.map(|slide| &slide.body) {
        Some(Body::Chart { chart, .. }) => vec![chart],
        Some(Body::Charts { left, right, .. }) => vec![left, right],
        _ => vec![],
    };
    all.into_iter().filter(|chart| charts::has_values(chart)).collect()
}

fn notes(slide: &Slide) -> Vec<Text> {
    let mut notes: Vec<Text> = slide.notes.iter().map(|note| Text::new(note)).collect();
    if notes.is_empty() {
        notes.push(Text::new(&slide.title));
    }
    notes
}

fn title_size(slides: &[Cow<'_, Slide>]) -> u32 {
    let room = Room { width: TITLE.w, height: TITLE.h, gap_pt: 0 };
    let titles = slides.iter().filter(|slide| !matches!(slide.body, Body::Cover { .. }));
    let size = |slide: &Cow<'_, Slide>| {
        fit(&[Text::new(&slide.title).cut(TITLE_LIMIT).as_str()], &TITLE_SIZES, true, room)
    };
    titles.map(size).min().unwrap_or(TITLE_SIZES[0])
}

/// Shapes of one slide while they are placed.
pub(super) struct Canvas {
    shapes: Vec<Shape>,
    title_size: u32,
}

/// Inner margins, anchor and name of a text box.
#[derive(Clone, Copy)]
struct Frame {
    name: &'static str,
    fill: Option<Ink>,
    inset: (i64, i64),
    anchor: &'static str,
}

impl Frame {
    /// A text box without fill and margins.
    const fn text(name: &'static str) -> Self {
        Self { name, fill: None, inset: (0, 0), anchor: "t" }
    }

    /// A box in the panel colour.
    const fn panel(name: &'static str, inset: (i64, i64), anchor: &'static str) -> Self {
        Self { name, fill: Some(Ink::Panel), inset, anchor }
    }
}

impl Canvas {
    /// Ids start at 2: the tree of shapes itself is 1.
    fn id(&self) -> u32 {
        u32::try_from(self.shapes.len()).unwrap_or(u32::MAX - 2) + 2
    }

    fn slide(&mut self, slide: &Slide) -> Layout {
        let title = Text::new(&slide.title).cut(TITLE_LIMIT);
        if let Body::Cover { lines } = &slide.body {
            self.cover(title, lines);
            return Layout::Cover;
        }
        let size = if self.title_size == TITLE_SIZES[0] { 0 } else { self.title_size * 100 };
        let title = Para { size, ..Para::inherited(title) };
        self.placeholder(Placeholder::Title, vec![title]);
        match &slide.body {
            Body::Cover { .. } => {}
            Body::Tiles { tiles, below } => self.tiles(tiles, below),
            Body::Chart { chart, takeaways } => return self.one_chart(chart, takeaways),
            Body::Charts { left, right, takeaways } => self.two_charts([left, right], takeaways),
            Body::Table(table) => self.table(table, super::grid::CONTENT),
            Body::Steps(steps) => self.steps(steps),
        }
        Layout::TitleOnly
    }

    fn cover(&mut self, title: Text, lines: &[String]) {
        self.placeholder(Placeholder::CoverTitle, vec![Para::inherited(title)]);
        let lines = lines.iter().enumerate().map(|(i, line)| {
            let text = Text::new(line).cut(200);
            if i == 0 { Para::inherited(text).bold() } else { Para::inherited(text) }
        });
        self.placeholder(Placeholder::Subtitle, lines.collect());
    }

    fn footer(&mut self, deck: &Deck, number: usize) {
        let filters = Text::new(&deck.footer_filters).cut(110);
        for (holds, text) in [
            (Placeholder::Date, Text::new(&deck.footer_date)),
            (Placeholder::Footer, filters),
            (Placeholder::Number, Text::new(&number.to_string())),
        ] {
            self.placeholder(holds, vec![Para::inherited(text)]);
        }
    }

    fn placeholder(&mut self, holds: Placeholder, paras: Vec<Para>) {
        let id = self.id();
        self.shapes.push(Shape::Placeholder { id, holds, paras });
    }

    /// A line along the top of a rectangle.
    fn line(&mut self, rect: Rect, weight: i64, ink: Ink) {
        let id = self.id();
        self.shapes.push(Shape::Line { id, rect, weight, ink });
    }

    fn put(&mut self, frame: Frame, rect: Rect, paras: Vec<Para>) {
        let id = self.id();
        let Frame { name, fill, inset, anchor } = frame;
        self.shapes.push(Shape::Box { id, name, rect, fill, inset, anchor, paras });
    }
}

/// Paragraphs with bullets at the largest size that fits; the gap between them in points.
fn bullets(points: &[String], sizes: &[u32], rect: Rect) -> Vec<Para> {
    const INDENT: i64 = 228_600;
    let texts: Vec<Text> = points.iter().map(|point| Text::new(point)).collect();
    let strs: Vec<&str> = texts.iter().map(Text::as_str).collect();
    let room = Room { width: rect.w - INDENT, height: rect.h, gap_pt: 10 };
    let pt = fit(&strs, sizes, false, room);
    let limit = limit(&texts, Face::plain(pt), room);
    let para = |(i, text): (usize, Text)| {
        let para = Para::new(text.cut(limit), pt, Ink::Text).bullet();
        if i == 0 { para } else { para.after_gap(10) }
    };
    texts.into_iter().enumerate().map(para).collect()
}

/// Characters that each paragraph may keep so that all fit at the smallest size.
fn limit(texts: &[Text], face: Face, room: Room) -> usize {
    let total: i64 = texts.iter().map(|t| lines(t.as_str(), face, room.width)).sum();
    let fits = (room.height / face.height(1)).max(1);
    if total <= fits {
        return usize::MAX;
    }
    let longest = texts.iter().map(|t| t.as_str().chars().count()).max().unwrap_or(0);
    let kept = longest.saturating_mul(usize::try_from(fits).unwrap_or(1));
    (kept / usize::try_from(total.max(1)).unwrap_or(1)).max(24)
}
