//! What is done next: up to six cards, each with its owner and date.

use super::{Canvas, Frame};
use crate::reports::deck::Step;
use crate::reports::pptx::grid::{CONTENT, GAP, Rect};
use crate::reports::pptx::ink::Ink;
use crate::reports::pptx::metrics::{Room, fit};
use crate::reports::pptx::shapes::Para;
use crate::reports::pptx::text::Text;

const INSET: i64 = 182_880;
/// Room for owner and date at the foot of a card.
const FOOT: i64 = 560_000;
const IN_A_ROW: usize = 3;

impl Canvas {
    pub(super) fn steps(&mut self, steps: &[Step]) {
        if steps.is_empty() {
            let text = Para::new(Text::new("No open findings"), 16, Ink::ContextText);
            self.put(
                Frame::panel("No steps", (INSET, INSET), "ctr"),
                CONTENT.top(CONTENT.h / 2),
                vec![text],
            );
            return;
        }
        let rows = steps.len().div_ceil(IN_A_ROW);
        let height = (CONTENT.h - GAP * (i64::try_from(rows).unwrap_or(1) - 1))
            / i64::try_from(rows).unwrap_or(1);
        let height = height.min(3_200_400);
        let in_a_row = steps.len().div_ceil(rows);
        let card = Rect { h: height, ..CONTENT }.split(in_a_row)[0];
        let size = steps.iter().map(|step| size(step, card)).min().unwrap_or(14);
        for (row, steps) in steps.chunks(in_a_row).enumerate() {
            let down = i64::try_from(row).unwrap_or(0) * (height + GAP);
            let band = Rect { y: CONTENT.y + down, h: height, ..CONTENT };
            for (at, (rect, step)) in band.split(in_a_row).into_iter().zip(steps).enumerate() {
                self.step((row * in_a_row + at + 1, size), step, rect);
            }
        }
    }

    fn step(&mut self, (number, pt): (usize, u32), step: &Step, rect: Rect) {
        self.put(Frame::panel("Card", (INSET, INSET), "t"), rect, vec![]);
        let ink = if number == 1 { Ink::Focus } else { Ink::Title };
        self.line(rect, 38_100, ink);
        let inner = Rect {
            x: rect.x + INSET,
            y: rect.y + INSET,
            w: rect.w - 2 * INSET,
            h: rect.h - 2 * INSET,
        };
        let body = inner.top(inner.h - FOOT);
        let what = Text::new(&format!("{number}. {}", step.what)).cut(110);
        let why = Text::new(&step.why).cut(160);
        let paras = vec![
            Para::new(what, pt, Ink::Title).bold(),
            Para::new(why, 14.min(pt), Ink::Text).after_gap(6),
        ];
        self.put(Frame::text("Step"), body, paras);
        let foot = Rect { y: inner.y + inner.h - FOOT, h: FOOT, ..inner };
        let paras = vec![
            Para::new(Text::new(&step.owner).cut(40), 14, Ink::Text).bold(),
            Para::new(Text::new(&format!("by {}", step.due)), 14, Ink::ContextText),
        ];
        self.put(Frame { anchor: "b", ..Frame::text("Owner and date") }, foot, paras);
    }
}

/// The size at which a step fits its card.
fn size(step: &Step, card: Rect) -> u32 {
    let room = Room { width: card.w - 2 * INSET, height: card.h - 2 * INSET - FOOT, gap_pt: 6 };
    fit(&[&format!("0. {}", step.what), &step.why], &[18, 16, 14], true, room)
}
