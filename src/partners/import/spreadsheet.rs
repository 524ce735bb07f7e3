//! What programs put into a cell instead of a value: a mark for text, a formula, a word for nothing.

/// A text without the mark that keeps a spreadsheet from counting with it: `="P-009"`, `'0042`.
pub(super) fn unmarked(text: &str) -> &str {
    let quoted = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    if let Some(inner) = quoted.filter(|inner| !inner.contains('"')) {
        return inner;
    }
    let counts = |c: char| c.is_ascii_digit() || matches!(c, '=' | '+' | '-' | '@');
    text.strip_prefix('\'').filter(|rest| rest.starts_with(counts)).unwrap_or(text)
}

pub(super) fn is_formula(text: &str) -> bool {
    text.strip_prefix('=').is_some_and(|rest| !rest.trim().is_empty())
}

/// Whether programs write this where there is no value.
pub(super) fn is_nothing(text: &str) -> bool {
    const WORDS: [&str; 10] =
        ["null", "(null)", "<null>", "[null]", "\\n", "n/a", "n.a.", "k.a.", "n/d", "undefined"];
    let lower = text.to_lowercase().replace(' ', "");
    lower.chars().all(|c| matches!(c, '-' | '–' | '—' | '−' | '?' | '.' | '_' | '*' | '/'))
        || WORDS.contains(&lower.as_str())
        || is_error(text)
}

/// Whether people write this where they know no value; it could be a name.
pub(super) fn is_unknown(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "none",
        "nil",
        "nan",
        "unknown",
        "tbd",
        "tba",
        "tbc",
        "blank",
        "empty",
        "not available",
        "not applicable",
        "not set",
        "not specified",
        "missing",
    ];
    let lower = text.to_lowercase();
    let bare = lower.trim_matches(['(', ')', '[', ']', '<', '>']);
    WORDS.contains(&bare)
}

/// `#N/A`, `#REF!` and their kin in any language; `#1042` is none of them.
fn is_error(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('#') else { return false };
    let upper = rest.to_uppercase();
    let shouts =
        rest.chars().all(|c| c.is_alphabetic() || matches!(c, '/' | '!' | '?' | '¡' | '0'));
    (shouts && upper == rest && rest.ends_with(['!', '?']))
        || matches!(upper.as_str(), "N/A" | "NA" | "NV" | "N/D" | "NULL" | "#" | "##" | "###")
        || (rest.len() > 1 && rest.bytes().all(|byte| byte == b'#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_for_text_are_taken_off_and_formulas_are_seen() {
        for (cell, text) in [
            ("=\"P-009\"", "P-009"),
            ("'0042", "0042"),
            ("'+49 30", "+49 30"),
            ("'s-Hertogenbosch", "'s-Hertogenbosch"),
            ("=\"a\"&\"b\"", "=\"a\"&\"b\""),
        ] {
            assert_eq!(unmarked(cell), text);
        }
        assert!(is_formula("=SUM(A1:A3)") && is_formula("=\"a\"&\"b\""));
        assert!(!is_formula("=") && !is_formula("P-1"));
    }

    #[test]
    fn words_for_nothing_are_told_from_values() {
        for nothing in [
            "#N/A", "#REF!", "#NV", "#DIV/0!", "#NAME?", "#WERT!", "NULL", "-", "–", "n/a",
            "N / A", "?", "####",
        ] {
            assert!(is_nothing(nothing), "{nothing}");
        }
        for value in ["#1042", "#A1", "NA", "A-1", "#team", "Null Ltd", "#WEST"] {
            assert!(!is_nothing(value), "{value}");
        }
        assert!(is_unknown("Unknown") && is_unknown("(none)") && is_unknown("TBD"));
        assert!(!is_unknown("NA") && !is_unknown("None Such Ltd"));
    }
}
