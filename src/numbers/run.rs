//! A run of digits and signs between them, and what it can mean.

use super::convention::Convention;
use super::decimal::Decimal;
use super::glyph::{self, ARABIC_DECIMAL};
use super::{Ambiguity, NotExact, Why};

/// Bytes of the run at the start of a text that begins with a digit: digits with single signs
/// between. A space goes on with it only before exactly three digits.
#[must_use]
pub fn length(text: &str) -> usize {
    let mut end = 0;
    loop {
        let group = digits(&text[end..], usize::MAX);
        end += group.bytes;
        let Some(mark) = text[end..].chars().next().filter(|c| is_mark(glyph::fold(*c))) else {
            return end;
        };
        let next = digits(&text[end + mark.len_utf8()..], 4);
        let joins = match glyph::fold(mark) {
            ' ' => (1..=3).contains(&group.count) && next.count == 3,
            _ => group.count > 0 && next.count > 0,
        };
        if !joins {
            return end;
        }
        end += mark.len_utf8();
    }
}

struct Digits {
    bytes: usize,
    count: usize,
}

fn digits(text: &str, most: usize) -> Digits {
    let lengths = text.chars().take(most).take_while(|c| glyph::digit(*c).is_some());
    let start = Digits { bytes: 0, count: 0 };
    lengths.fold(start, |so_far, c| Digits {
        bytes: so_far.bytes + c.len_utf8(),
        count: so_far.count + 1,
    })
}

fn is_mark(c: char) -> bool {
    matches!(c, '.' | ',' | ' ' | '\'' | ARABIC_DECIMAL)
}

/// Reads a whole run; `no_cents` is the mark of `,-` behind it.
pub(super) fn read(
    typed: &str,
    no_cents: Option<char>,
    convention: Option<Convention>,
) -> Result<Decimal, NotExact> {
    let mut scripts = typed.chars().filter_map(glyph::digit).map(|(_, zero)| zero);
    let first = scripts.next();
    if scripts.any(|zero| Some(zero) != first) {
        return Err(Why::MixedScripts.into());
    }
    let mut plain = glyph::folded(typed);
    if let Some(mark) = no_cents {
        plain.extend([mark, '0']);
    }
    let run = Run::of(&plain, convention);
    match (run.grouped(), run.decimal()) {
        (Some(grouped), Some(decimal)) => {
            let (grouped, decimal) = (grouped?, decimal?);
            Err(Ambiguity { typed: typed.to_owned(), grouped, decimal }.into())
        }
        (Some(only), None) | (None, Some(only)) => only.map_err(NotExact::from),
        (None, None) if begins_with_zero(run.groups[0]) => Err(Why::LeadingZero.into()),
        (None, None) => Err(Why::Separators.into()),
    }
}

/// Groups of digits and the signs between them.
struct Run<'a> {
    groups: Vec<&'a str>,
    marks: Vec<char>,
    convention: Option<Convention>,
}

impl<'a> Run<'a> {
    fn of(plain: &'a str, convention: Option<Convention>) -> Self {
        let groups = plain.split(is_mark).collect();
        let marks = plain.chars().filter(|c| is_mark(*c)).collect();
        Self { groups, marks, convention }
    }

    /// The number when every sign parts thousands.
    fn grouped(&self) -> Option<Result<Decimal, Why>> {
        let fits = are_thousands(&self.groups, &self.marks, self.convention)
            || self.convention.is_none() && self.is_loosely_grouped();
        fits.then(|| number(&self.groups, ""))
    }

    /// The number when the last sign stands before decimals.
    fn decimal(&self) -> Option<Result<Decimal, Why>> {
        let (mark, marks) = self.marks.split_last()?;
        let (decimals, groups) = self.groups.split_last()?;
        let apart = match *mark {
            ARABIC_DECIMAL => marks.iter().all(|group| matches!(group, ' ' | '\'')),
            mark => !marks.contains(&mark),
        };
        let fits = apart && is_decimal(*mark, self.convention);
        let whole = are_thousands(groups, marks, self.convention);
        (fits && whole).then(|| number(groups, decimals))
    }

    /// `1000.000`: nobody's rule, yet some write a million so.
    fn is_loosely_grouped(&self) -> bool {
        let [front, last] = self.groups.as_slice() else { return false };
        matches!(self.marks.as_slice(), ['.' | ','])
            && last.len() == 3
            && front.len() > 3
            && !front.starts_with('0')
    }
}

/// Digits alone, or groups of three behind one to three digits, all parted by one sign.
fn are_thousands(groups: &[&str], marks: &[char], convention: Option<Convention>) -> bool {
    let (Some(front), Some(mark)) = (groups.first(), marks.first()) else {
        return groups.first().is_some_and(|only| *only == "0" || !begins_with_zero(only));
    };
    !front.starts_with('0')
        && front.len() <= 3
        && groups[1..].iter().all(|group| group.len() == 3)
        && marks.iter().all(|other| other == mark)
        && is_group(*mark, convention)
}

fn begins_with_zero(group: &str) -> bool {
    group.len() > 1 && group.starts_with('0') || group == "0"
}

fn is_group(mark: char, convention: Option<Convention>) -> bool {
    match mark {
        '.' => convention != Some(Convention::Point),
        ',' => convention != Some(Convention::Comma),
        ' ' | '\'' => true,
        _ => false,
    }
}

fn is_decimal(mark: char, convention: Option<Convention>) -> bool {
    match mark {
        '.' => convention != Some(Convention::Comma),
        ',' => convention != Some(Convention::Point),
        mark => mark == ARABIC_DECIMAL,
    }
}

fn number(groups: &[&str], decimals: &str) -> Result<Decimal, Why> {
    Decimal::of_digits(&groups.concat(), decimals).ok_or(Why::TooLong)
}
