//! Words that say how something should be and not what: `shorter`, `less technical`. No rule can
//! turn them into a value, so they are refused with what would do.

use crate::strategy::drafted::Why;
use crate::strategy::field::{FieldSpec, Kind, lower_first};

use super::clause::{Done, Reader, Refused, unclear};
use super::names::{Subject, subject};
use super::set::{Target, connector};
use super::token::{Shape, Token};
use super::verb::Verb;

/// Comparatives that name no value.
const COMPARATIVES: &[&str] = &[
    "shorter",
    "longer",
    "nicer",
    "better",
    "worse",
    "best",
    "simpler",
    "tighter",
    "clearer",
    "friendlier",
    "punchier",
    "crisper",
    "stronger",
    "weaker",
    "bolder",
    "softer",
    "warmer",
    "smoother",
    "sharper",
    "catchier",
    "snappier",
    "easier",
    "cleaner",
    "plainer",
    "bigger",
    "smaller",
    "larger",
    "higher",
    "lower",
    "wider",
    "narrower",
    "broader",
    "tougher",
    "cheaper",
    "richer",
    "fresher",
    "greater",
    "finer",
    "neater",
    "stricter",
    "looser",
    "different",
];

/// Words of degree around them.
const DEGREES: &[&str] = &[
    "a", "bit", "little", "lot", "much", "far", "way", "even", "slightly", "somewhat", "very",
    "so", "too", "really", "still", "and", ",", "but", "sound", "read", "look", "feel", "be",
];

/// Words that stand beside numbers without making them words.
const NUMERIC: &[&str] = &[
    "to",
    "and",
    "between",
    "from",
    "at",
    "least",
    "most",
    "up",
    "over",
    "under",
    "employees",
    "people",
    "points",
    "percent",
    "%",
    "k",
    "m",
];

impl Reader<'_> {
    /// `make FIELD VALUE`; prose behind `make` needs quotes or a colon, for `make the summary sound
    /// like us` gives no words.
    pub(super) fn make(&self, tokens: &[Token]) -> Done {
        let (about, used) = subject(self.address(), tokens);
        let rest = &tokens[used..];
        let bare = used > 0 && connector(rest).is_none();
        if let Some(first) = rest.first().filter(|first| bare && first.shape != Shape::Quoted)
            && !first.is_any(&["by", "from"])
            && let Ok(targets) = self.targets(&about, rest)
            && let Some(target) = targets.first().filter(|target| is_prose(target.spec))
            && !is_numeric(rest)
        {
            return Err(no_value(target, &self.said(rest)));
        }
        self.set(Verb::Set, tokens)
    }

    /// Refuses a value that is none: only words of degree, or numbers for an `it` that holds words.
    pub(super) fn style(
        &self,
        about: &Subject,
        targets: &[Target],
        (link, value): (&[Token], &[Token]),
    ) -> Result<(), Refused> {
        let Some(target) = targets.first() else { return Ok(()) };
        let words = is_prose(target.spec) || target.spec.kind == Kind::Items;
        if about.pronoun && words && is_numeric(value) {
            return unclear(format!(
                "\"it\" stands for {} here, which holds words; name the field",
                lower_first(&self.spec().label(&target.key))
            ));
        }
        let how = value.iter().find(|token| !token.is_any(DEGREES));
        let compares = |token: &Token| token.is_any(COMPARATIVES);
        let degree = |token: &Token| token.is_any(&["more", "less", "fewer", "most", "least"]);
        let only = value.iter().all(|t| compares(t) || degree(t) || t.is_any(DEGREES));
        let open = link.is_empty() || link.iter().any(|token| token.is_any(&["be", "is", "are"]));
        let styled = how.is_some_and(|how| only || words && open && degree(how));
        if styled { Err(no_value(target, &self.said(value))) } else { Ok(()) }
    }
}

fn is_prose(spec: &FieldSpec) -> bool {
    matches!(spec.kind, Kind::Text | Kind::Source)
}

fn is_numeric(value: &[Token]) -> bool {
    let number = |token: &Token| token.shape == Shape::Number;
    let beside = |token: &Token| token.shape == Shape::Dash || token.is_any(NUMERIC);
    value.iter().any(number) && value.iter().all(|token| number(token) || beside(token))
}

fn no_value(target: &Target, said: &str) -> Refused {
    let label = lower_first(target.spec.label);
    let detail = match target.spec.kind {
        Kind::Text | Kind::Source => format!(
            "\"{said}\" says how it should read, and these rules write no prose; give the words, \
             as in: set the {label} to \"…\""
        ),
        Kind::Items => format!(
            "\"{said}\" names no entries; say what to add or remove, as in: add X to {label}"
        ),
        _ => format!("\"{said}\" is no value; say what {label} should be"),
    };
    Refused { why: Why::NeedsFact, detail }
}
