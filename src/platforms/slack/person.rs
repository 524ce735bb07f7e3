//! Who somebody is by Slack's word: whose the token is, and who is a colleague, a guest or a stranger.

use serde::Deserialize;

use crate::conversation::inbound::Standing;

/// Whom a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub team: String,
    /// The organisation that the team is part of.
    pub enterprise: Option<String>,
    /// The bot's user.
    pub user: String,
}

impl Identity {
    pub(super) fn is(&self, team: &str) -> bool {
        self.team == team || self.enterprise.as_deref() == Some(team)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Person {
    team_id: Option<String>,
    enterprise_user: Option<OfEnterprise>,
    deleted: Option<bool>,
    is_bot: Option<bool>,
    is_restricted: Option<bool>,
    is_ultra_restricted: Option<bool>,
    is_stranger: Option<bool>,
    real_name: Option<String>,
    profile: Option<Names>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OfEnterprise {
    enterprise_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Names {
    display_name: Option<String>,
    real_name: Option<String>,
}

impl Person {
    /// As Slack shows them: the display name, else the real one.
    pub(super) fn name(&self) -> Option<String> {
        let names = self.profile.as_ref();
        let shown = names.and_then(|names| names.display_name.as_ref());
        let real = self.real_name.as_ref().or(names.and_then(|names| names.real_name.as_ref()));
        let set = |name: &&String| !name.trim().is_empty();
        shown.filter(set).or(real.filter(set)).cloned()
    }

    /// Slack marks strangers only to some apps: whose team is neither ours nor of our organisation
    /// is one too.
    fn is_foreign_to(&self, us: &Identity) -> bool {
        let of = self.enterprise_user.as_ref().and_then(|of| of.enterprise_id.as_deref());
        let colleague = us.enterprise.is_some() && of == us.enterprise.as_deref();
        self.team_id.as_deref().is_some_and(|team| !us.is(team)) && !colleague
    }

    pub(super) fn standing(&self, us: &Identity) -> Standing {
        let is = |said: Option<bool>| said == Some(true);
        if is(self.is_bot) {
            Standing::Bot
        } else if is(self.is_stranger) || is(self.deleted) || self.is_foreign_to(us) {
            Standing::External
        } else if is(self.is_restricted) || is(self.is_ultra_restricted) {
            Standing::Guest
        } else {
            Standing::Full
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn whoever_is_of_no_team_of_ours_is_external() {
        let us = |enterprise: Option<&str>| Identity {
            team: "T0NORTHW".to_owned(),
            enterprise: enterprise.map(str::to_owned),
            user: "U0ATTACHE".to_owned(),
        };
        let standing = |person: Value, us: &Identity| {
            serde_json::from_value::<Person>(person).unwrap().standing(us)
        };
        let (alone, grid) = (us(None), us(Some("E0NORTH")));
        let of = |team: &str, enterprise: Option<&str>| {
            let of = enterprise.map(|id| json!({ "enterprise_id": id }));
            json!({ "id": "U1", "team_id": team, "enterprise_user": of })
        };
        for (person, us, expected) in [
            (json!({ "id": "U1" }), &alone, Standing::Full),
            (of("T0NORTHW", None), &alone, Standing::Full),
            (of("T0PARTNER", None), &alone, Standing::External),
            (of("T0PARTNER", Some("E0NORTH")), &alone, Standing::External),
            (of("T0NORTHW", Some("E0NORTH")), &grid, Standing::Full),
            (of("T0SISTER", Some("E0NORTH")), &grid, Standing::Full),
            (of("E0NORTH", None), &grid, Standing::Full),
            (of("T0PARTNER", Some("E0PARTNER")), &grid, Standing::External),
            (of("T0PARTNER", None), &grid, Standing::External),
        ] {
            assert_eq!(standing(person.clone(), us), expected, "{person} for {us:?}");
        }
    }
}
