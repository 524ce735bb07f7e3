//! The canvas in English Metric Units: twelve columns between two margins, and three zones.

/// A rectangle on a slide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rect {
    pub x: i64,
    pub y: i64,
    pub w: i64,
    pub h: i64,
}

/// Distance between columns and between rows.
pub(super) const GAP: i64 = 182_880;

/// Where content stands: below the title, above the footer.
pub(super) const CONTENT: Rect = Rect { x: 457_200, y: 1_234_440, w: 11_277_600, h: 4_983_480 };

/// The title placeholder of the layouts.
pub(super) const TITLE: Rect = Rect { x: 457_200, y: 365_760, w: 10_322_560, h: 731_520 };

const COLUMN: i64 = (CONTENT.w - 11 * GAP) / 12;

impl Rect {
    /// `n` of the twelve columns from the column `from`, in the whole height of the content.
    pub(super) fn columns(from: i64, n: i64) -> Self {
        let step = COLUMN + GAP;
        Self { x: CONTENT.x + from * step, w: n * step - GAP, ..CONTENT }
    }

    /// The rectangle without its top.
    pub(super) fn below(self, height: i64) -> Self {
        Self { y: self.y + height, h: (self.h - height).max(0), ..self }
    }

    /// Only its top.
    pub(super) fn top(self, height: i64) -> Self {
        Self { h: height.min(self.h), ..self }
    }

    /// `n` equal parts side by side with a gap between them.
    pub(super) fn split(self, n: usize) -> Vec<Self> {
        let n = i64::try_from(n.max(1)).unwrap_or(1);
        let w = (self.w - (n - 1) * GAP) / n;
        (0..n).map(|i| Self { x: self.x + i * (w + GAP), w, ..self }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_end_at_the_right_margin() {
        let all = Rect::columns(0, 12);
        assert_eq!((all.x, all.w), (457_200, 11_277_600));
        let right = Rect::columns(8, 4);
        assert_eq!(right.x + right.w, 11_734_800);
    }

    #[test]
    fn parts_are_equal_and_stay_inside() {
        for n in 1..=6 {
            let parts = CONTENT.split(n);
            assert!(parts.windows(2).all(|p| p[0].w == p[1].w && p[1].x - p[0].x == p[0].w + GAP));
            assert!(parts.iter().all(|p| p.x + p.w <= CONTENT.x + CONTENT.w));
        }
    }
}
