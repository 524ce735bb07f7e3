//! Who may do what: one table, asked at the click and at the run, never when a card is drawn.

use crate::store::members::Role;

/// Something a person wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Read sections, history, TAM, schedules; ask questions.
    Read,
    /// Ask for an edit, refine, generate, change the TAM, restore, import, set up.
    Edit,
    /// Accept or discard a proposal.
    Decide,
    /// Make a report for a channel, set or change schedules.
    Report,
    /// Change the currency, the time zone and the fiscal year of the workspace.
    Configure,
    /// Read deliveries and the audit.
    Oversee,
    /// Give roles.
    Own,
    /// Load the sample company into the workspace.
    LoadSample,
}

impl Act {
    /// The lowest role that may.
    #[must_use]
    pub fn least_role(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::Edit | Self::Decide => Role::Member,
            Self::Report | Self::Oversee | Self::Configure => Role::Admin,
            Self::Own | Self::LoadSample => Role::Owner,
        }
    }

    #[must_use]
    pub fn allows(self, role: Role) -> bool {
        role.rank() >= self.least_role().rank()
    }

    /// What they wanted, as the words after "to".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Read => "read the strategy",
            Self::Edit => "change the strategy",
            Self::Decide => "accept or discard proposals",
            Self::Report => "make and schedule reports",
            Self::Configure => "change the settings of this workspace",
            Self::Oversee => "read the audit and the deliveries",
            Self::Own => "give roles",
            Self::LoadSample => "load the sample company",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who may, row by row: none, viewer, member, admin, owner.
    const MATRIX: [(Act, [bool; 5]); 8] = [
        (Act::Read, [false, true, true, true, true]),
        (Act::Edit, [false, false, true, true, true]),
        (Act::Decide, [false, false, true, true, true]),
        (Act::Report, [false, false, false, true, true]),
        (Act::Configure, [false, false, false, true, true]),
        (Act::Oversee, [false, false, false, true, true]),
        (Act::Own, [false, false, false, false, true]),
        (Act::LoadSample, [false, false, false, false, true]),
    ];

    #[test]
    fn whoever_is_shut_out_may_nothing_and_every_other_role_what_is_its_own() {
        for (act, allowed) in MATRIX {
            let found = Role::ALL.map(|role| act.allows(role));
            assert_eq!(found, allowed, "{act:?} for {:?}", Role::ALL);
        }
    }
}
