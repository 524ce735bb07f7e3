//! One type per kind of id, and the one place where new ones come from.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps an id that was made by [`Ids`] before, as read from a row or a button.
            #[must_use]
            pub fn from_stored(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

id_types! {
    /// One company's strategy, members and settings.
    WorkspaceId;
    /// A Slack team, a Teams tenant or the console, linked to a workspace.
    InstallationId;
    /// A person of a workspace.
    MemberId;
    /// A change someone must accept or discard.
    ProposalId;
    /// A chat thread bound to a section.
    ThreadId;
    /// A generation run of a section group.
    GenerationId;
    /// A report of one type, period and view.
    ReportId;
    /// A standing order for a report.
    ScheduleId;
    /// One message, upload or form on its way out.
    OutboxId;
    /// A partner, as stored.
    PartnerId;
}

/// Where new ids come from: `UUIDv7` in lower case, or counted in tests.
#[derive(Clone, Debug)]
pub struct Ids(Arc<Source>);

#[derive(Debug)]
enum Source {
    Random,
    Counted(AtomicU64),
}

impl Ids {
    /// Random `UUIDv7`.
    #[must_use]
    pub fn random() -> Self {
        Self(Arc::new(Source::Random))
    }

    /// `00000000-0000-7000-8000-000000000001` and on, for tests.
    #[must_use]
    pub fn counted() -> Self {
        Self(Arc::new(Source::Counted(AtomicU64::new(1))))
    }

    /// A new id as text.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
    pub fn text(&self) -> String {
        match &*self.0 {
            Source::Random => uuid::Uuid::now_v7().to_string(),
            Source::Counted(next) => {
                format!("00000000-0000-7000-8000-{:012x}", next.fetch_add(1, Ordering::Relaxed))
            }
        }
    }
}

macro_rules! new_ids {
    ($($method:ident -> $name:ident;)*) => {
        impl Ids {$(
            #[must_use]
            pub fn $method(&self) -> $name {
                $name(self.text())
            }
        )*}
    };
}

new_ids! {
    workspace -> WorkspaceId;
    installation -> InstallationId;
    member -> MemberId;
    proposal -> ProposalId;
    thread -> ThreadId;
    generation -> GenerationId;
    report -> ReportId;
    schedule -> ScheduleId;
    outbox -> OutboxId;
    partner -> PartnerId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_ids_differ_and_sort_by_age() {
        let ids = Ids::random();
        let (first, second) = (ids.proposal(), ids.proposal());
        assert!(first < second);
    }
}
