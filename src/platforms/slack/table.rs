//! Tables: Slack's own where it takes one, else columns in fixed-width type.

use serde_json::{Value, json};

use super::limits;
use super::rich::{self, Ink, Style};
use crate::conversation::card::{Align, Chart, Column, Table};
use crate::conversation::words::grouped;

/// What stands where there is nothing: Slack refuses empty cells.
const NOTHING: &str = "–";
/// Columns in fixed-width type are no wider.
const WIDEST: usize = 48;

/// A table with as many cells in every row, made fit to be shown.
pub struct Grid {
    caption: String,
    aligns: Vec<Align>,
    /// The titles first.
    rows: Vec<Vec<String>>,
    left_out: usize,
}

impl Grid {
    /// Shows at most `most` rows beside the titles and says how many are left out.
    pub fn new(ink: &Ink, table: &Table, most: usize) -> Self {
        let widths = table.rows.iter().map(Vec::len).chain([table.columns.len()]);
        let width = widths.max().unwrap_or_default();
        let titles = table.columns.iter().map(|column| column.title.as_str()).collect::<Vec<_>>();
        let row = |cells: &[&str]| -> Vec<String> {
            (0..width).map(|at| cell(ink, cells.get(at).copied().unwrap_or_default())).collect()
        };
        let shown = table.rows.iter().take(most);
        let rows = shown.map(|cells| row(&cells.iter().map(String::as_str).collect::<Vec<_>>()));
        let align = |at| table.columns.get(at).map_or(Align::Left, |column: &Column| column.align);
        Self {
            caption: table.caption.clone(),
            aligns: (0..width).map(align).collect(),
            rows: std::iter::once(row(&titles)).chain(rows).collect(),
            left_out: table.rows.len().saturating_sub(most),
        }
    }

    /// Whether Slack's own table takes it.
    pub fn fits_natively(&self) -> bool {
        let text: usize = self.rows.iter().flatten().map(|cell| limits::length(cell)).sum();
        (1..=limits::TABLE_COLUMNS).contains(&self.aligns.len())
            && self.rows.len() <= limits::TABLE_ROWS
            && text <= limits::TABLE_TEXT
    }

    pub fn native(&self, ink: &Ink) -> Vec<Value> {
        let rows: Vec<Vec<Value>> = self.rows.iter().map(|row| cells(row)).collect();
        let settings: Vec<Value> = self.aligns.iter().map(|align| setting(*align)).collect();
        let table = json!({ "type": "table", "column_settings": settings, "rows": rows });
        self.framed(ink, vec![table])
    }

    pub fn in_fixed_width(&self, ink: &Ink) -> Vec<Value> {
        let lines = self.lines();
        let mut blocks: Vec<String> = Vec::new();
        for line in lines {
            for piece in limits::pieces(&line, limits::TEXT) {
                match blocks.last_mut() {
                    Some(last) if limits::length(last) + limits::length(piece) < limits::TEXT => {
                        last.push('\n');
                        last.push_str(piece);
                    }
                    _ => blocks.push(piece.to_owned()),
                }
            }
        }
        let blocks = blocks.into_iter().map(|text| rich::block(vec![preformatted(&text)]));
        self.framed(ink, blocks.collect())
    }

    fn lines(&self) -> Vec<String> {
        let width = |at: usize| {
            let cells = self.rows.iter().map(|row| row[at].chars().count());
            cells.max().unwrap_or_default().min(WIDEST)
        };
        let widths: Vec<usize> = (0..self.aligns.len()).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).zip(&self.aligns).map(|((text, wide), align)| {
                let text = text.replace('\n', " ");
                match align {
                    Align::Left => format!("{text:<wide$}"),
                    Align::Right => format!("{text:>wide$}"),
                }
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        self.rows.iter().map(line).filter(|line| !line.is_empty()).collect()
    }

    /// The caption above, the count of what is left out below.
    fn framed(&self, ink: &Ink, table: Vec<Value>) -> Vec<Value> {
        let caption = ink.text(&self.caption, Style::Bold);
        let above = (!caption.is_empty()).then(|| rich::block(vec![rich::section(caption)]));
        let below = (self.left_out > 0).then(|| {
            let rows = if self.left_out == 1 { "row" } else { "rows" };
            let words = format!("… {} more {rows}", self.left_out);
            rich::block(vec![rich::section(ink.text(&words, Style::Plain))])
        });
        above.into_iter().chain(table).chain(below).collect()
    }
}

/// A chart's figures as a table: Slack's own charts are too new to rely on.
pub fn of_chart(chart: &Chart) -> Table {
    let stub = Column { title: chart.unit.clone(), align: Align::Left };
    let series = chart.series.iter();
    let columns = series.map(|series| Column { title: series.name.clone(), align: Align::Right });
    let row = |(at, category): (usize, &String)| {
        let values = chart.series.iter().map(|series| series.values.get(at).copied().flatten());
        let values = values.map(|value| value.map_or_else(String::new, grouped));
        std::iter::once(category.clone()).chain(values).collect()
    };
    Table {
        caption: chart.title.clone(),
        columns: std::iter::once(stub).chain(columns).collect(),
        rows: chart.categories.iter().enumerate().map(row).collect(),
    }
}

fn cell(ink: &Ink, data: &str) -> String {
    let text = ink.inert(data);
    if text.trim().is_empty() { NOTHING.to_owned() } else { text }
}

fn cells(row: &[String]) -> Vec<Value> {
    row.iter().map(|text| json!({ "type": "raw_text", "text": text })).collect()
}

fn setting(align: Align) -> Value {
    let align = match align {
        Align::Left => "left",
        Align::Right => "right",
    };
    json!({ "align": align, "is_wrapped": true })
}

fn preformatted(text: &str) -> Value {
    json!({ "type": "rich_text_preformatted", "elements": [{ "type": "text", "text": text }] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "−1,234,567")]
        {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(grouped(i64::MIN), "−9,223,372,036,854,775,808");
    }

    #[test]
    fn fixed_width_columns_are_aligned() {
        let column = |title: &str, align| Column { title: title.to_owned(), align };
        let row = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect();
        let table = Table {
            caption: String::new(),
            columns: vec![column("Tier", Align::Left), column("Partners", Align::Right)],
            rows: vec![row(&["Gold", "4"]), row(&["Registered", "31"]), row(&["Silver"])],
        };
        let lines = Grid::new(&Ink::default(), &table, 99).lines();
        let expected = [
            "Tier        Partners",
            "Gold               4",
            "Registered        31",
            "Silver             –",
        ];
        assert_eq!(lines, expected);
    }
}
