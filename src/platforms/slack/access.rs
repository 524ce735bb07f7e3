//! Does our token still work, with all that it needs, for the teams that are linked? Found out at the
//! start, from time to time, and whenever a call is refused for it.

use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use super::client::{SlackMessenger, again};
use super::manifest::SCOPES;
use super::person::Identity;
use crate::handlers::messenger::SendError;

/// Slack's words for a token that is good for nothing.
const DEAD: [&str; 8] = [
    "account_inactive",
    "invalid_auth",
    "not_allowed_token_type",
    "not_authed",
    "org_login_required",
    "token_expired",
    "token_revoked",
    "two_factor_setup_required",
];
/// Our own, for one that is another team's.
const OTHER_TEAM: &str = "other_team";

/// What is wrong with the token, in a word; nothing as far as was found out.
#[derive(Debug, Default)]
pub(super) struct Access(Mutex<Option<String>>);

impl Access {
    pub(super) fn ails(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Logged once, however often it is found out again.
    fn is(&self, found: Option<String>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *known == found {
            return;
        }
        if let Some(word) = &found {
            tracing::warn!(word, "the Slack token does not do its work");
        } else {
            tracing::info!("the Slack token works again");
        }
        *known = found;
    }

    /// Keeps a refusal that says something about the token, and hands every error on.
    pub(super) fn noted(&self, error: SendError) -> SendError {
        if let SendError::Refused(word) = &error
            && (DEAD.contains(&word.as_str()) || (word == "missing_scope" && self.ails().is_none()))
        {
            self.is(Some(word.clone()));
        }
        error
    }

    /// What `auth.test` said of the scopes, where it did.
    fn granted(&self, scopes: Option<&str>) {
        let Some(scopes) = scopes else {
            // Which were not given is known by a refused call only, and stays known.
            if !self.ails().is_some_and(|word| word.starts_with("missing_scope")) {
                self.is(None);
            }
            return;
        };
        let granted: Vec<_> = scopes.split(',').map(str::trim).collect();
        let missing: Vec<_> = SCOPES.into_iter().filter(|scope| !granted.contains(scope)).collect();
        self.is((!missing.is_empty()).then(|| format!("missing_scope {}", missing.join(" "))));
    }
}

impl SlackMessenger {
    pub(super) async fn ask_whose(&self) -> Result<Identity, SendError> {
        #[derive(Deserialize)]
        struct Whose {
            #[serde(rename = "team_id")]
            team: String,
            #[serde(default, rename = "enterprise_id")]
            enterprise: Option<String>,
            #[serde(rename = "user_id")]
            user: String,
        }
        let asked = self.transport.with_scopes("auth.test", self.token()).await;
        let (Whose { team, enterprise, user }, scopes) =
            asked.map_err(|error| self.access.noted(again(error)))?;
        self.access.granted(scopes.as_deref());
        let enterprise = enterprise.filter(|id| !id.is_empty());
        Ok(Identity { team, enterprise, user })
    }

    /// A word is kept when the token works for none of these teams.
    pub(super) async fn look_at_access(&self, teams: &[String]) -> Result<(), SendError> {
        let whose = match self.ask_whose().await {
            // Kept already.
            Err(SendError::Refused(_)) => return Ok(()),
            asked => asked?,
        };
        if !teams.is_empty() && !teams.iter().any(|team| whose.is(team)) {
            self.access.is(Some(OTHER_TEAM.to_owned()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(word: &str) -> SendError {
        SendError::Refused(word.to_owned())
    }

    #[test]
    fn only_what_is_said_of_the_token_ails_it() {
        let access = Access::default();
        access.noted(refused("channel_not_found"));
        access.noted(SendError::NotSent("token_revoked".to_owned()));
        assert_eq!(access.ails(), None);
        for word in DEAD {
            access.noted(refused(word));
            assert_eq!(access.ails().as_deref(), Some(word));
            access.granted(Some(&SCOPES.join(",")));
            assert_eq!(access.ails(), None, "it works again");
        }
    }

    #[test]
    fn scopes_that_were_not_given_are_named_and_stay_known() {
        let access = Access::default();
        access.noted(refused("missing_scope"));
        access.granted(None);
        assert_eq!(access.ails().as_deref(), Some("missing_scope"));
        let most: Vec<_> = SCOPES.into_iter().filter(|scope| !scope.starts_with("files")).collect();
        access.granted(Some(&most.join(", ")));
        access.noted(refused("missing_scope"));
        assert_eq!(access.ails().as_deref(), Some("missing_scope files:read files:write"));
        access.granted(Some(&SCOPES.join(",")));
        assert_eq!(access.ails(), None);
    }
}
