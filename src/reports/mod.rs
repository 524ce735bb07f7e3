//! From facts to slides. Never waits.
//!
//! ```text
//! partners, deals, activities, strategy ─gather─▶ Facts ─phrase─▶ Narrative ─lay out─▶ Deck ─write─▶ .pptx
//! ```
//!
//! A [`Report`] is what is stored: the figures as they were, and sentences with `{slot}` names.
//! Slides and bytes are made from it alone, so the same stored report always gives the same file.

pub mod deck;
pub mod facts;
pub mod ledger;
pub mod narrative;
mod numbers;
pub mod pptx;
mod report;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod variants;
pub mod view;

pub use facts::{Facts, Inputs};
pub use report::{Headline, HeadlineNumber, Period, Refused, Report, ReportKind};
pub use view::{Filters, NoMatch, View};
