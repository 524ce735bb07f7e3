//! How a workspace counts: its currency, time zone and fiscal year.

use crate::conversation::card::Card;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The settings of a workspace.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    pub currency: &'a str,
    pub zone: &'a str,
    /// The first month of the fiscal year; 1 is January.
    pub year: i8,
}

impl Shown<'_> {
    fn lines(&self) -> [String; 3] {
        [
            format!("Currency: {}", self.currency),
            format!("Time zone: {}", self.zone),
            format!("The fiscal year starts in: {}", month_name(self.year)),
        ]
    }
}

/// As they stand, and how they are changed.
#[must_use]
pub fn card(shown: &Shown<'_>, open: &[String]) -> Card {
    let mut lines = shown.lines().to_vec();
    if !open.is_empty() {
        lines.push(super::outsiders::line(open));
    }
    Card::new("Settings").heading("Settings").text(lines.join("\n")).context(
        "Owners and admins change them: /strategy settings currency EUR zone Europe/Berlin year \
             april. Schedules keep the time and zone they were made with.",
    )
}

/// For the audit: what was, and what is.
#[must_use]
pub fn difference(before: &Shown<'_>, after: &Shown<'_>) -> String {
    let pairs = before.lines().into_iter().zip(after.lines());
    let changed = pairs.filter(|(old, new)| old != new);
    let said: Vec<_> = changed
        .map(|(old, new)| format!("{old} → {}", new.split(": ").nth(1).unwrap_or_default()))
        .collect();
    said.join("; ")
}

/// The month that a name, its first three letters or a number from 1 to 12 means.
#[must_use]
pub fn month(typed: &str) -> Option<i8> {
    let typed = typed.to_lowercase();
    let numbers = 1..;
    let named = MONTHS.iter().zip(numbers).find(|(name, number)| {
        let name = name.to_lowercase();
        name == typed || name.get(..3) == Some(&typed) || number.to_string() == typed
    });
    named.map(|(_, number)| number)
}

fn month_name(month: i8) -> &'static str {
    let at = usize::try_from(month).unwrap_or_default().wrapping_sub(1);
    MONTHS.get(at).copied().unwrap_or("January")
}

#[must_use]
pub fn no_currency(typed: &str) -> String {
    format!("\"{typed}\" is not a currency: write its three letters, as EUR. Nothing was changed.")
}

#[must_use]
pub fn no_zone(why: &str) -> String {
    format!("{} Nothing was changed.", super::ended(why))
}

#[must_use]
pub fn no_month(typed: &str) -> String {
    format!("\"{typed}\" is not a month: write its name, as April. Nothing was changed.")
}

#[must_use]
pub fn currency_stays(there: &str) -> String {
    format!(
        "There are deals in {there} already, so the currency stays {there}. Figures in two \
         currencies cannot be added up. Nothing was changed."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_keeps_its_mark_and_gets_no_other() {
        let asked = "\"Europe/Pari\" is not a time zone: did you mean Europe/Paris?";
        assert_eq!(no_zone(asked), format!("{asked} Nothing was changed."));
        assert_eq!(no_zone("no zone"), "no zone. Nothing was changed.");
    }

    #[test]
    fn a_month_is_read_by_its_name_its_first_letters_or_its_number() {
        for (number, name) in (1..).zip(MONTHS) {
            assert_eq!(month(name), Some(number));
            assert_eq!(month(&name[..3]), Some(number));
            assert_eq!(month(&number.to_string()), Some(number));
            assert_eq!(month_name(number), name);
        }
        for wrong in ["", "0", "13", "ma", "sometimes", "-1"] {
            assert_eq!(month(wrong), None, "{wrong}");
        }
    }
}
