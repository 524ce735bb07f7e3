//! Refuses a sentence that says a number or a direction which the ledger does not say.

use super::next_slot;
use crate::reports::ledger::Ledger;

/// Why a sentence is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("a digit stands outside a slot: \"{0}\"")]
    Digit(String),
    #[error("a number is written as a word: \"{0}\"")]
    NumberWord(String),
    #[error("a sign that belongs to a figure stands outside a slot: \"{0}\"")]
    Sign(char),
    #[error("the ledger has no figure or name \"{0}\"")]
    UnknownSlot(String),
    #[error("a brace does not close or open a slot")]
    LooseBrace,
    #[error("\"{word}\" does not agree with {slot}, which is {shown}")]
    Direction { word: String, slot: String, shown: String },
    #[error("\"{0}\" claims a direction, but no change is cited beside it")]
    NoChange(String),
}

/// Words for numbers. "quarter" is a period here, and "second" could be time; both may stand.
const NUMBER_WORDS: &[&str] = &[
    "zero",
    "one",
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
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
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
    "trillion",
    "dozen",
    "dozens",
    "half",
    "halves",
    "halved",
    "third",
    "thirds",
    "twice",
    "double",
    "doubled",
    "doubles",
    "triple",
    "tripled",
    "quadrupled",
    "percent",
    "percentage",
    "fivefold",
    "tenfold",
    "twofold",
    "threefold",
];

const UP: &[&str] = &[
    "rose",
    "rise",
    "rises",
    "rising",
    "grew",
    "grow",
    "grows",
    "growing",
    "up",
    "increased",
    "increase",
    "increases",
    "gained",
    "gains",
    "climbed",
    "jumped",
    "surged",
    "higher",
];

const DOWN: &[&str] = &[
    "fell",
    "fall",
    "falls",
    "falling",
    "dropped",
    "drop",
    "drops",
    "down",
    "decreased",
    "decrease",
    "declined",
    "decline",
    "declines",
    "shrank",
    "slipped",
    "plunged",
    "lower",
];

/// Everything that is wrong with a sentence; empty when it may be shown.
#[must_use]
pub fn check(sentence: &str, ledger: &Ledger) -> Vec<Fault> {
    let mut faults = vec![];
    for (outside, slot) in pieces(sentence) {
        outside_faults(outside, &mut faults);
        if let Some(slot) = slot.filter(|slot| !is_slot(slot, ledger)) {
            faults.push(Fault::UnknownSlot(slot.to_owned()));
        }
    }
    for clause in clauses(sentence) {
        direction_faults(clause, ledger, &mut faults);
    }
    faults
}

/// The text between slots, each with the slot that follows it.
fn pieces(sentence: &str) -> Vec<(&str, Option<&str>)> {
    let mut found = vec![];
    let mut rest = sentence;
    while let Some((before, slot, after)) = next_slot(rest) {
        found.push((before, Some(slot)));
        rest = after;
    }
    found.push((rest, None));
    found
}

fn outside_faults(text: &str, faults: &mut Vec<Fault>) {
    if text.contains(['{', '}']) {
        faults.push(Fault::LooseBrace);
    }
    if let Some(sign) = text.chars().find(|c| is_figure_sign(*c)) {
        faults.push(Fault::Sign(sign));
    }
    for word in text.split_whitespace().filter(|word| word.chars().any(char::is_numeric)) {
        faults.push(Fault::Digit(word.to_owned()));
    }
    for word in words(text).filter(|word| NUMBER_WORDS.contains(&word.as_str())) {
        faults.push(Fault::NumberWord(word));
    }
}

fn is_figure_sign(c: char) -> bool {
    matches!(c, '%' | '٪' | '％' | '‰' | '$' | '€' | '£' | '¥' | '₹' | '＄' | '±' | '≈' | '×')
}

fn is_slot(slot: &str, ledger: &Ledger) -> bool {
    match slot.split_once(':') {
        Some((id, "size")) => ledger.figure(id).is_some(),
        Some(_) => false,
        None => ledger.has(slot),
    }
}

/// Parts of a sentence in which a direction word and its change must stand together.
fn clauses(sentence: &str) -> Vec<&str> {
    let mut parts = vec![sentence];
    for mark in ["; ", ", ", " while ", " but ", ". "] {
        parts = parts.into_iter().flat_map(|part| part.split(mark)).collect();
    }
    parts
}

