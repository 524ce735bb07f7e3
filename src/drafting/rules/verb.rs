//! Verbs of a request, the courtesy around them, and the words that turn a request around.

use super::names::starts_with;
use super::token::{Shape, Token};

/// What a clause tells us to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Set,
    /// `make`: a field to a value, or something to how it should be.
    Make,
    /// `change`, `update`: a field to a value, or one item to another.
    Change,
    /// `expand`, `extend`: a wider range, or more items.
    Expand,
    Raise,
    Lower,
    /// `drop`: a number, or an item.
    Drop,
    Add,
    Remove,
    Clear,
    Replace,
    Move,
    Swap,
    Recommend,
    StopRecommending,
    /// Rewriting prose.
    Rewrite,
    /// Going back to an earlier state.
    Undo,
}

/// Verbs; the longest first where one begins like another.
const VERBS: &[(&str, Verb)] = &[
    ("stop recommending", Verb::StopRecommending),
    ("get rid of", Verb::Remove),
    ("take out", Verb::Remove),
    ("switch around", Verb::Swap),
    ("set", Verb::Set),
    ("make", Verb::Make),
    ("narrow", Verb::Set),
    ("widen", Verb::Set),
    ("limit", Verb::Set),
    ("restrict", Verb::Set),
    ("tighten", Verb::Set),
    ("fix", Verb::Set),
    ("define", Verb::Set),
    ("mark", Verb::Set),
    ("use", Verb::Set),
    ("change", Verb::Change),
    ("update", Verb::Change),
    ("adjust", Verb::Change),
    ("switch", Verb::Change),
    ("shift", Verb::Change),
    ("expand", Verb::Expand),
    ("extend", Verb::Expand),
    ("broaden", Verb::Expand),
    ("raise", Verb::Raise),
    ("increase", Verb::Raise),
    ("bump", Verb::Raise),
    ("lift", Verb::Raise),
    ("grow", Verb::Raise),
    ("lower", Verb::Lower),
    ("reduce", Verb::Lower),
    ("decrease", Verb::Lower),
    ("cut", Verb::Lower),
    ("drop", Verb::Drop),
    ("add", Verb::Add),
    ("include", Verb::Add),
    ("append", Verb::Add),
    ("insert", Verb::Add),
    ("remove", Verb::Remove),
    ("delete", Verb::Remove),
    ("exclude", Verb::Remove),
    ("strike", Verb::Remove),
    ("omit", Verb::Remove),
    ("clear", Verb::Clear),
    ("empty", Verb::Clear),
    ("unset", Verb::Clear),
    ("replace", Verb::Replace),
    ("rename", Verb::Replace),
    ("substitute", Verb::Replace),
    ("move", Verb::Move),
    ("put", Verb::Move),
    ("swap", Verb::Swap),
    ("exchange", Verb::Swap),
    ("recommend", Verb::Recommend),
    ("rewrite", Verb::Rewrite),
    ("rephrase", Verb::Rewrite),
    ("reword", Verb::Rewrite),
    ("shorten", Verb::Rewrite),
    ("lengthen", Verb::Rewrite),
    ("summarise", Verb::Rewrite),
    ("summarize", Verb::Rewrite),
    ("improve", Verb::Rewrite),
    ("polish", Verb::Rewrite),
    ("translate", Verb::Rewrite),
    ("simplify", Verb::Rewrite),
    ("clarify", Verb::Rewrite),
    ("elaborate", Verb::Rewrite),
    ("undo", Verb::Undo),
    ("revert", Verb::Undo),
    ("restore", Verb::Undo),
];

/// The verb at the front, and the tokens behind it.
pub(super) fn verb(tokens: &[Token]) -> Option<(Verb, &[Token])> {
    VERBS.iter().find_map(|(phrase, verb)| {
        starts_with(tokens, phrase).map(|taken| (*verb, &tokens[taken..]))
    })
}

/// Courtesy in front of a request; the longest first.
const COURTESY: &[&str] = &[
    "hi there",
    "hello there",
    "good morning",
    "thanks a lot",
    "thanks so much",
    "many thanks",
    "thank you very much",
    "thank you so much",
    "i would like you to",
    "i would like to",
    "i'd like you to",
    "i'd like to",
    "i want you to",
    "i want to",
    "could you please",
    "can you please",
    "would you please",
    "could you",
    "can you",
    "would you",
    "will you",
    "can we",
    "could we",
    "we should",
    "we need to",
    "we want to",
    "i need to",
    "you should",
    "let's",
    "let us",
    "go ahead and",
    "please",
    "actually",
    "okay",
    "ok",
    "now",
    "just",
    "also",
    "then",
    "and",
    "so",
    "hey",
    "hi",
    "hello",
    "thanks",
    "thx",
    "cheers",
    "thank you",
    "instead",
    "attaché",
    "attache",
    "next",
    "finally",
    "first",
    "second",
    "great",
    "good",
    "yes",
    "but",
    "plus",
    "well",
    "alright",
];

/// The tokens without courtesy and stray marks around them.
pub(super) fn bare(mut tokens: &[Token]) -> &[Token] {
    loop {
        let stray = |token: &Token| {
            token.is_any(&[",", ":", ";", ".", "!", "•", "*", "·"]) || token.shape == Shape::Dash
        };
        if tokens.first().is_some_and(stray) {
            tokens = &tokens[1..];
            continue;
        }
        match COURTESY.iter().find_map(|phrase| starts_with(tokens, phrase)) {
            // `first` and the like are courtesy only in front of something.
            Some(taken) => tokens = &tokens[taken..],
            None => break,
        }
    }
    loop {
        let polite = ["please", "thanks", "thx", "too", "!", ".", ",", ";"];
        match tokens.split_last() {
            Some((last, front)) if last.is_any(&polite) => tokens = front,
            Some((last, front))
                if last.is("you") && front.last().is_some_and(|word| word.is("thank")) =>
            {
                tokens = &front[..front.len() - 1];
            }
            Some((last, front))
                if last.is("well") && front.last().is_some_and(|word| word.is("as")) =>
            {
                tokens = &front[..front.len() - 1];
            }
            _ => return tokens,
        }
    }
}

/// Words that turn a request around, or make it hang on something we cannot judge.
const TURNS: &[&str] = &[
    "not",
    "never",
    "no",
    "cannot",
    "except",
    "excluding",
    "unless",
    "without",
    "neither",
    "nor",
    "if",
    "maybe",
    "perhaps",
    "possibly",
    "rather",
    "nothing",
    "none",
    "hardly",
    "avoid",
    "refrain",
];

/// A negation, exception or condition among the tokens, outside quotations.
pub(super) fn turn(tokens: &[Token]) -> Option<&Token> {
    tokens.iter().enumerate().find_map(|(at, token)| {
        let next = |words: &[&str]| tokens.get(at + 1).is_some_and(|next| next.is_any(words));
        let harmless = token.is("not") && next(&["recommended"])
            || token.is("no")
                && (next(&["more", "fewer", "less"]) || at > 0 && at + 1 == tokens.len());
        let turns = token.is_any(TURNS)
            || token.shape == Shape::Word && token.word.ends_with("n't")
            || token.is("instead") && next(&["of"]);
        (turns && !harmless).then_some(token)
    })
}
