//! What a section says now, and where each of its revisions came from.

use serde::{Deserialize, Serialize};

use crate::strategy::document::Document;

/// A section as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// Counts from 1.
    pub revision: i64,
    pub document: Document,
}

/// Where a revision came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A generation run wrote it.
    Generated,
    /// A proposal was accepted.
    Edit,
    /// A value was set at once, by command or form.
    Set,
    /// An earlier revision was brought back.
    Restore,
    /// It came with an imported workspace.
    Import,
}

impl Origin {
    /// Every origin.
    pub const ALL: [Self; 5] =
        [Self::Generated, Self::Edit, Self::Set, Self::Restore, Self::Import];

    /// The word for it, as stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Generated => "generated",
            Self::Edit => "edit",
            Self::Set => "set",
            Self::Restore => "restore",
            Self::Import => "import",
        }
    }

    /// Reads what [`Origin::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_origin_reads_back_what_it_writes() {
        for origin in Origin::ALL {
            assert_eq!(Origin::parse(origin.as_str()), Some(origin));
        }
    }
}
