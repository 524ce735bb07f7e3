//! Reading the value of a field out of the words behind `to`.

use crate::strategy::bounds::low_end;
use crate::strategy::count;
use crate::strategy::field::{Kind, Range, Value};
use crate::strategy::money::{Currency, Money};
use crate::strategy::share::Share;
use crate::strategy::text::{clean, folded};

use super::token::{Shape, Token};

/// A value, or the new bound of a range whose other end stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Read<T> {
    Whole(Range<T>),
    Lower(T),
    Upper(T),
}

/// The words between two tokens as they were typed.
pub(super) fn slice<'a>(text: &'a str, tokens: &[Token]) -> &'a str {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => &text[first.at.start..last.at.end],
        _ => "",
    }
}

/// A range of counts.
pub(super) fn counts(text: &str, tokens: &[Token]) -> Option<Read<u64>> {
    bounds(text, tokens, &|text| count::parse(text.trim_end_matches('+')).ok())
}

/// A range of amounts in one currency.
pub(super) fn amounts(text: &str, tokens: &[Token], otherwise: Currency) -> Option<Read<Money>> {
    let named = currency_named(slice(text, tokens)).unwrap_or(otherwise);
    let range = bounds(text, tokens, &|text| Money::parse(text.trim_end_matches('+'), named).ok())?;
    match range {
        Read::Whole(Range { min: Some(min), max: Some(max) }) if min.currency != max.currency => {
            None
        }
        other => Some(other),
    }
}

/// The one currency that a text names.
pub(super) fn currency_named(text: &str) -> Option<Currency> {
    let sign = text.chars().find_map(Currency::from_sign);
    let words = text.split(|c: char| !c.is_alphabetic());
    sign.or_else(|| {
        words.map(str::to_lowercase).find_map(|word| match word.as_str() {
            "dollar" | "dollars" => Some(Currency::USD),
            "euro" | "euros" => Currency::from_code("EUR"),
            "pounds" => Currency::from_code("GBP"),
            // Some codes are words (`all`, `top`); only typed codes of money come here.
            code if code.len() == 3 && !WORDS.contains(&code) => Currency::from_code(code),
            _ => None,
        })
    })
}

const WORDS: &[&str] = &["all", "top", "try", "mad", "cop", "lak", "pen", "sos", "gel"];

fn bounds<T: Copy + Ord>(
    text: &str,
    tokens: &[Token],
    read: &dyn Fn(&str) -> Option<T>,
) -> Option<Read<T>> {
    for (words, lower) in OPENERS {
        if let Some(taken) = super::names::starts_with(tokens, words) {
            let bound = read(slice(text, &tokens[taken..]))?;
            return Some(if *lower { Read::Lower(bound) } else { Read::Upper(bound) });
        }
    }
    for (words, lower) in CLOSERS {
        let front = tokens.len().checked_sub(words.split(' ').count());
        if let Some(front) = front.filter(|at| *at > 0)
            && super::names::starts_with(&tokens[front..], words).is_some()
        {
            let bound = read(slice(text, &tokens[..front]))?;
            let open = if *lower { (Some(bound), None) } else { (None, Some(bound)) };
            return Some(Read::Whole(Range::new(open.0, open.1)));
        }
    }
    if tokens.last().is_some_and(|last| last.word.ends_with('+')) {
        return Some(Read::Whole(Range::new(Some(read(slice(text, tokens))?), None)));
    }
    let tokens = match tokens.first() {
        Some(first) if first.is_any(&["between", "from"]) => &tokens[1..],
        _ => tokens,
    };
    let middle = tokens.iter().position(|token| {
        token.shape == Shape::Dash || token.is_any(&["to", "and", "through", "until", "till"])
    })?;
    let (low, high) = (slice(text, &tokens[..middle]), slice(text, tokens.get(middle + 1..)?));
    let max = read(high)?;
    let min = low_end(low, high, max, &|text| read(text).ok_or(())).ok()?;
    Some(Read::Whole(Range::new(Some(min), Some(max))))
}

