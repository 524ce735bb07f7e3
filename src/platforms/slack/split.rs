//! A long value in several inputs of a form, and whole again when it comes back.
//!
//! It is cut at a line's end where there is one, else at a space, else anywhere. What it was cut at
//! stands in the name of the input and not in its text, so that nothing hangs on spaces at an edge.

use std::collections::BTreeMap;

use super::limits;

/// What stands between a part and the one before.
const JOINTS: [(char, &str); 3] = [('n', "\n"), ('s', " "), ('-', "")];
/// Between a field's name and the rest of a later part's.
const MARK: char = '~';

/// One part, and the sign of its joint with the one before.
pub(super) struct Part<'a> {
    pub joint: char,
    pub text: &'a str,
}

/// Parts of at most `limit`.
pub(super) fn apart(text: &str, limit: usize) -> Vec<Part<'_>> {
    let (mut parts, mut rest, mut joint) = (Vec::new(), text, '-');
    while limits::length(rest) > limit {
        let most = &rest[..limits::fitting(rest, limit)];
        let cut = JOINTS[..2].iter().find_map(|(sign, white)| {
            most.rfind(white).filter(|at| *at > 0).map(|at| (at, at + white.len(), *sign))
        });
        let (end, next, sign) = cut.unwrap_or((most.len(), most.len(), '-'));
        parts.push(Part { joint, text: &rest[..end] });
        (rest, joint) = (&rest[next..], sign);
    }
    parts.push(Part { joint, text: rest });
    parts
}

/// The name of a later part: `at` counts from 0.
pub(super) fn name(field: &str, at: usize, joint: char) -> String {
    format!("{field}{MARK}{}{joint}", at + 1)
}

/// The field, the place and the joint of a part, by its name.
fn read(name: &str) -> Option<(&str, usize, &'static str)> {
    let (field, rest) = name.rsplit_once(MARK)?;
    let (at, sign) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
    let joint = JOINTS.iter().find(|(known, _)| sign.starts_with(*known))?.1;
    Some((field, at.parse().ok()?, joint))
}

/// The fields of a form that came back, each whole.
pub(super) fn whole(inputs: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut parts: BTreeMap<&str, BTreeMap<usize, (&str, &str)>> = BTreeMap::new();
    for (name, text) in inputs {
        let (field, at, joint) = read(name).unwrap_or((name, 1, ""));
        parts.entry(field).or_default().insert(at, (joint, text));
    }
    let joined = |parts: BTreeMap<usize, (&str, &str)>| {
        parts.into_values().fold(String::new(), |whole, (joint, text)| match (&*whole, text) {
            ("", text) => text.to_owned(),
            (_, "") => whole,
            _ => format!("{whole}{joint}{text}"),
        })
    };
    parts.into_iter().map(|(field, parts)| (field.to_owned(), joined(parts))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn inputs(text: &str, limit: usize) -> BTreeMap<String, String> {
        let parts = apart(text, limit).into_iter().enumerate();
        let named = parts.map(|(at, part)| match at {
            0 => ("f".to_owned(), part.text.to_owned()),
            _ => (name("f", at, part.joint), part.text.to_owned()),
        });
        named.collect()
    }

    #[test]
    fn a_value_is_cut_where_a_line_ends_and_what_was_emptied_leaves_no_joint() {
        let mut all = inputs("one\ntwo three\nfour", 9);
        assert_eq!(all.keys().collect::<Vec<_>>(), ["f", "f~2n", "f~3s", "f~4n"]);
        assert_eq!(whole(&all)["f"], "one\ntwo three\nfour");
        all.insert("f~3s".to_owned(), String::new());
        assert_eq!(whole(&all)["f"], "one\ntwo\nfour");
        let odd =
            BTreeMap::from([("a~b".to_owned(), "1".to_owned()), ("~".to_owned(), String::new())]);
        assert_eq!(whole(&odd), odd, "other names stay what they are");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_on_the_way(text in "[a-c🦀 \n]{0,90}", limit in 3..20_usize) {
            let all = inputs(&text, limit);
            prop_assert!(all.values().all(|part| limits::length(part) <= limit));
            let same = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(same(&whole(&all)["f"]), same(&text));
        }
    }
}
