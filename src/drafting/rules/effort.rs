//! How much is looked at for one request: a bound that holds whatever the request says.

use std::cell::Cell;

use crate::drafting::Look;

use super::clause::{Refused, unclear};

/// Units for one request; a unit is about a token that a clause looks at. A request of 4,000
/// characters that people wrote takes less than a tenth.
const UNITS: usize = 60_000;
/// Characters of the section that cost as much as a token.
const CHARACTERS: usize = 20;

/// What is left for one request.
pub(super) struct Effort<'a> {
    left: Cell<usize>,
    over: Look<'a>,
}

impl<'a> Effort<'a> {
    pub(super) fn new(over: Look<'a>) -> Self {
        Self { left: Cell::new(UNITS), over }
    }

    /// Takes what a look at so many tokens costs; false when it is used up, or time is.
    pub(super) fn tokens(&self, many: usize) -> bool {
        let left = self.left.get();
        let enough = left > many && !(self.over)();
        self.left.set(if enough { left - many } else { 0 });
        enough
    }

    /// The same for so many characters of the section, as a refusal.
    pub(super) fn characters(&self, many: usize) -> Result<(), Refused> {
        if self.tokens(1 + many / CHARACTERS) { Ok(()) } else { used_up() }
    }
}

/// Said of what was not looked at any more.
pub(super) fn used_up<T>() -> Result<T, Refused> {
    unclear("the request takes too long to read; send it in pieces")
}