/// Words in front of a single bound; `true` for a lower one. The longest first.
pub(super) const OPENERS: &[(&str, bool)] = &[
    ("no fewer than", true),
    ("no less than", true),
    ("no more than", false),
    ("more than", true),
    ("at least", true),
    ("a minimum of", true),
    ("minimum of", true),
    ("minimum", true),
    ("min", true),
    ("over", true),
    ("above", true),
    ("fewer than", false),
    ("less than", false),
    ("at most", false),
    ("a maximum of", false),
    ("maximum of", false),
    ("maximum", false),
    ("max", false),
    ("up to", false),
    ("under", false),
    ("below", false),
];

/// Words behind a single bound.
const CLOSERS: &[(&str, bool)] = &[
    ("or more", true),
    ("and more", true),
    ("and up", true),
    ("and above", true),
    ("or above", true),
    ("or less", false),
    ("or fewer", false),
    ("and below", false),
    ("or below", false),
];

/// Words that may stand behind a number of this kind without saying anything new.
pub(super) fn without_units(kind: Kind, mut tokens: &[Token]) -> &[Token] {
    let units: &[&str] = match kind {
        Kind::Range => &["employees", "employee", "people", "staff", "ftes", "fte", "headcount"],
        Kind::Count => &[
            "accounts",
            "account",
            "companies",
            "people",
            "persons",
            "individuals",
            "certified",
            "consultants",
            "staff",
        ],
        Kind::MoneyRange => &["revenue", "annual", "in", "yearly", "turnover"],
        Kind::Share => &["accounts", "the", "of"],
        _ => &[],
    };
    while let Some((last, front)) = tokens.split_last()
        && !front.is_empty()
        && last.is_any(units)
    {
        tokens = front;
    }
    tokens
}

/// Yes or no, in the words people use.
pub(super) fn flag(tokens: &[Token]) -> Option<bool> {
    let words: Vec<&str> = tokens.iter().map(|token| token.word.as_str()).collect();
    match words.as_slice() {
        ["yes" | "true" | "on" | "recommended"] => Some(true),
        ["no" | "false" | "off" | "unrecommended"] | ["not", "recommended"] => Some(false),
        _ => None,
    }
}

/// Prose: a quotation as it is, anything else as it was typed.
pub(super) fn prose(text: &str, tokens: &[Token]) -> Option<String> {
    let said = match tokens {
        [] => return None,
        [only] if only.shape == Shape::Quoted => clean(&only.word),
        _ => upper_first(&clean(slice(text, tokens))),
    };
    (!said.is_empty()).then_some(said)
}

/// Entries of a list: at commas and `and`, outside quotations and known pairs.
pub(super) fn entries(text: &str, tokens: &[Token]) -> Vec<String> {
    let mut found = Vec::new();
    let mut start = 0;
    for at in 0..=tokens.len() {
        let cut = at == tokens.len() || is_cut(tokens, start, at);
        if cut {
            found.extend(entry(text, &tokens[start..at]));
            start = at + 1;
        }
    }
    found
}

fn is_cut(tokens: &[Token], start: usize, at: usize) -> bool {
    if tokens[at].is_any(&[",", ";"]) || tokens[at].is("plus") {
        return true;
    }
    let pair = |(first, second): &(&str, &str)| {
        at > start
            && tokens[at - 1].word == *first
            && tokens.get(at + 1).is_some_and(|next| next.word == *second)
    };
    tokens[at].is("and") && !PAIRS.iter().any(pair)
}

/// One thing with an `and` in its name.
const PAIRS: &[(&str, &str)] = &[
    ("oil", "gas"),
    ("food", "beverage"),
    ("food", "drink"),
    ("media", "entertainment"),
    ("travel", "hospitality"),
    ("research", "development"),
    ("mergers", "acquisitions"),
    ("banking", "insurance"),
    ("health", "safety"),
    ("aerospace", "defence"),
    ("aerospace", "defense"),
    ("sales", "marketing"),
    ("transport", "logistics"),
];

/// One entry, without an article in front of it.
pub(super) fn entry(text: &str, tokens: &[Token]) -> Option<String> {
    if let [only] = tokens
        && only.shape == Shape::Quoted
    {
        return Some(clean(&only.word)).filter(|text| !text.is_empty());
    }
    let articles = ["a", "an", "the", "some", "also", "both", "and", "new"];
    let bare = tokens.iter().skip_while(|token| token.is_any(&articles)).count();
    let said = clean(slice(text, &tokens[tokens.len() - bare..]));
    (!said.is_empty()).then_some(said)
}

