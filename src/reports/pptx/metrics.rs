//! How much room text takes. The office does not shrink text when it opens a file, so sizes are
//! worked out here, from the advance widths of Arial, with a margin for other fonts.

/// English Metric Units in a point.
const EMU: i64 = 12_700;
/// Line height in hundredths of the size.
const LINE: i64 = 120;

/// Advance widths of Arial in thousandths of the size, from the space to the tilde.
const WIDTHS: [i64; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// A size in points and a weight.
#[derive(Clone, Copy)]
pub(super) struct Face {
    pub pt: u32,
    pub bold: bool,
}

impl Face {
    pub(super) fn plain(pt: u32) -> Self {
        Self { pt, bold: false }
    }

    pub(super) fn bold(pt: u32) -> Self {
        Self { pt, bold: true }
    }

    /// Height of so many lines, in EMU.
    pub(super) fn height(self, lines: i64) -> i64 {
        lines * i64::from(self.pt) * EMU * LINE / 100
    }
}

/// Width of a text on one line, in EMU: 4 % more than Arial needs, bold 8 % on top.
pub(super) fn width(text: &str, face: Face) -> i64 {
    let thousandths: i64 = text.chars().map(advance).sum();
    let plain = thousandths * i64::from(face.pt) * EMU / 1_000 * 104 / 100;
    if face.bold { plain * 108 / 100 } else { plain }
}

fn advance(c: char) -> i64 {
    let at = usize::try_from(u32::from(c)).unwrap_or(0).wrapping_sub(32);
    match WIDTHS.get(at) {
        Some(width) => *width,
        None if u32::from(c) > 0x2e80 => 1_000,
        None => 620,
    }
}

/// Lines that a text takes within a width, broken at spaces; longer words are broken anywhere.
pub(super) fn lines(text: &str, face: Face, room: i64) -> i64 {
    let room = room.max(1);
    let space = width(" ", face);
    let (mut count, mut used) = (1, 0);
    for word in text.split(' ') {
        let long = width(word, face);
        if used > 0 && used + long > room {
            count += 1;
            used = 0;
        }
        count += long / room;
        used += long % room + space;
    }
    count
}

/// The first of `sizes` (largest first) at which all paragraphs fit the box; the last if none does.
pub(super) fn fit(paragraphs: &[&str], sizes: &[u32], bold: bool, room: Room) -> u32 {
    let needed = |pt: u32| {
        let face = Face { pt, bold };
        let text: i64 = paragraphs.iter().map(|p| face.height(lines(p, face, room.width))).sum();
        let gaps = i64::try_from(paragraphs.len().saturating_sub(1)).unwrap_or(0);
        text + gaps * room.gap_pt * EMU
    };
    let fits = sizes.iter().copied().find(|pt| needed(*pt) <= room.height);
    fits.or(sizes.last().copied()).unwrap_or(12)
}

/// A box that paragraphs must fit.
#[derive(Clone, Copy)]
pub(super) struct Room {
    pub width: i64,
    pub height: i64,
    /// Points between paragraphs.
    pub gap_pt: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_breaks_when_its_words_no_longer_fit() {
        let face = Face::plain(16);
        let room = width("partners brought", face);
        assert_eq!(lines("partners brought", face, room), 1);
        assert_eq!(lines("partners brought deals", face, room), 2);
        assert_eq!(lines("", face, room), 1);
        assert!(lines(&"x".repeat(100), face, room) > 4);
    }

    #[test]
    fn the_largest_size_that_fits_is_taken() {
        let room = Room { width: 3_000_000, height: 700_000, gap_pt: 0 };
        assert_eq!(fit(&["short"], &[28, 24, 20], true, room), 28);
        let long = "a much longer title that needs more lines than there is room for here";
        assert_eq!(fit(&[long], &[28, 24, 20], true, room), 20);
    }
}
