//! A number that may be two: which of them its author meant.

use super::section::plain;
use crate::conversation::button::Click;
use crate::conversation::card::Card;
use crate::numbers::{Ambiguity, Meant};

/// Numbers that are named on one button.
const NAMED: usize = 3;

/// One button for each reading; nothing is done before one is pressed.
#[must_use]
pub fn which(doubts: &[Ambiguity], click: impl Fn(Meant) -> Click) -> Card {
    let ask = "Nothing was changed. Which is meant?";
    let said = doubts.iter().take(NAMED).map(both).collect::<Vec<_>>().join(" ");
    let button = |meant: Meant| plain(&label(doubts, meant), &click(meant));
    Card::new(format!("{said} {ask}"))
        .text(format!("{said} {ask}"))
        .buttons(vec![button(Meant::Thousands), button(Meant::Decimals)])
}

fn both(doubt: &Ambiguity) -> String {
    let Ambiguity { typed, grouped, decimal } = doubt;
    format!("\"{typed}\" may be {} or {}.", grouped.shown(), decimal.with_decimals())
}

fn label(doubts: &[Ambiguity], meant: Meant) -> String {
    let shown = |doubt: &Ambiguity| match meant {
        Meant::Thousands => doubt.grouped.shown(),
        Meant::Decimals => doubt.decimal.with_decimals(),
    };
    doubts.iter().take(NAMED).map(shown).collect::<Vec<_>>().join(" · ")
}

#[must_use]
pub fn too_old() -> String {
    "This question is too old to be answered. Nothing was changed. Say again what you want, with the \
     number written as 40000 or 40.00."
        .to_owned()
}

#[must_use]
pub fn somebody_else_s() -> String {
    "Somebody else was asked this. Nothing was changed.".to_owned()
}