/// An entry in the case of the list it joins: capitalised where all of the list is.
pub(super) fn in_the_case_of(list: &[String], entry: &str) -> String {
    let capital = |text: &String| text.chars().next().is_some_and(char::is_uppercase);
    let plain = !entry.chars().any(char::is_uppercase);
    if plain && !list.is_empty() && list.iter().all(capital) {
        upper_first(entry)
    } else {
        entry.to_owned()
    }
}

pub(super) fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Whether two entries read the same.
pub(super) fn same(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

/// A share, a count or an amount, as its field wants it.
pub(super) fn single(kind: Kind, said: &str, currency: Currency) -> Result<Value, String> {
    match kind {
        Kind::Share => Share::parse(said).map(Value::Share).map_err(|error| error.to_string()),
        Kind::Money => {
            let money = Money::parse(said, currency).map_err(|error| error.to_string())?;
            money.same_currency(Money::new(0, currency)).map_err(|_| {
                format!("this section is in {currency}; give the amount in {currency}")
            })?;
            Ok(Value::Money(money))
        }
        _ => count::parse(said).map(Value::Count).map_err(|error| error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::token::{tidy, tokens};
    use super::*;

    fn sizes(text: &str) -> Option<Read<u64>> {
        let text = tidy(text);
        let all = tokens(&text);
        counts(&text, without_units(Kind::Range, &all))
    }

    fn whole(min: u64, max: u64) -> Read<u64> {
        Read::Whole(Range::new(Some(min), Some(max)))
    }

    #[test]
    fn a_range_reads_however_it_is_written() {
        for text in [
            "50-500",
            "50–500",
            "50 — 500 employees",
            "50 to 500",
            "between 50 and 500 people",
            "from 50 to 500",
            "50 - 500",
        ] {
            assert_eq!(sizes(text), Some(whole(50, 500)), "{text}");
        }
        assert_eq!(sizes("1k-2k"), Some(whole(1_000, 2_000)));
        assert_eq!(sizes("10-50k"), Some(whole(10_000, 50_000)));
        assert_eq!(sizes("500-1k"), Some(whole(500, 1_000)));
        assert_eq!(sizes("1 000 to 20'000"), Some(whole(1_000, 20_000)));
        assert_eq!(sizes("1000 to 20,000"), None, "20,000 may be two numbers");
        assert_eq!(sizes("50+"), Some(Read::Whole(Range::new(Some(50), None))));
        assert_eq!(sizes("50 or more"), Some(Read::Whole(Range::new(Some(50), None))));
        assert_eq!(sizes("at least 50 employees"), Some(Read::Lower(50)));
        assert_eq!(sizes("up to 500"), Some(Read::Upper(500)));
    }

    #[test]
    fn what_is_no_range_is_none() {
        for text in ["ISO 27001", "50", "fifty to sixty", "-50 to", "to 500", "50 to", "50-x", ""] {
            assert_eq!(sizes(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_share_sizes_and_currency() {
        let read = |text: &str| {
            let text = tidy(text);
            amounts(&text, &tokens(&text), Currency::USD)
        };
        let range = |code: &str, min: i64, max: i64| {
            let currency = Currency::from_code(code).unwrap();
            let bound = |major: i64| Some(Money::new(major * currency.minor_per_major(), currency));
            Some(Read::Whole(Range::new(bound(min), bound(max))))
        };
        assert_eq!(read("$10m–$50m"), range("USD", 10_000_000, 50_000_000));
        assert_eq!(read("10-50m"), range("USD", 10_000_000, 50_000_000));
        assert_eq!(read("EUR 500k to 1m"), range("EUR", 500_000, 1_000_000));
        assert_eq!(read("€1m to $2m"), None);
    }

    #[test]
    fn lists_are_cut_at_commas_and_and_but_not_inside_names() {
        let cut = |text: &str| {
            let text = tidy(text);
            entries(&text, &tokens(&text))
        };
        assert_eq!(
            cut("fintech, insurance and the retail banks"),
            ["fintech", "insurance", "retail banks"]
        );
        assert_eq!(cut("oil and gas, \"pros and cons\""), ["oil and gas", "pros and cons"]);
        assert!(cut(", and").is_empty());
    }
}
