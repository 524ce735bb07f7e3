//! The drafter that needs no model and no network: fixed rules, the same answer every time.
//!
//! It writes sections from the onboarding answers and the partner facts ([`section`]), reads plain
//! edit requests ([`edit`]), and answers from what is recorded ([`answer`]). It never makes a
//! number up, and says what it could not do.

mod answer;
mod clause;
pub(super) mod doubt;
mod edit;
mod effort;
mod exchange;
mod fill;
mod items;
mod names;
mod section;
mod set;
mod shift;
mod style;
mod token;
mod value;
mod verb;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};

use crate::strategy::drafted::DraftedBy;

use super::brief::{Brief, EditBrief, Question};
use super::{Answer, Draft, DraftError, Drafter, EditDraft, Look};

/// Writes by rules.
#[derive(Clone, Copy, Debug, Default)]
pub struct RulesDrafter;

impl Drafter for RulesDrafter {
    fn identity(&self) -> DraftedBy {
        DraftedBy::Rules
    }

    fn write<'a>(&'a self, brief: &'a Brief) -> BoxFuture<'a, Result<Draft, DraftError>> {
        ready(section::write(brief)).boxed()
    }

    fn edit<'a>(
        &'a self,
        brief: &'a EditBrief,
        over: Look<'a>,
    ) -> BoxFuture<'a, Result<EditDraft, DraftError>> {
        ready(Ok(edit::edit(brief, over))).boxed()
    }

    fn answer<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Answer, DraftError>> {
        ready(Ok(answer::answer((&question.document, None), &question.text, &question.facts)))
            .boxed()
    }
}
