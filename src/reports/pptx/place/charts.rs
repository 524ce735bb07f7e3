//! One chart beside its takeaways, or two charts above theirs.

use super::{Canvas, Frame, bullets};
use crate::reports::deck::Chart;
use crate::reports::pptx::base::Layout;
use crate::reports::pptx::grid::{CONTENT, GAP, Rect};
use crate::reports::pptx::ink::Ink;
use crate::reports::pptx::metrics::{Room, fit};
use crate::reports::pptx::shapes::{Para, Placeholder, Shape};
use crate::reports::pptx::text::Text;

const UNIT: i64 = 274_320;
const HEAD: i64 = 530_352;
const STRIP: i64 = 914_400;
/// The body placeholder of the chart layout.
const TAKEAWAYS: i64 = 3_454_400;

/// Whether there is anything to draw.
pub(super) fn has_values(chart: &Chart) -> bool {
    chart.series.iter().any(|series| series.values.iter().any(Option::is_some))
}

impl Canvas {
    pub(super) fn one_chart(&mut self, chart: &Chart, takeaways: &[String]) -> Layout {
        let left = Rect::columns(0, 8);
        let unit = Para::new(Text::new(&chart.unit), 12, Ink::ContextText);
        self.put(Frame::text("Unit"), left.top(UNIT), vec![unit]);
        let drawn = self.chart(chart, left.below(UNIT), true);
        let texts: Vec<Text> = takeaways.iter().map(|point| Text::new(point)).collect();
        let strs: Vec<&str> = texts.iter().map(Text::as_str).collect();
        let room = Room { width: TAKEAWAYS - 228_600, height: CONTENT.h, gap_pt: 10 };
        let pt = fit(&strs, &[18, 16, 14], false, room);
        if drawn && !texts.is_empty() {
            let paras =
                texts.into_iter().map(|text| Para { size: pt * 100, ..Para::inherited(text) });
            self.placeholder(Placeholder::Takeaways, paras.collect());
            return Layout::ChartAndTakeaways;
        }
        let right = Rect::columns(8, 4);
        self.put(Frame::text("Takeaways"), right, bullets(takeaways, &[18, 16, 14], right));
        Layout::TitleOnly
    }

    pub(super) fn two_charts(&mut self, charts: [&Chart; 2], takeaways: &[String]) {
        let strip = if takeaways.is_empty() { 0 } else { STRIP + GAP };
        let area = CONTENT.top(CONTENT.h - strip);
        for (rect, chart) in area.split(2).into_iter().zip(charts) {
            let head = vec![
                Para::new(Text::new(&chart.heading), 16, Ink::Title).bold(),
                Para::new(Text::new(&chart.unit), 12, Ink::ContextText),
            ];
            self.put(Frame::text("Heading"), rect.top(HEAD), head);
            self.chart(chart, rect.below(HEAD), false);
        }
        let strip = Rect { y: CONTENT.y + CONTENT.h - STRIP, h: STRIP, ..CONTENT };
        self.strip(takeaways, strip);
    }

    /// Takeaways side by side under a rule each.
    fn strip(&mut self, takeaways: &[String], rect: Rect) {
        for (i, (rect, point)) in rect.split(takeaways.len()).into_iter().zip(takeaways).enumerate()
        {
            let ink = if i == 0 { Ink::Focus } else { Ink::Light };
            self.line(rect, 19_050, ink);
            let body = rect.below(109_728);
            let text = Text::new(point).cut(150);
            let room = Room { width: body.w, height: body.h, gap_pt: 0 };
            let pt = fit(&[text.as_str()], &[16, 14, 12], false, room);
            self.put(Frame::text("Takeaway"), body, vec![Para::new(text, pt, Ink::Text)]);
        }
    }

    /// Draws a chart, or says that there is nothing to draw. Tells whether it was drawn.
    fn chart(&mut self, chart: &Chart, rect: Rect, placeholder: bool) -> bool {
        if !has_values(chart) {
            let text = Para::new(Text::new(&chart.empty).cut(120), 16, Ink::ContextText);
            self.put(Frame::panel("No data", (GAP, GAP), "ctr"), rect, vec![text]);
            return false;
        }
        let id = self.id();
        let alt = Text::new(&chart.alt).cut(500);
        self.shapes.push(Shape::Chart { id, alt, rect, placeholder, rel: String::new() });
        true
    }
}
