//! Native tables: columns as wide as their text needs, rows as high as their lines, and further
//! slides when they do not fit.

use std::borrow::Cow;

use super::{Canvas, Frame};
use crate::reports::deck::{Body, Column, Slide, Table};
use crate::reports::pptx::grid::{CONTENT, Rect};
use crate::reports::pptx::ink::Ink;
use crate::reports::pptx::metrics::{Face, lines, width};
use crate::reports::pptx::shapes::{Cell, Para, Row, Shape};
use crate::reports::pptx::text::Text;

const PT: u32 = 12;
const MARGIN: i64 = 91_440;
const MARGIN_V: i64 = 45_720;
const ROW: i64 = 301_752;
const TALL_ROW: i64 = 484_632;
/// Room for the note below a table, for one line of it.
const NOTE_LINE: i64 = 201_168;
/// Characters of a cell; a longer one is cut.
const CELL: usize = 220;
/// The narrowest column.
const NARROW: i64 = 640_080;

/// A slide, or its continuation slides when its table is too long for one. The head is repeated
/// and the title numbered.
pub(super) fn continued(slide: &Slide) -> Vec<Cow<'_, Slide>> {
    let Body::Table(table) = &slide.body else { return vec![Cow::Borrowed(slide)] };
    let parts = parts(table, CONTENT);
    if parts.len() <= 1 {
        return vec![Cow::Borrowed(slide)];
    }
    let count = parts.len();
    let numbered = parts.into_iter().enumerate().map(|(i, rows)| {
        let last = i + 1 == count;
        Cow::Owned(Slide {
            title: format!("{} ({}/{count})", slide.title, i + 1),
            body: Body::Table(Table {
                columns: table.columns.clone(),
                rows,
                total: table.total.clone().filter(|_| last),
                note: table.note.clone(),
            }),
            notes: slide.notes.clone(),
        })
    });
    numbered.collect()
}

/// Rows by slide, as even as they fit.
fn parts(table: &Table, area: Rect) -> Vec<Vec<Vec<String>>> {
    let shape = Shaped::of(table, area);
    let room = area.h - shape.note - shape.head;
    let heights: Vec<i64> = shape.rows.iter().map(|row| row.height).collect();
    if heights.iter().sum::<i64>() + shape.total <= room {
        return vec![table.rows.clone()];
    }
    let all: i64 = heights.iter().sum();
    let pages = (all + shape.total).div_euclid(room.max(1)) + 1;
    // pages of about the same height, each within the room
    let even = (all + shape.total) / pages + TALL_ROW;
    let limit = even.min(room - shape.total);
    let mut parts: Vec<Vec<Vec<String>>> = vec![vec![]];
    let mut used = 0;
    for (row, height) in table.rows.iter().zip(heights) {
        if used + height > limit && !parts.last().is_some_and(Vec::is_empty) {
            parts.push(vec![]);
            used = 0;
        }
        used += height;
        if let Some(part) = parts.last_mut() {
            part.push(row.clone());
        }
    }
    parts
}

/// A table with its widths and heights worked out.
struct Shaped {
    columns: Vec<i64>,
    head: i64,
    rows: Vec<Row>,
    /// Height of the total row; 0 without one.
    total: i64,
    note: i64,
}

impl Shaped {
    fn of(table: &Table, area: Rect) -> Self {
        let columns = widths(table, area.w);
        let height = |cells: &[String], bold| row_height(cells, &columns, bold);
        let head: Vec<String> = table.columns.iter().map(|column| column.head.clone()).collect();
        let rows = table.rows.iter().map(|row| Row {
            height: height(row, false),
            strong: false,
            cells: cells(row, &table.columns, Style::Plain),
        });
        let note_lines = lines(&table.note, Face::plain(PT), area.w);
        Self {
            head: height(&head, true),
            rows: rows.collect(),
            total: table.total.as_ref().map_or(0, |total| height(total, true)),
            note: if table.note.is_empty() { 0 } else { MARGIN + note_lines * NOTE_LINE },
            columns,
        }
    }
}

