//! The known word that a wrong word was probably meant to be.

/// The nearest of the known words, when it is near enough to be worth naming.
pub(super) fn nearest<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wrong: Vec<char> = wrong.to_lowercase().chars().take(64).collect();
    // Words of very different length are never near: their distance is not worth counting.
    let near = |word: &&str| word.chars().count().abs_diff(wrong.len()) <= room(word);
    known
        .into_iter()
        .filter(near)
        .map(|word| (distance(&wrong, &word.to_lowercase().chars().collect::<Vec<_>>()), word))
        .filter(|(steps, word)| *steps <= room(word))
        .min_by_key(|(steps, _)| *steps)
        .map(|(_, word)| word)
}

/// How many steps away a word may be and still be meant.
fn room(word: &str) -> usize {
    1 + word.chars().count() / 3
}

/// How many letters to add, drop, change or swap with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        let tiers = ["registered", "silver", "gold", "platinum"];
        assert_eq!(nearest("Platinm", tiers), Some("platinum"));
        assert_eq!(nearest("glod", tiers), Some("gold"));
        assert_eq!(nearest("diamond", tiers), None);
        assert_eq!(nearest("", tiers), None);
    }
}
