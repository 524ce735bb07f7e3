//! Headline numbers in equal tiles, with lists or a table below.

use super::{Canvas, Frame, bullets};
use crate::reports::deck::{Below, List, Tile, Tone};
use crate::reports::pptx::grid::{CONTENT, GAP, Rect};
use crate::reports::pptx::ink::Ink;
use crate::reports::pptx::metrics::{Room, fit};
use crate::reports::pptx::shapes::Para;
use crate::reports::pptx::text::Text;

const HEIGHT: i64 = 1_493_520;
const INSET: i64 = 182_880;
/// Most tiles on one slide.
const TILES: usize = 4;

impl Canvas {
    pub(super) fn tiles(&mut self, tiles: &[Tile], below: &Below) {
        let row = CONTENT.top(HEIGHT);
        for (rect, tile) in row.split(tiles.len().min(TILES)).into_iter().zip(tiles) {
            self.tile(tile, rect);
        }
        let rest = CONTENT.below(HEIGHT + GAP * 3 / 2);
        match below {
            Below::Lists(lists) => self.lists(lists, rest),
            Below::Table(table) => self.table(table, rest),
        }
    }

    fn tile(&mut self, tile: &Tile, rect: Rect) {
        let room = Room { width: rect.w - 2 * INSET, height: 600_000, gap_pt: 0 };
        let value = Text::new(&tile.value).cut(24);
        let size = fit(&[value.as_str()], &[36, 32, 28, 24], true, room);
        let tone = match tile.tone {
            Tone::Good => Ink::Good,
            Tone::Bad => Ink::Bad,
            Tone::Plain => Ink::ContextText,
        };
        let paras = vec![
            Para::new(Text::new(&tile.label).cut(34), 14, Ink::Text),
            Para::new(value, size, Ink::Title).bold(),
            Para::new(Text::new(&tile.delta).cut(36), 14, tone).bold(),
        ];
        self.put(Frame::panel("Tile", (INSET, INSET / 2), "ctr"), rect, paras);
    }

    fn lists(&mut self, lists: &[List], rect: Rect) {
        const HEAD: i64 = 320_040;
        for (i, (rect, list)) in rect.split(lists.len()).into_iter().zip(lists).enumerate() {
            let ink = if i == 0 { Ink::Focus } else { Ink::Title };
            self.line(rect, 28_575, ink);
            let head = Rect { y: rect.y + 118_872, ..rect }.top(HEAD);
            let heading = Para::new(Text::new(&list.heading), 16, ink).bold();
            self.put(Frame::text("Heading"), head, vec![heading]);
            let body = rect.below(118_872 + HEAD + 91_440);
            self.put(Frame::text("Points"), body, bullets(&list.points, &[18, 16, 14, 12], body));
        }
    }
}