/// How a row is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Head,
    Plain,
    Total,
}

fn cells(row: &[String], columns: &[Column], style: Style) -> Vec<Cell> {
    let cell = |(at, column): (usize, &Column)| Cell {
        text: Text::new(row.get(at).map_or("", String::as_str)).cut(CELL),
        bold: at == 0 || style != Style::Plain,
        ink: if style == Style::Head { Ink::Title } else { Ink::Text },
        right: column.number,
    };
    columns.iter().enumerate().map(cell).collect()
}

fn row_height(cells: &[String], columns: &[i64], bold: bool) -> i64 {
    let needed = cells.iter().zip(columns).enumerate().map(|(at, (text, width))| {
        let face = Face { pt: PT, bold: bold || at == 0 };
        let text = Text::new(text).cut(CELL);
        face.height(lines(text.as_str(), face, width - 2 * MARGIN))
    });
    (needed.max().unwrap_or(0) + 2 * MARGIN_V).max(ROW)
}

/// Widths by what the cells need. Short columns keep what they need; long ones share the rest.
fn widths(table: &Table, whole: i64) -> Vec<i64> {
    let needed = |(at, column): (usize, &Column)| {
        let face = Face { pt: PT, bold: at == 0 || table.total.is_some() };
        let cell = |row: &Vec<String>| row.get(at).map_or(0, |text| width(text, face));
        let widest = table.rows.iter().chain(&table.total).map(cell).max().unwrap_or(0);
        let head = width(&column.head, Face::bold(PT));
        (widest.max(head) + 2 * MARGIN).max(NARROW)
    };
    let needed: Vec<i64> = table.columns.iter().enumerate().map(needed).collect();
    let sum: i64 = needed.iter().sum::<i64>().max(1);
    let is_short = |w: i64| w <= whole / 5;
    let short: i64 = needed.iter().copied().filter(|w| is_short(*w)).sum();
    let long = (sum - short).max(1);
    let share = |w: &i64| match sum > whole && short < whole {
        true if is_short(*w) => *w,
        true => w * (whole - short) / long,
        false => w * whole / sum,
    };
    let mut widths: Vec<i64> = needed.iter().map(share).collect();
    let rest = whole - widths.iter().sum::<i64>();
    if let Some(first) = widths.first_mut() {
        *first += rest;
    }
    widths
}

impl Canvas {
    pub(super) fn table(&mut self, table: &Table, area: Rect) {
        let Shaped { columns, head, mut rows, total, note } = Shaped::of(table, area);
        let heads: Vec<String> = table.columns.iter().map(|column| column.head.clone()).collect();
        let first =
            Row { height: head, strong: true, cells: cells(&heads, &table.columns, Style::Head) };
        if let Some(last) = rows.last_mut().filter(|_| table.total.is_some()) {
            last.strong = true;
        }
        rows.insert(0, first);
        if let Some(cells_of_total) = &table.total {
            let cells = cells(cells_of_total, &table.columns, Style::Total);
            rows.push(Row { height: total, strong: false, cells });
        }
        stretch(&mut rows, area.h - note);
        let height: i64 = rows.iter().map(|row| row.height).sum();
        let id = self.id();
        let alt = Text::new(&format!("Table of {}", heads.join(", "))).cut(500);
        self.shapes.push(Shape::Table { id, alt, rect: area.top(height), columns, rows });
        if !table.note.is_empty() {
            let rect = area.below(height + MARGIN).top(note - MARGIN);
            let text = Para::new(Text::new(&table.note), PT, Ink::ContextText);
            self.put(Frame::text("Note"), rect, vec![text]);
        }
    }
}

/// Makes rows higher where there is room, so that a short table does not leave a void.
fn stretch(rows: &mut [Row], room: i64) {
    let used: i64 = rows.iter().map(|row| row.height).sum();
    let count = i64::try_from(rows.len()).unwrap_or(1).max(1);
    let more = ((room - used) / count).clamp(0, TALL_ROW - ROW);
    for row in rows {
        row.height += more;
    }
}
