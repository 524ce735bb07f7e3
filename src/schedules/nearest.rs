//! How far a mistyped word is from a known one.

/// How many letters to add, drop, change or swap with a neighbour.
#[must_use]
pub fn distance(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let changed = last[j] + usize::from(ca != cb);
            let mut best = changed.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *ca == b[j - 1] && a[i - 1] == *cb {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
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
        assert_eq!(nearest("mnoday", &["monday", "sunday"]), Some("monday"));
        assert_eq!(nearest("banana", &["monday", "monthly"]), None);
    }
}
