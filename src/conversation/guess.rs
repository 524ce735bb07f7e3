//! What a mistyped word was probably meant to be.

/// The candidate whose name is nearest to the word, when it is no further than `within` says for it.
pub fn nearest<T>(
    word: &str,
    candidates: impl IntoIterator<Item = (&'static str, T)>,
    within: impl Fn(&str) -> usize,
) -> Option<T> {
    let far = candidates.into_iter().map(|(name, meant)| (distance(word, name), name, meant));
    let near = far.filter(|(far, name, _)| *far <= within(name));
    near.min_by_key(|(far, ..)| *far).map(|(_, _, meant)| meant)
}

/// In the first forty letters.
fn distance(left: &str, right: &str) -> usize {
    let letters = |word: &str| word.chars().take(40).collect::<Vec<char>>();
    crate::schedules::distance(&letters(left), &letters(right))
}
