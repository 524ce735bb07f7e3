//! A chart as a table that draws itself: one row a category, a bar and the figure side by side.
//!
//! The same rows serve the eye and the screen reader, and they wrap on a phone as tables do.

use super::render::clean;
use crate::conversation::card::Chart;
use crate::conversation::words::grouped;

pub struct ChartView {
    pub title: String,
    pub unit: String,
    pub series: Vec<SeriesView>,
    pub rows: Vec<BarsView>,
    /// Names over the columns are needed where there are several.
    pub several: bool,
    /// Height of one row's bars, in drawing units.
    pub height: usize,
}

pub struct SeriesView {
    pub name: String,
    /// One of the colours 1 to 6.
    pub tone: usize,
}

/// One category.
pub struct BarsView {
    pub category: String,
    /// Short enough to stand on one line.
    pub short: bool,
    pub bars: Vec<BarView>,
    pub values: Vec<String>,
}

/// A bar, in thousandths of the width.
pub struct BarView {
    pub x: i128,
    pub width: i128,
    pub y: usize,
    pub tone: usize,
}

const WIDTH: i128 = 1000;
const THICK: usize = 10;

#[must_use]
pub fn chart(chart: &Chart) -> ChartView {
    let values = || chart.series.iter().flat_map(|series| &series.values).flatten().copied();
    let lowest = i128::from(values().min().unwrap_or(0).min(0));
    let highest = i128::from(values().max().unwrap_or(0).max(0));
    let scale = Scale { lowest, span: (highest - lowest).max(1) };
    let longest = chart.series.iter().map(|series| series.values.len()).max().unwrap_or(0);
    let rows = longest.max(chart.categories.len());
    ChartView {
        title: clean(&chart.title),
        unit: clean(&chart.unit),
        series: chart
            .series
            .iter()
            .enumerate()
            .map(|(at, series)| SeriesView { name: clean(&series.name), tone: tone(at) })
            .collect(),
        rows: (0..rows).map(|row| bars(chart, row, &scale)).collect(),
        several: chart.series.len() > 1,
        height: (chart.series.len() * THICK).max(THICK),
    }
}

struct Scale {
    lowest: i128,
    span: i128,
}

fn bars(chart: &Chart, row: usize, scale: &Scale) -> BarsView {
    let value = |at: usize| chart.series[at].values.get(row).copied().flatten();
    let series = 0..chart.series.len();
    let category = chart.categories.get(row).map(|name| clean(name)).unwrap_or_default();
    BarsView {
        short: category.chars().count() <= 24,
        category,
        bars: series
            .clone()
            .filter_map(|at| Some(bar(i128::from(value(at)?), at, scale)))
            .collect(),
        values: series.map(|at| value(at).map_or("–".to_owned(), grouped)).collect(),
    }
}

/// A bar from zero; one that is not zero can be seen.
fn bar(value: i128, at: usize, scale: &Scale) -> BarView {
    let zero = -scale.lowest * WIDTH / scale.span;
    let length = (value.abs() * WIDTH / scale.span).max(i128::from(value != 0) * 4);
    let x = if value < 0 { zero - length } else { zero };
    BarView { x: x.clamp(0, WIDTH - length), width: length, y: at * THICK + 1, tone: tone(at) }
}

fn tone(at: usize) -> usize {
    at % 6 + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::card::Series;

    fn sample(values: Vec<Option<i64>>) -> Chart {
        Chart {
            title: "Bookings".to_owned(),
            unit: "EUR".to_owned(),
            categories: vec!["Q1".to_owned(), "Q2".to_owned(), "Q3".to_owned()],
            series: vec![Series { name: "Sourced".to_owned(), values }],
        }
    }

    #[test]
    fn bars_share_one_scale_from_zero() {
        let view = chart(&sample(vec![Some(50), Some(100), None]));
        assert_eq!((view.rows[0].bars[0].x, view.rows[0].bars[0].width), (0, 500));
        assert_eq!(view.rows[1].bars[0].width, 1000);
        assert!(view.rows[2].bars.is_empty());
        assert_eq!(view.rows[2].values, ["–"]);
    }

    #[test]
    fn losses_go_left_of_zero() {
        let view = chart(&sample(vec![Some(-100), Some(300), Some(0)]));
        assert_eq!((view.rows[0].bars[0].x, view.rows[0].bars[0].width), (0, 250));
        assert_eq!((view.rows[1].bars[0].x, view.rows[1].bars[0].width), (250, 750));
        assert_eq!(view.rows[2].bars[0].width, 0);
        assert_eq!(view.rows[0].values, ["−100"]);
    }

    #[test]
    fn the_widest_numbers_are_drawn_and_written() {
        let view = chart(&sample(vec![Some(i64::MIN), Some(i64::MAX), Some(1)]));
        assert_eq!(view.rows[0].values, ["−9,223,372,036,854,775,808"]);
        assert!(view.rows.iter().flat_map(|row| &row.bars).all(|b| b.x + b.width <= WIDTH));
    }

    #[test]
    fn a_chart_without_categories_still_shows_its_values() {
        let mut chart_of = sample(vec![Some(1), Some(2)]);
        chart_of.categories.clear();
        assert_eq!(chart(&chart_of).rows.len(), 2);
    }
}
