//! How far a mistyped word is from a known one.

/// How many letters to add, drop or change.
pub(super) fn distance(a: &[char], b: &[char]) -> usize {
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let changed = last[j] + usize::from(ca != cb);
            row.push(changed.min(last[j + 1] + 1).min(row[j] + 1));
        }
        last = row;
    }
    last[b.len()]
}

/// The nearest of the known words, when it is at most two letters away.
pub(super) fn nearest<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    let wrong: Vec<char> = wrong.to_lowercase().chars().take(40).collect();
    let steps = |word: &str| distance(&wrong, &word.chars().collect::<Vec<_>>());
    let found = known.iter().map(|word| (steps(word), *word)).min()?;
    (found.0 <= 2 && found.0 < wrong.len() / 2 + 1).then_some(found.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_word_finds_its_neighbour_and_a_strange_one_none() {
        assert_eq!(nearest("mondy", &["monday", "sunday"]), Some("monday"));
        assert_eq!(nearest("quaterly", &["quarterly", "monthly"]), Some("quarterly"));
        assert_eq!(nearest("banana", &["monday", "monthly"]), None);
    }
}
