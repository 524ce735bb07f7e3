//! What may follow the digits: `,-` for no cents, and a size word.

use super::glyph;

/// Size words and their zeros. `billion` is English here: a thousand million.
const SIZES: &[(&str, u32)] = &[
    ("k", 3),
    ("thousand", 3),
    ("tsd", 3),
    ("tausend", 3),
    ("lakh", 5),
    ("m", 6),
    ("mn", 6),
    ("mm", 6),
    ("mio", 6),
    ("mln", 6),
    ("million", 6),
    ("millions", 6),
    ("millionen", 6),
    ("crore", 7),
    ("b", 9),
    ("bn", 9),
    ("mrd", 9),
    ("billion", 9),
    ("billions", 9),
    ("milliarde", 9),
    ("milliarden", 9),
];

/// Size words that are written with a point: `Mio.`
const ABBREVIATED: &[&str] = &["tsd", "mn", "mio", "mln", "bn", "mrd"];

/// What follows the digits of a number that stands alone.
pub(super) struct Tail {
    /// The mark of `4.500,-`, which says that there are no cents.
    pub no_cents: Option<char>,
    pub zeros: u32,
    /// The rest.
    pub after: String,
}

/// Takes `,-` and a size word off the front of a folded tail.
pub(super) fn tail(folded: &str) -> Tail {
    let cents = [",-", ".-", ",–", ".–", ",—", ".—"];
    let rest = cents.iter().find_map(|mark| folded.strip_prefix(mark));
    if let Some(rest) = rest {
        let after = rest.trim_start_matches(['-', '–', '—']).to_owned();
        let mark = if folded.starts_with(',') { ',' } else { '.' };
        return Tail { no_cents: Some(mark), zeros: 0, after };
    }
    let bare = folded.trim_start();
    let (zeros, length) = word(bare);
    let point = usize::from(bare[length..].starts_with('.') && is_abbreviated(&bare[..length]));
    Tail { no_cents: None, zeros, after: bare[length + point..].to_owned() }
}

/// Zeros of the size word behind digits in running text, and how many bytes it takes.
pub(super) fn in_text(behind: &str) -> (u32, usize) {
    let bare = behind.trim_start_matches(glyph::is_blank);
    match word(bare) {
        (0, _) => (0, 0),
        (zeros, length) => (zeros, behind.len() - bare.len() + length),
    }
}

/// Whether a word is a size word.
#[must_use]
pub fn is_size(word: &str) -> bool {
    SIZES.iter().any(|(known, _)| known.eq_ignore_ascii_case(word))
}

fn word(text: &str) -> (u32, usize) {
    let length = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let known = SIZES.iter().find(|(word, _)| text[..length].eq_ignore_ascii_case(word));
    known.map_or((0, 0), |(_, zeros)| (*zeros, length))
}

fn is_abbreviated(word: &str) -> bool {
    ABBREVIATED.iter().any(|known| known.eq_ignore_ascii_case(word))
}
