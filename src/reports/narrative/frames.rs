//! Frames: how a measure that moved is said, by the sign and size of its change.

use crate::reports::ledger::Ledger;

/// Below this a change is called steady, in basis points of change or in points: 2 %.
pub const STEADY_BP: i64 = 200;
/// Up to this a change is called slight: 10 %.
const SLIGHT_BP: i64 = 1_000;
/// From this on a change is called large: 50 %.
const LARGE_BP: i64 = 5_000;

/// How a measure moved against an earlier time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Movement {
    /// There is no value now.
    Absent,
    /// There is a value, and nothing to compare it with.
    Fresh,
    /// It was nothing before, so there is no relative change.
    FromZero,
    Steady,
    Up(Band),
    Down(Band),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Band {
    Slight,
    Clear,
    Large,
}

/// How the figure `id` moved by its change `change`.
pub(super) fn movement(ledger: &Ledger, id: &str, change: &str) -> Movement {
    if ledger.known(id).is_none() {
        return Movement::Absent;
    }
    let Some(bp) = ledger.known(change) else {
        let before = ledger.known(&earlier(change));
        return if before == Some(0) { Movement::FromZero } else { Movement::Fresh };
    };
    let band = match bp.saturating_abs() {
        ..STEADY_BP => return Movement::Steady,
        STEADY_BP..SLIGHT_BP => Band::Slight,
        SLIGHT_BP..LARGE_BP => Band::Clear,
        _ => Band::Large,
    };
    if bp > 0 { Movement::Up(band) } else { Movement::Down(band) }
}

/// The id of the value that a change is counted from: `won.before` of `won.change`.
fn earlier(change: &str) -> String {
    match change.strip_suffix("year_change") {
        Some(id) => format!("{id}year_before"),
        None => format!("{}before", change.trim_end_matches("change")),
    }
}

/// `Sourced won grew {won.sourced.change:size} to {won.sourced}`: a whole clause about a measure
/// against the quarter before.
pub(super) fn moved(ledger: &Ledger, subject: &str, id: &str) -> String {
    moved_against(ledger, (subject, id), "change")
}

/// The same against the year before: `against` is `change` or `year_change`.
pub(super) fn moved_against(ledger: &Ledger, (subject, id): (&str, &str), against: &str) -> String {
    let change = format!("{id}.{against}");
    let verb = match movement(ledger, id, &change) {
        Movement::Absent | Movement::Fresh => return format!("{subject}: {{{id}}}"),
        Movement::FromZero => {
            return format!("{subject} came to {{{id}}}, after {{{}}}", earlier(&change));
        }
        Movement::Steady => return format!("{subject} held steady at {{{id}}}"),
        Movement::Up(Band::Slight) => "edged up",
        Movement::Up(Band::Clear) => "grew",
        Movement::Up(Band::Large) => "rose sharply by",
        Movement::Down(Band::Slight) => "edged down",
        Movement::Down(Band::Clear) => "fell",
        Movement::Down(Band::Large) => "fell sharply by",
    };
    format!("{subject} {verb} {{{change}:size}} to {{{id}}}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::ledger::{Figure, Unit, Value};
    use crate::reports::narrative::check;
    use proptest::prelude::*;

    fn ledger(value: Option<i64>, change: Option<i64>) -> Ledger {
        let mut ledger = Ledger::default();
        for (id, value, unit) in [("won", value, Unit::Count), ("won.change", change, Unit::Change)]
        {
            let figure = Figure {
                label: id.to_owned(),
                value: Value::or_missing(value, "no data"),
                unit,
                formula: String::new(),
                inputs: vec![],
                period: String::new(),
                source: String::new(),
                as_of: String::new(),
            };
            ledger.enter(id, figure);
        }
        ledger
    }

    #[test]
    fn the_verb_follows_sign_and_size() {
        for (change, start) in [
            (Some(1_800), "Won grew"),
            (Some(500), "Won edged up"),
            (Some(9_000), "Won rose sharply by"),
            (Some(100), "Won held steady"),
            (Some(-500), "Won edged down"),
            (Some(-1_800), "Won fell"),
            (Some(-6_000), "Won fell sharply by"),
            (None, "Won: {won}"),
        ] {
            let sentence = moved(&ledger(Some(10), change), "Won", "won");
            assert!(sentence.starts_with(start), "{sentence}");
        }
        assert_eq!(moved(&ledger(None, None), "Won", "won"), "Won: {won}");
    }

    proptest! {
        #[test]
        fn every_frame_passes_the_checker(
            value in proptest::option::of(any::<i64>()), change in proptest::option::of(any::<i64>()),
        ) {
            let ledger = ledger(value, change.filter(|c| *c > i64::MIN));
            prop_assert_eq!(check(&moved(&ledger, "Won", "won"), &ledger), vec![]);
        }
    }
}
