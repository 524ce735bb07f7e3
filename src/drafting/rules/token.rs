//! A request as words, numbers, quotations and marks, each knowing where it stood.

use std::ops::Range;

use crate::numbers;
use crate::strategy::text::typed;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Word,
    /// Starts with a digit or a currency sign: `50`, `1,000`, `$1.5m`, `15%`, `100+`.
    Number,
    /// Something in quotation marks.
    Quoted,
    /// `-`, `–`, `—`, `−`.
    Dash,
    /// `->`, `=>`, `→`.
    Arrow,
    /// Any other single character.
    Mark,
}

/// One token of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub shape: Shape,
    /// Lower case, straight apostrophes, without a possessive `'s`; a quotation's inside as it is.
    pub word: String,
    /// Where it stands in the request, in bytes.
    pub at: Range<usize>,
}

impl Token {
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self.shape, Shape::Word | Shape::Mark) && self.word == word
    }

    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }
}

/// The request as it was meant.
pub(super) fn tidy(request: &str) -> String {
    typed(request)
}

/// Cuts a tidy request into tokens.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut quotes = Quotes::default();
    while let Some(first) = text[at..].chars().next() {
        if first == ' ' {
            at += 1;
            continue;
        }
        let before = text[..at].chars().next_back();
        let (shape, length) = match quotes.quotation((text, at), before) {
            Some(length) => (Shape::Quoted, length),
            None => shape(&text[at..]),
        };
        let span = at..at + length;
        let raw = &text[span.clone()];
        let word = match shape {
            Shape::Quoted => raw.trim_matches(is_quote).to_owned(),
            _ => plain(raw),
        };
        found.push(Token { shape, word, at: span });
        at += length;
    }
    found
}

fn plain(raw: &str) -> String {
    let lower = raw.to_lowercase().replace('’', "'");
    match lower.strip_suffix("'s") {
        Some(owner) if !matches!(owner, "what" | "let" | "it" | "that" | "who") => owner.to_owned(),
        _ => lower,
    }
}

fn shape(rest: &str) -> (Shape, usize) {
    let first = rest.chars().next().unwrap_or(' ');
    for arrow in ["->", "=>", "→"] {
        if rest.starts_with(arrow) {
            return (Shape::Arrow, arrow.len());
        }
    }
    if let Some(length) = number(rest) {
        return (Shape::Number, length);
    }
    match first {
        '-' | '–' | '—' | '−' => (Shape::Dash, first.len_utf8()),
        c if c.is_alphanumeric() => (Shape::Word, word(rest)),
        c => (Shape::Mark, c.len_utf8()),
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '\'' | '‘' | '’')
}

/// Up to where no quotation of a kind ends, so that nobody looks twice.
#[derive(Default)]
struct Quotes {
    double: usize,
    pointed: usize,
    single: usize,
}

impl Quotes {
    /// Length in bytes of the quotation that stands at `at`. A single quote only opens after a
    /// space, so that apostrophes stay inside their words.
    fn quotation(&mut self, (text, at): (&str, usize), before: Option<char>) -> Option<usize> {
        let open = text[at..].chars().next()?;
        let (closing, none_until): (&[char], _) = match open {
            '"' | '“' | '”' | '„' => (&['"', '”', '“'], &mut self.double),
            '«' => (&['»'], &mut self.pointed),
            '\'' | '‘' if before.is_none_or(|c| !c.is_alphanumeric()) => {
                (&['\'', '’'], &mut self.single)
            }
            _ => return None,
        };
        if at < *none_until {
            return None;
        }
        let inside = &text[at + open.len_utf8()..];
        let line = inside.find('\n').unwrap_or(inside.len());
        let ends = |(end, c): &(usize, char)| {
            let next = inside[end + c.len_utf8()..].chars().next();
            let apostrophe = matches!(open, '\'' | '‘') && next.is_some_and(char::is_alphanumeric);
            closing.contains(c) && !apostrophe
        };
        let Some((end, close)) = inside[..line].char_indices().find(ends) else {
            *none_until = at + open.len_utf8() + line;
            return None;
        };
        (!inside[..end].trim().is_empty()).then(|| open.len_utf8() + end + close.len_utf8())
    }
}

/// Length of a number with its currency sign, groups, decimals and size or percent behind it.
/// A digit run that goes on in letters (`3rd`, `24x7`) is a word.
fn number(rest: &str) -> Option<usize> {
    let sign = rest.chars().next().filter(|c| matches!(c, '$' | '€' | '£' | '¥' | '₹' | '₩'));
    let start = sign.map_or(0, char::len_utf8);
    let run = &rest[start..start + numbers::length(&rest[start..])];
    let digits = run.find(char::is_whitespace).map_or(run, |space| &run[..space]);
    if digits.is_empty() {
        return None;
    }
    let mut end = start + digits.len();
    let tail = &rest[end..];
    let letters = tail.bytes().take_while(u8::is_ascii_alphabetic).count();
    let suffix = tail[..letters].to_lowercase();
    let known = ["", "pp", "pct"].contains(&suffix.as_str()) || numbers::is_size(&suffix);
    if !known || tail[letters..].starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    end += letters;
    Some(end + usize::from(rest[end..].starts_with(['%', '+'])))
}

/// Length of a word: letters and digits, with single marks inside such as `e-commerce`,
/// `AT&T`, `ipp.types`, `don't`.
fn word(rest: &str) -> usize {
    let joins =
        |c: char| matches!(c, '-' | '\'' | '’' | '&' | '.' | '_' | '/' | '+' | '#' | '@' | '‑');
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let inside = joins(c) && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        let closes = matches!(c, '+' | '#');
        if !(c.is_alphanumeric() || inside || closes) {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        tokens(&tidy(text)).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn ranges_are_two_numbers_and_a_dash() {
        assert_eq!(cut("50-500"), ["50", "-", "500"]);
        assert_eq!(cut("50–500 employees"), ["50", "–", "500", "employees"]);
        assert_eq!(cut("$1.5m—$50m"), ["$1.5m", "—", "$50m"]);
        assert_eq!(cut("1,000 to 20,000."), ["1,000", "to", "20,000", "."]);
        assert_eq!(cut("1.000.000, 1,5 Mio."), ["1.000.000", ",", "1,5", "mio", "."]);
    }

    #[test]
    fn words_keep_their_inner_marks() {
        assert_eq!(
            cut("AT&T e-commerce don’t C++ ipp.types"),
            ["at&t", "e-commerce", "don't", "c++", "ipp.types"]
        );
        assert_eq!(cut("the ICP's size, what's"), ["the", "icp", "size", ",", "what's"]);
        assert_eq!(cut("Q3 SOC2 3rd 24x7"), ["q3", "soc2", "3rd", "24x7"]);
    }

    #[test]
    fn quotations_are_one_token() {
        let all = tokens("change \"Big Retail\" to 'small shops', don't");
        let quoted: Vec<_> =
            all.iter().filter(|t| t.shape == Shape::Quoted).map(|t| t.word.as_str()).collect();
        assert_eq!(quoted, ["Big Retail", "small shops"]);
        assert_eq!(cut("add “Oil & gas”"), ["add", "Oil & gas"]);
        assert_eq!(cut("an \" open quote"), ["an", "\"", "open", "quote"]);
    }
}
