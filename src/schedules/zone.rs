//! A time zone by the name of a city, so that clock changes are known.

use std::fmt;

use jiff::tz::{TimeZone, db};
use serde::{Deserialize, Serialize};

use super::nearest::distance;

/// An IANA time zone, such as `Europe/London`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

/// Abbreviations that people type, and the zone they most likely mean. Most are the name of a
/// fixed offset, or of several zones.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("EST EDT ET EST5EDT", "America/New_York"),
    ("CST CDT CT CST6CDT", "America/Chicago"),
    ("MST MDT MT MST7MDT", "America/Denver"),
    ("PST PDT PT PST8PDT", "America/Los_Angeles"),
    ("BST WET", "Europe/London"),
    ("CET CEST MET MEZ MESZ", "Europe/Berlin"),
    ("EET EEST", "Europe/Athens"),
    ("IST", "Asia/Kolkata"),
    ("JST", "Asia/Tokyo"),
    ("SGT", "Asia/Singapore"),
    ("AEST AEDT", "Australia/Sydney"),
    ("HST", "Pacific/Honolulu"),
];

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }

    /// Reads a zone's name, or a city that only one zone is named after.
    ///
    /// # Errors
    /// A sentence with the nearest zone.
    pub fn read(text: &str) -> Result<Self, String> {
        let wanted = text.trim().trim_end_matches(['.', ',']).replace(' ', "_");
        let upper = wanted.to_ascii_uppercase();
        let meant = |list: &str| list.split(' ').any(|one| one == upper);
        if let Some((_, city)) = ABBREVIATIONS.iter().find(|(list, _)| meant(list)) {
            return Err(format!(
                "\"{text}\" does not say when the clocks change: name a city, as {city}"
            ));
        }
        let whole = wanted.contains('/') || matches!(upper.as_str(), "UTC" | "GMT");
        if let Some(zone) = whole.then(|| found(&wanted)).flatten() {
            return Ok(zone);
        }
        let names: Vec<String> = db().available().map(|name| name.to_string()).collect();
        match cities(&names, &wanted).as_slice() {
            [one] => found(one).ok_or_else(|| unknown(text, &names)),
            _ => Err(unknown(text, &names)),
        }
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &TimeZone {
        &self.zone
    }
}

fn found(name: &str) -> Option<Zone> {
    let zone = TimeZone::get(name).ok().filter(|zone| !zone.is_unknown())?;
    let name = zone.iana_name()?.to_owned();
    Some(Zone { name, zone })
}

/// Zones of the form `Area/City` whose city this is.
fn cities<'a>(names: &'a [String], city: &str) -> Vec<&'a str> {
    let of_area = names.iter().filter(|name| !name.starts_with("Etc/") && !name.starts_with("US/"));
    of_area
        .filter(|name| name.rsplit_once('/').is_some_and(|(_, c)| c.eq_ignore_ascii_case(city)))
        .map(String::as_str)
        .collect()
}

fn unknown(text: &str, names: &[String]) -> String {
    let shown: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    let wanted: Vec<char> = text.to_lowercase().replace(' ', "_").chars().take(40).collect();
    let whole = wanted.contains(&'/');
    let steps = |name: &String| {
        let compared = if whole { name.as_str() } else { name.rsplit('/').next().unwrap_or(name) };
        distance(&wanted, &compared.to_lowercase().chars().collect::<Vec<_>>())
    };
    let real = names.iter().filter(|name| name.contains('/') && !name.starts_with("Etc/"));
    let nearest = real.map(|name| (steps(name), name)).min();
    match nearest.filter(|(steps, _)| *steps <= 1 + wanted.len() / 4) {
        Some((_, name)) => format!("\"{shown}\" is not a time zone: did you mean {name}?"),
        None => {
            format!("\"{shown}\" is not a time zone: name one as Europe/London or America/New_York")
        }
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        found(&name).ok_or_else(|| format!("\"{name}\" is not a time zone"))
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_cities_find_their_zone() {
        for (text, name) in [
            ("Europe/London", "Europe/London"),
            ("europe/london", "Europe/London"),
            ("America/New York", "America/New_York"),
            ("Berlin", "Europe/Berlin"),
            ("new york", "America/New_York"),
            ("UTC", "UTC"),
        ] {
            assert_eq!(Zone::read(text).unwrap().name(), name, "{text}");
        }
    }

    #[test]
    fn an_unknown_zone_names_the_nearest() {
        assert!(Zone::read("Europe/Londn").unwrap_err().contains("did you mean Europe/London?"));
        assert!(Zone::read("Berln").unwrap_err().contains("did you mean Europe/Berlin?"));
        assert!(Zone::read("the moon").unwrap_err().contains("name one as"));
        assert!(Zone::read("Etc/Unknown").is_err());
        assert!(Zone::read("").is_err());
    }

    #[test]
    fn an_abbreviation_is_refused_because_it_hides_the_clock_change() {
        assert!(Zone::read("EST").unwrap_err().contains("America/New_York"));
        assert!(Zone::read("cet").unwrap_err().contains("Europe/Berlin"));
    }

    #[test]
    fn a_zone_is_stored_by_its_name() {
        let zone = Zone::read("Asia/Kathmandu").unwrap();
        let json = serde_json::to_string(&zone).unwrap();
        assert_eq!(json, "\"Asia/Kathmandu\"");
        assert_eq!(serde_json::from_str::<Zone>(&json).unwrap(), zone);
    }
}
