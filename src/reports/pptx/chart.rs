//! A native chart part: what is drawn, in which ink, with which labels.

use askama::Template;

use super::WriteError;
use super::ink::Ink;
use super::text::Text;
use super::workbook::{self, Data};
use crate::reports::deck::{Chart, ChartKind};
use crate::reports::numbers;

/// Where the plot of a line chart begins and how high it is, in ten-thousandths of the frame; the
/// template says the same.
const PLOT_TOP: i64 = 400;
const PLOT_HEIGHT: i64 = 8_200;
/// Distance that two labels at line ends need, in ten-thousandths of the frame.
const LABEL_GAP: i64 = 560;
/// Characters of a category label.
const CATEGORY: usize = 28;

#[derive(Template)]
#[template(path = "deck/chart.xml")]
struct ChartXml<'a> {
    kind: ChartKind,
    categories: &'a [Text],
    series: Vec<Drawn>,
    /// Fill and label ink of the parts of a doughnut.
    parts: Vec<(Ink, Ink)>,
    format: &'a str,
    axis_format: &'a str,
    top: Option<String>,
    step: Option<String>,
    from_zero: bool,
    legend: bool,
}

/// A series as it is drawn.
struct Drawn {
    name: Text,
    values: Vec<Option<String>>,
    column: char,
    ink: Ink,
    label: Ink,
    focus: bool,
    /// Points that step back behind the focus.
    muted: Vec<usize>,
    end: Option<EndLabel>,
}

/// The label at the end of a line.
struct EndLabel {
    point: usize,
    /// How far it is moved down to stand clear of others, in ten-thousandths of the frame.
    moved: i64,
}

impl EndLabel {
    fn moved(&self) -> bool {
        self.moved != 0
    }

    fn shift(&self) -> String {
        numbers::decimal(self.moved, 4, 4)
    }
}

/// The chart part and its workbook, as bytes.
pub(super) fn write(chart: &Chart) -> Result<(Vec<u8>, Vec<u8>), WriteError> {
    let categories: Vec<Text> =
        chart.categories.iter().map(|name| Text::new(name).cut(CATEGORY)).collect();
    let axis = Axis::of(chart);
    let mut series: Vec<Drawn> = (0..chart.series.len()).map(|i| drawn(chart, i)).collect();
    if chart.kind == ChartKind::Lines {
        place_labels(&mut series, chart, axis.as_ref());
    }
    let number =
        |n: i128| i64::try_from(n).map(|n| numbers::decimal(n, chart.places, chart.places)).ok();
    let lines = chart.kind == ChartKind::Lines;
    let axis = axis.filter(|_| lines);
    let all = || chart.series.iter().flat_map(|s| &s.values).flatten();
    let xml = ChartXml {
        kind: chart.kind,
        categories: &categories,
        parts: parts(categories.len()),
        format: chart.format,
        axis_format: chart.format,
        top: axis.as_ref().and_then(|axis| number(axis.top)),
        step: axis.as_ref().and_then(|axis| number(axis.step)),
        from_zero: all().all(|value| *value >= 0),
        legend: !lines && (chart.series.len() > 1 || chart.kind == ChartKind::Doughnut),
        series,
    };
    let bytes = xml.render()?.into_bytes();
    let data = Data {
        categories: &categories,
        series: xml.series.iter().map(|s| (&s.name, s.values.as_slice())).collect(),
        format: chart.format,
    };
    Ok((bytes, workbook::write(&data)?))
}

fn drawn(chart: &Chart, at: usize) -> Drawn {
    let series = &chart.series[at];
    let last = at + 1 == chart.series.len();
    let (focus, ink, label) = match (chart.kind, at) {
        // over time the series under review stands last, beside what it is compared with
        (ChartKind::Columns, _) if last => (true, Ink::Focus, Ink::Text),
        (ChartKind::Columns, _) => (false, Ink::Context, Ink::Text),
        (_, 0) => (true, Ink::Focus, Ink::Focus),
        (_, 1) => (false, Ink::Title, Ink::Title),
        _ => (false, Ink::Context, Ink::ContextText),
    };
    let single = chart.series.len() == 1 && !chart.focus.is_empty();
    let muted = (0..chart.categories.len()).filter(|i| single && !chart.focus.contains(i));
    let text = |n: i64| numbers::decimal(n, chart.places, chart.places);
    Drawn {
        name: Text::new(&series.name).cut(CATEGORY),
        values: (0..chart.categories.len())
            .map(|i| series.values.get(i).copied().flatten().map(text))
            .collect(),
        column: workbook::column(at),
        ink,
        label,
        focus,
        muted: muted.collect(),
        end: None,
    }
}

/// Fills of a doughnut's parts with the ink that reads on them.
fn parts(n: usize) -> Vec<(Ink, Ink)> {
    let inks = [
        (Ink::Focus, Ink::Inverse),
        (Ink::Context, Ink::Text),
        (Ink::Light, Ink::Text),
        (Ink::Title, Ink::Inverse),
        (Ink::Rule, Ink::Text),
    ];
    inks.into_iter().cycle().take(n).collect()
}

/// The value axis of a line chart, in the chart's own integers.
struct Axis {
    top: i128,
    step: i128,
}

impl Axis {
    /// From zero in three to six even steps to just above the largest value.
    fn of(chart: &Chart) -> Option<Self> {
        let values = || chart.series.iter().flat_map(|s| &s.values).flatten();
        let largest = i128::from(*values().max().filter(|largest| **largest > 0)?);
        if values().any(|value| *value < 0) {
            return None;
        }
        let mut ten: i128 = 1;
        while ten * 10 <= largest {
            ten *= 10;
        }
        let steps = [ten / 5, ten / 4, ten / 2, ten, ten * 2];
        let step = steps.into_iter().find(|step| *step > 0 && largest <= step * 5)?;
        let count = (largest + step - 1) / step;
        Some(Self { top: step * count.max(1), step })
    }
}

/// Puts a label at the last point of each line and moves those that would touch apart.
fn place_labels(series: &mut [Drawn], chart: &Chart, axis: Option<&Axis>) {
    let top = axis.map_or(1, |axis| axis.top);
    let mut ends: Vec<(i64, usize, usize)> = vec![];
    for (at, series) in chart.series.iter().enumerate() {
        let Some(point) = series.values.iter().rposition(Option::is_some) else { continue };
        let value = series.values[point].unwrap_or(0);
        let down = i128::from(PLOT_HEIGHT) * (top - i128::from(value)) / top;
        ends.push((PLOT_TOP + i64::try_from(down).unwrap_or(0), point, at));
    }
    ends.sort_unstable();
    let mut free: Vec<i64> = ends.iter().map(|(y, ..)| *y).collect();
    for i in 1..free.len() {
        free[i] = free[i].max(free[i - 1] + LABEL_GAP);
    }
    // what was pushed below the plot moves up again, taking its neighbours along
    let mut floor = PLOT_TOP + PLOT_HEIGHT - LABEL_GAP / 2;
    for y in free.iter_mut().rev() {
        *y = (*y).min(floor);
        floor = *y - LABEL_GAP;
    }
    for ((y, point, at), placed) in ends.into_iter().zip(free) {
        series[at].end = Some(EndLabel { point, moved: placed - y });
    }
}