fn direction_faults(clause: &str, ledger: &Ledger, faults: &mut Vec<Fault>) {
    let texts: Vec<&str> = pieces(clause).into_iter().map(|(text, _)| text).collect();
    let outside = texts.join(" ");
    let Some((word, wanted)) = words(&outside).find_map(direction) else { return };
    let changes: Vec<(&str, i64)> = pieces(clause)
        .into_iter()
        .filter_map(|(_, slot)| slot)
        .map(|slot| slot.split(':').next().unwrap_or_default())
        .filter(|id| id.ends_with("change"))
        .filter_map(|id| Some((id, ledger.known(id)?)))
        .collect();
    if changes.is_empty() {
        faults.push(Fault::NoChange(word));
        return;
    }
    for (slot, value) in changes.into_iter().filter(|(_, value)| value.signum() != wanted) {
        faults.push(Fault::Direction {
            word: word.clone(),
            slot: slot.to_owned(),
            shown: if value == 0 { "0".to_owned() } else { ledger.show(slot) },
        });
    }
}

fn direction(word: String) -> Option<(String, i64)> {
    let sign = if UP.contains(&word.as_str()) {
        1
    } else if DOWN.contains(&word.as_str()) {
        -1
    } else {
        return None;
    };
    Some((word, sign))
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::ledger::{Figure, Unit, Value};
    use proptest::prelude::*;

    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        for (id, value, unit) in [
            ("won.sourced", 412_345_600, Unit::Money(crate::partners::Currency::USD)),
            ("won.sourced.change", 1_800, Unit::Change),
            ("won.direct.change", -700, Unit::Change),
            ("flat.change", 0, Unit::Change),
        ] {
            ledger.enter(
                id,
                Figure {
                    label: id.to_owned(),
                    value: Value::Known(value),
                    unit,
                    formula: String::new(),
                    inputs: vec![],
                    period: String::new(),
                    source: String::new(),
                    as_of: String::new(),
                },
            );
        }
        ledger.name("period", "FY2026-Q3");
        ledger
    }

    fn faults(sentence: &str) -> Vec<Fault> {
        check(sentence, &ledger())
    }

    #[test]
    fn a_sentence_of_slots_passes() {
        for good in [
            "Sourced won grew {won.sourced.change:size} to {won.sourced} in {period}",
            "Sourced won rose {won.sourced.change:size}, direct won fell {won.direct.change:size}",
            "Won in {period}: {won.sourced}",
            "The quarter closed with {won.sourced}",
        ] {
            assert_eq!(faults(good), [], "{good}");
        }
    }

    #[test]
    fn digits_number_words_and_signs_outside_slots_are_refused() {
        for bad in [
            "Won 4 deals",
            "Won ４ deals",
            "Won ² deals",
            "Won Ⅳ deals",
            "Won four deals",
            "Won FOUR deals",
            "Twenty-one deals",
            "Nearly half of all deals",
            "Revenue doubled",
            "A share of 50%",
            "Growth in %",
            "Millions of $",
            "Ten-fold",
        ] {
            assert!(!faults(bad).is_empty(), "{bad}");
        }
    }

    #[test]
    fn slots_that_the_ledger_does_not_hold_are_refused() {
        for bad in [
            "Won {won.partner}",
            "Won {}",
            "Won {won.sourced:raw}",
            "Won {period:size}",
            "Won {won.sourced",
            "Won won.sourced}",
            "Won {{won.sourced}}",
        ] {
            assert!(!faults(bad).is_empty(), "{bad}");
        }
    }

    #[test]
    fn a_direction_must_agree_with_the_sign_of_its_change() {
        for bad in [
            "Sourced won fell {won.sourced.change:size}",
            "Direct won rose {won.direct.change:size}",
            "Something rose {flat.change:size}",
            "Sourced won rose {won.sourced.change:size} while direct won grew {won.direct.change}",
        ] {
            assert!(
                faults(bad).iter().any(|fault| matches!(fault, Fault::Direction { .. })),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_direction_without_a_change_is_a_claim_and_refused() {
        assert_eq!(faults("Sourced won rose to {won.sourced}"), [Fault::NoChange("rose".into())]);
    }

    proptest! {
        #[test]
        fn no_sentence_with_a_numeric_character_outside_slots_passes(
            before in "[a-z ]{0,12}", digit in "\\p{N}", after in "[a-z ]{0,12}",
        ) {
            let sentence = format!("{before}{digit}{after}");
            prop_assert!(!faults(&sentence).is_empty(), "{}", sentence);
        }
    }
}
