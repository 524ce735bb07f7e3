//! Who takes part: the same people on every face.

use serde_json::{Value, json};

use super::slack_api::TEAM;

/// One person as each platform knows them.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub slack: &'static str,
    pub handle: &'static str,
    pub console: &'static str,
    pub name: &'static str,
}

/// Ana is an owner, Ben a member, Vic a viewer.
pub const PEOPLE: [Person; 3] = [
    Person { slack: "U01ANA", handle: "ana.reyes", console: "ana", name: "Ana" },
    Person { slack: "U02BEN", handle: "ben.okoro", console: "ben", name: "Ben" },
    Person { slack: "U03VIC", handle: "vic.lind", console: "vic", name: "Vic" },
];

/// Eve is no full member of the team.
pub const EVE: Person = Person { slack: "U09EVE", handle: "eve.out", console: "eve", name: "Eve" };

impl Person {
    /// What Slack says about them.
    pub fn in_slack(&self) -> Value {
        let profile = json!({ "display_name": self.name, "real_name": self.name });
        json!({ "id": self.slack, "team_id": TEAM, "name": self.handle, "profile": profile })
    }
}

pub fn person(who: &str) -> Person {
    let found = PEOPLE.into_iter().chain([EVE]).find(|person| person.console == who);
    found.unwrap_or_else(|| panic!("nobody is called {who}"))
}
