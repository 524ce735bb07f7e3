//! Sections written by rule; one file per section.

use crate::drafting::brief::Brief;
use crate::drafting::{Draft, DraftError};

/// Writes the section that the brief asks for.
pub(super) fn write(brief: &Brief) -> Result<Draft, DraftError> {
    Err(DraftError::Needs(format!("no rule for {}", brief.address)))
}
