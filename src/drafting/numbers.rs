//! The numbers in a text, for asking where each of them came from.

use std::collections::BTreeSet;

/// A number in ten-thousandths, so that shares and amounts compare with plain counts.
pub(super) type Exact = i128;

/// One whole in [`Exact`].
pub(super) const ONE: Exact = 10_000;

/// Every number that the text holds, each as it is meant: `40k` is 40,000. In `10–50m` the first
/// is also ten million.
pub(super) fn in_text(text: &str) -> BTreeSet<Exact> {
    let mut found = BTreeSet::new();
    let mut plain: Option<(Exact, usize, usize)> = None;
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            if chars[at].is_numeric() {
                found.insert(-i128::from(u32::from(chars[at])));
            }
            at += 1;
            continue;
        }
        let (value, zeros, end) = one(&chars, at);
        let scaled = value.saturating_mul(10_i128.pow(zeros));
        found.insert(scaled);
        if let Some((front, started, ended)) = plain.filter(|_| zeros > 0)
            && is_range(&chars[..started], &chars[ended..at])
        {
            found.insert(front.saturating_mul(10_i128.pow(zeros)));
        }
        plain = (zeros == 0).then_some((value, at, end));
        at = end;
    }
    found
}

/// One number from `at`: value, zeros of its size word, and where it ends.
fn one(chars: &[char], at: usize) -> (Exact, u32, usize) {
    let digit = |at: usize| chars.get(at).and_then(|c| c.to_digit(10));
    let mut end = at;
    let mut whole: Exact = 0;
    loop {
        if let Some(value) = digit(end) {
            whole = whole.saturating_mul(10).saturating_add(i128::from(value));
            end += 1;
        } else if group_follows(chars, at, end) {
            end += 1;
        } else {
            break;
        }
    }
    let mut value = whole.saturating_mul(ONE);
    if chars.get(end) == Some(&'.') && digit(end + 1).is_some() {
        end += 1;
        let mut unit = ONE / 10;
        while let Some(part) = digit(end) {
            value = value.saturating_add(i128::from(part) * unit);
            unit /= 10;
            end += 1;
        }
    }
    let (zeros, after) = size(chars, end);
    (value, zeros, after)
}

/// Whether a separator and exactly three digits go on with the number.
fn group_follows(chars: &[char], start: usize, at: usize) -> bool {
    let gap = matches!(chars.get(at), Some(',' | ' ' | '\'' | '’' | '\u{a0}' | '\u{202f}'));
    let digits = |from: usize| chars.iter().skip(from).take_while(|c| c.is_ascii_digit()).count();
    let front = chars[start..at].iter().rev().take_while(|c| c.is_ascii_digit()).count();
    gap && at > start && front <= 3 && digits(at + 1) == 3
}

fn size(chars: &[char], at: usize) -> (u32, usize) {
    let space = usize::from(chars.get(at) == Some(&' '));
    let word: String =
        chars.iter().skip(at + space).take_while(|c| c.is_alphabetic()).collect::<String>();
    let zeros = match word.to_lowercase().as_str() {
        "k" | "thousand" => 3,
        "m" | "mn" | "mio" | "million" => 6,
        "b" | "bn" | "billion" => 9,
        _ => return (0, at),
    };
    (zeros, at + space + word.chars().count())
}

/// Whether the words between two numbers make them one range; `and` does so behind `between`.
fn is_range(before: &[char], between: &[char]) -> bool {
    let bare = |text: &[char]| {
        let text: String = text.iter().collect();
        text.trim_matches(|c: char| c.is_whitespace() || "$€£¥₹₩".contains(c)).to_lowercase()
    };
    match bare(between).as_str() {
        "-" | "–" | "—" | "to" => true,
        "and" => bare(before).ends_with("between"),
        _ => false,
    }
}

/// Number words that a text may not bring in on its own.
const WORDS: &[&str] = &[
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "fifteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "hundreds",
    "thousand",
    "thousands",
    "million",
    "millions",
    "billion",
    "billions",
    "dozen",
    "dozens",
    "half",
    "double",
    "twice",
    "triple",
    "third",
    "quarter",
];

/// The number words of a text.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphabetic());
    words.filter(|word| WORDS.contains(word)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<i128> {
        in_text(text).into_iter().collect()
    }

    #[test]
    fn numbers_are_read_as_they_are_meant() {
        assert_eq!(read("50–500 employees"), [50 * ONE, 500 * ONE]);
        assert_eq!(read("1,000 and 40k"), [1_000 * ONE, 40_000 * ONE]);
        assert_eq!(read("$1.5m"), [1_500_000 * ONE]);
        assert_eq!(read("EUR 40 000"), [40_000 * ONE]);
        assert_eq!(read("15.5%"), [155_000]);
        assert_eq!(read("10–50m"), [10 * ONE, 10_000_000 * ONE, 50_000_000 * ONE]);
        assert_eq!(read("in 2026 about 12 of them"), [12 * ONE, 2_026 * ONE]);
        assert_eq!(read("ISO 27001"), [27_001 * ONE]);
        assert!(read("none").is_empty());
    }

    #[test]
    fn digits_of_other_scripts_count_too() {
        assert_eq!(read("٥").len(), 1);
        assert_ne!(read("½"), read("¼"));
    }
}
